package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.TestClock;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.record.RecordQuery.Filter;

class RecorderTest {
    private final Path data;

    RecorderTest(@TempDir Path data) {
        this.data = data;
    }

    /** The files of the journal that hold something that counts, oldest first. */
    private static List<Path> segments(Path data) {
        try {
            return Segment.leftIn(data.resolve("journal")).segments().stream()
                    .map(Segment::file)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void exchange(TestRecorder bus, Passage passage) {
        assertThat(bus.open(passage)).isEmpty();
        assertThat(bus.close(Passages.answer(passage))).isEmpty();
    }

    @Test
    void an_exchange_is_found_as_soon_as_it_is_open_and_as_soon_as_it_is_closed() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            RecordQuery query = bus.recorder.query();
            Passage passage = Passages.granted();

            assertThat(bus.open(passage)).isEmpty();
            assertThat(passage.isOpened()).isTrue();
            assertThat(query.find(passage.id()))
                    .hasValueSatisfying(open -> assertThat(open.outcome()).isEmpty());

            assertThat(bus.close(Passages.answer(passage))).isEmpty();
            ExchangeRecord closed = query.find(passage.id()).orElseThrow();
            assertThat(closed.outcome()).contains(Outcome.ANSWERED);
            assertThat(closed.result()).contains("00");
            assertThat(closed.request()).isEqualTo(passage.request());
            assertThat(closed.answer()).isEqualTo(passage.answer());
            assertThat(closed.salt()).isEqualTo(passage.salt());
            assertThat(closed.receivedAt()).isEqualTo(Passages.NOON);

            bus.untilWritten();
            assertThat(query.find(passage.id())).contains(closed);
            assertThat(query.list(Filter.newest(10))).containsExactly(closed);
        }
    }

    @Test
    void a_refusal_that_was_never_opened_is_one_record_that_says_where_it_failed() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            Passage passage = Passages.received();
            passage.enter(Stage.IDENTIFY);
            assertThat(bus.close(Passages.refuse(passage, ErrorCode.CONSUMER_UNKNOWN)))
                    .isEmpty();
            bus.untilWritten();

