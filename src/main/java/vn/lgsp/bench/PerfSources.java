package vn.lgsp.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * What {@code artemis perf client --persistent --producers N --url tcp://...?confirmationWindowSize=20000} does, which cannot be had as a
 * library: N producers with a connection each, one thread that schedules them, bytes messages of 1 KiB without message id and time
 * stamp, sends that complete asynchronously with one message under way per producer (perf's {@code --max-pending 1}), and one consumer
 * with a connection of its own and automatic acknowledgement. There is no HTTP in it, and no destination beyond the broker's client.
 */
final class PerfSources implements Sources {
    static final String QUEUE = "TEST";

    private final ActiveMQConnectionFactory broker;
    private final Connection consumer;

    PerfSources(int port, Tally tally) throws JMSException {
        broker = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?confirmationWindowSize=20000");
        consumer = broker.createConnection();
        Session session = consumer.createSession(Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(session.createQueue(QUEUE)).setMessageListener(message -> arrived(message, tally));
        consumer.start();
    }

    private static void arrived(Message message, Tally tally) {
        try {
            byte[] content = message.getBody(byte[].class);
            Notice.id(new String(content, StandardCharsets.US_ASCII)).ifPresent(id -> tally.arrived(id, id));
        } catch (JMSException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public Sent send(int clients, Duration run, Names names) throws JMSException, InterruptedException {
        ExecutorService scheduler = Executors.newSingleThreadExecutor();
        List<Connection> connections = new ArrayList<>();
        try {
            List<Producer> producers = new ArrayList<>();
            Sent sent = new Sent();
            CountDownLatch running = new CountDownLatch(clients);
            for (int i = 0; i < clients; i++) {
                Connection connection = broker.createConnection();
                connections.add(connection);
                connection.start();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                producers.add(new Producer(session, names, scheduler, sent, running));
            }
            long end = System.nanoTime() + run.toNanos();
            producers.forEach(producer -> scheduler.execute(() -> producer.next(end)));
            running.await();
            return sent;
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
            scheduler.shutdown();
        }
    }

    @Override
    public void close() throws JMSException {
        consumer.close();
        broker.close();
    }

    private static final class Producer {
        private final Session session;
        private final MessageProducer producer;
        private final Names names;
        private final ExecutorService scheduler;
        private final Sent sent;
        private final CountDownLatch running;

        private Producer(Session session, Names names, ExecutorService scheduler, Sent sent, CountDownLatch running)
                throws JMSException {
            this.session = session;
            this.producer = session.createProducer(session.createQueue(QUEUE));
            this.names = names;
            this.scheduler = scheduler;
            this.sent = sent;
            this.running = running;
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.setDisableMessageID(true);
            producer.setDisableMessageTimestamp(true);
        }

        /** On the scheduler's thread only. */
        private void next(long end) {
            long from = System.nanoTime();
            if (from > end) {
                running.countDown();
                return;
            }
            String id = names.next();
            try {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(Notice.record(id).getBytes(StandardCharsets.US_ASCII));
                producer.send(message, new CompletionListener() {
                    @Override
                    public void onCompletion(Message stored) {
                        long nanos = System.nanoTime() - from;
                        scheduler.execute(() -> {
                            sent.acknowledged(id, nanos);
                            next(end);
                        });
                    }

                    @Override
                    public void onException(Message refused, Exception why) {
                        scheduler.execute(() -> {
                            sent.failed();
                            next(end);
                        });
                    }
                });
            } catch (JMSException broken) {
                sent.failed();
                running.countDown();
            }
        }
    }
}
