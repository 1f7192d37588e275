package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/**
 * A hundred edits, thirty of them broken in thirty ways, while fifty services are called: no call fails, what is broken is told and
 * never answers, and what is good answers soon (BUS-12, BUS-14). Several rounds with {@code -Dlgsp.campaign.rounds}; the figures are
 * left in {@code target/live-campaign.txt}.
 */
final class LiveCampaignIT {
    private static final int SERVICES = 50;
    /** These call their provider through a connector, the others themselves. */
    private static final int BY_CONNECTOR = 10;

    private static final int GOOD = 70;
    private static final int RATE = 500;
    private static final String BROKEN = "broken";
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final StubPeer archive = StubPeer.answering(200, "application/json", "{}");
    private final Map<Path, byte[]> before = new TreeMap<>();
    private final Map<Integer, String> words = new TreeMap<>();
    private final List<Long> visibleMillis = new ArrayList<>();
    private TestBus.Builder files;
    private TestBus bus;

    /** One way to break a service. */
    private interface Breaking {
        void of(int service) throws IOException;
    }

    @BeforeEach
    void start() {
        files = TestBus.in(folder)
                .system("archive", archive.port(), "waitingCalls: 10000")
                .setting("lgsp.deploy.interval", "100ms")
                .write("connectors/archive-paper.kamelet.yaml", connector("first"));
        for (int service = 0; service < SERVICES; service++) {
            words.put(service, "start");
            files.grant(name(service))
                    .service(name(service), LiveDeploymentTest.card(name(service), 1, "archive"), route(service, ""))
                    .write(mapping(service), mapped("start"))
                    .write(sample(service, "in.json"), "{}")
                    .write(sample(service, "out.json"), "{\"revision\":\"start\"}");
        }
        bus = files.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterEach
    void stop() {
        bus.close();
        archive.close();
    }

    private static String name(int service) {
        return "paper-%02d-lookup".formatted(service);
    }

    private static String route(int service) {
        return "routes/test/" + name(service) + ".camel.yaml";
    }

    private static String card(int service) {
        return "routes/test/" + name(service) + ".card.yaml";
    }

    private static String mapping(int service) {
        return "transforms/test/" + name(service) + "/answer.jq";
    }

    private static String sample(int service, String end) {
        return "transforms/test/" + name(service) + "/samples/answer.jq/plain." + end;
    }

    private static String mapped(String word) {
        return "{revision: \"" + word + "\"}";
    }

    private static String connector(String word) {
        return EscapeTest.kamelet("archive-paper", "lgsp-http:archive/papers").replace("title: A", "title: " + word);
    }

    /** @param steps before the call, each on a line of its own */
    private static String route(int service, String steps) {
        String call = service < BY_CONNECTOR ? "kamelet:archive-paper" : "lgsp-http:archive/papers";
        return route(service, steps, "- to: " + call);
    }

    private static String route(int service, String steps, String call) {
        return TestBus.Builder.route(
                name(service), """
                %s%s
                - transform: { jq: { expression: "resource:file:%s" } }
                """.formatted(steps.isEmpty() ? "" : steps + "\n", call, mapping(service)));
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve("home").resolve(file));
    }

    // ------------------------------------------------------------------ what is broken, each in its own way

