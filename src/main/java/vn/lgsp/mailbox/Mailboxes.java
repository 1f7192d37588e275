package vn.lgsp.mailbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.database.Database;
import vn.lgsp.edoc.AttachmentSink;
import vn.lgsp.edoc.BusinessType;
import vn.lgsp.edoc.DeduplicationKey;
import vn.lgsp.edoc.Delivery;
import vn.lgsp.edoc.DocumentPacket;
import vn.lgsp.edoc.EdxmlReader;
import vn.lgsp.edoc.Packet;
import vn.lgsp.edoc.StatusPacket;
import vn.lgsp.edoc.TransportState;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Sha256;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/**
 * Takes packets in and keeps each for its receivers until their systems have fetched and confirmed it. Blocks: call it on a worker.
 *
 * <p>What {@link #put} has returned for is on the disk, sealed, whatever dies; the same packet again is known by its keys (wire-formats 2.4).
 *
 * @see "EXT-05, EXT-20"
 */
public final class Mailboxes {
    private static final Duration EXPIRY = Duration.ofMinutes(1);

    private final MailboxRows rows;
    private final Supplier<Optional<Sealer>> sealer;
    private final Catalogue catalogue;
    private final EdxmlReader reader;
    private final Duration life;
    private final Clock clock;
    private final AtomicLong lastExpiry = new AtomicLong();

    /**
     * @param sealer empty while the bus keeps no keys
     * @param life how long content waits for a receiver that does not come
     */
    public Mailboxes(
            Database database,
            Supplier<Optional<Sealer>> sealer,
            Catalogue catalogue,
            EdxmlReader reader,
            Duration life,
            Clock clock) {
        this.rows = new MailboxRows(database);
        this.sealer = sealer;
        this.catalogue = catalogue;
        this.reader = reader;
        this.life = life;
        this.clock = clock;
    }

    /** From where a packet comes. */
    enum Side {
        /** A system of ours sends it: it may do so for its own organisations only. */
        INSIDE,
        /** It was fetched from outside: its receivers are ours. */
        OUTSIDE
    }

    /**
     * A packet that is kept.
     *
     * @param docId under which its sender knows it
     * @param outside receivers that are not ours, with the key of the packet for each
     */
    record Kept(UUID docId, String type, String from, List<Outside> outside) {}

    /** A receiver that is not ours. */
    record Outside(String to, String key) {}

    /**
     * Keeps a packet for those of its receivers that are ours.
     *
     * @param only the receivers to deliver to; empty: those that the packet names
     * @param said what the call says of its sender and its kind; where it says something the packet must say the same
     * @throws BusException {@code message-invalid}, {@code grant-missing} (sender is not the caller's), {@code message-conflict}, {@code
     *     guarantee-unavailable}
     */
    Kept put(SystemId caller, Side side, byte[] packet, Set<String> only, Said said) {
        Snapshot known = catalogue.now();
        Packet read = read(packet);
        String type = read instanceof DocumentPacket ? "edoc" : "status";
        String from = read.from().id().key();
        if (said.type().filter(one -> !one.equals(type)).isPresent()
                || said.from()
                        .filter(one -> !one.toUpperCase(Locale.ROOT).equals(from))
                        .isPresent()) {
            throw refused(
                    AxisCode.BAD_FORMAT, "the packet has another sender, or is of another kind, than the call says");
        }
        if (side == Side.INSIDE && !known.systemOfOrgan(from).equals(Optional.of(caller))) {
            throw new BusException(
                    ErrorCode.GRANT_MISSING,
                    "system " + caller
                            + " does not send for the organisation in From: the registry says for which it does",
                    Integer.toString(AxisCode.SENDER_UNKNOWN),
                    null);
        }
        String digest = Sha256.hex(packet);
        UUID id = ExchangeId.at(clock.millis()).value();
        List<MailboxRows.Slip> slips = new ArrayList<>();
        List<Outside> outside = new ArrayList<>();
        List<Outside> named = receivers(read, digest);
        // the axis may write a receiver in another notation than the packet does: then all of ours count, each once by
        // its key
        boolean chosen = named.stream().anyMatch(receiver -> only.contains(receiver.to()))
                || (side == Side.INSIDE && !only.isEmpty());
        for (Outside receiver : named) {
            if (chosen && !only.contains(receiver.to())) {
                continue;
            }
            boolean ours = known.systemOfOrgan(receiver.to()).isPresent();
            if (!ours && side == Side.OUTSIDE) {
                continue;
            }
            slips.add(
                    new MailboxRows.Slip(ExchangeId.at(clock.millis()).value(), receiver.to(), receiver.key(), !ours));
            if (!ours) {
                outside.add(receiver);
            }
        }
        if (slips.isEmpty()) {
            throw refused(AxisCode.RECEIVER_UNKNOWN, "the packet has no receiver that could get it");
        }
        Optional<Sealed> sealed = slips.size() > outside.size()
                ? Optional.of(sealer().seal(new ExchangeId(id), packet))
                : Optional.empty();
        UUID docId = ask(() -> {
            Instant now = clock.instant();
            expire(now);
            return rows.put(
                    new MailboxRows.Arriving(id, caller.value(), type, from, packet.length, digest, slips, sealed),
                    now);
        });
        return new Kept(docId, type, from, outside);
    }

