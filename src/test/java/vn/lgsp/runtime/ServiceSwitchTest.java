package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** One service is stopped or disabled while the others run: what callers, deliveries and records see of it (BUS-22). */
final class ServiceSwitchTest {
    private static final String SERVICE = GuaranteedCity.SERVICE;
    private static final String INSURANCE = GuaranteedCity.INSURANCE;
    private static final String ARCHIVE = GuaranteedCity.ARCHIVE;

    @TempDir
    Path folder;

    private final StubPeer provider = StubPeer.answering(200, "application/json", "{}");

    @AfterEach
    void leave() {
        provider.close();
    }

    private TestBus.Builder bus() {
        return Switchboard.with(TestBus.in(folder)
                .system("office", provider.port())
                .passThrough("one", "office")
                .passThrough("other", "office")
                .grant("one")
                .grant("other")
                .account("stranger-key", "stranger", "key-stranger", ""));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    @ParameterizedTest
    @CsvSource({"stop, 503, service-stopped, true, 30", "disable, 403, service-disabled, false, ''"})
    void a_service_that_was_switched_off_is_refused_and_recorded_and_its_neighbour_serves(
            String act, int status, String code, boolean retry, String retryAfter) {
        try (TestBus bus = bus().start()) {
            assertThat(Switchboard.of(bus)
                            .turn("one", act, "the office moves house")
                            .statusCode())
                    .isEqualTo(200);

            HttpResponse<String> refused = bus.get("/api/one/v1/x");
            HttpResponse<String> served = bus.get("/api/other/v1/x");

            assertThat(refused.statusCode()).isEqualTo(status);
            JsonNode problem = TestBus.json(refused);
            assertThat(problem.path("code").asText()).isEqualTo(code);
            assertThat(problem.path("retry").asBoolean()).isEqualTo(retry);
            assertThat(problem.path("stage").asText()).isEqualTo("authorise");
            assertThat(refused.headers().firstValue("Retry-After").orElse("")).isEqualTo(retryAfter);
            assertThat(refused.body()).doesNotContain("moves house", Switchboard.SWITCHER);
            assertThat(served.statusCode()).isEqualTo(200);
            assertThat(provider.received()).hasSize(1);
            ExchangeRecord record = bus.recordOf(refused);
            assertThat(record.error()).contains(code);
            assertThat(record.outcome()).contains(Outcome.FAILED);
            assertThat(record.service()).hasToString("Optional[one/v1]");
            assertThat(record.grant()).contains("asker-one");

            Switchboard.of(bus).turn("one", "start", "");
            assertThat(bus.get("/api/one/v1/x").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void who_may_not_use_a_service_does_not_learn_how_it_stands() {
        try (TestBus bus = bus().start()) {
            Switchboard.of(bus).turn("one", "disable", "why");

            assertThat(TestBus.code(bus.send(bus.request("/api/one/v1/x")
                            .setHeader("X-Api-Key", "key-stranger")
                            .build())))
                    .isEqualTo("grant-missing");
            assertThat(TestBus.code(bus.send(bus.request("/api/one/v1/x")
                            .setHeader("X-Api-Key", "nobody's")
                            .build())))
                    .isEqualTo("consumer-unknown");
        }
    }

    @Test
    void the_body_of_a_refused_request_is_not_waited_for() {
        try (TestBus bus = bus().start();
                Wire wire = Wire.to(bus.port())) {
            Switchboard.of(bus).turn("one", "stop", "why");

            Wire.Answer answer = wire.send("POST /api/one/v1/x HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: " + TestBus.KEY
                            + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
                    .answer();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.json().path("code").asText()).isEqualTo("service-stopped");
        }
    }

    @Test
    void what_is_under_way_when_its_service_is_stopped_ends_well() throws Exception {
        List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
        provider.behaves(held::add);
        try (TestBus bus = bus().start()) {
            HttpRequest request = bus.request("/api/one/v1/x").build();
            CompletableFuture<HttpResponse<String>> underWay = bus.http().sendAsync(request, BodyHandlers.ofString());
            soon().until(() -> held.size() == 1);
            Switchboard operator = Switchboard.of(bus);

            operator.turn("one", "disable", "why");
            assertThat(operator.service("one").path("inside").asInt()).isEqualTo(1);
            assertThat(bus.get("/api/one/v1/x").statusCode()).isEqualTo(403);
            held.get(0).response().end("{}");

            assertThat(underWay.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            soon().until(() -> operator.service("one").path("inside").asInt() == 0);
        }
    }

    @Test
    void after_a_restart_every_service_stands_as_it_was_left_with_who_did_it_and_why() {
        try (TestBus bus = bus().start()) {
            Switchboard operator = Switchboard.of(bus);
            operator.turn("one", "stop", "first");
            operator.turn("one", "disable", "then");
            operator.turn("other", "stop", "for a moment");
            operator.turn("other", "start", "");
        }
        try (TestBus bus = bus().start()) {
            assertThat(TestBus.code(bus.get("/api/one/v1/x"))).isEqualTo("service-disabled");
            assertThat(bus.get("/api/other/v1/x").statusCode()).isEqualTo(200);
            JsonNode one = Switchboard.of(bus).service("one");
            assertThat(one.path("state").asText()).isEqualTo("disabled");
            assertThat(one.path("operator").asText()).isEqualTo(Switchboard.SWITCHER);
            assertThat(one.path("reason").asText()).isEqualTo("then");
        }
    }

    @Test
    void an_operator_without_the_right_sees_and_turns_nothing() {
        try (TestBus bus = bus().start()) {
            Switchboard looker = Switchboard.seenBy(Switchboard.LOOKER, bus);

            assertThat(looker.turn("one", "stop", "why").statusCode()).isEqualTo(403);
            assertThat(Switchboard.json(looker.turnByConsole("one", "stop", "why"))
                            .path("status")
                            .asInt())
                    .isEqualTo(403);

            assertThat(looker.service("one").path("state").asText()).isEqualTo("started");
            assertThat(bus.get("/api/one/v1/x").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void the_console_turns_the_same_switch() {
        try (TestBus bus = bus().start()) {
            Switchboard operator = Switchboard.of(bus);

            JsonNode answer = Switchboard.json(operator.turnByConsole("one", "stop", "by hand"));

            assertThat(answer.path("status").asInt()).isEqualTo(200);
            assertThat(TestBus.code(bus.get("/api/one/v1/x"))).isEqualTo("service-stopped");
            assertThat(operator.service("one").path("operator").asText()).isEqualTo(Switchboard.SWITCHER);
            assertThat(operator.service("one").path("reason").asText()).isEqualTo("by hand");
        }
    }

    @Test
    void metrics_show_how_many_services_stand_how() {
        try (TestBus bus = bus().start()) {
            Switchboard operator = Switchboard.of(bus);
            operator.turn("one", "stop", "why");
            operator.turn("other", "disable", "why");

            assertThat(bus.metrics())
                    .contains(
                            "lgsp_services{state=\"started\"} 0.0",
                            "lgsp_services{state=\"stopped\"} 1.0",
                            "lgsp_services{state=\"disabled\"} 1.0",
                            "lgsp_operate_switch_total{outcome=\"done\"} 2.0");
        }
    }

    // ------------------------------------------------------------------ what it accepted

    @Test
    void a_soap_service_answers_with_a_fault_of_the_same_code_and_still_tells_its_contract() {
        try (GuaranteedCity city = GuaranteedCity.in(folder);
                TestBus bus = Switchboard.with(city.bus()).start()) {
            Switchboard.of(bus).turn(SERVICE, "stop", "why");

            HttpResponse<String> answer = city.send(bus.port(), 1);

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(GuaranteedCity.fault(answer)).isEqualTo("service-stopped");
            assertThat(answer.headers().firstValue("Retry-After")).contains("30");
            assertThat(bus.recordOf(answer).error()).contains(ErrorCode.SERVICE_STOPPED.code());
            assertThat(bus.get("/soap/" + SERVICE + "/v1?wsdl").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void deliveries_of_a_stopped_service_wait_uncounted_through_a_restart_and_go_on_within_two_seconds_of_its_start() {
        try (GuaranteedCity city = GuaranteedCity.in(folder)) {
            city.insurance().behaves(StubPeer.fixed(503, "text/plain", ""));
            List<String> exchanges;
            List<Integer> attempts;
            try (TestBus bus = Switchboard.with(city.bus()).start()) {
                exchanges = accepted(city, bus, 20);
                Switchboard.of(bus).turn(SERVICE, "stop", "the office moves house");
                // What was under way when the switch was turned goes on to its end.
                soon().until(() -> delivering(city) == 0);
                attempts = attempts(city, bus, exchanges);
                city.insurance().behaves(GuaranteedCity.takes());
                int seen = city.insurance().begun();

                await().during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(4))
                        .until(() -> delivering(city) == 0);

                assertThat(city.insurance().begun()).isEqualTo(seen);
                assertThat(attempts(city, bus, exchanges)).isEqualTo(attempts);
            }
            try (TestBus bus = Switchboard.with(city.bus()).start()) {
                int seen = city.insurance().begun();
                await().during(Duration.ofSeconds(1))
                        .atMost(Duration.ofSeconds(4))
                        .until(() -> delivering(city) == 0);
                assertThat(city.insurance().begun()).isEqualTo(seen);

                Switchboard.of(bus).turn(SERVICE, "start", "");
                await().atMost(Duration.ofSeconds(2))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> city.insurance().begun() > seen);

                for (String exchange : exchanges) {
                    soon().until(() -> states(city, bus, exchange).equals(List.of("delivered", "delivered")));
                }
                assertThat(city.insuranceDeliveries()).hasSize(20);
                assertThat(city.atArchive()).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void what_a_disabled_service_accepted_is_delivered() {
        try (GuaranteedCity city = GuaranteedCity.in(folder);
                TestBus bus = Switchboard.with(city.bus()).start()) {
            city.insurance().behaves(StubPeer.fixed(503, "text/plain", ""));
            List<String> exchanges = accepted(city, bus, 5);

            Switchboard.of(bus).turn(SERVICE, "disable", "version 2 takes its place");
            assertThat(GuaranteedCity.fault(city.send(bus.port(), 99))).isEqualTo("service-disabled");
            city.insurance().behaves(GuaranteedCity.takes());

            for (String exchange : exchanges) {
                soon().until(() -> states(city, bus, exchange).equals(List.of("delivered", "delivered")));
            }
            assertThat(city.atInsurance()).doesNotContain(GuaranteedCity.number(99));
        }
    }

    @Test
    void the_life_of_what_waits_still_counts() {
        ShiftedClock clock = new ShiftedClock();
        try (GuaranteedCity city = GuaranteedCity.in(folder);
                TestBus bus = Switchboard.with(city.bus()).clock(clock).start()) {
            city.insurance().behaves(StubPeer.fixed(503, "text/plain", ""));
            String exchange = accepted(city, bus, 1).get(0);
            soon().until(() -> city.delivery(bus.port(), exchange, ARCHIVE)
                    .path("state")
                    .asText()
                    .equals("delivered"));
            Switchboard.of(bus).turn(SERVICE, "stop", "why");
            soon().until(() -> delivering(city) == 0);

            clock.forward(Duration.ofHours(73));

            soon().until(() -> city.delivery(bus.port(), exchange, INSURANCE)
                    .path("state")
                    .asText()
                    .equals("expired"));
        }
    }

    @Test
    void another_service_with_the_same_destination_delivers_while_one_is_stopped() {
        try (GuaranteedCity city = GuaranteedCity.in(folder)) {
            TestBus.Builder builder = city.bus();
            try (TestBus bus = Switchboard.with(beside(builder)).start()) {
                city.insurance().behaves(StubPeer.fixed(503, "text/plain", ""));
                List<String> waiting = accepted(city, bus, 30);
                Switchboard.of(bus).turn(SERVICE, "stop", "why");
                soon().until(() -> delivering(city) == 0);
                city.insurance().behaves(GuaranteedCity.takes());
                Instant begun = Instant.now();

                HttpResponse<String> sent = city.send(HttpRequest.newBuilder(bus.uri("/soap/civil-birth-tell/v1"))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", "text/xml; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(GuaranteedCity.envelope(777, "")))
                        .build());
                String exchange = GuaranteedCity.acknowledged(sent).orElseThrow();
                soon().until(() -> states(city, bus, exchange).contains("delivered"));

                assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
                assertThat(waiting).allMatch(one -> city.delivery(bus.port(), one, INSURANCE)
                        .path("state")
                        .asText()
                        .equals("accepted"));
            }
        }
    }

    /** The same service under another name, beside it: the same destinations. */
    private static TestBus.Builder beside(TestBus.Builder bus) {
        String other = "civil-birth-tell";
        for (String file : List.of(
                ".card.yaml",
                ".camel.yaml",
                ".wsdl",
                "--to-civil-archive.camel.yaml",
                "--to-social-insurance.camel.yaml")) {
            bus.copyOf(
                    "routes/civil/" + SERVICE + file,
                    "routes/civil/" + other + file,
                    text -> text.replace(SERVICE, other));
        }
        for (String file : List.of("acknowledgement.xsl", "archive.xsl", "birth.xsd", "social-insurance.xsl")) {
            bus.copyOf(
                    "transforms/civil/" + SERVICE + "/" + file,
                    "transforms/civil/" + other + "/" + file,
                    text -> text.replace(SERVICE, other));
        }
        return bus.grant(other);
    }

    private static List<String> accepted(GuaranteedCity city, TestBus bus, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> GuaranteedCity.acknowledged(city.send(bus.port(), number))
                        .orElseThrow())
                .toList();
    }

    private static int delivering(GuaranteedCity city) {
        return city.sql("select 1 from delivery where state = 'delivering'");
    }

    private static List<Integer> attempts(GuaranteedCity city, TestBus bus, List<String> exchanges) {
        List<Integer> attempts = new ArrayList<>();
        for (String exchange : exchanges) {
            for (String destination : List.of(INSURANCE, ARCHIVE)) {
                attempts.add(city.delivery(bus.port(), exchange, destination)
                        .path("attempts")
                        .asInt());
            }
        }
        return attempts;
    }

    private static List<String> states(GuaranteedCity city, TestBus bus, String exchange) {
        List<String> states = new ArrayList<>();
        city.state(bus.port(), exchange)
                .path("deliveries")
                .forEach(delivery -> states.add(delivery.path("state").asText()));
        return states;
    }
}
