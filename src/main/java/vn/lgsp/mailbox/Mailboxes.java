package vn.lgsp.mailbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.database.Database;
import vn.lgsp.edoc.AttachmentSink;
import vn.lgsp.edoc.BusinessType;
import vn.lgsp.edoc.DeduplicationKey;
import vn.lgsp.edoc.Delivery;
import vn.lgsp.edoc.DocumentPacket;
import vn.lgsp.edoc.EdxmlReader;
import vn.lgsp.edoc.EdxmlTime;
import vn.lgsp.edoc.EdxmlWriter;
import vn.lgsp.edoc.Organ;
import vn.lgsp.edoc.OrganCodes;
import vn.lgsp.edoc.OrganId;
import vn.lgsp.edoc.Packet;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.edoc.ResponseFor;
import vn.lgsp.edoc.StatusCode;
import vn.lgsp.edoc.StatusPacket;
import vn.lgsp.edoc.TransportState;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.hold.Holding;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.message.Content;
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
    private static final int NAMED = 5;
    private static final Duration EXPIRY = Duration.ofMinutes(1);
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    private final MailboxRows rows;
    private final Supplier<Optional<Sealer>> sealer;
    private final Catalogue catalogue;
    private final EdxmlReader reader;
    private final PartnerCodes codes;
    private final Function<ExchangeId, Optional<TransportState>> handed;
    private final SealedParts parts;
    private final Holding holding;
    private final Duration life;
    private final Clock clock;
    private final AtomicLong lastExpiry = new AtomicLong();
    private final Agencies agencies;

    /**
     * @param sealer empty while the bus keeps no keys
     * @param codes in which each of our systems reads organisation codes
     * @param handed how a packet stands that an exchange of this bus has taken to hand on
     * @param life how long content waits for a receiver that does not come
     * @param agencies whose each organisation is
     * @param parts where content lies that is too large to be one piece
     * @param holding where it is while it is changed
     */
    public Mailboxes(
            Database database,
            Supplier<Optional<Sealer>> sealer,
            Catalogue catalogue,
            EdxmlReader reader,
            PartnerCodes codes,
            Function<ExchangeId, Optional<TransportState>> handed,
            Duration life,
            Agencies agencies,
            SealedParts parts,
            Holding holding,
            Clock clock) {
        this.rows = new MailboxRows(database);
        this.sealer = sealer;
        this.catalogue = catalogue;
        this.reader = reader;
        this.codes = codes;
        this.handed = handed;
        this.life = life;
        this.agencies = agencies;
        this.parts = parts;
        this.holding = holding;
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

    /** A receiver that is not ours, or several with commas between. */
    record Outside(String to, String key) {}

    /**
     * How a packet is kept.
     *
     * @param together whether all receivers outside are one to hand on to
     * @param held whether its receivers see it only when all that goes outside was {@link #handedOn handed on}
     */
    record Manner(boolean together, boolean held) {
        static final Manner PLAIN = new Manner(false, false);
    }

    /**
     * Keeps a packet for those of its receivers that are ours.
     *
     * @param only the receivers to deliver to; empty: those that the packet names
     * @param said what the call says of its sender and its kind; where it says something the packet must say the same
     * @throws BusException {@code message-invalid}, {@code grant-missing} (sender is not the caller's), {@code message-conflict}, {@code
     *     guarantee-unavailable}
     */
    Kept put(SystemId caller, Side side, Content packet, Set<String> only, Said said, Manner manner) {
        Function<String, Optional<SystemId>> owners = agencies.owners(catalogue.now());
        Packet read = read(packet);
        String type = type(read);
        String from = read.from().id().key();
        asSaid(read, said);
        if (side == Side.INSIDE) {
            ofCaller(caller, read, owners);
        }
        String digest = HexFormat.of().formatHex(packet.sha256());
        UUID id = ExchangeId.at(clock.millis()).value();
        List<Outside> inside = new ArrayList<>();
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
            if (owners.apply(receiver.to()).isPresent()) {
                inside.add(receiver);
            } else if (side == Side.INSIDE) {
                outside.add(receiver);
            }
        }
        List<Outside> handsOn = manner.together() && outside.size() > 1 ? List.of(together(outside)) : outside;
        List<MailboxRows.Slip> slips = new ArrayList<>();
        inside.forEach(receiver -> slips.add(slip(receiver, Optional.empty())));
        outside.forEach(receiver -> slips.add(slip(
                receiver,
                Optional.of(
                        handsOn.size() == outside.size()
                                ? receiver.key()
                                : handsOn.get(0).key()))));
        if (slips.isEmpty()) {
            throw refused(AxisCode.RECEIVER_UNKNOWN, "the packet has no receiver that could get it");
        }
        Optional<Sealed> sealed =
                slips.size() > outside.size() ? Optional.of(sealed(new ExchangeId(id), packet)) : Optional.empty();
        try {
            UUID docId = ask(() -> {
                Instant now = clock.instant();
                expire(now);
                return rows.put(
                        new MailboxRows.Arriving(
                                id,
                                caller.value(),
                                type,
                                from,
                                packet.length(),
                                digest,
                                slips,
                                sealed,
                                manner.held(),
                                reported(read)),
                        now);
            });
            return new Kept(docId, type, from, handsOn);
        } finally {
            if (!packet.isInMemory()) {
                parts.forget(new ExchangeId(id)); // those of a packet that was known, or refused
            }
        }
    }

    private Sealed sealed(ExchangeId id, Content packet) {
        return packet.isInMemory() ? sealer().seal(id, packet.bytes()) : parts.keep(sealer(), id, packet);
    }

    /**
     * Looks at a packet that a system sends to receivers outside, and keeps nothing: the sender is one of its own organisations, and the
     * receivers are among those that the packet names.
     *
     * @throws BusException {@code message-invalid}, {@code grant-missing} (sender is not the caller's)
     */
    void check(SystemId caller, Content packet, Said said, Set<String> to) {
        Packet read = read(packet);
        asSaid(read, said);
        ofCaller(caller, read, agencies.owners(catalogue.now()));
        Set<String> named = receivers(read, "").stream().map(Outside::to).collect(Collectors.toSet());
        if (to.isEmpty() || !named.containsAll(to)) {
            throw refused(
                    AxisCode.RECEIVER_UNKNOWN, "the call is for no receiver, or for one that the packet does not name");
        }
    }

    private static String type(Packet read) {
        return read instanceof DocumentPacket ? "edoc" : "status";
    }

    private static void asSaid(Packet read, Said said) {
        String from = read.from().id().key();
        if (said.type().filter(one -> !one.equals(type(read))).isPresent()
                || said.from()
                        .filter(one -> !one.toUpperCase(Locale.ROOT).equals(from))
                        .isPresent()) {
            throw refused(
                    AxisCode.BAD_FORMAT, "the packet has another sender, or is of another kind, than the call says");
        }
    }

    private static void ofCaller(SystemId caller, Packet read, Function<String, Optional<SystemId>> owners) {
        if (!owners.apply(read.from().id().key()).equals(Optional.of(caller))) {
            throw new BusException(
                    ErrorCode.GRANT_MISSING,
                    "system " + caller
                            + " does not send for the organisation in From: the registry says for which it does",
                    Integer.toString(AxisCode.SENDER_UNKNOWN),
                    null);
        }
    }

    private MailboxRows.Slip slip(Outside receiver, Optional<String> handedKey) {
        return new MailboxRows.Slip(ExchangeId.at(clock.millis()).value(), receiver.to(), receiver.key(), handedKey);
    }

    private static Outside together(List<Outside> all) {
        return new Outside(
                all.stream().map(Outside::to).collect(Collectors.joining(",")),
                Sha256.hex(all.stream().map(Outside::key).sorted().collect(Collectors.joining())));
    }

    /** The new document that its receiver reports on; whoever can report has it. */
    private static Optional<String> reported(Packet packet) {
        return packet instanceof StatusPacket status && !status.code().isOfSender()
                ? Optional.of(newDocument(
                        DeduplicationKey.of(status.documentId(), status.from().id(), BusinessType.NEW), status.to()))
                : Optional.empty();
    }

    /** A document of another sender may have the same id. */
    private static String newDocument(DeduplicationKey key, OrganId sender) {
        return Sha256.hex(key.text() + sender.key());
    }

    /**
     * Notes that an exchange of this bus has taken on what goes outside under this key.
     *
     * @throws BusException {@code message-conflict} when the packet is not kept any more
     */
    void handedOn(String key, ExchangeId exchange) {
        ask(() -> {
            rows.handedOn(key, exchange.value(), clock.instant());
            return key;
        });
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
                // a document may be updated twice: only a new one is known by its name, and that is its sender's
                found.add(new Outside(
                        delivery.receiver().id().key(),
                        document.businessType() == BusinessType.NEW
                                ? newDocument(delivery.key(), document.from().id())
                                : Sha256.hex(delivery.key().text() + digest)));
            }
        } else if (packet instanceof StatusPacket status) {
            found.add(new Outside(status.to().key(), DeduplicationKey.of(status).text()));
        }
        return found;
    }

    private Packet read(Content packet) {
        try (InputStream from = packet.open()) {
            return reader.read("packet", from, AttachmentSink.NOWHERE).packet();
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

    /**
     * What waits for the organisations of this system.
     *
     * @param days on which it has come, here in the city
     */
    List<MailboxRows.Entry> waiting(SystemId caller, String type, Days days, int limit) {
        return ask(() -> {
            Instant now = clock.instant();
            expire(now);
            return rows.waiting(organs(caller), type, days, limit);
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
        Fetched found = open(caller, docId);
        return new Fetched(found.entry(), coded(caller, found.packet()));
    }

    private Content coded(SystemId caller, Content packet) {
        if (packet.isInMemory()) {
            return Content.of(codes.packet(caller, packet.bytes()));
        }
        return codes.writesFor(caller)
                ? holding.copy(to -> {
                    try (InputStream from = packet.open()) {
                        codes.packet(caller, from, to);
                    }
                })
                : packet;
    }

    private Fetched open(SystemId caller, String docId) {
        UUID id = id(docId);
        MailboxRows.Entry entry = ask(() -> rows.find(id, organs(caller))).orElseThrow(Mailboxes::unknown);
        Sealed sealed = ask(() -> rows.content(entry.packet())).orElseThrow(Mailboxes::unknown);
        ExchangeId owner = new ExchangeId(entry.packet());
        return new Fetched(
                entry,
                sealed.format() == Sealer.IN_PARTS
                        ? parts.open(sealer(), owner, sealed)
                        : Content.of(sealer().open(owner, sealed)));
    }

    /** What a packet says of itself, and its attachments; they may be held outside memory. */
    PacketShown shown(Content packet) {
        return PacketShown.of(packet, reader, holding);
    }

    /** The organisations that the bus knows by its table of codes, in both notations. */
    List<OrganCodes.Organisation> agencies() {
        return agencies.organisations();
    }

    /** What document systems do with organisations. */
    AgencyTasks tasks() {
        return new AgencyTasks(agencies);
    }

    /** A code of an organisation as this system reads it. */
    String code(SystemId caller, String code) {
        return codes.code(caller, code);
    }

    /** A packet in clear; one that lies in parts is opened while it is read. */
    record Fetched(MailboxRows.Entry entry, Content packet) {}

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
            TransportState next = ask(() -> rows.update(id, organs(caller), told, clock.instant()))
                    .orElseThrow(Mailboxes::unknown);
            if (next == TransportState.DONE) {
                ask(() -> rows.find(id, organs(caller)))
                        .ifPresent(entry -> parts.forget(new ExchangeId(entry.packet())));
            }
            return next;
        } catch (Invalid order) {
            throw refused(AxisCode.PROCESSING, "this status may not follow the one before");
        }
    }

    /**
     * The report that a receiver asks for by telling a business code of a document instead of a state; empty when it has told this code
     * before.
     *
     * @throws BusException {@code record-not-found}, also when the content is destroyed by now; {@code message-invalid} for a report
     */
    Optional<byte[]> report(SystemId caller, String docId, StatusCode code) {
        Fetched fetched = open(caller, docId);
        if (!(read(fetched.packet()) instanceof DocumentPacket document)) {
            throw refused(AxisCode.PROCESSING, "a code of two digits is told of a document, not of a report");
        }
        if (fetched.entry().business().equals(code.code())) {
            return Optional.empty();
        }
        Organ receiver = document.to().stream()
                .filter(organ -> organ.id().key().equals(fetched.entry().receiver()))
                .findFirst()
                .orElseGet(() -> Organ.of(fetched.entry().receiver(), "", ""));
        StatusPacket report = new StatusPacket(
                receiver,
                new ResponseFor(
                        Optional.of(document.from().id()),
                        document.code().number() + "/" + document.code().notation(),
                        document.promulgation().date(),
                        document.documentId()),
                Optional.empty(),
                code,
                "",
                EdxmlTime.text(LocalDateTime.ofInstant(clock.instant(), CITY)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            EdxmlWriter.write(report, bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Optional.of(bytes.toByteArray());
    }

    /** Notes the business code whose report is on its way. */
    void told(String docId, StatusCode code) {
        UUID id = id(docId);
        ask(() -> {
            rows.told(id, code.code(), clock.instant());
            return id;
        });
    }

    /**
     * What became of a packet for one receiver.
     *
     * @param sent how far it came to the receiver's mailbox, or to the axis
     * @param received what the receiver has told
     */
    record Sent(MailboxRows.Entry entry, TransportState sent, TransportState received) {}

    /** What became of a packet that this system has sent. */
    List<Sent> sent(SystemId caller, String docId) {
        UUID id = id(docId);
        return ask(() -> rows.sent(id, caller.value())).stream().map(this::sent).toList();
    }

    private Sent sent(MailboxRows.Entry entry) {
        if (!entry.outside()) {
            return new Sent(entry, TransportState.DONE, entry.state());
        }
        TransportState sent = entry.handed()
                .flatMap(exchange -> handed.apply(new ExchangeId(exchange)))
                .orElse(TransportState.PROCESSING);
        return entry.state() == TransportState.DONE
                ? new Sent(entry, TransportState.DONE, TransportState.DONE)
                : new Sent(entry, sent, sent == TransportState.FAIL ? sent : TransportState.PROCESSING);
    }

    private Collection<String> organs(SystemId caller) {
        return new TreeSet<>(agencies.organs(caller));
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

    /** Whoever has a document is told of another one by its kind, and not by other bytes (wire-formats 2.3). */
    private static String remedy(List<String> receivers) {
        return receivers.isEmpty()
                ? ""
                : ", for " + receivers.stream().sorted().limit(NAMED).collect(Collectors.joining(", "))
                        + (receivers.size() > NAMED ? " and others" : "")
                        + ": leave out who has it, and send them an update or a replacement (BussinessDocType 2 or 3), or send"
                        + " it under another document id";
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
                    "another packet was taken before under the document id of this one" + remedy(other.receivers()),
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
