package vn.lgsp.broker;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.persistence.OperationContext;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerSessionPlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperationAbstract;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plugin of the broker, embedded or outside: says on the address {@value #ADDRESS} that the consumer of a system's queue has
 * confirmed a message, so that a delivery counts as made only when its receiver has said so (DLV-03).
 *
 * <p>A confirmation is an acknowledgement by a consumer, after its transaction has been committed where there is one. A message that
 * expired, was killed, moved or removed by an administrator is not confirmed; nor is one that the broker acknowledged by itself
 * before the consumer had it (pre-acknowledge). What is said holds two names and no content, and never reaches a disk. It may be
 * lost: then the same delivery is made once more.
 *
 * <p>It uses nothing of the bus, so the bus's jar may be put beside any Artemis 2.56.
 */
public final class Confirmations implements ActiveMQServerMessagePlugin, ActiveMQServerSessionPlugin {
    /** Where confirmations are said; multicast. */
    public static final String ADDRESS = "lgsp.confirmed";

    /** The property with the name of the delivery, of the message and of its confirmation. */
    public static final String DELIVERY = "lgsp_delivery";

    /** The property with the name of the one sending, of the message and of its confirmation: a delivery may be sent again. */
    public static final String SENDING = "lgsp_sending";

    private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);
    private static final Pattern SYSTEM_QUEUE = Pattern.compile("lgsp\\.[a-z0-9-]+\\.in");
    private static final SimpleString CONFIRMED = SimpleString.of(ADDRESS);

    private final Set<String> careless = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ActiveMQServer broker;

    @Override
    public void registered(ActiveMQServer server) {
        broker = server;
    }

    @Override
    public void beforeCreateSession(
            String name,
            @Nullable String user,
            int minLargeMessageSize,
            RemotingConnection connection,
            boolean autoCommitSends,
            boolean autoCommitAcks,
            boolean preAcknowledge,
            boolean xa,
            @Nullable String defaultAddress,
            SessionCallback callback,
            boolean autoCreateQueues,
            OperationContext context,
            @Nullable Map<SimpleString, RoutingType> prefixes) {
        if (preAcknowledge) {
            careless.add(name);
        }
    }

    @Override
    public void afterCloseSession(ServerSession session, boolean failed) {
        careless.remove(session.getName());
    }

    @Override
    public void messageAcknowledged(
            @Nullable Transaction transaction,
            MessageReference reference,
            AckReason reason,
            @Nullable ServerConsumer consumer) {
        if (reason != AckReason.NORMAL || consumer == null) {
            return; // expired, killed, or removed by an administrator
        }
        Message message = reference.getMessage();
        String delivery = message.getStringProperty(DELIVERY);
        String sending = message.getStringProperty(SENDING);
        if (delivery == null
                || sending == null
                || !SYSTEM_QUEUE
                        .matcher(reference.getQueue().getAddress().toString())
                        .matches()) {
            return;
        }
        if (careless.contains(consumer.getSessionID())) {
            LOG.atWarn()
                    .addKeyValue("event", "broker.unconfirmed")
                    .addKeyValue("queue", reference.getQueue().getName())
                    .addKeyValue("delivery", delivery)
                    .log("the consumer lets the broker acknowledge before it has the message: nothing is confirmed");
        } else if (transaction == null) {
            say(delivery, sending);
        } else {
            transaction.addOperation(new TransactionOperationAbstract() {
                @Override
                public void afterCommit(Transaction committed) {
                    say(delivery, sending);
                }
            });
        }
    }

    private void say(String delivery, String sending) {
        ActiveMQServer here = broker;
        if (here == null) {
            return;
        }
        try {
            CoreMessage confirmation = new CoreMessage(here.getStorageManager().generateID(), 256);
            confirmation.setAddress(CONFIRMED);
            confirmation.setRoutingType(RoutingType.MULTICAST);
            confirmation.setDurable(false);
            confirmation.putStringProperty(DELIVERY, delivery);
            confirmation.putStringProperty(SENDING, sending);
            here.getPostOffice().route(confirmation, true);
        } catch (Exception lost) {
            // The consumer's acknowledgement stands; the bus does not hear of it, and sends the same delivery again.
            LOG.atWarn()
                    .addKeyValue("event", "broker.confirmation.lost")
                    .addKeyValue("delivery", delivery)
                    .setCause(lost)
                    .log("a confirmation could not be passed on");
        }
    }
}
