package vn.lgsp.catalogue;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/**
 * How an operation is offered on a queue of the broker (BUS-06).
 *
 * @param properties of the message that are let in, each with the header that it is here: what they hold is an exchange variable
 *     under the name of the property, and a header of what passes through; an answer's header goes back as the property
 * @param concurrency how many messages are worked on at once; 1 to 64, default 4
 */
public record JmsCall(Map<String, String> properties, int concurrency) {
    public static final int DEFAULT_CONCURRENCY = 4;
    static final int MOST_CONCURRENCY = 64;

    private static final String PREFIX = "lgsp.in.";
    private static final Pattern ADDRESS =
            Pattern.compile("lgsp\\.in\\.([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\\.v([1-9][0-9]{0,2}))?");

    public JmsCall {
        properties = Map.copyOf(properties);
    }

    /** The queue of a service: {@code lgsp.in.{service}}, and from version 2 on {@code lgsp.in.{service}.v{n}} (VER-01). */
    public static String queue(ServiceKey service) {
        return PREFIX + service.id() + (service.version() == 1 ? "" : ".v" + service.version());
    }

    /** The service whose queue has this name, if it is of that form. */
    public static Optional<ServiceKey> service(String queue) {
        Matcher matcher = ADDRESS.matcher(queue);
        if (!matcher.matches() || !ServiceId.isValid(matcher.group(1))) {
            return Optional.empty();
        }
        int version = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
        return matcher.group(2) != null && version == 1
                ? Optional.empty()
                : Optional.of(new ServiceKey(new ServiceId(matcher.group(1)), version));
    }
}
