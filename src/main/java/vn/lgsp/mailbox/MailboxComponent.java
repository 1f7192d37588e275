package vn.lgsp.mailbox;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * The Camel component {@code lgsp-mailbox:{operation}}: puts packets into the mailboxes of the document exchange, and reads them, in the name
 * of the system that asks.
 *
 * @see "EXT-20"
 */
public final class MailboxComponent extends DefaultComponent {
    private final @Nullable Mailboxes mailboxes;
    private final Runnable needed;

    /** @param needed is told before an endpoint is made: what seals the mailboxes has to be there before the first packet */
    public MailboxComponent(Mailboxes mailboxes, Runnable needed) {
        this.mailboxes = mailboxes;
        this.needed = needed;
    }

    private MailboxComponent() {
        this.mailboxes = null;
        this.needed = () -> {};
    }

    /** Makes the same endpoints, and keeps nothing: to see whether a route can be built. */
    public static MailboxComponent unconnected() {
        return new MailboxComponent();
    }

    Mailboxes mailboxes() {
        if (mailboxes == null) {
            throw new IllegalStateException("this component is not connected");
        }
        return mailboxes;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        MailboxEndpoint endpoint = new MailboxEndpoint(
                uri,
                this,
                MailboxEndpoint.Task.of(remaining)
                        .orElseThrow(
                                () -> new BusException(
                                        ErrorCode.ROUTE_REFUSED,
                                        "a mailbox has the operations put, take, list, count, fetch, update-status, sent-list, handed-on,"
                                                + " download, agencies, check, register-agency, delete-agency, synchronise-units")));
        parameters.values().forEach(value -> {
            // Camel would make an object of any class that is named so
            if (String.valueOf(value).replaceFirst("^RAW[({]", "").strip().startsWith("#")) {
                throw new BusException(ErrorCode.ROUTE_REFUSED, "an option names a bean or a class: write a text");
            }
        });
        setProperties(endpoint, parameters);
        needed.run();
        return endpoint;
    }
}
