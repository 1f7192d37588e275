package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.FreePorts;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.unit.Unit;

/** What the bus tells of its REST services is what they do: read as a caller's tools read it, and called as it says (API-01, API-11). */
final class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private static Path data;

    private static Bus bus;

    @BeforeAll
    static void start() {
        List<Integer> free = FreePorts.some(7);
        Map<String, String> settings = new HashMap<>(Map.of(
                "lgsp.data-folder", data.toString(),
                "lgsp.data-port", "0",
                "lgsp.management-port", "0",
                "lgsp.city.population-port", "" + free.get(0),
                "lgsp.city.land-east-port", "" + free.get(1),
                "lgsp.city.land-west-port", "" + free.get(2),
                "lgsp.city.archive-port", "" + free.get(3),
                "lgsp.city.social-insurance-port", "" + free.get(4),
                "lgsp.city.civil-archive-port", "" + free.get(5),
                "lgsp.broker.port", "0"));
        settings.put("lgsp.city.hub-port", "" + free.get(6));
        Configuration configuration = Configuration.of(settings);
        bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    /** The product's own services that are called by REST. */
    static List<String> services() {
        return Unit.all(Path.of("").toAbsolutePath()).stream()
                .filter(unit -> unit.card().operations().stream().anyMatch(Operation::isRest))
                .map(unit -> unit.card().key().toString())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("services")
    void a_callers_tools_read_the_contract_of_each_service_and_resolve_all_of_it(String service) throws Exception {
        HttpResponse<String> answer = contract(service);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");

        ParseOptions resolving = new ParseOptions();
        resolving.setResolve(true);
        resolving.setResolveFully(true);
        SwaggerParseResult read = new OpenAPIV3Parser().readContents(answer.body(), List.of(), resolving);

        assertThat(Optional.ofNullable(read.getMessages()).orElse(List.of())).isEmpty();
        OpenAPI document = read.getOpenAPI();
        assertThat(document.getOpenapi()).isEqualTo("3.1.0");
        List<String> ids = document.getPaths().values().stream()
                .map(PathItem::readOperations)
                .flatMap(List::stream)
                .map(io.swagger.v3.oas.models.Operation::getOperationId)
                .toList();
        assertThat(ids).containsExactlyInAnyOrderElementsOf(restOperations(service));
        assertThat(references(JSON.readTree(answer.body()))).allSatisfy(reference -> assertThat(
                        JSON.readTree(answer.body()).at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    private static List<String> restOperations(String service) {
        return Unit.all(Path.of("").toAbsolutePath()).stream()
                .filter(unit -> unit.card().key().toString().equals(service))
                .flatMap(unit -> unit.card().operations().stream())
                .filter(Operation::isRest)
                .map(Operation::id)
                .toList();
    }

    private static List<String> references(JsonNode node) {
        List<String> found = new ArrayList<>(node.findValuesAsText("$ref"));
        found.removeIf(String::isEmpty);
        return found;
    }

    /** Those whose contract says what they take; packets of documents are said by QCVN 102, and {@code DocumentDeskTest} sends them. */
    static List<String> servicesWithSamples() {
        return services().stream()
                .filter(service -> !service.startsWith("edoc-"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("servicesWithSamples")
    void each_operation_called_as_the_contract_says_gets_an_answer_as_the_contract_says(String service)
            throws Exception {
        JsonNode document = JSON.readTree(contract(service).body());
        String server = document.at("/servers/0/url").asText();
        String header = document.at("/components/securitySchemes/key/name").asText();
        int called = 0;
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                HttpResponse<String> answer = call(server, header, keyFor(service), path.getKey(), operation);
                fits(document, operation.getValue(), answer);
                called++;
            }
        }
        assertThat(called).isEqualTo(restOperations(service).size());
    }

    /** Of whoever the sample city lets call it. */
    private static String keyFor(String service) {
        if (service.startsWith("shared-")) {
            return SampleKeys.CITY_CATALOGUES.key();
        }
        if (service.startsWith("portal-")) {
            return (service.startsWith("portal-message-") ? SampleKeys.PORTAL : SampleKeys.ONE_STOP).key();
        }
        return (service.startsWith("civil-") ? SampleKeys.CIVIL_REGISTRY : SampleKeys.TAX_OFFICE).key();
    }

    /** As a stranger would who has nothing but the document and a key. */
    private static HttpResponse<String> call(
            String server, String header, String key, String path, Map.Entry<String, JsonNode> operation)
            throws IOException, InterruptedException {
        String filled = path;
        for (JsonNode parameter : operation.getValue().path("parameters")) {
            if (parameter.path("in").asText().equals("path")) {
                String value = parameter
                        .path("examples")
                        .elements()
                        .next()
                        .path("value")
                        .asText();
                filled = filled.replace(
                        "{" + parameter.path("name").asText() + "}",
                        URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
            }
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + filled))
                .timeout(Duration.ofSeconds(30))
                .header(header, key);
        String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
        Optional<Map.Entry<String, JsonNode>> body =
                operation.getValue().at("/requestBody/content").properties().stream()
                        .filter(media -> media.getValue().path("examples").size() > 0)
                        .findFirst();
        if (body.isPresent()) {
            JsonNode value =
                    body.get().getValue().path("examples").elements().next().path("value");
            request.header("Content-Type", body.get().getKey())
                    .method(method, BodyPublishers.ofString(value.isTextual() ? value.asText() : value.toString()));
        } else {
            assertThat(operation.getValue().has("requestBody")).isFalse();
            request.method(method, BodyPublishers.noBody());
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static void fits(JsonNode document, JsonNode operation, HttpResponse<String> answer) throws IOException {
        JsonNode responses = operation.path("responses");
        String status = Integer.toString(answer.statusCode());
        JsonNode documented = responses.path(responses.has(status) ? status : status.charAt(0) + "XX");
        assertThat(documented.isMissingNode()).as("status " + status).isFalse();
        assertThat(answer.statusCode()).isIn(200, 201, 202, 404);
        JsonNode response = documented.has("$ref")
                ? document.at(documented.path("$ref").asText().substring(1))
                : documented;
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        JsonNode media = response.path("content").has(type)
                ? response.at("/content").path(type)
                : response.at("/content").path("*/*");
        assertThat(media.isMissingNode()).as(type).isFalse();
        if (media.has("schema")) {
            assertThat(schema(document, media.path("schema")).validate(JSON.readTree(answer.body())))
                    .isEmpty();
        }
        response.path("headers")
                .fieldNames()
                .forEachRemaining(name ->
                        assertThat(answer.headers().firstValue(name)).as(name).isPresent());
    }

    /** One schema of the document, with the document around it. */
    private static JsonSchema schema(JsonNode document, JsonNode schema) {
        ObjectNode whole = document.deepCopy();
        whole.setAll((ObjectNode) schema);
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole);
    }

    @Test
    void the_examples_of_a_contract_fit_its_own_schemas() throws Exception {
        int shown = 0;
        for (String service : services()) {
            JsonNode document = JSON.readTree(contract(service).body());
            for (JsonNode media : document.path("paths").findValues("content")) {
                for (JsonNode kind : media) {
                    for (JsonNode example : kind.path("examples")) {
                        if (kind.at("/schema/$ref").isTextual()) {
                            assertThat(schema(document, kind.path("schema")).validate(example.path("value")))
                                    .as(service)
                                    .isEmpty();
                            shown++;
                        }
                    }
                }
            }
        }
        assertThat(shown).isGreaterThan(4);
    }

    @Test
    void a_contract_is_told_to_anybody_and_the_exchange_is_recorded_without_a_caller() throws Exception {
        HttpResponse<String> answer = contract("land-parcel-lookup/v1");

        ExchangeRecord record = bus.records()
                .find(ExchangeId.of(
                        answer.headers().firstValue("X-LGSP-Exchange").orElseThrow()))
                .orElseThrow();
        assertThat(record.outcome()).hasValue(Outcome.ANSWERED);
        assertThat(record.form()).isEqualTo("REST GET");
        assertThat(record.operation()).hasValue("GET /openapi.json");
        assertThat(record.account()).isEmpty();
    }

    @Test
    void what_has_no_rest_operation_has_no_such_contract() throws Exception {
        for (String service : List.of("civil-birth-notify/v1", "no-such-service/v1", "land-parcel-lookup/v9", "Ấ/v1")) {
            HttpResponse<String> answer = contract(service.replace("Ấ", "%E1"));
            assertThat(answer.statusCode()).as(service).isEqualTo(404);
            assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("service-unknown");
        }
    }

    @Test
    void the_contract_tells_what_the_card_says_and_what_the_bus_answers() throws Exception {
        JsonNode document = JSON.readTree(contract("land-parcel-lookup/v1").body());

        assertThat(document.at("/info/title").asText()).isEqualTo("Tra cứu thửa đất");
        assertThat(document.at("/info/summary").asText()).isEqualTo("Land parcel lookup");
        assertThat(document.at("/info/contact/name").asText()).contains("đăng ký đất đai");
        assertThat(document.at("/x-lgsp/limits/requestBytes").asLong()).isEqualTo(65_536);
        JsonNode byNumber =
                document.path("paths").path("/parcels/{district}/{number}").path("get");
        assertThat(byNumber.path("parameters").findValuesAsText("name"))
                .containsExactly("district", "number", "X-Request-Id");
        assertThat(byNumber.path("responses").properties().stream().map(Map.Entry::getKey))
                .contains("2XX", "400", "401", "403", "404", "502", "503", "504")
                .doesNotContain("405", "409", "415", "499");
        assertThat(document.at("/paths/~1parcels/post/responses").has("415")).isTrue();
        assertThat(document.at("/components/responses/problem-404/description").asText())
                .contains("record-not-found", "service-unknown");
        assertThat(document.at("/paths/~1parcels/post/requestBody/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/request");
        assertThat(document.at("/components/schemas/request/properties/district/enum"))
                .hasSize(2);
    }

    private static HttpResponse<String> contract(String service) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + bus.dataPort() + "/api/" + service + "/openapi.json"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofString());
    }
}
