package vn.lgsp.soap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.xml.namespace.QName;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Multipart;

/** Writes a message with attachments: the base64 of some elements travels as parts of their own, byte by byte. */
public final class AttachmentWriter {
    private static final String ROOT = "envelope@lgsp";

    /** How the envelope and its parts belong together. */
    public enum Packaging {
        /** MTOM: an {@code xop:Include} stands in the element. */
        MTOM,
        /** SOAP with Attachments: the element holds {@code cid:…} as its text, a {@code swaRef} of WS-I. */
        SWA_REF,
        /**
         * SOAP with Attachments whose contract binds parts of the message with {@code mime:content}: the element itself is not in the
         * envelope, and the Content-ID of its part begins with its name, as WS-I has it.
         */
        MIME
    }

    /**
     * What travels beside the envelope.
     *
     * @param elements local names of the elements whose base64 does, in an order that counts
     */
    public record Layout(Packaging packaging, Set<String> elements) {
        public Layout {
            elements = Collections.unmodifiableSet(new LinkedHashSet<>(elements));
        }
    }

    /**
     * A message, written.
     *
     * @param contentType the head that belongs to it
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    public record Written(String contentType, byte[] content) {}

    private AttachmentWriter() {}

    /**
     * The payload in an envelope, what some of its elements hold beside it. With {@link Packaging#MIME} an empty element is an empty
     * part; otherwise one that is empty has no part. One that is absent, or nil, never has.
     *
     * @param payload one XML element in UTF-8; comments in it are dropped
     * @param wrong the failure when one of the elements holds something other than base64, or is there twice and may not be
     * @throws BusException of this code; otherwise as {@link EnvelopeWriter#wrap(SoapVersion, byte[])}
     */
    public static Written write(
            SoapVersion version,
            String action,
            List<HeaderBlock> headers,
            byte[] payload,
            Layout layout,
            ErrorCode wrong) {
        List<Multipart.Part> parts = new ArrayList<>();
        byte[] without = EnvelopeReader.read(
                EnvelopeWriter.wrap(version, payload),
                Optional.empty(),
                (fault, what) -> new BusException(ErrorCode.BUS_FAILED, "the mapping gave a payload that " + what),
                envelope -> {
                    envelope.toPayload();
                    byte[] taken = envelope.payload(
                            layout.packaging() == Packaging.MIME
                                    ? new TakingElements(layout.elements(), parts, wrong)
                                    : new TakingTexts(layout, parts, wrong));
                    envelope.end();
                    return taken;
                });
        boolean mtom = layout.packaging() == Packaging.MTOM;
        String own = mtom
                ? "application/xop+xml; charset=utf-8; type=\"" + version.mediaType() + "\""
                : version.contentType();
        parts.add(0, part(own, ROOT, EnvelopeWriter.wrap(version, headers, without)));
        Multipart.Written written = Multipart.write(parts);
        return new Written(
                SoapMessage.MULTIPART + "; type=\"" + (mtom ? "application/xop+xml" : version.mediaType())
                        + "\"; boundary=\"" + written.boundary() + "\"; start=\"<" + ROOT + ">\""
                        + (mtom ? "; start-info=\"" + version.mediaType() + "\"" : "") + action(version, action),
                written.content());
    }

    /** What an element holds becomes a part, and a reference to it stays. */
    private record TakingTexts(Layout layout, List<Multipart.Part> parts, ErrorCode wrong) implements Replacement {
        @Override
        public boolean applies() {
            return true;
        }

        @Override
        public Optional<String> ofText(String element, String text) {
            if (!layout.elements().contains(element) || text.isBlank()) {
                return Optional.empty();
            }
            String id = "part-" + (parts.size() + 1) + "@lgsp";
            parts.add(part("application/octet-stream", id, content(element, text, wrong)));
            return Optional.of(
                    layout.packaging() == Packaging.SWA_REF
                            ? "cid:" + id
                            : "<xop:Include xmlns:xop=\"" + Attachments.INCLUDE.getNamespaceURI() + "\" href=\"cid:"
                                    + id + "\"/>");
        }
    }

    /** The whole element becomes a part. */
    private static final class TakingElements implements Replacement {
        private final Set<String> elements;
        private final List<Multipart.Part> parts;
        private final ErrorCode wrong;
        private final Set<String> taken = new HashSet<>();

        TakingElements(Set<String> elements, List<Multipart.Part> parts, ErrorCode wrong) {
            this.elements = elements;
            this.parts = parts;
            this.wrong = wrong;
        }

        @Override
        public boolean takes(QName name) {
            return elements.contains(name.getLocalPart());
        }

        @Override
        public void taken(String element, Optional<String> text) {
            if (!taken.add(element)) {
                throw new BusException(
                        wrong, "the element " + element + " is to be sent as a part of this name, and is there twice");
            }
            text.ifPresent(base64 -> parts.add(part(
                    "application/octet-stream",
                    element + "=" + UUID.randomUUID() + "@lgsp",
                    content(element, base64, wrong))));
        }
    }

    private static byte[] content(String element, String text, ErrorCode wrong) {
        return Attachments.decoded(text)
                .orElseThrow(() -> new BusException(
                        wrong, "the element " + element + " is to be sent as an attachment, and holds no base64"));
    }

    private static Multipart.Part part(String type, String id, byte[] content) {
        return new Multipart.Part(
                List.of("Content-Type: " + type, "Content-Transfer-Encoding: binary", "Content-ID: <" + id + ">"),
                content);
    }

    /** Where SOAP 1.2 says it: SOAP 1.1 has a header of its own for it. */
    private static String action(SoapVersion version, String action) {
        return version == SoapVersion.SOAP_11 || action.isEmpty() ? "" : "; action=\"" + action + "\"";
    }
}
