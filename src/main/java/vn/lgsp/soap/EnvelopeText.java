package vn.lgsp.soap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of an envelope. Whoever names an encoding must be right: when two of the names lead to different texts, or the bytes are
 * not in the encoding named, one of them lies, and guessing could bend a person's name.
 */
final class EnvelopeText {
    static final Pattern DECLARATION = Pattern.compile("\\A<\\?xml\\s[^>]*?\\?>");
    private static final Pattern DECLARED_ENCODING = Pattern.compile("encoding\\s*=\\s*[\"']([A-Za-z0-9._:-]+)[\"']");

    private final byte[] bytes;
    private final Refusal refusal;

    private EnvelopeText(byte[] bytes, Refusal refusal) {
        this.bytes = bytes;
        this.refusal = refusal;
    }

    /**
     * @param charset of the content type; it, the byte order mark and the XML declaration may each name the encoding. Without any
     *     it is UTF-8
     */
    static String of(byte[] bytes, Optional<String> charset, Refusal refusal) {
        return new EnvelopeText(bytes, refusal).decode(charset);
    }

    private String decode(Optional<String> contentTypeCharset) {
        Optional<Charset> mark = mark();
        Set<Charset> named = new LinkedHashSet<>();
        mark.ifPresent(named::add);
        contentTypeCharset
                .map(this::charset)
                .map(charset -> exact(charset, mark))
                .ifPresent(named::add);
        Charset first = named.stream().findFirst().orElse(StandardCharsets.ISO_8859_1);
        String head = new String(bytes, 0, Math.min(bytes.length, 400), first).replace("\uFEFF", "");
        Matcher declaration = DECLARATION.matcher(head);
        if (declaration.find()) {
            declaredEncoding(declaration.group())
                    .map(this::charset)
                    .map(charset -> exact(charset, mark))
                    .ifPresent(named::add);
        }
        if (named.isEmpty()) {
            named.add(StandardCharsets.UTF_8);
        }
        Set<String> texts = new LinkedHashSet<>();
        named.forEach(charset -> texts.add(decode(charset)));
        if (texts.size() > 1) {
            throw lie("is not in the encoding that it names: its names for it contradict each other");
        }
        String text = texts.iterator().next();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private String decode(Charset charset) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException wrong) {
            throw lie("is not in the encoding that it names");
        }
    }

    private Charset charset(String name) {
        try {
            return Charset.forName(name.strip());
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            throw lie("is in an encoding that the bus does not know");
        }
    }

    private RuntimeException lie(String what) {
        return refusal.of(Fault.SENDER, what);
    }

    /** {@code UTF-16} leaves the order of bytes to the mark. */
    private static Charset exact(Charset named, Optional<Charset> mark) {
        return named.equals(StandardCharsets.UTF_16)
                        && mark.filter(charset -> charset.name().startsWith("UTF-16"))
                                .isPresent()
                ? mark.get()
                : named;
    }

    private Optional<Charset> mark() {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return Optional.of(StandardCharsets.UTF_8);
        }
        if (startsWith(bytes, 0xFE, 0xFF)) {
            return Optional.of(StandardCharsets.UTF_16BE);
        }
        if (startsWith(bytes, 0xFF, 0xFE)) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        return Optional.empty();
    }

    static Optional<String> declaredEncoding(String declaration) {
        Matcher encoding = DECLARED_ENCODING.matcher(declaration);
        return encoding.find() ? Optional.of(encoding.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    static boolean startsWith(byte[] bytes, int... prefix) {
        if (bytes.length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
