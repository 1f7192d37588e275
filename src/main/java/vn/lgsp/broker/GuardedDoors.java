package vn.lgsp.broker;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;

/**
 * What systems send to the queues of services is not too large, and is sealed before it can touch the disk: a persistent message by
 * this, any other by never being written (MSG-06).
 */
final class GuardedDoors implements ActiveMQServerMessagePlugin {
    /** How the queues of services begin. */
    static final String PREFIX = "lgsp.in.";

    private final ContentSeal seal;

    GuardedDoors(ContentSeal seal) {
        this.seal = seal;
    }

    @Override
    public void beforeSend(
            ServerSession session,
            @Nullable Transaction transaction,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue)
            throws ActiveMQException {
        String address = String.valueOf(message.getAddress());
        boolean answer = address.startsWith(Broker.ANSWERS);
        if (!answer && !address.startsWith(PREFIX)) {
            return;
        }
        if (!(message instanceof ICoreMessage core) || core.isLargeMessage()) {
            throw new ActiveMQException(NoFiles.LARGE);
        }
        if (core.getBodyBufferSize() > Broker.LARGEST_CONTENT) {
            throw new ActiveMQException("the message is larger than the " + Broker.LARGEST_CONTENT
                    + " bytes that a queue takes; text takes two for each character");
        }
        core.removeProperty(SentMessage.SEALED);
        if (answer) {
            core.setDurable(false); // the process that asked waits for it, and nobody after it
        } else if (core.isDurable()) {
            try {
                SentMessage.close(core, seal);
            } catch (BusException unsealed) {
                throw new ActiveMQException(unsealed.detail(), unsealed, ActiveMQExceptionType.IO_ERROR);
            }
        }
    }
}
