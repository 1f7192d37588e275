package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How deliveries go when destinations do not take them: each alone, and in the end to a person (DLV-04). */
final class DeliveryRulesTest extends CityUnderTest {
    private static final String INSURANCE = GuaranteedCity.INSURANCE;
    private static final String ARCHIVE = GuaranteedCity.ARCHIVE;

    /** The birth that the mapping for the office fails on. */
    private static final int UNMAPPED = 99;

    private final ShiftedClock clock = new ShiftedClock();

    @Override
    TestBus.Builder bus(GuaranteedCity city) {
        return GuaranteedCity.withOperator(
                        city.bus(), text -> text.replace("answerTimeout: 2s", "answerTimeout: 500ms"))
                .edit(
                        "connectors/social-insurance-birth.kamelet.yaml",
                        "method: POST",
                        "method: POST\n              answers: '404,409,422'")
                .edit(GuaranteedCity.INSURANCE_ROUTE, "- to: kamelet:social-insurance-birth", """
                        - to: kamelet:social-insurance-birth
                                - to: lgsp-validate:civil/civil-birth-notify/receipt.schema.json""")
                .write("transforms/civil/civil-birth-notify/receipt.schema.json", """
                        { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                          "required": ["maTiepNhan"], "properties": { "maTiepNhan": { "type": "string" } } }
                        """)
                .edit(
                        "transforms/civil/civil-birth-notify/social-insurance.xsl",
                        "<xsl:sequence select=\"xml-to-json($entry)\"/>",
                        "<xsl:sequence select=\"if (contains($entry, 'KS-2026-99')) then error() else xml-to-json($entry)\"/>")
                .clock(clock);
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
        soon().until(city.archive()::isConnected);
        city.insurance().behaves(trouble);
        List<String> numbers = IntStream.range(0, 40)
                .mapToObj(number -> {
                    accepted(number);
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

    @Test
    void what_the_destination_refuses_is_parked_at_once() {
        city.insurance().behaves(StubPeer.fixed(400, "application/json", "{}"));
        String exchange = accepted(1);

        arrives(exchange, INSURANCE, "parked");
        JsonNode parked = city.delivery(bus.port(), exchange, INSURANCE);
        assertThat(parked.path("attempts").asInt()).isEqualTo(1);
        assertThat(parked.at("/reason/code").asText()).isEqualTo("provider-refused");
        assertThat(parked.path("partnerCode").asText()).isEqualTo("HTTP 400");
        arrives(exchange, ARCHIVE, "delivered");
    }

    @Test
    void a_refusal_that_the_contract_documents_is_no_delivery_either() {
        city.insurance().behaves(StubPeer.fixed(422, "application/json", "{}"));
        String exchange = accepted(1);

        arrives(exchange, INSURANCE, "parked");
        assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                        .path("partnerCode")
                        .asText())
                .isEqualTo("HTTP 422");
        arrives(exchange, ARCHIVE, "delivered");
    }

    @Test
    void what_was_accepted_is_delivered_though_no_card_asks_for_a_guarantee_any_more(@TempDir Path other)
            throws IOException {
        try (GuaranteedCity own = GuaranteedCity.in(other)) {
            own.insurance().behaves(StubPeer.fixed(503, "text/plain", "later"));
            own.archive().pause();
            try (TestBus restarted = own.bus().start()) {
                own.accepted(restarted, 1);
            }
            TestBus.Builder without = own.bus();
            try (Stream<Path> files = Files.list(other.resolve("home/routes/civil"))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            own.insurance().behaves(GuaranteedCity.takes());
            own.archive().resume();

            try (TestBus restarted = without.start()) {
                soon().until(() -> own.sql("select 1 from delivery where state <> 'delivered'") == 0);
                assertThat(own.atInsurance()).endsWith(GuaranteedCity.number(1));
                assertThat(own.atArchive()).containsExactly(GuaranteedCity.number(1));
            }
            try (TestBus restarted = without.start()) {
                assertThat(restarted.bus().services().count()).isZero();
            }
        }
    }

    @Test
    void an_answer_of_success_that_breaks_the_contract_is_tried_again() {
        AtomicInteger asked = new AtomicInteger();
        city.insurance().behaves(request -> (asked.incrementAndGet() < 3
                        ? StubPeer.fixed(200, "application/json", "<html>maintenance</html>")
                        : GuaranteedCity.takes())
                .handle(request));
        String exchange = accepted(1);

        arrives(exchange, INSURANCE, "delivered");
        assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                        .path("attempts")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void a_mapping_that_fails_parks_its_own_delivery_and_calls_nobody() {
        String exchange = accepted(UNMAPPED);

        arrives(exchange, INSURANCE, "parked");
        assertThat(city.delivery(bus.port(), exchange, INSURANCE)
                        .path("attempts")
                        .asInt())
                .isEqualTo(1);
        arrives(exchange, ARCHIVE, "delivered");
        assertThat(city.insurance().begun()).isZero();
    }

    @Test
    void a_consumer_that_rolls_back_or_is_not_there_gets_it_when_it_takes_it() {
        city.archive().rollsBack(2);
        String exchange = accepted(1);
        arrives(exchange, ARCHIVE, "delivered");
        assertThat(city.archive().rolledBack()).isEqualTo(2);

        city.archive().pause();
        soon().until(() -> !city.archive().isConnected());
        String later = accepted(2);
        arrives(later, INSURANCE, "delivered");
        soon().until(() ->
                city.delivery(bus.port(), later, ARCHIVE).path("attempts").asInt() >= 2);
        assertThat(city.delivery(bus.port(), later, ARCHIVE).at("/reason/code").asText())
                .isEqualTo("provider-unreachable");
        city.archive().resume();

        arrives(later, ARCHIVE, "delivered");
        assertThat(city.atArchive()).containsExactly("KS-2026-1", "KS-2026-2");
    }

    @Test
    void when_its_life_is_over_it_expires_and_its_content_is_gone() {
        city.insurance().behaves(StubPeer.fixed(422, "text/plain", "no"));
        city.archive().pause();
        soon().until(() -> !city.archive().isConnected());
        String exchange = accepted(1);
        arrives(exchange, INSURANCE, "parked");
        assertThat(city.sql("select 1 from sealed_content")).isEqualTo(1);

        clock.forward(Duration.ofHours(73));

        arrives(exchange, INSURANCE, "expired");
        arrives(exchange, ARCHIVE, "expired");
        assertThat(city.delivery(bus.port(), exchange, ARCHIVE)
                        .at("/reason/code")
                        .asText())
                .isEqualTo("delivery-expired");
        assertThat(city.sql("select 1 from sealed_content")).isZero();
        String id =
                city.delivery(bus.port(), exchange, INSURANCE).path("delivery").asText();
        assertThat(city.retry(bus, id).statusCode()).isEqualTo(409);
        city.archive().resume();
        String next = accepted(2);
        arrives(next, ARCHIVE, "delivered");
        assertThat(city.atArchive()).containsExactly("KS-2026-2");
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
        try (LogCapture log = LogCapture.everything()) {
            soon().until(() -> !city.archive().isConnected());
            String exchange = accepted(1);
            arrives(exchange, INSURANCE, "delivered");
            assertThat(city.sql(statement, altered, UUID.fromString(exchange))).isEqualTo(1);
            city.archive().resume();

            arrives(exchange, ARCHIVE, "parked");
            assertThat(city.delivery(bus.port(), exchange, ARCHIVE)
                            .at("/reason/code")
                            .asText())
                    .isEqualTo("integrity-broken");
            assertThat(log.text())
                    .contains("ERROR")
                    .contains("integrity-broken")
                    .contains(exchange);
            accepted(2);
            soon().until(() -> city.atArchive().size() == 1);
            assertThat(city.atArchive()).containsExactly("KS-2026-2");
        }
    }
}
