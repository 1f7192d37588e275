package vn.lgsp.axis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import vn.lgsp.message.Content;

/**
 * The SHA-256 of a packet as the document axis writes it. The SDK writes each byte without a leading zero, so the text may be shorter
 * than 64 characters (wire-formats 3.2).
 */
public final class FileHash {

    /** How the bytes of a hash are written; {@code axis.hashFile.style}, unknown to this day. */
    public enum Style {
        /** Two characters for each byte. */
        PADDED,
        /** One character for a byte below sixteen, as the SDK does it. */
        UNPADDED
    }

    private FileHash() {}

    public static String of(byte[] packet, Style style) {
        return of(Content.of(packet), style);
    }

    /** The same of a packet that may be held outside memory; reads it to its end. */
    public static String of(Content packet, Style style) {
        return written(packet.sha256(), style);
    }

    /**
     * The packet that the hash is of: these bytes, or those before the line break that the SDK writes behind them; empty when it is of
     * neither. Either style counts.
     */
    public static Optional<Content> proves(String hash, Content sent) {
        if (matches(hash, sent.sha256())) {
            return Optional.of(sent);
        }
        Optional<Content> packet = sent.withoutLineBreak();
        return packet.filter(bytes -> matches(hash, bytes.sha256()));
    }

    private static boolean matches(String hash, byte[] digest) {
        byte[] shown = hash.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(shown, written(digest, Style.PADDED).getBytes(StandardCharsets.US_ASCII))
                || MessageDigest.isEqual(shown, written(digest, Style.UNPADDED).getBytes(StandardCharsets.US_ASCII));
    }

    private static String written(byte[] digest, Style style) {
        if (style == Style.PADDED) {
            return HexFormat.of().formatHex(digest);
        }
        StringBuilder text = new StringBuilder(2 * digest.length);
        for (byte one : digest) {
            text.append(Integer.toHexString(one & 0xff));
        }
        return text.toString();
    }
}
