package vn.lgsp.receive;

import java.time.Clock;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/**
 * The Camel component {@code lgsp-hand-on:{service}/v{n}}: gives the body to a guaranteed service of this bus, as an exchange of its own
 * that walks the same way, in the name of the same account. The route goes on when the message is accepted, and then it is safe, whatever
 * dies (DLV-03).
 */
public final class HandOnComponent extends DefaultComponent {
    private static final Pattern TARGET = Pattern.compile("([a-z0-9-]{1,64})/v([1-9][0-9]{0,2})");

    private final @Nullable Catalogue catalogue;
    private final @Nullable Clock clock;
    private volatile @Nullable Way way;

    private HandOnComponent(@Nullable Catalogue catalogue, @Nullable Clock clock) {
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /** Leads nowhere until {@link #open}. */
    public static HandOnComponent in(Catalogue catalogue, Clock clock) {
        return new HandOnComponent(catalogue, clock);
    }

    /** Makes the same endpoints, and starts nothing: to see whether a route can be built. */
    public static HandOnComponent unconnected() {
        return new HandOnComponent(null, null);
    }

    /** From now on exchanges can be started. */
    public void open(Way opened) {
        way = opened;
    }

    Way way() {
        return connected(way);
    }

    Catalogue catalogue() {
        return connected(catalogue);
    }

    Clock clock() {
        return connected(clock);
    }

    private static <T> T connected(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("this component is not connected");
        }
        return part;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Matcher target = TARGET.matcher(remaining);
        if (!target.matches() || !ServiceId.isValid(target.group(1))) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "write lgsp-hand-on:{service}/v{version}");
        }
        HandOnEndpoint endpoint = new HandOnEndpoint(
                uri, this, new ServiceKey(new ServiceId(target.group(1)), Integer.parseInt(target.group(2))));
        parameters.values().forEach(value -> {
            // Camel would make an object of any class that is named so
            if (String.valueOf(value).replaceFirst("^RAW[({]", "").strip().startsWith("#")) {
                throw new BusException(ErrorCode.ROUTE_REFUSED, "an option names a bean or a class: write a text");
            }
        });
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