    private List<Breaking> breakings() {
        List<Breaking> all = new ArrayList<>();
        // the route file
        all.add(s -> spoil(route(s), "- route: ["));
        all.add(s -> spoil(route(s), read(route(s)).replace("    id:", "\tid:")));
        all.add(s -> spoil(route(s), ""));
        all.add(s -> spoil(route(s), read(route(s)).replace("- transform:", "- tranform:")));
        all.add(s -> spoil(route(s), route(s, "- fetch: { uri: here }")));
        all.add(s -> spoil(route(s), route(s, "", "- to: httpx:archive/papers")));
        all.add(s -> spoil(route(s), route(s, "", "- to: http:10.0.0.7/papers")));
        all.add(s -> spoil(route(s), route(s, "", "- to: lgsp-http:archive/papers?metod=GET")));
        all.add(s -> spoil(route(s), route(s, "", "- to: lgsp-http:cellar/papers")));
        all.add(s -> spoil(route(s), route(s, "", "- to: direct:nowhere")));
        all.add(s -> spoil(route(s), route(s, "", "- to: direct:" + name((s + 1) % SERVICES))));
        all.add(s -> spoil(route(s), route(s, "", "- to: kamelet:no-such-connector")));
        all.add(s -> spoil(route(s), route(s, "", "- to: kamelet:archive-paper?colour=red")));
        all.add(s -> spoil(route(s), route(s, "- setVariable: { name: a, simple: \"${bdy}\" }")));
        all.add(s -> spoil(route(s), route(s, "- setVariable: { name: a, simple: \"${body\" }")));
        all.add(s -> spoil(route(s), route(s, "- setVariable: { name: a, jsonpath: \"$[?(\" }")));
        all.add(s -> spoil(route(s), route(s, "- setVariable: { name: a, jq: \".a | |\" }")));
        all.add(s -> spoil(route(s), route(s, "- log: \"${body}\"")));
        all.add(s -> spoil(route(s), route(s, "- script: { groovy: \"1\" }")));
        all.add(s -> spoil(route(s), route(s, "- bean: { ref: guard }")));
        all.add(s -> spoil(
                route(s), read(route(s)).replace("    from:", "    errorHandler: { noErrorHandler: {} }\n    from:")));
        all.add(s -> spoil(route(s), read(route(s)).replace("uri: direct:", "uri: timer:")));
        all.add(s -> spoil(route(s), read(route(s)).replace("id: " + name(s), "id: " + name((s + 1) % SERVICES))));
        all.add(s -> spoil(route(s), read(route(s)).replace("answer.jq", "missing.jq")));
        all.add(s -> delete(route(s)));
        // the mapping and its sample
        all.add(s -> delete(mapping(s)));
        all.add(s -> spoil(mapping(s), "{revision: \"" + BROKEN + "\""));
        all.add(s -> spoil(mapping(s), mapped(BROKEN)));
        // the card
        all.add(s -> spoil(card(s), read(card(s)).replace("mode: mapped", "mode: maped")));
        all.add(s -> spoil(card(s), read(card(s)).replace("[archive]", "[cellar]")));
        return all;
    }

    private void spoil(String file, String text) throws IOException {
        remember(file);
        files.write(file, text);
    }

    private void delete(String file) throws IOException {
        remember(file);
        Files.delete(folder.resolve("home").resolve(file));
    }

    private void remember(String file) throws IOException {
        Path path = folder.resolve("home").resolve(file);
        before.put(path, Files.readAllBytes(path));
    }

