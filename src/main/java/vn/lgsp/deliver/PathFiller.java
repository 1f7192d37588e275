package vn.lgsp.deliver;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Fills the named parts of a connector's path, percent-encoded, so that a value can never become a further path segment. */
final class PathFiller {
    private static final Pattern PART = Pattern.compile("\\{([A-Za-z][A-Za-z0-9]*)}");

    private PathFiller() {}

    /** @throws BusException {@code bus-failed} when the route did not set a part */
    static String fill(String template, Function<String, Optional<String>> values) {
        Matcher part = PART.matcher(template);
        StringBuilder path = new StringBuilder();
        while (part.find()) {
            String name = part.group(1);
            String value = values.apply(name)
                    .orElseThrow(() -> new BusException(
                            ErrorCode.BUS_FAILED,
                            "the connector's path needs the variable " + name + ", which is not set"));
            part.appendReplacement(path, Matcher.quoteReplacement(encode(value)));
        }
        return part.appendTail(path).toString();
    }

    private static String encode(String value) {
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
        // A segment of dots alone would climb the path.
        return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : encoded;
    }
}
