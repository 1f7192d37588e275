package vn.lgsp.catalogue;

/**
 * What the bus knows now. Every exchange asks {@link #now()} and works with that one snapshot.
 *
 * <p>Where snapshots come from (files today) is not its business: whoever reads them calls {@link #replace}.
 */
public final class Catalogue {
    private volatile Snapshot current;

    public Catalogue(Snapshot first) {
        current = first;
    }

    /** The snapshot in force: one volatile read. */
    public Snapshot now() {
        return current;
    }

    /** The next exchange sees {@code next}; those under way keep what they have (BUS-14). */
    public void replace(Snapshot next) {
        current = next;
    }
}
