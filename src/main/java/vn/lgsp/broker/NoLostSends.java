package vn.lgsp.broker;

import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQNonExistentQueueException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * A plugin of the broker, embedded or outside: a commit is answered well only when every send of its transaction was kept (DLV-03).
 *
 * <p>Artemis by itself drops what is sent to a queue that is not there, and answers well. A send that it refuses inside a transaction
 * (a full disk, say) does not fail the commit for certain: whether the client hears of it is a race.
 *
 * <p>It uses nothing of the bus, so the bus's jar may be put beside any Artemis 2.56.
 */
public final class NoLostSends implements ActiveMQServerMessagePlugin {
    private static final Pattern QUEUE = Pattern.compile("lgsp\\.([a-z0-9-]+\\.(work|in)|in\\..+)");

    @Override
    public void afterSend(
            ServerSession session,
            @Nullable Transaction transaction,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue,
            RoutingStatus result)
            throws ActiveMQException {
        boolean nowhere = result == RoutingStatus.NO_BINDINGS || result == RoutingStatus.NO_BINDINGS_DLA;
        if (nowhere && QUEUE.matcher(message.getAddress()).matches()) {
            ActiveMQException lost = new ActiveMQNonExistentQueueException("there is no queue " + message.getAddress());
            fail(transaction, lost);
            throw lost;
        }
    }

    @Override
    public void onSendException(
            ServerSession session,
            @Nullable Transaction transaction,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue,
            Exception refused) {
        if (QUEUE.matcher(String.valueOf(message.getAddress())).matches()) {
            fail(
                    transaction,
                    refused instanceof ActiveMQException known
                            ? known
                            : new ActiveMQException("a send of the transaction was refused"));
        }
    }

    private static void fail(@Nullable Transaction transaction, ActiveMQException why) {
        if (transaction != null) {
            transaction.markAsRollbackOnly(why);
        }
    }
}
