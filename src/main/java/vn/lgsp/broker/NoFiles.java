package vn.lgsp.broker;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.ActiveMQExceptionMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.ActiveMQExceptionMessage_V2;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendContinuationMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendLargeMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Refuses what Artemis calls a large message: it writes the pieces to a file as they come, in the clear (MSG-05). A client cuts a
 * message into pieces by its own setting; it is told which one to raise.
 */
public final class NoFiles implements Interceptor {
    static final String LARGE =
            "a message that comes in pieces is not taken: send it whole, with minLargeMessageSize=8000000 in the"
                    + " address of the broker; it may have up to 4 MB";

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        if (packet instanceof SessionSendLargeMessage) {
            return false;
        }
        if (!(packet instanceof SessionSendContinuationMessage piece)) {
            return true;
        }
        if (!piece.isContinues() && connection instanceof CoreRemotingConnection core) {
            // The client waits for an answer to the last piece.
            Channel channel = core.getChannel(packet.getChannelID(), -1);
            ActiveMQException refusal = new ActiveMQException(LARGE);
            channel.send(
                    packet.isResponseAsync()
                            ? new ActiveMQExceptionMessage_V2(packet.getCorrelationID(), refusal)
                            : new ActiveMQExceptionMessage(refusal));
        }
        return false;
    }
}
