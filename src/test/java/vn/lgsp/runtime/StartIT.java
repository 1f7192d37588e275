package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;
import vn.lgsp.city.SampleKeys;

/** The command line, as its user meets it: what it prints, what it refuses, and how it ends. */
final class StartIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("lgsp.data-folder", folder.resolve("data").toString());
        settings.put("lgsp.data-port", "0");
        settings.put("lgsp.management-port", "0");
        List<Integer> free = FreePorts.some(7);
        settings.put("lgsp.city.population-port", free.get(0).toString());
        settings.put("lgsp.city.land-east-port", free.get(1).toString());
        settings.put("lgsp.city.land-west-port", free.get(2).toString());
        settings.put("lgsp.city.archive-port", free.get(3).toString());
        settings.put("lgsp.city.social-insurance-port", free.get(4).toString());
        settings.put("lgsp.city.civil-archive-port", free.get(5).toString());
        settings.put("lgsp.city.hub-port", free.get(6).toString());
        settings.put("lgsp.broker.port", "0");
        return settings;
    }

    private ChildBus run(Map<String, String> settings) {
        return ChildBus.run(folder, settings);
    }

    private ChildBus command(String... arguments) {
        return ChildBus.command(folder, List.of(), arguments);
    }

    @Test
    void run_says_where_it_is_and_what_to_try_and_a_second_start_finds_the_records_of_the_first() throws Exception {
        Map<String, String> settings = settings();
        String exchange;
        try (ChildBus bus = run(settings).ready()) {
            assertThat(bus.out())
                    .contains("data port        http://localhost:" + bus.dataPort())
                    .contains("management port  http://localhost:" + bus.managementPort())
                    .contains("/hawtio")
                    .contains("./lgsp try")
                    .contains("curl -i")
                    .contains(SampleKeys.OPERATOR_PASSWORD)
                    .contains(SampleKeys.all().stream()
                            .map(SampleKeys.SampleKey::key)
                            .toList())
                    .doesNotContain("NOT DEPLOYED");

            ChildBus tried = command(
                    "try",
                    "--data-port",
                    "" + bus.dataPort(),
                    "--management-port",
                    "" + bus.managementPort(),
                    "--social-insurance-port",
                    "" + settings.get("lgsp.city.social-insurance-port"),
                    "--civil-archive-port",
                    "" + settings.get("lgsp.city.civil-archive-port"));
            assertThat(tried.exit(Duration.ofSeconds(60)))
                    .as(tried.out() + tried.err())
                    .isZero();
            assertThat(tried.out()).contains("All came out right.").doesNotContain("[WRONG]");
            assertThat(tried.err()).isEmpty();
            exchange = tried.out()
                    .lines()
                    .filter(line -> line.contains("result 00, exchange "))
                    .map(line -> line.replaceFirst(".*exchange ", ""))
                    .findFirst()
                    .orElseThrow();
            assertThat(bus.stop()).isEqualTo(143);
            assertThat(bus.err().lines().filter(line -> line.contains(" ERROR ") || line.startsWith("\tat ")))
                    .isEmpty();
        }
        try (ChildBus again = run(settings).ready()) {
            String operator = SampleKeys.OPERATOR + ":" + SampleKeys.OPERATOR_PASSWORD;
            HttpResponse<String> record = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(
                                            "http://localhost:" + again.managementPort() + "/records/" + exchange))
                                    .header(
                                            "Authorization",
                                            "Basic "
                                                    + Base64.getEncoder()
                                                            .encodeToString(operator.getBytes(StandardCharsets.UTF_8)))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(record.statusCode()).as(record.body()).isEqualTo(200);
            assertThat(record.body()).contains(exchange).contains("\"result\":\"00\"");
        }
    }

    @Test
    void try_without_a_bus_says_so_and_ends_with_3() {
        int nobody = FreePorts.one();

        ChildBus tried = command("try", "--data-port", "" + nobody);

        assertThat(tried.exit(SOON)).isEqualTo(3);
        assertThat(tried.err().strip())
                .isEqualTo("lgsp: nothing answers at localhost:" + nobody + ": start the bus with ./lgsp run");
    }

    @Test
    void a_taken_port_stops_the_start() throws IOException {
        for (String property : List.of(
                "lgsp.data-port", "lgsp.management-port", "lgsp.city.archive-port", "lgsp.city.population-port")) {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Map<String, String> settings = settings();
                settings.put(property, "" + taken.getLocalPort());

                assertThat(refusal(settings))
                        .contains("" + taken.getLocalPort())
                        .contains(property);
            }
        }
    }

    @Test
    void a_data_folder_that_another_instance_uses_stops_the_start() {
        Map<String, String> settings = settings();
        try (ChildBus first = run(settings).ready()) {
            Map<String, String> second = settings();
            second.put("lgsp.data-folder", settings.get("lgsp.data-folder"));

            assertThat(refusal(second))
                    .contains(settings.get("lgsp.data-folder"))
                    .contains("in use by another instance");
            assertThat(first.process().isAlive()).isTrue();
        }
    }

    @Test
    void wrong_settings_stop_the_start() {
        assertThat(refusalWith("lgsp.data-prot", "8080"))
                .contains("there is no setting lgsp.data-prot")
                .contains("did you mean lgsp.data-port?");
        assertThat(refusalWith("lgsp.data-port", "http")).contains("lgsp.data-port is 'http': write a whole number");
        assertThat(refusalWith("lgsp.data-port", "70000"))
                .contains("lgsp.data-port")
                .contains("65535");
        assertThat(refusalWith("lgsp.receive.idle-timeout", "5"))
                .contains("lgsp.receive.idle-timeout is '5': write a number and ms");
        assertThat(refusalWith("lgsp.catalogue.registry", "file:/nowhere/city.yaml"))
                .contains("/nowhere/city.yaml");
        assertThat(refusalWith("lgsp.catalogue.registry", "classpath:nowhere.yaml"))
                .contains("classpath:nowhere.yaml");
        assertThat(refusalWith("lgsp.home", folder.resolve("nowhere").toString()))
                .contains("nowhere");
        assertThat(refusalWith("lgsp.host", "0.0.0.0"))
                .contains("lgsp.host is not loopback")
                .contains("registry of your own");
    }

    @Test
    void a_settings_file_that_is_not_there_stops_the_start() {
        ChildBus bus =
                command("run", "--config", folder.resolve("none.properties").toString());

        assertThat(bus.exit(SOON)).isEqualTo(1);
        assertThat(bus.err().lines())
                .singleElement()
                .asString()
                .startsWith("lgsp: ")
                .contains("none.properties");
    }

    private String refusalWith(String name, String value) {
        Map<String, String> settings = settings();
        settings.put(name, value);
        return refusal(settings);
    }

    /** The one line on standard error; nothing is left running. */
    private String refusal(Map<String, String> settings) {
        ChildBus bus = run(settings);
        assertThat(bus.exit(SOON)).as(bus.err()).isEqualTo(1);
        assertThat(bus.out()).isEmpty();
        assertThat(bus.err().lines()).as(bus.err()).singleElement().asString().startsWith("lgsp: ");
        return bus.err();
    }

    @Test
    void sigterm_lets_the_calls_under_way_come_to_their_end() throws Exception {
        try (StubPeer slow = StubPeer.answering(request -> {});
                ChildBus bus = run(TestBus.in(folder)
                                .system("slow", slow.port())
                                .passThrough("slow-relay", "slow")
                                .grant("slow-relay")
                                .prepare())
                        .ready()) {
            List<io.vertx.core.http.HttpServerRequest> waiting = new java.util.concurrent.CopyOnWriteArrayList<>();
            slow.behaves(waiting::add);
            HttpClient http = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(http.sendAsync(
                        HttpRequest.newBuilder(bus.uri("/api/slow-relay/v1/x"))
                                .header("X-Api-Key", TestBus.KEY)
                                .build(),
                        BodyHandlers.ofString()));
            }
            await().until(() -> waiting.size() == 20);
            bus.process().destroy();
            // From now on it refuses what is new, and still serves what it had.
            await().until(() -> refused(bus));
            waiting.forEach(request -> request.response().end("late"));

            for (CompletableFuture<HttpResponse<String>> call : calls) {
                HttpResponse<String> answer = call.get(10, TimeUnit.SECONDS);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("late");
            }
            long told = System.nanoTime();
            assertThat(bus.exit(Duration.ofSeconds(10))).isEqualTo(143);
            System.out.printf("StartIT: stopped %.1f s after its last answer%n", (System.nanoTime() - told) / 1e9);
        }
    }

    private static boolean refused(ChildBus bus) throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(bus.uri("/api/slow-relay/v1/x"))
                                            .timeout(Duration.ofSeconds(2))
                                            .header("X-Api-Key", TestBus.KEY)
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode()
                    == 503;
        } catch (IOException closed) {
            return closed instanceof java.net.ConnectException;
        }
    }
}
