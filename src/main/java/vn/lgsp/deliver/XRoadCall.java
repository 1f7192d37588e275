package vn.lgsp.deliver;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.XRoad;

/** What an exchange says to a security server of X-Road, and what that means by its faults (wire-formats 8.2 to 8.4). */
final class XRoadCall {
    /** What X-Road itself failed with, in an answer of its REST form. */
    static final String ERROR = "x-road-error";

    /** The variable that holds who acts. */
    static final String USER_ID = "xRoadUserId";

    private static final Pattern USER = Pattern.compile("[\\x21-\\x7E]{1,128}");

    /** By codes as both spellings have them in common; a code that is not here is the provider's failure. */
    private static final Map<String, ErrorCode> CODES = Map.of(
            "accessdenied", ErrorCode.PROVIDER_REFUSED,
            "unknownservice", ErrorCode.PROVIDER_REFUSED,
            "unknownmember", ErrorCode.PROVIDER_REFUSED,
            "badrequest", ErrorCode.PROVIDER_REFUSED,
            "invalidsoap", ErrorCode.PROVIDER_REFUSED,
            "missingbody", ErrorCode.PROVIDER_REFUSED,
            "networkerror", ErrorCode.PROVIDER_UNREACHABLE);

    private XRoadCall() {}

    /**
     * Which service, under which id, on account of what and for whom.
     *
     * @param user who acts, if the route says so
     * @param party the member class of the agency that asks; empty where it is not told
     */
    static XRoad.Head head(Optional<String> user, Passage passage, String service, String version, String party) {
        if (user.isPresent() && !USER.matcher(user.get()).matches()) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the variable xRoadUserId has characters that no X-Road header can carry");
        }
        return new XRoad.Head(
                service,
                Optional.of(version).filter(text -> !text.isEmpty()),
                passage.delivery().map(DeliveryId::toString).orElse(passage.id().toString()),
                passage.correlation(),
                user,
                party.isEmpty()
                        ? Optional.empty()
                        : passage.caller()
                                .map(caller ->
                                        new XRoad.Party(party, caller.agency().value())));
    }

    /** The failure that a fault code means, by either spelling; the code is kept as it came. */
    static BusException failure(SystemId system, String code) {
        ErrorCode cause = ErrorCode.PROVIDER_FAILED;
        for (String part : code.toLowerCase(Locale.ROOT).replace("_", "").split("\\.", -1)) {
            cause = CODES.getOrDefault(part, cause);
        }
        return new BusException(
                cause,
                system + " answered with a fault of X-Road",
                Fault.plain(code).orElse(null),
                null);
    }
}
