package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.apache.activemq.artemis.api.core.ActiveMQAddressFullException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.broker.Confirmations;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/**
 * Hands content to the queues of systems, and tells when their consumers have confirmed it. Content is never persistent and expires
 * with the wait, so that it stays in the broker's memory and not for long (MSG-05).
 *
 * <p>One thread speaks to the broker; whoever waits for a confirmation holds none.
 */
final class QueueClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueClient.class);
    /** Beyond the time that the consumer has: for the confirmation to come back. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private static final int WAITING = Connection.DEFAULT_WAITING_CALLS;
    private static final SimpleString CORRELATION = SimpleString.of("JMSCorrelationID");

    /**
     * What to hand over.
     *
     * @param text whether it goes as text, which it then has to be, in UTF-8
     * @param type its media type, if known
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Content(byte[] bytes, boolean text, Optional<String> type) {
        @Override
        public String toString() {
            return bytes.length + " bytes (content not shown)";
        }
    }

    /** One sending that waits for its confirmation. */
    private record Sending(
            String id,
            SystemId system,
            String queue,
            Content content,
            Passage passage,
            long expires,
            Promise<Void> done) {}

    /** The sessions of one connection to the broker; used by the one thread only. */
    private record Line(ClientSession sends, ClientProducer producer, ClientSession hears) {}

    private final BrokerLink link;
    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Clock clock;
    private final Bulkheads bulkheads = new Bulkheads();
    private final Map<String, Sending> waiting = new ConcurrentHashMap<>();
    private final LongAdder late = new LongAdder();
    private final ExecutorService speaker;
    private @Nullable Line line;

    QueueClient(BrokerLink link, Vertx vertx, Catalogue catalogue, Clock clock) {
        this.link = link;
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.clock = clock;
        this.speaker = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "lgsp-queues");
            thread.setDaemon(true);
            return thread;
        });
        link.addListener(new BrokerLink.Listener() {
            @Override
            public void down() {
                lost();
            }
        });
    }

    int waiting(SystemId system) {
        return bulkheads.waiting(system);
    }

    long lateConfirmations() {
        return late.sum();
    }

    /** Done when the system's consumer has confirmed it; fails as {@link JmsProducer} says. Any thread may call, any may be told. */
    Future<Void> hand(SystemId system, Content content, Passage passage) {
        Snapshot known = catalogue.now();
        boolean named = passage.mayCall(system);
        Optional<Queue> queue = known.system(system).flatMap(InformationSystem::queue);
        if (!named || queue.isEmpty()) {
            return failed(
                    ErrorCode.ROUTE_REFUSED,
                    "the route sends to " + system + ", which "
                            + (named ? "has no registered queue" : "the service's card does not name"));
        }
        if (content.bytes().length > (content.text() ? Broker.LARGEST_CONTENT / 2 : Broker.LARGEST_CONTENT)) {
            return failed(
                    ErrorCode.MESSAGE_TOO_LARGE, "the content is larger than the queue of " + system + " may hold");
        }
        if (!link.isUp()) {
            return failed(ErrorCode.PROVIDER_UNREACHABLE, "the message broker of " + system + " is away");
        }
        if (!bulkheads.enter(system, WAITING)) {
            return failed(
                    ErrorCode.PROVIDER_BUSY,
                    WAITING + " messages already wait for " + system + ": try again in a second");
        }
        Duration time = queue.get().answerTimeout();
        Sending sending = new Sending(
                UUID.randomUUID().toString(),
                system,
                queue.get().name(),
                content,
                passage,
                clock.millis() + time.toMillis(),
                Promise.promise());
        waiting.put(sending.id(), sending);
        long timer = vertx.setTimer(
                time.plus(MARGIN).toMillis(),
                now -> end(
                        sending.id(),
                        new BusException(
                                ErrorCode.PROVIDER_TIMEOUT,
                                system + " did not confirm the message in " + time.toMillis() + " ms")));
        sending.done().future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            bulkheads.leave(system);
        });
        speaker.execute(() -> send(sending));
        return sending.done().future();
    }

    private static Future<Void> failed(ErrorCode code, String detail) {
        return Future.failedFuture(new BusException(code, detail));
    }

    /** @param failure null when it is confirmed */
    private void end(String id, @Nullable BusException failure) {
        Sending sending = waiting.remove(id);
        if (sending == null) {
            if (failure == null) {
                late.increment();
            }
        } else if (failure == null) {
            sending.done().complete();
        } else {
            sending.done().fail(failure);
        }
    }

    private void send(Sending sending) {
        if (!waiting.containsKey(sending.id())) {
            return; // given up while it stood in line
        }
        try {
            Line open = line();
            ClientSession.QueueQuery queue = open.sends().queueQuery(SimpleString.of(sending.queue()));
            if (!queue.isExists() || queue.getConsumerCount() == 0) {
                end(
                        sending.id(),
                        new BusException(
                                ErrorCode.PROVIDER_UNREACHABLE,
                                queue.isExists()
                                        ? "no consumer of " + sending.system() + " is connected to its queue"
                                        : "the message broker has no queue for " + sending.system()));
                return;
            }
            open.producer().send(sending.queue(), message(open.sends(), sending));
        } catch (ActiveMQAddressFullException full) {
            end(
                    sending.id(),
                    new BusException(ErrorCode.PROVIDER_BUSY, "the queue of " + sending.system() + " is full", full));
        } catch (ActiveMQException broken) {
            hangUp();
            end(sending.id(), unreachable(sending.system(), broken));
        } catch (BusException refused) {
            end(
                    sending.id(),
                    refused.code() == ErrorCode.GUARANTEE_UNAVAILABLE
                            ? unreachable(sending.system(), refused)
                            : refused);
        }
    }

    private static BusException unreachable(SystemId system, @Nullable Exception cause) {
        return new BusException(ErrorCode.PROVIDER_UNREACHABLE, "the message broker of " + system + " is away", cause);
    }

    private ClientMessage message(ClientSession session, Sending sending) {
        Content content = sending.content();
        Passage passage = sending.passage();
        ClientMessage message = session.createMessage(
                content.text() ? Message.TEXT_TYPE : Message.BYTES_TYPE,
                false,
                sending.expires(),
                clock.millis(),
                (byte) 4);
        message.setRoutingType(RoutingType.ANYCAST);
        message.setUserID(UUIDGenerator.getInstance().generateUUID());
        message.putStringProperty(
                Confirmations.DELIVERY,
                passage.delivery().map(DeliveryId::toString).orElse(passage.id().toString()));
        message.putStringProperty(Confirmations.SENDING, sending.id());
        message.putStringProperty("lgsp_exchange", passage.id().toString());
        message.putStringProperty(CORRELATION, SimpleString.of(passage.id().toString()));
        content.type().ifPresent(type -> message.putStringProperty("content_type", type));
        passage.caller().ifPresent(caller -> {
            message.putStringProperty("lgsp_consumer_agency", caller.agency().value());
            message.putStringProperty("lgsp_consumer_system", caller.system().value());
        });
        if (content.text()) {
            message.getBodyBuffer().writeNullableSimpleString(SimpleString.of(text(content.bytes())));
        } else {
            message.getBodyBuffer().writeBytes(content.bytes());
        }
        return message;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException broken) {
            // without the cause: nothing of the content
            throw new BusException(ErrorCode.MESSAGE_INVALID, "the content is not UTF-8, so it cannot be sent as text");
        }
    }

    private Line line() throws ActiveMQException {
        Line open = line;
        if (open != null && !open.sends().isClosed() && !open.hears().isClosed()) {
            return open;
        }
        hangUp();
        ClientSession hears = link.session();
        try {
            String name = "lgsp.confirmed." + UUID.randomUUID();
            hears.createQueue(QueueConfiguration.of(name)
                    .setAddress(Confirmations.ADDRESS)
                    .setRoutingType(RoutingType.MULTICAST)
                    .setDurable(false)
                    .setTemporary(true));
            hears.createConsumer(name).setMessageHandler(this::heard);
            hears.start();
            ClientSession sends = link.session();
            open = new Line(sends, sends.createProducer(), hears);
            line = open;
            return open;
        } catch (ActiveMQException | BusException broken) {
            close(hears);
            throw broken;
        }
    }

    private void heard(ClientMessage confirmation) {
        String id = confirmation.getStringProperty(Confirmations.SENDING);
        try {
            confirmation.acknowledge();
        } catch (ActiveMQException broken) {
            LOG.atDebug().addKeyValue("event", "broker.lost").log("a confirmation could not be acknowledged");
        }
        if (id != null) {
            end(id, null);
        }
    }

    /** What was sent over a lost connection may be confirmed without the bus hearing of it: each is tried again. */
    private void lost() {
        List.copyOf(waiting.values()).forEach(sending -> end(sending.id(), unreachable(sending.system(), null)));
        if (!speaker.isShutdown()) {
            speaker.execute(this::hangUp);
        }
    }

    private void hangUp() {
        Line open = line;
        line = null;
        if (open != null) {
            close(open.sends());
            close(open.hears());
        }
    }

    private static void close(ClientSession session) {
        try {
            session.close();
        } catch (ActiveMQException gone) {
            LOG.atDebug().addKeyValue("event", "broker.lost").log("a session was gone before it was closed");
        }
    }

    @Override
    public void close() {
        speaker.execute(this::hangUp);
        speaker.shutdown();
    }
}
