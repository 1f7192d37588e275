package vn.lgsp.deliver;

import java.util.Optional;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.wssecurity.MessageSecurity;

/** The WS-Security of SOAP calls, as the connection of the system that is called says now; most say nothing. */
public final class SoapSecurity {
    private final Catalogue catalogue;
    private final MessageSecurity security;

    public SoapSecurity(Catalogue catalogue, MessageSecurity security) {
        this.catalogue = catalogue;
        this.security = security;
    }

    /**
     * The message as this system expects it.
     *
     * @param attached whether it has attachments, which no signature here covers
     * @throws BusException {@code route-refused} when it has, and the system expects security
     */
    byte[] secure(SystemId system, byte[] message, boolean attached) {
        Optional<WsSecurity.Written> written =
                of(system).map(WsSecurity::written).filter(security -> !security.isEmpty());
        if (written.isPresent() && attached) {
            throw new BusException(
                    ErrorCode.ROUTE_REFUSED,
                    "attachments would not be covered by the security that " + system
                            + " expects: the route has to send them inside the message, as base64");
        }
        return written.map(expected -> security.secure(message, expected)).orElse(message);
    }

    /**
     * Holds an answer against what the connection of its system demands.
     *
     * @throws BusException {@code provider-invalid} when it does not show that, or has attachments, which no signature here covers
     */
    void verify(SystemId system, SoapMessage answer) {
        Optional<WsSecurity.Demanded> demanded =
                of(system).map(WsSecurity::demanded).filter(security -> !security.isEmpty());
        if (demanded.isPresent() && !answer.isAlone()) {
            throw new BusException(
                    ErrorCode.PROVIDER_INVALID,
                    "the answer of " + system + " has attachments, which its security does not cover");
        }
        demanded.ifPresent(
                expected -> security.check(answer.envelope(), answer.type().charset(), expected));
    }

    /**
     * That content may pass through to this system.
     *
     * @throws BusException {@code route-refused} when its answers have to be proved, which nobody does with what passes
     */
    void passing(SystemId system) {
        if (of(system)
                .map(WsSecurity::demanded)
                .filter(security -> !security.isEmpty())
                .isPresent()) {
            throw new BusException(
                    ErrorCode.ROUTE_REFUSED,
                    "the answers of " + system + " have to be signed or timed, and the bus reads nothing of what passes"
                            + " through: let the route map it");
        }
    }

    private Optional<WsSecurity> of(SystemId system) {
        return catalogue
                .now()
                .system(system)
                .flatMap(found -> found.connection())
                .flatMap(Connection::security);
    }
}
