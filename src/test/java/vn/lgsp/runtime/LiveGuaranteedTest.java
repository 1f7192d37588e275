package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/** Guaranteed services that are edited, retired and rolled back while what they accepted still waits (BUS-09, DLV-03). */
final class LiveGuaranteedTest {
    private static final ServiceKey NOTIFY = new ServiceKey(new ServiceId("paper-notify"), 1);
    private static final String CARD = "routes/test/paper-notify.card.yaml";

    @TempDir
    private Path folder;

    private final StubPeer desk = StubPeer.answering(200, "application/json", "{}");
    private final StubPeer vault = StubPeer.answering(200, "application/json", "{}");

    @AfterEach
    void stop() {
        desk.close();
        vault.close();
    }

    private static String card(String... destinations) {
        String deliveries = List.of(destinations).stream()
                .map(system ->
                        "  - { to: %s, retry: { first: 100ms, longest: 500ms, attempts: 1000 } }%n".formatted(system))
                .reduce("", String::concat);
        return """
                service: paper-notify
                version: 1
                name: { vi: Báo giấy, en: Paper notice }
                description: Papers.
                contact: the test
                mode: guaranteed
                deliveries:
                %scriterion: near-real-time
                personalData: false
                operations:
                  - { id: notify, method: POST, path: /papers, accepts: [application/json] }
                """.formatted(deliveries);
    }

    private TestBus.Builder bus() {
        return TestBus.in(folder)
                .system("desk", desk.port())
                .system("vault", vault.port())
                .grant("paper-notify")
                .setting("lgsp.broker.port", "0")
                .setting("lgsp.deploy.watch", "false");
    }

    /** The service in one revision, which its deliveries tell. */
    private static TestBus.Builder revision(TestBus.Builder files, String word, String... destinations) {
        files.service(
                "paper-notify",
                card(destinations),
                TestBus.Builder.route("paper-notify", "- setBody: { constant: '{\"ack\":\"" + word + "\"}' }"));
        for (String destination : destinations) {
            files.write(
                    "routes/test/paper-notify--to-" + destination + ".camel.yaml",
                    TestBus.Builder.route("paper-notify--to-" + destination, """
                            - transform: { jq: { expression: "resource:file:transforms/test/paper-notify/%1$s.jq" } }
                            - to: lgsp-http:%1$s/papers
                            """.formatted(destination)));
            files.write(
                    "transforms/test/paper-notify/" + destination + ".jq",
                    "{revision: \"" + word + "\", number: .number}");
        }
        return files;
    }

