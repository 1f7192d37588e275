package vn.lgsp.catalogue;

import java.time.Instant;
import java.util.Optional;
import vn.lgsp.message.SystemId;

/**
 * A connection account (tài khoản kết nối) of a system.
 *
 * @param keyHash lower-case hex SHA-256 of the API key; the key itself is not stored. An account that signs its messages may have none
 * @param security how it signs its SOAP messages, if it does
 * @param axis how it calls as a system of the document axis calls, if it does
 * @param expires from this instant on the account is not known, if limited
 * @param onBehalfOf the header in which it says for whom it asks, where it is a platform that others stand behind
 */
public record Account(
        String id,
        SystemId system,
        Optional<String> keyHash,
        Optional<WsSecurity> security,
        Optional<Instant> expires,
        Optional<AxisAccess> axis,
        Optional<String> onBehalfOf) {

    /** One that does not speak as the SDK of the document axis does. */
    public Account(
            String id,
            SystemId system,
            Optional<String> keyHash,
            Optional<WsSecurity> security,
            Optional<Instant> expires) {
        this(id, system, keyHash, security, expires, Optional.empty(), Optional.empty());
    }

    /** Whether it has not expired. */
    public boolean isInForce(Instant now) {
        return expires.map(now::isBefore).orElse(true);
    }
}
