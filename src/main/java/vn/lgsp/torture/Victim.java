package vn.lgsp.torture;

import java.util.Map;
import java.util.Optional;

/** The bus that is tortured, as its source and its operator meet it. */
interface Victim extends AutoCloseable {

    /** What a source is told. */
    sealed interface Answer {
        /** @param exchange the id in the acknowledgement */
        record Acknowledged(String exchange) implements Answer {}

        /** @param again whether the same message may be sent again */
        record Refused(String code, boolean again) implements Answer {}

        /** The connection broke, or nothing came in time. */
        record Unknown() implements Answer {}
    }

    /**
     * How one delivery stands, by the bus's own word.
     *
     * @param delivery its id
     * @param state such as {@code delivered}
     */
    record Standing(String delivery, String state) {}

    /** Starts it, without waiting. */
    void start();

    /** Waits until it can be asked. */
    void awaitUp();

    boolean isUp();

    /** Ends it at once, as SIGKILL does; nothing of it runs when this returns. */
    void kill();

    Answer send(Notice notice);

    /** The deliveries of an exchange by the name of their destination; empty when the bus knows none. */
    Optional<Map<String, Standing>> standing(String exchange);

    /** How many deliveries are in one of these states, by the bus's own word; empty when it cannot tell. */
    Optional<Integer> count(String... states);

    @Override
    void close();
}
