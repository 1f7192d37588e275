package vn.lgsp.edoc;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/** How far a packet is on the axis. Says nothing about what an agency did with the document: that is {@link BusinessState}. */
public enum TransportState {
    INITIAL,
    PROCESSING,
    DONE,
    FAIL;

    /** As the axis writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<TransportState> of(String word) {
        return Arrays.stream(values())
                .filter(state -> state.word().equals(word))
                .findFirst();
    }

    /** What may come next: what failed may be tried again, what is done stays so. */
    public Set<TransportState> next() {
        return switch (this) {
            case INITIAL -> EnumSet.of(PROCESSING, DONE, FAIL);
            case PROCESSING -> EnumSet.of(DONE, FAIL);
            case FAIL -> EnumSet.of(PROCESSING, DONE);
            case DONE -> EnumSet.noneOf(TransportState.class);
        };
    }

    /**
     * The state after this one; told again it is the same.
     *
     * @throws Invalid with {@link Rule#EDOC_TRANSPORT_STEP} where it may not follow
     */
    public TransportState to(TransportState told) {
        if (told != this && !next().contains(told)) {
            throw new Invalid(Rule.EDOC_TRANSPORT_STEP, word(), told.word());
        }
        return told;
    }
}
