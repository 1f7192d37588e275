package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The documents, centres and agencies of the axis, behind both of its front ends. */
final class Axis {
    static final String DOCUMENTS = "edoc";
    static final String STATES = "status";
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss").withZone(ZoneId.of("Asia/Ho_Chi_Minh"));

    private static final long MOST_BYTES = 192L * 1024 * 1024;
    private static final int MOST_DOCUMENTS = 20_000;

    private static final Map<String, String> MEANINGS = Map.of(
            "0", "Thanh cong",
            "10", "File không hợp lệ",
            "15", "Sai SystemId hoặc SecretKey",
            "18", "Đơn vị nhận không tồn tại",
            "19", "Đơn vị gửi chưa đăng ký",
            "20", "Lỗi nền tảng",
            "21", "Lỗi xử lý file",
            "22", "Sai định dạng edXML",
            "23", "Đơn vị nhận đã bị khóa");
    private static final Map<String, String> STATE_NAMES = Map.of(
            "01", "Đã đến",
            "02", "Từ chối tiếp nhận",
            "03", "Đã tiếp nhận",
            "04", "Phân công",
            "05", "Đang xử lý",
            "06", "Hoàn thành",
            "13", "Lấy lại",
            "15", "Đồng ý cập nhật hoặc lấy lại",
            "16", "Từ chối cập nhật hoặc lấy lại");

    private final Map<String, Centre> centres = new LinkedHashMap<>();
    private final Map<String, Agency> agencies = new LinkedHashMap<>();
    private final Map<String, Document> documents = new LinkedHashMap<>();
    private final Map<String, String> taken = new HashMap<>();
    private final Optional<AxisJournal> journal;
    private final int life;
    private long bytes;

    /** A connected centre: who signs. */
    record Centre(String system, String secret) {}

    /**
     * @param code by Decision 20/2020, level-1 code first
     * @param code102 by QCVN 102, level-1 code last
     */
    record Agency(
            String id,
            String parent,
            String code,
            String code102,
            String name,
            String mail,
            String centre,
            boolean locked,
            int version,
            boolean deleted,
            String modified) {
        boolean is(String organId) {
            return code.equalsIgnoreCase(organId) || code102.equalsIgnoreCase(organId);
        }
    }

    /** A refusal with a code of wire-formats 4.3. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refusal(String code, String detail) {
            super(detail);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    /** One packet on its way to one receiver. */
    static final class Document {
        private final String id;
        private final String sent;
        private final String type;
        private final Packet packet;
        private final String to;
        private final String receiver;
        private final String sender;
        private final Instant created;
        private final byte[] content;
        private Instant updated;
        private String transport = "initial";
        private String business = "";

        Document(
                String id,
                String sent,
                String type,
                Packet packet,
                String to,
                String receiver,
                String sender,
                Instant created,
                byte[] content) {
            this.id = id;
            this.sent = sent;
            this.type = type;
            this.packet = packet;
            this.to = to;
            this.receiver = receiver;
            this.sender = sender;
            this.created = created;
            this.updated = created;
            this.content = content;
        }

        String id() {
            return id;
        }

        String sent() {
            return sent;
        }

        String type() {
            return type;
        }

        Packet packet() {
            return packet;
        }

        String to() {
            return to;
        }

        Instant created() {
            return created;
        }

        Instant updated() {
            return updated;
        }

        String transport() {
            return transport;
        }

        /** The last business state that its receiver reported, blank when none. */
        String business() {
            return business;
        }

        byte[] content() {
            return content;
        }

        private void settle(String status, Instant at) {
            transport = status;
            updated = at;
        }

        boolean waits() {
            return transport.equals("initial") || transport.equals("processing");
        }
    }

