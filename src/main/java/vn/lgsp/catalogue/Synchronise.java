package vn.lgsp.catalogue;

import vn.lgsp.message.ServiceKey;

/**
 * That a scheduled operation is the reading of a dataset, page by page, and where its pages go (SHR-02).
 *
 * @param to the service that takes each page
 * @param operation of that service: a REST operation whose path has no parameters, and that takes {@code application/json}
 * @param what is read again when all has been read
 * @param pages at most so many until all has been read, 1 to {@link #MOST_PAGES}
 * @param tries of each page, 1 to {@link #MOST_TRIES}
 */
public record Synchronise(ServiceKey to, String operation, What what, int pages, int tries) {
    static final int MOST_PAGES = 1_000_000;
    static final int DEFAULT_PAGES = 10_000;
    static final int MOST_TRIES = 10;
    static final int DEFAULT_TRIES = 5;

    /** What is read once all has been read. */
    public enum What {
        /** What has changed since, by the last watermark. */
        PART,
        /** All of it. */
        WHOLE
    }
}
