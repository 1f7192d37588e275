package vn.lgsp.runtime;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * The civil archive as its agency runs it: a JMS consumer over TCP with an account of its own, which commits each message, and comes
 * back by itself when the broker was away. It can be told to stay away, or to roll back what it takes.
 */
final class ArchiveConsumer implements AutoCloseable {
    static final String SYSTEM = "civil-archive";
    static final String ACCOUNT = "civil-archive-broker";
    static final String KEY = "key-archive";
    static final String QUEUE = "lgsp.civil-archive.in";

    /** One message that the archive has committed. */
    record Taken(String delivery, String exchange, String text) {}

    private final int port;
    private final List<Taken> taken = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger toRollBack = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "test-civil-archive");
    private volatile boolean paused;
    private volatile boolean connected;

    private ArchiveConsumer(int port) {
        this.port = port;
    }

    /** @param port of the broker on loopback; it need not be there yet */
    static ArchiveConsumer at(int port) {
        ArchiveConsumer consumer = new ArchiveConsumer(port);
        consumer.thread.setDaemon(true);
        consumer.thread.start();
        return consumer;
    }

    /** Signs off, and stays away until it is told to come back. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** The next messages are rolled back instead of committed. */
    void rollsBack(int messages) {
        toRollBack.set(messages);
    }

    int rolledBack() {
        return rolledBack.get();
    }

    boolean isConnected() {
        return connected;
    }

    /** What it has committed, in order, with everything that came twice. */
    List<Taken> taken() {
        return List.copyOf(taken);
    }

    /** As if nothing had come yet. */
    void forget() {
        taken.clear();
        rolledBack.set(0);
    }

    private void run() {
        try {
            do {
                if (!paused) {
                    take();
                }
            } while (!closing.await(100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void take() {
        String url = "tcp://127.0.0.1:" + port + "?reconnectAttempts=0&callTimeout=2000";
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory(url);
                Connection connection = broker.createConnection(ACCOUNT, KEY);
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageConsumer messages = session.createConsumer(session.createQueue(QUEUE))) {
            CountDownLatch broken = new CountDownLatch(1);
            connection.setExceptionListener(failure -> broken.countDown());
            connection.start();
            connected = true;
            while (!paused && closing.getCount() > 0 && broken.getCount() > 0) {
                Message message = messages.receive(50);
                if (message == null) {
                    continue;
                }
                if (toRollBack.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    session.rollback();
                    rolledBack.incrementAndGet();
                    continue;
                }
                Taken next = new Taken(
                        message.getStringProperty("lgsp_delivery"),
                        message.getStringProperty("lgsp_exchange"),
                        text(message));
                session.commit();
                taken.add(next);
            }
        } catch (JMSException | RuntimeException away) {
            // the broker is away: it is looked for again
        } finally {
            connected = false;
        }
    }

    private static String text(Message message) throws JMSException {
        return message instanceof TextMessage text
                ? text.getText()
                : new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
