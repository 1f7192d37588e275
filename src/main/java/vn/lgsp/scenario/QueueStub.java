package vn.lgsp.scenario;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * A system that takes messages from a queue of the broker, with an account of its own, and commits each; it answers those that ask for
 * a reply, unless it hangs. One that is down has no consumer at the broker.
 */
final class QueueStub implements Peer {
    private static final long LOOK_EVERY_MS = 20;
    private static final Duration PLACE = Duration.ofSeconds(5);

    private final IntSupplier brokerPort;
    private final String queue;
    private final boolean topic;
    private final String user;
    private final String key;
    private final Thread thread = new Thread(this::run, "lgsp-scenario-queue");
    private final List<Seen> seen = new ArrayList<>();
    private List<PeerAnswer> answers = List.of();
    private Set<String> over = Set.of();
    private int next;
    private boolean connected;
    private boolean closed;

    private QueueStub(IntSupplier brokerPort, String queue, boolean topic, String user, String key) {
        this.brokerPort = brokerPort;
        this.queue = queue;
        this.topic = topic;
        this.user = user;
        this.key = key;
    }

    /** @param brokerPort of the broker on loopback; 0 while there is none */
    static QueueStub start(IntSupplier brokerPort, String queue, boolean topic, String user, String key) {
        QueueStub stub = new QueueStub(brokerPort, queue, topic, user, key);
        stub.thread.setDaemon(true);
        stub.thread.start();
        return stub;
    }

    @Override
    public synchronized void play(List<PeerAnswer> given, Set<String> done) {
        answers = List.copyOf(given);
        over = Set.copyOf(done);
        next = 0;
        seen.clear();
        notifyAll();
        awaitItsPlace();
    }

    /** A scenario begins when the stub is where it says: a call may find a consumer at once, or none. */
    private synchronized void awaitItsPlace() {
        long deadline = System.nanoTime() + PLACE.toNanos();
        try {
            while (brokerPort.getAsInt() > 0 && connected == isDown() && System.nanoTime() - deadline < 0) {
                wait(LOOK_EVERY_MS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void isConnected(boolean now) {
        connected = now;
        notifyAll();
    }

    @Override
    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    private synchronized boolean isDown() {
        return closed || answers.stream().anyMatch(answer -> fails(answer, PeerAnswer.Failure.DOWN));
    }

    private void run() {
        try {
            while (!isClosed()) {
                if (!isDown() && brokerPort.getAsInt() > 0) {
                    take();
                }
                pause(LOOK_EVERY_MS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void take() throws InterruptedException {
        String url = "tcp://127.0.0.1:" + brokerPort.getAsInt() + "?reconnectAttempts=0&callTimeout=5000";
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory(url);
                Connection connection = broker.createConnection(user, key);
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageConsumer messages =
                        session.createConsumer(topic ? session.createTopic(queue) : session.createQueue(queue))) {
            connection.start();
            isConnected(true);
            while (!isDown()) {
                Message message = messages.receive(LOOK_EVERY_MS);
                if (message != null) {
                    settle(session, message);
                }
            }
        } catch (JMSException | RuntimeException away) {
            // The broker is not there yet, or not any more: it is looked for again.
            pause(LOOK_EVERY_MS);
        } finally {
            isConnected(false);
        }
    }

    private void settle(Session session, Message message) throws JMSException, InterruptedException {
        Optional<PeerAnswer> answer;
        synchronized (this) {
            if (over.contains(String.valueOf(message.getStringProperty("lgsp_exchange")))) {
                answer = Optional.empty();
            } else {
                answer = answers.isEmpty()
                        ? Optional.empty()
                        : Optional.of(answers.get(Math.min(next, answers.size() - 1)));
                next++;
                seen.add(new Seen(Optional.empty(), properties(message), content(message)));
            }
        }
        if (answer.isPresent() && !answer.get().delay().isZero()) {
            pause(answer.get().delay().toMillis());
        }
        if (answer.isPresent() && fails(answer.get(), PeerAnswer.Failure.ROLL_BACK)) {
            session.rollback();
        } else {
            if (answer.isPresent()
                    && message.getJMSReplyTo() != null
                    && answer.get().fails().isEmpty()) {
                reply(session, message, answer.get());
            }
            session.commit();
        }
    }

    private static void reply(Session session, Message message, PeerAnswer answer) throws JMSException {
        Message reply;
        if (message instanceof TextMessage) {
            reply = session.createTextMessage(new String(answer.bytes(), StandardCharsets.UTF_8));
        } else {
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeBytes(answer.bytes());
            reply = bytes;
        }
        reply.setJMSCorrelationID(message.getJMSCorrelationID());
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            reply.setStringProperty(
                    header.getKey().equalsIgnoreCase("Content-Type") ? "content_type" : header.getKey(),
                    header.getValue());
        }
        try (MessageProducer producer = session.createProducer(message.getJMSReplyTo())) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(reply);
        }
    }

    private static boolean fails(PeerAnswer answer, PeerAnswer.Failure how) {
        return answer.fails().equals(Optional.of(how));
    }

    private static Map<String, String> properties(Message message) throws JMSException {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = String.valueOf(names.nextElement());
            properties.put(name, String.valueOf(message.getStringProperty(name)));
        }
        return properties;
    }

    private static byte[] content(Message message) throws JMSException {
        return message instanceof TextMessage text
                ? String.valueOf(text.getText()).getBytes(StandardCharsets.UTF_8)
                : message.getBody(byte[].class);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pause(long millis) throws InterruptedException {
        if (!closed) {
            wait(millis);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
