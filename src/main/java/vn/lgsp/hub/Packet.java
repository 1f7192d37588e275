package vn.lgsp.hub;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;
import vn.lgsp.parse.XmlParsers;

/**
 * What the axis has to know of an edXML packet, found by namespace and name, in whatever order.
 *
 * @param from code of the organisation that sends
 * @param to codes of the receivers; of a status packet the one addressee
 * @param code number and notation as text, such as {@code 12/UBND-VP}
 * @param status two digits in a status packet, otherwise blank
 * @param kind 0 new, 1 revocation, 2 update, 3 replacement; blank in a status packet
 */
record Packet(
        String from,
        String fromName,
        List<String> to,
        String documentId,
        String code,
        String subject,
        String promulgated,
        String status,
        String kind) {
    private static final String NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
    private static final int LONGEST_FACT = 4_000;
    private static final int MOST_UNPACKED = 50 * 1024 * 1024;

    /** That it is no packet, and why. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String why) {
            super(why);
        }
    }

    /**
     * A file in a packet.
     *
     * @param content out of its ZIP, if it came in one
     */
    record File(String name, byte[] content) {}

    boolean isStatus() {
        return !status.isEmpty();
    }

    static Packet read(byte[] bytes) throws Malformed {
        Reading reading = new Reading(false);
        run(bytes, reading);
        return reading.packet();
    }

    /** Its attachments. */
    static List<File> files(byte[] bytes) throws Malformed {
        Reading reading = new Reading(true);
        run(bytes, reading);
        return reading.files;
    }

    private static void run(byte[] bytes, Reading reading) throws Malformed {
        try {
            XMLReader reader = XmlParsers.reader();
            reader.setContentHandler(reading);
            reader.parse(new InputSource(new ByteArrayInputStream(bytes)));
        } catch (SAXException | IOException notXml) {
            throw new Malformed(reading.wrong.orElse("not well-formed XML, or with a DOCTYPE, or too deep"));
        }
    }

    private static final class Reading extends DefaultHandler {
        private final boolean withFiles;
        private final Deque<String> path = new ArrayDeque<>();
        private final StringBuilder text = new StringBuilder();
        private final List<String> to = new ArrayList<>();
        private final Set<String> references = new HashSet<>();
        private final Set<String> attachments = new HashSet<>();
        private final List<File> files = new ArrayList<>();
        private Optional<String> wrong = Optional.empty();
        private String from = "";
        private String fromName = "";
        private String addressee = "";
        private String documentId = "";
        private String answeredDocument = "";
        private String codeNumber = "";
        private String codeNotation = "";
        private String answeredCode = "";
        private String subject = "";
        private String promulgated = "";
        private String answeredDay = "";
        private String status = "";
        private String kind = "";
        private String fileName = "";
        private byte[] fileContent = {};

        Reading(boolean withFiles) {
            this.withFiles = withFiles;
        }

        @Override
        public void startElement(String namespace, String name, String qualified, Attributes attributes)
                throws SAXException {
            if (path.isEmpty() && !(NAMESPACE.equals(namespace) && name.equals("edXML"))) {
                throw refuse("the root is not edXML in " + NAMESPACE);
            }
            path.addLast(NAMESPACE.equals(namespace) ? name : "?");
            text.setLength(0);
        }

        @Override
        public void characters(char[] from, int begin, int length) {
            boolean content = "ContentTransferEncoded".equals(path.peekLast());
            if (content ? withFiles : text.length() < LONGEST_FACT) {
                text.append(from, begin, length);
            }
        }

        @Override
        public void endElement(String namespace, String name, String qualified) throws SAXException {
            String whole = String.join("/", path);
            String value = text.toString().strip();
            text.setLength(0);
            path.removeLast();
            String header = "edXML/edXMLEnvelope/edXMLHeader/";
            if (whole.startsWith(header)) {
                header(whole.substring(header.length()), value);
            } else if (whole.equals("edXML/edXMLEnvelope/edXMLBody/edXMLManifest/Reference/ContentId")) {
                references.add(plain(value));
            } else if (whole.startsWith("edXML/AttachmentEncoded/Attachment")) {
                attachment(whole.substring("edXML/AttachmentEncoded/Attachment".length()), value);
            }
        }

        private void header(String place, String value) {
            switch (place) {
                case "MessageHeader/From/OrganId" -> from = value;
                case "MessageHeader/From/OrganName" -> fromName = value;
                case "MessageHeader/To/OrganId" -> to.add(value);
                case "MessageHeader/ResponseFor/OrganId" -> addressee = value;
                case "MessageHeader/ResponseFor/DocumentId" -> answeredDocument = value;
                case "MessageHeader/ResponseFor/Code" -> answeredCode = value;
                case "MessageHeader/ResponseFor/PromulgationDate" -> answeredDay = value;
                case "MessageHeader/DocumentId" -> documentId = value;
                case "MessageHeader/Code/CodeNumber" -> codeNumber = value;
                case "MessageHeader/Code/CodeNotation" -> codeNotation = value;
                case "MessageHeader/PromulgationInfo/PromulgationDate" -> promulgated = value;
                case "MessageHeader/Subject" -> subject = value;
                case "MessageHeader/StatusCode" -> status = value;
                case "TraceHeaderList/Bussiness/BussinessDocType", "TraceHeaderList/Business/BusinessDocType" ->
                    kind = value;
                default -> {
                    // the axis has no use for it
                }
            }
        }

        private void attachment(String place, String value) throws SAXException {
            switch (place) {
                case "/ContentId" -> attachments.add(plain(value));
                case "/AttachmentName" -> fileName = value;
                case "/ContentTransferEncoded" -> {
                    if (withFiles) {
                        fileContent = unpacked(value);
                    }
                }
                case "" -> {
                    files.add(new File(fileName, fileContent));
                    fileName = "";
                    fileContent = new byte[0];
                }
                default -> {
                    // the axis has no use for it
                }
            }
        }

        private byte[] unpacked(String base64) throws SAXException {
            byte[] content;
            try {
                content = Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException notBase64) {
                throw refuse("an attachment is not base64");
            }
            boolean zip =
                    content.length > 3 && content[0] == 'P' && content[1] == 'K' && content[2] == 3 && content[3] == 4;
            if (!zip) {
                return content;
            }
            try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(content))) {
                ZipEntry first = entries.getNextEntry();
                if (first == null) {
                    return content;
                }
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                byte[] block = new byte[8_192];
                for (int read = entries.read(block); read >= 0; read = entries.read(block)) {
                    out.write(block, 0, read);
                    if (out.size() > MOST_UNPACKED) {
                        throw refuse("an attachment unpacks to more than 50 MB");
                    }
                }
                return out.toByteArray();
            } catch (IOException | IllegalArgumentException notZip) {
                throw refuse("an attachment is a broken ZIP");
            }
        }

        private SAXException refuse(String why) {
            wrong = Optional.of(why);
            return new SAXException(why);
        }

        Packet packet() throws Malformed {
            need(from, "From/OrganId");
            if (status.isEmpty()) {
                need(documentId, "DocumentId");
                if (to.isEmpty()) {
                    throw new Malformed("there is no To/OrganId");
                }
                if (!attachments.containsAll(references)) {
                    throw new Malformed("a Reference has no Attachment");
                }
                String text = codeNumber.isEmpty() ? codeNotation : codeNumber + "/" + codeNotation;
                return new Packet(from, fromName, List.copyOf(to), documentId, text, subject, promulgated, "", kind);
            }
            if (!status.matches("[0-9]{2}")) {
                throw new Malformed("StatusCode is not two digits");
            }
            need(addressee, "ResponseFor/OrganId");
            need(answeredDocument, "ResponseFor/DocumentId");
            return new Packet(
                    from, fromName, List.of(addressee), answeredDocument, answeredCode, "", answeredDay, status, "");
        }

        private static void need(String value, String what) throws Malformed {
            if (value.isEmpty()) {
                throw new Malformed("there is no " + what);
            }
        }

        private static String plain(String contentId) {
            return contentId.startsWith("cid:") ? contentId.substring(4) : contentId;
        }
    }

    /** A status packet about a document, as its receiver would send it. */
    static String statusPacket(Packet document, String from, String fromName, String code, String text, String time) {
        String of = "edXML:";
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><edXML xmlns=\"" + NAMESPACE + "\"><edXML:edXMLEnvelope"
                + " xmlns:edXML=\"" + NAMESPACE + "\"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From>"
                + Xml.element(of + "OrganId", from) + Xml.element(of + "OrganizationInCharge", fromName)
                + Xml.element(of + "OrganName", fromName) + "</edXML:From><edXML:ResponseFor>"
                + Xml.element(of + "OrganId", document.from()) + Xml.element(of + "Code", document.code())
                + Xml.element(of + "PromulgationDate", document.promulgated())
                + Xml.element(of + "DocumentId", document.documentId()) + "</edXML:ResponseFor><edXML:StaffInfo>"
                + Xml.element(of + "Department", "Văn thư") + Xml.element(of + "Staff", "Cán bộ thử nghiệm")
                + "</edXML:StaffInfo>" + Xml.element(of + "StatusCode", code) + Xml.element(of + "Description", text)
                + Xml.element(of + "Timestamp", time)
                + "</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>";
    }
}
