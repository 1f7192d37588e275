package vn.lgsp.guarantee;

import java.util.Optional;
import vn.lgsp.seal.Sealed;

/** An attempt that this process makes now: what the steps of {@code way-deliver} need, and what they found out. */
final class UnderWay {
    private final DeliveryStore.Claim.Begun claim;
    private volatile Optional<Verdict> verdict = Optional.empty();
    private volatile Optional<Sealed> result = Optional.empty();
    private volatile boolean settled;

    UnderWay(DeliveryStore.Claim.Begun claim) {
        this.claim = claim;
    }

    DeliveryStore.Claim.Begun claim() {
        return claim;
    }

    Optional<Verdict> verdict() {
        return verdict;
    }

    void judged(Verdict judgement) {
        verdict = Optional.of(judgement);
    }

    /** What is kept for those that come after it. */
    Optional<Sealed> result() {
        return result;
    }

    void keeps(Sealed sealed) {
        result = Optional.of(sealed);
    }

    /** Whether the outcome is committed. */
    boolean isSettled() {
        return settled;
    }

    void settled() {
        settled = true;
    }
}
