package vn.lgsp.edoc;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/**
 * Writes edXML packets in the dialect of the axis' SDK: its order of elements, its prefixes, no signature. The same packet gives the same
 * bytes each time; attachments stream.
 *
 * @see "EXT-20"
 */
public final class EdxmlWriter {
    private static final String PREFIX = "edXML:";

    private EdxmlWriter() {}

    /** The file name of a packet, by an id of its own. */
    public static String fileName(UUID id) {
        return id + ".edxml";
    }

    /**
     * Writes a report.
     *
     * @param to stays open
     */
    public static void write(StatusPacket packet, OutputStream to) throws IOException {
        write(packet, (attachment, out) -> {}, to);
    }

    /**
     * Writes a packet.
     *
     * @param content gives that of each attachment, in their order
     * @param to stays open
     * @throws Refused where a text holds what no XML can; some of the packet may be written then
     */
    public static void write(Packet packet, AttachmentContent content, OutputStream to) throws IOException {
        Writer text = new OutputStreamWriter(to, StandardCharsets.UTF_8);
        new Run(text, content, to).packet(packet);
        text.flush();
    }

    /** The writing of one packet. */
    private static final class Run {
        private final Writer out;
        private final AttachmentContent content;
        private final OutputStream bytes;
        private int depth;

        Run(Writer out, AttachmentContent content, OutputStream bytes) {
            this.out = out;
            this.content = content;
            this.bytes = bytes;
        }

        void packet(Packet packet) throws IOException {
            out.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            out.write("<edXML xmlns=\"" + EdxmlSettings.NAMESPACE + "\">\n");
            depth = 1;
            line("<edXML:edXMLEnvelope xmlns:edXML=\"" + EdxmlSettings.NAMESPACE + "\">");
            depth++;
            open("edXMLHeader");
            if (packet instanceof StatusPacket status) {
                status(status);
            } else {
                document((DocumentPacket) packet);
            }
            close("edXMLHeader");
            if (packet instanceof DocumentPacket document) {
                manifest(document.attachments());
            }
            close("edXMLEnvelope");
            if (packet instanceof DocumentPacket document
                    && !document.attachments().isEmpty()) {
                attachments(document.attachments());
            }
            out.write("</edXML>\n");
        }

        private void status(StatusPacket status) throws IOException {
            open("MessageHeader");
            organ("From", status.from());
            response(status.about(), "PromulgationDate", "DocumentId");
            if (status.staff().isPresent()) {
                Staff staff = status.staff().get();
                open("StaffInfo");
                optional("Department", staff.department());
                optional("Staff", staff.name());
                optional("Mobile", staff.mobile());
                optional("Email", staff.email());
                close("StaffInfo");
            }
            element("StatusCode", status.code().code());
            optional("Description", status.description());
            optional("Timestamp", status.timestamp());
            close("MessageHeader");
        }

        private void document(DocumentPacket document) throws IOException {
            open("MessageHeader");
            organ("From", document.from());
            for (Organ receiver : document.to()) {
                organ("To", receiver);
            }
            element("DocumentId", document.documentId());
            open("Code");
            element("CodeNumber", document.code().number());
            element("CodeNotation", document.code().notation());
            close("Code");
            open("PromulgationInfo");
            element("Place", document.promulgation().place());
            element("PromulgationDate", document.promulgation().date());
            close("PromulgationInfo");
            open("DocumentType");
            element("Type", document.type().type());
            element("TypeDetail", document.type().detail());
            element("TypeName", document.type().name());
            close("DocumentType");
            element("Subject", document.subject());
            optional("Content", document.content());
            if (document.signer().isPresent()) {
                DocumentPacket.Signer signer = document.signer().get();
                open("SignerInfo");
                optional("Competence", signer.competence());
                optional("Position", signer.position());
                optional("FullName", signer.name());
                close("SignerInfo");
            }
            optional("DueDate", document.dueDate());
            if (document.otherInfo().isPresent()) {
                otherInfo(document.otherInfo().get());
            }
            for (ResponseFor each : document.responseFor()) {
                response(each, "DocumentId", "PromulgationDate");
            }
            optional("SteeringType", document.steeringType());
            list("ToPlaces", "Place", document.toPlaces());
            list("ResponseForTask", "TaskCode", document.taskCodes());
            close("MessageHeader");
            traces(document);
        }

        private void otherInfo(DocumentPacket.OtherInfo info) throws IOException {
            open("OtherInfo");
            optional("Priority", info.priority());
            optional("SphereOfPromulgation", info.sphere());
            optional("TyperNotation", info.typerNotation());
            optional("PromulgationAmount", info.amount());
            optional("PageAmount", info.pages());
            optional("Direction", info.direction());
            list("Appendixes", "Appendix", info.appendixes());
            close("OtherInfo");
        }

        private void response(ResponseFor document, String... order) throws IOException {
            open("ResponseFor");
            optional("OrganId", document.organ().map(OrganId::value).orElse(""));
            optional("Code", document.code());
            for (String name : order) {
                optional(name, name.equals("DocumentId") ? document.documentId() : document.promulgated());
            }
            close("ResponseFor");
        }

        private void traces(DocumentPacket document) throws IOException {
            if (document.traces().isEmpty() && document.business().isEmpty()) {
                return;
            }
            open("TraceHeaderList");
            for (Trace trace : document.traces()) {
                open("TraceHeader");
                element("OrganId", trace.organ().value());
                optional("Timestamp", trace.timestamp());
                close("TraceHeader");
            }
            if (document.business().isPresent()) {
                business(document.business().get());
            }
            close("TraceHeaderList");
        }

