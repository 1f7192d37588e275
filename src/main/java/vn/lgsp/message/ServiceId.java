package vn.lgsp.message;

import vn.lgsp.failure.Rule;

/**
 * The identifier of a data sharing service (dịch vụ chia sẻ dữ liệu): the same in route id, file, folder and address.
 *
 * @param value kebab-case, at most 64 characters, such as {@code land-parcel-lookup}
 * @see "CAT-03"
 */
public record ServiceId(String value) {
    public ServiceId {
        Names.require(Rule.VALUE_SERVICE, value, Names.KEBAB, 64);
    }

    /** Whether {@code text} could be a service id at all; never throws. */
    public static boolean isValid(String text) {
        return text.length() <= 64 && Names.KEBAB.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
