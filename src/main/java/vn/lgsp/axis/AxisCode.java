package vn.lgsp.axis;

import vn.lgsp.failure.ErrorCode;

/**
 * The codes by which the provincial front end of the document axis says what is wrong (wire-formats 4.3). Those of the national axis are not
 * known; {@code axis.errorMap} is these.
 */
public final class AxisCode {
    public static final int INVALID_FILE = 10;
    public static final int WRONG_KEY = 15;
    public static final int RECEIVER_UNKNOWN = 18;
    public static final int SENDER_UNKNOWN = 19;
    public static final int PLATFORM = 20;
    public static final int PROCESSING = 21;
    public static final int BAD_FORMAT = 22;
    public static final int RECEIVER_LOCKED = 23;

    private AxisCode() {}

    /** What a failure of the bus is called there, where nobody said more. */
    public static int of(ErrorCode code) {
        return switch (code) {
            case CONSUMER_UNKNOWN -> WRONG_KEY;
            case GRANT_MISSING -> SENDER_UNKNOWN;
            case MESSAGE_INVALID, MEDIA_TYPE_UNSUPPORTED -> BAD_FORMAT;
            case MESSAGE_TOO_LARGE, MESSAGE_CONFLICT -> INVALID_FILE;
            default -> PLATFORM;
        };
    }
}
