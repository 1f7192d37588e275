package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/** Files that are edited while the bus runs: good ones are in force soon, wrong ones change nothing, and no exchange notices (BUS-14). */
final class LiveDeploymentTest {
    private static final ServiceKey LOOKUP = new ServiceKey(new ServiceId("paper-lookup"), 1);
    private static final String ROUTE = "routes/test/paper-lookup.camel.yaml";
    private static final String CARD = "routes/test/paper-lookup.card.yaml";
    private static final String MAPPING = "transforms/test/paper-lookup/answer.jq";

    @TempDir
    private Path folder;

    private final StubPeer archive = StubPeer.answering(200, "application/json", "{}");
    private final StubPeer vault = StubPeer.answering(200, "application/json", "{}");

    @AfterEach
    void stop() {
        archive.close();
        vault.close();
    }

    static String card(String service, int version, String provider) {
        return """
                service: %s
                version: %d
                name: { vi: Tra giấy, en: Paper lookup }
                description: Papers.
                contact: the test
                providers: [%s]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                  - { id: look, method: GET, path: /papers }
                  - { id: ask, method: POST, path: /papers, accepts: [application/json] }
                """.formatted(service, version, provider);
    }

    static String route(String base, String provider) {
        return TestBus.Builder.route(base, """
                - to: lgsp-http:%s/papers
                - transform: { jq: { expression: "resource:file:transforms/test/%s/answer.jq" } }
                """.formatted(provider, base));
    }

    private static String answer(String word) {
        return "{revision: \"" + word + "\"}";
    }

    private TestBus.Builder bus() {
        return TestBus.in(folder)
                .system("archive", archive.port())
                .system("vault", vault.port())
                .grant("paper-lookup")
                .grant("paper-send")
                .setting("lgsp.deploy.interval", "100ms")
                .write(MAPPING, answer("one"))
                .service("paper-lookup", card("paper-lookup", 1, "archive"), route("paper-lookup", "archive"));
    }

    private static String revision(TestBus bus) {
        return TestBus.json(bus.get("/api/paper-lookup/v1/papers"))
                .path("revision")
                .asText();
    }

