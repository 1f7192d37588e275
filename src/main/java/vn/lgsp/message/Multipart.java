package vn.lgsp.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Writes a multipart body (RFC 2046): each part byte by byte, between boundaries that none of them holds.
 *
 * @see "BUS-18"
 */
public final class Multipart {

    /**
     * One part.
     *
     * @param head its header lines, without their ends; {@code Content-Transfer-Encoding} is for whoever needs it
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    public record Part(List<String> head, byte[] content) {}

    /**
     * A body, written.
     *
     * @param boundary as the {@code Content-Type} has to name it, between quotes
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    public record Written(String boundary, byte[] content) {}

    private Multipart() {}

    /** The parts in their order. */
    public static Written write(List<Part> parts) {
        return write(parts, () -> "lgsp-" + UUID.randomUUID());
    }

    /** @param boundaries gives another one each time */
    static Written write(List<Part> parts, Supplier<String> boundaries) {
        String boundary = boundaries.get();
        while (isIn(boundary, parts)) {
            boundary = boundaries.get();
        }
        int size = 0;
        for (Part part : parts) {
            size += part.content().length + 256;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        for (Part part : parts) {
            out.writeBytes(bytes((out.size() == 0 ? "--" : "\r\n--") + boundary + "\r\n"
                    + String.join("\r\n", part.head()) + "\r\n\r\n"));
            out.writeBytes(part.content());
        }
        out.writeBytes(bytes((out.size() == 0 ? "--" : "\r\n--") + boundary + "--\r\n"));
        return new Written(boundary, out.toByteArray());
    }

    private static boolean isIn(String boundary, List<Part> parts) {
        byte[] sought = bytes(boundary);
        for (Part part : parts) {
            byte[] content = part.content();
            for (int at = 0; at <= content.length - sought.length; at++) {
                if (content[at] == sought[0]
                        && Arrays.equals(content, at, at + sought.length, sought, 0, sought.length)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
