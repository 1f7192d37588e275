package vn.lgsp.deliver;

import java.util.Optional;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.message.SystemId;
import vn.lgsp.wssecurity.MessageSecurity;

/** The WS-Security of SOAP calls, as the connection of the system that is called says now; most say nothing. */
public final class SoapSecurity {
    private final Catalogue catalogue;
    private final MessageSecurity security;

    public SoapSecurity(Catalogue catalogue, MessageSecurity security) {
        this.catalogue = catalogue;
        this.security = security;
    }

    /** The envelope as this system expects it. */
    byte[] secure(SystemId system, byte[] envelope) {
        return of(system)
                .map(WsSecurity::written)
                .filter(written -> !written.isEmpty())
                .map(written -> security.secure(envelope, written))
                .orElse(envelope);
    }

    /** @throws vn.lgsp.failure.BusException {@code provider-invalid} when the answer does not show what its connection demands */
    void verify(SystemId system, byte[] answer, Optional<String> charset) {
        of(system)
                .map(WsSecurity::demanded)
                .filter(demanded -> !demanded.isEmpty())
                .ifPresent(demanded -> security.check(answer, charset, demanded));
    }

    private Optional<WsSecurity> of(SystemId system) {
        return catalogue
                .now()
                .system(system)
                .flatMap(found -> found.connection())
                .flatMap(Connection::security);
    }
}
