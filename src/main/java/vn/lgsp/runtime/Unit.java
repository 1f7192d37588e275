package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.ServiceCard;

/**
 * What is deployed as one: a service's card, its route file and its mappings and schemas.
 *
 * @param card read and checked
 * @param routeFile {@code routes/<domain>/<service>.camel.yaml}
 * @param digest of all its files, lower-case hexadecimal; it changes when any of them does (BUS-09)
 */
record Unit(ServiceCard card, Path routeFile, String digest) {
    static final String ROUTE_SUFFIX = ".camel.yaml";

    /** The units under {@code routes}, in order of their names; the way itself is none. */
    static List<Unit> all(Path routes, Path transforms) {
        try (Stream<Path> files = Files.walk(routes, 3)) {
            return files.filter(file -> file.getFileName().toString().endsWith(CardFile.SUFFIX))
                    .sorted()
                    .map(card -> read(card, transforms))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the folder " + routes + " cannot be read", unreadable);
        }
    }

    private static Unit read(Path cardFile, Path transforms) {
        ServiceCard card = CardFile.read(cardFile);
        String service = card.key().id().value();
        Path route = cardFile.resolveSibling(service + ROUTE_SUFFIX);
        if (!Files.isRegularFile(route)) {
            throw new IllegalArgumentException(cardFile + " has no route: write " + route.getFileName() + " beside it");
        }
        return new Unit(
                card,
                route,
                digest(cardFile, route, transforms.resolve(card.domain()).resolve(service)));
    }

    /** The id of its route, and of its {@code direct:} door. */
    String id() {
        return card.key().id() + "~" + digest.substring(0, 12);
    }

    private static String digest(Path card, Path route, Path mappings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, card.getFileName().toString(), card);
            add(digest, route.getFileName().toString(), route);
            if (Files.isDirectory(mappings)) {
                try (Stream<Path> files = Files.walk(mappings)) {
                    for (Path file :
                            new TreeSet<>(files.filter(Files::isRegularFile).toList())) {
                        add(digest, mappings.relativize(file).toString(), file);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("a file of the service of " + card + " cannot be read", unreadable);
        }
    }

    private static void add(MessageDigest digest, String name, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        digest.update((name + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(content);
    }
}
