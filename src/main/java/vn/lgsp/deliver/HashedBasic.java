package vn.lgsp.deliver;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.message.Sha256;

/**
 * Signs a call to the population system (wire-formats 7.1): {@code Basic base64(user:H)}, where H is the lower-case hex SHA-256
 * of service URL, user, timestamp and secret, written one after the other.
 */
final class HashedBasic {
    private HashedBasic() {}

    static String authorization(OutboundCredential credential, String url, String timestamp) {
        String plain = url + credential.user() + timestamp + credential.secret();
        String user = credential.user() + ":" + Sha256.hex(plain);
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }
}
