package vn.lgsp.message;

/**
 * Who is asking, once proved.
 *
 * @param account the connection account (tài khoản kết nối) whose credential was shown
 * @param system the information system that the account belongs to
 * @param agency the agency that owns the system
 * @see "ORG-03"
 */
public record Caller(String account, SystemId system, AgencyCode agency) {}