    /** @param journal of what earlier lives have taken; from now on this one writes there */
    Axis(Optional<AxisJournal> journal) {
        this.journal = journal;
        centre("SYS-TEST-01", "example-secret");
        centre("SYS-TEST-02", "example-secret-2");
        agency("9901", "", "H99", "000.00.00.H99", "UBND thành phố Mẫu", "SYS-TEST-01", false);
        agency(
                "9902",
                "9901",
                "H99.01",
                "000.00.01.H99",
                "Sở Khoa học và Công nghệ thành phố Mẫu",
                "SYS-TEST-01",
                false);
        agency("9903", "9901", "H99.02", "000.00.02.H99", "Cơ quan Thuế thành phố Mẫu", "SYS-TEST-01", false);
        agency("9801", "", "H98", "000.00.00.H98", "UBND tỉnh Thử", "SYS-TEST-02", false);
        agency("9802", "9801", "H98.01", "000.00.01.H98", "Sở Thử nghiệm tỉnh Thử", "SYS-TEST-02", false);
        agency("9809", "9801", "H98.09", "000.00.09.H98", "Đơn vị đã khóa", "SYS-TEST-02", true);
        List<ObjectNode> before = journal.map(AxisJournal::takeBefore).orElse(List.of());
        before.forEach(this::again);
        life = 1
                + before.stream()
                        .mapToInt(event -> event.path("life").asInt())
                        .max()
                        .orElse(0);
        if (!before.isEmpty()) {
            letGo(0, 0);
            journal.ifPresent(kept -> kept.compact(left(before)));
        }
        note(Json.object().put("event", "life"));
    }

    /** Each event says in which life of the hub it was. */
    private void note(ObjectNode event) {
        journal.ifPresent(kept -> kept.write(event.put("life", life)));
    }

    /** What is left to say of what earlier lives have written: the documents that are held yet, and how each stands. */
    private List<ObjectNode> left(List<ObjectNode> before) {
        List<ObjectNode> left = new ArrayList<>();
        for (ObjectNode event : before) {
            if (Json.text(event, "event").equals("taken")) {
                ArrayNode held = Json.array();
                event.path("documents").forEach(one -> {
                    if (documents.containsKey(Json.text(one, "id"))) {
                        held.add(one);
                    }
                });
                if (!held.isEmpty()) {
                    left.add(event.<ObjectNode>set("documents", held));
                }
            }
        }
        int last = life - 1;
        documents.values().forEach(document -> {
            if (!document.transport().equals("initial")) {
                left.add(Json.object()
                        .put("event", "settled")
                        .put("id", document.id())
                        .put("status", document.transport())
                        .put("at", document.updated().toString())
                        .put("life", last));
            }
            if (!document.business().isEmpty()) {
                left.add(Json.object()
                        .put("event", "reported")
                        .put("id", document.id())
                        .put("status", document.business())
                        .put("life", last));
            }
        });
        left.add(Json.object().put("event", "life").put("life", last));
        return left;
    }

    private void again(ObjectNode event) {
        switch (Json.text(event, "event")) {
            case "taken" -> {
                byte[] content = Base64.getDecoder().decode(Json.text(event, "content"));
                Packet packet;
                try {
                    packet = Packet.read(content);
                } catch (Packet.Malformed broken) {
                    throw new IllegalStateException("the hub cannot read what it has kept", broken);
                }
                event.path("documents")
                        .forEach(one -> keep(new Document(
                                Json.text(one, "id"),
                                Json.text(event, "sent"),
                                Json.text(event, "type"),
                                packet,
                                Json.text(one, "to"),
                                Json.text(one, "receiver"),
                                Json.text(event, "sender"),
                                Instant.parse(Json.text(event, "at")),
                                content)));
                bytes += content.length;
                taken.put(Json.text(event, "key"), Json.text(event, "sent"));
                if (packet.isStatus()) {
                    report(packet);
                }
            }
            case "settled" ->
                Optional.ofNullable(documents.get(Json.text(event, "id")))
                        .ifPresent(document ->
                                document.settle(Json.text(event, "status"), Instant.parse(Json.text(event, "at"))));
            case "reported" ->
                Optional.ofNullable(documents.get(Json.text(event, "id")))
                        .ifPresent(document -> document.business = Json.text(event, "status"));
            default -> {
                // a life that began, or a packet that came again
            }
        }
    }

    private void keep(Document document) {
        documents.put(document.id(), document);
    }

    private void centre(String system, String secret) {
        centres.put(system, new Centre(system, secret));
    }

    private void agency(
            String id, String parent, String code, String code102, String name, String centre, boolean locked) {
        agencies.put(
                id,
                new Agency(
                        id,
                        parent,
                        code,
                        code102,
                        name,
                        "mau@example.vn",
                        centre,
                        locked,
                        1,
                        false,
                        "2026/01/15 08:30:00"));
    }

