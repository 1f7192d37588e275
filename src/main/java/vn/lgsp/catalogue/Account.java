package vn.lgsp.catalogue;

import java.time.Instant;
import java.util.Optional;
import vn.lgsp.message.SystemId;

/**
 * A connection account (tài khoản kết nối) of a system.
 *
 * @param keyHash lower-case hex SHA-256 of the API key; the key itself is not stored
 * @param expires from this instant on the account is not known, if limited
 */
public record Account(String id, SystemId system, String keyHash, Optional<Instant> expires) {}
