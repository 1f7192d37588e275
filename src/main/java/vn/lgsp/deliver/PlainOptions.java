package vn.lgsp.deliver;

import java.util.Map;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** The options of an address are texts: Camel would make an object of any class that one of them names after a {@code #}. */
final class PlainOptions {
    private PlainOptions() {}

    /** @throws BusException {@code route-refused} */
    static Map<String, Object> of(Map<String, Object> options) {
        options.forEach((name, value) -> {
            if (String.valueOf(value).replaceFirst("^RAW[({]", "").strip().startsWith("#")) {
                throw new BusException(
                        ErrorCode.ROUTE_REFUSED, "the option " + name + " names a bean or a class: write a text");
            }
        });
        return options;
    }
}
