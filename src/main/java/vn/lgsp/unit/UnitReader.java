package vn.lgsp.unit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/**
 * Finds the files that belong together in a home, as they are now. Every file is read once: the digest is that of the texts by which
 * the others were found. Several threads may use it.
 */
final class UnitReader {
    private static final String ROUTES = "routes/";
    private static final String TRANSFORMS = "transforms/";
    /** What a mapping or a schema takes in from a file beside it. */
    private static final Pattern STYLESHEET_PART =
            Pattern.compile("<xsl:(?:import|include)\\b[^>]*?\\bhref\\s*=\\s*[\"']([^\"'#]+)");

    private static final Pattern DOCUMENT_PART =
            Pattern.compile("\\b(?:doc|document|json-doc|unparsed-text)\\(\\s*['\"]([^'\"#]+)");
    private static final Pattern SCHEMA_PART = Pattern.compile("\"\\$ref\"\\s*:\\s*\"([^\"#]+)");

    private static final Pattern XML_SCHEMA_PART =
            Pattern.compile("<(?:[\\w.-]+:)?(?:import|include)\\b[^>]*?\\bschemaLocation\\s*=\\s*[\"']([^\"'#]+)");

    private static final Pattern CONTRACT_PART =
            Pattern.compile("<(?:[\\w.-]+:)?import\\b[^>]*?\\blocation\\s*=\\s*[\"']([^\"'#]+)");

    /** The tables that a file of codes and dates names; each lies in the folder that all services share. */
    private static final Pattern CODE_TABLE = Pattern.compile("\\btable\\s*:\\s*[\"']?([a-z0-9-]+)");

    private static final Pattern REPLY = Pattern.compile("\\blgsp-reply:([a-z0-9-]+)");

    private final Path home;
    private final Map<Path, Map<String, List<Path>>> folders = new ConcurrentHashMap<>();
    private final Map<String, Optional<byte[]>> shared = new ConcurrentHashMap<>();

    UnitReader(Path home) {
        this.home = home;
    }

    /** All cards, in order of their names. */
    List<Path> cards() {
        Path routes = home.resolve(ROUTES);
        // through the folder, which may itself be a link
        Path inside = routes.resolve(".");
        try (Stream<Path> files = Files.walk(inside, 3)) {
            return files.filter(file -> file.getFileName().toString().endsWith(CardFile.SUFFIX))
                    .map(inside::relativize)
                    .filter(UnitReader::isWritten)
                    .map(routes::resolve)
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the folder " + routes + " cannot be read", unreadable);
        }
    }

    /**
     * Whether somebody wrote this file, and no editor or other tool left it beside those that he wrote.
     *
     * @param file below a folder of the home
     */
    private static boolean isWritten(Path file) {
        for (Path part : file) {
            if (part.toString().startsWith(".") || part.toString().endsWith("~")) {
                return false;
            }
        }
        return true;
    }

    /** What a file is called below the home. */
    String name(Path file) {
        return home.relativize(file).toString().replace('\\', '/');
    }

    /** @throws Refused when no unit can be made of this card */
    Unit read(Path cardFile) {
        String name = name(cardFile);
        try {
            return unit(cardFile, name);
        } catch (Unreadable file) {
            throw new Refused(Finding.of(Rule.FILE_UNREADABLE, file.name, 0));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("a file of the service of " + name + " cannot be read", unreadable);
        }
    }

