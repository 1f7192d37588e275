package vn.lgsp.edoc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/** Makes a packet of the elements that were read. Goes on after what is wrong, so that all of it is found. */
final class PacketForm {
    private static final String CID = "cid:";
    private static final Pattern BUSINESS_NUMBER = Pattern.compile("[0-9]{10}(-?[0-9]{3})?");

    /** Stands where a code is wrong, in a packet that will be refused. */
    private static final OrganId WRONG = new OrganId("?");

    private static final Node NOTHING = new Node("", 0);

    private final Findings findings;
    private final List<Content> contents;
    private final Set<String> unusualCodes = new TreeSet<>();

    /** An attachment as it stands in the file. */
    static final class Content {
        private final Node head;
        private final int number;
        private boolean read;
        private Attachment.Form form = Attachment.Form.PLAIN;
        private long size;

        Content(Node head, int number) {
            this.head = head;
            this.number = number;
        }

        int number() {
            return number;
        }

        boolean isRead() {
            return read;
        }

        void begin() {
            read = true;
        }

        void end(Attachment.Form found, long bytes) {
            form = found;
            size = bytes;
        }
    }

    PacketForm(Findings findings, List<Content> contents) {
        this.findings = findings;
        this.contents = contents;
    }

    Packet packet(List<Node> envelopes) {
        if (envelopes.isEmpty()) {
            findings.wrong(Rule.EDOC_ELEMENT_MISSING, 0, "edXMLEnvelope", "edXML");
        } else if (envelopes.size() > 1) {
            findings.wrong(Rule.EDOC_ELEMENT_TWICE, envelopes.get(1).line(), "edXMLEnvelope", "edXML");
        }
        Node envelope = envelopes.isEmpty() ? NOTHING : envelopes.get(0);
        Node header = envelopes.isEmpty() ? NOTHING : required(envelope, "edXMLHeader");
        Node message = header == NOTHING ? NOTHING : required(header, "MessageHeader");
        Optional<Node> traces = one(header, "TraceHeaderList");
        Node manifest = one(envelope, "edXMLBody")
                .flatMap(body -> one(body, "edXMLManifest"))
                .orElse(NOTHING);
        if (one(message, "StatusCode").isPresent()) {
            List<String> others = new ArrayList<>();
            for (String name : List.of("To", "DocumentId", "Subject")) {
                if (!message.all(name).isEmpty()) {
                    others.add(name);
                }
            }
            if (!contents.isEmpty() || !manifest.all("Reference").isEmpty()) {
                others.add("Attachment");
            }
            if (!others.isEmpty()) {
                findings.wrong(Rule.EDOC_KIND, message.line(), String.join(", ", others));
            }
            // a report has neither, and nothing of them counts
            traces.ifPresent(list -> findings.unusual(Rule.EDOC_ELEMENT_FOREIGN, list.line(), list.name()));
            one(envelope, "edXMLBody")
                    .ifPresent(body -> findings.unusual(Rule.EDOC_ELEMENT_FOREIGN, body.line(), body.name()));
            return status(message);
        }
        return document(message, traces.orElse(NOTHING), attachments(manifest));
    }

    private StatusPacket status(Node message) {
        Organ from = organ(message, "From");
        Node about = required(message, "ResponseFor");
        OrganId to = about == NOTHING ? WRONG : requiredCode(about, "ResponseFor/OrganId");
        ResponseFor document = new ResponseFor(
                Optional.of(to),
                text(about, "Code"),
                text(about, "PromulgationDate"),
                about == NOTHING ? "?" : requiredText(about, "DocumentId"));
        Node written = one(message, "StatusCode").orElse(NOTHING);
        Optional<StatusCode> code = StatusCode.of(written.text());
        if (code.isEmpty()) {
            findings.wrong(Rule.EDOC_STATUS_CODE, written.line(), Findings.brief(written.text()));
        }
        StatusCode told = code.orElse(StatusCode.ARRIVED);
        expected(message, "Timestamp");
        if (told.needsReason()) {
            expected(message, "Description");
        }
        return new StatusPacket(
                from,
                document,
                one(message, "StaffInfo").map(this::staff),
                told,
                text(message, "Description"),
                text(message, "Timestamp"));
    }

