package vn.lgsp.wssecurity;

import javax.xml.namespace.QName;
import org.apache.wss4j.common.WSS4JConstants;

/** A message does not prove what it should. It says what is missing, and holds nothing of the message. */
final class Unproved extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The codes of WS-Security 1.1, section 12. */
    enum Reason {
        SECURITY_TOKEN_UNAVAILABLE("SecurityTokenUnavailable"),
        INVALID_SECURITY("InvalidSecurity"),
        INVALID_SECURITY_TOKEN("InvalidSecurityToken"),
        UNSUPPORTED_ALGORITHM("UnsupportedAlgorithm"),
        FAILED_AUTHENTICATION("FailedAuthentication"),
        FAILED_CHECK("FailedCheck"),
        MESSAGE_EXPIRED("MessageExpired");

        private final String code;

        Reason(String code) {
            this.code = code;
        }
    }

    /** @param what goes on after "the request" or "the answer" */
    Unproved(Reason reason, String what) {
        super(what, null, false, false);
        this.reason = reason;
    }

    String what() {
        return String.valueOf(getMessage());
    }

    /** As SOAP faults name it. */
    QName code() {
        // the only code of the standard that belongs to the other namespace
        return reason == Reason.MESSAGE_EXPIRED
                ? new QName(WSS4JConstants.WSU_NS, reason.code, "wsu")
                : new QName(WSS4JConstants.WSSE_NS, reason.code, "wsse");
    }
}
