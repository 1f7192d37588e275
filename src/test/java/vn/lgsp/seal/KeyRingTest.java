package vn.lgsp.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;

class KeyRingTest {
    private static final ExchangeId EXCHANGE = ExchangeId.at(0);

    @TempDir
    private Path home;

    private RingFolder folder;

    @BeforeEach
    void place() {
        folder = new RingFolder(home);
    }

    @Test
    void the_folder_and_its_files_are_for_their_owner_only() throws IOException {
        try (KeyRing ring = folder.open()) {
            long epoch = ring.current();

            assertThat(permissions(folder.ring)).isEqualTo("rwx------");
            assertThat(permissions(folder.file(epoch))).isEqualTo("rw-------");
            assertThat(folder.files()).containsExactly("epoch-" + epoch + ".key", "lock");
        }
    }

    @Test
    void a_folder_inside_the_data_folder_is_refused_by_links_and_dots_too() throws IOException {
        Path data = Files.createDirectory(home.resolve("data"));
        Path link = Files.createSymbolicLink(home.resolve("elsewhere"), data);

        for (Path inside :
                List.of(data, data.resolve("keys"), home.resolve("x/../data/keys"), link.resolve("deep/keys"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyRing.open(inside, data, RingFolder.EPOCH, Clock.systemUTC()))
                    .withMessageContaining("lgsp.guarantee.key-ring is " + inside)
                    .withMessageContaining("name a folder outside it");
        }
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void an_epoch_of_other_than_one_to_fifteen_minutes_is_refused() {
        for (Duration length : List.of(
                Duration.ofMinutes(1).minusMillis(1), Duration.ofMinutes(15).plusMillis(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyRing.open(folder.ring, home.resolve("data"), length, Clock.systemUTC()))
                    .withMessageContaining("lgsp.guarantee.epoch")
                    .withMessageContaining("60s to 900s");
        }
    }

    @Test
    void an_epoch_lasts_its_length_and_the_next_has_a_higher_number() {
        try (KeyRing ring = folder.open()) {
            long first = ring.current();
            folder.passes(RingFolder.EPOCH.minusNanos(1));
            assertThat(ring.current()).isEqualTo(first);
            folder.passes(Duration.ofNanos(1));
            assertThat(ring.current()).isGreaterThan(first);
            assertThat(ring.has(first)).isTrue();
        }
    }

    @Test
    void a_clock_that_is_set_back_neither_lengthens_an_epoch_nor_brings_a_number_back() {
        long first;
        long second;
        try (KeyRing ring = folder.open()) {
            first = ring.current();
            folder.theClockIsSetBack(Duration.ofDays(1));
            assertThat(ring.current()).isEqualTo(first);
            folder.passes(RingFolder.EPOCH);
            second = ring.current();
        }
        folder.theClockIsSetBack(Duration.ofDays(1));
        try (KeyRing ring = folder.open()) {
            assertThat(List.of(first, second, ring.current())).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void after_a_restart_the_keys_are_there_and_a_new_epoch_begins() {
        long before;
        Sealed sealed;
        try (KeyRing ring = folder.open()) {
            sealed = new Sealer(ring).seal(EXCHANGE, new byte[] {1, 2, 3});
            before = ring.current();
        }
        try (KeyRing ring = folder.open()) {
            assertThat(ring.missing(Set.of(before))).isEmpty();
            assertThat(ring.current()).isGreaterThan(before);
            assertThat(new Sealer(ring).open(EXCHANGE, sealed)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void keys_that_are_lost_are_named_and_their_numbers_are_not_given_again() throws IOException {
        long lost;
        try (KeyRing ring = folder.open()) {
            lost = ring.current();
        }
        Files.delete(folder.file(lost));
        folder.passes(Duration.ofMillis(1));
        try (KeyRing ring = folder.open()) {
            long now = ring.current();

            assertThat(ring.has(lost)).isFalse();
            assertThat(ring.missing(Set.of(lost, now, 7L))).containsExactly(7L, lost);
        }
    }

    @Test
    void only_keys_that_are_not_in_use_nor_of_the_current_and_the_previous_epoch_are_destroyed() {
        List<Long> epochs = new ArrayList<>();
        try (KeyRing ring = folder.open()) {
            for (int i = 0; i < 5; i++) {
                epochs.add(ring.current());
                folder.passes(RingFolder.EPOCH);
            }
            assertThat(ring.destroyUnused(Set.of(epochs.get(1)))).containsExactly(epochs.get(0), epochs.get(2));
            assertThat(ring.destroyUnused(Set.of(epochs.get(1)))).isEmpty();
            assertThat(ring.missing(Set.copyOf(epochs))).containsExactly(epochs.get(0), epochs.get(2));
        }
        assertThat(folder.files())
                .containsExactly(
                        "epoch-" + epochs.get(1) + ".key",
                        "epoch-" + epochs.get(3) + ".key",
                        "epoch-" + epochs.get(4) + ".key",
                        "lock");
    }

    @Test
    void what_a_kill_before_the_rename_left_is_deleted_and_everything_else_is_left_alone() throws IOException {
        long known;
        try (KeyRing ring = folder.open()) {
            known = ring.current();
        }
        Files.write(folder.ring.resolve("epoch-" + (known + 1) + ".key.new"), new byte[40]);
        Files.copy(folder.file(known), folder.ring.resolve("epoch-" + (known + 2) + ".key.new"));
        Files.createDirectory(folder.ring.resolve("lost+found"));

        try (KeyRing ring = folder.open()) {
            assertThat(folder.files()).containsExactly("epoch-" + known + ".key", "lock", "lost+found");
            assertThat(ring.has(known)).isTrue();
            assertThat(ring.has(known + 2)).isFalse();
        }
    }

    @Test
    void a_ring_or_a_key_that_others_may_read_is_refused() throws IOException {
        long epoch;
        try (KeyRing ring = folder.open()) {
            epoch = ring.current();
        }
        Files.setPosixFilePermissions(folder.file(epoch), PosixFilePermissions.fromString("rw-r-----"));
        refused("others than the owner have rights at " + folder.file(epoch), "chmod 600 " + folder.file(epoch));

        Files.setPosixFilePermissions(folder.ring, PosixFilePermissions.fromString("rwx-----x"));
        refused("others than the owner have rights at " + folder.ring, "chmod 700 " + folder.ring);
    }

    @Test
    void a_key_file_with_any_bit_altered_is_refused_by_name_and_its_key_is_not_shown() throws IOException {
        Path file = oneKeyFile();
        byte[] good = Files.readAllBytes(file);
        String key = HexFormat.of().formatHex(good, 28, 60);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            boolean inVersion = at >= 8 && at < 12;
            refused("the key file " + file, inVersion ? "start the release" : "put the file back as it was");
            assertThatThrownBy(folder::open).hasMessageNotContainingAny(key.substring(0, 32), key.substring(32));
        }
        Files.write(file, good);
        folder.open().close();
    }

    @Test
    void a_key_file_that_is_cut_or_too_long_or_renamed_is_refused() throws IOException {
        Path file = oneKeyFile();
        byte[] good = Files.readAllBytes(file);
        for (int length : new int[] {0, 5, 11, 12, good.length - 1, good.length + 1}) {
            Files.write(file, Arrays.copyOf(good, length));
            refused("the key file " + file, "put the file back as it was");
        }
        Files.delete(file);
        Path renamed = Files.write(folder.file(5), good);
        Files.setPosixFilePermissions(renamed, PosixFilePermissions.fromString("rw-------"));
        refused("the key file " + renamed, "so it was renamed");
    }

    @Test
    void two_instances_do_not_share_a_ring() {
        try (KeyRing held = folder.open()) {
            assertThat(held.current()).isPositive();
            refused("the key ring " + folder.ring + " is in use by another instance", "a ring of its own");
        }
        folder.open().close();
    }

    @Test
    void nothing_is_sealed_when_the_key_of_a_new_epoch_cannot_be_stored_and_it_resumes_by_itself() throws IOException {
        try (KeyRing ring = folder.open()) {
            long first = ring.current();
            folder.passes(RingFolder.EPOCH);
            Path away = Files.move(folder.ring, home.resolve("away"));

            assertThatExceptionOfType(BusException.class)
                    .isThrownBy(() -> new Sealer(ring).seal(EXCHANGE, new byte[1]))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE))
                    .withMessageNotContaining(home.toString());

            Files.move(away, folder.ring);
            assertThat(new Sealer(ring).seal(EXCHANGE, new byte[1]).epoch()).isGreaterThan(first);
        }
    }

    @Test
    void threads_that_meet_at_the_end_of_an_epoch_begin_one_new_epoch() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (KeyRing ring = folder.open()) {
            for (int round = 0; round < 20; round++) {
                folder.passes(RingFolder.EPOCH);
                Set<Long> seen = new HashSet<>();
                for (Future<Long> epoch : threads.invokeAll(Collections.nCopies(8, (Callable<Long>) ring::current))) {
                    seen.add(epoch.get());
                }
                assertThat(seen).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_closed_ring_seals_and_opens_nothing() {
        KeyRing ring = folder.open();
        Sealer sealer = new Sealer(ring);
        Sealed sealed = sealer.seal(EXCHANGE, new byte[1]);
        ring.close();

        assertThatExceptionOfType(BusException.class).isThrownBy(() -> sealer.seal(EXCHANGE, new byte[1]));
        assertThatExceptionOfType(BusException.class).isThrownBy(() -> sealer.open(EXCHANGE, sealed));
        assertThat(folder.files()).containsExactly("epoch-" + sealed.epoch() + ".key", "lock");
    }

    private Path oneKeyFile() {
        try (KeyRing ring = folder.open()) {
            return folder.file(ring.current());
        }
    }

    private void refused(String thing, String remedy) {
        assertThatIllegalStateException()
                .isThrownBy(() -> folder.open().close())
                .withMessageContaining(thing)
                .withMessageContaining(remedy)
                .withMessageNotContaining("\n");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
