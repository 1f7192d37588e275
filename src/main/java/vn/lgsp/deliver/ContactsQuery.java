package vn.lgsp.deliver;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;

/**
 * When each system was last heard, and when it last was not, since the start of this node. Any thread may ask.
 *
 * @see "EXT-15"
 */
public final class ContactsQuery {
    /**
     * A system was heard, whatever it said.
     *
     * @param status of HTTP; none where a consumer of a queue confirmed or replied
     */
    public record Answer(Instant at, OptionalInt status) {}

    /** A system was asked, and was not heard, or not to the end. */
    public record Silence(Instant at, ErrorCode code) {}

    private static final class Contact {
        private volatile @Nullable Answer answer;
        private volatile @Nullable Silence silence;
    }

    private final Map<SystemId, Contact> contacts = new ConcurrentHashMap<>();
    private final Clock clock;

    ContactsQuery(Clock clock) {
        this.clock = clock;
    }

    void answered(SystemId system, OptionalInt status) {
        contact(system).answer = new Answer(clock.instant(), status);
    }

    /** The call failed; where the system was not even asked, nothing is learned of it. */
    void failed(SystemId system, BusException failure) {
        ErrorCode code = failure.code();
        if (code == ErrorCode.PROVIDER_UNREACHABLE
                || code == ErrorCode.PROVIDER_TIMEOUT
                || code == ErrorCode.TOKEN_UNAVAILABLE) {
            contact(system).silence = new Silence(clock.instant(), code);
        }
    }

    private Contact contact(SystemId system) {
        Contact known = contacts.get(system);
        return known != null ? known : contacts.computeIfAbsent(system, first -> new Contact());
    }

    /** The last time that the system was heard. */
    public Optional<Answer> lastAnswer(SystemId system) {
        Contact known = contacts.get(system);
        return known == null ? Optional.empty() : Optional.ofNullable(known.answer);
    }

    /** The last time that it was not. */
    public Optional<Silence> lastSilence(SystemId system) {
        Contact known = contacts.get(system);
        return known == null ? Optional.empty() : Optional.ofNullable(known.silence);
    }
}
