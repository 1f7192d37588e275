package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;

/** What cannot be recorded does not take place: no provider is called, and no answer leaves (LOG-01). */
final class RecordUnavailableTest {
    private static final String REQUEST =
            "GET /api/relay/v1/x HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY + "\r\n\r\n";

    @TempDir
    Path folder;

    @Test
    void with_the_database_away_the_bus_serves_until_its_journal_is_full_and_again_when_the_database_is_back()
            throws Exception {
        int databasePort = FreePorts.one();
        try (StubPeer archive = StubPeer.answering(200, "text/plain", "ok");
                TestBus bus = TestBus.in(folder)
                        .system("archive", archive.port())
                        .passThrough("relay", "archive")
                        .grant("relay")
                        .setting("lgsp.record.segment-size", "64KB")
                        .setting("lgsp.record.journal-size", "192KB")
                        .setting(
                                "lgsp.database.url",
                                "jdbc:h2:tcp://127.0.0.1:" + databasePort + "/" + folder.resolve("remote"))
                        .setting("lgsp.receive.busy-delay", "20ms")
                        .start()) {
            List<String> answered = new ArrayList<>();
            Wire.Answer refused = askUntilRefused(bus, answered);
            assertThat(answered).isNotEmpty();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.json().path("code").asText()).isEqualTo("record-unavailable");
            assertThat(refused.json().path("stage").asText()).isEqualTo("record");
            assertThat(refused.json().path("retry").asBoolean()).isTrue();
            assertThat(refused.header("X-LGSP-Result")).isEqualTo("01");
            assertThat(archive.begun()).isEqualTo(answered.size());

            // who is refused for another reason cannot be recorded either, and is told so
            try (Wire wire = Wire.to(bus.port())) {
                assertThat(wire.send("GET /api/relay/v1/x HTTP/1.1\r\nHost: bus\r\n\r\n")
                                .answer()
                                .json()
                                .path("code")
                                .asText())
                        .isIn("record-unavailable", "consumer-unknown");
            }
            assertThat(health(bus)).contains("journal-room");

            Server database = database(databasePort);
            try {
                await().atMost(Duration.ofSeconds(40))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> {
                            try (Wire wire = Wire.to(bus.port())) {
                                return wire.send(REQUEST).answer().status() == 200;
                            }
                        });
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                                bus.metrics().lines().filter(line -> line.startsWith("lgsp_record_lag_entries ")))
                        .singleElement()
                        .isEqualTo("lgsp_record_lag_entries 0.0"));
                assertThat(answered).allSatisfy(id -> assertThat(bus.bus()
                                .records()
                                .find(ExchangeId.of(id))
                                .orElseThrow()
                                .outcome())
                        .contains(Outcome.ANSWERED));
                assertThat(bus.bus().records().find(ExchangeId.of(refused.header("X-LGSP-Exchange"))))
                        .isEmpty();
            } finally {
                bus.close();
                database.stop();
            }
        }
    }

    private static Wire.Answer askUntilRefused(TestBus bus, List<String> answered) {
        try (Wire wire = Wire.to(bus.port())) {
            while (answered.size() < 5_000) {
                Wire.Answer answer = wire.send(REQUEST).answer();
                if (answer.status() != 200) {
                    return answer;
                }
                answered.add(answer.header("X-LGSP-Exchange"));
            }
        }
        throw new AssertionError("a journal of 192 KB took " + answered.size() + " exchanges");
    }

    private static String health(TestBus bus) {
        return bus.send(java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                "http://127.0.0.1:" + bus.bus().managementPort() + "/observe/health"))
                        .build())
                .body();
    }

    private static Server database(int port) throws SQLException {
        return Server.createTcpServer("-tcpPort", Integer.toString(port), "-ifNotExists")
                .start();
    }
}
