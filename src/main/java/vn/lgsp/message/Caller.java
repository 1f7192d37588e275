package vn.lgsp.message;

import java.util.Optional;

/**
 * Who is asking, once proved.
 *
 * @param account the connection account (tài khoản kết nối) whose credential was shown
 * @param system the information system that the account belongs to
 * @param agency the agency that owns the system
 * @param onBehalfOf whom the system says that it asks for, where its account may say so: claimed by it, not proved
 * @see "ORG-03, EXT-02"
 */
public record Caller(String account, SystemId system, AgencyCode agency, Optional<PartyCode> onBehalfOf) {
    /** One that asks for itself. */
    public Caller(String account, SystemId system, AgencyCode agency) {
        this(account, system, agency, Optional.empty());
    }

    /** The same, who asks for {@code party}. */
    public Caller onBehalfOf(PartyCode party) {
        return new Caller(account, system, agency, Optional.of(party));
    }
}