    private static void apply(TestBus bus) {
        try {
            assertThat(bus.bus().deployer().apply("van.a", Optional.empty()).refused())
                    .isEmpty();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Sends a paper; gives back what it was acknowledged with. */
    private static String send(TestBus bus, int number) {
        var answer = bus.post("/api/paper-notify/v1/papers", "application/json", "{\"number\":" + number + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return TestBus.json(answer).path("ack").asText();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(40));
    }

    private static String paper(String revision, int number) {
        return "{\"revision\":\"" + revision + "\",\"number\":" + number + "}";
    }

    private static List<String> delivered(StubPeer peer) {
        return peer.received().stream().map(StubPeer.Seen::text).toList();
    }

    private static void away(HttpServerRequest request) {
        request.response().setStatusCode(503).end();
    }

    private void isBack(StubPeer peer) {
        peer.behaves(StubPeer.fixed(200, "application/json", "{}"));
    }

    private List<String> filesOf(String destination) {
        return List.of(
                "routes/test/paper-notify--to-" + destination + ".camel.yaml",
                "transforms/test/paper-notify/" + destination + ".jq");
    }

    private void delete(List<String> files) throws IOException {
        for (String file : files) {
            Files.delete(folder.resolve("home").resolve(file));
        }
    }

    /** Counts what waits in its caller's mailboxes. */
    private static void counting(TestBus.Builder files) {
        files.service("paper-count", """
                service: paper-count
                version: 1
                name: { vi: Đếm, en: Count }
                description: Counts packets.
                contact: the test
                providers: [desk]
                mode: mapped
                criterion: near-real-time
                personalData: false
                operations:
                  - { id: count, method: GET, path: /packets }
                """, TestBus.Builder.route("paper-count", """
                - setVariable: { name: messageType, constant: edoc }
                - to: lgsp-mailbox:count
                - setHeader: { name: Content-Type, constant: application/json }
                """));
    }

    @Test
    void organs_alone_open_no_broker_and_make_no_keys_and_the_first_mailbox_step_does() throws IOException {
        TestBus.Builder files = bus().passThrough("paper-relay", "desk")
                .grant("paper-relay")
                .grant("paper-count")
                .registry(text -> text.replace("name: asker\n", "name: asker\n    organs: [H99.01]\n"));
        try (TestBus bus = files.start()) {
            assertThat(bus.get("/api/paper-relay/v1/any").statusCode()).isEqualTo(200);
            assertThat(bus.bus().brokerPort()).isZero();
            assertThat(keys()).isEmpty();

            counting(files);
            apply(bus);

            assertThat(bus.bus().brokerPort()).isPositive();
            assertThat(keys()).isNotEmpty();
            assertThat(bus.get("/api/paper-count/v1/packets").statusCode()).isEqualTo(200);
        }
        try (TestBus again = files.start()) {
            assertThat(again.bus().brokerPort()).as("after a restart").isPositive();
            assertThat(again.get("/api/paper-count/v1/packets").statusCode()).isEqualTo(200);
        }
    }

    private List<Path> keys() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().contains("keyring"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }

    @Test
    void the_first_guaranteed_service_of_a_bus_is_accepted_and_delivered_without_a_restart() throws IOException {
        TestBus.Builder files = bus().passThrough("paper-relay", "desk").grant("paper-relay");
        try (TestBus bus = files.start()) {
            assertThat(bus.bus().brokerPort()).isZero();
            assertThat(bus.get("/api/paper-relay/v1/any").statusCode()).isEqualTo(200);
            int before = desk.received().size();

            revision(files, "one", "desk");
            apply(bus);
            assertThat(send(bus, 1)).isEqualTo("one");

            soon().until(() -> desk.received().size() == before + 1);
            assertThat(delivered(desk)).contains(paper("one", 1));
            assertThat(bus.metrics()).contains("lgsp_guarantee_waiting{destination=\"desk\"}");

            // and with no such service any more it is still looked after
            delete(List.of(CARD));
            apply(bus);
            assertThat(TestBus.code(bus.post("/api/paper-notify/v1/papers", "application/json", "{}")))
                    .isEqualTo("service-unknown");
        }
    }

    @Test
    void what_was_accepted_is_delivered_by_its_own_revision_after_an_edit_and_after_it_went_back() throws IOException {
        TestBus.Builder files = revision(bus(), "one", "desk");
        UnitKey first = files.revision("paper-notify");
        desk.behaves(LiveGuaranteedTest::away);
        try (TestBus bus = files.start()) {
            assertThat(send(bus, 1)).isEqualTo("one");
            revision(files, "two", "desk");
            UnitKey second = files.revision("paper-notify");
            apply(bus);
            assertThat(send(bus, 2)).isEqualTo("two");
            bus.bus().deployer().rollback(NOTIFY, Optional.of(first.digest()), "van.a", Optional.empty());
            assertThat(send(bus, 3)).isEqualTo("one");
            // the second is not in force, and waited for: it stays
            await().pollDelay(Duration.ofSeconds(3))
                    .until(() -> bus.bus().services().count() == 2);

            desk.behaves(request -> {
                isBack(desk);
                request.response().setStatusCode(200).end();
            });

            soon().untilAsserted(() ->
                    assertThat(delivered(desk)).contains(paper("one", 1), paper("two", 2), paper("one", 3)));
            assertThat(delivered(desk)).doesNotContain(paper("two", 1), paper("one", 2), paper("two", 3));
            soon().until(() -> bus.bus().services().count() == 1);
            assertThat(bus.bus().camel().getRoutes())
                    .noneMatch(route -> route.getId().contains(second.brief()));
        }
    }

    @Test
    void a_retired_service_still_delivers_what_it_accepted_also_after_a_restart_and_is_then_taken_away()
            throws IOException {
        TestBus.Builder files = revision(bus(), "one", "desk");
        desk.behaves(LiveGuaranteedTest::away);
        try (TestBus bus = files.start()) {
            send(bus, 1);
            soon().until(() -> desk.begun() > 1);
            delete(List.of(CARD, "routes/test/paper-notify.camel.yaml"));
            delete(filesOf("desk"));
            apply(bus);
            assertThat(TestBus.code(bus.post("/api/paper-notify/v1/papers", "application/json", "{}")))
                    .isEqualTo("service-unknown");
            int begun = desk.begun();
            soon().until(() -> desk.begun() > begun);
        }
        try (TestBus bus = bus().start()) {
            int begun = desk.begun();
            soon().until(() -> desk.begun() > begun);
            isBack(desk);
            soon().until(() -> bus.bus().services().count() == 0);
            assertThat(delivered(desk)).containsOnly(paper("one", 1));
        }
    }

    @Test
    void a_destination_that_an_edit_adds_works_at_once_and_one_that_it_removes_gets_what_waits_for_it()
            throws IOException {
        TestBus.Builder files = revision(bus(), "one", "desk");
        desk.behaves(LiveGuaranteedTest::away);
        try (TestBus bus = files.start()) {
            send(bus, 1);
            revision(files, "two", "desk", "vault");
            apply(bus);
            assertThat(send(bus, 2)).isEqualTo("two");
            soon().untilAsserted(() -> assertThat(delivered(vault)).containsExactly(paper("two", 2)));
            // the destination has it before its delivery is counted
            soon().untilAsserted(() ->
                    assertThat(bus.metrics()).contains("lgsp_guarantee_delivered_total{destination=\"vault\"} 1.0"));

            revision(files, "three", "vault");
            delete(filesOf("desk"));
            apply(bus);
            assertThat(send(bus, 3)).isEqualTo("three");
            soon().untilAsserted(
                            () -> assertThat(delivered(vault)).containsExactly(paper("two", 2), paper("three", 3)));
            isBack(desk);
            soon().untilAsserted(() -> assertThat(delivered(desk)).contains(paper("one", 1), paper("two", 2)));
            assertThat(delivered(desk)).doesNotContain(paper("three", 3));
            soon().until(() -> bus.bus().services().count() == 1);
        }
    }
}
