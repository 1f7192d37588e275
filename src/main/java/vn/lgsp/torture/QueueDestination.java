package vn.lgsp.torture;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import vn.lgsp.torture.Ledger.Arrival;

/** The destination that takes from its queue in transactions, when it does not roll back or die. */
final class QueueDestination implements AutoCloseable {
    private static final long PAUSE_MILLIS = 200;

    private final long seed;
    private final Ledger ledger;
    private final int port;
    private final Thread thread = new Thread(this::work, "torture-queue");
    private volatile boolean closing;

    /** @param port of the broker, which may come and go */
    QueueDestination(long seed, Ledger ledger, int port) {
        this.seed = seed;
        this.ledger = ledger;
        this.port = port;
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        while (!closing) {
            if (Ports.answers(port)) {
                consume();
            }
            Pause.millis(PAUSE_MILLIS);
        }
    }

    /** Until the broker goes away, or the consumer dies of itself. */
    private void consume() {
        AtomicBoolean broken = new AtomicBoolean();
        String url = "tcp://" + Ports.HOST + ":" + port + "?reconnectAttempts=0&callTimeout=5000";
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory(url);
                Connection connection = broker.createConnection(TortureHome.ARCHIVE_USER, TortureHome.ARCHIVE_KEY)) {
            connection.setExceptionListener(failure -> broken.set(true));
            try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
                    MessageConsumer messages = session.createConsumer(session.createQueue(TortureHome.QUEUE))) {
                connection.start();
                boolean alive = true;
                while (alive && !closing && !broken.get()) {
                    Message message = messages.receive(PAUSE_MILLIS);
                    if (message != null) {
                        alive = take(session, message);
                    }
                }
            }
        } catch (JMSException | RuntimeException away) {
            // the bus was killed: that is what all this is about
        }
    }

    /** False when it dies over this message. */
    private boolean take(Session session, Message message) throws JMSException {
        String delivery =
                Optional.ofNullable(message.getStringProperty("lgsp_delivery")).orElse("");
        int attempt = ledger.attempt(Destination.CIVIL_ARCHIVE, delivery);
        Random random = Chance.of(seed, "queue " + delivery + " " + attempt);
        int mood = random.nextInt(100);
        if (mood < 5) {
            session.rollback();
            return true;
        }
        if (mood < 7) {
            Pause.millis(50 + random.nextInt(500));
        }
        String content = message instanceof TextMessage text
                ? text.getText()
                : new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
        boolean dies = mood >= 97;
        process(delivery, content, !dies);
        if (!dies) {
            session.commit();
        }
        return !dies;
    }

    private void process(String delivery, String content, boolean confirmed) {
        ledger.arrived(new Arrival(
                Destination.CIVIL_ARCHIVE, delivery, Notice.numberIn(content).orElse(""), content, confirmed));
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
