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
                TestBus bus = city.bus(hub.url(simulator), scheme).start()) {
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

    private static String decoded(JsonNode text) {
        return new String(Base64.getDecoder().decode(text.asText()), UTF_8);
    }
}