            assertThat(bus.recorder.query().find(passage.id())).hasValueSatisfying(refused -> {
                assertThat(refused.outcome()).contains(Outcome.REFUSED);
                assertThat(refused.result()).contains("01");
                assertThat(refused.status()).isEqualTo(401);
                assertThat(refused.error()).contains("consumer-unknown");
                assertThat(refused.failedAt()).contains("identify");
                assertThat(refused.system()).isEmpty();
            });
        }
    }

    @Test
    void a_flood_of_equal_refusals_is_recorded_as_a_rate_within_a_second_and_nobody_waits_for_it() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            for (int i = 0; i < 5_000; i++) {
                assertThat(bus.close(Passages.refuse(Passages.received(), ErrorCode.CONSUMER_UNKNOWN)))
                        .isEmpty();
            }
            await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> {
                List<ExchangeRecord> records = bus.recorder.query().list(Filter.newest(1_000));
                assertThat(records.stream().mapToInt(ExchangeRecord::count).sum())
                        .isEqualTo(5_000);
                assertThat(records).hasSizeLessThan(200);
            });
            assertThat(bus.recorder.metrics().countedRefusals()).isGreaterThan(4_500);
        }
    }

    @Test
    void what_was_counted_but_not_written_is_written_at_the_end() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            for (int i = 0; i < 25; i++) {
                assertThat(bus.close(Passages.refuse(Passages.received(), ErrorCode.CONSUMER_UNKNOWN)))
                        .isEmpty();
            }
        }
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            assertThat(bus.recorder.query().list(Filter.newest(100)).stream()
                            .mapToInt(ExchangeRecord::count)
                            .sum())
                    .isEqualTo(25);
        }
    }

    @Test
    void an_exchange_whose_caller_went_away_after_its_end_becomes_abandoned() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            Passage before = Passages.granted();
            exchange(bus, before);
            before.callerGone();
            bus.recorder.amend(before);
            await().untilAsserted(() -> assertThat(bus.recorder.query().list(Filter.newest(10)))
                    .singleElement()
                    .matches(record -> record.outcome().equals(Optional.of(Outcome.ABANDONED))));

            Passage after = Passages.granted();
            exchange(bus, after);
            bus.untilWritten();
            bus.recorder.amend(after);
            await().untilAsserted(() -> assertThat(
                            bus.recorder.query().list(Filter.newest(10).ended(Outcome.ABANDONED)))
                    .hasSize(2));
        }
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            assertThat(bus.recorder.query().list(Filter.newest(10).ended(Outcome.ABANDONED)))
                    .hasSize(2);
        }
    }

    @Test
    void records_are_listed_newest_first_and_by_what_is_asked_in_journal_and_database_alike() {
        Instant noon = Passages.NOON;
        RecordSettings settings = TestRecorder.settings(data);
        try (TestRecorder bus = new TestRecorder(settings)) {
            List<Passage> passages = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Passage passage = i % 2 == 0
                        ? Passages.granted(noon.plusSeconds(i), Runnable::run)
                        : Passages.received(noon.plusSeconds(i), Runnable::run);
                passages.add(passage);
                if (i % 2 == 0) {
                    exchange(bus, passage);
                } else {
                    assertThat(bus.close(Passages.refuse(passage, ErrorCode.GRANT_MISSING)))
                            .isEmpty();
                }
                if (i == 5) {
                    bus.untilWritten();
                }
            }
            RecordQuery query = bus.recorder.query();
            for (int pass = 0; pass < 2; pass++) {
                assertThat(query.list(Filter.newest(3)))
                        .extracting(ExchangeRecord::id)
                        .containsExactly(
                                passages.get(9).id(),
                                passages.get(8).id(),
                                passages.get(7).id());
                assertThat(query.list(Filter.newest(100).of(Passages.SERVICE))).hasSize(5);
                assertThat(query.list(Filter.newest(100).by(Passages.CONSUMER))).hasSize(5);
                assertThat(query.list(Filter.newest(100).ended(Outcome.REFUSED)))
                        .hasSize(5);
                assertThat(query.list(
                                Filter.newest(100).from(noon.plusSeconds(2)).to(noon.plusSeconds(8))))
                        .hasSize(6);
                assertThat(query.list(
                                Filter.newest(100).correlatedBy(passages.get(4).correlation())))
                        .extracting(ExchangeRecord::id)
                        .containsExactly(passages.get(4).id());
                assertThat(query.find(vn.lgsp.message.ExchangeId.at(0))).isEmpty();
                bus.untilWritten();
            }
        }
    }

    @Test
    void closing_and_opening_again_keeps_everything_and_leaves_no_journal_behind() {
        List<ExchangeRecord> before;
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            for (int i = 0; i < 1_000; i++) {
                exchange(bus, Passages.granted());
            }
            before = bus.recorder.query().list(Filter.newest(1_000));
            assertThat(before).hasSize(1_000);
        }
        assertThat(segments(data)).isEmpty();
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            assertThat(bus.recorder.query().list(Filter.newest(1_000))).isEqualTo(before);
        }
    }

    @Test
    void an_exchange_that_was_open_when_the_bus_stopped_becomes_unknown() {
        Passage passage = Passages.granted();
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            assertThat(bus.open(passage)).isEmpty();
        }
        for (int start = 0; start < 2; start++) {
            try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
                bus.untilWritten();
                assertThat(bus.recorder.query().list(Filter.newest(10)))
                        .singleElement()
                        .satisfies(record -> {
                            assertThat(record.id()).isEqualTo(passage.id());
                            assertThat(record.outcome()).contains(Outcome.UNKNOWN);
                            assertThat(record.closedAt()).isEmpty();
                        });
            }
        }
        assertThat(segments(data)).isEmpty();
    }

    @Test
    void segments_are_given_back_once_the_database_has_them() {
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            for (int i = 0; i < 1_000; i++) {
                exchange(bus, Passages.granted());
            }
            bus.untilWritten();
            await().until(() -> segments(data).size() <= 2);
            assertThat(bus.recorder.query().list(Filter.newest(1_000))).hasSize(1_000);
            assertThat(bus.recorder.metrics().rows()).isEqualTo(1_000);
        }
    }

    @Test
    void an_exchange_that_stays_open_for_long_does_not_hold_its_segment_and_is_not_forgotten() {
        Passage held = Passages.granted(Instant.now().minus(Duration.ofHours(1)), Runnable::run);
        Passage ended = Passages.granted(Instant.now().minus(Duration.ofHours(1)), Runnable::run);
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            assertThat(bus.open(held)).isEmpty();
            assertThat(bus.open(ended)).isEmpty();
            for (int i = 0; i < 500; i++) {
                exchange(bus, Passages.granted());
            }
            await().until(() ->
                    Segment.leftIn(data.resolve("journal")).segments().get(0).number() > 1);
            assertThat(bus.close(Passages.answer(ended))).isEmpty();
            assertThat(bus.recorder.query().find(held.id()))
                    .hasValueSatisfying(open -> assertThat(open.outcome()).isEmpty());
        }
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data))) {
            bus.untilWritten();
            assertThat(bus.recorder.query().find(held.id()).orElseThrow().outcome())
                    .contains(Outcome.UNKNOWN);
            assertThat(bus.recorder.query().find(ended.id()).orElseThrow().outcome())
                    .contains(Outcome.ANSWERED);
        }
    }

    @Test
    void a_database_that_hangs_delays_no_exchange_and_gets_everything_later() throws IOException {
        RecordSettings good = TestRecorder.settings(data);
        try (ServerSocket hangs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + hangs.getLocalPort() + "/lgsp";
            try (TestRecorder bus = new TestRecorder(good, url)) {
                for (int i = 0; i < 500; i++) {
                    exchange(bus, Passages.granted());
                }
                RecordMetrics metrics = bus.recorder.metrics();
                assertThat(metrics.isDatabaseReachable()).isFalse();
                assertThat(metrics.lagEntries()).isEqualTo(500);
                assertThat(bus.recorder.query())
                        .satisfies(query -> assertThatThrownBy(() -> query.list(Filter.newest(1)))
                                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                                        .isEqualTo(ErrorCode.RECORD_UNAVAILABLE)));
            }
        }
        try (TestRecorder bus = new TestRecorder(good)) {
            bus.untilWritten();
            assertThat(bus.recorder.query().list(Filter.newest(1_000))).hasSize(500);
        }
    }

    @Test
    void a_full_journal_refuses_new_exchanges_and_says_so() {
        RecordSettings settings = TestRecorder.with(TestRecorder.settings(data), 64 * 1024, 3 * 64 * 1024);
        try (TestRecorder bus = new TestRecorder(settings, TestRecorder.AWAY)) {
            Passage last = Passages.granted();
            Optional<BusException> refused = bus.open(last);
            while (refused.isEmpty()) {
                last = Passages.granted();
                refused = bus.open(last);
            }
            assertThat(refused.get().code()).isEqualTo(ErrorCode.RECORD_UNAVAILABLE);
            assertThat(last.isOpened()).isFalse();
            assertThat(bus.recorder.metrics().isFull()).isTrue();
            assertThat(bus.recorder.metrics().brokenBecause()).isEmpty();
        }
    }

    @Test
    void a_failed_disk_refuses_floods_too() {
        FaultyDisk disk = new FaultyDisk();
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data), Clock.systemUTC(), disk)) {
            assertThat(bus.open(Passages.granted())).isEmpty();
            disk.syncFails = true;
            for (int i = 0; i < 50; i++) {
                assertThat(bus.close(Passages.refuse(Passages.received(), ErrorCode.CONSUMER_UNKNOWN)))
                        .isPresent();
            }
            assertThat(bus.recorder.metrics().brokenBecause()).isPresent();
        }
    }

    @Test
    void a_segment_damaged_after_it_was_synced_is_kept_for_people_and_the_rest_is_still_read() throws IOException {
        RecordSettings good = TestRecorder.settings(data);
        try (TestRecorder bus = new TestRecorder(good, TestRecorder.AWAY)) {
            for (int i = 0; i < 500; i++) {
                exchange(bus, Passages.granted());
            }
        }
        Path first = segments(data).get(0);
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length / 2] ^= 1;
        Files.write(first, bytes, StandardOpenOption.TRUNCATE_EXISTING);

        try (TestRecorder bus = new TestRecorder(good)) {
            bus.untilWritten();
            assertThat(bus.recorder.query().list(Filter.newest(1_000)).size()).isBetween(400, 499);
            await().until(() -> Files.exists(first.resolveSibling("1.damaged")));
        }
    }

    @Test
    void the_lag_is_how_long_the_oldest_unwritten_record_waits() {
        TestClock clock = new TestClock(Passages.NOON);
        RecordSettings settings = TestRecorder.settings(data);
        DatabaseSettings away = DatabaseSettings.under(data).at(TestRecorder.AWAY);
        try (TestRecorder bus = new TestRecorder(settings, away, clock, Segment.ON_DISK)) {
            RecordMetrics metrics = bus.recorder.metrics();
            assertThat(metrics.lag()).isZero();
            exchange(bus, Passages.granted());
            clock.now = Passages.NOON.plusSeconds(90);
            exchange(bus, Passages.granted());

            await().untilAsserted(
                            () -> assertThat(metrics.lag()).isBetween(Duration.ofSeconds(89), Duration.ofSeconds(91)));
            assertThat(metrics.lagEntries()).isEqualTo(2);
        }
    }

    @Test
    void the_steps_let_the_exchange_go_on_once_it_is_durable_and_fail_it_otherwise() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        try (TestRecorder bus = new TestRecorder(TestRecorder.settings(data), Clock.systemUTC(), disk);
                DefaultCamelContext camel = new DefaultCamelContext()) {
            OpenRecordStep open = new OpenRecordStep(bus.recorder);
            CloseRecordStep close = new CloseRecordStep(bus.recorder);
            Passage passage = Passages.granted();
            Exchange exchange = new DefaultExchange(camel);
            exchange.setProperty(Passage.PROPERTY, passage);

            assertThat(process(open, exchange)).isNull();
            assertThat(passage.isOpened()).isTrue();
            assertThat(passage.stage()).isEqualTo(Stage.RECORD);
            Passages.answer(passage);
            assertThat(process(close, exchange)).isNull();
            assertThat(bus.recorder.query().find(passage.id())).isPresent();

            disk.syncFails = true;
            assertThat(process(close, exchange)).isInstanceOf(BusException.class);
            assertThat(process(open, new DefaultExchange(camel)))
                    .isInstanceOfSatisfying(
                            BusException.class, none -> assertThat(none.code()).isEqualTo(ErrorCode.BUS_FAILED));
        }
    }

    private static Exception process(org.apache.camel.AsyncProcessor step, Exchange exchange) {
        CompletableFuture<Exception> done = new CompletableFuture<>();
        step.process(exchange, sync -> done.complete(exchange.getException()));
        return done.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
    }
}
