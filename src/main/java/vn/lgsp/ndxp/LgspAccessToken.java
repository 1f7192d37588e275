package vn.lgsp.ndxp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import vn.lgsp.catalogue.LgspAccess;

/**
 * The header {@code lgspaccesstoken} (wire-formats 6.2): base64 of a JSON object with five keys in one order. It holds the secret
 * in a form that anybody can read, so it is treated as one.
 */
public final class LgspAccessToken {
    /** The name of the header. */
    public static final String HEADER = "lgspaccesstoken";

    private LgspAccessToken() {}

    /** The value of the header. */
    public static String value(LgspAccess access) {
        String json = "{" + member("AccessKey", access.accessKey())
                + "," + member("SecretKey", access.secretKey())
                + "," + member("AppName", access.appName())
                + "," + member("PartnerCode", access.partnerCode())
                + "," + member("PartnerCodeCus", access.partnerCodeCus())
                + "}";
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String member(String name, String value) {
        return JsonText.of(name) + ":" + JsonText.of(value);
    }
}
