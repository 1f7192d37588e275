package vn.lgsp.record;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.SystemId;

/**
 * Finds records, in the database and in the journal before it, so that one is there as soon as its answer has left.
 *
 * <p>It reads files and the database: never call it on an event loop.
 *
 * @see "LOG-04"
 */
public final class RecordQuery {
    private static final int LONGEST_LIST = 1_000;

    private final PendingRecords pending;
    private final RecordDatabase database;

    RecordQuery(PendingRecords pending, RecordDatabase database) {
        this.pending = pending;
        this.database = database;
    }

    /**
     * Which records to list.
     *
     * @param from received at or after
     * @param to received before
     * @param correlation the identifier that links the records of one exchange across systems
     * @param onBehalfOf whom the system said that it asks for
     * @param limit 1 to 1,000
     */
    public record Filter(
            Optional<ExchangeId> id,
            Optional<String> correlation,
            Optional<ServiceId> service,
            Optional<SystemId> system,
            Optional<PartyCode> onBehalfOf,
            Optional<Outcome> outcome,
            Optional<Instant> from,
            Optional<Instant> to,
            int limit) {
        public Filter {
            if (limit < 1 || limit > LONGEST_LIST) {
                throw new IllegalArgumentException("limit is " + limit + ": write 1 to " + LONGEST_LIST);
            }
        }

        /** The newest records, whatever they are. */
        public static Filter newest(int limit) {
            return new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    limit);
        }

        private static Filter one(ExchangeId id) {
            return new Filter(
                    Optional.of(id),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    1);
        }

        public Filter correlatedBy(String identifier) {
            return new Filter(id, Optional.of(identifier), service, system, onBehalfOf, outcome, from, to, limit);
        }

        public Filter of(ServiceId asked) {
            return new Filter(id, correlation, Optional.of(asked), system, onBehalfOf, outcome, from, to, limit);
        }

        public Filter by(SystemId consumer) {
            return new Filter(id, correlation, service, Optional.of(consumer), onBehalfOf, outcome, from, to, limit);
        }

        public Filter onBehalfOf(PartyCode party) {
            return new Filter(id, correlation, service, system, Optional.of(party), outcome, from, to, limit);
        }

        public Filter ended(Outcome how) {
            return new Filter(id, correlation, service, system, onBehalfOf, Optional.of(how), from, to, limit);
        }

        public Filter from(Instant first) {
            return new Filter(id, correlation, service, system, onBehalfOf, outcome, Optional.of(first), to, limit);
        }

        public Filter to(Instant end) {
            return new Filter(id, correlation, service, system, onBehalfOf, outcome, from, Optional.of(end), limit);
        }

        boolean fits(ExchangeRecord record) {
            return id.map(record.id()::equals).orElse(true)
                    && correlation.map(record.correlation()::equals).orElse(true)
                    && service.map(asked -> record.service()
                                    .map(key -> key.id().equals(asked))
                                    .orElse(false))
                            .orElse(true)
                    && system.map(consumer -> record.system().equals(Optional.of(consumer)))
                            .orElse(true)
                    && onBehalfOf
                            .map(party -> record.onBehalfOf().equals(Optional.of(party)))
                            .orElse(true)
                    && outcome.map(how -> record.outcome().equals(Optional.of(how)))
                            .orElse(true)
                    && from.map(first -> !record.receivedAt().isBefore(first)).orElse(true)
                    && to.map(end -> record.receivedAt().isBefore(end)).orElse(true);
        }
    }

    /**
     * The record of one exchange, under way or ended.
     *
     * @throws BusException {@code record-unavailable} when only the database can tell and it does not answer
     */
    public Optional<ExchangeRecord> find(ExchangeId id) {
        Filter filter = Filter.one(id);
        PendingRecords.Found found = inJournal(filter);
        return found.ended().isEmpty()
                ? merged(filter, found).stream().findFirst()
                : Optional.of(found.ended().get(0));
    }

    /**
     * The records that fit, newest first.
     *
     * @throws BusException {@code record-unavailable} when the database does not answer
     */
    public List<ExchangeRecord> list(Filter filter) {
        return merged(filter, inJournal(filter));
    }

    private PendingRecords.Found inJournal(Filter filter) {
        try {
            return pending.find(filter);
        } catch (IOException failed) {
            throw new BusException(ErrorCode.RECORD_UNAVAILABLE, "the record journal cannot be read", failed);
        }
    }

    private List<ExchangeRecord> merged(Filter filter, PendingRecords.Found found) {
        Map<ExchangeId, ExchangeRecord> records = new HashMap<>();
        found.underWay().forEach(record -> records.put(record.id(), record));
        inDatabase(filter).forEach(record -> records.put(record.id(), record));
        found.ended().forEach(record -> records.put(record.id(), record));
        return records.values().stream()
                .sorted(PendingRecords.NEWEST_FIRST)
                .limit(filter.limit())
                .toList();
    }

    private List<ExchangeRecord> inDatabase(Filter filter) {
        try {
            return database.list(filter);
        } catch (SQLException failed) {
            throw new BusException(
                    ErrorCode.RECORD_UNAVAILABLE, "the record database does not answer: try again", failed);
        }
    }
}
