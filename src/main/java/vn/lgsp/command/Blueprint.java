package vn.lgsp.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.message.ServiceKey;

/**
 * The files of a new service, made from the blueprint of its shape: resources whose names and texts hold {@code @words@}. A file whose
 * name holds {@code @to@} is made for each destination; one below {@code http/} or {@code queue/} for those that are reached so, and
 * one below {@code any-http/} where there is such a destination.
 *
 * @param domain the folder
 * @param systems providers, or destinations
 */
record Blueprint(Shape shape, ServiceKey service, String domain, Names names, List<InformationSystem> systems) {

    private static final Pattern WORD = Pattern.compile("@([a-z]+)@");
    private static final Pattern REACHED = Pattern.compile("(http|queue|any-http)/(.*)");
    private static final Pattern REPEATED = Pattern.compile("(@(each|any)( http| queue)?@).*");
    private static final Pattern NOT_TEXT =
            Pattern.compile("[0-9.+-].*|true|false|yes|no|on|off|y|n|null|~", Pattern.CASE_INSENSITIVE);

    /** What people are told of the service. */
    record Names(String vi, String en, String description, String contact) {}

    /** What a service does with content. */
    enum Shape {
        PASS_THROUGH("what is sent and answered passes through, byte for byte"),
        MAPPED("REST to a provider's JSON: mapped with jq, checked with JSON Schema"),
        SOAP("REST to a provider's SOAP: mapped with XSLT, checked with JSON Schema"),
        GUARANTEED_REST("taken in by REST, and delivered to every destination whatever dies"),
        GUARANTEED_SOAP("taken in by SOAP, and delivered to every destination whatever dies");

        private final String meaning;

        Shape(String meaning) {
            this.meaning = meaning;
        }

        String meaning() {
            return meaning;
        }

        boolean isGuaranteed() {
            return this == GUARANTEED_REST || this == GUARANTEED_SOAP;
        }

        /** Whether such a service can be made for this system. */
        boolean fits(InformationSystem system) {
            return system.connection().isPresent()
                    || (isGuaranteed() && system.queue().isPresent());
        }

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The name of all files of the service. */
    String base() {
        return service.id().value();
    }

    /** Texts by the names of their files below the home of the bus, in order. */
    Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        for (String name : resource("index").lines().toList()) {
            String text = resource(name);
            Matcher reached = REACHED.matcher(name);
            String kind = reached.matches() ? reached.group(1) : "";
            String below = reached.matches() ? reached.group(2) : name;
            if (name.contains("@to@")) {
                systems(kind).forEach(system -> put(files, below, text, Optional.of(system)));
            } else if (!systems(kind.replace("any-", "")).isEmpty()) {
                put(files, below, text, Optional.empty());
            }
        }
        return files;
    }

    /** @param kind how they are reached, {@code http} or {@code queue}; all where it is empty */
    private List<InformationSystem> systems(String kind) {
        return systems.stream()
                .filter(system -> kind.isEmpty()
                        || kind.equals("http") == system.connection().isPresent())
                .toList();
    }

    private void put(Map<String, String> files, String name, String text, Optional<InformationSystem> to) {
        Map<String, String> words = words();
        to.ifPresent(system -> words.put("to", system.id().value()));
        String below = filled(name, words);
        if (below.endsWith(".card.yaml")) {
            words.replaceAll((word, value) -> word.equals("version") ? value : quoted(value));
        }
        files.put(below, filled(unrolled(text), words));
    }

    /** A text as it stands in YAML, where it would be something else without quotes. */
    static String quoted(String text) {
        return NOT_TEXT.matcher(text).matches() ? "\"" + text + "\"" : text;
    }

    /** Lines that begin with {@code @each@} are there once for each system; those side by side belong together. */
    private String unrolled(String text) {
        StringBuilder unrolled = new StringBuilder();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = REPEATED.matcher(lines.get(i));
            if (!line.matches()) {
                unrolled.append(lines.get(i)).append('\n');
                continue;
            }
            String head = line.group(1);
            StringBuilder block = new StringBuilder();
            for (; i < lines.size() && lines.get(i).startsWith(head); i++) {
                block.append(lines.get(i).substring(head.length())).append('\n');
            }
            i--;
            List<InformationSystem> all =
                    systems(line.group(3) == null ? "" : line.group(3).strip());
            for (InformationSystem system :
                    line.group(2).equals("any") ? all.stream().limit(1).toList() : all) {
                unrolled.append(block.toString().replace("@to@", system.id().value()));
            }
        }
        return unrolled.toString();
    }

    private Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("service", service.id().value());
        words.put("base", base());
        words.put("version", Integer.toString(service.version()));
        words.put("domain", domain);
        words.put("vi", names.vi());
        words.put("en", names.en());
        words.put("description", names.description());
        words.put("contact", names.contact());
        words.put("system", systems.get(0).id().value());
        words.put(
                "destinations",
                systems.stream().map(system -> system.id().value()).collect(Collectors.joining(", ")));
        words.put("things", thing() + "s");
        words.put("member", camelCase(thing()));
        words.put("element", camelCase("-" + thing()));
        return words;
    }

    /** What the service is about: of {@code land-parcel-lookup} the parcel. */
    String thing() {
        String id = service.id().value();
        int first = id.indexOf('-');
        int last = id.lastIndexOf('-');
        return first < 0 ? "record" : first == last ? id.substring(first + 1) : id.substring(first + 1, last);
    }

    private static String camelCase(String kebab) {
        return Pattern.compile("-([a-z0-9])").matcher(kebab).replaceAll(letter -> letter.group(1)
                .toUpperCase(Locale.ROOT));
    }

    private static String filled(String text, Map<String, String> words) {
        return WORD.matcher(text)
                .replaceAll(word -> Matcher.quoteReplacement(Optional.ofNullable(words.get(word.group(1)))
                        .orElseThrow(() ->
                                new IllegalStateException("a blueprint holds the unknown word " + word.group()))));
    }

    private String resource(String name) {
        String path = "blueprint/" + shape + "/" + name;
        try (InputStream in = Blueprint.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the product lacks " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