    private void restore() throws IOException {
        for (Map.Entry<Path, byte[]> file : before.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        before.clear();
    }

    // ------------------------------------------------------------------ the campaign

    @Test
    void a_hundred_edits_fail_no_call() throws Exception {
        int rounds = Campaign.size("lgsp.campaign.rounds", 1, 5);
        List<Breaking> broken = breakings();
        assertThat(broken).hasSize(30);
        List<String> paths = IntStream.range(0, SERVICES)
                .mapToObj(service -> "/api/" + name(service) + "/v1/papers")
                .toList();
        try (OpenLoop load = OpenLoop.start(bus.port(), paths, RATE)) {
            load.awaitAnswers(RATE * 10);
            load.countFromNow();
            for (int round = 0; round < rounds; round++) {
                int good = 0;
                for (int edit = 0; edit < GOOD + broken.size(); edit++) {
                    int service = (edit * 7 + round) % SERVICES;
                    if (edit % 10 < 3) {
                        breakIt(broken.get(edit / 10 * 3 + edit % 10), service);
                    } else {
                        good(good++, round, service);
                    }
                }
                assertThat(good).isEqualTo(GOOD);
            }
            load.awaitAnswers(RATE);
            OpenLoop.Result result = load.stop();
            report(result);
            assertThat(result.failures()).as("failed calls").isEmpty();
            assertThat(result.bodies().keySet()).noneMatch(body -> body.contains(BROKEN));
            assertThat(result.answered()).isEqualTo(result.sent()).isGreaterThan(RATE * 10L);
        }
        assertThat(bus.bus().refusedServices()).isEmpty();
        ledgerIsSound(rounds * GOOD);
        assertThat(swapMillis("{quantile=\"0.5\"}"))
                .as("half of the swaps, in ms")
                .isLessThan(100);
        // Nobody is inside of earlier revisions any more.
        await().atMost(SOON).until(() -> bus.bus().services().count() == SERVICES);
    }

    private void breakIt(Breaking breaking, int service) throws IOException {
        String name = name(service) + "/v1";
        breaking.of(service);
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> bus.bus().refusedServices().containsKey(name));
        assertThat(answer(service))
                .as("what serves while a file of it is broken")
                .isEqualTo(words.get(service));
        restore();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> bus.bus().refusedServices().isEmpty());
    }

    private void good(int number, int round, int service) throws IOException {
        String word = "edit-" + round + "-" + number;
        long begun = System.nanoTime();
        if (number % 23 == 22) {
            editConnector(word);
        } else {
            editService(number, service, word);
        }
        visibleMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> bus.bus().refusedServices().isEmpty());
    }

    /** The sample first: while only it is there the old mapping does not fit it, and serves on. */
    private void editService(int number, int service, String word) throws IOException {
        if (number % 3 == 1) {
            files.write(route(service), route(service, "- setVariable: { name: word, constant: " + word + " }"));
        } else if (number % 3 == 2) {
            files.write(
                    card(service),
                    LiveDeploymentTest.card(name(service), 1, "archive").replace("Papers.", "Papers, " + word + "."));
        }
        files.write(sample(service, "out.json"), "{\"revision\":\"" + word + "\"}");
        files.write(mapping(service), mapped(word));
        words.put(service, word);
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> answer(service)
                .equals(word));
    }

    /** Exactly those that use it are deployed anew. */
    private void editConnector(String word) {
        List<UnitKey> known = inForce();
        files.write("connectors/archive-paper.kamelet.yaml", connector(word));
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> IntStream.range(0, BY_CONNECTOR)
                .noneMatch(user -> inForce().get(user).equals(known.get(user))));
        assertThat(inForce().subList(BY_CONNECTOR, SERVICES)).isEqualTo(known.subList(BY_CONNECTOR, SERVICES));
    }

    private List<UnitKey> inForce() {
        return IntStream.range(0, SERVICES)
                .mapToObj(service -> new ServiceKey(new ServiceId(name(service)), 1))
                .map(service -> bus.bus().services().inForce(service).orElseThrow())
                .toList();
    }

    private String answer(int service) {
        return TestBus.json(bus.get("/api/" + name(service) + "/v1/papers"))
                .path("revision")
                .asText();
    }

    // ------------------------------------------------------------------ figures

    /** @param part such as 0.99 */
    private double swapMillis(String part) {
        return bus.metrics()
                .lines()
                .filter(line -> line.startsWith("lgsp_deploy_swaps_seconds" + part))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) * 1_000)
                .findFirst()
                .orElseThrow();
    }

    private void report(OpenLoop.Result load) throws IOException {
        List<Long> visible = visibleMillis.stream().sorted().toList();
        String text = """
                services %d, edits good %d, broken 30 ways
                calls %d in %.1f s (%.0f/s), failed %d
                latency ms p50 %.1f, p99 %.1f, max %.1f
                swap (load and switch) ms p50 %.1f, p99 %.1f, max %.1f
                from saving to answering ms p50 %d, max %d
                """.formatted(
                        SERVICES,
                        visible.size(),
                        load.sent(),
                        load.time().toMillis() / 1_000.0,
                        load.sent() * 1_000.0 / load.time().toMillis(),
                        load.failures().size(),
                        load.millis(0.5),
                        load.millis(0.99),
                        load.millis(1),
                        swapMillis("{quantile=\"0.5\"}"),
                        swapMillis("{quantile=\"0.99\"}"),
                        swapMillis("_max"),
                        visible.get(visible.size() / 2),
                        visible.get(visible.size() - 1));
        Files.writeString(Path.of("target/live-campaign.txt"), text);
    }

    /** Opened as a start would open it, every line of it is chained to the one before. */
    private void ledgerIsSound(int edits) throws IOException {
        Path copy = Files.copy(folder.resolve("data/deployments.jsonl"), folder.resolve("copy.jsonl"));
        try (Deployments ledger = Deployments.open(copy)) {
            List<Deployments.Entry> all = ledger.history(Optional.empty(), 100_000);
            assertThat(all.stream().filter(entry -> entry.action() == Deployments.Action.DEPLOYED))
                    .hasSizeGreaterThanOrEqualTo(SERVICES + edits);
            assertThat(all.stream().filter(entry -> entry.action() == Deployments.Action.REFUSED))
                    .hasSizeGreaterThanOrEqualTo(30);
            assertThat(inForce()).allSatisfy(unit -> assertThat(
                            ledger.pointer(unit.service()).flatMap(Deployments.Pointer::inForce))
                    .contains(unit.digest()));
        }
    }
}