    private Unit unit(Path cardFile, String name) throws IOException {
        if (!name.matches("routes/[^/_][^/]*/[^/]+")) {
            throw new Refused(Finding.of(Rule.UNIT_FOLDER, name, 0));
        }
        Contents contents = new Contents();
        if (!isOfTheRoutes(cardFile)) {
            throw new Unreadable(name);
        }
        contents.put(name, cardFile, bytes(cardFile));
        ServiceCard card = CardFile.read(name, contents.strictText(name));
        String base = cardFile.getFileName().toString();
        base = base.substring(0, base.length() - CardFile.SUFFIX.length());
        Path yaml = cardFile.resolveSibling(base + Unit.ROUTE_SUFFIX);
        Path xml = cardFile.resolveSibling(base + Unit.XML_SUFFIX);
        List<String> routes = new ArrayList<>();
        for (Path file : beside(cardFile).getOrDefault(base, List.of())) {
            boolean route = isRoute(file);
            if (route || file.getFileName().toString().equals(base + Unit.CONTRACT_SUFFIX)) {
                contents.put(name(file), file, bytes(file));
            }
            if (route) {
                routes.add(name(file));
            }
        }
        if (routes.contains(name(yaml)) == routes.contains(name(xml))) {
            throw new Refused(
                    routes.contains(name(yaml))
                            ? Finding.of(
                                    Rule.UNIT_ROUTE_TWICE,
                                    name,
                                    0,
                                    yaml.getFileName().toString(),
                                    xml.getFileName().toString())
                            : Finding.of(
                                    Rule.UNIT_ROUTE_MISSING,
                                    name,
                                    0,
                                    yaml.getFileName().toString()));
        }
        Deque<String> unread =
                mappings(home.resolve(TRANSFORMS).resolve(card.domain()).resolve(base), contents);
        String contract = name(cardFile.resolveSibling(base + Unit.CONTRACT_SUFFIX));
        if (contents.files.containsKey(contract)) {
            unread.add(contract);
        }
        parts(unread, contract.substring(0, contract.length() - Unit.CONTRACT_SUFFIX.length()), contents);
        for (String route : routes) {
            replies(route, contents);
            for (String used : Expansion.used(route, contents.text(route), this::sharedText)) {
                contents.put(used, home.resolve(used), shared(used).orElseThrow());
                replies(used, contents);
            }
            chosenReplies(route, contents);
        }
        return new Unit(
                card,
                routes.contains(name(yaml)) ? yaml : xml,
                Collections.unmodifiableMap(contents.files),
                contents.digest());
    }

    private static boolean isRoute(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(Unit.ROUTE_SUFFIX) || name.endsWith(Unit.XML_SUFFIX);
    }

    /** The base name of a file that lies beside a card, or the name of a folder of mappings. */
    static String base(String file) {
        return file.replaceFirst("(\\.|" + Unit.TO + ").*", "");
    }

