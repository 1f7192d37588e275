package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.transform.InventedSchema;

/** Documents made by chance go as JSON to the bus, as SOAP to a provider that sends them back, and come home as JSON. */
class SoapFidelityTest {
    private static final int SCHEMAS = 8;
    private static final int DOCUMENTS = 50;
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    @Test
    void hundreds_of_documents_come_back_from_a_soap_service_without_a_difference(
            @TempDir Path folder, TestReporter reporter) throws Exception {
        long seed = Long.getLong("lgsp.fidelity.seed", new SecureRandom().nextLong());
        reporter.publishEntry("lgsp.fidelity.seed", Long.toString(seed));
        Map<String, InventedSchema> schemas = new LinkedHashMap<>();
        try (StubPeer echo = StubPeer.answering(200, "text/xml", "")) {
            echo.behaves(request -> {
                List<StubPeer.Seen> seen = echo.received();
                request.response()
                        .putHeader("Content-Type", "text/xml; charset=utf-8")
                        .end(Buffer.buffer(seen.get(seen.size() - 1).body()));
            });
            TestBus.Builder builder = TestBus.in(folder).system("echo", echo.port());
            for (int i = 0; i < SCHEMAS; i++) {
                String service = "test-echo-" + (char) ('a' + i);
                InventedSchema schema = new InventedSchema(seed + i);
                schemas.put(service, schema);
                schema.write(folder.resolve("home/transforms/test").resolve(service));
                String namespace = schema.text().contains("targetNamespace='urn:thu:chinh'") ? "urn:thu:chinh" : "";
                builder.service(service, card(service), route(service, namespace))
                        .grant(service);
            }
            try (TestBus bus = builder.start()) {
                for (Map.Entry<String, InventedSchema> schema : schemas.entrySet()) {
                    for (int i = 0; i < DOCUMENTS; i++) {
                        check(bus, schema.getKey(), schema.getValue().document(), "seed " + seed);
                    }
                }
            }
        }
    }

    private static void check(TestBus bus, String service, InventedSchema.Sample sample, String which)
            throws Exception {
        String sent = EXACT.writeValueAsString(sample.json());

        HttpResponse<String> answer = bus.post("/api/" + service + "/v1/documents", "application/json", sent);

        assertThat(answer.statusCode())
                .as(() -> which + "\n" + sent + "\n" + answer.body())
                .isEqualTo(200);
        assertThat(InventedSchema.told(EXACT.readTree(answer.body())))
                .as(() -> which + "\n" + sent)
                .isEqualTo(InventedSchema.told(sample.json()));
    }

    private static String card(String service) {
        return TestBus.Builder.card(
                service, "echo", "", "{ id: send, method: POST, path: /documents, accepts: [application/json] }");
    }

    private static String route(String service, String namespace) {
        return TestBus.Builder.route(
                service, """
                - to: lgsp-xml:test/%1$s/main.xsd?element=Goc
                - to:
                    uri: lgsp-soap:echo
                    parameters:
                      expectsName: Goc%2$s
                - to: lgsp-json:test/%1$s/main.xsd?element=Goc
                - setHeader: { name: Content-Type, constant: application/json }""".formatted(service, namespace.isEmpty() ? "" : "\n      expectsNamespace: " + namespace));
    }
}
