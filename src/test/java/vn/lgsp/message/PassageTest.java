package vn.lgsp.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PassageTest {
    private static final SystemId QUEUED = new SystemId("queued");
    private static final SystemId ARCHIVE = new SystemId("archive");

    private final Passage passage =
            new Passage(ExchangeId.at(1), Instant.EPOCH, 0, "REST POST", "correlation", Runnable::run);

    @Test
    void an_exchange_may_call_the_systems_of_the_card_that_let_it_in_and_no_other() {
        assertThat(passage.mayCall(ARCHIVE)).isFalse();

        passage.mayCall(List.of(ARCHIVE));

        assertThat(passage.mayCall(ARCHIVE)).isTrue();
        assertThat(passage.mayCall(QUEUED)).isFalse();
    }

    @Test
    void what_one_system_asks_to_wait_for_says_nothing_of_the_next_one() {
        passage.calls(ARCHIVE);
        passage.retryAfter(Duration.ofMinutes(1));

        passage.calls(QUEUED);

        assertThat(passage.retryAfter()).isEmpty();
    }

    @Test
    void an_attempt_at_a_delivery_may_call_its_own_destination_only_whatever_the_card_says() {
        passage.mayCall(List.of(ARCHIVE));

        passage.attempts(DeliveryId.of(passage.id(), QUEUED));

        assertThat(passage.mayCall(QUEUED)).isTrue();
        assertThat(passage.mayCall(ARCHIVE)).isFalse();
    }
}
