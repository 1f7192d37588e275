package vn.lgsp.deliver;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;

/**
 * The Camel component {@code lgsp-jms:{system}}: hands content to the queue of a registered system, and goes on when the system's
 * consumer has confirmed it. Queue and time belong to the registry.
 */
public final class JmsComponent extends DefaultComponent {
    private final Optional<QueueClient> client;

    public JmsComponent(BrokerLink link, Vertx vertx, Catalogue catalogue, Clock clock) {
        this.client = Optional.of(new QueueClient(link, vertx, catalogue, clock));
    }

    private JmsComponent() {
        this.client = Optional.empty();
    }

    /** Makes the same endpoints, and calls nobody: to see whether a route can be built. */
    public static JmsComponent unconnected() {
        return new JmsComponent();
    }

    private QueueClient client() {
        return client.orElseThrow(() -> new IllegalStateException("this component is not connected"));
    }

    /** Whether messages of calls are handed to this system now. */
    public OutboundClient.Suspension breaker(SystemId system) {
        return client().breaker(system);
    }

    /** When the consumer of each queue was last heard. */
    public ContactsQuery contacts() {
        return client().contacts();
    }

    /** How many messages wait for the consumer of this system now. */
    public int waiting(SystemId system) {
        return client().waiting(system);
    }

    /** Whether this system is handed nothing now, because it failed too often. */
    public boolean isSuspended(SystemId system) {
        return client().isSuspended(system);
    }

    /** The systems that are handed nothing now, by name. */
    public List<String> suspended() {
        return client().suspended();
    }

    /** Confirmations that came after their time, or for what another node sent, since the start. */
    public long lateConfirmations() {
        return client().lateConfirmations();
    }

    /** Replies that nobody waited for: too late, under another correlation id, or by another system; since the start. */
    public long droppedReplies() {
        return client().droppedReplies();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HttpComponent.Target target = HttpComponent.Target.of(remaining);
        if (!target.path().isEmpty()) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "lgsp-jms has no path: write lgsp-jms:" + target.system());
        }
        JmsEndpoint endpoint = new JmsEndpoint(uri, this, this::client, target.system());
        setProperties(endpoint, PlainOptions.of(parameters));
        return endpoint;
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        client.ifPresent(QueueClient::close);
    }
}
