package vn.lgsp.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** A key ring on a real disk, with clocks that a test moves. */
final class RingFolder {
    static final Duration EPOCH = Duration.ofMinutes(15);
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    final Path home;
    final Path ring;
    private Instant today = NOON;
    private long nanos = Long.MAX_VALUE - 1_000; // the monotonic clock may begin anywhere, and overflow

    RingFolder(Path home) {
        this.home = home;
        this.ring = home.resolve("keyring");
    }

    KeyRing open() {
        return KeyRing.open(ring, home.resolve("data"), EPOCH, Clock.fixed(today, ZoneOffset.UTC), () -> nanos);
    }

    void passes(Duration time) {
        nanos += time.toNanos();
        today = today.plus(time);
    }

    void theClockIsSetBack(Duration time) {
        today = today.minus(time);
    }

    Path file(long epoch) {
        return ring.resolve("epoch-" + epoch + ".key");
    }

    List<String> files() {
        try (Stream<Path> files = Files.list(ring)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
