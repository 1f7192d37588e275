package vn.lgsp.record;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

class JournalTest {
    private static final int SEGMENT = 64 * 1024;

    private final Path data;

    private final FaultyDisk disk = new FaultyDisk();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor();

    JournalTest(@TempDir Path data) {
        this.data = data;
    }

    @AfterEach
    void stop() {
        disk.hangs.countDown();
        keeper.shutdownNow();
    }

    private Journal journal(int segments) {
        RecordSettings settings = TestRecorder.with(RecordSettings.under(data), SEGMENT, (long) segments * SEGMENT);
        Journal journal = new Journal(settings, disk, keeper);
        journal.start(() -> {});
        return journal;
    }

    private static Entry opened() {
        return new Entry(
                Entry.Kind.OPENED,
                ExchangeRecord.opened(Passages.granted(), Passages.catalogue().now()));
    }

    private static Optional<BusException> begin(Journal journal, Entry entry) {
        return TestRecorder.told(done -> journal.append(Journal.Job.first(entry, Runnable::run, done)));
    }

    private static Optional<BusException> end(Journal journal, Entry entry) {
        return TestRecorder.told(done -> journal.append(Journal.Job.further(entry, Runnable::run, done)));
    }

    private static List<Entry> read(Path folder) throws IOException {
        List<Entry> found = new ArrayList<>();
        for (Segment segment : Segment.leftIn(folder).segments()) {
            try (SegmentReader reader = new SegmentReader(segment, Segment.HEADER)) {
                for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                    found.add(entry.get());
                }
            }
        }
        return found;
    }

    @Test
    void what_was_told_to_be_durable_is_read_back_in_order_over_many_segments() throws IOException {
        List<Entry> written = new ArrayList<>();
        try (Journal journal = journal(100)) {
            for (int i = 0; i < 2_000; i++) {
                Entry entry = opened();
                written.add(entry);
                assertThat(begin(journal, entry)).isEmpty();
            }
            assertThat(journal.entries()).isEqualTo(2_000);
            assertThat(journal.alive().size()).isGreaterThan(5);
        }

        assertThat(read(data.resolve("journal"))).isEqualTo(written);
    }

    @Test
    void a_released_file_is_used_again_and_nothing_of_its_former_life_is_read() throws IOException {
        List<Entry> last = new ArrayList<>();
        try (Journal journal = journal(100)) {
            for (int i = 0; i < 3_000; i++) {
                Entry entry = opened();
                last.add(entry);
                assertThat(begin(journal, entry)).isEmpty();
                while (journal.alive().size() > 2) {
                    journal.release(journal.alive().firstEntry().getValue());
                }
            }
            assertThat(journal.bytes()).isLessThanOrEqualTo(7 * SEGMENT);
        }
        try (Stream<Path> files = Files.list(data.resolve("journal"))) {
            assertThat(files).hasSizeBetween(3, 7);
        }
        List<Entry> found = read(data.resolve("journal"));
        assertThat(found).hasSizeBetween(100, 500).isEqualTo(last.subList(last.size() - found.size(), last.size()));
    }

    @Test
    void a_journal_cut_at_any_byte_keeps_every_entry_before_the_cut(@TempDir Path other) throws IOException {
        List<Entry> written = List.of(opened(), opened(), opened());
        List<Integer> ends = new ArrayList<>();
        Path file;
        try (Journal journal = journal(10)) {
            for (Entry entry : written) {
                assertThat(begin(journal, entry)).isEmpty();
                ends.add((int) journal.alive().firstEntry().getValue().end());
            }
            file = journal.alive().firstEntry().getValue().file();
        }
        byte[] whole = Files.readAllBytes(file);
        Path cut = other.resolve(file.getFileName());
        for (int at = 0; at < ends.get(2); at++) {
            int cutAt = at;
            int before = (int) ends.stream().filter(end -> end <= cutAt).count();
            Files.write(cut, Arrays.copyOf(whole, at));
            assertThat(read(other)).as("cut at %d", at).isEqualTo(written.subList(0, before));
            if (at >= Segment.HEADER) {
                byte[] torn = whole.clone();
                Arrays.fill(torn, at, torn.length, (byte) 0x5a);
                Files.write(cut, torn);
                assertThat(read(other)).as("garbage from %d", at).isEqualTo(written.subList(0, before));
            }
        }
    }

    @Test
    void everybody_of_one_batch_is_told_by_one_wake_up_of_their_event_loop() throws InterruptedException {
        AtomicInteger wakeUps = new AtomicInteger();
        CountDownLatch told = new CountDownLatch(100);
        ExecutorService loop = Executors.newSingleThreadExecutor(work -> new Thread(work, "loop"));
        Executor home = work -> {
            wakeUps.incrementAndGet();
            loop.execute(work);
        };
        try (Journal journal = journal(10)) {
            assertThat(begin(journal, opened())).isEmpty();
            disk.hangs = new CountDownLatch(1);
            journal.append(Journal.Job.unwaited(opened()));
            List<String> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                journal.append(Journal.Job.first(opened(), home, refusal -> {
                    threads.add(Thread.currentThread().getName());
                    told.countDown();
                }));
            }
            assertThat(told.getCount()).isEqualTo(100);
            disk.hangs.countDown();

            assertThat(told.await(10, SECONDS)).isTrue();
            assertThat(threads).containsOnly("loop");
            assertThat(wakeUps.get()).isLessThanOrEqualTo(2);
            assertThat(journal.syncs()).isLessThanOrEqualTo(3);
        } finally {
            loop.shutdown();
        }
    }

    @Test
    void a_listener_that_throws_does_not_keep_the_others_from_hearing() {
        try (Journal journal = journal(10)) {
            disk.hangs = new CountDownLatch(1);
            journal.append(Journal.Job.first(opened(), Runnable::run, refusal -> {
                throw new IllegalStateException("planted");
            }));
            CountDownLatch hang = disk.hangs;
            Optional<BusException> second = TestRecorder.told(done -> {
                journal.append(Journal.Job.first(opened(), Runnable::run, done));
                hang.countDown();
            });
            assertThat(second).isEmpty();
        }
    }

    @Test
    void a_failed_sync_ends_recording_for_good() {
        try (Journal journal = journal(10)) {
            assertThat(begin(journal, opened())).isEmpty();
            disk.syncFails = true;
            assertThat(begin(journal, opened()))
                    .hasValueSatisfying(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.RECORD_UNAVAILABLE));
            disk.syncFails = false;

            assertThat(begin(journal, opened())).isPresent();
            assertThat(end(journal, opened())).isPresent();
            assertThat(journal.isRecording()).isFalse();
            assertThat(journal.brokenBecause())
                    .hasValueSatisfying(why -> assertThat(why).contains("Input/output error"));
        }
    }

    @Test
    void a_hanging_disk_holds_nobody_who_hands_an_entry_in() {
        try (Journal journal = journal(10)) {
            disk.hangs = new CountDownLatch(1);
            AtomicInteger told = new AtomicInteger();
            long before = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                journal.append(Journal.Job.first(opened(), Runnable::run, refusal -> told.incrementAndGet()));
            }

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(told).hasValue(0);
            assertThat(journal.waiting()).isEqualTo(10_000);
            disk.hangs.countDown();
            await().until(() -> told.get() == 10_000 && journal.waiting() == 0);
        }
    }

    @Test
    void a_full_journal_refuses_what_begins_and_lets_end_what_has_begun() throws IOException {
        try (Journal journal = journal(3)) {
            int begun = 0;
            Optional<BusException> refused = Optional.empty();
            while (refused.isEmpty()) {
                refused = begin(journal, opened());
                begun += refused.isEmpty() ? 1 : 0;
            }
            assertThat(refused.get().code()).isEqualTo(ErrorCode.RECORD_UNAVAILABLE);
            assertThat(journal.isFull()).isTrue();
            assertThat(journal.bytes()).isEqualTo(3 * SEGMENT);
            assertThat(begun).isGreaterThan(300);
            for (int i = 0; i < 40; i++) {
                assertThat(end(journal, opened())).isEmpty();
            }
            while (end(journal, opened()).isEmpty()) {
                begun++;
            }

            Segment oldest = journal.alive().firstEntry().getValue();
            journal.release(oldest);
            await().until(() -> !journal.isFull());
            assertThat(begin(journal, opened())).isEmpty();
            assertThat(journal.alive()).doesNotContainValue(oldest);
        }
    }

    @Test
    void a_disk_without_room_for_another_segment_refuses_until_there_is_room() {
        try (Journal journal = journal(100)) {
            assertThat(begin(journal, opened())).isEmpty();
            disk.noRoom = true;
            int begun = 0;
            while (begin(journal, opened()).isEmpty()) {
                begun++;
            }
            assertThat(begun).isBetween(50, 1_000);
            assertThat(journal.isRecording()).isTrue();

            disk.noRoom = false;
            await().until(() -> begin(journal, opened()).isEmpty());
        }
    }

    @Test
    void entries_after_the_end_are_refused() {
        Journal journal = journal(10);
        assertThat(begin(journal, opened())).isEmpty();
        journal.close();

        assertThat(begin(journal, opened())).isPresent();
        assertThat(journal.waiting()).isZero();
    }
}
