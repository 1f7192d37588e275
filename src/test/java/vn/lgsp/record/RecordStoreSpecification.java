package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.Passage;
import vn.lgsp.record.RecordQuery.Filter;

/** What the store of records promises, whichever database is behind it. */
abstract class RecordStoreSpecification {
    /** The address of a new, empty database. */
    abstract String address(String name) throws IOException;

    private DatabaseSettings settings() throws IOException {
        return new DatabaseSettings(address("lgsp-" + UUID.randomUUID()), "postgres", "");
    }

    private static Entry closed(Passage passage) {
        return new Entry(
                Entry.Kind.CLOSED,
                ExchangeRecord.closed(
                        passage, Passages.catalogue().now(), Passages.NOON.plusMillis(3), System.nanoTime()));
    }

    private static Entry closedAt(Instant time) {
        return closed(Passages.answer(Passages.granted(time, Runnable::run)));
    }

    @Test
    void a_row_comes_back_as_the_record_it_was_with_every_field_and_with_none() throws IOException, SQLException {
        try (Database shared = new Database(settings())) {
            RecordDatabase database = new RecordDatabase(shared);
            Entry whole = closedAt(Passages.NOON.plusSeconds(1));
            Entry bare = closed(Passages.refuse(Passages.received(), ErrorCode.CONSUMER_UNKNOWN));
            Passage partner = Passages.granted(Passages.NOON.minusSeconds(1), Runnable::run);
            partner.failed(ErrorCode.PROVIDER_FAILED, "MÃ-LỖI-07");
            Entry failed = closed(partner);
            Entry unknown = new Entry(
                    Entry.Kind.CLOSED,
                    ExchangeRecord.opened(
                                    Passages.granted(Passages.NOON.minusSeconds(2), Runnable::run),
                                    Passages.catalogue().now())
                            .endedAs(Outcome.UNKNOWN));
            database.write(List.of(unknown, whole, failed, bare));
            database.makeDurable();

            assertThat(database.list(Filter.newest(10)))
                    .containsExactly(whole.exchange(), bare.exchange(), failed.exchange(), unknown.exchange());
        }
    }

    @Test
    void a_batch_written_twice_is_there_once_and_an_end_is_not_made_unknown_again() throws IOException, SQLException {
        try (Database shared = new Database(settings())) {
            RecordDatabase database = new RecordDatabase(shared);
            List<Entry> batch = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                batch.add(closedAt(Passages.NOON.plusSeconds(i)));
            }
            database.write(batch);
            database.write(batch);
            database.write(batch.stream()
                    .map(entry -> new Entry(Entry.Kind.CLOSED, entry.exchange().endedAs(Outcome.UNKNOWN)))
                    .toList());

            assertThat(database.list(Filter.newest(1_000))).hasSize(500).allMatch(record -> record.outcome()
                    .equals(Optional.of(Outcome.ANSWERED)));
        }
    }

    @Test
    void an_amendment_in_the_same_batch_or_a_later_one_changes_the_row() throws IOException, SQLException {
        try (Database shared = new Database(settings())) {
            RecordDatabase database = new RecordDatabase(shared);
            Entry first = closedAt(Passages.NOON);
            Entry second = closedAt(Passages.NOON.plusSeconds(1));
            database.write(List.of(first, abandoned(first), second));
            database.write(List.of(abandoned(second)));

            assertThat(database.list(Filter.newest(10).ended(Outcome.ABANDONED)))
                    .hasSize(2);
        }
    }

    private static Entry abandoned(Entry closed) {
        return new Entry(Entry.Kind.AMENDED, closed.exchange().endedAs(Outcome.ABANDONED));
    }

    @Test
    void rows_are_found_by_each_thing_that_may_be_asked() throws IOException, SQLException {
        try (Database shared = new Database(settings())) {
            RecordDatabase database = new RecordDatabase(shared);
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Instant time = Passages.NOON.plusSeconds(i);
                entries.add(
                        i % 2 == 0
                                ? closedAt(time)
                                : closed(Passages.refuse(
                                        Passages.received(time, Runnable::run), ErrorCode.GRANT_MISSING)));
            }
            database.write(entries);

            ExchangeRecord fourth = entries.get(4).exchange();
            Filter all = Filter.newest(100);
            assertThat(database.list(Filter.newest(1)))
                    .containsExactly(entries.get(9).exchange());
            assertThat(database.list(all.of(Passages.SERVICE))).hasSize(5);
            assertThat(database.list(all.by(Passages.CONSUMER))).hasSize(5);
            assertThat(database.list(all.ended(Outcome.REFUSED))).hasSize(5);
            assertThat(database.list(all.correlatedBy(fourth.correlation()))).containsExactly(fourth);
            assertThat(database.list(
                            all.from(fourth.receivedAt()).to(fourth.receivedAt().plusSeconds(1))))
                    .containsExactly(fourth);
            assertThat(database.list(
                            all.of(Passages.SERVICE).by(Passages.CONSUMER).from(fourth.receivedAt())))
                    .hasSize(3);
            assertThat(database.list(all.onBehalfOf(Passages.BEHIND))).hasSize(5);
            assertThat(database.list(all.onBehalfOf(new PartyCode("H98.01")))).isEmpty();
            assertThat(database.list(all.correlatedBy("nobody"))).isEmpty();
        }
    }

    @Test
    void the_bus_writes_behind_its_answers_and_finds_everything_again_after_a_restart(@TempDir Path data)
            throws IOException {
        RecordSettings settings = TestRecorder.settings(data);
        DatabaseSettings database = settings();
        List<ExchangeId> ids = new ArrayList<>();
        Passage left = Passages.granted();
        try (TestRecorder bus = new TestRecorder(settings, database)) {
            for (int i = 0; i < 300; i++) {
                Passage passage = Passages.granted();
                ids.add(passage.id());
                assertThat(bus.open(passage)).isEmpty();
                assertThat(bus.close(Passages.answer(passage))).isEmpty();
            }
            assertThat(bus.open(left)).isEmpty();
        }
        try (TestRecorder bus = new TestRecorder(settings, database)) {
            bus.untilWritten();
            RecordQuery query = bus.recorder.query();
            assertThat(query.list(Filter.newest(1_000).ended(Outcome.ANSWERED)))
                    .extracting(ExchangeRecord::id)
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(query.find(left.id()).orElseThrow().outcome()).contains(Outcome.UNKNOWN);
        }
    }
}