    private DocumentPacket document(Node message, Node trace, List<Attachment> attachments) {
        Organ from = organ(message, "From");
        List<Organ> to = message.all("To").stream()
                .map(each -> organ(each, "To/OrganId", each))
                .toList();
        if (to.isEmpty() && message != NOTHING) {
            findings.wrong(Rule.EDOC_ELEMENT_MISSING, message.line(), "To", "MessageHeader");
        }
        List<ResponseFor> responses =
                message.all("ResponseFor").stream().map(this::response).toList();
        Optional<Business> business = one(trace, "Bussiness").map(each -> business(each, responses, message.line()));
        if (business.isEmpty() && message != NOTHING) {
            findings.unusual(Rule.EDOC_ELEMENT_EXPECTED, message.line(), "Bussiness", "TraceHeaderList");
        }
        for (String name : List.of("Code", "PromulgationInfo", "DocumentType", "Subject")) {
            expected(message, name);
        }
        Node code = one(message, "Code").orElse(NOTHING);
        Node promulgation = one(message, "PromulgationInfo").orElse(NOTHING);
        Node type = one(message, "DocumentType").orElse(NOTHING);
        return new DocumentPacket(
                from,
                to,
                message == NOTHING ? "?" : requiredText(message, "DocumentId"),
                new DocumentPacket.Code(text(code, "CodeNumber"), text(code, "CodeNotation")),
                new DocumentPacket.Promulgation(text(promulgation, "Place"), text(promulgation, "PromulgationDate")),
                new DocumentPacket.DocumentType(text(type, "Type"), text(type, "TypeDetail"), text(type, "TypeName")),
                text(message, "Subject"),
                text(message, "Content"),
                one(message, "SignerInfo")
                        .map(signer -> new DocumentPacket.Signer(
                                text(signer, "Competence"), text(signer, "Position"), text(signer, "FullName"))),
                text(message, "DueDate"),
                one(message, "OtherInfo").map(this::otherInfo),
                responses,
                text(message, "SteeringType"),
                texts(message, "ToPlaces", "Place"),
                texts(message, "ResponseForTask", "TaskCode"),
                trace.all("TraceHeader").stream()
                        .map(hop -> new Trace(requiredCode(hop, "TraceHeader/OrganId"), text(hop, "Timestamp")))
                        .toList(),
                business,
                attachments);
    }

    private DocumentPacket.OtherInfo otherInfo(Node info) {
        return new DocumentPacket.OtherInfo(
                text(info, "Priority"),
                text(info, "SphereOfPromulgation"),
                text(info, "TyperNotation"),
                text(info, "PromulgationAmount"),
                text(info, "PageAmount"),
                text(info, "Direction"),
                texts(info, "Appendixes", "Appendix"));
    }

    private Business business(Node written, List<ResponseFor> responses, int line) {
        String code = requiredText(written, "BussinessDocType");
        Optional<BusinessType> found = BusinessType.of(code);
        if (found.isEmpty() && !code.isEmpty()) {
            findings.wrong(Rule.EDOC_BUSINESS_TYPE, written.line(), Findings.brief(code));
        }
        BusinessType type = found.orElse(BusinessType.NEW);
        Optional<Business.Update> update = one(written, "BussinessDocumentInfo").map(this::update);
        List<Business.Replacement> replacements = one(written, "ReplacementInfoList").stream()
                .flatMap(list -> list.all("ReplacementInfo").stream())
                .map(this::replacement)
                .toList();
        if (type == BusinessType.REVOCATION
                && responses.stream().allMatch(each -> each.documentId().isEmpty())) {
            findings.wrong(Rule.EDOC_REVOCATION, line);
        } else if (type == BusinessType.UPDATE && update.isEmpty()) {
            findings.wrong(Rule.EDOC_UPDATE, written.line());
        } else if (type == BusinessType.REPLACEMENT && replacements.isEmpty()) {
            findings.wrong(Rule.EDOC_REPLACEMENT, written.line());
        }
        return new Business(
                text(written, "DocumentId"),
                type,
                text(written, "BussinessDocReason"),
                text(written, "Paper"),
                update,
                replacements,
                one(written, "StaffInfo").map(this::staff));
    }

    private Business.Update update(Node info) {
        return new Business.Update(
                text(info, "DocumentInfo"),
                text(info, "DocumentReceiver"),
                one(info, "ReceiverList").stream()
                        .flatMap(list -> list.all("Receiver").stream())
                        .map(receiver -> new Business.Receiver(
                                requiredCode(receiver, "Receiver/OrganId"), text(receiver, "ReceiverType")))
                        .toList());
    }

    private Business.Replacement replacement(Node info) {
        return new Business.Replacement(
                requiredText(info, "DocumentId"),
                one(info, "OrganIdList").stream()
                        .flatMap(list -> list.all("OrganId").stream())
                        .map(organ -> code(organ.text(), "OrganIdList/OrganId", organ.line()))
                        .toList());
    }

    private ResponseFor response(Node written) {
        Optional<OrganId> organ = one(written, "OrganId")
                .filter(node -> !node.text().isEmpty())
                .map(node -> code(node.text(), "ResponseFor/OrganId", node.line()));
        return new ResponseFor(
                organ, text(written, "Code"), text(written, "PromulgationDate"), text(written, "DocumentId"));
    }

    private Staff staff(Node written) {
        return new Staff(
                text(written, "Department"), text(written, "Staff"), text(written, "Email"), text(written, "Mobile"));
    }

    private Organ organ(Node message, String name) {
        Node written = message == NOTHING ? NOTHING : required(message, name);
        return organ(written, name + "/OrganId", written);
    }

