package vn.lgsp.runtime;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A member system that speaks JMS to the broker of the bus, under an account of its own. */
final class JmsClient implements AutoCloseable {
    private final ActiveMQConnectionFactory factory;
    private final Connection connection;
    private final Session session;

    private JmsClient(int port, String user, String key, String options) throws JMSException {
        factory = new ActiveMQConnectionFactory(
                "tcp://127.0.0.1:" + port + "?reconnectAttempts=0&callTimeout=5000" + options);
        connection = factory.createConnection(user, key);
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        connection.start();
    }

    static JmsClient connect(int port, String user, String key) throws JMSException {
        return new JmsClient(port, user, key, "&minLargeMessageSize=8000000");
    }

    static JmsClient plain(int port, String user, String key) throws JMSException {
        return new JmsClient(port, user, key, "");
    }

    Session session() {
        return session;
    }

    /** A further session, of which nothing counts before it is committed. */
    Session transacted() throws JMSException {
        return connection.createSession(Session.SESSION_TRANSACTED);
    }

    TextMessage text(String content) throws JMSException {
        return session.createTextMessage(content);
    }

    Queue temporary() throws JMSException {
        return session.createTemporaryQueue();
    }

    Queue queue(String name) throws JMSException {
        return session.createQueue(name);
    }

    /** The id under which it was sent. */
    String send(String queue, Message message) throws JMSException {
        return send(queue, message, DeliveryMode.PERSISTENT);
    }

    String send(String queue, Message message, int mode) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.setDeliveryMode(mode);
            producer.send(message);
            return message.getJMSMessageID();
        }
    }

    /** The next message of this queue within a time; null when none comes. */
    Message receive(Queue queue, long millis) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            return consumer.receive(millis);
        }
    }

    /** Sends a call, and waits for what comes back under its id. */
    Message ask(String queue, Message call) throws JMSException {
        Queue replies = temporary();
        call.setJMSReplyTo(replies);
        send(queue, call, DeliveryMode.NON_PERSISTENT);
        return receive(replies, 20_000);
    }

    static String content(Message message) throws JMSException {
        return message instanceof TextMessage text
                ? text.getText()
                : new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws JMSException {
        connection.close();
        factory.close();
    }
}
