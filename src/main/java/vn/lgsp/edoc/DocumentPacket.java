package vn.lgsp.edoc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A document, or the revocation, update or replacement of one. Texts, days and numbers are as the packet writes them; those that it leaves
 * out are empty. What the bus has no use for, and what no source describes, is not kept: whoever passes a packet on passes on its bytes.
 *
 * @param to at least one
 * @param business without one the packet is a new document
 * @param attachments in the order of the manifest
 * @see "EXT-20"
 */
public record DocumentPacket(
        Organ from,
        List<Organ> to,
        String documentId,
        Code code,
        Promulgation promulgation,
        DocumentType type,
        String subject,
        String content,
        Optional<Signer> signer,
        String dueDate,
        Optional<OtherInfo> otherInfo,
        List<ResponseFor> responseFor,
        String steeringType,
        List<String> toPlaces,
        List<String> taskCodes,
        List<Trace> traces,
        Optional<Business> business,
        List<Attachment> attachments)
        implements Packet {

    public DocumentPacket {
        to = List.copyOf(to);
        responseFor = List.copyOf(responseFor);
        toPlaces = List.copyOf(toPlaces);
        taskCodes = List.copyOf(taskCodes);
        traces = List.copyOf(traces);
        attachments = List.copyOf(attachments);
    }

    /** Such as 12 and UBND-VP. */
    public record Code(String number, String notation) {}

    /**
     * Where and when the document was issued.
     *
     * @param date {@code yyyy/MM/dd} as written, never checked
     */
    public record Promulgation(String place, String date) {}

    /** Codes that no source lists, and their name. */
    public record DocumentType(String type, String detail, String name) {
        /** An official letter. */
        public static final DocumentType LETTER = new DocumentType("1", "0", "Công văn");
    }

    /** Who signed the document. */
    public record Signer(String competence, String position, String name) {}

    /** What else the sender says of it. */
    public record OtherInfo(
            String priority,
            String sphere,
            String typerNotation,
            String amount,
            String pages,
            String direction,
            List<String> appendixes) {
        public OtherInfo {
            appendixes = List.copyOf(appendixes);
        }
    }

    /** The least that a document needs; {@code with…} adds to it. */
    public static DocumentPacket of(
            Organ from, List<Organ> to, String documentId, Code code, Promulgation promulgation, String subject) {
        return new DocumentPacket(
                from,
                to,
                documentId,
                code,
                promulgation,
                DocumentType.LETTER,
                subject,
                "",
                Optional.empty(),
                "",
                Optional.empty(),
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    /** What the packet does. */
    public BusinessType businessType() {
        return business.map(Business::type).orElse(BusinessType.NEW);
    }

    /** One for each receiver that the packet names, each once. */
    public List<Delivery> deliveries() {
        Map<String, Delivery> found = new LinkedHashMap<>();
        for (Organ receiver : to) {
            found.putIfAbsent(
                    receiver.id().key(),
                    new Delivery(receiver, DeduplicationKey.of(documentId, receiver.id(), businessType())));
        }
        return List.copyOf(found.values());
    }

    /** The same packet for these receivers only. */
    public DocumentPacket withTo(List<Organ> receivers) {
        return with(receivers, responseFor, traces, business, attachments);
    }

    /** The same with one more organisation that it passed through. */
    public DocumentPacket withTrace(Trace hop) {
        List<Trace> all = new ArrayList<>(traces);
        all.add(hop);
        return with(to, responseFor, all, business, attachments);
    }

    public DocumentPacket withBusiness(Business done) {
        return with(to, responseFor, traces, Optional.of(done), attachments);
    }

    public DocumentPacket withResponseFor(List<ResponseFor> documents) {
        return with(to, documents, traces, business, attachments);
    }

    public DocumentPacket withAttachments(List<Attachment> all) {
        return with(to, responseFor, traces, business, all);
    }

    private DocumentPacket with(
            List<Organ> receivers,
            List<ResponseFor> documents,
            List<Trace> hops,
            Optional<Business> done,
            List<Attachment> all) {
        return new DocumentPacket(
                from,
                receivers,
                documentId,
                code,
                promulgation,
                type,
                subject,
                content,
                signer,
                dueDate,
                otherInfo,
                documents,
                steeringType,
                toPlaces,
                taskCodes,
                hops,
                done,
                all);
    }

    /** Identifiers only. */
    @Override
    public String toString() {
        return businessType() + " of " + from.id() + " to "
                + to.stream().map(Organ::id).toList();
    }
}
