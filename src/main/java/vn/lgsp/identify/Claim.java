package vn.lgsp.identify;

import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.PartyCode;

/** Whom a platform says that it asks for, in the header that its account names (EXT-02). */
final class Claim {
    private Claim() {}

    /**
     * The code in this header; empty where the header is not there.
     *
     * @throws BusException {@code message-invalid} where it is there twice, or holds no code: what cannot be recorded is not done
     */
    static Optional<PartyCode> in(Inbound request, String header) {
        Optional<PartyCode> claimed = Optional.empty();
        for (Map.Entry<String, String> one : request.headers()) {
            if (one.getKey().equalsIgnoreCase(header)) {
                if (claimed.isPresent()) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID, "the header " + header + " is there twice: send it once");
                }
                claimed = PartyCode.in(one.getValue());
                if (claimed.isEmpty()) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID,
                            "the header " + header
                                    + " holds no code of a party, such as VN/GOV/000.00.00.G22/registry");
                }
            }
        }
        return claimed;
    }
}