        private void business(Business business) throws IOException {
            open("Bussiness");
            optional("DocumentId", business.documentId());
            element("BussinessDocType", business.type().code());
            optional("BussinessDocReason", business.reason());
            optional("Paper", business.paper());
            if (business.update().isPresent()) {
                Business.Update update = business.update().get();
                open("BussinessDocumentInfo");
                optional("DocumentInfo", update.document());
                optional("DocumentReceiver", update.receivers());
                if (!update.list().isEmpty()) {
                    open("ReceiverList");
                    for (Business.Receiver receiver : update.list()) {
                        open("Receiver");
                        element("OrganId", receiver.organ().value());
                        optional("ReceiverType", receiver.type());
                        close("Receiver");
                    }
                    close("ReceiverList");
                }
                close("BussinessDocumentInfo");
            }
            if (!business.replacements().isEmpty()) {
                open("ReplacementInfoList");
                for (Business.Replacement replacement : business.replacements()) {
                    open("ReplacementInfo");
                    element("DocumentId", replacement.documentId());
                    list(
                            "OrganIdList",
                            "OrganId",
                            replacement.organs().stream().map(OrganId::value).toList());
                    close("ReplacementInfo");
                }
                close("ReplacementInfoList");
            }
            if (business.staff().isPresent()) {
                Staff staff = business.staff().get();
                open("StaffInfo");
                optional("Department", staff.department());
                optional("Staff", staff.name());
                optional("Email", staff.email());
                optional("Mobile", staff.mobile());
                close("StaffInfo");
            }
            close("Bussiness");
        }

        private void organ(String name, Organ organ) throws IOException {
            open(name);
            element("OrganId", organ.id().value());
            optional("OrganizationInCharge", organ.inCharge());
            optional("OrganName", organ.name());
            optional("OrganAdd", organ.address());
            optional("Email", organ.email());
            optional("Telephone", organ.telephone());
            optional("Fax", organ.fax());
            optional("Website", organ.website());
            close(name);
        }

        private void manifest(List<Attachment> attachments) throws IOException {
            open("edXMLBody");
            line("<edXML:edXMLManifest version=\"1.0\">");
            depth++;
            for (Attachment attachment : attachments) {
                open("Reference");
                element("ContentId", "cid:" + attachment.contentId());
                element("ContentType", attachment.contentType());
                optional("Description", attachment.description());
                element("AttachmentName", attachment.name());
                close("Reference");
            }
            close("edXMLManifest");
            close("edXMLBody");
        }

        private void attachments(List<Attachment> attachments) throws IOException {
            Set<String> ids = new HashSet<>();
            line("<AttachmentEncoded>");
            depth++;
            for (Attachment attachment : attachments) {
                if (!ids.add(attachment.contentId())) {
                    throw new Refused(Finding.of(
                            Rule.EDOC_CONTENT_ID_TWICE,
                            "",
                            0,
                            Findings.brief(attachment.contentId()),
                            "AttachmentEncoded"));
                }
                line("<Attachment>");
                depth++;
                plain("ContentId", "cid:" + attachment.contentId());
                plain("AttachmentName", attachment.name());
                if (!attachment.description().isEmpty()) {
                    plain("Description", attachment.description());
                }
                plain("ContentType", attachment.contentType());
                indent();
                out.write("<edXML:ContentTransferEncoded xmlns:edXML=\"" + EdxmlSettings.NAMESPACE + "\">");
                out.flush();
                try (OutputStream base64 = Base64.getEncoder().wrap(new StaysOpen(bytes))) {
                    content.write(attachment, base64);
                }
                out.write("</edXML:ContentTransferEncoded>\n");
                depth--;
                line("</Attachment>");
            }
            depth--;
            line("</AttachmentEncoded>");
        }

        private void list(String list, String name, List<String> texts) throws IOException {
            if (!texts.isEmpty()) {
                open(list);
                for (String text : texts) {
                    element(name, text);
                }
                close(list);
            }
        }

        private void optional(String name, String text) throws IOException {
            if (!text.isEmpty()) {
                element(name, text);
            }
        }

        private void element(String name, String text) throws IOException {
            plain(PREFIX + name, text);
        }

        private void plain(String name, String text) throws IOException {
            indent();
            out.write("<" + name + ">");
            escape(name, text);
            out.write("</" + name + ">\n");
        }

        private void open(String name) throws IOException {
            line("<" + PREFIX + name + ">");
            depth++;
        }

        private void close(String name) throws IOException {
            depth--;
            line("</" + PREFIX + name + ">");
        }

        private void line(String text) throws IOException {
            indent();
            out.write(text + "\n");
        }

        private void indent() throws IOException {
            out.write("  ".repeat(depth));
        }

        private void escape(String name, String text) throws IOException {
            for (int i = 0; i < text.length(); ) {
                int character = text.codePointAt(i);
                switch (character) {
                    case '&' -> out.write("&amp;");
                    case '<' -> out.write("&lt;");
                    case '>' -> out.write("&gt;");
                    // a reader would take it for the end of a line
                    case '\r' -> out.write("&#13;");
                    default -> {
                        if (!isXml(character)) {
                            throw new Refused(
                                    Finding.of(Rule.EDOC_CHARACTER, "", 0, name, Integer.toHexString(character)));
                        }
                        out.write(Character.toChars(character));
                    }
                }
                i += Character.charCount(character);
            }
        }

        private static boolean isXml(int character) {
            return character == '\t'
                    || character == '\n'
                    || (character >= 0x20 && character <= 0xD7FF)
                    || (character >= 0xE000 && character <= 0xFFFD)
                    || character >= 0x10000;
        }
    }

    /** The end of the base64 is not the end of the packet. */
    private static final class StaysOpen extends FilterOutputStream {
        StaysOpen(OutputStream to) {
            super(to);
        }

        @Override
        public void write(byte[] piece, int offset, int length) throws IOException {
            out.write(piece, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
