package vn.lgsp.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one failure of the bus: thrown where the cause is known, caught once, at {@code answer-failure} on the way.
 *
 * <p>The detail is read by the caller. It names the thing and the remedy, and never holds content, a person's data, a class
 * name or an inner address (MSG-09).
 */
public final class BusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String partnerCode;

    /** @param detail for the caller to read: the thing and the remedy, no content */
    public BusException(ErrorCode code, String detail) {
        this(code, detail, null, null);
    }

    public BusException(ErrorCode code, String detail, @Nullable Throwable cause) {
        this(code, detail, null, cause);
    }

    /** @param partnerCode the provider's own code, kept in the record, at most 64 characters of it */
    public BusException(ErrorCode code, String detail, @Nullable String partnerCode, @Nullable Throwable cause) {
        super(detail, cause, false, cause != null);
        this.code = code;
        this.partnerCode =
                partnerCode == null || partnerCode.length() <= 64 ? partnerCode : partnerCode.substring(0, 64);
    }

    public ErrorCode code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /** The provider's own code for what went wrong, if it gave one. */
    public Optional<String> partnerCode() {
        return Optional.ofNullable(partnerCode);
    }

    /** The bus failure behind {@code problem}, if there is one in its chain of causes. */
    public static Optional<BusException> in(@Nullable Throwable problem) {
        Throwable next = problem;
        for (int depth = 0; next != null && depth < 16; depth++) {
            if (next instanceof BusException found) {
                return Optional.of(found);
            }
            next = next.getCause();
        }
        return Optional.empty();
    }
}
