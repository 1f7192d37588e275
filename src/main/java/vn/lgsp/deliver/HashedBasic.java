package vn.lgsp.deliver;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import vn.lgsp.catalogue.OutboundCredential;

/**
 * Signs a call to the population system (wire-formats 7.1): {@code Basic base64(user:H)}, where H is the lower-case hex SHA-256
 * of service URL, user, timestamp and secret, written one after the other.
 */
final class HashedBasic {
    private HashedBasic() {}

    static String authorization(OutboundCredential credential, String url, String timestamp) {
        String plain = url + credential.user() + timestamp + credential.secret();
        String user = credential.user() + ":" + HexFormat.of().formatHex(sha256(plain));
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        }
    }
}
