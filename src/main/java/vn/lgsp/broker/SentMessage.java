package vn.lgsp.broker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.ActiveMQPropertyConversionException;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * A message that a system has sent: text or bytes, with the properties of its own.
 *
 * @param text whether it is a text message
 * @param content of a text message, in UTF-8
 * @param properties those that neither JMS nor the broker nor the bus has made, as text
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record SentMessage(boolean text, byte[] content, Map<String, String> properties) {
    /** The property with the epoch in which a message was closed. */
    static final SimpleString SEALED = SimpleString.of("lgsp_sealed");

    @Override
    public String toString() {
        return content.length + " bytes (content not shown)";
    }

    /**
     * Reads what came through a link of the bus.
     *
     * @throws BusException {@code media-type-unsupported} for another kind of message, {@code message-invalid} when a text is none,
     *     {@code integrity-broken} or {@code guarantee-unavailable} when it was closed and cannot be opened
     */
    public static SentMessage of(ClientMessage message, Optional<ContentSeal> seal) {
        if (message.getType() != Message.TEXT_TYPE && message.getType() != Message.BYTES_TYPE) {
            throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send a text message or a bytes message");
        }
        byte[] body = bytes(message.getReadOnlyBodyBuffer());
        Map<String, String> properties;
        if (message.containsProperty(SEALED)) {
            ContentSeal.Closed closed;
            try {
                closed = new ContentSeal.Closed(message.getLongProperty(SEALED), body);
            } catch (ActiveMQPropertyConversionException forged) {
                throw unreadable(forged);
            }
            Opened opened = Opened.read(seal.orElseThrow(() -> unreadable(null)).open(closed));
            body = opened.body();
            properties = opened.properties();
        } else {
            properties = own(message);
        }
        boolean text = message.getType() == Message.TEXT_TYPE;
        return new SentMessage(text, text ? utf8(body) : body, properties);
    }

    private static BusException unreadable(@org.jspecify.annotations.Nullable Throwable cause) {
        return new BusException(
                ErrorCode.INTEGRITY_BROKEN, "the message says that it is sealed, and not by this bus", cause);
    }

    /** Puts the content and the properties of a message under a seal, in place. */
    static void close(ICoreMessage message, ContentSeal seal) {
        Map<String, String> properties = own(message);
        ContentSeal.Closed closed =
                seal.close(new Opened(properties, bytes(message.getReadOnlyBodyBuffer())).written());
        for (SimpleString name : java.util.Set.copyOf(message.getPropertyNames())) {
            if (isOwn(name)) {
                message.removeProperty(name);
            }
        }
        message.putLongProperty(SEALED, closed.epoch());
        ActiveMQBuffer body = message.getBodyBuffer();
        body.clear();
        body.writeBytes(closed.content());
        message.messageChanged();
    }

    /** The epoch that a message was closed in. */
    static Optional<Long> epoch(Message message) {
        return message.containsProperty(SEALED) ? Optional.of(message.getLongProperty(SEALED)) : Optional.empty();
    }

    private static byte[] bytes(ActiveMQBuffer buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    private static Map<String, String> own(Message message) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (SimpleString name : message.getPropertyNames()) {
            Object value = message.getObjectProperty(name);
            if (isOwn(name) && (value instanceof CharSequence || value instanceof Number || value instanceof Boolean)) {
                properties.put(name.toString(), value.toString());
            }
        }
        return properties;
    }

    private static boolean isOwn(SimpleString name) {
        String text = name.toString();
        return !text.startsWith("JMS")
                && !text.startsWith("_AMQ")
                && !text.startsWith("__AMQ")
                && !text.startsWith("lgsp_")
                && !text.equals("content_type");
    }

    private static byte[] utf8(byte[] body) {
        try {
            ActiveMQBuffer buffer = ActiveMQBuffers.wrappedBuffer(body);
            SimpleString text = body.length == 0 ? null : buffer.readNullableSimpleString();
            if (text == null) {
                return new byte[0];
            }
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.toString()));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException | IndexOutOfBoundsException | IllegalArgumentException broken) {
            // without the cause: nothing of the content
            throw new BusException(ErrorCode.MESSAGE_INVALID, "the text of the message is no Unicode text");
        }
    }

    /** What is under the seal. */
    private record Opened(Map<String, String> properties, byte[] body) {
        byte[] written() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeInt(properties.size());
                for (Map.Entry<String, String> property : properties.entrySet()) {
                    write(out, property.getKey());
                    write(out, property.getValue());
                }
                out.write(body);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return bytes.toByteArray();
        }

        static Opened read(byte[] plain) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain))) {
                Map<String, String> properties = new LinkedHashMap<>();
                for (int left = in.readInt(); left > 0; left--) {
                    properties.put(text(in), text(in));
                }
                return new Opened(properties, in.readAllBytes());
            } catch (IOException broken) {
                throw unreadable(broken);
            }
        }

        private static void write(DataOutputStream out, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        private static String text(DataInputStream in) throws IOException {
            return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        }
    }
}
