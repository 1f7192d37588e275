package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How deliveries go when destinations do not take them: each alone, again by plan, and in the end to a person (DLV-04). */
final class DeliveryRulesTest {
    private static final String INSURANCE = GuaranteedCity.INSURANCE;
    private static final String ARCHIVE = GuaranteedCity.ARCHIVE;
    private static final String SHORT_PLAN = "{ first: 50ms, longest: 100ms, attempts: 3 }";

    @TempDir
    Path folder;

    private GuaranteedCity city;

    @BeforeEach
    void build() {
        city = GuaranteedCity.in(folder);
    }

    @AfterEach
    void leave() {
        city.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    private String accepted(TestBus bus, int number) {
        return GuaranteedCity.acknowledged(city.send(bus.port(), number)).orElseThrow();
    }

    private void arrives(TestBus bus, String exchange, String destination, String state) {
        soon().until(() -> city.delivery(bus.port(), exchange, destination)
                .path("state")
                .asText()
                .equals(state));
    }

    static Stream<Arguments> troubles() {
        return Stream.of(
                Arguments.of("cut", (Handler<HttpServerRequest>)
                        request -> request.connection().close()),
                Arguments.of("hang", (Handler<HttpServerRequest>) request -> {}),
                Arguments.of("429", StubPeer.fixed(429, "text/plain", "later")),
                Arguments.of("503", StubPeer.fixed(503, "text/plain", "later")),
                Arguments.of("500", StubPeer.fixed(500, "text/plain", "broken")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void one_destination_in_trouble_does_not_delay_the_other_and_gets_all_of_its_own_when_it_is_well(
            String name, Handler<HttpServerRequest> trouble) {
        try (TestBus bus = city.bus()
                .registry(text -> text.replace("answerTimeout: 2s", "answerTimeout: 500ms"))
                .start()) {
            soon().until(city.archive()::isConnected);
            city.insurance().behaves(trouble);
            List<String> numbers = IntStream.range(0, 40)
                    .mapToObj(number -> {
                        accepted(bus, number);
                        return GuaranteedCity.number(number);
                    })
                    .toList();

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(city.atArchive()).containsExactlyInAnyOrderElementsOf(numbers));
            assertThat(city.sql("select 1 from delivery where destination = ? and state = 'delivered'", INSURANCE))
                    .isZero();
            int before = city.insurance().received().size();
            city.insurance().behaves(GuaranteedCity.takes());

            soon().until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
            assertThat(new HashSet<>(city.atInsurance())).containsExactlyInAnyOrderElementsOf(numbers);
            assertThat(city.insuranceDeliveries()).hasSize(40);
            assertThat(city.insurance().received().size() - before)
                    .as("attempts after it was well: one for each, and those under way when it became so")
                    .isBetween(40, 40 + 32);
            assertThat(city.sql("select 1 from sealed_content")).isZero();
        }
    }

    @Test
    void a_destination_that_is_away_is_asked_by_one_attempt_at_a_time_and_seldom() {
        city.insurance().behaves(request -> request.connection().close());
        try (TestBus bus = city.bus().setting("lgsp.guarantee.credits", "4").start()) {
            for (int number = 0; number < 40; number++) {
                accepted(bus, number);
            }
            soon().until(() -> city.insurance().begun() >= 5);
            int begun = city.insurance().begun();
            long since = System.nanoTime();
            // rests of 1 s and 2 s, and one attempt after each
            await().during(Duration.ofMillis(2_500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> city.insurance().begun() - begun
                            <= 4 + Duration.ofNanos(System.nanoTime() - since).toSeconds());

            city.insurance().behaves(GuaranteedCity.takes());
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
        }
    }

    @Test
    void a_slow_destination_has_at_most_as_many_attempts_under_way_as_it_has_credits() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        city.insurance().behaves(request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            city.insurance().later(150, () -> {
                now.decrementAndGet();
                GuaranteedCity.takes().handle(request);
            });
        });
        try (TestBus bus = city.bus().setting("lgsp.guarantee.credits", "4").start()) {
            for (int number = 0; number < 30; number++) {
                accepted(bus, number);
            }

            soon().until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
            assertThat(most).hasValue(4);
            assertThat(city.atInsurance()).hasSize(30);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void what_may_pass_is_tried_again_by_plan_under_the_same_delivery(String name, Handler<HttpServerRequest> trouble) {
        List<Long> times = new ArrayList<>();
        city.insurance().behaves(request -> {
            times.add(System.nanoTime());
            (times.size() < 3 ? trouble : GuaranteedCity.takes()).handle(request);
        });
        try (TestBus bus = city.bus("{ first: 300ms, longest: 1s, attempts: 5 }")
                .registry(text -> text.replace("answerTimeout: 2s", "answerTimeout: 300ms"))
                .start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "delivered");
            JsonNode delivery = city.delivery(bus.port(), exchange, INSURANCE);
            assertThat(delivery.path("attempts").asInt()).isEqualTo(3);
            assertThat(city.insuranceDeliveries())
                    .containsExactly(delivery.path("delivery").asText());
            assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(300));
            assertThat(Duration.ofNanos(times.get(2) - times.get(1))).isGreaterThan(Duration.ofMillis(600));
        }
    }

    @Test
    void a_wait_that_the_destination_asks_for_is_kept_and_no_breaker_comes_between() {
        List<Long> times = new ArrayList<>();
        city.insurance().behaves(request -> {
            times.add(System.nanoTime());
            if (times.size() < 3) {
                request.response()
                        .setStatusCode(503)
                        .putHeader("Retry-After", "2")
                        .end();
            } else {
                GuaranteedCity.takes().handle(request);
            }
        });
        try (TestBus bus = city.bus("{ first: 50ms, longest: 100ms, attempts: 3 }")
                .registry(text ->
                        text.replace("answerTimeout: 2s", "answerTimeout: 2s\n      breaker: { of: 1, open: 10m }"))
                .start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "delivered");
            assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(1_950));
            assertThat(Duration.ofNanos(times.get(2) - times.get(1))).isGreaterThan(Duration.ofMillis(1_950));
        }
    }

