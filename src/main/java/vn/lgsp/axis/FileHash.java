package vn.lgsp.axis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

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
        return written(sha256(packet, packet.length), style);
    }

    /**
     * The packet that the hash is of: these bytes, or those before the line break that the SDK writes behind them; empty when it is of
     * neither. Either style counts.
     */
    public static Optional<byte[]> proves(String hash, byte[] sent) {
        if (matches(hash, sha256(sent, sent.length))) {
            return Optional.of(sent);
        }
        int end = sent.length - 2;
        boolean lineBreak = end >= 0 && sent[end] == '\r' && sent[end + 1] == '\n';
        return lineBreak && matches(hash, sha256(sent, end)) ? Optional.of(Arrays.copyOf(sent, end)) : Optional.empty();
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

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this JDK has no SHA-256", impossible);
        }
    }
}
