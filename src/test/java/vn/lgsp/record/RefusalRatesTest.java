package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

class RefusalRatesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private final RefusalRates rates = new RefusalRates(20);

    private static ExchangeRecord refused(Passage passage, ErrorCode code) {
        return ExchangeRecord.closed(
                Passages.refuse(passage, code), Passages.catalogue().now(), Passages.NOON, System.nanoTime());
    }

    private RefusalRates.Verdict judge(ExchangeRecord refused, long nanoTime) {
        return rates.judge(refused, Passages.NOON, nanoTime);
    }

    @Test
    void equal_refusals_beyond_the_rate_become_one_record_with_their_count() {
        for (int i = 0; i < 20; i++) {
            assertThat(judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND))
                    .isEqualTo(RefusalRates.Verdict.RECORD);
        }
        ExchangeRecord first = refused(Passages.granted(), ErrorCode.GRANT_MISSING);
        assertThat(judge(first, SECOND)).isEqualTo(RefusalRates.Verdict.FIRST_COUNTED);
        for (int i = 0; i < 99; i++) {
            assertThat(judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND))
                    .isEqualTo(RefusalRates.Verdict.COUNTED);
        }

        assertThat(rates.take()).singleElement().satisfies(rate -> {
            assertThat(rate.count()).isEqualTo(100);
            assertThat(rate.id()).isEqualTo(first.id());
            assertThat(rate.system()).contains(Passages.CONSUMER);
        });
        assertThat(rates.take()).isEmpty();
    }

    @Test
    void another_code_account_or_service_is_another_kind() {
        for (int i = 0; i < 25; i++) {
            judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND);
        }
        Passage other = Passages.granted();
        other.asksFor(new ServiceKey(new ServiceId("land-parcel-lookup"), 1));

        assertThat(judge(refused(Passages.granted(), ErrorCode.MESSAGE_INVALID), SECOND))
                .isEqualTo(RefusalRates.Verdict.RECORD);
        assertThat(judge(refused(Passages.received(), ErrorCode.GRANT_MISSING), SECOND))
                .isEqualTo(RefusalRates.Verdict.RECORD);
        assertThat(judge(refused(other, ErrorCode.GRANT_MISSING), SECOND)).isEqualTo(RefusalRates.Verdict.RECORD);
    }

    @Test
    void refusals_for_several_parties_are_counted_in_the_name_of_none() {
        for (int i = 0; i < 20; i++) {
            judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND);
        }
        judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND);
        assertThat(rates.take()).extracting(ExchangeRecord::onBehalfOf).containsExactly(Optional.of(Passages.BEHIND));

        for (int i = 0; i < 25; i++) {
            Passage passage = Passages.granted();
            passage.identified(passage.caller().orElseThrow().onBehalfOf(new PartyCode("VN/GOV/P" + i)));
            judge(refused(passage, ErrorCode.GRANT_MISSING), SECOND);
        }
        assertThat(rates.take()).singleElement().satisfies(rate -> {
            assertThat(rate.count()).isEqualTo(5);
            assertThat(rate.onBehalfOf()).isEmpty();
        });
    }

    @Test
    void the_next_second_begins_anew() {
        for (int i = 0; i < 20; i++) {
            judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), SECOND);
        }
        assertThat(judge(refused(Passages.granted(), ErrorCode.GRANT_MISSING), 3 * SECOND))
                .isEqualTo(RefusalRates.Verdict.RECORD);
    }

    @Test
    void made_up_services_cannot_fill_the_memory_or_the_journal() {
        int recorded = 0;
        for (int i = 0; i < 50_000; i++) {
            Passage passage = Passages.received();
            passage.asksFor(new ServiceKey(new ServiceId("made-up-" + i), 1));
            recorded +=
                    judge(refused(passage, ErrorCode.SERVICE_UNKNOWN), SECOND) == RefusalRates.Verdict.RECORD ? 1 : 0;
        }

        assertThat(recorded).isEqualTo(1_000 + 20);
        int counted = 50_000 - recorded;
        List<ExchangeRecord> rest = rates.take();
        assertThat(rest).singleElement().satisfies(rate -> {
            assertThat(rate.count()).isEqualTo(counted);
            assertThat(rate.service()).isEmpty();
        });
    }
}
