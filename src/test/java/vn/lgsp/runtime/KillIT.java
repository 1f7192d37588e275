package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;

/**
 * The bus is killed in the middle of traffic, many times, and started again on the same data: every call that a provider saw,
 * and every answer that a caller got, has its record, once (LOG-01, BUS-08).
 *
 * <p>{@code -Dlgsp.kills=40} kills more often, {@code -Dlgsp.seed=...} at the moments of an earlier run.
 */
final class KillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 3, 40);
    private static final long SEED = Long.getLong("lgsp.seed", System.nanoTime());
    private static final int CLIENTS = 16;

    @TempDir
    private Path folder;

    /** What a caller read of an answer. */
    private record Answer(int status, String result) {}

    /** A row of the database. */
    private record Row(String outcome, int status, String result) {}

    private final Random random = new Random(SEED);
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile int port;
    private volatile boolean over;

    @Test
    void killed_in_traffic_with_the_embedded_database_nothing_is_lost_and_nothing_is_there_twice() throws Exception {
        killManyTimes(
                "h2",
                Math.max(1, KILLS * 2 / 3),
                Map.of(),
                "jdbc:h2:file:" + folder.resolve("data/database/lgsp") + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
                "lgsp");
    }

    @Test
    void killed_in_traffic_with_postgresql_nothing_is_lost_and_nothing_is_there_twice() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            killManyTimes(
                    "postgresql",
                    Math.max(1, KILLS / 3),
                    Map.of("lgsp.database.url", url, "lgsp.database.user", "postgres"),
                    url,
                    "postgres");
        }
    }

    private void killManyTimes(String name, int kills, Map<String, String> more, String url, String user)
            throws Exception {
        try (StubPeer archive = StubPeer.answering(request -> {
                    seen.add(request.getHeader("x-lgsp-exchange"));
                    request.response().setStatusCode(201).end("{\"kept\":true}");
                });
                StubPeer mapped = StubPeer.answering(request -> {
                    seen.add(request.getHeader("x-lgsp-exchange"));
                    request.response()
                            .putHeader("Content-Type", "application/json")
                            .end("{\"value\":\"007\"}");
                })) {
            TestBus.Builder builder = TestBus.in(folder)
                    .setting("lgsp.record.refusal-rate", "100000")
                    .setting("lgsp.record.segment-size", "1MB")
                    .setting("lgsp.record.journal-size", "256MB")
                    .system("archive", archive.port())
                    .system("own", mapped.port())
                    .passThrough("paper-relay", "archive")
                    .passThrough("not-granted", "archive")
                    .service("mapped-read", EscapeTest.card("mapped-read"), TestBus.Builder.route("mapped-read", """
                            - transform: { jq: "{asked: .id}" }
                            - to: lgsp-http:own/read
                            - transform: { jq: "{answer: .value}" }
                            - setHeader: { name: Content-Type, constant: application/json }
                            """))
                    .grant("paper-relay")
                    .grant("mapped-read");
            more.forEach(builder::setting);
            Map<String, String> settings = builder.prepare();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(this::callOn, "client-" + i);
                client.start();
                clients.add(client);
            }
            long begun = System.nanoTime();
            try {
                for (int kill = 1; kill <= kills; kill++) {
                    try (ChildBus bus = ChildBus.run(folder, settings, "-Xmx256m")) {
                        boolean inStart = kill > 1 && random.nextInt(6) == 0;
                        if (!inStart) {
                            port = bus.ready().dataPort();
                        }
                        assertThat(bus.process().waitFor(200 + random.nextInt(2_300), TimeUnit.MILLISECONDS))
                                .as("ended by itself: " + bus.err())
                                .isFalse();
                        bus.kill();
                        port = 0;
                    }
                }
                try (ChildBus bus = ChildBus.run(folder, settings, "-Xmx256m").ready()) {
                    port = bus.dataPort();
                    int before = answers.size();
                    org.awaitility.Awaitility.await().until(() -> answers.size() > before + 100);
                    over = true;
                    for (Thread client : clients) {
                        client.join();
                    }
                    org.awaitility.Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .untilAsserted(() -> assertThat(lag(bus)).isZero());
                    assertThat(bus.stop()).isEqualTo(143);
                }
            } finally {
                over = true;
            }
            report(name, kills, Duration.ofNanos(System.nanoTime() - begun), everythingIsThere(url, user));
        }
    }

    private void report(String name, int kills, Duration time, Map<String, Long> outcomes) {
        System.out.printf(
                "KillIT %s: seed %d, %d kills in %d s, %d calls seen by providers, %d answers, records %s%n",
                name, SEED, kills, time.toSeconds(), seen.size(), answers.size(), outcomes);
    }

    private static double lag(ChildBus bus) throws IOException, InterruptedException {
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + bus.managementPort() + "/observe/metrics"))
                                .build(),
                        BodyHandlers.ofString());
        return metrics.body()
                .lines()
                .filter(line -> line.startsWith("lgsp_record_lag_entries "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError(metrics.body()));
    }

    /** One caller: as fast as it can, while there is a bus. */
    private void callOn() {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        int turn = 0;
        while (!over) {
            int now = port;
            if (now == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                continue;
            }
            try {
                HttpResponse<String> answer = http.send(request(now, turn++), BodyHandlers.ofString());
                answers.put(
                        answer.headers().firstValue("X-LGSP-Exchange").orElseThrow(),
                        new Answer(
                                answer.statusCode(),
                                answer.headers().firstValue("X-LGSP-Result").orElseThrow()));
            } catch (IOException killed) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    private static HttpRequest request(int port, int turn) {
        String base = "http://127.0.0.1:" + port + "/api/";
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Duration.ofSeconds(10));
        return switch (turn % 8) {
            case 0 ->
                request.uri(URI.create(base + "not-granted/v1/x"))
                        .header("X-Api-Key", TestBus.KEY)
                        .build();
            case 1 ->
                request.uri(URI.create(base + "paper-relay/v1/x"))
                        .header("X-Api-Key", "nobody's")
                        .build();
            case 2, 3, 4 ->
                request.uri(URI.create(base + "paper-relay/v1/box"))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("một tài liệu"))
                        .build();
            default ->
                request.uri(URI.create(base + "mapped-read/v1/run"))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"id\":\"001\"}"))
                        .build();
        };
    }

    private Map<String, Long> everythingIsThere(String url, String user) throws SQLException {
        Map<String, Row> rows = new HashMap<>();
        int count = 0;
        try (Connection connection = DriverManager.getConnection(url, user, "");
                var statement = connection.createStatement();
                var row = statement.executeQuery("select exchange_id, outcome, status, result from exchange_record")) {
            while (row.next()) {
                rows.put(row.getString(1), new Row(row.getString(2), row.getInt(3), String.valueOf(row.getString(4))));
                count++;
            }
        }
        assertThat(count).as("no exchange twice").isEqualTo(rows.size());
        assertThat(seen).isNotEmpty();
        assertThat(answers).isNotEmpty();
        assertThat(rows.keySet()).containsAll(seen).containsAll(answers.keySet());
        answers.forEach((id, answer) -> {
            Row row = rows.getOrDefault(id, new Row("missing", 0, ""));
            assertThat(row.status()).as("status of " + id).isEqualTo(answer.status());
            assertThat(row.result()).as("result of " + id).isEqualTo(answer.result());
            String outcome = answer.status() < 300 ? "answered" : answer.status() < 500 ? "refused" : "failed";
            assertThat(row.outcome()).as("outcome of " + id).isEqualTo(outcome);
        });
        rows.forEach(
                (id, row) -> assertThat(row.outcome()).isIn("answered", "refused", "failed", "abandoned", "unknown"));
        Map<String, Long> outcomes = new java.util.TreeMap<>();
        rows.values().forEach(row -> outcomes.merge(row.outcome(), 1L, Long::sum));
        return outcomes;
    }
}