    /** The files in the folder of a card, by base name. */
    private Map<String, List<Path>> beside(Path card) throws IOException {
        Path folder = card.resolveSibling("");
        Map<String, List<Path>> known = folders.get(folder);
        if (known == null) {
            known = new HashMap<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (!isOfTheRoutes(file)) {
                        continue;
                    }
                    String base = base(file.getFileName().toString());
                    known.computeIfAbsent(base, first -> new ArrayList<>()).add(file);
                }
            }
            folders.put(folder, known);
        }
        return known;
    }

    /** What lies in the folder of the mappings. */
    private Deque<String> mappings(Path folder, Contents contents) throws IOException {
        Deque<String> unread = new ArrayDeque<>();
        if (!Files.isDirectory(folder)) {
            return unread;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(file -> isWritten(folder.relativize(file)))
                    .filter(Files::isRegularFile)
                    .toList()) {
                if (liesIn(file, TRANSFORMS)) {
                    contents.put(name(file), file, bytes(file));
                    unread.add(name(file));
                }
            }
        }
        return unread;
    }

    /**
     * What mappings take in from other folders of mappings, and a contract from there and from beside it.
     *
     * @param own how the names of all files begin that lie beside the card and belong to it
     */
    private void parts(Deque<String> unread, String own, Contents contents) {
        while (!unread.isEmpty()) {
            String mapping = unread.pop();
            for (String part : parts(mapping, contents)) {
                Path file = home.resolve(mapping).resolveSibling(part).normalize();
                String name = name(file);
                boolean beside =
                        mapping.startsWith(ROUTES) && name.matches(Pattern.quote(own + ".") + "[^/]+\\.(wsdl|xsd)");
                if (!contents.files.containsKey(name) && (beside || name.startsWith(TRANSFORMS))) {
                    Optional<byte[]> found = shared(name);
                    if (found.isPresent()) {
                        contents.put(name, file, found.get());
                        unread.add(name);
                    }
                }
            }
        }
    }

    /** The families of replies that a route or a connector reads answers by. */
    private void replies(String route, Contents contents) {
        Matcher family = REPLY.matcher(contents.text(route));
        while (family.find()) {
            String name = TRANSFORMS + "_replies/" + family.group(1) + ".reply.yaml";
            shared(name).ifPresent(found -> contents.put(name, home.resolve(name), found));
        }
    }

    /** Where a parameter of a connector names the family, each family that the files of the route name in any way. */
    private void chosenReplies(String route, Contents contents) throws IOException {
        List<String> texts = Stream.concat(
                        Stream.of(route), Expansion.used(route, contents.text(route), this::sharedText).stream())
                .map(contents::text)
                .toList();
        Path folder = home.resolve(TRANSFORMS + "_replies");
        if (texts.stream().noneMatch(text -> text.contains("lgsp-reply:{{")) || !Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> families = Files.list(folder)) {
            for (Path file : families.sorted().toList()) {
                String family = base(file.getFileName().toString());
                Pattern named = Pattern.compile("(?<![a-z0-9-])" + Pattern.quote(family) + "(?![a-z0-9-])");
                if (file.toString().endsWith(".reply.yaml")
                        && texts.stream().anyMatch(text -> named.matcher(text).find())) {
                    shared(name(file)).ifPresent(found -> contents.put(name(file), file, found));
                }
            }
        }
    }

    private static List<String> parts(String mapping, Contents contents) {
        if (mapping.endsWith(".values.yaml")) {
            return CODE_TABLE
                    .matcher(contents.text(mapping))
                    .results()
                    .map(table -> "../../_codes/" + table.group(1) + ".codes.yaml")
                    .toList();
        }
        List<Pattern> forms =
                mapping.endsWith(Unit.CONTRACT_SUFFIX) ? List.of(CONTRACT_PART, XML_SCHEMA_PART) : form(mapping);
        List<String> found = new ArrayList<>();
        for (Pattern form : forms) {
            Matcher part = form.matcher(contents.text(mapping));
            while (part.find()) {
                if (part.group(1).matches("[\\p{L}\\p{N}._/-]+")) {
                    found.add(part.group(1));
                }
            }
        }
        return found;
    }

    private static List<Pattern> form(String mapping) {
        return mapping.endsWith(".xsl") || mapping.endsWith(".xslt")
                ? List.of(STYLESHEET_PART, DOCUMENT_PART)
                : mapping.contains("/samples/")
                        ? List.of()
                        : mapping.endsWith(".json")
                                ? List.of(SCHEMA_PART)
                                : mapping.endsWith(".xsd") ? List.of(XML_SCHEMA_PART) : List.of();
    }

    private Optional<String> sharedText(String name) {
        return shared(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** A file that several services may use; what a link fetches from elsewhere does not exist. */
    private Optional<byte[]> shared(String name) {
        return shared.computeIfAbsent(name, file -> {
            Path path = home.resolve(file);
            try {
                return liesIn(path, file.substring(0, file.indexOf('/') + 1))
                        ? Optional.of(bytes(path))
                        : Optional.empty();
            } catch (Unreadable shared) {
                throw new Refused(Finding.of(Rule.FILE_UNREADABLE, name, 0));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(name + " cannot be read", unreadable);
            }
        });
    }

    /** A link that leads out of the folder leads to nothing: whoever may write here could have any file of the machine shown. */
    private boolean isOfTheRoutes(Path file) throws IOException {
        return !Files.isSymbolicLink(file) || liesIn(file, ROUTES);
    }

    /** @throws Unreadable when it is there, and no file or not to be read; it is this service's mistake and nobody else's */
    private byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            throw gone;
        } catch (IOException unreadable) {
            throw new Unreadable(name(file));
        }
    }

    /** With the name of the file below the home. */
    private static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1;
        private final String name;

        Unreadable(String name) {
            super(name);
            this.name = name;
        }
    }

    private boolean liesIn(Path file, String folder) throws IOException {
        return Files.isRegularFile(file)
                && file.toRealPath().startsWith(home.resolve(folder).toRealPath());
    }

    /** The files of one unit. */
    private static final class Contents {
        private final Map<String, Path> files = new TreeMap<>();
        private final Map<String, byte[]> bytes = new HashMap<>();

        void put(String name, Path file, byte[] content) {
            files.put(name, file);
            bytes.put(name, content);
        }

        String text(String name) {
            return new String(Objects.requireNonNull(bytes.get(name)), StandardCharsets.UTF_8);
        }

        /** @throws Refused when it is not UTF-8 */
        String strictText(String name) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Objects.requireNonNull(bytes.get(name))))
                        .toString();
            } catch (CharacterCodingException garbled) {
                throw new Refused(Finding.of(Rule.FILE_NOT_UTF_8, name, 0));
            }
        }

        String digest() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                for (String name : files.keySet()) {
                    byte[] content = Objects.requireNonNull(bytes.get(name));
                    digest.update((name + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
                    digest.update(content);
                }
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("this JDK has no SHA-256", missing);
            }
        }
    }
}
