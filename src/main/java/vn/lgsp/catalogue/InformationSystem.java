package vn.lgsp.catalogue;

import java.util.Optional;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.SystemId;

/**
 * An information system (hệ thống thông tin) of an agency.
 *
 * @param connection how the bus reaches it; absent for a system that only consumes
 */
public record InformationSystem(SystemId id, AgencyCode agency, String name, Optional<Connection> connection) {}
