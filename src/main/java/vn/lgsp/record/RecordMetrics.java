package vn.lgsp.record;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** How recording is doing, as numbers that may be read at any time by any thread. */
public final class RecordMetrics {
    private final Journal journal;
    private final DatabaseWriter follower;
    private final LongAdder counted;

    RecordMetrics(Journal journal, DatabaseWriter follower, LongAdder counted) {
        this.journal = journal;
        this.follower = follower;
        this.counted = counted;
    }

    /** Entries handed in and not on the disk yet. */
    public long waiting() {
        return journal.waiting();
    }

    /** Entries written to the journal since the start. */
    public long entries() {
        return journal.entries();
    }

    /** Syncs of the disk since the start. */
    public long syncs() {
        return journal.syncs();
    }

    /** What the journal's files take on the disk, in bytes. */
    public long journalBytes() {
        return journal.bytes();
    }

    /** Rows written to the database since the start. */
    public long rows() {
        return follower.rows();
    }

    /** Ended exchanges that the database has not got yet. */
    public long lagEntries() {
        return follower.lagEntries();
    }

    /** Exchanges opened and not closed, as far as the journal was read; one that stays is one that the way forgot. */
    public long underWay() {
        return follower.open().size();
    }

    /** How long the oldest ended exchange without a row has been waiting for it; zero when there is none. */
    public Duration lag() {
        return follower.lag();
    }

    /** Refusals since the start that were counted instead of recorded one by one. */
    public long countedRefusals() {
        return counted.sum();
    }

    /** Whether new exchanges are refused because the journal has no room until the database has caught up. */
    public boolean isFull() {
        return journal.isFull();
    }

    /** Whether the database answered when it was last asked; exchanges do not depend on it. */
    public boolean isDatabaseReachable() {
        return follower.isDatabaseReachable();
    }

    /** Why nothing can be recorded until the bus is started anew; empty while all is well. */
    public Optional<String> brokenBecause() {
        return journal.brokenBecause();
    }
}
