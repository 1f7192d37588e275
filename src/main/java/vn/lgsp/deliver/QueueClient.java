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
import java.util.OptionalInt;
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
import vn.lgsp.broker.SentMessage;
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
 * Hands content to the queues of systems, and tells when their consumers have confirmed it, or have replied. Content is never persistent and expires
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
    private static final SimpleString REPLY_TO = SimpleString.of("JMSReplyTo");

    /**
     * What to hand over.
     *
     * @param text whether it goes as text, which it then has to be, in UTF-8
     * @param type its media type, if known
     * @param properties of the message, beside those that the bus sets
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Content(byte[] bytes, boolean text, Optional<String> type, Map<String, String> properties) {
        @Override
        public String toString() {
            return bytes.length + " bytes (content not shown)";
        }
    }

    /**
     * What came back.
     *
     * @param content empty where only a confirmation was waited for
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Answer(byte[] content, Optional<String> type) {
        private static final Answer CONFIRMED = new Answer(new byte[0], Optional.empty());

        @Override
        public String toString() {
            return content.length + " bytes (content not shown)";
        }
    }

    /**
     * One sending that waits for its confirmation, or for its reply.
     *
     * @param id drawn at random: only who has got the message knows it
     */
    private record Sending(
            UUID id,
            SystemId system,
            Queue queue,
            Content content,
            boolean reply,
            Passage passage,
            long expires,
            Fate fate,
            Promise<Answer> done) {}

    /** What has become of a sending. */
    private static final class Fate {
        /** It may have reached the system. */
        private volatile boolean sent;
        /** It failed at the broker, which says nothing about the system. */
        private volatile boolean lost;
    }

    /** The breaker of a system's queue, as the registry had it when it was made. */
    private record Guarded(Connection.Breaker settings, Breaker breaker) {}

    /** The sessions of one connection to the broker; used by the one thread only. */
    private record Line(ClientSession sends, ClientProducer producer, ClientSession hears, String answers) {}

    private final BrokerLink link;
    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Clock clock;
    private final Bulkheads bulkheads = new Bulkheads();
    private final Map<SystemId, Guarded> breakers = new ConcurrentHashMap<>();
    private final ContactsQuery contacts;
    private final Map<UUID, Sending> waiting = new ConcurrentHashMap<>();
    private final LongAdder late = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final ExecutorService speaker;
    private @Nullable Line line;

    QueueClient(BrokerLink link, Vertx vertx, Catalogue catalogue, Clock clock) {
        this.link = link;
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.clock = clock;
        this.contacts = new ContactsQuery(clock);
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

    ContactsQuery contacts() {
        return contacts;
    }

    int waiting(SystemId system) {
        return bulkheads.waiting(system);
    }

    boolean isSuspended(SystemId system) {
        Guarded guarded = breakers.get(system);
        return guarded != null && guarded.breaker().isSuspended();
    }

    /** The systems whose queues are not used now. */
    List<String> suspended() {
        return breakers.entrySet().stream()
                .filter(guarded -> guarded.getValue().breaker().isSuspended())
                .map(guarded -> guarded.getKey().value())
                .sorted()
                .toList();
    }

    OutboundClient.Suspension breaker(SystemId system) {
        Guarded guarded = breakers.get(system);
        return guarded == null
                ? OutboundClient.Suspension.CLOSED
                : guarded.breaker().state();
    }

    private Breaker breaker(SystemId system, Connection.Breaker settings) {
        return breakers.compute(
                        system,
                        (id, old) -> old != null && old.settings().equals(settings)
                                ? old
                                : new Guarded(settings, new Breaker(id.value(), settings, clock)))
                .breaker();
    }

    long droppedReplies() {
        return dropped.sum();
    }

    long lateConfirmations() {
        return late.sum();
    }

    /** Done when the system's consumer has confirmed it, or has replied; fails as {@link JmsProducer} says. Any thread may call, any may be told. */
    Future<Answer> hand(SystemId system, Content content, Passage passage, boolean reply) {
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
        Handing handing = new Handing(system, queue.get(), content, passage, reply);
        handing.begin();
        return handing.done.future();
    }

    /** One message of a route: as many sendings as its system's plan and breaker allow. */
    private final class Handing {
        private final SystemId system;
        private final Queue queue;
        private final Content content;
        private final Passage passage;
        private final boolean reply;
        private final Tries tries;
        private final Promise<Answer> done = Promise.promise();

        Handing(SystemId system, Queue queue, Content content, Passage passage, boolean reply) {
            this.system = system;
            this.queue = queue;
            this.content = content;
            this.passage = passage;
            this.reply = reply;
            this.tries = new Tries(queue.retry());
        }

        void begin() {
            if (!link.isUp() || speaker.isShutdown()) {
                goOn(new Fate(), unreachable(system, null));
                return;
            }
            Breaker.Permit permit;
            try {
                permit = breaker(system, queue.breaker()).enter(passage);
            } catch (BusException suspended) {
                done.fail(suspended);
                return;
            }
            if (!bulkheads.enter(system, WAITING)) {
                permit.giveBack();
                done.fail(new BusException(
                        ErrorCode.PROVIDER_BUSY,
                        WAITING + " messages already wait for " + system + ": try again in a second"));
                return;
            }
            Duration time = queue.answerTimeout();
            Sending sending = new Sending(
                    drawn(),
                    system,
                    queue,
                    content,
                    reply,
                    passage,
                    clock.millis() + time.toMillis(),
                    new Fate(),
                    Promise.promise());
            waiting.put(sending.id(), sending);
            long timer = vertx.setTimer(
                    time.plus(MARGIN).toMillis(),
                    now -> end(
                            sending.id(),
                            new BusException(
                                    ErrorCode.PROVIDER_TIMEOUT,
                                    system + (reply ? " did not answer" : " did not confirm the message") + " in "
                                            + time.toMillis() + " ms")));
            sending.done().future().onComplete(ended -> {
                vertx.cancelTimer(timer);
                bulkheads.leave(system);
                if (ended.succeeded()) {
                    permit.well();
                    done.complete(ended.result());
                } else {
                    settle(sending.fate(), permit, ended.cause());
                }
            });
            speaker.execute(() -> send(sending));
        }

        private void settle(Fate fate, Breaker.Permit permit, Throwable cause) {
            BusException failure = OutboundClient.failure(system.value(), cause);
            if (fate.lost) {
                permit.giveBack();
            } else if (failure.code() == ErrorCode.PROVIDER_FAILED) {
                permit.well(); // it has answered
            } else {
                permit.failed(failure);
            }
            goOn(fate, failure);
        }

        /**
         * What nobody can have got is handed over once more, if the plan says so; what may have been got only where the system makes
         * nothing twice. What was late is not, as of a call by HTTP.
         */
        private void goOn(Fate fate, BusException failure) {
            Optional<Duration> pause = failure.code() == ErrorCode.PROVIDER_UNREACHABLE
                            && (!fate.sent || queue.retry().honoursKeys())
                            && !speaker.isShutdown()
                            && passage.delivery().isEmpty()
                            && !passage.isCallerGone()
                    ? tries.next(Duration.ZERO, queue.answerTimeout())
                    : Optional.empty();
            pause.ifPresentOrElse(wait -> vertx.setTimer(wait.toMillis(), now -> begin()), () -> done.fail(failure));
        }
    }

    /** A random id that stays as it is when it becomes that of a message: Artemis makes every such id one of version 1. */
    private static UUID drawn() {
        UUID random = UUID.randomUUID();
        return new UUID((random.getMostSignificantBits() & ~0xF000L) | 0x1000L, random.getLeastSignificantBits());
    }

    private static Future<Answer> failed(ErrorCode code, String detail) {
        return Future.failedFuture(new BusException(code, detail));
    }

    private void end(UUID id, BusException failure) {
        Sending sending = waiting.remove(id);
        if (sending != null) {
            contacts.failed(sending.system(), failure);
            sending.done().fail(failure);
        }
    }

    private void send(Sending sending) {
        if (!waiting.containsKey(sending.id())) {
            return; // given up while it stood in line
        }
        try {
            Line open = line();
            Optional<String> nobody = nobody(open.sends(), sending);
            if (nobody.isPresent()) {
                end(sending.id(), new BusException(ErrorCode.PROVIDER_UNREACHABLE, nobody.get()));
                return;
            }
            ClientMessage message = message(open, sending);
            sending.fate().sent = true;
            if (!waiting.containsKey(sending.id())) {
                return; // given up before that was said: it may be on its way already once more
            }
            open.producer().send(sending.queue().name(), message);
        } catch (ActiveMQAddressFullException full) {
            end(
                    sending.id(),
                    new BusException(ErrorCode.PROVIDER_BUSY, "the queue of " + sending.system() + " is full", full));
        } catch (ActiveMQException broken) {
            hangUp();
            sending.fate().lost = true;
            end(sending.id(), unreachable(sending.system(), broken));
        } catch (BusException refused) {
            sending.fate().lost = true;
            end(
                    sending.id(),
                    refused.code() == ErrorCode.GUARANTEE_UNAVAILABLE
                            ? unreachable(sending.system(), refused)
                            : refused);
        }
    }

    /** Why nobody would take the message now, if so. */
    private static Optional<String> nobody(ClientSession session, Sending sending) throws ActiveMQException {
        SimpleString name = SimpleString.of(sending.queue().name());
        if (sending.queue().topic()) {
            return session.addressQuery(name).getQueueNames().isEmpty()
                    ? Optional.of("no consumer of " + sending.system() + " has subscribed to its topic")
                    : Optional.empty();
        }
        ClientSession.QueueQuery queue = session.queueQuery(name);
        if (!queue.isExists()) {
            return Optional.of("the message broker has no queue for " + sending.system());
        }
        return queue.getConsumerCount() == 0
                ? Optional.of("no consumer of " + sending.system() + " is connected to its queue")
                : Optional.empty();
    }

    private static BusException unreachable(SystemId system, @Nullable Exception cause) {
        return new BusException(ErrorCode.PROVIDER_UNREACHABLE, "the message broker of " + system + " is away", cause);
    }

    private ClientMessage message(Line line, Sending sending) {
        Content content = sending.content();
        Passage passage = sending.passage();
        ClientMessage message = line.sends()
                .createMessage(
                        content.text() ? Message.TEXT_TYPE : Message.BYTES_TYPE,
                        false,
                        sending.expires(),
                        clock.millis(),
                        (byte) 4);
        message.setRoutingType(sending.queue().topic() ? RoutingType.MULTICAST : RoutingType.ANYCAST);
        message.setUserID(
                sending.reply()
                        ? new org.apache.activemq.artemis.utils.UUID(sending.id())
                        : UUIDGenerator.getInstance().generateUUID());
        content.properties().forEach(message::putStringProperty);
        message.putStringProperty(
                Confirmations.DELIVERY,
                passage.delivery().map(DeliveryId::toString).orElse(passage.id().toString()));
        message.putStringProperty(Confirmations.SENDING, sending.id().toString());
        message.putStringProperty("lgsp_exchange", passage.id().toString());
        // Whoever replies gives the correlation id back, or else the id of the message; both are that of the sending.
        message.putStringProperty(
                CORRELATION, SimpleString.of((sending.reply() ? sending.id() : passage.id()).toString()));
        if (sending.reply()) {
            message.putStringProperty(REPLY_TO, SimpleString.of("queue://" + line.answers()));
        }
        content.type().ifPresent(type -> message.putStringProperty("content_type", type));
        passage.caller().ifPresent(caller -> {
            message.putStringProperty("lgsp_consumer_agency", caller.agency().value());
            message.putStringProperty("lgsp_consumer_system", caller.system().value());
            caller.onBehalfOf().ifPresent(party -> message.putStringProperty("lgsp_on_behalf_of", party.value()));
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
            String answers = Broker.ANSWERS + UUID.randomUUID();
            hears.createQueue(QueueConfiguration.of(answers)
                    .setAddress(answers)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(false)
                    .setTemporary(true));
            hears.createConsumer(answers).setMessageHandler(this::answered);
            hears.start();
            ClientSession sends = link.session();
            open = new Line(sends, sends.createProducer(), hears, answers);
            line = open;
            return open;
        } catch (ActiveMQException | BusException broken) {
            close(hears);
            throw broken;
        }
    }

    private void heard(ClientMessage confirmation) {
        acknowledge(confirmation);
        Optional<UUID> id = uuid(confirmation.getStringProperty(Confirmations.SENDING));
        Sending sending = id.map(waiting::get).orElse(null);
        if (sending == null) {
            late.increment();
        } else if (!sending.reply() && waiting.remove(sending.id(), sending)) {
            contacts.answered(sending.system(), OptionalInt.empty());
            sending.done().complete(Answer.CONFIRMED);
        }
    }

    private static void acknowledge(ClientMessage message) {
        try {
            message.acknowledge();
        } catch (ActiveMQException broken) {
            LOG.atDebug().addKeyValue("event", "broker.lost").log("what the bus heard could not be acknowledged");
        }
    }

    /** A reply counts when the system that was asked has sent it, under the id that it was asked under, and in time. */
    private void answered(ClientMessage reply) {
        acknowledge(reply);
        Object correlation = reply.getObjectProperty(CORRELATION);
        Sending sending = uuid(correlation == null
                        ? null
                        : correlation.toString().replaceFirst("^ID:", ""))
                .map(waiting::get)
                .orElse(null);
        if (sending == null
                || !sending.reply()
                || !isFrom(sending.system(), reply)
                || !waiting.remove(sending.id(), sending)) {
            dropped.increment();
            return;
        }
        contacts.answered(sending.system(), OptionalInt.empty());
        try {
            sending.done().complete(answer(sending.system(), reply));
        } catch (BusException wrong) {
            sending.done().fail(wrong);
        }
    }

    private boolean isFrom(SystemId system, ClientMessage reply) {
        return Optional.ofNullable(reply.getValidatedUserID())
                .flatMap(user -> catalogue.now().account(user, clock.instant()))
                .filter(account -> account.system().equals(system))
                .isPresent();
    }

    private static Answer answer(SystemId system, ClientMessage reply) {
        Object code = reply.getObjectProperty(SimpleString.of("lgsp_error_code"));
        if (code != null || "01".equals(String.valueOf(reply.getObjectProperty(SimpleString.of("lgsp_result"))))) {
            throw new BusException(
                    ErrorCode.PROVIDER_FAILED,
                    system + " answered that it could not do it",
                    code == null ? null : code.toString(),
                    null);
        }
        try {
            Object type = reply.getObjectProperty(SimpleString.of("content_type"));
            return new Answer(
                    SentMessage.of(reply, Optional.empty()).content(),
                    Optional.ofNullable(type).map(Object::toString));
        } catch (BusException wrong) {
            throw new BusException(ErrorCode.PROVIDER_INVALID, system + " answered with no text and no bytes", wrong);
        }
    }

    private static Optional<UUID> uuid(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** What was sent over a lost connection may be confirmed without the bus hearing of it: each is tried again. */
    private void lost() {
        List.copyOf(waiting.values()).forEach(sending -> {
            sending.fate().lost = true;
            end(sending.id(), unreachable(sending.system(), null));
        });
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
