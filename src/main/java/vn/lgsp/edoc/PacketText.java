package vn.lgsp.edoc;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Rule;

/** The characters of a packet. Bytes that are none are thrown, where a parser of the JDK would print them. */
final class PacketText {
    private static final Pattern DECLARED =
            Pattern.compile("^<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']");

    private final Charset charset;
    private final int mark;

    private PacketText(Charset charset, int mark) {
        this.charset = charset;
        this.mark = mark;
    }

    /**
     * What the first bytes say.
     *
     * @param begin at least those of the XML declaration
     */
    static PacketText of(byte[] begin) throws Stopped {
        if (begin.length == 0) {
            throw new Stopped(Rule.EDOC_EMPTY);
        }
        String text = new String(begin, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u00fe\u00ff")) {
            return new PacketText(StandardCharsets.UTF_16BE, 2);
        } else if (text.startsWith("\u00ff\u00fe")) {
            return new PacketText(StandardCharsets.UTF_16LE, 2);
        }
        int mark = text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
        String marked = text.substring(mark);
        if (marked.indexOf("<?xml ") > 0) {
            throw new Stopped(Rule.EDOC_STRAY_BEFORE);
        } else if (!marked.stripLeading().startsWith("<")) {
            throw new Stopped(Rule.EDOC_NO_XML);
        }
        Matcher declared = DECLARED.matcher(marked);
        return new PacketText(mark > 0 || !declared.find() ? StandardCharsets.UTF_8 : named(declared.group(1)), mark);
    }

    private static Charset named(String name) throws Stopped {
        try {
            return Charset.forName(name);
        } catch (UnsupportedCharsetException unknown) {
            throw new Stopped(Rule.EDOC_ENCODING, Findings.brief(name));
        }
    }

    /** How many bytes at the begin say the encoding, and are no text. */
    int mark() {
        return mark;
    }

    String encoding() {
        return charset.name();
    }

    Reader reader(InputStream bytes) {
        return new InputStreamReader(
                bytes,
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }
}
