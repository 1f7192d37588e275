package vn.lgsp.record;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;

/** Reads records out of the part of the journal that the database has not got yet. */
final class PendingRecords {
    static final Comparator<ExchangeRecord> NEWEST_FIRST = Comparator.comparing(ExchangeRecord::receivedAt)
            .thenComparing(record -> record.id().value())
            .reversed();

    private final Journal journal;
    private final DatabaseWriter follower;

    PendingRecords(Journal journal, DatabaseWriter follower) {
        this.journal = journal;
        this.follower = follower;
    }

    /**
     * @param ended newer than any row with the same id
     * @param underWay older than any row with the same id
     */
    record Found(List<ExchangeRecord> ended, List<ExchangeRecord> underWay) {}

    /** The newest that fit; memory is bounded by the filter's limit, time by the lag of the database. */
    Found find(RecordQuery.Filter filter) throws IOException {
        // The place first, then the exchanges under way: what moves meanwhile is seen twice rather than not at all.
        DatabaseWriter.Position from = follower.committed();
        Map<ExchangeId, DatabaseWriter.Open> open = new HashMap<>(follower.open());
        TreeSet<ExchangeRecord> ended = new TreeSet<>(NEWEST_FIRST);
        for (Segment segment : journal.alive().tailMap(from.segment(), true).values()) {
            long offset = segment.number() == from.segment() ? from.offset() : Segment.HEADER;
            try (SegmentReader reader = new SegmentReader(segment, offset)) {
                for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                    fold(entry.get(), segment, filter, open, ended);
                }
            } catch (NoSuchFileException released) {
                // The database has all of it by now, and is asked next.
            }
        }
        List<ExchangeRecord> underWay = new ArrayList<>();
        open.values().forEach(left -> {
            ExchangeRecord exchange =
                    left.segment() < journal.run() ? left.exchange().endedAs(Outcome.UNKNOWN) : left.exchange();
            if (filter.fits(exchange)) {
                underWay.add(exchange);
            }
        });
        return new Found(List.copyOf(ended), underWay);
    }

    private static void fold(
            Entry entry,
            Segment segment,
            RecordQuery.Filter filter,
            Map<ExchangeId, DatabaseWriter.Open> open,
            TreeSet<ExchangeRecord> ended) {
        ExchangeRecord exchange = entry.exchange();
        switch (entry.kind()) {
            case OPENED, CARRIED -> open.put(exchange.id(), new DatabaseWriter.Open(exchange, segment.number()));
            case CLOSED, AMENDED -> {
                open.remove(exchange.id());
                ended.remove(exchange);
                if (filter.fits(exchange)) {
                    ended.add(exchange);
                    // Some more than asked for: an amendment may still take one away.
                    if (ended.size() > 2 * filter.limit()) {
                        ended.pollLast();
                    }
                }
            }
        }
    }
}
