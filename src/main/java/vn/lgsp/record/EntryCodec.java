package vn.lgsp.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * The form of an entry in the journal: length, CRC-32C of the segment's seed and of what follows, format version, kind,
 * fields.
 *
 * <p>The seed in the checksum keeps what an earlier use of the same file left behind from being taken for an entry. Text is
 * UTF-8 behind its length; length zero is an absent field. Fields that were added later stand at the end: an entry of an earlier
 * release ends before them, and an earlier release reads past them.
 */
final class EntryCodec {
    /** No entry is longer: every text is limited. */
    static final int LONGEST_ENTRY = 16 * 1024;

    private static final int FRAME = 8;
    private static final byte VERSION = 1;
    private static final long NONE = Long.MIN_VALUE;

    /** The mark that stands in place of an entry where the writer went on to the next segment. */
    static final int MARK = 8;

    private static final int LEFT_IN_ORDER = -1;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(Long.BYTES);

    /** @param segmentSeed of the segment in which the entries stand */
    EntryCodec(long segmentSeed) {
        seed.putLong(0, segmentSeed);
    }

    /** Writes the mark at the buffer's position. */
    void encodeMark(ByteBuffer out) {
        out.putInt(LEFT_IN_ORDER).putInt(crcOf(out, 0, 0));
    }

    /** Whether the mark stands at the buffer's position. */
    boolean isMark(ByteBuffer in) {
        return in.remaining() >= MARK
                && in.getInt(in.position()) == LEFT_IN_ORDER
                && in.getInt(in.position() + Integer.BYTES) == crcOf(in, 0, 0);
    }

    /** Writes {@code entry} at the buffer's position; the buffer has room for {@link #LONGEST_ENTRY}. */
    void encode(Entry entry, ByteBuffer out) {
        int start = out.position();
        out.position(start + FRAME);
        out.put(VERSION).put((byte) entry.kind().code());
        ExchangeRecord exchange = entry.exchange();
        putId(out, exchange.id().value());
        putTime(out, Optional.of(exchange.receivedAt()));
        putTime(out, exchange.closedAt());
        out.putLong(exchange.duration().map(EntryCodec::micros).orElse(NONE));
        out.putShort((short) exchange.status());
        out.putInt(exchange.count());
        out.putShort((short) (int) exchange.service().map(ServiceKey::version).orElse(0));
        putText(out, exchange.service().map(service -> service.id().value()));
        putText(out, Optional.of(exchange.correlation()));
        putText(out, Optional.of(exchange.form()));
        putText(out, exchange.agency().map(AgencyCode::value));
        putText(out, exchange.system().map(SystemId::value));
        putText(out, exchange.account());
        putText(out, exchange.operation());
        putText(out, exchange.grant());
        putText(out, exchange.unit());
        putText(out, exchange.provider().map(SystemId::value));
        putText(out, exchange.providerAgency().map(AgencyCode::value));
        putText(out, exchange.result());
        putText(out, exchange.outcome().map(Outcome::label));
        putText(out, exchange.error());
        putText(out, exchange.partnerCode());
        putText(out, exchange.failedAt());
        putMeasured(out, exchange.request());
        putMeasured(out, exchange.answer());
        putBytes(out, exchange.salt());
        putText(out, exchange.onBehalfOf().map(PartyCode::value));
        int length = out.position() - start - FRAME;
        out.putInt(start, length).putInt(start + 4, crcOf(out, start + FRAME, length));
    }

    /**
     * Reads the entry at the buffer's position and moves behind it.
     *
     * @return empty, with the position unmoved, where no whole entry stands: zeros, a torn write, or the end of the buffer
     * @throws IllegalArgumentException when the entry is whole but of a format that this release does not know
     */
    Optional<Entry> decode(ByteBuffer in) {
        int start = in.position();
        if (in.remaining() < FRAME) {
            return Optional.empty();
        }
        int length = in.getInt(start);
        if (length <= 0 || length > LONGEST_ENTRY - FRAME || length > in.remaining() - FRAME) {
            return Optional.empty();
        }
        if (in.getInt(start + 4) != crcOf(in, start + FRAME, length)) {
            return Optional.empty();
        }
        in.position(start + FRAME);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "journal entry of format " + version + ", this release reads " + VERSION);
        }
        Entry.Kind kind = Entry.Kind.of(in.get());
        ExchangeId id = new ExchangeId(new UUID(in.getLong(), in.getLong()));
        Instant receivedAt = time(in.getLong());
        long closedAt = in.getLong();
        long duration = in.getLong();
        int status = in.getShort();
        int count = in.getInt();
        int serviceVersion = in.getShort();
        Optional<ServiceKey> service = text(in).map(name -> new ServiceKey(new ServiceId(name), serviceVersion));
        int end = start + FRAME + length;
        ExchangeRecord exchange = new ExchangeRecord(
                id,
                text(in).orElse(""),
                receivedAt,
                closedAt == NONE ? Optional.empty() : Optional.of(time(closedAt)),
                duration == NONE
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.multiplyExact(duration, 1_000L))),
                text(in).orElse(""),
                text(in).map(AgencyCode::new),
                text(in).map(SystemId::new),
                text(in),
                service,
                text(in),
                text(in),
                text(in),
                text(in).map(SystemId::new),
                text(in).map(AgencyCode::new),
                status,
                text(in),
                text(in).map(EntryCodec::outcome),
                text(in),
                text(in),
                text(in),
                measured(in),
                measured(in),
                bytes(in),
                count,
                in.position() < end ? text(in).map(PartyCode::new) : Optional.empty());
        in.position(end);
        return Optional.of(new Entry(kind, exchange));
    }

    /** An outcome of a newer release is one that this release does not know. */
    static Outcome outcome(String label) {
        for (Outcome known : Outcome.values()) {
            if (known.label().equals(label.toLowerCase(Locale.ROOT))) {
                return known;
            }
        }
        return Outcome.UNKNOWN;
    }

    private int crcOf(ByteBuffer buffer, int from, int length) {
        crc.reset();
        crc.update(seed.rewind());
        crc.update(buffer.duplicate().position(from).limit(from + length));
        return (int) crc.getValue();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private static void putId(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static void putTime(ByteBuffer out, Optional<Instant> time) {
        out.putLong(time.map(at -> at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000)
                .orElse(NONE));
    }

    private static Instant time(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    private static void putText(ByteBuffer out, Optional<String> text) {
        putBytes(out, text.orElse("").getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> text(ByteBuffer in) {
        byte[] read = bytes(in);
        return read.length == 0 ? Optional.empty() : Optional.of(new String(read, StandardCharsets.UTF_8));
    }

    private static void putMeasured(ByteBuffer out, Optional<Measured> measured) {
        out.putLong(measured.map(Measured::bytes).orElse(NONE));
        measured.ifPresent(body -> putBytes(out, body.digest()));
    }

    private static Optional<Measured> measured(ByteBuffer in) {
        long size = in.getLong();
        return size == NONE ? Optional.empty() : Optional.of(new Measured(size, bytes(in)));
    }

    private static void putBytes(ByteBuffer out, byte[] bytes) {
        out.putShort((short) bytes.length).put(bytes);
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] read = new byte[in.getShort()];
        in.get(read);
        return read;
    }
}
