package vn.lgsp.hub;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What every Java can compute. */
final class Digests {
    private Digests() {}

    static byte[] digest(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK has no " + algorithm, missing);
        }
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest("SHA-256", content));
    }

    static String hmacSha256(String secret, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK has no HmacSHA256", missing);
        }
    }

    /** Hexadecimal in which a byte below 16 is one digit. */
    static String withoutZeros(byte[] digest) {
        StringBuilder text = new StringBuilder();
        for (byte next : digest) {
            text.append(Integer.toHexString(next & 0xff));
        }
        return text.toString();
    }

    /** Whether two texts are the same but for upper and lower case. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8),
                other.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether two secrets are the same. */
    static boolean exactly(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
