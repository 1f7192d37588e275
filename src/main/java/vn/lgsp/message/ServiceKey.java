package vn.lgsp.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/**
 * One version of a service. Two versions may run side by side.
 *
 * @param id the service
 * @param version its major version, 1 to 999, as in {@code /api/{service}/v1}
 */
public record ServiceKey(ServiceId id, int version) {
    private static final Pattern WRITTEN = Pattern.compile("([^/]+)/v([1-9][0-9]{0,2})");

    public ServiceKey {
        if (version < 1 || version > 999) {
            throw new IllegalArgumentException("version " + version + " of " + id + " is not valid: write 1 to 999");
        }
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws Invalid when it is of another form
     */
    public static ServiceKey of(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new Invalid(Rule.VALUE_SERVICE_VERSION, Names.brief(text));
        }
        return new ServiceKey(new ServiceId(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return id.value() + "/v" + version;
    }
}
