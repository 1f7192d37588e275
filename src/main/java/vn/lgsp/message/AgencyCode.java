package vn.lgsp.message;

import java.util.regex.Pattern;
import vn.lgsp.failure.Rule;

/**
 * The electronic identifier code of an agency (mã định danh điện tử), unique in the system.
 *
 * @param value as the platform writes it, parts from the large to the small, such as {@code H99.01}; at most 35 characters
 * @see "ORG-01"
 */
public record AgencyCode(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Z0-9]+(\\.[A-Z0-9]+)*");

    public AgencyCode {
        Names.require(Rule.VALUE_AGENCY, value, FORM, 35);
    }

    @Override
    public String toString() {
        return value;
    }
}
