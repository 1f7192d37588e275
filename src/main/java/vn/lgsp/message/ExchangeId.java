package vn.lgsp.message;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The name of one exchange (giao dịch): in the answer, the record, the log and the provider's request.
 *
 * <p>A UUID of version 7, so that ids sort by time. It is a name, not a secret: knowing one gives no access.
 *
 * @see "LOG-04"
 */
public record ExchangeId(UUID value) {

    /** A new id for an exchange that begins at {@code epochMillis}. */
    public static ExchangeId at(long epochMillis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (epochMillis << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new ExchangeId(new UUID(high, low));
    }

    /**
     * Reads an id back from text.
     *
     * @throws IllegalArgumentException when the text is not a UUID
     */
    public static ExchangeId of(String text) {
        return new ExchangeId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
