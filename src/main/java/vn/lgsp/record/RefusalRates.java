package vn.lgsp.record;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.ServiceKey;

/**
 * Counts floods of equal refusals, so that a caller who is refused in a closed loop cannot fill the journal.
 *
 * <p>Equal are refusals with the same code, outcome, account (or none) and service. Of each kind a set number a second is recorded one by
 * one; the rest of that second becomes one record, in the name of the first of them, with their count. It names the party that a platform
 * asked for where that was the same in all of them.
 */
final class RefusalRates {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Names of services come from the caller when nobody knows them: beyond this many kinds they are counted together. */
    private static final int MOST_KINDS = 1_000;

    private record Kind(
            Optional<String> error,
            Optional<Outcome> outcome,
            Optional<String> account,
            Optional<ServiceKey> service) {}

    private static final class Count {
        private int recorded;
        private int counted;
        private @Nullable ExchangeRecord first;
        private Instant last = Instant.EPOCH;
    }

    private final int recordedPerSecond;
    private final Map<Kind, Count> kinds = new HashMap<>();
    private long since;
    private boolean counting;

    RefusalRates(int recordedPerSecond) {
        this.recordedPerSecond = recordedPerSecond;
    }

    /** What to do with a refusal. */
    enum Verdict {
        RECORD,
        /** It is counted; {@link #take} has to be called within a second. */
        FIRST_COUNTED,
        COUNTED
    }

    synchronized Verdict judge(ExchangeRecord refused, Instant now, long nanoTime) {
        if (!counting && nanoTime - since >= SECOND) {
            kinds.clear();
            since = nanoTime;
        }
        Kind kind = new Kind(refused.error(), refused.outcome(), refused.account(), refused.service());
        boolean known = kinds.containsKey(kind) || kinds.size() < MOST_KINDS;
        Count count = kinds.computeIfAbsent(
                known ? kind : new Kind(refused.error(), refused.outcome(), refused.account(), Optional.empty()),
                key -> new Count());
        if (count.recorded < recordedPerSecond) {
            count.recorded++;
            return Verdict.RECORD;
        }
        if (count.first == null) {
            count.first = known ? refused : refused.ofAnyService();
        } else if (!count.first.onBehalfOf().equals(refused.onBehalfOf())) {
            count.first = count.first.ofAnyParty();
        }
        count.counted++;
        count.last = now;
        if (counting) {
            return Verdict.COUNTED;
        }
        counting = true;
        return Verdict.FIRST_COUNTED;
    }

    /** One record for each kind that was counted; the count begins anew. */
    synchronized List<ExchangeRecord> take() {
        List<ExchangeRecord> taken = kinds.values().stream()
                .flatMap(count ->
                        Optional.ofNullable(count.first).map(first -> first.times(count.counted, count.last)).stream())
                .toList();
        kinds.clear();
        counting = false;
        return taken;
    }
}
