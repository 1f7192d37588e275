package vn.lgsp.catalogue;

/**
 * What the header {@code lgspaccesstoken} says, on each call and on the call for a token (wire-formats 6.2).
 *
 * @param partnerCode code of the platform that asks
 * @param partnerCodeCus code of the unit of it that asks
 */
public record LgspAccess(
        String accessKey, String secretKey, String appName, String partnerCode, String partnerCodeCus) {
    @Override
    public String toString() {
        return "lgspaccesstoken " + appName + ":***";
    }
}
