package vn.lgsp.mailbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.parse.JsonParsers;

/** What {@code getEdoc} of the document axis answers with: JSON that has the packet in it, in base64 (wire-formats 3.3 and 4.2). */
final class FetchAnswer {
    /** A form of the document axis. */
    enum Form {
        PLAIN,
        SDK,
        REST;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Form of(String word) {
            return Arrays.stream(values())
                    .filter(form -> form.word().equals(word))
                    .findFirst()
                    .orElseThrow(() ->
                            new BusException(ErrorCode.ROUTE_REFUSED, "the answer of a fetch is plain, sdk or rest"));
        }
    }

    private FetchAnswer() {}

    /** @param entry what is known of the packet */
    static Content of(Form form, ObjectNode entry, Content packet) {
        String place = place();
        ObjectNode answer = JsonParsers.content().createObjectNode();
        if (form == Form.SDK) {
            answer.put("status", "OK")
                    .put("ErrorCode", "0")
                    .put("ErrorDesc", "Thanh cong")
                    .put("data", place);
        } else {
            answer.setAll(entry);
            answer.put("packet", place);
        }
        return whole(answer, place, List.of(packet));
    }

    /** That of the provincial form, which has the head and the attachments of the packet beside it. */
    static Content ofRest(ObjectNode entry, Content packet, PacketShown shown) {
        String place = place();
        List<Content> contents = new ArrayList<>(List.of(packet));
        ObjectNode answer =
                JsonParsers.content().createObjectNode().put("success", true).put("message", "OK");
        ObjectNode data = answer.putObject("data")
                .put("docId", entry.path("docId").asText())
                .put("from", entry.path("from").asText())
                .put("fromName", shown.fromName())
                .put("edocCode", shown.code())
                .put("edocAbstract", shown.subject())
                .put("edxml", place);
        ArrayNode attachments = data.putArray("attachments");
        for (PacketShown.File file : shown.files()) {
            attachments.addObject().put("fileName", file.name()).put("fileContent", place);
            contents.add(file.content());
        }
        return whole(answer, place, contents);
    }

    /** Shows where content goes; no packet could know it. */
    private static String place() {
        return UUID.randomUUID().toString();
    }

    private static Content whole(ObjectNode answer, String place, List<Content> contents) {
        String[] around = answer.toString().split(place, -1);
        List<Content> parts = new ArrayList<>();
        for (int i = 0; i < around.length; i++) {
            parts.add(Content.of(around[i].getBytes(StandardCharsets.UTF_8)));
            if (i < contents.size()) {
                parts.add(new Encoded(contents.get(i)));
            }
        }
        Content whole = Content.joined(parts.toArray(Content[]::new));
        if (!contents.stream().allMatch(Content::isInMemory)) {
            return whole;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        whole.read((buffer, length) -> bytes.write(buffer, 0, length));
        return Content.of(bytes.toByteArray());
    }

    /** A content in base64. */
    private record Encoded(Content plain) implements Content {
        private static final int PIECE = 3 * (16 << 10);

        @Override
        public long length() {
            return (plain.length() + 2) / 3 * 4;
        }

        @Override
        public InputStream open() {
            InputStream from = plain.open();
            return new InputStream() {
                private byte[] text = new byte[0];
                private int at;

                @Override
                public int read() throws IOException {
                    return fill() ? text[at++] & 0xff : -1;
                }

                @Override
                public int read(byte[] to, int offset, int count) throws IOException {
                    if (count == 0) {
                        return 0;
                    }
                    if (!fill()) {
                        return -1;
                    }
                    int some = Math.min(count, text.length - at);
                    System.arraycopy(text, at, to, offset, some);
                    at += some;
                    return some;
                }

                private boolean fill() throws IOException {
                    if (at == text.length) {
                        text = Base64.getEncoder().encode(from.readNBytes(PIECE));
                        at = 0;
                    }
                    return at < text.length;
                }

                @Override
                public void close() throws IOException {
                    from.close();
                }
            };
        }

        @Override
        public String toString() {
            return length() + " bytes (content not shown)";
        }
    }
}
