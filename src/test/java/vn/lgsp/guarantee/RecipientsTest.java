package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.message.SystemId;

/** Steps that are left out of a process by the content of the message (BUS-05, BUS-11). */
final class RecipientsTest {
    private static final SystemId FIRST = new SystemId("first");
    private static final SystemId SECOND = new SystemId("second");
    private static final SystemId THIRD = new SystemId("third");
    private static final Guarantee CHAIN = new Guarantee(
            List.of(receiver(FIRST), receiver(SECOND, FIRST), receiver(THIRD, SECOND)),
            Guarantee.DEFAULT_LIFE,
            Guarantee.Recipients.CHOSEN);

    private static Guarantee.Receiver receiver(SystemId system, SystemId... after) {
        return new Guarantee.Receiver(system, Guarantee.RetryPlan.DEFAULT, List.of(after), false);
    }

    private static List<DeliveryStore.NewDelivery> made(String chosen) {
        return Recipients.deliveries(CHAIN, Recipients.of(CHAIN, Optional.of(chosen)));
    }

    @Test
    void all_steps_come_after_each_other() {
        assertThat(made("[\"first\", \"second\", \"third\"]"))
                .extracting(DeliveryStore.NewDelivery::after)
                .containsExactly(List.of(), List.of(FIRST), List.of(SECOND));
    }

    @Test
    void a_step_that_is_left_out_leaves_its_place_to_what_it_would_have_come_after() {
        assertThat(made("first,third"))
                .extracting(DeliveryStore.NewDelivery::after)
                .containsExactly(List.of(), List.of(FIRST));
    }

    @Test
    void what_nobody_is_left_to_come_before_begins_at_once() {
        assertThat(made("third")).extracting(DeliveryStore.NewDelivery::after).containsExactly(List.of());
    }
}
