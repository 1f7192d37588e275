package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may pass is tried again by the plan on the card, and then an operator sends it again (DLV-04). */
final class DeliveryPlanTest extends CityUnderTest {
    private static final String INSURANCE = GuaranteedCity.INSURANCE;

    @Override
    TestBus.Builder bus(GuaranteedCity city) {
        return GuaranteedCity.withOperator(
                city.bus("{ first: 300ms, longest: 1s, attempts: 3 }"),
                text -> text.replace("answerTimeout: 2s", "answerTimeout: 300ms\n      breaker: { of: 1, open: 10m }"));
    }

    static Stream<Arguments> troubles() {
        return DeliveryRulesTest.troubles();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void what_may_pass_is_tried_again_by_plan_under_the_same_delivery(String name, Handler<HttpServerRequest> trouble) {
        List<Long> times = new ArrayList<>();
        city.insurance().behaves(request -> {
            times.add(System.nanoTime());
            (times.size() < 3 ? trouble : GuaranteedCity.takes()).handle(request);
        });
        String exchange = accepted(1);

        arrives(exchange, INSURANCE, "delivered");
        JsonNode delivery = city.delivery(bus.port(), exchange, INSURANCE);
        assertThat(delivery.path("attempts").asInt()).isEqualTo(3);
        assertThat(city.insuranceDeliveries())
                .containsExactly(delivery.path("delivery").asText());
        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(300));
        assertThat(Duration.ofNanos(times.get(2) - times.get(1))).isGreaterThan(Duration.ofMillis(600));
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
        String exchange = accepted(1);

        arrives(exchange, INSURANCE, "delivered");
        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(1_950));
        assertThat(Duration.ofNanos(times.get(2) - times.get(1))).isGreaterThan(Duration.ofMillis(1_950));
    }

    @Test
    void a_plan_that_is_used_up_parks_it_and_an_operator_sends_it_again_once_with_a_plan_of_its_own() {
        city.insurance().behaves(StubPeer.fixed(500, "text/plain", "broken"));
        try (LogCapture log = LogCapture.everything()) {
            String exchange = accepted(1);
            arrives(exchange, INSURANCE, "parked");
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
            arrives(exchange, INSURANCE, "parked");
            assertThat(city.insurance().begun()).isEqualTo(6);

            city.insurance().behaves(GuaranteedCity.takes());
            assertThat(city.retry(bus, id).statusCode()).isEqualTo(202);
            arrives(exchange, INSURANCE, "delivered");
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
}
