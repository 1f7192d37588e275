package vn.lgsp.catalogue;

import java.time.Duration;

/**
 * How a system is reached that takes messages from a queue of the broker. Its consumer signs in to the broker with an account of
 * the system: user is the account's id, password the account's key; it may consume from this queue and do nothing else.
 *
 * @param name of the queue (an anycast address of the same name), such as {@code lgsp.civil-archive.in}
 * @param answerTimeout how long a message may wait for the consumer to acknowledge it; 100 ms to 10 min, default 30 s. Of a
 *     call that waits for a reply: how long the reply may take
 * @param topic whether it is a topic: each consumer of the system that has subscribed gets the message, and the first to acknowledge
 *     confirms it
 * @param breaker when the system is handed nothing for a while
 * @param retry how a message is handed over once more; what may have been got only where the system honours {@code lgsp_delivery}
 *     as a key
 */
public record Queue(
        String name, Duration answerTimeout, boolean topic, Connection.Breaker breaker, Connection.Retry retry) {
    /** A queue that is no topic, with the usual breaker and no second try. */
    public Queue(String name, Duration answerTimeout) {
        this(name, answerTimeout, false, Connection.Breaker.DEFAULT, Connection.Retry.NONE);
    }

    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(30);
}