    private static void answers(TestBus bus, String word) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(revision(bus)).isEqualTo(word));
    }

    private static void refuses(TestBus bus, String name) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bus.bus().refusedServices()).containsKey(name));
    }

    private static void acceptsAll(TestBus bus) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bus.bus().refusedServices()).isEmpty());
    }

    private void delete(String file) throws IOException {
        Files.delete(folder.resolve("home").resolve(file));
    }

    @Test
    void a_new_service_an_edited_one_and_a_deleted_one_are_noticed_without_a_restart() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");

            files.write(MAPPING, answer("two"));
            answers(bus, "two");
            files.passThrough("paper-send", "vault");
            await().untilAsserted(() ->
                    assertThat(bus.get("/api/paper-send/v1/any").statusCode()).isEqualTo(200));
            delete(CARD);
            delete(ROUTE);
            await().untilAsserted(() -> assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers")))
                    .isEqualTo("service-unknown"));
            assertThat(bus.get("/api/paper-send/v1/any").statusCode()).isEqualTo(200);
            files.service("paper-lookup", card("paper-lookup", 1, "archive"), route("paper-lookup", "archive"));
            answers(bus, "two");
        }
    }

    @Test
    void a_home_whose_routes_are_not_there_ends_no_service_while_it_runs_or_starts_until_somebody_says_so()
            throws IOException {
        TestBus.Builder files = bus();
        for (int version = 2; version <= 5; version++) {
            String base = "paper-lookup-v" + version;
            files.write("transforms/test/" + base + "/answer.jq", answer("one"))
                    .service(base, card("paper-lookup", version, "archive"), route(base, "archive"));
        }
        Path routes = folder.resolve("home/routes/test");
        try (TestBus bus = files.start()) {
            assertThat(bus.bus().services().count()).isEqualTo(5);

            Files.move(routes, folder.resolve("unmounted"));
            await().untilAsserted(() -> assertThat(bus.bus().refusedServices()).containsKey("routes"));

            assertThat(revision(bus)).isEqualTo("one");
        }
        try (TestBus bus = files.start()) {
            assertThat(bus.bus().refusedServices().get("routes"))
                    .singleElement()
                    .asString()
                    .contains("5 of 5 services are gone at once");
            assertThat(revision(bus)).isEqualTo("one");

            Files.move(folder.resolve("unmounted"), routes);
            acceptsAll(bus);

            Files.move(routes, folder.resolve("unmounted"));
            bus.bus().deployer().apply("van.a", Optional.empty());
            assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers"))).isEqualTo("service-unknown");
        }
    }

    @Test
    void wrong_files_are_told_and_what_was_in_force_serves_on_until_they_are_mended() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.write(ROUTE, "- route: [");
            refuses(bus, "paper-lookup/v1");
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(bus.metrics()).contains("lgsp_deploy_refused 1.0");
            assertThat(health(bus, "")).contains("\"name\":\"services\",\"kind\":\"notice\",\"status\":\"DOWN\"");

            files.write(ROUTE, route("paper-lookup", "archive")).write(MAPPING, answer("two"));
            answers(bus, "two");
            acceptsAll(bus);
            assertThat(bus.metrics()).contains("lgsp_deploy_refused 0.0");

            files.write(CARD, "service: paper-lookup\nversion: ");
            refuses(bus, "paper-lookup/v1");
            assertThat(revision(bus)).isEqualTo("two");
            delete(ROUTE);
            files.write(CARD, card("paper-lookup", 1, "archive"));
            await().untilAsserted(() ->
                    assertThat(bus.bus().refusedServices().toString()).contains("paper-lookup.camel.yaml"));
            assertThat(revision(bus)).isEqualTo("two");
            files.write(ROUTE, route("paper-lookup", "archive"));
            acceptsAll(bus);
            assertThat(revision(bus)).isEqualTo("two");
        }
    }

    private static String health(TestBus bus, String kind) {
        return bus.send(HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + bus.bus().managementPort() + "/observe/health" + kind))
                        .build())
                .body();
    }

    @Test
    void a_wrong_file_of_one_service_does_not_take_the_bus_out_of_its_load_balancer() {
        TestBus.Builder files = bus().write("routes/test/other.card.yaml", "nonsense");
        try (TestBus bus = files.start()) {
            assertThat(bus.bus().refusedServices()).containsOnlyKeys("routes/test/other.card.yaml");
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(health(bus, "/ready")).startsWith("{\"status\":\"UP\"");
            assertThat(health(bus, "")).startsWith("{\"status\":\"UP\"").contains("\"name\":\"services\"");
        }
    }

    @Test
    void two_cards_of_one_service_and_version_are_both_told_and_the_one_in_force_stays() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.write("transforms/test/paper-lookup-v1/answer.jq", answer("other"))
                    .write("routes/test/paper-lookup-v1.card.yaml", card("paper-lookup", 1, "archive"))
                    .write("routes/test/paper-lookup-v1.camel.yaml", route("paper-lookup-v1", "archive"));
            refuses(bus, "paper-lookup/v1");
            assertThat(bus.bus().refusedServices().get("paper-lookup/v1"))
                    .anySatisfy(text -> assertThat(text).startsWith("routes/test/paper-lookup.card.yaml"))
                    .anySatisfy(text -> assertThat(text).startsWith("routes/test/paper-lookup-v1.card.yaml"));
            assertThat(revision(bus)).isEqualTo("one");

            delete("routes/test/paper-lookup-v1.card.yaml");
            delete("routes/test/paper-lookup-v1.camel.yaml");
            acceptsAll(bus);
            assertThat(revision(bus)).isEqualTo("one");
        }
    }

    @Test
    void a_service_that_moves_to_other_files_is_deployed_from_them_as_soon_as_the_old_ones_are_gone()
            throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.write("transforms/test/paper-lookup-v1/answer.jq", answer("moved"))
                    .write("routes/test/paper-lookup-v1.card.yaml", card("paper-lookup", 1, "archive"))
                    .write("routes/test/paper-lookup-v1.camel.yaml", route("paper-lookup-v1", "archive"));
            refuses(bus, "paper-lookup/v1");

            delete(CARD);
            delete(ROUTE);

            answers(bus, "moved");
            acceptsAll(bus);
        }
    }

    @Test
    void a_service_that_has_the_name_of_one_in_force_is_refused_while_the_bus_runs_too() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.write("transforms/other/paper-lookup/answer.jq", answer("other"))
                    .write("routes/other/paper-lookup.card.yaml", card("paper-lookup", 2, "archive"))
                    .write(
                            "routes/other/paper-lookup.camel.yaml",
                            route("paper-lookup", "archive").replace("transforms/test/", "transforms/other/"));
            refuses(bus, "paper-lookup/v2");
            assertThat(bus.bus().refusedServices().get("paper-lookup/v2"))
                    .singleElement()
                    .asString()
                    .startsWith("routes/other/paper-lookup.card.yaml")
                    .contains(CARD);
            answers(bus, "one");

            delete(CARD);
            delete(ROUTE);
            acceptsAll(bus);
        }
    }

    @Test
    void two_versions_of_a_service_stand_side_by_side_each_with_its_own_files_provider_and_grants() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.write("transforms/test/paper-lookup-v2/answer.jq", answer("second"))
                    .service("paper-lookup-v2", card("paper-lookup", 2, "vault"), route("paper-lookup-v2", "vault"));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(TestBus.code(bus.get("/api/paper-lookup/v2/papers")))
                            .isEqualTo("grant-missing"));
            assertThat(revision(bus)).isEqualTo("one");

            files.registry(text -> text.replace("grants:\n", """
                            grants:
                              - { id: asker-v2, consumer: asker, service: paper-lookup/v2, purpose: a test }
                            """)).prepare();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            bus.get("/api/paper-lookup/v2/papers").body())
                    .isEqualTo("{\"revision\":\"second\"}"));
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(vault.received()).hasSize(1);

            delete(CARD);
            delete(ROUTE);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers")))
                            .isEqualTo("service-unknown"));
            assertThat(bus.get("/api/paper-lookup/v2/papers").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void an_exchange_keeps_the_revision_whose_card_let_it_in_though_another_is_in_force_when_its_body_ends()
            throws Exception {
        TestBus.Builder files = bus().setting("lgsp.deploy.watch", "false");
        UnitKey first = files.revision("paper-lookup");
        try (TestBus bus = files.start();
                Socket caller = new Socket("127.0.0.1", bus.port())) {
            caller.setSoTimeout(20_000);
            caller.getOutputStream().write("""
                    POST /api/paper-lookup/v1/papers HTTP/1.1\r
                    Host: localhost\r
                    X-Api-Key: %s\r
                    Content-Type: application/json\r
                    Content-Length: 7\r
                    Connection: close\r
                    \r
                    {"a":""".formatted(TestBus.KEY).getBytes(StandardCharsets.UTF_8));
            await().until(() -> bus.bus().services().inside().getOrDefault(LOOKUP, 0) == 1);

            // The new one has another provider, and another answer.
            files.write(MAPPING, answer("two"))
                    .write(CARD, card("paper-lookup", 1, "vault"))
                    .write(ROUTE, route("paper-lookup", "vault"));
            bus.bus().deployer().apply("van.a", Optional.empty());
            assertThat(revision(bus)).isEqualTo("two");
            assertThat(bus.bus().services().count()).isEqualTo(2);
            caller.getOutputStream().write("1}".getBytes(StandardCharsets.UTF_8));

            String answer = new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("{\"revision\":\"one\"}");
            assertThat(archive.received()).singleElement().satisfies(seen -> assertThat(seen.text())
                    .isEqualTo("{\"a\":1}"));
            assertThat(bus.records())
                    .anySatisfy(found -> assertThat(found.unit()).contains(first.digest()));
            // Nobody is inside of it any more: it goes, with its routes.
            await().until(() -> bus.bus().services().count() == 1);
            await().until(() -> bus.bus().camel().getRoute(first.service().id() + "~" + first.brief()) == null);
        }
    }

    @Test
    void an_earlier_revision_is_back_in_less_than_ten_seconds_and_stays_until_the_files_change() throws IOException {
        TestBus.Builder files = bus();
        UnitKey first = files.revision("paper-lookup");
        try (TestBus bus = files.start()) {
            files.write(MAPPING, answer("two"));
            answers(bus, "two");

            long begun = System.nanoTime();
            var outcome = bus.bus().deployer().rollback(LOOKUP, Optional.empty(), "van.a", Optional.of("sai dữ liệu"));
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(outcome.done()).singleElement().satisfies(entry -> {
                assertThat(entry.action()).isEqualTo(Deployments.Action.ROLLED_BACK);
                assertThat(entry.who()).isEqualTo("operator:van.a");
                assertThat(entry.reason()).contains("sai dữ liệu");
                assertThat(entry.after()).contains(first.digest());
            });
            bus.bus().deployer().apply("van.a", Optional.empty());
            assertThat(revision(bus)).isEqualTo("one");
        }
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");
            files.write(MAPPING, answer("three"));
            answers(bus, "three");
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> bus.bus().deployer().rollback(LOOKUP, Optional.of("ffff"), "van.a", Optional.empty()))
                    .withMessageContaining(first.brief());
        }
    }

    @Test
    void after_a_restart_the_last_good_revision_serves_though_the_files_are_broken_or_gone() throws IOException {
        TestBus.Builder files = bus();
        files.start().close();
        files.write(ROUTE, "- route: [");
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(bus.bus().refusedServices()).containsOnlyKeys("paper-lookup/v1");
        }
        files.write(CARD, "nonsense");
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(bus.bus().refusedServices()).containsOnlyKeys("paper-lookup/v1");
        }
        delete(CARD);
        try (TestBus bus = files.start()) {
            assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers"))).isEqualTo("service-unknown");
        }
    }

    @Test
    void after_a_crash_in_the_middle_of_a_deployment_the_old_or_the_new_revision_serves() throws IOException {
        TestBus.Builder files = bus();
        files.start().close();
        Path ledger = folder.resolve("data/deployments.jsonl");
        byte[] one = Files.readAllBytes(ledger);
        files.write(MAPPING, answer("two")).start().close();
        byte[] two = Files.readAllBytes(ledger);
        // what lies there cannot be deployed: so what serves is what was in force
        files.write(ROUTE, "- route: [");

        for (int length :
                List.of(two.length, two.length - 1, (one.length + two.length) / 2, one.length + 1, one.length)) {
            Files.write(ledger, Arrays.copyOf(two, length));
            try (TestBus bus = files.start()) {
                assertThat(revision(bus)).as("cut at %d", length).isEqualTo(length == two.length ? "two" : "one");
            }
        }
        // A crash before the line leaves a copy that nobody told of, or half of one.
        Files.write(ledger, one);
        Files.createDirectories(folder.resolve("data/units/.unfinished/routes"));
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");
            files.write(ROUTE, route("paper-lookup", "archive"));
            answers(bus, "two");
        }
    }

    @Test
    void a_changed_registry_holds_from_the_next_call_on_and_a_broken_one_changes_nothing() {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(archive.received()).hasSize(1);

            // another address of the provider
            files.registry(text -> text.replace("127.0.0.1:" + archive.port(), "127.0.0.1:" + vault.port()))
                    .prepare();
            await().untilAsserted(() -> {
                assertThat(revision(bus)).isEqualTo("one");
                assertThat(vault.received()).isNotEmpty();
            });
            int before = archive.received().size();
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(archive.received()).hasSize(before);

            files.registry(text -> "sample: maybe\n" + text).prepare();
            await().untilAsserted(() ->
                    assertThat(bus.bus().deployer().registryRefused()).isNotEmpty());
            assertThat(revision(bus)).isEqualTo("one");
            assertThat(health(bus, "")).contains("\"name\":\"registry\",\"kind\":\"notice\",\"status\":\"DOWN\"");

            files.registry(text -> text.replace("id: archive", "id: cellar")).prepare();
            await().untilAsserted(() -> assertThat(
                            bus.bus().deployer().registryRefused().toString())
                    .contains("paper-lookup/v1", "archive"));
            assertThat(revision(bus)).isEqualTo("one");

            // the grant is gone, and the account has another key
            files.registry(text -> text.replace(
                            "id: asker-paper-lookup\n    consumer: asker",
                            "id: asker-paper-lookup\n    consumer: vault"))
                    .prepare();
            await().untilAsserted(() -> assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers")))
                    .isEqualTo("grant-missing"));
            assertThat(bus.bus().deployer().registryRefused()).isEmpty();
            files.registry(text -> text.replace(TestBus.sha256(TestBus.KEY), TestBus.sha256("another")))
                    .prepare();
            await().untilAsserted(() -> assertThat(TestBus.code(bus.get("/api/paper-lookup/v1/papers")))
                    .isEqualTo("consumer-unknown"));
        }
    }

    @Test
    void a_registry_that_went_away_and_came_back_as_it_was_is_not_told_to_be_wrong_any_more() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            Path registry = folder.resolve("home/registry.yaml");
            Files.move(registry, registry.resolveSibling("away"));
            await().untilAsserted(() ->
                    assertThat(bus.bus().deployer().registryRefused()).isNotEmpty());

            Files.move(registry.resolveSibling("away"), registry);

            await().untilAsserted(() ->
                    assertThat(bus.bus().deployer().registryRefused()).isEmpty());
            assertThat(revision(bus)).isEqualTo("one");
        }
    }

    @Test
    void a_registry_that_was_refused_because_of_a_service_holds_when_the_service_is_gone() throws IOException {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.registry(text -> text.replace("id: archive", "id: cellar")).prepare();
            await().untilAsserted(() -> assertThat(
                            bus.bus().deployer().registryRefused().toString())
                    .contains("paper-lookup/v1", "archive"));

            delete(CARD);
            delete(ROUTE);

            await().untilAsserted(() ->
                    assertThat(bus.bus().deployer().registryRefused()).isEmpty());
        }
    }

    @Test
    void a_service_whose_system_is_registered_later_is_deployed_then() {
        TestBus.Builder files = bus().service(
                        "paper-send",
                        card("paper-send", 1, "cellar"),
                        TestBus.Builder.route("paper-send", "- to: lgsp-http:cellar/x"));
        try (TestBus bus = files.start()) {
            assertThat(bus.bus().refusedServices().toString()).contains("paper-send/v1", "cellar");
            assertThat(TestBus.code(bus.get("/api/paper-send/v1/papers"))).isEqualTo("service-unknown");

            files.system("cellar", vault.port()).prepare();
            acceptsAll(bus);
            assertThat(bus.get("/api/paper-send/v1/papers").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_service_that_names_others_which_come_later_is_deployed_when_they_come() {
        TestBus.Builder files = bus();
        try (TestBus bus = files.start()) {
            files.service(
                    "paper-front",
                    card("paper-front", 1, "archive") + """
                            calls: { as: asker-key, services: [paper-later/v1] }
                            schedule: { cron: "0 2 * * *", as: asker-key, operation: ask, synchronise: { to: paper-keep/v1, operation: ask } }
                            """,
                    TestBus.Builder.route("paper-front", "- to: lgsp-http:archive/papers"));
            refuses(bus, "paper-front/v1");

            for (String service : List.of("paper-later", "paper-keep")) {
                files.service(
                        service,
                        card(service, 1, "archive"),
                        TestBus.Builder.route(service, "- to: lgsp-http:archive/papers"));
            }

            acceptsAll(bus);
        }
    }

    @Test
    void without_watching_edits_wait_for_the_command() throws IOException {
        TestBus.Builder files = bus().setting("lgsp.deploy.watch", "false");
        try (TestBus bus = files.start()) {
            files.write(MAPPING, answer("two"));
            // long enough for several looks
            await().pollDelay(Duration.ofMillis(600)).until(() -> true);
            assertThat(revision(bus)).isEqualTo("one");

            var outcome = bus.bus().deployer().apply("van.a", Optional.of("thử"));
            assertThat(revision(bus)).isEqualTo("two");
            assertThat(outcome.done()).singleElement().satisfies(entry -> {
                assertThat(entry.action()).isEqualTo(Deployments.Action.DEPLOYED);
                assertThat(entry.files()).containsExactly(MAPPING);
                assertThat(entry.who()).isEqualTo("operator:van.a");
            });
        }
    }
}