    @Test
    void a_plan_that_is_used_up_parks_it_and_an_operator_sends_it_again_once_with_a_plan_of_its_own() {
        city.insurance().behaves(StubPeer.fixed(500, "text/plain", "broken"));
        try (LogCapture log = LogCapture.everything();
                TestBus bus = GuaranteedCity.withOperator(city.bus(SHORT_PLAN)).start()) {
            String exchange = accepted(bus, 1);
            arrives(bus, exchange, INSURANCE, "parked");
            JsonNode parked = city.delivery(bus.port(), exchange, INSURANCE);
            String id = parked.path("delivery").asText();
            assertThat(parked.path("attempts").asInt()).isEqualTo(3);
            assertThat(parked.at("/reason/code").asText()).isEqualTo("provider-failed");
            assertThat(parked.path("partnerCode").asText()).isEqualTo("HTTP 500");
            assertThat(city.sql("select 1 from sealed_content"))
                    .as("a parked one needs it")
                    .isEqualTo(1);
            assertThat(log.text()).contains("delivery.parked").contains(id);

            assertThat(city.retry(bus, id).statusCode()).isEqualTo(202);
            soon().until(() -> city.insurance().begun() == 6);
            arrives(bus, exchange, INSURANCE, "parked");
            assertThat(city.insurance().begun()).isEqualTo(6);

            city.insurance().behaves(GuaranteedCity.takes());
            assertThat(city.retry(bus, id).statusCode()).isEqualTo(202);
            arrives(bus, exchange, INSURANCE, "delivered");
            assertThat(city.insuranceDeliveries()).containsExactly(id);
            assertThat(city.insurance().begun()).isEqualTo(7);
            assertThat(city.sql("select 1 from sealed_content")).isZero();

            assertThat(city.retry(bus, id).statusCode())
                    .as("it is delivered, so nothing is sent again")
                    .isEqualTo(409);
            assertThat(city.retry(bus, "00000000-0000-8000-8000-000000000000").statusCode())
                    .isEqualTo(404);
            assertThat(city.insurance().begun()).isEqualTo(7);
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
        }
    }

