package vn.lgsp.unit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.source.SourceFile;

/**
 * What is deployed as one: a service's card, its routes, its contract, its mappings and schemas, and the connectors and templates that
 * its routes use.
 *
 * <p>All of them are called as the card is, by the base name: {@code <service>}, or {@code <service>-v<version>}.
 *
 * @param card read and checked
 * @param routeFile {@code routes/<domain>/<base>.camel.yaml}, or {@code .camel.xml}
 * @param files all of them, by their names below the home of the bus, such as {@code transforms/land/land-parcel-lookup/request.jq}
 * @param digest of all its files, lower-case hexadecimal; it changes when any of them does (BUS-09)
 * @see "VER-01"
 */
public record Unit(ServiceCard card, Path routeFile, Map<String, Path> files, String digest) {
    public static final String ROUTE_SUFFIX = ".camel.yaml";
    public static final String XML_SUFFIX = ".camel.xml";
    static final String CONTRACT_SUFFIX = ".wsdl";
    static final String TO = "--to-";

    /**
     * What lies in a home.
     *
     * @param units in order of the names of their cards
     * @param refused cards of which no unit can be made, by their names below the home, with the reasons
     */
    public record Found(List<Unit> units, Map<String, List<Finding>> refused) {}

    /** Everything in a home, good or not; the way itself is no unit. */
    public static Found find(Path home) {
        return read(home, card -> Optional.empty());
    }

    /**
     * The same, but read again is only what may be another by now.
     *
     * @param before what was found earlier
     * @param changed files that were written, made or deleted since
     * @param doubtful cards, by their names below the home, of units that may lack a file
     */
    public static Found find(Path home, Found before, Set<Path> changed, Set<String> doubtful) {
        Map<String, Unit> known = new HashMap<>();
        Set<String> owners = new HashSet<>();
        Set<String> used = new HashSet<>();
        for (Unit unit : before.units()) {
            known.put(unit.name(unit.routeFile.resolveSibling(unit.base() + CardFile.SUFFIX)), unit);
            owners.add(unit.owner());
            used.addAll(unit.files.keySet());
        }
        Set<String> names = new HashSet<>();
        Set<String> touched = new HashSet<>();
        for (Path file : changed) {
            Path name = home.relativize(file);
            String owner = name.getNameCount() < 3
                    ? ""
                    : name.getName(1) + "/" + UnitReader.base(name.getName(2).toString());
            String text = name.toString().replace('\\', '/');
            boolean ofADomain = text.startsWith("routes/") && !text.startsWith("routes/_");
            if (!used.contains(text) && !owners.contains(owner) && !ofADomain) {
                return find(home); // nobody has it yet, and anybody may have asked for it
            }
            names.add(text);
            touched.add(owner);
        }
        return read(home, card -> Optional.ofNullable(known.get(card))
                .filter(unit -> !doubtful.contains(card))
                .filter(unit -> !touched.contains(unit.owner()))
                .filter(unit -> Collections.disjoint(unit.files.keySet(), names)));
    }

    /** Its name in the folders of routes and of mappings: what is put there belongs to it. */
    private String owner() {
        return card.domain() + "/" + base();
    }

    private static Found read(Path home, Function<String, Optional<Unit>> known) {
        UnitReader reader = new UnitReader(home);
        Map<String, List<Finding>> refused = new ConcurrentSkipListMap<>();
        List<Unit> units = reader.cards().parallelStream()
                .flatMap(card -> known
                        .apply(reader.name(card))
                        .or(() -> {
                            try {
                                return Optional.of(reader.read(card));
                            } catch (Refused wrong) {
                                refused.put(reader.name(card), wrong.findings());
                                return Optional.empty();
                            }
                        })
                        .stream())
                .toList();
        return new Found(units, refused);
    }

    /**
     * The units in a home, in order of the names of their cards.
     *
     * @throws Refused when one of them is wrong
     */
    public static List<Unit> all(Path home) {
        UnitReader reader = new UnitReader(home);
        return reader.cards().stream().map(reader::read).toList();
    }

    /** The name of all its files, without the endings. */
    public String base() {
        String name = routeFile.getFileName().toString();
        return name.substring(0, name.indexOf(".camel."));
    }

    /** What this file of the unit is called below the home; it need not be there. */
    public String name(Path file) {
        Path home = routeFile.resolve("../../..").normalize();
        return home.relativize(file).toString().replace('\\', '/');
    }

    /**
     * The text of one of its files; empty when it is not among them.
     *
     * @param name below the home
     */
    public Optional<String> text(String name) {
        return Optional.ofNullable(files.get(name)).map(file -> SourceFile.text(name, file));
    }

    public UnitKey key() {
        return new UnitKey(card.key(), digest);
    }

    /** The id of its route, and of its {@code direct:} door. */
    public String id() {
        return base() + "~" + key().brief();
    }

    /** The id of its route to this destination, and of that route's {@code direct:} door. */
    public String id(SystemId destination) {
        return routeName(destination) + "~" + key().brief();
    }

    /** What the route to this destination is called: in its file, and by the name of its file. */
    String routeName(SystemId destination) {
        return base() + TO + destination;
    }

    /** Where the route to this destination stands; it may be missing. */
    public Path routeFile(SystemId destination) {
        Path xml = routeFile.resolveSibling(routeName(destination) + XML_SUFFIX);
        return files.containsValue(xml) ? xml : routeFile.resolveSibling(routeName(destination) + ROUTE_SUFFIX);
    }

    /** Its route files by their names below the home: its own first, then that to each destination which is there. */
    public List<String> routes() {
        return Stream.concat(Stream.of(routeFile), destinations().stream().map(this::routeFile))
                .map(this::name)
                .filter(files::containsKey)
                .toList();
    }

    /** Where the contract of a SOAP service stands; it may be missing. */
    public Path contractFile() {
        return routeFile.resolveSibling(base() + CONTRACT_SUFFIX);
    }

    /** The destinations of a guaranteed service; none for another one. */
    public List<SystemId> destinations() {
        return card.guarantee().isPresent() ? card.providers() : List.of();
    }

    public boolean isSoap() {
        return card.operations().stream().anyMatch(operation -> operation.soap().isPresent());
    }

    /** Its contract, as it stands in the file. */
    public Optional<String> contract() {
        try {
            return isSoap() ? Optional.of(Files.readString(contractFile())) : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(contractFile() + " cannot be read as UTF-8", unreadable);
        }
    }
}
