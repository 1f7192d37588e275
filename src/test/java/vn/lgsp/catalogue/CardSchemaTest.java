package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published schema of cards says what {@link CardFile} says, so that an editor and the bus agree (CAT-06). */
class CardSchemaTest {
    private static final Path SCHEMA_FILE = Path.of("docs/reference/schemas/card.schema.json");
    private static final String FILE = "routes/land/land-parcel-lookup.card.yaml";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonNode SCHEMA = read(SCHEMA_FILE);
    private static final JsonSchema JUDGE =
            JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMA);

    private static final String REST = """
            service: land-parcel-lookup
            version: 1
            name: { vi: Tra cứu thửa đất, en: Land parcel lookup }
            description: One parcel.
            contact: Bộ phận hỗ trợ
            providers: [land-registry]
            mode: mapped
            criterion: real-time
            personalData: true
            source: Các cơ quan thuế
            answer: held
            limits: { request: 64KB, answer: 1MB, bodyTimeout: 30s }
            operations:
              - { id: by-body, method: POST, path: "/parcels/{number}", query: [full], accepts: [application/json], answers: [404], produces: [application/json], schemas: { request: request.schema.json, answer: sub/response.json } }
            """;
    private static final String SOAP = """
            service: land-parcel-lookup
            version: 1
            name: { vi: Thông báo thửa đất, en: Land parcel notice }
            description: One parcel.
            contact: Bộ phận hỗ trợ
            mode: guaranteed
            life: 72h
            recipients: all
            deliveries:
              - { to: land-registry, retry: { first: 1s, longest: 5m, attempts: 20 } }
            criterion: near-real-time
            personalData: false
            operations:
              - { id: notify, soap: { namespace: "urn:mau:1.0", element: ThongBao, action: "urn:mau:1.0/ThongBao" } }
            """;

    private static final String JMS = """
            service: land-parcel-lookup
            version: 1
            name: { vi: Hỏi thửa đất, en: Land parcel question }
            description: One parcel.
            contact: Bộ phận hỗ trợ
            providers: [land-registry]
            mode: mapped
            criterion: real-time
            personalData: true
            operations:
              - { id: ask, accepts: [application/json], jms: { properties: { ho_so: X-Ho-So }, concurrency: 8 } }
            """;

    private static final String SCHEDULED = REST.replace("/parcels/{number}", "/parcels")
            + "schedule: { cron: \"0 2 * * *\", zone: UTC, as: night-shift, operation: by-body, catchUp: true,"
            + " synchronise: { to: land-change-keep/v1, operation: keep, what: whole, pages: 10, tries: 2 } }\n";

    private static final String CALLING = REST + "calls: { as: night-shift, services: [a/v1] }\n";

    private static final String DEPRECATED =
            REST + "deprecated: { since: 2026-01-01, sunset: 2026-06-01, successor: 2 }\n";

    /** A change of a good card: the path of a value, and what is written there; nothing takes the field away. */
    record Edit(String card, String path, String value) {
        @Override
        public String toString() {
            return (card.equals(REST) ? "REST " : card.equals(SOAP) ? "SOAP " : "JMS ") + path + ": " + value;
        }
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(CardFile.SUFFIX)).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void every_card_of_the_sample_city_is_good_by_the_schema(Path card) throws IOException {
        assertThat(JUDGE.validate(YAML.readTree(Files.readString(card)))).isEmpty();
    }

    @Test
    void the_fields_of_the_schema_are_those_that_the_bus_reads() {
        assertThat(fields("/properties")).isEqualTo(known(REST, ""));
        assertThat(fields("/properties/name/properties")).isEqualTo(known(REST, "/name"));
        assertThat(fields("/properties/limits/properties")).isEqualTo(known(REST, "/limits"));
        assertThat(fields("/$defs/delivery/properties")).isEqualTo(known(SOAP, "/deliveries/0"));
        assertThat(fields("/$defs/delivery/properties/retry/properties")).isEqualTo(known(SOAP, "/deliveries/0/retry"));
        assertThat(fields("/$defs/operation/properties")).isEqualTo(known(REST, "/operations/0"));
        assertThat(fields("/$defs/operation/properties/schemas/properties"))
                .isEqualTo(known(REST, "/operations/0/schemas"));
        assertThat(fields("/properties/deprecated/properties")).isEqualTo(known(DEPRECATED, "/deprecated"));
        assertThat(fields("/properties/schedule/properties")).isEqualTo(known(SCHEDULED, "/schedule"));
        assertThat(fields("/properties/schedule/properties/synchronise/properties"))
                .isEqualTo(known(SCHEDULED, "/schedule/synchronise"));
        assertThat(fields("/properties/calls/properties")).isEqualTo(known(CALLING, "/calls"));
        assertThat(fields("/$defs/operation/properties/soap/properties")).isEqualTo(known(SOAP, "/operations/0/soap"));
        assertThat(fields("/$defs/operation/properties/jms/properties")).isEqualTo(known(JMS, "/operations/0/jms"));
    }

    @Test
    void the_choices_of_the_schema_are_those_of_the_bus() {
        assertThat(choices("/properties/mode/enum")).isEqualTo(written(ServiceCard.Mode.values()));
        assertThat(choices("/properties/schedule/properties/synchronise/properties/what/enum"))
                .isEqualTo(written(Synchronise.What.values()));
        assertThat(choices("/properties/answer/enum")).isEqualTo(written(ServiceCard.AnswerMode.values()));
        assertThat(choices("/properties/recipients/enum")).isEqualTo(written(Guarantee.Recipients.values()));
        assertThat(choices("/properties/criterion/enum")).isEqualTo(written(ServiceCard.Criterion.values()));
        assertThat(choices("/$defs/operation/properties/method/enum"))
                .allMatch(method -> isGood(changed(new Edit(REST, "/operations/0/method", method))
                        .toString()
                        .replace(",\"accepts\":[\"application/json\"]", "")));
    }

    /** Each value is put where it stands; the schema and the bus must say the same of the card. */
    static Stream<Edit> edits() {
        Map<String, List<String>> rest = Map.ofEntries(
                Map.entry(
                        "/service",
                        List.of("land-parcel-lookup", "Land", "land_parcel", "land--parcel", "null", "", "7")),
                Map.entry("/version", List.of("1", "999", "0", "1000", "-1", "one", "1.5", "null", "[1]", "")),
                Map.entry("/name", List.of("Tra cứu", "{ vi: a }", "{ en: b }", "{ vi: a, en: b, fr: c }", "")),
                Map.entry("/name/vi", List.of("Tra cứu", "\"  \"", "7", "null", "{}", "")),
                Map.entry("/description", List.of("x", "\"\"", "true", "[a]", "")),
                Map.entry("/contact", List.of("x", "\"\"", "12", "")),
                Map.entry("/providers", List.of("[a]", "[a, b]", "[]", "[a, a]", "a", "[A]", "[[a]]", "")),
                Map.entry(
                        "/mode", List.of("mapped", "Mapped", "pass-through", "PASS_THROUGH", "guaranteed", "null", "")),
                Map.entry("/answer", List.of("held", "streamed", "later", "")),
                Map.entry("/criterion", List.of("real-time", "near-real-time", "soon", "")),
                Map.entry("/personalData", List.of("true", "false", "\"true\"", "1", "no-idea", "")),
                Map.entry("/source", List.of("x", "\" \"", "")),
                Map.entry(
                        "/deprecated",
                        List.of(
                                "{ since: 2026-01-01 }",
                                "{ since: 2026-01-01, sunset: 2026-03-02, successor: 2 }",
                                "{ since: 2026-01-01, successor: 0 }",
                                "{ since: 2026-01-01, sunset: soon }",
                                "{ since: 2026-01-01, until: 2026-06-01 }",
                                "{ sunset: 2026-06-01 }",
                                "{ since: 1.1.2026 }",
                                "{ since: +999999999-12-31, sunset: +999999999-12-31 }",
                                "2026-01-01",
                                "true",
                                "")),
                Map.entry("/limits", List.of("{}", "[]", "1MB", "{ requests: 1MB }", "")),
                Map.entry("/limits/request", List.of("0B", "1KB", "10GB", "1", "1mb", "1 MB", "-1KB", "x", "")),
                Map.entry("/limits/answer", List.of("1KB", "10GB", "1", "big", "")),
                Map.entry("/limits/bodyTimeout", List.of("1s", "60m", "1h", "1d", "30", "fast", "")),
                Map.entry("/deliveries", List.of("[{ to: a }]", "[]")),
                Map.entry("/life", List.of("72h")),
                Map.entry("/recipients", List.of("all")),
                Map.entry(
                        "/calls",
                        List.of(
                                "{ as: a, services: [a/v1, a-b/v999] }",
                                "{ as: a, services: [a/v0] }",
                                "{ as: a, services: [a/v1000] }",
                                "{ as: a, services: [a] }",
                                "{ as: a, services: [a/v1, a/v1] }",
                                "{ as: a, services: [] }",
                                "{ as: a }",
                                "{ services: [a/v1] }",
                                "[]")),
                Map.entry("/operations", List.of("[]", "[by-id]", "by-id", "")),
                Map.entry("/operations/0/id", List.of("by-id", "By-Id", "by id", "")),
                Map.entry("/operations/0/method", List.of("PUT", "PATCH", "post", "HEAD", "GET", "DELETE", "")),
                Map.entry(
                        "/operations/0/path",
                        List.of(
                                "/",
                                "/a",
                                "/a/{b}",
                                "/a/{b+}",
                                "/{b+}/a",
                                "a",
                                "/a//b",
                                "/a/",
                                "/{B}",
                                "/a?b=c",
                                "/a b",
                                "7",
                                "/openapi.json",
                                "/a/openapi.json",
                                "")),
                Map.entry("/operations/0/schemas", List.of("{}", "[]", "a.json", "{ reply: a.json }", "")),
                Map.entry(
                        "/operations/0/schemas/request",
                        List.of("a/b-1.xsd", "_a.json", "../a.json", "/a.json", "a.yaml", "a//b.json", "a b.json", "")),
                Map.entry("/operations/0/schemas/answer", List.of("a.json", "a", "")),
                Map.entry("/operations/0/query", List.of("[a, b.c]", "[]", "[a, a]", "[1a]", "[a b]", "a", "")),
                Map.entry(
                        "/operations/0/accepts",
                        List.of(
                                "[text/plain]",
                                "[]",
                                "[json]",
                                "[\"text/plain; charset=utf-8\"]",
                                "[Text/plain]",
                                "[a/b, a/b]",
                                "")),
                Map.entry(
                        "/operations/0/answers",
                        List.of(
                                "[404, 409]",
                                "[]",
                                "[401]",
                                "[403]",
                                "[407]",
                                "[500]",
                                "[399]",
                                "[404, 404]",
                                "[x]",
                                "404",
                                "")),
                Map.entry(
                        "/operations/0/headers",
                        List.of("[X-A, If-Match]", "[]", "[X-A, X-A]", "[X_A]", "[X-]", "X-A", "")),
                Map.entry(
                        "/operations/0/produces",
                        List.of("[text/csv, application/json]", "[]", "[csv]", "[a/b, a/b]", "")),
                Map.entry("/operations/0/soap", List.of("{ namespace: \"urn:a\", element: b }")),
                Map.entry("/operations/0/verb", List.of("GET")));
        Map<String, List<String>> soap = Map.ofEntries(
                Map.entry("/mode", List.of("mapped", "pass-through")),
                Map.entry("/life", List.of("1m", "720h", "3d", "72", "")),
                Map.entry("/recipients", List.of("all", "chosen", "Chosen", "some", "")),
                Map.entry("/answer", List.of("held", "streamed")),
                Map.entry("/providers", List.of("[a]")),
                Map.entry("/calls", List.of("{ as: a, services: [a/v1] }")),
                Map.entry(
                        "/deliveries",
                        List.of(
                                "[]",
                                "[a]",
                                "a",
                                "[{}]",
                                "[{ to: a }, { to: b }]",
                                "[{ to: a }, { to: b, after: a }]",
                                "[{ to: a, keepResult: true }, { to: b, after: [a] }]",
                                "[{ to: a }, { to: b, after: { to: a } }]",
                                "[{ to: a }, { to: b, after: [a, a] }]",
                                "[{ to: a, keepResult: 1 }, { to: b, after: a }]",
                                "")),
                Map.entry("/deliveries/0/to", List.of("a-b", "A", "7", "")),
                Map.entry("/deliveries/0/retry", List.of("{}", "[]", "{ last: 1s }", "")),
                Map.entry("/deliveries/0/retry/first", List.of("10ms", "1m", "1", "")),
                Map.entry("/deliveries/0/retry/longest", List.of("24h", "x", "")),
                Map.entry("/deliveries/0/retry/attempts", List.of("1", "1000", "0", "1001", "x", "")),
                Map.entry("/operations/0/id", List.of("")),
                Map.entry("/operations/0/method", List.of("POST")),
                Map.entry("/operations/0/path", List.of("/a")),
                Map.entry("/operations/0/query", List.of("[a]")),
                Map.entry("/operations/0/accepts", List.of("[text/xml]")),
                Map.entry("/operations/0/answers", List.of("[404]")),
                Map.entry("/operations/0/headers", List.of("[X-A]")),
                Map.entry("/operations/0/produces", List.of("[text/xml]")),
                Map.entry("/operations/0/schemas", List.of("{ request: a.json }")),
                Map.entry("/operations/0/soap", List.of("{}", "[]", "urn", "")),
                Map.entry(
                        "/operations/0/soap/namespace",
                        List.of(
                                "http://a.vn/b",
                                "\"urn:a\"",
                                "a",
                                "\"urn:a b\"",
                                "\"urn:<a>\"",
                                "\"urn:a\\\\b\"",
                                "\"urn:\"",
                                "")),
                Map.entry("/operations/0/soap/element", List.of("ThôngBáo", "_a.b-c", "1a", "a b", "a:b", "")),
                Map.entry("/operations/0/soap/oneWay", List.of("true", "false", "yes-please", "1")),
                Map.entry(
                        "/operations/0/soap/headers",
                        List.of(
                                "[]",
                                "[\"{urn:a}Id\", \"{http://a.vn/b}Mã\"]",
                                "[\"{urn:a}Id\", \"{urn:a}Id\"]",
                                "[Id]",
                                "[\"{}Id\"]",
                                "[\"{urn:a}\"]",
                                "[\"{urn:a}I d\"]",
                                "\"{urn:a}Id\"")),
                Map.entry(
                        "/operations/0/soap/attachments",
                        List.of("[]", "[NoiDung, Ảnh]", "[a, a]", "[\"a b\"]", "[\"a:b\"]", "NoiDung")),
                Map.entry("/operations/0/soap/action", List.of("\"\"", "a", "\"a b\"", "'\"a\"'", "đ", "")));
        Map<String, List<String>> jms = Map.ofEntries(
                Map.entry("/mode", List.of("mapped", "pass-through")),
                Map.entry("/operations/0/id", List.of("a", "")),
                Map.entry("/operations/0/method", List.of("POST")),
                Map.entry("/operations/0/path", List.of("/a")),
                Map.entry("/operations/0/query", List.of("[a]")),
                Map.entry("/operations/0/answers", List.of("[404]")),
                Map.entry("/operations/0/headers", List.of("[X-A]")),
                Map.entry("/operations/0/produces", List.of("[text/xml]")),
                Map.entry("/operations/0/schemas", List.of("{ request: a.json }")),
                Map.entry("/operations/0/soap", List.of("{ namespace: \"urn:a\", element: b }")),
                Map.entry("/operations/0/accepts", List.of("[text/plain, application/xml]", "[]", "[json]", "")),
                Map.entry("/operations/0/jms", List.of("{}", "[]", "queue", "{ queue: a }", "")),
                Map.entry("/operations/0/jms/concurrency", List.of("1", "64", "0", "65", "x", "")),
                Map.entry(
                        "/operations/0/jms/properties",
                        List.of(
                                "{}",
                                "[]",
                                "a",
                                "{ a: X-A, b: X-B }",
                                "{ a-b: X-A }",
                                "{ 1a: X-A }",
                                "{ JMSType: X-A }",
                                "{ lgsp_x: X-A }",
                                "{ content_type: X-A }",
                                "{ a: X_A }",
                                "{ a: \"\" }",
                                "{ a: [X-A] }")));
        return Stream.of(REST, SOAP, JMS).flatMap(card -> (card.equals(REST) ? rest : card.equals(SOAP) ? soap : jms)
                .entrySet().stream().flatMap(entry -> entry.getValue().stream()
                        .map(value -> new Edit(card, entry.getKey(), value))));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void the_schema_and_the_bus_judge_a_card_alike(Edit edit) {
        JsonNode card = changed(edit);

        assertThat(JUDGE.validate(card).isEmpty())
                .as("good by the schema: %s", card)
                .isEqualTo(isGood(card.toString()));
    }

    @Test
    void the_edits_are_good_and_bad_ones() {
        assertThat(edits()).hasSizeGreaterThan(150);
        assertThat(edits().filter(edit -> isGood(changed(edit).toString()))).hasSizeGreaterThan(50);
        assertThat(edits().filter(edit -> !isGood(changed(edit).toString()))).hasSizeGreaterThan(80);
    }

    /** What a schema cannot tell is left to {@code lgsp validate}: ranges of what carries a unit, and what stands elsewhere. */
    @Test
    void what_only_the_bus_can_tell_passes_the_schema() {
        for (Edit edit : List.of(
                new Edit(REST, "/limits/request", "11GB"),
                new Edit(REST, "/limits/bodyTimeout", "2h"),
                new Edit(REST, "/operations/0/headers", "[Content-Type]"),
                new Edit(REST, "/operations/0/headers", "[Full]"),
                new Edit(SOAP, "/life", "721h"),
                new Edit(JMS, "/operations/0/jms/properties", "{ and: X-A }"),
                new Edit(JMS, "/operations/0/jms/properties", "{ a: Content-Type }"),
                new Edit(JMS, "/operations/0/jms/properties", "{ a: X-A, b: x-a }"),
                new Edit(JMS, "/answer", "streamed"),
                new Edit(SOAP, "/deliveries/0/retry/longest", "10ms"),
                new Edit(SOAP, "/deliveries", "[{ to: a }, { to: a }]"),
                new Edit(REST, "/service", "land-parcel-report"))) {
            assertThat(JUDGE.validate(changed(edit))).as(edit.toString()).isEmpty();
            assertThat(isGood(changed(edit).toString())).as(edit.toString()).isFalse();
        }
    }

    private static boolean isGood(String card) {
        return catchThrowableOfType(IllegalArgumentException.class, () -> CardFile.read(FILE, card)) == null;
    }

    /** JSON, which is YAML too. */
    private static JsonNode changed(Edit edit) {
        JsonNode card = yaml(edit.card());
        int last = edit.path().lastIndexOf('/');
        JsonNode parent = card.at(edit.path().substring(0, last));
        String name = edit.path().substring(last + 1);
        if (parent instanceof ArrayNode items) {
            items.set(Integer.parseInt(name), yaml(edit.value()));
        } else if (edit.value().isEmpty()) {
            ((ObjectNode) parent).remove(name);
        } else {
            ((ObjectNode) parent).set(name, yaml(edit.value()));
        }
        return card;
    }

    /** The names that the bus itself lists when it meets one that is like none of them. */
    private static Set<String> known(String card, String path) {
        JsonNode changed = changed(new Edit(card, path + "/zzzzzzzzzzzzzzzzzzzzzzzz", "1"));
        String refusal = String.valueOf(
                catchThrowableOfType(IllegalArgumentException.class, () -> CardFile.read(FILE, changed.toString()))
                        .getMessage());
        Matcher names = Pattern.compile("here are ([A-Za-z, ]+)").matcher(refusal);
        assertThat(names.find()).as(refusal).isTrue();
        return new TreeSet<>(Arrays.asList(names.group(1).split(", ", -1)));
    }

    private static Set<String> fields(String properties) {
        Set<String> names = new TreeSet<>();
        SCHEMA.at(properties).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> choices(String place) {
        List<String> found = new java.util.ArrayList<>();
        SCHEMA.at(place).forEach(value -> found.add(value.asText()));
        return found;
    }

    private static List<String> written(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(constant ->
                        constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .toList();
    }

    private static JsonNode yaml(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException broken) {
            throw new IllegalArgumentException(text, broken);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException broken) {
            throw new IllegalArgumentException(file.toString(), broken);
        }
    }
}
