package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No destination has more attempts under way than it has credits, here two, however much waits for it (DLV-03). */
final class DeliveryCreditsTest extends CityUnderTest {
    @Override
    TestBus.Builder bus(GuaranteedCity city) {
        return city.bus().setting("lgsp.guarantee.credits", "2");
    }

    @Test
    void a_destination_that_is_away_is_asked_by_one_attempt_at_a_time_and_seldom() {
        city.insurance().behaves(request -> request.connection().close());
        for (int number = 0; number < 40; number++) {
            accepted(number);
        }
        soon().until(() -> city.insurance().begun() >= 5);
        int begun = city.insurance().begun();
        long since = System.nanoTime();
        // rests of 1 s and 2 s, and one attempt after each
        await().during(Duration.ofMillis(2_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> city.insurance().begun() - begun
                        <= 2 + Duration.ofNanos(System.nanoTime() - since).toSeconds());

        city.insurance().behaves(GuaranteedCity.takes());
        await().atMost(Duration.ofSeconds(8))
                .until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
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
        for (int number = 0; number < 30; number++) {
            accepted(number);
        }

        soon().until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
        assertThat(most).hasValue(2);
        assertThat(city.atInsurance()).hasSize(30);
    }

    @Test
    void more_than_a_destination_in_trouble_has_room_for_waits_with_the_broker_and_none_is_forgotten()
            throws Exception {
        int many = 1_400;
        city.insurance().behaves(request -> request.connection().close());
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, many)
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
