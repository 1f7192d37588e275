package vn.lgsp.broker;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.DiskFullMessagePolicy;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * The message broker inside the bus: an Artemis with a journal that is on the disk before a send is answered (DLV-03).
 *
 * <p>It has the queues of references ({@link #workQueue}), which hold ids only and may be paged out to the disk, and the queues of
 * systems that the registry names, which hold content and live in memory: what does not fit there is refused, never written
 * (MSG-05, MSG-06). Nobody outside can make another queue. It shows nothing over JMX, where bodies could be browsed (MSG-07).
 */
public final class Broker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final String INSIDE = "inside";
    private static final String PORT = "port";
    /** How Artemis begins to say that it could not bind its port. */
    private static final String PORT_TAKEN = "AMQ229230";

    /** Deliveries whose ids a restarted broker still knows; the oldest are forgotten first. */
    private static final int KNOWN_IDS = 20_000;
    /** How long the journal gathers what arrives before it syncs; decision 0010 has the figures. */
    private static final Duration GATHERING = Duration.ofNanos(200_000);

    private static final int JOURNAL_FILE = 16 << 20;
    /** What is larger than the journal's buffer, Artemis writes to a file of its own, persistent or not. */
    private static final int JOURNAL_BUFFER = 5 << 20;

    private static final long REFERENCES_IN_MEMORY = 16L << 20;
    private static final long CONTENT_IN_MEMORY = 64L << 20;
    private static final long CONFIRMATIONS_IN_MEMORY = 16L << 20;
    private static final int FULLEST_DISK = 95;
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final Duration CHECK_OF_ACCOUNTS = Duration.ofSeconds(1);
    private static final int OUTSIDE_CONNECTIONS = 1_000;

    /** How the queue begins in which this process takes replies of systems that it asks. */
    public static final String ANSWERS = "lgsp.answers.";

    private static final long REPLIES_IN_MEMORY = 16L << 20;
    private static final Duration CHECK_OF_KEYS = Duration.ofMinutes(1);

    private final EmbeddedActiveMQ artemis;
    private final BrokerAccess access;
    private final TransportConfiguration connector;
    private final ContentSeal seal;
    private final ScheduledFuture<?> check;
    private final ScheduledFuture<?> checkOfKeys;
    private final int port;

    private Broker(EmbeddedActiveMQ artemis, BrokerAccess access, TransportConfiguration connector, ContentSeal seal) {
        this.seal = seal;
        this.artemis = artemis;
        this.access = access;
        this.connector = connector;
        ActiveMQServer server = artemis.getActiveMQServer();
        this.port = ((NettyAcceptor) server.getRemotingService().getAcceptor(PORT)).getActualPort();
        this.check = server.getScheduledPool()
                .scheduleWithFixedDelay(
                        this::dismissUnknown,
                        CHECK_OF_ACCOUNTS.toMillis(),
                        CHECK_OF_ACCOUNTS.toMillis(),
                        TimeUnit.MILLISECONDS);
        this.checkOfKeys = server.getScheduledPool()
                .scheduleWithFixedDelay(this::forgetKeys, 0, CHECK_OF_KEYS.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Finds out which keys something still waits for. Doors hold some 64 MB each at most, so all of them can be looked through. */
    private void forgetKeys() {
        Set<Long> epochs = new HashSet<>();
        try {
            ActiveMQServer server = artemis.getActiveMQServer();
            for (String name : server.getPostOffice().getAddresses().stream()
                    .map(SimpleString::toString)
                    .filter(address -> address.startsWith(GuardedDoors.PREFIX))
                    .toList()) {
                Queue queue = server.locateQueue(name);
                if (queue != null) {
                    try (LinkedListIterator<MessageReference> waiting = queue.browserIterator()) {
                        while (waiting.hasNext()) {
                            SentMessage.epoch(waiting.next().getMessage()).ifPresent(epochs::add);
                        }
                    }
                    queue.getDeliveringMessages()
                            .values()
                            .forEach(taken -> taken.forEach(
                                    one -> SentMessage.epoch(one.getMessage()).ifPresent(epochs::add)));
                }
            }
            seal.keep(epochs);
        } catch (RuntimeException stuck) {
            LOG.atWarn()
                    .addKeyValue("event", "broker.keys-kept")
                    .setCause(stuck)
                    .log("which keys are still needed could not be found out: all are kept");
        }
    }

    /** Largest content of one message, in bytes as the broker keeps it: text takes two for each character. */
    public static final int LARGEST_CONTENT = 4 << 20;

    /** The queue in which references to deliveries for this system wait. */
    public static String workQueue(SystemId destination) {
        return "lgsp." + destination + ".work";
    }

    /** The queue in which this system finds the answers to what it has sent to queues of services. */
    public static String replyQueue(SystemId system) {
        return "lgsp." + system + ".reply";
    }

    /** The queue in which this system finds what became of messages that were refused, and for which it named no other. */
    public static String deadQueue(SystemId system) {
        return "lgsp." + system + ".dead";
    }

    /** Whether anything that the bus was told needs a broker: a guaranteed service, one that is offered on a queue, or a system with a queue. */
    public static boolean isNeeded(Snapshot known) {
        return known.systems().stream().anyMatch(system -> system.queue().isPresent())
                || !known.destinations().isEmpty()
                || !known.onQueues().isEmpty();
    }

    /**
     * What the embedded broker needs of the bus for the queues of services.
     *
     * @param seal under which persistent messages wait
     * @param refused hears of an account that was not let send to the queue of a service
     */
    public record Doors(ContentSeal seal, BiConsumer<String, ServiceKey> refused) {
        /** Keeps nothing. */
        public static final Doors CLOSED = new Doors(
                new ContentSeal() {
                    @Override
                    public Closed close(byte[] plain) {
                        throw new BusException(
                                ErrorCode.GUARANTEE_UNAVAILABLE, "persistent messages are not kept here");
                    }

                    @Override
                    public byte[] open(Closed closed) {
                        throw new BusException(
                                ErrorCode.GUARANTEE_UNAVAILABLE, "persistent messages are not kept here");
                    }

                    @Override
                    public void keep(Set<Long> epochs) {}
                },
                (account, service) -> {});
    }

    /** Starts one whose queues of services keep nothing: a persistent message is refused. */
    public static Broker start(BrokerSettings settings, Catalogue catalogue, Clock clock) {
        return start(settings, catalogue, clock, Doors.CLOSED);
    }

    /**
     * Starts it, with the queues that the catalogue names now.
     *
     * @throws IllegalArgumentException when the port could be reached from other machines without TLS, or with the sample's keys
     * @throws IllegalStateException when the port is taken, or the folder cannot be used; the text says what to do
     */
    public static Broker start(BrokerSettings settings, Catalogue catalogue, Clock clock, Doors doors) {
        Snapshot known = catalogue.now();
        guardDoor(settings, known);
        makeFolder(settings.folder());
        BrokerAccess access = new BrokerAccess(catalogue, clock, doors.refused());
        Map<String, Object> number = Map.of(
                org.apache.activemq.artemis.core.remoting.impl.invm.TransportConstants.SERVER_ID_PROP_NAME,
                NUMBERS.incrementAndGet());
        EmbeddedActiveMQ artemis = new EmbeddedActiveMQ()
                .setConfiguration(configuration(settings, known, number, doors.seal()))
                .setSecurityManager(access);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try {
            artemis.createActiveMQServer();
            artemis.getActiveMQServer().registerActivationFailureListener(failure::set);
            artemis.getActiveMQServer().start();
        } catch (Exception failed) {
            failure.compareAndSet(null, failed);
        }
        if (failure.get() != null || !artemis.getActiveMQServer().isActive()) {
            stop(artemis);
            throw notStarted(settings, failure.get());
        }
        Broker broker = new Broker(
                artemis,
                access,
                new TransportConfiguration(InVMConnectorFactory.class.getName(), number),
                doors.seal());
        LOG.atInfo()
                .addKeyValue("event", "broker.started")
                .addKeyValue("port", broker.port)
                .log("the broker is there");
        return broker;
    }

    private static void guardDoor(BrokerSettings settings, Snapshot known) {
        boolean loopback;
        try {
            loopback = InetAddress.getByName(settings.host()).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "lgsp.broker.host is not an address of this machine: write one, or 127.0.0.1", unknown);
        }
        if (!loopback && known.isSample()) {
            throw new IllegalArgumentException(
                    "lgsp.broker.host is not loopback, and everybody knows the keys of the sample city:"
                            + " use a registry of your own (lgsp.catalogue.registry)");
        }
        if (!loopback && !settings.isTls()) {
            throw new IllegalArgumentException("lgsp.broker.host is not loopback, so the broker's port needs TLS: write"
                    + " lgsp.broker.certificate and lgsp.broker.key");
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            throw new IllegalStateException(
                    "the broker's folder " + folder + " cannot be made: mend the rights, or what stands in its place",
                    failed);
        }
    }

    private static IllegalStateException notStarted(BrokerSettings settings, @Nullable Exception cause) {
        if (cause != null && String.valueOf(cause.getMessage()).startsWith(PORT_TAKEN)) {
            return new IllegalStateException(
                    "port " + settings.port() + " is taken by another program: stop it, or set lgsp.broker.port"
                            + " to another one",
                    cause);
        }
        return new IllegalStateException(
                "the broker cannot use its folder " + settings.folder()
                        + ": put back what was there, or move the folder"
                        + " away; deliveries that wait are in the database and are queued again",
                cause);
    }

    private static Configuration configuration(
            BrokerSettings settings, Snapshot known, Map<String, Object> number, ContentSeal seal) {
        Path folder = settings.folder().toAbsolutePath();
        Configuration made = new ConfigurationImpl()
                .setName("lgsp")
                .setJMXManagementEnabled(false)
                .setPersistenceEnabled(true)
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setJournalDirectory(folder.resolve("journal").toString())
                .setLargeMessagesDirectory(folder.resolve("large-messages").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setJournalType(JournalType.NIO)
                .setJournalDatasync(true)
                .setJournalSyncTransactional(true)
                .setJournalSyncNonTransactional(true)
                .setJournalBufferTimeout_NIO((int) GATHERING.toNanos())
                .setJournalBufferSize_NIO(JOURNAL_BUFFER)
                .setJournalFileSize(JOURNAL_FILE)
                .setJournalLockAcquisitionTimeout(Duration.ofSeconds(5).toMillis())
                .setIDCacheSize(KNOWN_IDS)
                .setPersistIDCache(true)
                .setMaxDiskUsage(FULLEST_DISK)
                .setGlobalMaxSize(Runtime.getRuntime().maxMemory() / 4)
                .setMessageExpiryScanPeriod(Duration.ofSeconds(1).toMillis())
                .setThreadPoolMaxSize(16)
                .setScheduledThreadPoolMaxSize(2)
                .setSuppressSessionNotifications(true)
                .setSecurityEnabled(true)
                // Who sent a message is what the broker found out, whatever the message says.
                .setPopulateValidatedUser(true)
                .setRejectEmptyValidatedUser(true)
                .setIncomingInterceptorClassNames(List.of(NoFiles.class.getName()))
                // Each sign-in and each act asks the snapshot in force: nothing is remembered from before.
                .setAuthenticationCacheSize(0)
                .setAuthorizationCacheSize(0)
                // Artemis ships a cluster user that may do everything, with a password that everybody knows.
                .setClusterUser(BrokerAccess.secret())
                .setClusterPassword(BrokerAccess.secret())
                .addAcceptorConfiguration(
                        new TransportConfiguration(InVMAcceptorFactory.class.getName(), number, INSIDE))
                .addAcceptorConfiguration(door(settings));
        made.registerBrokerPlugin(new Confirmations());
        made.registerBrokerPlugin(new NoLostSends());
        made.registerBrokerPlugin(new GuardedDoors(seal));
        addresses(made, known);
        return made;
    }

    private static TransportConfiguration door(BrokerSettings settings) {
        Map<String, Object> options = new HashMap<>();
        options.put(TransportConstants.HOST_PROP_NAME, settings.host());
        options.put(TransportConstants.PORT_PROP_NAME, settings.port());
        options.put(TransportConstants.PROTOCOLS_PROP_NAME, "CORE");
        options.put(TransportConstants.CONNECTIONS_ALLOWED, OUTSIDE_CONNECTIONS);
        if (settings.isTls()) {
            options.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
            options.put(TransportConstants.KEYSTORE_TYPE_PROP_NAME, "PEMCFG");
            options.put(
                    TransportConstants.KEYSTORE_PATH_PROP_NAME,
                    pemFiles(settings).toString());
            options.put(TransportConstants.ENABLED_PROTOCOLS_PROP_NAME, "TLSv1.2,TLSv1.3");
        }
        return new TransportConfiguration(NettyAcceptorFactory.class.getName(), options, PORT);
    }

    /** Where certificate and key are, in the form that Artemis reads; the key itself stays where it is. */
    private static Path pemFiles(BrokerSettings settings) {
        Properties where = new Properties();
        where.setProperty("alias", "lgsp");
        where.setProperty("source.key", absolute(settings.key()));
        where.setProperty("source.cert", absolute(settings.certificate()));
        Path file = settings.folder().toAbsolutePath().resolve("port.pemcfg");
        try (Writer out = Files.newBufferedWriter(file)) {
            where.store(out, null);
            return file;
        } catch (IOException failed) {
            throw new IllegalStateException("the broker's folder " + settings.folder() + " cannot be written", failed);
        }
    }

    private static String absolute(Optional<Path> file) {
        return file.orElseThrow().toAbsolutePath().toString();
    }

    private static void addresses(Configuration made, Snapshot known) {
        made.addAddressSetting("#", closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL));
        made.addAddressSetting(
                "lgsp.*.work",
                closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                        .setMaxSizeBytes(REFERENCES_IN_MEMORY)
                        .setPageSizeBytes(1 << 20));
        made.addAddressSetting(
                "lgsp.*.in",
                closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL)
                        .setMaxSizeBytes(CONTENT_IN_MEMORY));
        made.addAddressSetting(
                GuardedDoors.PREFIX + "#",
                closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL)
                        .setMaxSizeBytes(CONTENT_IN_MEMORY));
        for (String replies : List.of("lgsp.*.reply", "lgsp.*.dead", ANSWERS + "#")) {
            made.addAddressSetting(
                    replies,
                    closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL)
                            .setMaxSizeBytes(REPLIES_IN_MEMORY)
                            .setAutoCreateAddresses(replies.startsWith(ANSWERS))
                            .setAutoDeleteAddresses(replies.startsWith(ANSWERS)));
        }
        made.addAddressSetting(
                Confirmations.ADDRESS,
                closed().setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP)
                        .setMaxSizeBytes(CONFIRMATIONS_IN_MEMORY));
        made.addAddressConfiguration(
                new CoreAddressConfiguration().setName(Confirmations.ADDRESS).addRoutingType(RoutingType.MULTICAST));
        topics(known)
                .forEach(name -> made.addAddressConfiguration(
                        new CoreAddressConfiguration().setName(name).addRoutingType(RoutingType.MULTICAST)));
        queues(known)
                .forEach(name -> made.addAddressConfiguration(new CoreAddressConfiguration()
                        .setName(name)
                        .addRoutingType(RoutingType.ANYCAST)
                        .addQueueConfig(queue(name))));
    }

    /** Nothing is made on demand; nothing is moved to a queue of dead or expired messages; tried until it is taken or expires. */
    private static AddressSettings closed() {
        return new AddressSettings()
                .setAutoCreateAddresses(false)
                .setAutoCreateQueues(false)
                .setAutoDeleteAddresses(false)
                .setAutoDeleteQueues(false)
                .setDiskFullMessagePolicy(DiskFullMessagePolicy.FAIL)
                .setMaxDeliveryAttempts(-1)
                .setRedeliveryDelay(AGAIN.toMillis());
    }

    private static List<String> queues(Snapshot known) {
        Stream<String> systems = known.systems().stream()
                .flatMap(system -> system.queue().stream())
                .filter(queue -> !queue.topic())
                .map(vn.lgsp.catalogue.Queue::name);
        Stream<String> work = known.destinations().stream().map(Broker::workQueue);
        Stream<String> doors = known.onQueues().stream().map(ServiceCard::key).map(JmsCall::queue);
        Stream<String> answers =
                known.senders().stream().flatMap(system -> Stream.of(replyQueue(system), deadQueue(system)));
        return Stream.of(systems, work, doors, answers)
                .flatMap(names -> names)
                .distinct()
                .toList();
    }

    private static List<String> topics(Snapshot known) {
        return known.systems().stream()
                .flatMap(system -> system.queue().stream())
                .filter(vn.lgsp.catalogue.Queue::topic)
                .map(vn.lgsp.catalogue.Queue::name)
                .toList();
    }

    /**
     * Makes the queues that these parties and services need and that are not there yet; one that nothing names any more stays, for
     * something may wait in it.
     *
     * @throws IllegalStateException when the broker cannot make them
     */
    public void makeQueues(Snapshot known) {
        ActiveMQServer server = artemis.getActiveMQServer();
        for (String name : topics(known)) {
            try {
                server.addOrUpdateAddressInfo(
                        new AddressInfo(SimpleString.of(name)).addRoutingType(RoutingType.MULTICAST));
            } catch (Exception failed) {
                throw new IllegalStateException(
                        "the broker cannot make the topic " + name + ": look at its folder and its disk", failed);
            }
        }
        for (String name : queues(known)) {
            try {
                if (server.locateQueue(name) == null) {
                    server.addOrUpdateAddressInfo(
                            new AddressInfo(SimpleString.of(name)).addRoutingType(RoutingType.ANYCAST));
                    server.createQueue(queue(name), true);
                }
            } catch (Exception failed) {
                throw new IllegalStateException(
                        "the broker cannot make the queue " + name + ": look at its folder and its disk", failed);
            }
        }
    }

    private static QueueConfiguration queue(String name) {
        return QueueConfiguration.of(name)
                .setAddress(name)
                .setRoutingType(RoutingType.ANYCAST)
                .setDurable(true);
    }

    /** The port that outside consumers connect to. */
    public int port() {
        return port;
    }

    /** A new link of the bus itself, up already. */
    public BrokerLink link() {
        BrokerLink link = BrokerLink.inside(connector, BrokerAccess.BUS, access.password());
        try {
            if (link.awaitUp(Duration.ofSeconds(5))) {
                return link;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        link.close();
        throw new IllegalStateException("the broker in this process does not answer");
    }

    /** Why it cannot take messages now; empty while all is well. */
    public Optional<String> problem() {
        ActiveMQServer server = artemis.getActiveMQServer();
        if (!server.isActive()) {
            return Optional.of("stopped, because its folder cannot be written; start the bus anew");
        }
        return server.getPagingManager().isDiskFull()
                ? Optional.of("the disk is fuller than " + FULLEST_DISK + " %")
                : Optional.empty();
    }

    /** Sign-ins and acts that were refused since the start (SEC-03). */
    public long refusals() {
        return access.refusals();
    }

    /** An account that is not in force any more loses its connection; it would else keep what it has opened (SEC-05). */
    private void dismissUnknown() {
        for (ServerSession session : artemis.getActiveMQServer().getSessions()) {
            if (!access.knows(session.getUsername(), session.getPassword())) {
                session.getRemotingConnection().fail(new ActiveMQException("the account is not in force"));
            }
        }
    }

    /** Ends all connections and closes the journal. Safe to call twice. */
    @Override
    public void close() {
        check.cancel(false);
        checkOfKeys.cancel(false);
        stop(artemis);
    }

    private static void stop(EmbeddedActiveMQ artemis) {
        try {
            artemis.stop();
        } catch (Exception stuck) {
            LOG.atWarn().addKeyValue("event", "broker.stuck").setCause(stuck).log("the broker did not stop cleanly");
        }
    }
}
