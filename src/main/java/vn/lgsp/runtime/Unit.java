package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;

/**
 * What is deployed as one: a service's card, its route files, its contract, and its mappings and schemas.
 *
 * @param card read and checked
 * @param routeFile {@code routes/<domain>/<service>.camel.yaml}
 * @param files all of them, by their names below the home of the bus, such as {@code transforms/land/land-parcel-lookup/request.jq}
 * @param digest of all its files, lower-case hexadecimal; it changes when any of them does (BUS-09)
 */
record Unit(ServiceCard card, Path routeFile, Map<String, Path> files, String digest) {
    static final String ROUTE_SUFFIX = ".camel.yaml";
    static final String CONTRACT_SUFFIX = ".wsdl";
    private static final String TO = "--to-";

    /** The units in a home, in order of the names of their cards; the way itself is none. */
    static List<Unit> all(Path home) {
        Path routes = home.resolve("routes");
        try (Stream<Path> files = Files.walk(routes, 3)) {
            return files.filter(file -> file.getFileName().toString().endsWith(CardFile.SUFFIX))
                    .sorted()
                    .map(card -> read(card, home))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the folder " + routes + " cannot be read", unreadable);
        }
    }

    private static Unit read(Path cardFile, Path home) {
        ServiceCard card = CardFile.read(cardFile);
        Path route = cardFile.resolveSibling(card.key().id() + ROUTE_SUFFIX);
        if (!Files.isRegularFile(route)) {
            throw new IllegalArgumentException(cardFile + " has no route: write " + route.getFileName() + " beside it");
        }
        try {
            Map<String, Path> files = files(card, cardFile, route, home);
            return new Unit(card, route, files, digest(files));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("a file of the service of " + cardFile + " cannot be read", unreadable);
        }
    }

    UnitKey key() {
        return new UnitKey(card.key(), digest);
    }

    /** The id of its route, and of its {@code direct:} door. */
    String id() {
        return card.key().id() + "~" + key().brief();
    }

    /** The id of its route to this destination, and of that route's {@code direct:} door. */
    String id(SystemId destination) {
        return routeName(destination) + "~" + key().brief();
    }

    /** What the route to this destination is called: in its file, and by the name of its file. */
    String routeName(SystemId destination) {
        return card.key().id() + TO + destination;
    }

    /** Where the route to this destination stands; it may be missing. */
    Path routeFile(SystemId destination) {
        return routeFile.resolveSibling(routeName(destination) + ROUTE_SUFFIX);
    }

    /** Where the contract of a SOAP service stands; it may be missing. */
    Path contractFile() {
        return routeFile.resolveSibling(card.key().id() + CONTRACT_SUFFIX);
    }

    /** The destinations of a guaranteed service; none for another one. */
    List<SystemId> destinations() {
        return card.guarantee().isPresent() ? card.providers() : List.of();
    }

    boolean isSoap() {
        return card.operations().stream().anyMatch(operation -> operation.soap().isPresent());
    }

    /** The files that the card asks for and are not there, and those that it does not name; each with its remedy. */
    List<String> incomplete() {
        List<String> wrong = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (SystemId destination : destinations()) {
            Path route = routeFile(destination);
            expected.add(route.getFileName().toString());
            if (!files.containsValue(route)) {
                wrong.add(route + ": the card delivers to " + destination
                        + ", but this route is missing: write it, or take the destination off the card");
            }
        }
        for (Path file : files.values()) {
            String name = file.getFileName().toString();
            if (name.startsWith(card.key().id() + TO) && name.endsWith(ROUTE_SUFFIX) && !expected.contains(name)) {
                wrong.add(file + ": the card names no such destination under 'deliveries': name it there, or delete"
                        + " the file");
            }
        }
        boolean contract = files.containsValue(contractFile());
        if (isSoap() && !contract) {
            wrong.add(contractFile() + ": the card has SOAP operations, but their contract is missing: write it");
        } else if (contract && !isSoap()) {
            wrong.add(contractFile() + ": the card has no SOAP operation: write one, or delete the file");
        }
        return wrong;
    }

    /** Its contract, as it stands in the file. */
    Optional<String> contract() {
        try {
            return isSoap() ? Optional.of(Files.readString(contractFile())) : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(contractFile() + " cannot be read as UTF-8", unreadable);
        }
    }

    private static Map<String, Path> files(ServiceCard card, Path cardFile, Path route, Path home) throws IOException {
        String service = card.key().id().value();
        Map<String, Path> found = new TreeMap<>();
        String routes = "routes/" + card.domain() + "/";
        found.put(routes + cardFile.getFileName(), cardFile);
        found.put(routes + route.getFileName(), route);
        try (Stream<Path> beside = Files.list(cardFile.resolveSibling(""))) {
            beside.filter(Files::isRegularFile).forEach(file -> {
                String name = file.getFileName().toString();
                if (name.equals(service + CONTRACT_SUFFIX)
                        || (name.startsWith(service + TO) && name.endsWith(ROUTE_SUFFIX))) {
                    found.put(routes + name, file);
                }
            });
        }
        Path transforms = home.resolve("transforms");
        Path mappings = transforms.resolve(card.domain()).resolve(service);
        if (Files.isDirectory(mappings)) {
            Path real = transforms.toRealPath();
            try (Stream<Path> all = Files.walk(mappings)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    // what a link fetches from elsewhere does not exist
                    if (file.toRealPath().startsWith(real)) {
                        found.put(
                                "transforms/" + card.domain() + "/" + service + "/"
                                        + mappings.relativize(file).toString().replace('\\', '/'),
                                file);
                    }
                }
            }
        }
        return found;
    }

    private static String digest(Map<String, Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, Path> file : files.entrySet()) {
                byte[] content = Files.readAllBytes(file.getValue());
                digest.update((file.getKey() + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        }
    }
}