    /** Now and then is enough: each time is a commit. */
    private void expire(Instant now) throws SQLException, MailboxRows.Conflict {
        long last = lastExpiry.get();
        long time = now.toEpochMilli();
        if (Math.abs(time - last) >= EXPIRY.toMillis() && lastExpiry.compareAndSet(last, time)) {
            rows.expire(now.minus(life), now);
        }
    }

    /** What a call says beside its packet. */
    record Said(Optional<String> from, Optional<String> type) {}

    private static List<Outside> receivers(Packet packet, String digest) {
        List<Outside> found = new ArrayList<>();
        if (packet instanceof DocumentPacket document) {
            for (Delivery delivery : document.deliveries()) {
                String key = delivery.key().text();
                // a document may be updated twice: only a new one is known by its name, and that is its sender's
                found.add(new Outside(
                        delivery.receiver().id().key(),
                        Sha256.hex(key
                                + (document.businessType() == BusinessType.NEW
                                        ? document.from().id().key()
                                        : digest))));
            }
        } else if (packet instanceof StatusPacket status) {
            found.add(new Outside(status.to().key(), DeduplicationKey.of(status).text()));
        }
        return found;
    }

    private Packet read(byte[] packet) {
        try {
            return reader.read("packet", new ByteArrayInputStream(packet), AttachmentSink.NOWHERE)
                    .packet();
        } catch (Refused wrong) {
            String reasons = wrong.findings().stream()
                    .map(Finding::rule)
                    .map(rule -> rule.id())
                    .distinct()
                    .limit(5)
                    .collect(Collectors.joining(", "));
            throw refused(AxisCode.BAD_FORMAT, "the packet is not edXML as it has to be: " + reasons);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What waits for the organisations of this system. */
    List<MailboxRows.Entry> waiting(SystemId caller, String type, int limit) {
        return ask(() -> {
            Instant now = clock.instant();
            expire(now);
            return rows.waiting(organs(caller), type, limit);
        });
    }

    long count(SystemId caller, String type) {
        return ask(() -> rows.count(organs(caller), type));
    }

    /**
     * A packet that waits, or waited, for an organisation of this system.
     *
     * @throws BusException {@code record-not-found}, also when its content is destroyed by now
     */
    Fetched fetch(SystemId caller, String docId) {
        UUID id = id(docId);
        MailboxRows.Entry entry = ask(() -> rows.find(id, organs(caller))).orElseThrow(Mailboxes::unknown);
        Sealed sealed = ask(() -> rows.content(entry.packet())).orElseThrow(Mailboxes::unknown);
        return new Fetched(entry, sealer().open(new ExchangeId(entry.packet()), sealed));
    }

    /** A packet in clear. */
    record Fetched(
            MailboxRows.Entry entry,
            @SuppressWarnings("ArrayRecordComponent") byte[] packet) {}

    /**
     * Notes what the receiver tells.
     *
     * @throws BusException {@code record-not-found}, or {@code message-invalid} when the state may not follow
     */
    TransportState update(SystemId caller, String docId, String word) {
        UUID id = id(docId);
        TransportState told = TransportState.of(word)
                .orElseThrow(() -> refused(AxisCode.PROCESSING, "a status is processing, done or fail"));
        try {
            return ask(() -> rows.update(id, organs(caller), told, clock.instant()))
                    .orElseThrow(Mailboxes::unknown);
        } catch (Invalid order) {
            throw refused(AxisCode.PROCESSING, "this status may not follow the one before");
        }
    }

    /** What became of a packet that this system has sent. */
    List<MailboxRows.Entry> sent(SystemId caller, String docId) {
        UUID id = id(docId);
        return ask(() -> rows.sent(id, caller.value()));
    }

    private Collection<String> organs(SystemId caller) {
        return catalogue
                .now()
                .system(caller)
                .map(InformationSystem::organs)
                .<Collection<String>>map(TreeSet::new)
                .orElse(List.of());
    }

    private Sealer sealer() {
        return sealer.get()
                .orElseThrow(() -> new BusException(
                        ErrorCode.GUARANTEE_UNAVAILABLE,
                        "the bus keeps no keys, for none of its services is guaranteed: packets cannot be sealed"));
    }

    private static UUID id(String docId) {
        try {
            return UUID.fromString(docId);
        } catch (IllegalArgumentException none) {
            throw unknown();
        }
    }

    private static BusException unknown() {
        return new BusException(
                ErrorCode.RECORD_NOT_FOUND,
                "no document with this id waits for the caller",
                Integer.toString(AxisCode.PROCESSING),
                null);
    }

    private static BusException refused(int code, String what) {
        return new BusException(ErrorCode.MESSAGE_INVALID, what, Integer.toString(code), null);
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException, MailboxRows.Conflict;
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.ask();
        } catch (MailboxRows.Conflict other) {
            throw new BusException(
                    ErrorCode.MESSAGE_CONFLICT,
                    "another packet was taken before under the document id of this one",
                    Integer.toString(AxisCode.INVALID_FILE),
                    other);
        } catch (SQLException away) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE,
                    "the database does not answer: try again",
                    Integer.toString(AxisCode.PLATFORM),
                    away);
        }
    }
}
