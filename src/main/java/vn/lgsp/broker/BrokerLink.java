package vn.lgsp.broker;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.api.core.client.SessionFailureListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * How the bus reaches the broker, inside the process or outside: one connection, made anew by itself whenever it is lost, after
 * 100 ms at first and 5 s at most.
 *
 * <p>Sessions of a lost connection are dead and stay so; whoever has one throws it away when {@link Listener#down} is called or a
 * call of it fails, and asks for another when the link is up. A call that the broker does not answer fails after 5 s. A send that
 * the broker has no room for fails at once, it never waits.
 */
public final class BrokerLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);
    /** How much may be on its way to the broker without its answer, in bytes. */
    private static final int CONFIRMATION_WINDOW = 1 << 20;
    /** What a commit fails with when the broker has surely kept nothing of it. */
    private static final Set<ActiveMQExceptionType> NOTHING_KEPT = Set.of(
            ActiveMQExceptionType.TRANSACTION_ROLLED_BACK,
            ActiveMQExceptionType.ADDRESS_FULL,
            ActiveMQExceptionType.DUPLICATE_ID_REJECTED,
            ActiveMQExceptionType.OBJECT_CLOSED,
            ActiveMQExceptionType.SECURITY_EXCEPTION,
            ActiveMQExceptionType.ADDRESS_DOES_NOT_EXIST,
            ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST);

    /** Hears of the link. Called on the link's own thread, which must not be blocked for long. */
    public interface Listener {
        /** The broker is there: sessions may be made. */
        default void up() {}

        /** The broker is away: all sessions made so far are dead. */
        default void down() {}
    }

    private final ServerLocator locator;
    private final String name;
    private final String user;
    private final String password;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread keeper;
    private volatile @Nullable ClientSessionFactory connection;
    private volatile CountDownLatch lost = new CountDownLatch(0);

    private BrokerLink(ServerLocator locator, String name, String user, String password) {
        this.locator = locator.setReconnectAttempts(0)
                .setInitialConnectAttempts(1)
                .setCallTimeout(CALL_TIMEOUT.toMillis())
                .setCallFailoverTimeout(CALL_TIMEOUT.toMillis())
                .setClientFailureCheckPeriod(SIGN_OF_LIFE.toMillis())
                .setConnectionTTL(2 * SIGN_OF_LIFE.toMillis())
                .setBlockOnDurableSend(true)
                .setBlockOnNonDurableSend(true)
                .setConfirmationWindowSize(CONFIRMATION_WINDOW)
                // The broker refuses what it has no room for; a client that waited for room would wait without an end.
                .setProducerWindowSize(-1)
                .setAckBatchSize(0)
                // A "large message" is written to a file of the broker's, whatever it is, and content must not be
                // (MSG-05).
                .setMinLargeMessageSize(Integer.MAX_VALUE)
                .setUseGlobalPools(false)
                .setThreadPoolMaxSize(16)
                .setScheduledThreadPoolMaxSize(1);
        this.name = name;
        this.user = user;
        this.password = password;
        this.keeper = new Thread(this::keep, "lgsp-broker-link");
        keeper.setDaemon(true);
        keeper.start();
    }

    /** To the broker in this process. */
    static BrokerLink inside(TransportConfiguration connector, String user, String password) {
        return new BrokerLink(
                ActiveMQClient.createServerLocatorWithoutHA(connector), "the embedded broker", user, password);
    }

    /**
     * To the outside broker that the settings name. It need not be there yet.
     *
     * @throws IllegalArgumentException when {@code lgsp.broker.url} cannot be read
     */
    public static BrokerLink outside(BrokerSettings settings) {
        try {
            return new BrokerLink(
                    ActiveMQClient.createServerLocator(settings.url().orElseThrow()),
                    "the broker at lgsp.broker.url",
                    settings.user().orElseThrow(),
                    settings.password());
        } catch (Exception unreadable) {
            // without the cause: its text is the address, which may hold passwords of key stores
            throw new IllegalArgumentException(
                    "lgsp.broker.url is not the address of an Artemis broker: write tcp://host:port?sslEnabled=true");
        }
    }

    /** Whether the broker is there, as far as is known. */
    public boolean isUp() {
        return connection != null;
    }

    /** Waits until the broker is there; false when it is not in this time. */
    public boolean awaitUp(Duration time) throws InterruptedException {
        CountDownLatch up = new CountDownLatch(1);
        Listener listener = new Listener() {
            @Override
            public void up() {
                up.countDown();
            }
        };
        listeners.add(listener);
        try {
            return isUp() || up.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            listeners.remove(listener);
        }
    }

    /** Tells this listener from now on; it is not told what was before. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /**
     * A session in which each send and each acknowledgement stands for itself. For one thread at a time; the caller closes it.
     *
     * @throws BusException {@code guarantee-unavailable} when the broker is away
     */
    public ClientSession session() {
        return session(true);
    }

    /**
     * A session whose sends and acknowledgements take place at its commit. For one thread at a time; the caller closes it.
     *
     * @throws BusException {@code guarantee-unavailable} when the broker is away
     */
    public ClientSession transactedSession() {
        return session(false);
    }

    private ClientSession session(boolean each) {
        ClientSessionFactory open = connection;
        if (open == null) {
            throw away(null);
        }
        try {
            return open.createSession(user, password, false, each, each, false, 0);
        } catch (ActiveMQException broken) {
            throw away(broken);
        }
    }

    /**
     * What a failed send or commit means: {@code guarantee-unavailable} when the broker has surely kept nothing, {@code
     * acceptance-unknown} when that cannot be told. What was sent in a transaction and not committed is surely not kept.
     *
     * @param committing whether it was the commit that failed, or a send outside a transaction
     */
    public static BusException failure(ActiveMQException broken, boolean committing) {
        return committing && !NOTHING_KEPT.contains(broken.getType())
                ? new BusException(
                        ErrorCode.ACCEPTANCE_UNKNOWN,
                        "the message broker did not say whether it has kept the message",
                        broken)
                : new BusException(
                        ErrorCode.GUARANTEE_UNAVAILABLE, "the message broker did not keep the message", broken);
    }

    private static BusException away(@Nullable Throwable cause) {
        return new BusException(ErrorCode.GUARANTEE_UNAVAILABLE, "the message broker is away", cause);
    }

    private void keep() {
        Duration wait = FIRST_WAIT;
        boolean told = false;
        while (!isClosed(Duration.ZERO)) {
            try {
                hold();
                wait = FIRST_WAIT;
                told = false;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception failed) {
                if (!told && !isClosed(Duration.ZERO)) {
                    told = true;
                    // by kind only: the text holds addresses, and what stands in lgsp.broker.url
                    LOG.atWarn()
                            .addKeyValue("event", "broker.away")
                            .addKeyValue("problem", problem(failed))
                            .log("{} cannot be reached; trying again until it can", name);
                }
            }
            if (isClosed(wait)) {
                return;
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
        }
    }

    /** Connects, and comes back when the connection is lost. */
    private void hold() throws Exception {
        ClientSessionFactory open = locator.createSessionFactory();
        try {
            CountDownLatch end = new CountDownLatch(1);
            lost = end;
            ClientSession watch = open.createSession(user, password, false, true, true, false, 0);
            watch.addFailureListener(new Loss(end));
            if (isClosed(Duration.ZERO)) {
                return;
            }
            connection = open;
            LOG.atInfo().addKeyValue("event", "broker.up").log("{} is there", name);
            listeners.forEach(Listener::up);
            // A connection that broke before the listener was there tells nobody.
            while (!end.await(1, TimeUnit.SECONDS) && !watch.isClosed()) {}
        } finally {
            boolean wasUp = connection != null;
            connection = null;
            if (wasUp) {
                listeners.forEach(Listener::down);
            }
            open.close();
        }
    }

    private static String problem(Exception failed) {
        return failed instanceof ActiveMQException known
                ? known.getType().name()
                : failed.getClass().getSimpleName();
    }

    private boolean isClosed(Duration within) {
        try {
            return closed.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private final class Loss implements SessionFailureListener {
        private final CountDownLatch end;

        Loss(CountDownLatch end) {
            this.end = end;
        }

        @Override
        public void connectionFailed(ActiveMQException why, boolean failedOver) {
            end.countDown();
            if (!isClosed(Duration.ZERO)) {
                LOG.atWarn()
                        .addKeyValue("event", "broker.lost")
                        .addKeyValue("problem", why.getType())
                        .log("the connection to {} is lost", name);
            }
        }

        @Override
        public void connectionFailed(ActiveMQException why, boolean failedOver, @Nullable String scaleDownTarget) {
            connectionFailed(why, failedOver);
        }

        @Override
        public void beforeReconnect(ActiveMQException why) {}
    }

    /** Ends the connection and all sessions. */
    @Override
    public void close() {
        closed.countDown();
        lost.countDown();
        try {
            keeper.join(CALL_TIMEOUT.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        locator.close();
    }
}
