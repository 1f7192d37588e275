package vn.lgsp.catalogue;

import java.util.List;
import java.util.Optional;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.SystemId;

/**
 * An information system (hệ thống thông tin) of an agency.
 *
 * @param connection how the bus reaches it over HTTP; absent for a system that only consumes
 * @param organs the codes of organisations, in capital letters, whose documents it sends and receives
 * @param queue how the bus reaches it through the broker; a system has a connection, a queue, both or neither
 */
public record InformationSystem(
        SystemId id,
        AgencyCode agency,
        String name,
        Optional<Connection> connection,
        Optional<Queue> queue,
        List<String> organs) {

    public InformationSystem {
        organs = List.copyOf(organs);
    }

    /** One that has no part in the exchange of documents. */
    public InformationSystem(
            SystemId id, AgencyCode agency, String name, Optional<Connection> connection, Optional<Queue> queue) {
        this(id, agency, name, connection, queue, List.of());
    }
}
