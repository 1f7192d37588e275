package vn.lgsp.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Who may do what at the embedded broker. The bus itself, under a password made at each start, may do everything. An account of the
 * registry may consume from the queues of its own system, send to the queues of services for which its system holds a grant in force, and
 * send replies to the bus; nothing else: no browsing, no management, no making of queues but temporary ones for replies. Everything is asked of the snapshot in force, each time (BUS-04, SEC-03, SEC-05).
 */
final class BrokerAccess implements ActiveMQSecurityManager5 {
    /** No account can have this name: an account's id has no colon. */
    static final String BUS = "lgsp:bus";

    private static final Logger LOG = LoggerFactory.getLogger(BrokerAccess.class);
    private static final long BETWEEN_LINES = Duration.ofSeconds(1).toNanos();

    /** How JMS names its temporary queues. */
    private static final Pattern TEMPORARY =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final Catalogue catalogue;
    private final Clock clock;
    private final BiConsumer<String, ServiceKey> refusedSends;
    private final String password = secret();
    private final LongAdder refusals = new LongAdder();
    private final AtomicLong lastLine = new AtomicLong(System.nanoTime() - BETWEEN_LINES);

    /** @param refusedSends hears of an account that was not let send to the queue of a service */
    BrokerAccess(Catalogue catalogue, Clock clock, BiConsumer<String, ServiceKey> refusedSends) {
        this.catalogue = catalogue;
        this.clock = clock;
        this.refusedSends = refusedSends;
    }

    private record BusPrincipal(String getName) implements Principal {}

    private record SystemPrincipal(SystemId system) implements Principal {
        @Override
        public String getName() {
            return system.value();
        }
    }

    /** The bus's own password at this broker; it lives in memory only. */
    String password() {
        return password;
    }

    /** Sign-ins and acts refused since the start. */
    long refusals() {
        return refusals.sum();
    }

    static String secret() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Whether this is an account in force, with its key. */
    boolean knows(@Nullable String user, @Nullable String shown) {
        return isBus(user, shown) || account(user, shown).isPresent();
    }

    @Override
    public @Nullable Subject authenticate(
            @Nullable String user,
            @Nullable String shown,
            @Nullable RemotingConnection connection,
            @Nullable String domain) {
        if (isBus(user, shown)) {
            return subject(BUS, new BusPrincipal(BUS));
        }
        Optional<Account> account = account(user, shown);
        if (account.isEmpty()) {
            refuse(
                    "no account in force has this name and key",
                    "sign-in",
                    connection == null ? "" : connection.getRemoteAddress());
            return null;
        }
        return subject(account.get().id(), new SystemPrincipal(account.get().system()));
    }

    private static Subject subject(String user, Principal what) {
        return new Subject(true, Set.of(new UserPrincipal(user), what), Set.of(), Set.of());
    }

    private boolean isBus(@Nullable String user, @Nullable String shown) {
        return BUS.equals(user)
                && shown != null
                && MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<Account> account(@Nullable String user, @Nullable String shown) {
        if (user == null || shown == null) {
            return Optional.empty();
        }
        Snapshot known = catalogue.now();
        Instant now = clock.instant();
        return known.accountShowing(shown, now)
                .filter(account -> account.id().equals(user))
                .filter(account -> known.system(account.system())
                        .filter(system -> known.isOpen(system, now))
                        .isPresent());
    }

    @Override
    public boolean authorize(@Nullable Subject subject, Set<Role> roles, CheckType act, String address) {
        if (subject == null) {
            return false;
        }
        if (!subject.getPrincipals(BusPrincipal.class).isEmpty()) {
            return true;
        }
        boolean allowed = subject.getPrincipals(SystemPrincipal.class).stream()
                .anyMatch(holder -> isAllowed(holder.system(), act, address));
        if (!allowed) {
            String account =
                    subject.getPrincipals(UserPrincipal.class).iterator().next().getName();
            refuse(
                    "an account may consume from the queues of its own system, and send to those of services that its system may"
                            + " use",
                    act.name(),
                    account);
            if (act == CheckType.SEND) {
                JmsCall.service(address).ifPresent(service -> refusedSends.accept(account, service));
            }
        }
        return allowed;
    }

    /** @param address of the queue, or address and queue as {@code address::queue} */
    private boolean isAllowed(SystemId system, CheckType act, String address) {
        String first = address.replaceFirst("::.*", "");
        Optional<Queue> own = catalogue.now().system(system).flatMap(InformationSystem::queue);
        boolean topic =
                own.filter(queue -> queue.topic() && queue.name().equals(first)).isPresent();
        return switch (act) {
            case CONSUME ->
                topic
                        || isReply(system, first)
                        || Stream.concat(
                                        own.stream().map(Queue::name),
                                        Stream.of(Broker.replyQueue(system), Broker.deadQueue(system)))
                                .anyMatch(name -> address.equals(name) || address.equals(name + "::" + name));
            case SEND ->
                JmsCall.service(address)
                        .map(service -> maySend(system, service))
                        .orElseGet(() -> own.isPresent() && address.startsWith(Broker.ANSWERS));
            case CREATE_NON_DURABLE_QUEUE, DELETE_NON_DURABLE_QUEUE -> topic || isReply(system, first);
            case CREATE_ADDRESS, DELETE_ADDRESS -> isReply(system, first);
            default -> false;
        };
    }

    /**
     * A temporary queue, of a system that may ask services and so may need one. Nobody can guess the name of another's: it is drawn
     * from 2^122.
     */
    private boolean isReply(SystemId system, String address) {
        return TEMPORARY.matcher(address).matches() && catalogue.now().senders().contains(system);
    }

    private boolean maySend(SystemId system, ServiceKey service) {
        Snapshot known = catalogue.now();
        Instant now = clock.instant();
        return known.service(service)
                .flatMap(ServiceCard::onQueue)
                .filter(operation ->
                        known.grants(system, service).stream().anyMatch(grant -> grant.covers(operation.id(), now)))
                .isPresent();
    }

    /** One line a second at most, so that a flood of refusals does not become a flood of lines; the count has them all. */
    private void refuse(String why, String act, String who) {
        refusals.increment();
        long now = System.nanoTime();
        long last = lastLine.get();
        if (now - last >= BETWEEN_LINES && lastLine.compareAndSet(last, now)) {
            LOG.atWarn()
                    .addKeyValue("event", "broker.refused")
                    .addKeyValue("act", act)
                    .addKeyValue("by", who)
                    .addKeyValue("refusals", refusals.sum())
                    .log(why);
        }
    }

    @Override
    public boolean validateUser(@Nullable String user, @Nullable String shown) {
        return knows(user, shown);
    }

    /** Nobody is asked by role here. */
    @Override
    public boolean validateUserAndRole(@Nullable String user, @Nullable String shown, Set<Role> roles, CheckType act) {
        return isBus(user, shown);
    }
}