    @Test
    void what_the_destination_refuses_is_parked_at_once() {
        city.insurance().behaves(StubPeer.fixed(422, "application/json", "{}"));
        try (TestBus bus = city.bus().start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "parked");
            JsonNode parked = city.delivery(bus.port(), exchange, INSURANCE);
            assertThat(parked.path("attempts").asInt()).isEqualTo(1);
            assertThat(parked.at("/reason/code").asText()).isEqualTo("provider-refused");
            assertThat(parked.path("partnerCode").asText()).isEqualTo("HTTP 422");
            arrives(bus, exchange, ARCHIVE, "delivered");
        }
    }

    @Test
    void a_refusal_that_the_contract_documents_is_no_delivery_either() {
        city.insurance().behaves(StubPeer.fixed(422, "application/json", "{}"));
        try (TestBus bus = city.bus()
                .edit(
                        "connectors/social-insurance-birth.kamelet.yaml",
                        "method: POST",
                        "method: POST\n              answers: '404,409,422'")
                .start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "parked");
            assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                            .path("partnerCode")
                            .asText())
                    .isEqualTo("HTTP 422");
            arrives(bus, exchange, ARCHIVE, "delivered");
        }
    }

    @Test
    void what_was_accepted_is_delivered_though_no_card_asks_for_a_guarantee_any_more() throws IOException {
        city.insurance().behaves(StubPeer.fixed(503, "text/plain", "later"));
        city.archive().pause();
        try (TestBus bus = city.bus().start()) {
            accepted(bus, 1);
        }
        TestBus.Builder without = city.bus();
        try (Stream<Path> files = Files.list(folder.resolve("home/routes/civil"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        city.insurance().behaves(GuaranteedCity.takes());
        city.archive().resume();

        try (TestBus bus = without.start()) {
            soon().until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
            assertThat(city.atInsurance()).endsWith(GuaranteedCity.number(1));
            assertThat(city.atArchive()).containsExactly(GuaranteedCity.number(1));
        }
        try (TestBus bus = without.start()) {
            assertThat(bus.bus().services().count()).isZero();
        }
    }

    @Test
    void an_answer_of_success_that_breaks_the_contract_is_tried_again() {
        AtomicInteger asked = new AtomicInteger();
        city.insurance().behaves(request -> (asked.incrementAndGet() < 3
                        ? StubPeer.fixed(200, "application/json", "<html>maintenance</html>")
                        : GuaranteedCity.takes())
                .handle(request));
        try (TestBus bus = city.bus()
                .edit(GuaranteedCity.INSURANCE_ROUTE, "- to: kamelet:social-insurance-birth", """
                        - to: kamelet:social-insurance-birth
                                - to: lgsp-validate:civil/civil-birth-notify/receipt.schema.json""")
                .write("transforms/civil/civil-birth-notify/receipt.schema.json", """
                        { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                          "required": ["maTiepNhan"], "properties": { "maTiepNhan": { "type": "string" } } }
                        """)
                .start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "delivered");
            assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                            .path("attempts")
                            .asInt())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_mapping_that_fails_parks_its_own_delivery_and_calls_nobody() {
        try (TestBus bus = city.bus()
                .edit(
                        "transforms/civil/civil-birth-notify/social-insurance.xsl",
                        "<xsl:sequence select=\"xml-to-json($entry)\"/>",
                        "<xsl:sequence select=\"if (contains($entry, 'KS-2026-1')) then error() else xml-to-json($entry)\"/>")
                .start()) {
            String exchange = accepted(bus, 1);

            arrives(bus, exchange, INSURANCE, "parked");
            assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                            .path("attempts")
                            .asInt())
                    .isEqualTo(1);
            arrives(bus, exchange, ARCHIVE, "delivered");
            assertThat(city.insurance().begun()).isZero();
        }
    }

    @Test
    void a_consumer_that_rolls_back_or_is_not_there_gets_it_when_it_takes_it() {
        city.archive().rollsBack(2);
        try (TestBus bus = city.bus().start()) {
            String exchange = accepted(bus, 1);
            arrives(bus, exchange, ARCHIVE, "delivered");
            assertThat(city.archive().rolledBack()).isEqualTo(2);

            city.archive().pause();
            soon().until(() -> !city.archive().isConnected());
            String later = accepted(bus, 2);
            arrives(bus, later, INSURANCE, "delivered");
            soon().until(() ->
                    city.delivery(bus.port(), later, ARCHIVE).path("attempts").asInt() >= 2);
            assertThat(city.delivery(bus.port(), later, ARCHIVE)
                            .at("/reason/code")
                            .asText())
                    .isEqualTo("provider-unreachable");
            city.archive().resume();

            arrives(bus, later, ARCHIVE, "delivered");
            assertThat(city.atArchive()).containsExactly("KS-2026-1", "KS-2026-2");
        }
    }

    @Test
    void when_its_life_is_over_it_expires_and_its_content_is_gone() {
        ShiftedClock clock = new ShiftedClock();
        city.insurance().behaves(StubPeer.fixed(422, "text/plain", "no"));
        city.archive().pause();
        try (TestBus bus = GuaranteedCity.withOperator(city.bus().clock(clock)).start()) {
            soon().until(() -> !city.archive().isConnected());
            String exchange = accepted(bus, 1);
            arrives(bus, exchange, INSURANCE, "parked");
            assertThat(city.sql("select 1 from sealed_content")).isEqualTo(1);

            clock.forward(Duration.ofHours(73));

            arrives(bus, exchange, INSURANCE, "expired");
            arrives(bus, exchange, ARCHIVE, "expired");
            assertThat(city.delivery(bus.port(), exchange, ARCHIVE)
                            .at("/reason/code")
                            .asText())
                    .isEqualTo("delivery-expired");
            assertThat(city.sql("select 1 from sealed_content")).isZero();
            String id = city.delivery(bus.port(), exchange, INSURANCE)
                    .path("delivery")
                    .asText();
            assertThat(city.retry(bus, id).statusCode()).isEqualTo(409);
            city.archive().resume();
            String next = accepted(bus, 2);
            arrives(bus, next, ARCHIVE, "delivered");
            assertThat(city.atArchive()).containsExactly("KS-2026-2");
        }
    }

    @Test
    void more_than_a_destination_in_trouble_has_room_for_waits_with_the_broker_and_none_is_forgotten()
            throws Exception {
        int many = 1_400;
        city.insurance().behaves(request -> request.connection().close());
        try (TestBus bus = city.bus().setting("lgsp.guarantee.credits", "2").start()) {
            List<java.util.concurrent.CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, many)
                    .mapToObj(number -> city.sendAsync(city.request(bus.port(), GuaranteedCity.envelope(number, ""))
                            .build()))
                    .toList();
            for (var answer : sent) {
                assertThat(GuaranteedCity.acknowledged(answer.get())).isPresent();
            }
            city.insurance().behaves(GuaranteedCity.takes());

            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
            assertThat(Set.copyOf(city.atInsurance())).hasSize(many);
        }
    }

    static Stream<Arguments> alterations() {
        return Stream.of(
                Arguments.of("update sealed_content set content = ? where exchange_id = ?", new byte[400]),
                Arguments.of("update sealed_content set wrapped_key = ? where exchange_id = ?", new byte[60]),
                Arguments.of("update guaranteed_exchange set request_digest = ? where exchange_id = ?", new byte[32]));
    }

    @ParameterizedTest
    @MethodSource("alterations")
    void what_was_altered_in_the_database_is_parked_and_never_sent(String statement, byte[] altered) {
        city.archive().pause();
        try (LogCapture log = LogCapture.everything();
                TestBus bus = city.bus().start()) {
            soon().until(() -> !city.archive().isConnected());
            String exchange = accepted(bus, 1);
            arrives(bus, exchange, INSURANCE, "delivered");
            assertThat(city.sql(statement, altered, UUID.fromString(exchange))).isEqualTo(1);
            city.archive().resume();

            arrives(bus, exchange, ARCHIVE, "parked");
            assertThat(city.delivery(bus.port(), exchange, ARCHIVE)
                            .at("/reason/code")
                            .asText())
                    .isEqualTo("integrity-broken");
            assertThat(log.text())
                    .contains("ERROR")
                    .contains("integrity-broken")
                    .contains(exchange);
            accepted(bus, 2);
            soon().until(() -> city.atArchive().size() == 1);
            assertThat(city.atArchive()).containsExactly("KS-2026-2");
        }
    }
}
