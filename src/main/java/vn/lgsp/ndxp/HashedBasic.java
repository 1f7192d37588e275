package vn.lgsp.ndxp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.message.Sha256;

/**
 * Signs a call to the population system (wire-formats 7.1): {@code Basic base64(user:H)}, where H is the lower-case hex SHA-256
 * of service URL, user, timestamp and secret, written one after the other.
 */
public final class HashedBasic {
    private HashedBasic() {}

    /**
     * The value of {@code Authorization}.
     *
     * @param url of the service, as the other side knows it
     * @param timestamp as the header of this name has it
     */
    public static String authorization(OutboundCredential.HashedBasic credential, String url, String timestamp) {
        String plain = url + credential.user() + timestamp + credential.secret();
        String user = credential.user() + ":" + Sha256.hex(plain);
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }
}
