package vn.lgsp.soap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;

/**
 * A SOAP message as it crosses the wire: an envelope alone, or one with attachments, as MTOM or as SOAP with Attachments.
 *
 * @param envelope its bytes
 * @param type of the envelope itself: media type of its version, charset and action, wherever in the heads they stand
 * @param attachments what came beside it
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record SoapMessage(byte[] envelope, ContentType type, Attachments attachments) {
    /** The media type of a message with attachments. */
    public static final String MULTIPART = "multipart/related";

    private static final String XOP = "application/xop+xml";

    /** Whether nothing came beside the envelope. */
    public boolean isAlone() {
        return attachments == Attachments.NONE;
    }

    /**
     * Reads a message that is here.
     *
     * @param type the {@code Content-Type} that it came with
     * @throws vn.lgsp.failure.BusException by {@code refusal}
     */
    public static SoapMessage of(byte[] content, ContentType type, Refusal refusal) {
        if (!type.mediaType().equals(MULTIPART)) {
            return new SoapMessage(content, type, Attachments.NONE);
        }
        Reading reading = new Reading(type, content.length, true, refusal);
        reading.add(content);
        return reading.done();
    }

    /** An envelope alone; {@code charset} as its {@code Content-Type} names it. */
    public static SoapMessage plain(byte[] envelope, Optional<String> charset) {
        Map<String, String> parameters =
                charset.map(name -> Map.of("charset", name)).orElse(Map.of());
        return new SoapMessage(envelope, new ContentType("", parameters), Attachments.NONE);
    }

    /**
     * Reads a message with attachments while it passes: of its parts only the one with the envelope is kept, and the names of the
     * others.
     *
     * @param type the {@code Content-Type} that it came with, {@link #MULTIPART}
     * @param most largest envelope in bytes
     * @throws vn.lgsp.failure.BusException by {@code refusal}
     */
    public static Reading passing(ContentType type, int most, Refusal refusal) {
        return new Reading(type, most, false, refusal);
    }

    /** A {@code Content-Type}, read; what is none is refused. */
    public static ContentType type(String written, Refusal refusal) {
        try {
            return ContentType.of(written);
        } catch (IllegalArgumentException wrong) {
            throw refusal.of(Fault.SENDER, "cannot be read by its head: " + wrong.getMessage());
        }
    }

    /** Takes the pieces of a message with attachments. */
    public static final class Reading {
        private final ContentType type;
        private final int most;
        private final boolean keepsAll;
        private final Refusal refusal;
        private final MultipartReader reader;
        private final Optional<String> start;
        private final Map<String, byte[]> parts = new LinkedHashMap<>();
        private int count;
        private int nameless;
        private boolean isRoot;
        private MultipartReader.@Nullable Head current;
        private MultipartReader.@Nullable Head root;
        private byte[] envelope = new byte[0];
        private boolean collects;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        private Reading(ContentType type, int most, boolean keepsAll, Refusal refusal) {
            this.type = type;
            this.most = most;
            this.keepsAll = keepsAll;
            this.refusal = refusal;
            this.start = type.parameter("start").map(Reading::bare);
            this.reader = new MultipartReader(
                    type.parameter("boundary")
                            .orElseThrow(() -> refuse("has parts, and its Content-Type names no boundary of them")),
                    new MultipartReader.Parts() {
                        @Override
                        public void begin(MultipartReader.Head head) {
                            Reading.this.begin(head);
                        }

                        @Override
                        public void content(byte[] bytes, int from, int to) {
                            take(bytes, from, to);
                        }
                    },
                    refusal);
        }

        private static String bare(String id) {
            return id.startsWith("<") && id.endsWith(">") ? id.substring(1, id.length() - 1) : id;
        }

        /** Takes the next piece; it must not change afterwards. */
        public void add(byte[] next) {
            reader.add(next);
        }

        /** The message, now that there is no more of it. */
        public SoapMessage done() {
            reader.end();
            finish();
            MultipartReader.Head head = root;
            if (head == null) {
                throw refuse("has no part of the name that its Content-Type gives as start");
            }
            ContentType own = type(head.contentType(), refusal);
            if (type.parameter("type").map(said -> type(said, refusal).mediaType()).stream()
                    .anyMatch(said -> !said.equals(own.mediaType()))) {
                throw refuse("has its envelope in a part of another type than its Content-Type says");
            }
            boolean xop = own.mediaType().equals(XOP);
            ContentType inner = xop ? type(own.parameter("type").orElse(""), refusal) : own;
            Map<String, String> parameters = new LinkedHashMap<>();
            own.charset().or(inner::charset).ifPresent(charset -> parameters.put("charset", charset));
            ContentType info = type(type.parameter("start-info").orElse(""), refusal);
            for (ContentType said : new ContentType[] {inner, own, type, info}) {
                said.parameter("action").filter(action -> !action.isEmpty()).ifPresent(action -> {
                    if (!parameters.getOrDefault("action", action).equals(action)) {
                        throw refuse("names two SOAP actions that differ");
                    }
                    parameters.put("action", action);
                });
            }
            return new SoapMessage(
                    envelope,
                    new ContentType(inner.mediaType(), Map.copyOf(parameters)),
                    new Attachments(parts, xop, nameless, refusal));
        }

        private void begin(MultipartReader.Head head) {
            finish();
            current = head;
            count++;
            isRoot =
                    root == null && start.map(id -> id.equals(head.contentId())).orElse(count == 1);
            if (isRoot) {
                root = head;
            }
            collects = isRoot || keepsAll;
        }

        private void take(byte[] bytes, int from, int to) {
            if (!collects) {
                return;
            }
            if (content.size() + to - from > most) {
                throw refuse("has an envelope of more than " + most + " bytes: send large content as attachments");
            }
            content.write(bytes, from, to - from);
        }

        private void finish() {
            MultipartReader.Head head = current;
            if (head == null) {
                return;
            }
            current = null;
            byte[] whole = collects ? decoded(content.toByteArray(), head.encoding()) : new byte[0];
            content.reset();
            if (isRoot) {
                envelope = whole;
            } else if (head.contentId().isEmpty()) {
                nameless++;
            } else {
                parts.put(head.contentId(), whole);
            }
        }

        private byte[] decoded(byte[] written, String encoding) {
            return switch (encoding) {
                case "", "7bit", "8bit", "binary" -> written;
                case "base64" ->
                    Attachments.decoded(new String(written, StandardCharsets.ISO_8859_1))
                            .orElseThrow(() -> refuse("has a part that is not in base64, as it says"));
                default -> throw refuse("has a part in another transfer encoding than binary, 8bit, 7bit or base64");
            };
        }

        private BusException refuse(String what) {
            return refusal.of(Fault.SENDER, what);
        }
    }
}
