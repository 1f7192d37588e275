package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.DeskCity.FAR;
import static vn.lgsp.runtime.DeskCity.ONE;
import static vn.lgsp.runtime.DeskCity.TWO;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;

/** The round trip of documents and reports between agencies and the simulated axis, in both forms, and each fault of the axis (EXT-05). */
final class DocumentHubTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"document-axis, axis, sendEdoc", "document-axis-rest, axis-rest, sendEdoc"})
    void documents_and_reports_make_the_round_and_a_fault_of_the_axis_is_what_it_is(
            String scheme, String simulator, String send) {
        try (Hub hub = Hub.start(0, Clock.systemUTC());
                DeskCity city = new DeskCity(folder);
                TestBus bus = withAgencies(city.bus(hub.url(simulator), scheme)).start()) {
            if (simulator.equals("axis")) {
                organisationsAreRegisteredAndDeleted(bus, hub);
            }
            String packet = EdocPackets.document(ONE, 11, FAR);
            JsonNode sent = city.sdkSend(bus.port(), "edoc", ONE, packet);
            assertThat(sent.path("status").asText()).as(sent.toString()).isEqualTo("OK");
            await().atMost(SOON).untilAsserted(() -> assertThat(hub.received(simulator))
                    .filteredOn(call -> call.path().endsWith(send))
                    .isNotEmpty()
                    .allSatisfy(call -> assertThat(call.isRight())
                            .as(call.checks().toString())
                            .isTrue()));

            JsonNode toTwo = city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 12, FAR, "000.00.01.H98"));
            assertThat(toTwo.path("status").asText()).as(toTwo.toString()).isEqualTo("OK");
            // the REST form reaches all whom a packet names, so there one call is enough
            int calls = simulator.equals("axis-rest") ? 2 : 3;
            await().atMost(SOON).untilAsserted(() -> assertThat(hub.received(simulator))
                    .filteredOn(call -> call.path().endsWith(send))
                    .hasSize(calls));

            if (simulator.equals("axis")) {
                hub.faults(simulator).set(Fault.CLOCK_DRIFT, "600");
                city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 13, FAR));
                await().atMost(SOON).untilAsserted(() -> assertThat(hub.received(simulator))
                        .as("refused more than once, so not parked")
                        .filteredOn(call -> !call.isRight())
                        .hasSizeGreaterThan(1));
                hub.faults(simulator).clear();
                await().atMost(SOON).untilAsserted(() -> assertThat(hub.received(simulator))
                        .filteredOn(call -> call.path().endsWith(send) && call.isRight())
                        .hasSize(calls + 1));
            }

            String report = EdocPackets.status(FAR, ONE, 11, "03");
            hub.deliver(report.getBytes(UTF_8));
            String incoming = EdocPackets.document(FAR, 21, TWO);
            hub.deliver(incoming.getBytes(UTF_8));
            for (Map.Entry<Fault, String> fault : Map.of(
                            Fault.WRONG_SIGNATURE, "provider-refused",
                            Fault.FAILURE_INSIDE_200, "provider-failed")
                    .entrySet()) {
                hub.faults(simulator).set(fault.getKey());
                assertThat(TestBus.code(AxisCity.collect(bus)))
                        .as("%s", fault.getKey())
                        .isEqualTo(fault.getValue());
                hub.faults(simulator).clear();
            }
            hub.faults(simulator).set(Fault.TRUNCATED, "body");
            assertThat(TestBus.code(AxisCity.collect(bus))).isEqualTo("provider-invalid");
            hub.faults(simulator).clear();
            hub.pause();
            assertThat(TestBus.code(AxisCity.collect(bus))).isEqualTo("provider-unreachable");
            hub.resume();

            assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);
            JsonNode waits = city.sdk(
                    bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "status"));
            assertThat(waits.path("data")).hasSize(1);
            assertThat(decoded(city.sdk(
                                    bus.port(),
                                    "/getEdoc",
                                    Map.of("docId", waits.at("/data/0/docId").asText()))
                            .path("data")))
                    .isEqualTo(report);
            JsonNode item = city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc")
                    .at("/data/0");
            assertThat(decoded(city.rest(
                                    bus.port(),
                                    "/v1/getEdoc?docId=" + item.path("docId").asText())
                            .at("/data/edxml")))
                    .isEqualTo(incoming);
            assertThat(hub.received(simulator))
                    .filteredOn(call -> call.path().endsWith(send) && call.isRight())
                    .as("each packet once for each receiver")
                    .hasSize(simulator.equals("axis") ? calls + 1 : calls);
            assertThat(AxisCity.collect(bus).body()).as("all is confirmed").doesNotContain("missing\":[{");
            assertThat(city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc")
                            .path("data"))
                    .hasSize(1);
        }
    }

    private static TestBus.Builder withAgencies(TestBus.Builder bus) {
        return bus.write("routes/edoc/edoc-agencies.card.yaml", """
                        service: edoc-agencies
                        version: 1
                        name: { vi: Đơn vị trên trục, en: Agencies of the axis }
                        description: Registers organisations at the axis.
                        contact: Bộ phận thử nghiệm
                        providers: [axis-sdk]
                        mode: mapped
                        criterion: near-real-time
                        personalData: false
                        operations:
                          - { id: register, method: POST, path: /register, accepts: [application/json], produces: [application/json] }
                          - { id: remove, method: POST, path: /remove, accepts: [application/json], produces: [application/json] }
                          - { id: units, method: POST, path: /units, accepts: [application/json], produces: [application/json] }
                        """)
                .write("routes/edoc/edoc-agencies.camel.yaml", """
                        # Đơn vị trên trục: organisations, as the SDK registers them.
                        - route:
                            id: edoc-agencies
                            description: Registers organisations at the axis.
                            from:
                              uri: direct:edoc-agencies
                              steps:
                                - choice:
                                    when:
                                      - simple: "${variable.operation} == 'register'"
                                        steps:
                                          - to: lgsp-axis:axis-sdk/register-agency
                                      - simple: "${variable.operation} == 'remove'"
                                        steps:
                                          - setVariable: { name: code, jq: { expression: .code, resultType: java.lang.String } }
                                          - to: { uri: "lgsp-axis:axis-sdk/delete-agency", parameters: { agencyCode: "{code}" } }
                                    otherwise:
                                      steps:
                                        - to: lgsp-axis:axis-sdk/synchronise-units
                        """)
                .grant("asker", "edoc-agencies", "");
    }

    private static void organisationsAreRegisteredAndDeleted(TestBus bus, Hub hub) {
        String five = "000.00.05.H99";
        assertThat(asks(
                        bus,
                        "register",
                        "{\"id\":\"9905\",\"pcode\":\"H99\",\"code\":\"" + five + "\",\"name\":\"Chi cục Thử\"}"))
                .isEqualTo(200);
        assertThat(asks(
                        bus,
                        "register",
                        "{\"id\":\"9905\",\"pcode\":\"H99\",\"code\":\"" + five + "\",\"name\":\"Chi cục Mới\"}"))
                .isEqualTo(200);
        assertThat(asks(bus, "register", "{\"id\":\"9801\",\"code\":\"" + five + "\",\"name\":\"của nơi khác\"}"))
                .as("the axis refuses")
                .isEqualTo(502);
        assertThat(asks(bus, "register", "[]")).isEqualTo(400);
        assertThat(asks(bus, "remove", "{\"code\":\"" + five + "\"}")).isEqualTo(200);
        assertThat(asks(bus, "remove", "{\"code\":\"" + five + "\"}"))
                .as("it is not there any more")
                .isEqualTo(502);
        assertThat(TestBus.json(bus.post("/api/edoc-agencies/v1/units", "application/json", "{}")))
                .filteredOn(one -> one.path("code").asText().equals(five))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.path("deleted").asBoolean()).isTrue();
                    assertThat(one.path("version").asText()).isEqualTo("3");
                    assertThat(one.path("name").asText()).isEqualTo("Chi cục Mới");
                });
        hub.reset("axis");
    }

    private static int asks(TestBus bus, String what, String json) {
        return bus.post("/api/edoc-agencies/v1/" + what, "application/json", json)
                .statusCode();
    }

    private static String decoded(JsonNode text) {
        return new String(Base64.getDecoder().decode(text.asText()), UTF_8);
    }
}