    static String meaning(String code) {
        return MEANINGS.getOrDefault(code, "Lỗi không xác định");
    }

    static boolean isBusinessState(String code) {
        return STATE_NAMES.containsKey(code);
    }

    static String stateName(String code) {
        return STATE_NAMES.getOrDefault(code, "");
    }

    synchronized Optional<Centre> find(String system) {
        return Optional.ofNullable(centres.get(system));
    }

    synchronized List<Agency> agencies() {
        return agencies.values().stream().filter(agency -> !agency.deleted()).toList();
    }

    /** Those that are deleted too. */
    synchronized List<Agency> units() {
        return List.copyOf(agencies.values());
    }

    synchronized Optional<Agency> agency(String organId) {
        return agencies().stream().filter(agency -> agency.is(organId)).findFirst();
    }

    /** Its code stands for nobody else; what was under its id before is its earlier version. */
    synchronized boolean register(
            String id, String parent, String code, String name, String mail, String centre, Instant now) {
        boolean taken = agencies().stream()
                .anyMatch(other -> (other.is(code) || other.id().equals(id))
                        && !other.centre().equals(centre));
        Agency before = agencies.get(id);
        if (taken
                || (before != null && !before.centre().equals(centre))
                || (before == null && agencies.size() >= 1_000)) {
            return false;
        }
        int version = before == null ? 1 : before.version() + 1;
        agencies.put(
                id, new Agency(id, parent, code, code, name, mail, centre, false, version, false, TIME.format(now)));
        return true;
    }

    synchronized boolean delete(String code, String centre, Instant now) {
        Optional<Agency> found = agency(code).filter(agency -> agency.centre().equals(centre));
        found.ifPresent(agency -> agencies.put(
                agency.id(),
                new Agency(
                        agency.id(),
                        agency.parent(),
                        agency.code(),
                        agency.code102(),
                        agency.name(),
                        agency.mail(),
                        centre,
                        agency.locked(),
                        agency.version() + 1,
                        true,
                        TIME.format(now))));
        return found.isPresent();
    }

    /**
     * The same, but a packet that this centre has sent before, byte for byte and to the same receivers, is that of the first time: its
     * sender has not heard the answer.
     */
    synchronized List<Document> sendOnce(
            Centre centre, String from, List<String> to, String type, byte[] content, Instant now) throws Refusal {
        String known = taken.getOrDefault(key(centre.system(), to, type, content), "");
        List<Document> there = documents.values().stream()
                .filter(document -> document.sent().equals(known))
                .toList();
        if (there.isEmpty()) {
            return send(Optional.of(centre), from, to, type, content, now);
        }
        note(Json.object().put("event", "again").put("sent", known).put("centre", centre.system()));
        return there;
    }

    private static String key(String system, List<String> to, String type, byte[] content) {
        return system + " " + type + " " + String.join(",", to) + " " + Digests.sha256(content);
    }

    /**
     * Takes a packet in, a document of its own for each receiver.
     *
     * @param centre that sends; empty for one that the hub plays
     * @param from as the call says; blank for what the packet says
     * @param to as the call says; empty for what the packet says
     * @return one for each receiver, all with the same {@link Document#sent}
     */
    synchronized List<Document> send(
            Optional<Centre> centre, String from, List<String> to, String type, byte[] content, Instant now)
            throws Refusal {
        Packet packet;
        try {
            packet = Packet.read(content);
        } catch (Packet.Malformed wrong) {
            throw new Refusal("22", String.valueOf(wrong.getMessage()));
        }
        if (packet.isStatus() != type.equals(STATES)) {
            throw new Refusal("22", "messagetype is " + type + ", and the packet is not");
        }
        Agency sender = agency(from.isEmpty() ? packet.from() : from)
                .filter(agency ->
                        centre.isEmpty() || agency.centre().equals(centre.get().system()))
                .orElseThrow(() -> new Refusal("19", "the sender is not registered for this system"));
        if (!sender.is(packet.from())) {
            throw new Refusal("22", "From in the packet is not the sender");
        }
        List<Agency> receivers = new ArrayList<>();
        for (String organId : to.isEmpty() ? packet.to() : to) {
            Agency receiver = agency(organId).orElseThrow(() -> new Refusal("18", "a receiver is not known"));
            if (receiver.locked()) {
                throw new Refusal("23", "a receiver is locked");
            }
            if (!receivers.contains(receiver)) {
                receivers.add(receiver);
            }
        }
        makeRoom(content.length, receivers.size());
        String sent = UUID.randomUUID().toString();
        List<Document> made = new ArrayList<>();
        bytes += content.length;
        for (Agency receiver : receivers) {
            Document document = new Document(
                    UUID.randomUUID().toString(),
                    sent,
                    type,
                    packet,
                    receiver.code102(),
                    receiver.centre(),
                    sender.centre(),
                    now,
                    content);
            keep(document);
            made.add(document);
        }
        String key = key(centre.map(Centre::system).orElse(""), to, type, content);
        taken.put(key, sent);
        if (journal.isPresent()) {
            ObjectNode event = Json.object()
                    .put("event", "taken")
                    .put("sent", sent)
                    .put("type", type)
                    .put("sender", sender.centre())
                    .put("key", key)
                    .put("at", now.toString())
                    .put("content", Base64.getEncoder().encodeToString(content));
            made.forEach(document -> event.withArray("documents")
                    .addObject()
                    .put("id", document.id())
                    .put("to", document.to())
                    .put("receiver", document.receiver));
            note(event);
        }
        if (packet.isStatus()) {
            report(packet);
        }
        return made;
    }

