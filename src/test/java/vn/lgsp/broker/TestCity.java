package vn.lgsp.broker;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.Agency;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.PathTemplate;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** A small city of the broker tests: two systems with a queue, and one guaranteed service. */
public final class TestCity {
    public static final SystemId ARCHIVE = new SystemId("civil-archive");
    public static final SystemId TAX = new SystemId("tax-office");
    public static final String ARCHIVE_QUEUE = "lgsp.civil-archive.in";
    public static final String TAX_QUEUE = "lgsp.tax-office.in";
    public static final String ARCHIVE_USER = "civil-archive-broker";
    public static final String ARCHIVE_KEY = "key-of-the-archive";
    public static final ServiceKey NOTIFY = new ServiceKey(new ServiceId("civil-birth-notify"), 1);
    /** Waits for the archive's confirmation itself. */
    public static final ServiceKey LOOKUP = new ServiceKey(new ServiceId("civil-birth-lookup"), 1);

    static final String WORK = Broker.workQueue(ARCHIVE);
    static final Instant EXPIRY = Instant.parse("2027-01-01T00:00:00Z");

    private TestCity() {}

    public static Catalogue catalogue(Duration answerTimeout) {
        return new Catalogue(snapshot(answerTimeout));
    }

    /** The same, where a message that may have been got is handed over again by this plan. */
    public static Snapshot withRetry(Duration answerTimeout, vn.lgsp.catalogue.Connection.Retry retry) {
        return snapshot(
                answerTimeout,
                List.of(account(ARCHIVE_USER, ARCHIVE, ARCHIVE_KEY, Optional.empty())),
                new Queue(ARCHIVE_QUEUE, answerTimeout, false, vn.lgsp.catalogue.Connection.Breaker.DEFAULT, retry));
    }

    static Snapshot snapshot(Duration answerTimeout) {
        return snapshot(
                answerTimeout,
                List.of(
                        account(ARCHIVE_USER, ARCHIVE, ARCHIVE_KEY, Optional.empty()),
                        account("archive-until-new-year", ARCHIVE, "key-until-new-year", Optional.of(EXPIRY)),
                        account("closed-broker", new SystemId("closed"), "key-of-the-closed", Optional.empty())));
    }

    static Snapshot snapshot(Duration answerTimeout, List<Account> accounts) {
        return snapshot(answerTimeout, accounts, new Queue(ARCHIVE_QUEUE, answerTimeout));
    }

    private static Snapshot snapshot(Duration answerTimeout, List<Account> accounts, Queue archive) {
        AgencyCode open = new AgencyCode("T01");
        AgencyCode closed = new AgencyCode("T02");
        return new Snapshot(
                new Registry(
                        false,
                        List.of(
                                new Agency(open, "Cơ quan mở", Optional.empty(), Optional.empty()),
                                new Agency(
                                        closed,
                                        "Cơ quan đã đóng",
                                        Optional.empty(),
                                        Optional.of(LocalDate.parse("2020-01-01")))),
                        List.of(
                                system(ARCHIVE, open, archive),
                                system(TAX, open, new Queue(TAX_QUEUE, answerTimeout)),
                                system(new SystemId("closed"), closed, new Queue("lgsp.closed.in", answerTimeout))),
                        accounts,
                        List.of(),
                        List.of()),
                List.of(card(NOTIFY, true), card(LOOKUP, false)));
    }

    private static InformationSystem system(SystemId id, AgencyCode agency, Queue queue) {
        return new InformationSystem(id, agency, id.value(), Optional.empty(), Optional.of(queue));
    }

    static Account account(String id, SystemId system, String key, Optional<Instant> expires) {
        return new Account(id, system, java.util.Optional.of(sha256(key)), java.util.Optional.empty(), expires);
    }

    private static ServiceCard card(ServiceKey key, boolean guaranteed) {
        return new ServiceCard(
                key,
                "civil",
                "Thông báo khai sinh",
                List.of(ARCHIVE),
                guaranteed ? ServiceCard.Mode.GUARANTEED : ServiceCard.Mode.MAPPED,
                ServiceCard.AnswerMode.HELD,
                1 << 20,
                1 << 20,
                Duration.ofSeconds(30),
                true,
                List.of(new Operation(
                        "notify",
                        "POST",
                        new PathTemplate("/births"),
                        Set.of(),
                        List.of("application/json"),
                        Set.of(),
                        Optional.empty())),
                guaranteed
                        ? Optional.of(new Guarantee(
                                List.of(new Guarantee.Receiver(ARCHIVE, Guarantee.RetryPlan.DEFAULT, List.of(), false)),
                                Guarantee.DEFAULT_LIFE,
                                Guarantee.Recipients.ALL))
                        : Optional.empty(),
                new ServiceCard.Entry(
                        "Birth notice",
                        "births",
                        ServiceCard.Criterion.NEAR_REAL_TIME,
                        "the test",
                        Optional.empty(),
                        Optional.empty()),
                Optional.empty(),
                Optional.empty());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** A connection of an outside JMS client, started. */
    public static Connection connect(int port, String user, String password) throws JMSException {
        return connect(port, user, password, "");
    }

    public static Connection connect(int port, String user, String password, String options) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(
                "tcp://127.0.0.1:" + port + "?reconnectAttempts=0&callTimeout=5000" + options);
        Connection connection = factory.createConnection(user, password);
        connection.start();
        return connection;
    }
}