    private Organ organ(Node written, String path, Node place) {
        OrganId id = place == NOTHING ? WRONG : requiredCode(written, path);
        if (!id.equals(WRONG)
                && id.notation().isEmpty()
                && !BUSINESS_NUMBER.matcher(id.value()).matches()
                && unusualCodes.add(id.key())) {
            findings.unusual(Rule.EDOC_ORGAN_NOTATION, place.line(), path, Findings.brief(id.value()));
        }
        return new Organ(
                id,
                text(written, "OrganizationInCharge"),
                text(written, "OrganName"),
                text(written, "OrganAdd"),
                text(written, "Email"),
                text(written, "Telephone"),
                text(written, "Fax"),
                text(written, "Website"));
    }

    /** @param path of the code, whose last part is the element below {@code parent} */
    private OrganId requiredCode(Node parent, String path) {
        Optional<Node> written = one(parent, "OrganId");
        if (written.isEmpty()) {
            findings.wrong(Rule.EDOC_ELEMENT_MISSING, parent.line(), "OrganId", parent.name());
            return WRONG;
        }
        return code(written.get().text(), path, written.get().line());
    }

    private OrganId code(String text, String path, int line) {
        try {
            return new OrganId(text);
        } catch (Invalid wrong) {
            findings.wrong(Rule.EDOC_ORGAN, line, path, wrong.reason());
            return WRONG;
        }
    }

    /** Those of the manifest in its order, then those that it does not name. */
    private List<Attachment> attachments(Node manifest) {
        Map<String, Content> left = new LinkedHashMap<>();
        for (Content content : contents) {
            String id = contentId(content.head);
            if (!content.read) {
                findings.wrong(Rule.EDOC_ELEMENT_MISSING, content.head.line(), "ContentTransferEncoded", "Attachment");
            }
            if (!id.isEmpty() && left.putIfAbsent(id, content) != null) {
                findings.wrong(
                        Rule.EDOC_CONTENT_ID_TWICE, content.head.line(), Findings.brief(id), "AttachmentEncoded");
            }
        }
        List<Attachment> found = new ArrayList<>();
        Set<String> named = new TreeSet<>();
        for (Node reference : manifest.all("Reference")) {
            String id = contentId(reference);
            if (id.isEmpty()) {
                continue;
            }
            if (!named.add(id)) {
                findings.wrong(Rule.EDOC_CONTENT_ID_TWICE, reference.line(), Findings.brief(id), "edXMLManifest");
                continue;
            }
            Content content = left.remove(id);
            if (content == null) {
                if (!findings.has(Rule.EDOC_ATTACHMENTS_INSIDE)) {
                    findings.wrong(Rule.EDOC_ATTACHMENT_MISSING, reference.line(), Findings.brief(id));
                }
            } else {
                found.add(attachment(id, content, reference));
            }
        }
        left.forEach((id, content) -> {
            findings.unusual(Rule.EDOC_REFERENCE_MISSING, content.head.line(), Findings.brief(id));
            found.add(attachment(id, content, NOTHING));
        });
        return found;
    }

    private Attachment attachment(String id, Content content, Node reference) {
        Node head = content.head;
        String name = first(text(head, "AttachmentName"), text(reference, "AttachmentName"));
        if (name.isEmpty()) {
            findings.unusual(Rule.EDOC_ELEMENT_EXPECTED, head.line(), "AttachmentName", "Attachment");
        } else if (AttachmentZip.leadsAway(name)) {
            findings.wrong(Rule.EDOC_ATTACHMENT_NAME, head.line(), Integer.toString(content.number));
        }
        return new Attachment(
                content.number,
                id,
                name,
                first(text(head, "ContentType"), text(reference, "ContentType")),
                first(text(head, "Description"), text(reference, "Description")),
                content.form,
                content.size);
    }

    private String contentId(Node parent) {
        String id = requiredText(parent, "ContentId");
        return id.toLowerCase(Locale.ROOT).startsWith(CID) ? id.substring(CID.length()) : id;
    }

    private static String first(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private Node required(Node parent, String name) {
        Optional<Node> found = one(parent, name);
        if (found.isEmpty()) {
            findings.wrong(Rule.EDOC_ELEMENT_MISSING, parent.line(), name, parent.name());
        }
        return found.orElse(NOTHING);
    }

    private String requiredText(Node parent, String name) {
        String text = text(parent, name);
        if (text.isEmpty()) {
            findings.wrong(Rule.EDOC_ELEMENT_MISSING, parent.line(), name, parent.name());
        }
        return text;
    }

    private void expected(Node parent, String name) {
        if (parent != NOTHING && parent.all(name).isEmpty()) {
            findings.unusual(Rule.EDOC_ELEMENT_EXPECTED, parent.line(), name, parent.name());
        }
    }

    /** Empty where there is none. */
    private String text(Node parent, String name) {
        return one(parent, name).map(Node::text).orElse("");
    }

    private List<String> texts(Node parent, String list, String name) {
        return one(parent, list).stream()
                .flatMap(found -> found.all(name).stream())
                .map(Node::text)
                .toList();
    }

    private Optional<Node> one(Node parent, String name) {
        List<Node> found = parent.all(name);
        if (found.size() > 1) {
            findings.wrong(Rule.EDOC_ELEMENT_TWICE, found.get(1).line(), name, parent.name());
        }
        return found.stream().findFirst();
    }
}
