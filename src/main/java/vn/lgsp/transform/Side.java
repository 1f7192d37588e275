package vn.lgsp.transform;

import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/** Whose content is being worked on, and so who must act when it is wrong. */
enum Side {
    /** Before a provider was called: the caller's request. */
    REQUEST("the request", ErrorCode.MESSAGE_INVALID),
    /** After a provider was called: its answer. */
    ANSWER("the provider's answer", ErrorCode.PROVIDER_INVALID);

    private final String subject;
    private final ErrorCode code;

    Side(String subject, ErrorCode code) {
        this.subject = subject;
        this.code = code;
    }

    /** Without a passage (samples, checks before deployment) content counts as a request. */
    static Side of(Optional<Passage> passage) {
        return passage.flatMap(Passage::provider).isPresent() ? ANSWER : REQUEST;
    }

    /**
     * A refusal of this side's content.
     *
     * @param what goes on after "the request": a rule and a place, never content (MSG-09)
     */
    BusException refuse(String what) {
        return new BusException(code, subject + " " + what);
    }
}
