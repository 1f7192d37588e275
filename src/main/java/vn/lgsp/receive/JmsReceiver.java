package vn.lgsp.receive;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.broker.ContentSeal;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceKey;

/**
 * The edge towards the broker: takes messages from the queues of services ({@code lgsp.in.{service}}), sends each on the way, and
 * sends what comes of it back (BUS-06, BUS-21).
 *
 * <p>A queue is consumed as long as its service is in force and not stopped by its operators; otherwise messages wait with the broker.
 * A message for a guaranteed service is acknowledged only when it is accepted, or refused for good: whatever dies before, the broker
 * hands it over again, and its id keeps it from being accepted twice. Any other is a call: acknowledged before it is made, so that
 * it is never made twice, and answered; who asked and hears nothing asks again.
 *
 * <p>No message goes round for ever: one that is refused is answered and gone. Only when the bus itself cannot accept it now does it
 * stay, and then its queue rests, ever longer.
 */
public final class JmsReceiver implements AutoCloseable {
    /** Largest content of a reply, in bytes. */
    static final long LARGEST_REPLY = Broker.LARGEST_CONTENT / 2;

    private static final Logger LOG = LoggerFactory.getLogger(JmsReceiver.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);
    private static final Duration LONGEST_REST = Duration.ofSeconds(60);
    /** What a message is given up after that breaks the bus in a way that has no name. */
    private static final int MOST_TRIES = 10;
    /** How much the broker hands over ahead of what is worked on, for each queue, in bytes. */
    private static final int AHEAD = 1 << 20;
    /** Failures of the bus that a message waits for; an exchange with one of them has changed nothing. */
    private static final Set<ErrorCode> WAIT = Set.of(
            ErrorCode.GUARANTEE_UNAVAILABLE,
            ErrorCode.ACCEPTANCE_UNKNOWN,
            ErrorCode.RECORD_UNAVAILABLE,
            ErrorCode.BUS_BUSY,
            ErrorCode.SERVICE_UNAVAILABLE,
            ErrorCode.SERVICE_STOPPED);

    private final BrokerLink link;
    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Supplier<Set<ServiceKey>> stopped;
    private final Optional<ContentSeal> seal;
    private final Way way;
    private final int eventLoops;
    private final Clock clock;
    private final List<Context> loops = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder repliesLost = new LongAdder();
    /** The one thread that speaks to the broker, and sees the lines. */
    private final ScheduledThreadPoolExecutor door;

    private final Map<ServiceKey, Line> lines = new HashMap<>();
    private @Nullable Snapshot seen;
    private Set<ServiceKey> seenStopped = Set.of();
    private @Nullable ClientSession replies;
    private @Nullable ClientProducer producer;
    private long notBefore;
    private boolean stopping;