    /** Notes a state at the document it is about. */
    private void report(Packet status) {
        documents.values().stream()
                .filter(document -> document.type().equals(DOCUMENTS)
                        && document.packet().documentId().equals(status.documentId())
                        && agency(document.to())
                                .filter(agency -> agency.is(status.from()))
                                .isPresent())
                .forEach(document -> document.business = status.status());
    }

    /** Lets go of the oldest that are settled. */
    private void makeRoom(int wanted, int count) throws Refusal {
        letGo(wanted, count);
        if (bytes + wanted > MOST_BYTES || documents.size() + count > MOST_DOCUMENTS) {
            throw new Refusal("20", "the hub holds as much as it may; confirm what waits");
        }
    }

    private void letGo(int wanted, int count) {
        Iterator<Document> oldest = documents.values().iterator();
        while (oldest.hasNext() && (bytes + wanted > MOST_BYTES || documents.size() + count > MOST_DOCUMENTS)) {
            Document next = oldest.next();
            if (!next.waits()) {
                oldest.remove();
                taken.values().remove(next.sent());
                if (documents.values().stream().noneMatch(other -> other.content == next.content)) {
                    bytes -= next.content.length;
                }
            }
        }
    }

    /** What waits for a centre, the oldest first. */
    synchronized List<Document> waiting(Centre centre, String type) {
        return documents.values().stream()
                .filter(document -> document.receiver.equals(centre.system())
                        && document.type().equals(type)
                        && document.waits())
                .toList();
    }

    /** What became of one packet that a centre sent, one for each receiver. */
    synchronized List<Document> sent(Centre centre, String type, String id) {
        return documents.values().stream()
                .filter(document -> document.sender.equals(centre.system())
                        && document.type().equals(type)
                        && document.sent().equals(id))
                .toList();
    }

    /** A document that a centre may fetch. */
    synchronized Optional<Document> find(Centre centre, String id) {
        return Optional.ofNullable(documents.get(id)).filter(document -> document.receiver.equals(centre.system()));
    }

    /** Sets the transport state of a document. */
    synchronized boolean settle(Centre centre, String id, String status, Instant now) {
        Optional<Document> found = find(centre, id);
        found.ifPresent(document -> {
            document.settle(status, now);
            note(Json.object()
                    .put("event", "settled")
                    .put("id", id)
                    .put("status", status)
                    .put("at", now.toString()));
        });
        return found.isPresent();
    }

    /** Lets the receiver of a document report a state to its sender, in a status packet. */
    synchronized void answer(Document document, String code, Instant now) throws Refusal {
        Agency receiver = agency(document.to()).orElseThrow(() -> new Refusal("18", "the receiver is not known"));
        String packet = Packet.statusPacket(
                document.packet(), receiver.code102(), receiver.name(), code, stateName(code), TIME.format(now));
        send(Optional.empty(), "", List.of(), STATES, packet.getBytes(StandardCharsets.UTF_8), now);
    }

    static String shown(String organId) {
        return organId.toUpperCase(Locale.ROOT);
    }
}
