package vn.lgsp.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.message.ServiceId;

/**
 * The files of another version of a service, copied from those of one that is there: under their own base name, {@code
 * <service>-v<version>}, so that both stand side by side and neither knows of the other (VER-01).
 *
 * @param folder of the domain, in {@code routes}
 * @param base the name of all its files
 */
record NextVersion(Path home, ServiceId service, String folder, String base, int version) {
    private static final Pattern CARD_VERSION = Pattern.compile("(?m)^(version:\\s*)[0-9]+");
    private static final Pattern CARD_DEPRECATED = Pattern.compile("(?m)^deprecated:.*(?:\\R[ \\t]+.*)*(?:\\R|$)");

    /** The versions of this service that a home has, the latest last. */
    static List<NextVersion> of(Path home, ServiceId service) throws IOException {
        List<NextVersion> found = new ArrayList<>();
        Pattern card = Pattern.compile(Pattern.quote(service.value()) + "(-v[0-9]+)?" + Pattern.quote(CardFile.SUFFIX));
        try (Stream<Path> files = Files.walk(home.resolve("routes"), 2)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (card.matcher(name).matches()) {
                    Matcher version = CARD_VERSION.matcher(Files.readString(file));
                    String base = name.substring(0, name.length() - CardFile.SUFFIX.length());
                    if (!version.find()) {
                        throw new IllegalArgumentException(file + ": field 'version' is missing: write it");
                    }
                    int number = Integer.parseInt(version.group().replaceAll("[^0-9]", ""));
                    found.add(new NextVersion(
                            home, service, file.resolveSibling("").getFileName().toString(), base, number));
                }
            }
        }
        found.sort(Comparator.comparingInt(NextVersion::version));
        return found;
    }

    /** Contents by the names of their files below the home, for version {@code next}. */
    Map<String, byte[]> files(int next) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        String nextBase = service + "-v" + next;
        for (Path file : own()) {
            String name = home.relativize(file).toString().replace('\\', '/');
            byte[] content = Files.readAllBytes(file);
            String text = new String(content, StandardCharsets.UTF_8);
            boolean isText = java.util.Arrays.equals(text.getBytes(StandardCharsets.UTF_8), content);
            if (isText) {
                text = renamed(text, nextBase, next);
                if (name.endsWith(CardFile.SUFFIX)) {
                    text = CARD_VERSION.matcher(text).replaceFirst("$1" + next);
                    text = CARD_DEPRECATED.matcher(text).replaceFirst(""); // that is the version before
                }
            }
            files.put(renamed(name, nextBase, next), isText ? text.getBytes(StandardCharsets.UTF_8) : content);
        }
        return files;
    }

    private List<Path> own() throws IOException {
        List<Path> own = new ArrayList<>();
        Pattern beside = Pattern.compile(
                Pattern.quote(base) + "(--to-[a-z0-9-]+)?\\.(card\\.yaml|camel\\.yaml|camel\\.xml|wsdl)");
        try (Stream<Path> files = Files.list(home.resolve("routes").resolve(folder))) {
            files.filter(file -> beside.matcher(file.getFileName().toString()).matches())
                    .forEach(own::add);
        }
        Path mappings = home.resolve("transforms").resolve(folder).resolve(base);
        if (Files.isDirectory(mappings)) {
            try (Stream<Path> files = Files.walk(mappings)) {
                files.filter(Files::isRegularFile).forEach(own::add);
            }
        }
        return own;
    }

    /** The base name wherever it stands as a whole; the service's name, where it is no file's, keeps; its address gets the version. */
    private String renamed(String text, String nextBase, int next) {
        String addressed = Pattern.compile("(?<![A-Za-z0-9-])" + Pattern.quote(service + "/v" + version) + "(?![0-9])")
                .matcher(text)
                .replaceAll(service + "/v" + next);
        return Pattern.compile(
                        "(?<![A-Za-z0-9-])(?<!service: )(?<!urn:)(?<!lgsp:)" + Pattern.quote(base)
                                + "(?=--to-|[^A-Za-z0-9-]|-?$)(?!/v" + next + "(?![0-9]))",
                        Pattern.MULTILINE)
                .matcher(addressed)
                .replaceAll(nextBase);
    }

    Optional<String> conflict(int wanted) {
        return wanted == version ? Optional.of("routes/" + folder + "/" + base + CardFile.SUFFIX) : Optional.empty();
    }
}
