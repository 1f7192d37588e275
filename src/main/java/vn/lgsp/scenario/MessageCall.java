package vn.lgsp.scenario;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A call of a scenario that is a message: it goes into the queue of the service, and what comes back is taken from a temporary one. */
final class MessageCall {
    private MessageCall() {}

    /**
     * Sends it, and waits.
     *
     * @return the properties of the reply as headers; what the broker refuses by itself as the problem that it is in the record
     * @throws IOException when nothing comes back in time
     */
    static Reply send(int port, String user, String key, String queue, Scenario.Call call, Duration patience)
            throws IOException {
        String url = "tcp://127.0.0.1:" + port + "?reconnectAttempts=0&callTimeout=10000&minLargeMessageSize=8000000";
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory(url)) {
            Connection connection;
            try {
                connection = broker.createConnection(user, key);
            } catch (JMSSecurityException unknown) {
                return refused(401, "consumer-unknown");
            }
            try (connection;
                    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
                connection.start();
                Queue replies = session.createTemporaryQueue();
                Message message = message(session, call);
                message.setJMSReplyTo(replies);
                try (MessageConsumer answers = session.createConsumer(replies);
                        MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                    producer.send(message);
                    Message answer = answers.receive(patience.toMillis());
                    if (answer == null) {
                        throw new IOException("no reply came");
                    }
                    return reply(answer);
                }
            } catch (JMSSecurityException notAllowed) {
                return refused(403, "grant-missing");
            }
        } catch (JMSException broken) {
            throw new IOException("the broker did not take the message", broken);
        }
    }

    private static Reply refused(int status, String code) {
        return new Reply(status, Map.of(), ("{\"code\":\"" + code + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static Message message(Session session, Scenario.Call call) throws JMSException {
        Message message;
        if (call.jms().orElseThrow().equals("text")) {
            message = session.createTextMessage(call.content().orElse(""));
        } else {
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeBytes(call.content().orElse("").getBytes(StandardCharsets.UTF_8));
            message = bytes;
        }
        for (Map.Entry<String, String> property : call.headers().entrySet()) {
            message.setStringProperty(property.getKey(), property.getValue());
        }
        return message;
    }

    private static Reply reply(Message answer) throws JMSException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Enumeration<?> names = answer.getPropertyNames(); names.hasMoreElements(); ) {
            String name = String.valueOf(names.nextElement());
            headers.put(name, String.valueOf(answer.getStringProperty(name)));
        }
        headers.put("X-LGSP-Exchange", answer.getStringProperty("lgsp_exchange"));
        byte[] content = answer instanceof TextMessage text
                ? String.valueOf(text.getText()).getBytes(StandardCharsets.UTF_8)
                : answer.getBody(byte[].class);
        return new Reply(answer.getIntProperty("lgsp_status"), headers, content == null ? new byte[0] : content);
    }
}
