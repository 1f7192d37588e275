package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.ContentSeal;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.seal.KeyRing;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/**
 * The seal of messages that wait at the broker, under a key ring of their own: the folder {@code door} in that of guaranteed delivery.
 * The ring is opened when the first message needs it.
 */
final class DoorSeal implements ContentSeal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DoorSeal.class);
    private static final int HEAD = 2 * Long.BYTES + Integer.BYTES;

    private final Path folder;
    private final Path data;
    private final Duration epoch;
    private final Clock clock;
    private Optional<KeyRing> ring = Optional.empty();
    private SortedSet<Long> lost = new TreeSet<>();
    private boolean closed;

    /** @param keyRing of guaranteed delivery */
    DoorSeal(Path keyRing, Path data, Duration epoch, Clock clock) {
        this.folder = keyRing.resolve("door");
        this.data = data;
        this.epoch = epoch;
        this.clock = clock;
    }

    private synchronized KeyRing ring() {
        if (closed) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the bus is stopping: send the message again later");
        }
        if (ring.isEmpty()) {
            Path parent = folder.toAbsolutePath().resolveSibling("");
            try {
                if (!Files.isDirectory(parent)) {
                    Files.createDirectories(parent.resolveSibling(""));
                    Files.createDirectory(
                            parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
                ring = Optional.of(KeyRing.open(folder, data, epoch, clock));
            } catch (IOException | UncheckedIOException | IllegalStateException unusable) {
                throw new BusException(
                        ErrorCode.GUARANTEE_UNAVAILABLE,
                        "the key ring cannot be used, so nothing is kept: its operators must mend it",
                        unusable);
            }
        }
        return ring.get();
    }

    @Override
    public Closed close(byte[] plain) {
        ExchangeId id = ExchangeId.at(clock.millis());
        Sealed sealed = new Sealer(ring()).seal(id, plain);
        ByteBuffer all = ByteBuffer.allocate(HEAD + sealed.wrappedKey().length + sealed.content().length);
        all.putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits())
                .putInt(sealed.wrappedKey().length)
                .put(sealed.wrappedKey())
                .put(sealed.content());
        return new Closed(sealed.epoch(), all.array());
    }

    @Override
    public byte[] open(Closed message) {
        ByteBuffer all = ByteBuffer.wrap(message.content());
        int length = all.remaining() < HEAD ? -1 : all.getInt(HEAD - Integer.BYTES);
        if (length < 0 || length > all.remaining() - HEAD) {
            throw new BusException(ErrorCode.INTEGRITY_BROKEN, "the sealed message was altered");
        }
        ExchangeId id = new ExchangeId(new UUID(all.getLong(), all.getLong()));
        all.getInt();
        byte[] key = new byte[length];
        all.get(key);
        byte[] content = new byte[all.remaining()];
        all.get(content);
        return new Sealer(ring()).open(id, new Sealed(Sealer.FORMAT, message.epoch(), key, content));
    }

    @Override
    public synchronized void keep(Set<Long> epochs) {
        if (closed) {
            return;
        }
        SortedSet<Long> missing = epochs.isEmpty() ? new TreeSet<>() : ring().missing(epochs);
        if (!missing.equals(lost)) {
            lost = missing;
            problem().ifPresent(what -> LOG.atError()
                    .addKeyValue("event", "door.keys-lost")
                    .addKeyValue("epochs", missing)
                    .log(what));
        }
        ring.ifPresent(open -> open.destroyUnused(epochs));
    }

    /** Why messages that wait at the broker cannot be opened, and what helps; empty while all of them can. */
    synchronized Optional<String> problem() {
        return lost.isEmpty()
                ? Optional.empty()
                : Optional.of("the key ring " + folder + " has lost the keys of epochs " + lost
                        + ", and messages that wait at doors were sealed with them: put the folder back, and restart;"
                        + " without it nobody can open those messages");
    }

    @Override
    public synchronized void close() {
        closed = true;
        ring.ifPresent(KeyRing::close);
        ring = Optional.empty();
    }
}
