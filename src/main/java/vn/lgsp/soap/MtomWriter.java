package vn.lgsp.soap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Writes a message as MTOM: the base64 of some elements travels as parts of their own, byte by byte. */
public final class MtomWriter {
    private static final String ROOT = "envelope@lgsp";

    /**
     * A message, written.
     *
     * @param contentType the head that belongs to it
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    public record Written(String contentType, byte[] content) {}

    private MtomWriter() {}

    /**
     * The payload in an envelope, what these elements hold beside it. An element of these that is empty or absent has no part.
     *
     * @param payload one XML element in UTF-8; comments in it are dropped
     * @param elements their local names
     * @throws BusException {@code message-invalid} when one of them holds something other than base64; otherwise as {@link
     *     EnvelopeWriter#wrap(SoapVersion, byte[])}
     */
    public static Written write(
            SoapVersion version, String action, List<HeaderBlock> headers, byte[] payload, Set<String> elements) {
        List<byte[]> parts = new ArrayList<>();
        byte[] without = EnvelopeReader.read(
                EnvelopeWriter.wrap(version, payload),
                Optional.empty(),
                (fault, what) -> new BusException(ErrorCode.BUS_FAILED, "the mapping gave a payload that " + what),
                envelope -> {
                    envelope.toPayload();
                    byte[] taken = envelope.payload(taking(elements, parts));
                    envelope.end();
                    return taken;
                });
        String boundary = "lgsp-" + UUID.randomUUID();
        ByteArrayOutputStream out = new ByteArrayOutputStream(
                payload.length + parts.stream().mapToInt(part -> part.length).sum() / 8);
        begin(out, boundary, "application/xop+xml; charset=utf-8; type=\"" + version.mediaType() + "\"", ROOT);
        out.writeBytes(EnvelopeWriter.wrap(version, headers, without));
        for (int i = 0; i < parts.size(); i++) {
            begin(out, boundary, "application/octet-stream", id(i));
            out.writeBytes(parts.get(i));
        }
        out.writeBytes(bytes("\r\n--" + boundary + "--\r\n"));
        return new Written(
                SoapMessage.MULTIPART + "; type=\"application/xop+xml\"; boundary=\"" + boundary + "\"; start=\"<"
                        + ROOT + ">\"; start-info=\"" + version.mediaType() + "\"" + action(version, action),
                out.toByteArray());
    }

    private static Replacement taking(Set<String> elements, List<byte[]> parts) {
        return new Replacement() {
            @Override
            public boolean applies() {
                return true;
            }

            @Override
            public Optional<String> ofText(String element, String text) {
                if (!elements.contains(element) || text.isBlank()) {
                    return Optional.empty();
                }
                parts.add(Attachments.decoded(text)
                        .orElseThrow(() -> new BusException(
                                ErrorCode.MESSAGE_INVALID,
                                "the element " + element + " is to be sent as an attachment, and holds no base64")));
                return Optional.of("<xop:Include xmlns:xop=\"" + Attachments.INCLUDE.getNamespaceURI()
                        + "\" href=\"cid:" + id(parts.size() - 1) + "\"/>");
            }
        };
    }

    private static String id(int part) {
        return "part-" + (part + 1) + "@lgsp";
    }

    private static void begin(ByteArrayOutputStream out, String boundary, String type, String id) {
        out.writeBytes(bytes((out.size() == 0 ? "--" : "\r\n--") + boundary + "\r\nContent-Type: " + type
                + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + id + ">\r\n\r\n"));
    }

    /** Where SOAP 1.2 says it: SOAP 1.1 has a header of its own for it. */
    private static String action(SoapVersion version, String action) {
        return version == SoapVersion.SOAP_11 || action.isEmpty() ? "" : "; action=\"" + action + "\"";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