    /**
     * @param stopped the services that take no messages now
     * @param seal under which persistent messages wait at the broker; empty for one outside
     */
    public JmsReceiver(
            BrokerLink link,
            Vertx vertx,
            Catalogue catalogue,
            Supplier<Set<ServiceKey>> stopped,
            Optional<ContentSeal> seal,
            Way way,
            int eventLoops,
            Clock clock) {
        this.link = link;
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.stopped = stopped;
        this.seal = seal;
        this.way = way;
        this.eventLoops = eventLoops;
        this.clock = clock;
        this.door = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "lgsp-door");
            thread.setDaemon(true);
            return thread;
        });
        door.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        link.addListener(new BrokerLink.Listener() {
            @Override
            public void down() {
                inOrder(JmsReceiver.this::forgetLines);
            }
        });
    }

    /** Begins to consume, as soon as the broker is there. */
    public void start() {
        try {
            vertx.deployVerticle(
                            () -> new AbstractVerticle() {
                                @Override
                                public void start() {
                                    loops.add(context);
                                }
                            },
                            new DeploymentOptions().setInstances(eventLoops))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while it started", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("the queues of services cannot be consumed", failed);
        }
        door.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Messages under way. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Replies and reports that could not be sent, since the start. */
    public long repliesLost() {
        return repliesLost.sum();
    }

    /** From now on the broker keeps what comes; what is under way goes on. */
    public void stopAdmitting() {
        inOrder(() -> {
            stopping = true;
            List.copyOf(lines.values()).forEach(Line::end);
        });
    }

    private void inOrder(Runnable work) {
        try {
            door.execute(work);
        } catch (RejectedExecutionException stopped) {
            // the broker hands over again what was not acknowledged
        }
    }

    /** Consumes from what is offered, and from nothing else. */
    private void look() {
        try {
            Snapshot known = catalogue.now();
            Set<ServiceKey> held = stopped.get();
            boolean same = known == seen
                    && held.equals(seenStopped)
                    && lines.values().stream().noneMatch(Line::isOver);
            if (stopping || same || !link.isUp() || System.nanoTime() - notBefore < 0) {
                return;
            }
            Map<ServiceKey, ServiceCard> offered = new HashMap<>();
            known.onQueues().stream()
                    .filter(card -> !held.contains(card.key()))
                    .forEach(card -> offered.put(card.key(), card));
            for (Line line : List.copyOf(lines.values())) {
                ServiceCard card = offered.get(line.service);
                if (card == null || line.isOver()) {
                    line.end();
                } else {
                    line.concurrency = concurrency(card);
                }
            }
            boolean all = true;
            for (ServiceCard card : offered.values()) {
                all &= lines.containsKey(card.key()) || open(card);
            }
            if (all) {
                seen = known;
                seenStopped = held;
            } else {
                notBefore = System.nanoTime() + AGAIN.toNanos();
            }
        } catch (RuntimeException broken) {
            LOG.atError()
                    .addKeyValue("event", "door.broke")
                    .setCause(broken)
                    .log("the queues of services are looked at again");
        }
    }

    private static int concurrency(ServiceCard card) {
        return card.onQueue()
                .flatMap(operation -> operation.jms())
                .map(JmsCall::concurrency)
                .orElse(JmsCall.DEFAULT_CONCURRENCY);
    }

    private boolean open(ServiceCard card) {
        String queue = JmsCall.queue(card.key());
        try {
            ClientSession session = link.session();
            try {
                ClientConsumer consumer = session.createConsumer(queue, null, AHEAD, -1, false);
                Line line = new Line(card.key(), session, concurrency(card));
                consumer.setMessageHandler(message -> inOrder(() -> line.take(message)));
                session.start();
                lines.put(card.key(), line);
                LOG.atInfo()
                        .addKeyValue("event", "door.open")
                        .addKeyValue("service", card.key())
                        .log("messages are taken from its queue");
                return true;
            } catch (ActiveMQException refused) {
                close(session);
                throw refused;
            }
        } catch (ActiveMQException | BusException away) {
            LOG.atWarn()
                    .addKeyValue("event", "door.closed")
                    .addKeyValue("service", card.key())
                    .addKeyValue("queue", queue)
                    .log("the broker does not let the bus consume from this queue; trying again");
            return false;
        }
    }

    /** The broker is away: it hands everything over again that was not acknowledged. */
    private void forgetLines() {
        lines.values().forEach(line -> line.waiting.clear());
        lines.clear();
        seen = null;
        replies = null;
        producer = null;
    }

    private static void close(ClientSession session) {
        try {
            session.close();
        } catch (ActiveMQException gone) {
            LOG.atDebug().addKeyValue("event", "broker.lost").log("a session was gone before it was closed");
        }
    }

    /** The queue of one service. Belongs to the one thread. */
    private final class Line {
        private final ServiceKey service;
        private final ClientSession session;
        private final Deque<QueuedMessage> waiting = new ArrayDeque<>();
        private final Set<QueuedMessage> underWay = new HashSet<>();
        private int concurrency;
        private int rests;
        private boolean resting;
        private boolean ending;

        Line(ServiceKey service, ClientSession session, int concurrency) {
            this.service = service;
            this.session = session;
            this.concurrency = concurrency;
        }

        boolean isOver() {
            return session.isClosed();
        }

        void take(ClientMessage message) {
            if (!ending) {
                waiting.add(new QueuedMessage(message));
                pump();
            }
        }

        void pump() {
            while (!ending && !resting && underWay.size() < concurrency && !waiting.isEmpty()) {
                QueuedMessage message = waiting.remove();
                underWay.add(message);
                inFlight.incrementAndGet();
                begin(this, message);
            }
        }

        void over(QueuedMessage message) {
            underWay.remove(message);
            inFlight.decrementAndGet();
            if (ending && underWay.isEmpty()) {
                close(session);
            }
            pump();
        }

        /** What is not begun goes back to the broker; what is under way keeps the session until its end. */
        void end() {
            lines.remove(service, this);
            ending = true;
            waiting.clear();
            if (underWay.isEmpty()) {
                close(session);
                return;
            }
            try {
                session.stop();
            } catch (ActiveMQException gone) {
                LOG.atDebug().addKeyValue("event", "broker.lost").log("a session was gone before it was stopped");
            }
        }

        void rest(QueuedMessage message) {
            waiting.addFirst(message);
            if (!resting && !ending) {
                resting = true;
                Duration rest = SHORTEST_REST.multipliedBy(1L << Math.min(rests++, 6));
                long millis = Math.min(rest.toMillis(), LONGEST_REST.toMillis());
                try {
                    door.schedule(this::wake, millis, TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException stopped) {
                    // nothing is begun any more
                }
            }
        }

        private void wake() {
            resting = false;
            pump();
        }

        void goesWell() {
            rests = 0;
        }
    }

    private void begin(Line line, QueuedMessage message) {
        Snapshot known = catalogue.now();
        boolean guaranteed = known.service(line.service)
                .filter(card -> card.mode() == ServiceCard.Mode.GUARANTEED)
                .isPresent();
        if (!guaranteed && !acknowledge(message)) {
            line.over(message); // the broker hands it over again
            return;
        }
        Context loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
        Arrival arrival =
                message.arrival(line.service, known, seal, clock, work -> loop.runOnContext(now -> work.run()));
        loop.runOnContext(
                now -> way.walk(arrival, (reply, ended) -> depart(line, message, arrival, guaranteed, reply, ended)));
    }

    /** On the event loop of the exchange. */
    private void depart(
            Line line, QueuedMessage message, Arrival arrival, boolean guaranteed, Reply reply, Way.Ended ended) {
        Optional<ErrorCode> error = arrival.passage().error();
        boolean again = guaranteed
                && error.isPresent()
                && (WAIT.contains(error.get())
                        || (error.get() == ErrorCode.BUS_FAILED && message.tries() < MOST_TRIES));
        whole(reply)
                .onComplete(content -> inOrder(() -> {
                    boolean told = true;
                    if (again) {
                        message.tried();
                        line.rest(message);
                    } else {
                        told = content.succeeded() && answer(message, arrival, reply, content.result());
                        if (!told) {
                            repliesLost.increment();
                        }
                        if (guaranteed) {
                            acknowledge(message);
                        }
                        line.goesWell();
                    }
                    line.over(message);
                    boolean delivered = told;
                    arrival.passage().home().execute(() -> ended.with(delivered));
                }));
    }

    /** The whole content of a reply; one that did not fit in memory is read back. It is no larger than a message may be. */
    private static Future<Buffer> whole(Reply reply) {
        if (reply.stream().isEmpty()) {
            return Future.succeededFuture(reply.content());
        }
        ReadStream<Buffer> stream = reply.stream().get();
        Promise<Buffer> all = Promise.promise();
        Buffer read = Buffer.buffer();
        stream.exceptionHandler(broken -> {
            reply.discard();
            all.tryFail(broken);
        });
        stream.endHandler(end -> all.tryComplete(read));
        stream.handler(read::appendBuffer);
        stream.resume();
        return all.future();
    }

    private boolean acknowledge(QueuedMessage message) {
        try {
            message.acknowledge();
            return true;
        } catch (ActiveMQException gone) {
            return false; // the broker hands it over again, and the message's id tells that it was here
        }
    }

    /** Sends what came of a message, where its sender may find it; true also where there is nobody to tell. */
    private boolean answer(QueuedMessage message, Arrival arrival, Reply reply, Buffer content) {
        Optional<String> address = message.answerTo(arrival.passage());
        if (address.isEmpty()) {
            return true;
        }
        try {
            ClientSession session = replies;
            ClientProducer out = producer;
            if (session == null || out == null || session.isClosed()) {
                session = link.session();
                out = session.createProducer();
                replies = session;
                producer = out;
            }
            out.send(address.get(), message.answer(session, arrival.passage(), reply, content, clock.millis()));
            return true;
        } catch (ActiveMQException | BusException lost) {
            LOG.atWarn()
                    .addKeyValue("event", "reply.lost")
                    .addKeyValue("exchange", arrival.passage().id())
                    .log(
                            "what came of a message could not be told: the queue is not there, or full, or the broker is away");
            return false;
        }
    }

    /** Ends all consumption at once. */
    @Override
    public void close() {
        stopAdmitting();
        inOrder(() -> {
            ClientSession session = replies;
            if (session != null) {
                close(session);
            }
        });
        door.shutdown();
        try {
            if (!door.awaitTermination(5, TimeUnit.SECONDS)) {
                door.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
