package vn.lgsp.bench;

import java.time.Duration;

/** Clients that hand messages over, each the next one as soon as the last one is acknowledged. */
interface Sources extends AutoCloseable {

    /**
     * Sends until the time is over, and waits for what is then still unanswered.
     *
     * @param names gives each message its id, which its content carries to the destination
     */
    Sent send(int clients, Duration run, Names names) throws Exception;

    /** The next message id; asked from one thread at a time. */
    interface Names {
        String next();
    }
}
