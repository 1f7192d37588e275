package vn.lgsp.edoc;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/**
 * Reads edXML packets of both dialects, by the names of elements and never by their order. The head is kept, a few megabytes at most;
 * attachments stream to a sink, whatever their size.
 *
 * <p>May be used by several threads.
 *
 * @see "EXT-20"
 */
public final class EdxmlReader {
    private static final String FLAT_NAMESPACE = "http://www.go.vn/eDoc";
    private static final Set<String> SOAP =
            Set.of("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    private static final String XML_DSIG = "http://www.w3.org/2000/09/xmldsig#";
    private static final String ERROR_LIST = "ErrorList";
    private static final int BEGIN = 1024;
    private static final int MOST_CHARACTERS = 2 << 20;
    private static final int MOST_ELEMENTS = 50_000;

    private final EdxmlSettings settings;

    public EdxmlReader(EdxmlSettings settings) {
        this.settings = settings;
    }

    /**
     * Reads one packet to its end.
     *
     * @param file how findings name it
     * @param bytes stay open
     * @param sink gets the content of attachments while they are read
     * @throws Refused with every reason that could be found; what the sink got is to be dropped
     * @throws IOException when {@code bytes} or the sink fail
     */
    public Received read(String file, InputStream bytes, AttachmentSink sink) throws IOException {
        Findings findings = new Findings(file);
        Run run = new Run(findings, sink);
        try {
            return run.packet(bytes);
        } catch (Stopped stopped) {
            findings.wrong(stopped.rule(), run.line(), stopped.arguments());
            findings.refuse(settings.profile());
            throw new IllegalStateException("a packet that is wrong was not refused", stopped);
        }
    }

    /**
     * The document of an attachment of a packet that was read.
     *
     * @param content as the sink got it; stays open
     * @param to stays open
     * @throws Refused where it is not what was read
     */
    public void unpack(Attachment attachment, InputStream content, OutputStream to) throws IOException {
        AttachmentZip.unpack(attachment, content, to, settings);
    }

    /** The reading of one packet. */
    private final class Run {
        private final Findings findings;
        private final AttachmentSink sink;
        private final List<PacketForm.Content> contents = new ArrayList<>();
        private Signature signature = Signature.NONE;
        private int signatureLine;
        private int characters;
        private int elements;
        private boolean nameless;
        private @Nullable Events events;

        Run(Findings findings, AttachmentSink sink) {
            this.findings = findings;
            this.sink = sink;
        }

        int line() {
            return events == null ? 1 : events.line();
        }

        Received packet(InputStream bytes) throws IOException {
            BufferedInputStream whole = new BufferedInputStream(bytes, 16 << 10);
            whole.mark(BEGIN);
            PacketText text = PacketText.of(whole.readNBytes(BEGIN));
            whole.reset();
            PacketSignature signed = new PacketSignature(whole);
            boolean verifies = settings.signatures() == EdxmlSettings.Signatures.VERIFY;
            PacketBytes counted = new PacketBytes(verifies ? signed : whole, settings.packetLimit());
            counted.readNBytes(text.mark());
            Events read = new Events(counted, text);
            events = read;
            while (read.next() != Events.START_ELEMENT) {
                // comments before the root
            }
            root(read);
            List<Node> envelopes = new ArrayList<>();
            boolean attachments = false;
            for (int event = read.next(); event != Events.END_DOCUMENT; event = read.next()) {
                if (event != Events.START_ELEMENT || foreign(read)) {
                    continue;
                }
                String name = read.xml().getLocalName();
                if (name.equals(ERROR_LIST)) {
                    errorList(read);
                } else if (name.equals("edXMLEnvelope")) {
                    envelopes.add(tree(read));
                } else if (name.equals("AttachmentEncoded")) {
                    if (attachments) {
                        findings.wrong(Rule.EDOC_ELEMENT_TWICE, read.line(), name, "edXML");
                    }
                    attachments = true;
                    attachments(read);
                } else {
                    findings.unusual(Rule.EDOC_ELEMENT_FOREIGN, read.line(), Findings.brief(name));
                    read.close(read.depth());
                }
            }
            PacketForm form = new PacketForm(findings, contents);
            Packet packet = form.packet(envelopes);
            if (verifies && signature == Signature.XML_DSIG) {
                verify(signed);
            }
            findings.refuse(settings.profile());
            return new Received(packet, findings.unusual(), signature, counted.count());
        }

        private void verify(PacketSignature signed) throws IOException {
            switch (signed.verdict()) {
                case FITS -> signature = Signature.FITS;
                case WRONG -> findings.wrong(Rule.EDOC_SIGNATURE_WRONG, signatureLine);
                case UNKNOWN ->
                    findings.unusual(
                            Rule.EDOC_SIGNATURE_UNKNOWN, signatureLine, Integer.toString(PacketSignature.LARGEST));
            }
        }

        private void root(Events read) throws Stopped {
            String namespace = namespace(read);
            String name = read.xml().getLocalName();
            if (name.equals("EdXMLEnvelope") || namespace.equals(FLAT_NAMESPACE)) {
                throw new Stopped(Rule.EDOC_FLAT_ENVELOPE);
            } else if (SOAP.contains(namespace)) {
                throw new Stopped(Rule.EDOC_SOAP_WRAPPED);
            } else if (name.equals("edXMLEnvelope")) {
                throw new Stopped(Rule.EDOC_ROOT_MISSING);
            } else if (!name.equals("edXML")) {
                throw new Stopped(Rule.EDOC_ROOT, Findings.brief(name));
            } else if (settings.namespaces().contains(namespace)) {
                return;
            } else if (namespace.isEmpty()) {
                throw new Stopped(Rule.EDOC_NAMESPACE_NONE, name);
            } else if (namespace.equals(EdxmlSettings.OLDER_NAMESPACE)) {
                throw new Stopped(Rule.EDOC_NAMESPACE_OLDER, namespace);
            }
            throw new Stopped(Rule.EDOC_NAMESPACE_UNKNOWN, Findings.brief(namespace));
        }

        private String namespace(Events read) {
            String namespace = read.xml().getNamespaceURI();
            return namespace == null ? "" : namespace;
        }

        /** Whether the element that begins is none of edXML; then it is passed over. */
        private boolean foreign(Events read) throws IOException {
            String namespace = namespace(read);
            String name = read.xml().getLocalName();
            if (settings.namespaces().contains(namespace)) {
                return false;
            } else if (namespace.isEmpty()) {
                if (!nameless) {
                    findings.wrong(Rule.EDOC_NAMESPACE_NONE, read.line(), Findings.brief(name));
                }
                nameless = true;
                return false;
            }
            findings.unusual(Rule.EDOC_ELEMENT_FOREIGN, read.line(), Findings.brief(name));
            read.close(read.depth());
            return true;
        }

        /** The element that begins, with all in it but what is not kept. */
        private Node tree(Events read) throws IOException {
            Deque<Node> open = new ArrayDeque<>();
            Node root = node(read);
            open.push(root);
            while (!open.isEmpty()) {
                int event = read.next();
                if (event == Events.START_ELEMENT) {
                    if (isSignature(read)) {
                        signature(read);
                    } else if (!foreign(read)) {
                        child(read, open);
                    }
                } else if (event == Events.END_ELEMENT) {
                    open.pop();
                } else if (event == Events.CHARACTERS || event == Events.CDATA || event == Events.SPACE) {
                    int length = read.xml().getTextLength();
                    spend(length, 0);
                    open.peek().add(read.xml().getTextCharacters(), read.xml().getTextStart(), length);
                }
            }
            return root;
        }

        private void child(Events read, Deque<Node> open) throws IOException {
            String name = read.xml().getLocalName();
            if (name.equals("AttachmentEncoded")) {
                findings.wrong(Rule.EDOC_ATTACHMENTS_INSIDE, read.line());
                read.close(read.depth());
            } else if (name.equals(ERROR_LIST)) {
                errorList(read);
            } else {
                Node child = node(read);
                open.peek().add(child);
                open.push(child);
            }
        }

        /** Nobody has published what is in it. */
        private void errorList(Events read) throws IOException {
            if (settings.errorLists() == EdxmlSettings.ErrorLists.TOLD) {
                findings.unusual(Rule.EDOC_ERROR_LIST, read.line());
            }
            read.close(read.depth());
        }

        private Node node(Events read) throws IOException {
            spend(0, 1);
            String name = read.xml().getLocalName();
            // the format spells it so; somebody may mend that one day
            return new Node(
                    name.startsWith("Business") ? "Bussiness" + name.substring("Business".length()) : name,
                    read.line());
        }

        private void spend(int moreCharacters, int moreElements) throws IOException {
            characters += moreCharacters;
            elements += moreElements;
            if (characters > MOST_CHARACTERS || elements > MOST_ELEMENTS) {
                throw new Stopped(
                        Rule.EDOC_HEADER_LARGE, Integer.toString(MOST_CHARACTERS), Integer.toString(MOST_ELEMENTS));
            }
        }

        private boolean isSignature(Events read) {
            String name = read.xml().getLocalName();
            return (name.equals("Signature") || name.equals("DigitalSignature"))
                    && (settings.namespaces().contains(namespace(read))
                            || namespace(read).equals(XML_DSIG));
        }

        private void signature(Events read) throws IOException {
            int open = read.depth();
            int line = read.line();
            boolean dsig = namespace(read).equals(XML_DSIG);
            boolean filled = false;
            while (read.depth() >= open) {
                int event = read.next();
                if (event == Events.START_ELEMENT) {
                    filled = true;
                    dsig |= namespace(read).equals(XML_DSIG)
                            && read.xml().getLocalName().equals("Signature");
                } else if (event == Events.CHARACTERS || event == Events.CDATA) {
                    filled |= !read.xml().isWhiteSpace();
                }
            }
            if (!filled) {
                signature = signature == Signature.NONE ? Signature.EMPTY : signature;
            } else if (dsig) {
                signature = Signature.XML_DSIG;
                signatureLine = line;
            } else {
                signature = Signature.NOT_VERIFIABLE;
                findings.unusual(Rule.EDOC_SIGNATURE, line);
            }
        }

        private void attachments(Events read) throws IOException {
            int open = read.depth();
            while (read.depth() >= open) {
                if (read.next() != Events.START_ELEMENT || foreign(read)) {
                    continue;
                }
                String name = read.xml().getLocalName();
                if (name.equals(ERROR_LIST)) {
                    errorList(read);
                } else if (name.equals("Attachment")) {
                    if (contents.size() == settings.attachments()) {
                        throw new Stopped(Rule.EDOC_ATTACHMENT_COUNT, Integer.toString(settings.attachments()));
                    }
                    attachment(read);
                } else {
                    findings.unusual(Rule.EDOC_ELEMENT_FOREIGN, read.line(), Findings.brief(name));
                    read.close(read.depth());
                }
            }
        }

        private void attachment(Events read) throws IOException {
            int open = read.depth();
            Node head = node(read);
            PacketForm.Content content = new PacketForm.Content(head, contents.size() + 1);
            contents.add(content);
            while (read.depth() >= open) {
                if (read.next() != Events.START_ELEMENT || foreign(read)) {
                    continue;
                }
                if (!read.xml().getLocalName().equals("ContentTransferEncoded")) {
                    head.add(tree(read));
                } else if (content.isRead()) {
                    findings.wrong(Rule.EDOC_ELEMENT_TWICE, read.line(), "ContentTransferEncoded", "Attachment");
                    read.close(read.depth());
                } else {
                    content(read, content);
                }
            }
        }

        private void content(Events read, PacketForm.Content content) throws IOException {
            int open = read.depth();
            int line = read.line();
            content.begin();
            try (OutputStream to = sink.open(content.number())) {
                ContentCopy copy = new ContentCopy(new Base64Text(read), to, settings.attachmentLimit());
                Attachment.Form form = AttachmentZip.inspect(
                        copy,
                        settings,
                        () -> findings.unusual(Rule.EDOC_ZIP_CLOSED, line, Integer.toString(content.number())));
                content.end(form, copy.count());
                if (copy.count() == 0) {
                    findings.unusual(Rule.EDOC_ATTACHMENT_EMPTY, line, Integer.toString(content.number()));
                }
            } catch (Unfit unfit) {
                findings.wrong(unfit.rule(), line, unfit.arguments(content.number()));
            }
            read.close(open);
        }
    }
}
