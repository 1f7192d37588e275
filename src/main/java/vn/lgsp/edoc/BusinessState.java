package vn.lgsp.edoc;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/**
 * What the agencies of a document told each other about it. Agencies skip steps and tell them late: whatever is told is kept, and {@link
 * Step#unexpected} says what did not fit.
 *
 * @param handling the last of 01 to 06 that the receiver told
 * @param request whether the sender asked for something
 * @see "EXT-05"
 */
public record BusinessState(Optional<StatusCode> handling, Request request) {
    /** Nothing told yet. */
    public static final BusinessState NONE = new BusinessState(Optional.empty(), Request.NONE);

    private static final Set<StatusCode> HANDLING = EnumSet.range(StatusCode.ARRIVED, StatusCode.FINISHED);

    /** What became of what the sender asked for last: to take back, revoke, update or replace. */
    public enum Request {
        NONE,
        OPEN,
        AGREED,
        REFUSED
    }

    /**
     * What was told, taken in.
     *
     * @param unexpected why it does not follow on what was told before; empty where it does
     */
    public record Step(BusinessState state, Optional<Invalid> unexpected) {
        /** The state, where only what follows is taken. */
        public BusinessState orRefuse() {
            unexpected.ifPresent(wrong -> {
                throw wrong;
            });
            return state;
        }
    }

    /** After a report. One that is told again changes nothing. */
    public Step after(StatusCode told) {
        return switch (told) {
            case TAKE_BACK -> new Step(new BusinessState(handling, Request.OPEN), Optional.empty());
            case AGREED -> answered(told, Request.AGREED);
            case REFUSED -> answered(told, Request.REFUSED);
            default ->
                new Step(
                        new BusinessState(Optional.of(told), request),
                        follows(told) ? Optional.empty() : Optional.of(wrong(told)));
        };
    }

    /** Whether what the receiver tells follows on what it told last. */
    private boolean follows(StatusCode told) {
        if (handling.isEmpty() || handling.get() == told) {
            return true;
        } else if (handling.get() == StatusCode.REJECTED) {
            return false;
        }
        return told == StatusCode.REJECTED ? handling.get() == StatusCode.ARRIVED : told.compareTo(handling.get()) > 0;
    }

    /** After a packet that revokes, updates or replaces the document; may come at any time. */
    public BusinessState after(BusinessType packet) {
        return packet.asks() ? new BusinessState(handling, Request.OPEN) : this;
    }

    /** What the receiver may tell next. */
    public Set<StatusCode> expected() {
        Set<StatusCode> codes = EnumSet.noneOf(StatusCode.class);
        for (StatusCode code : StatusCode.values()) {
            boolean again = HANDLING.contains(code) && handling.equals(Optional.of(code));
            if (!code.isOfSender() && !again && after(code).unexpected().isEmpty()) {
                codes.add(code);
            }
        }
        return codes;
    }

    private Step answered(StatusCode told, Request answer) {
        boolean follows = request == Request.OPEN || request == answer;
        return new Step(new BusinessState(handling, answer), follows ? Optional.empty() : Optional.of(wrong(told)));
    }

    private Invalid wrong(StatusCode told) {
        String before = handling.map(StatusCode::code).orElse("-");
        return new Invalid(Rule.EDOC_STATUS_STEP, told.code(), before);
    }
}
