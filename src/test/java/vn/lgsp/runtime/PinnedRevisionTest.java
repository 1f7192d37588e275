package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.deploy.Mark;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.Attempt;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;

/** A delivery takes the routes and mappings under which its exchange was accepted, whatever was edited since (BUS-09). */
final class PinnedRevisionTest {
    private static final String SERVICE = "paper-notify";
    private static final SystemId DESK = new SystemId("desk");
    private static final SystemId ARCHIVE = new SystemId("archive");

    @TempDir
    private Path folder;

    private final StubPeer desk = StubPeer.answering(200, "application/json", "{}");
    private final StubPeer archive = StubPeer.answering(200, "application/json", "{}");
    private final ExecutorService home = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        desk.close();
        archive.close();
        home.shutdownNow();
    }

    static String card(String destinations) {
        return """
                service: paper-notify
                version: 1
                name: { vi: Báo giấy, en: Paper notice }
                description: Papers.
                contact: the test
                mode: guaranteed
                deliveries: %s
                criterion: near-real-time
                personalData: false
                operations:
                  - { id: notify, method: POST, path: /papers, accepts: [application/json] }
                """.formatted(destinations);
    }

    private static String kamelet(String name, String uri) {
        return EscapeTest.kamelet(name, uri);
    }

    /** A notice that goes to the desk by a connector and three mappings, and to the archive as it is. */
    private TestBus.Builder bus() {
        return TestBus.in(folder)
                .system("desk", desk.port())
                .system("archive", archive.port())
                .grant(SERVICE)
                .write("connectors/desk-paper.kamelet.yaml", kamelet("desk-paper", "lgsp-http:desk/papers"))
                .write("transforms/test/paper-notify/ack.jq", "{ack: \"first\"}")
                .write("transforms/test/paper-notify/desk.jq", "{kind: \"first\", number: .number}")
                .write("transforms/test/paper-notify/desk.schema.json", "{\"required\": [\"number\"]}")
                .write(
                        "transforms/test/paper-notify/archive.xsl",
                        stylesheet(
                                "<xsl:import href='part.xsl'/><xsl:template match='/'><first><xsl:call-template name='part'/></first></xsl:template>"))
                .write(
                        "transforms/test/paper-notify/part.xsl",
                        stylesheet("<xsl:template name='part'>first part</xsl:template>"))
                .service(SERVICE, card("[ { to: desk }, { to: archive } ]"), TestBus.Builder.route(SERVICE, """
                                - setBody: { constant: "{}" }
                                - transform: { jq: { expression: "resource:file:transforms/test/paper-notify/ack.jq" } }
                                """))
                .write("routes/test/paper-notify--to-desk.camel.yaml", toDesk("kamelet:desk-paper"))
                .write(
                        "routes/test/paper-notify--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-archive", """
                                - transform: { jq: "." }
                                - to: xslt:file:transforms/test/paper-notify/archive.xsl
                                - to: lgsp-http:archive/store
                                """))
                .write("routes/_way/way-deliver.camel.yaml", """
                        - route:
                            id: way-deliver
                            from:
                              uri: direct:way-deliver
                              steps:
                                - process: { ref: call-destination }
                        """);
    }

    private static String toDesk(String uri) {
        return TestBus.Builder.route("paper-notify--to-desk", """
                - to: lgsp-validate:test/paper-notify/desk.schema.json
                - transform: { jq: { expression: "resource:file:transforms/test/paper-notify/desk.jq" } }
                - to: %s
                """.formatted(uri));
    }

    private static String stylesheet(String templates) {
        return "<xsl:stylesheet version='3.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
                + "<xsl:output omit-xml-declaration='yes'/>" + templates + "</xsl:stylesheet>";
    }

    /** Another revision: every file of it differs. */
    private static TestBus.Builder edited(TestBus.Builder bus) {
        return bus.write("transforms/test/paper-notify/ack.jq", "{ack: \"second\"}")
                .write("transforms/test/paper-notify/desk.jq", "{kind: \"second\", number: .number}")
                .write("transforms/test/paper-notify/desk.schema.json", "{\"required\": [\"number\", \"year\"]}")
                .write(
                        "transforms/test/paper-notify/part.xsl",
                        stylesheet("<xsl:template name='part'>second part</xsl:template>"))
                .write("routes/test/paper-notify--to-desk.camel.yaml", toDesk("lgsp-http:desk/new"));
    }

    /** One attempt, as the engine makes it. */
    private Optional<BusException> deliver(TestBus bus, UnitKey revision, SystemId destination, String body) {
        Exchange exchange = new DefaultExchange(bus.bus().camel());
        ExchangeId id = ExchangeId.at(System.nanoTime());
        Executor loop = home;
        Passage passage = new Passage(id, Instant.EPOCH, System.nanoTime(), "DELIVERY", id.toString(), loop);
        passage.asksFor(revision.service());
        passage.attempts(DeliveryId.of(id, destination));
        exchange.setProperty(Passage.PROPERTY, passage);
        exchange.setProperty(
                Inbound.PROPERTY,
                new Inbound(
                        Door.REST,
                        "POST",
                        "",
                        0,
                        "",
                        "",
                        Map.<String, String>of().entrySet()));
        exchange.setProperty(
                Attempt.PROPERTY,
                new Attempt(
                        DeliveryId.of(id, destination),
                        id,
                        1,
                        revision.service(),
                        revision.digest(),
                        destination,
                        new Caller("asker-key", new SystemId("asker"), new AgencyCode("T01")),
                        Instant.EPOCH));
        exchange.setProperty(Mark.PROPERTY, Mark.ofTheWay(passage));
        exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
        var work = PluginHelper.getUnitOfWorkFactory(bus.bus().camel()).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        home.execute(() -> bus.bus().entrance("way-deliver").process(exchange, done::complete));
        done.orTimeout(20, TimeUnit.SECONDS).join();
        UnitOfWorkHelper.doneUow(work, exchange);
        assertThat(exchange.getProperty(Passage.PROPERTY)).isSameAs(passage);
        assertThat(exchange.getProperty(Mark.PROPERTY, Mark.class).route()).isEmpty();
        if (exchange.getException() == null) {
            assertThat(passage.unit()).contains(revision.digest());
            assertThat(exchange.getMessage().getBody()).isInstanceOf(byte[].class);
        }
        return BusException.in(exchange.getException());
    }

    private static String last(StubPeer peer) {
        StubPeer.Seen seen = peer.last();
        return seen.uri() + " " + seen.text();
    }

    private List<String> kept() {
        try (Stream<Path> copies = Files.list(folder.resolve("data/units"))) {
            return copies.map(copy -> copy.getFileName().toString()).sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path file(Path below, String end) {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void what_was_accepted_before_an_edit_is_delivered_as_before_it_and_what_comes_after_as_edited() {
        TestBus.Builder before = bus();
        UnitKey first = before.revision(SERVICE);
        try (TestBus bus = before.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
            assertThat(last(desk)).isEqualTo("/papers {\"kind\":\"first\",\"number\":\"01\"}");
            assertThat(deliver(bus, first, ARCHIVE, "{}")).isEmpty();
            assertThat(last(archive)).isEqualTo("/store <first>first part</first>");
        }

        TestBus.Builder after = edited(bus()).waiting(first);
        UnitKey second = after.revision(SERVICE);
        assertThat(second).isNotEqualTo(first);
        try (TestBus bus = after.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            for (int round = 0; round < 2; round++) {
                assertThat(deliver(bus, first, DESK, "{\"number\":\"02\"}")).isEmpty();
                assertThat(last(desk)).isEqualTo("/papers {\"kind\":\"first\",\"number\":\"02\"}");
                assertThat(deliver(bus, second, DESK, "{\"number\":\"03\",\"year\":1}"))
                        .isEmpty();
                assertThat(last(desk)).isEqualTo("/new {\"kind\":\"second\",\"number\":\"03\"}");
                assertThat(deliver(bus, second, DESK, "{\"number\":\"04\"}")
                                .orElseThrow()
                                .code())
                        .isEqualTo(ErrorCode.MESSAGE_INVALID);
                assertThat(deliver(bus, first, ARCHIVE, "{}")).isEmpty();
                assertThat(last(archive)).isEqualTo("/store <first>first part</first>");
                assertThat(deliver(bus, second, ARCHIVE, "{}")).isEmpty();
                assertThat(last(archive)).isEqualTo("/store <first>second part</first>");
            }
            assertThat(bus.post("/api/paper-notify/v1/papers", "application/json", "{}")
                            .body())
                    .isEqualTo("{\"ack\":\"second\"}");
            assertThat(kept()).containsExactlyInAnyOrder(first.folder(), second.folder());
        }
    }

    @Test
    void an_edit_while_the_bus_runs_is_in_force_soon_and_what_was_accepted_before_is_delivered_as_before() {
        TestBus.Builder running = bus();
        UnitKey first = running.revision(SERVICE);
        try (TestBus bus = running.start()) {
            UnitKey second = edited(running).revision(SERVICE);
            await().untilAsserted(() -> assertThat(bus.post("/api/paper-notify/v1/papers", "application/json", "{}")
                            .body())
                    .isEqualTo("{\"ack\":\"second\"}"));

            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
            assertThat(last(desk)).isEqualTo("/papers {\"kind\":\"first\",\"number\":\"01\"}");
            assertThat(deliver(bus, first, ARCHIVE, "{}")).isEmpty();
            assertThat(last(archive)).isEqualTo("/store <first>first part</first>");
            assertThat(deliver(bus, second, ARCHIVE, "{}")).isEmpty();
            assertThat(last(archive)).isEqualTo("/store <first>second part</first>");
        }
    }

    @Test
    void a_service_that_was_retired_still_delivers_what_it_accepted() throws IOException {
        TestBus.Builder before = bus();
        UnitKey first = before.revision(SERVICE);
        before.start().close();
        TestBus.Builder after = bus().waiting(first);
        for (String end : List.of(".card.yaml", ".camel.yaml", "--to-desk.camel.yaml", "--to-archive.camel.yaml")) {
            Files.delete(folder.resolve("home/routes/test/paper-notify" + end));
        }

        try (TestBus bus = after.start()) {
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
            assertThat(last(desk)).startsWith("/papers ");
        }
    }

    @Test
    void a_revision_whose_connector_is_gone_calls_by_the_copy_of_it() throws IOException {
        TestBus.Builder before = bus();
        UnitKey first = before.revision(SERVICE);
        before.start().close();
        TestBus.Builder after = edited(bus()).waiting(first);
        Files.delete(folder.resolve("home/connectors/desk-paper.kamelet.yaml"));

        try (TestBus bus = after.start()) {
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
            assertThat(last(desk)).startsWith("/papers ");
            assertThat(deliver(bus, first, ARCHIVE, "{}")).isEmpty();
            assertThat(kept()).contains(first.folder());
        }
    }

    @Test
    void a_destination_that_is_not_registered_any_more_is_named() {
        TestBus.Builder before = bus();
        UnitKey first = before.revision(SERVICE);
        before.start().close();
        TestBus.Builder after = bus().service(
                        SERVICE,
                        card("[ { to: desk } ]"),
                        TestBus.Builder.route(SERVICE, "- setBody: { constant: ok }"))
                .registry(text -> text.replace("id: archive", "id: vault"))
                .waiting(first);
        assertThat(folder.resolve("home/routes/test/paper-notify--to-archive.camel.yaml")
                        .toFile()
                        .delete())
                .isTrue();

        try (TestBus bus = after.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            BusException failure = deliver(bus, first, ARCHIVE, "{}").orElseThrow();
            assertThat(failure.code()).isEqualTo(ErrorCode.REVISION_UNAVAILABLE);
            assertThat(failure.detail())
                    .contains("paper-notify/v1", first.brief(), "system archive is not registered any more");
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
        }
    }

    @Test
    void the_copies_of_the_last_ten_others_are_kept_and_earlier_ones_are_deleted_at_the_start() {
        List<UnitKey> made = new ArrayList<>();
        TestBus.Builder files = bus().setting("lgsp.deploy.interval", "100ms");
        try (TestBus bus = files.start()) {
            for (int i = 0; i < 12; i++) {
                files.write("transforms/test/paper-notify/ack.jq", "{ack: \"" + i + "\"}");
                UnitKey next = files.revision(SERVICE);
                await().atMost(Duration.ofSeconds(30)).until(() -> kept().contains(next.folder()));
                made.add(next);
            }
        }

        TestBus.Builder last = bus().write("transforms/test/paper-notify/ack.jq", "{ack: \"last\"}");
        made.add(last.revision(SERVICE));
        try (TestBus bus = last.start()) {
            assertThat(kept())
                    .containsExactlyInAnyOrderElementsOf(
                            made.subList(2, 13).stream().map(UnitKey::folder).toList());
            assertThat(deliver(bus, made.get(2), DESK, "{\"number\":\"01\"}")).isEmpty();
            BusException failure =
                    deliver(bus, made.get(1), DESK, "{\"number\":\"01\"}").orElseThrow();
            assertThat(failure.code()).isEqualTo(ErrorCode.REVISION_UNAVAILABLE);
            assertThat(failure.detail()).contains("no copy of its files is kept");
        }
    }

    @Test
    void a_copy_is_made_once_and_an_altered_one_is_made_again_or_refused() throws IOException {
        TestBus.Builder before = bus();
        UnitKey first = before.revision(SERVICE);
        before.start().close();
        Path copy = folder.resolve("data/units").resolve(first.folder());
        Path mapping = file(copy, "desk.jq");
        FileTime made = Files.getLastModifiedTime(mapping);
        bus().start().close();
        assertThat(Files.getLastModifiedTime(mapping)).isEqualTo(made);

        Files.writeString(mapping, "{kind: \"forged\"}");
        try (TestBus bus = bus().start()) {
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();
            assertThat(last(desk)).contains("first");
        }

        Files.writeString(mapping, "{kind: \"forged\"}");
        try (TestBus bus = edited(bus()).waiting(first).start()) {
            BusException failure =
                    deliver(bus, first, DESK, "{\"number\":\"01\"}").orElseThrow();
            assertThat(failure.code()).isEqualTo(ErrorCode.REVISION_UNAVAILABLE);
            assertThat(failure.detail()).contains("the copy of its files was altered");
        }
    }

    @Test
    void a_copy_that_a_crash_left_half_made_is_forgotten() throws IOException {
        Path half = folder.resolve("data/units/.unfinished/routes/test/half.card.yaml");
        Files.createDirectories(half.getParent());
        Files.writeString(half, "half");

        TestBus.Builder builder = bus();
        builder.start().close();

        assertThat(kept()).containsExactly(builder.revision(SERVICE).folder());
    }

    @Test
    void a_route_that_ends_without_calling_its_destination_has_not_delivered() {
        TestBus.Builder builder = bus().write(
                        "routes/test/paper-notify--to-desk.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-desk", """
                                - filter: { jq: '.number == "01"', steps: [ { to: "kamelet:desk-paper" } ] }
                                """));
        UnitKey first = builder.revision(SERVICE);
        try (TestBus bus = builder.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            assertThat(deliver(bus, first, DESK, "{\"number\":\"01\"}")).isEmpty();

            BusException failure =
                    deliver(bus, first, DESK, "{\"number\":\"02\"}").orElseThrow();

            assertThat(failure.code()).isEqualTo(ErrorCode.BUS_FAILED);
            assertThat(failure.detail()).contains("the route to desk ended without calling it");
            assertThat(desk.received()).hasSize(1);
        }
    }

    @Test
    void a_planted_delivery_route_reaches_no_other_system_and_no_other_route() {
        TestBus.Builder builder = bus().withoutRouteRules()
                .write(
                        "routes/test/paper-notify--to-desk.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-desk", "- to: lgsp-http:archive/store"))
                .write(
                        "routes/test/paper-notify--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-archive", "- toD: { uri: \"direct:${body}\" }"));
        UnitKey first = builder.revision(SERVICE);
        try (TestBus bus = builder.start()) {
            assertThat(deliver(bus, first, DESK, "{}").orElseThrow().code()).isEqualTo(ErrorCode.ROUTE_REFUSED);
            for (String door : List.of("paper-notify~", "paper-notify--to-desk~")) {
                assertThat(deliver(bus, first, ARCHIVE, door + first.brief())
                                .orElseThrow()
                                .code())
                        .isEqualTo(ErrorCode.ROUTE_REFUSED);
            }
            assertThat(bus.bus().refusedAtRoutes()).isEqualTo(2);
            assertThat(archive.received()).isEmpty();
            assertThat(desk.received()).isEmpty();
        }
    }

    @Test
    void an_accepted_exchange_calls_nobody_before_it_is_delivered() {
        TestBus.Builder builder = bus().withoutRouteRules()
                .service(
                        SERVICE,
                        card("[ { to: desk }, { to: archive } ]"),
                        TestBus.Builder.route(SERVICE, "- to: lgsp-http:desk/early"));
        try (TestBus bus = builder.start()) {
            assertThat(TestBus.code(bus.post("/api/paper-notify/v1/papers", "application/json", "{}")))
                    .isEqualTo("route-refused");
            assertThat(desk.received()).isEmpty();
        }
    }
}
