package vn.lgsp.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.ActiveMQAddressFullException;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** The embedded broker with real clients over TCP, its real journal and real restarts. */
final class BrokerTest {
    private static final String MARKER = "MARKER-7f3a-noi-dung-rieng";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> confirmed = new ConcurrentLinkedQueue<>();
    private final Catalogue catalogue = TestCity.catalogue(Duration.ofSeconds(30));
    private Clock clock = Clock.systemUTC();

    @AfterEach
    void close() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
    }

    private <T extends AutoCloseable> T closing(T what) {
        open.add(what);
        return what;
    }

    private Broker start() {
        return closing(Broker.start(BrokerSettings.embedded(folder.resolve("broker"), 0), catalogue, clock));
    }

    private BrokerLink link(Broker broker) {
        return closing(broker.link());
    }

    /** From now on {@code confirmed} has what is said on the address of confirmations. */
    private void listen(BrokerLink link) throws ActiveMQException {
        ClientSession session = closing(link.session());
        session.createQueue(QueueConfiguration.of("listener-" + System.nanoTime())
                .setAddress(Confirmations.ADDRESS)
                .setRoutingType(RoutingType.MULTICAST)
                .setDurable(false)
                .setTemporary(true)
                .setName("listener"));
        session.createConsumer("listener").setMessageHandler(message -> {
            confirmed.add(message.getStringProperty(Confirmations.DELIVERY));
            acknowledge(message);
        });
        session.start();
    }

    private static void acknowledge(ClientMessage message) {
        try {
            message.acknowledge();
        } catch (ActiveMQException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static ClientMessage content(ClientSession session, String delivery, String text) {
        ClientMessage message = session.createMessage(Message.TEXT_TYPE, false);
        message.getBodyBuffer().writeNullableSimpleString(SimpleString.of(text));
        message.putStringProperty(Confirmations.DELIVERY, delivery);
        message.putStringProperty(Confirmations.SENDING, "s-" + delivery);
        return message;
    }

    private void hand(BrokerLink link, String delivery) throws ActiveMQException {
        hand(link, delivery, "<hoSo>" + MARKER + "</hoSo>", 0);
    }

    private void hand(BrokerLink link, String delivery, String text, long expires) throws ActiveMQException {
        try (ClientSession session = link.session();
                ClientProducer producer = session.createProducer(TestCity.ARCHIVE_QUEUE)) {
            ClientMessage message = content(session, delivery, text);
            message.setExpiration(expires);
            producer.send(message);
        }
    }

    private Connection archive(Broker broker) throws JMSException {
        return closing(TestCity.connect(broker.port(), TestCity.ARCHIVE_USER, TestCity.ARCHIVE_KEY));
    }

    private static MessageConsumer consumer(Session session) throws JMSException {
        return session.createConsumer(session.createQueue(TestCity.ARCHIVE_QUEUE));
    }

    private static void reference(BrokerLink link, String id) throws ActiveMQException {
        try (ClientSession session = link.transactedSession();
                ClientProducer producer = session.createProducer(TestCity.WORK)) {
            ClientMessage message = session.createMessage(true);
            message.putStringProperty("lgsp_reference", id);
            message.putBytesProperty(Message.HDR_DUPLICATE_DETECTION_ID, id.getBytes(StandardCharsets.UTF_8));
            producer.send(message);
            session.commit();
        }
    }

    private static Set<String> references(BrokerLink link, int expected) throws ActiveMQException {
        Set<String> found = new HashSet<>();
        try (ClientSession session = link.session()) {
            ClientConsumer consumer = session.createConsumer(TestCity.WORK);
            session.start();
            while (found.size() < expected) {
                ClientMessage next = consumer.receive(5_000);
                assertThat(next)
                        .as("reference %s of %s", found.size(), expected)
                        .isNotNull();
                next.acknowledge();
                found.add(next.getStringProperty("lgsp_reference"));
            }
            assertThat(consumer.receiveImmediate()).as("one more than expected").isNull();
        }
        return found;
    }

    @Test
    void a_consumer_with_the_account_of_its_system_receives_and_its_acknowledgement_is_heard() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        Session session = archive(broker).createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);

        hand(link, "d-1");

        TextMessage received = (TextMessage) consumer.receive(5_000);
        assertThat(received.getText()).contains(MARKER);
        assertThat(received.getStringProperty("lgsp_delivery")).isEqualTo("d-1");
        assertThat(confirmed).isEmpty();
        received.acknowledge();
        await().until(() -> List.copyOf(confirmed).equals(List.of("d-1")));
    }

    @Test
    void a_transacted_consumer_that_rolls_back_and_then_commits_confirms_once_and_after_the_commit() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        Session session = archive(broker).createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        hand(link, "d-1");

        assertThat(consumer.receive(5_000)).isNotNull();
        session.rollback();
        assertThat(consumer.receive(5_000)).isNotNull();
        hand(link, "d-2");
        assertThat(consumer.receive(5_000)).isNotNull();
        assertThat(confirmed).isEmpty();
        session.commit();

        await().until(() -> confirmed.size() == 2);
        assertThat(confirmed).containsExactlyInAnyOrder("d-1", "d-2");
    }

    @Test
    void a_consumer_that_takes_a_message_and_dies_confirms_nothing_and_the_next_one_gets_it() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        Connection dying = TestCity.connect(broker.port(), TestCity.ARCHIVE_USER, TestCity.ARCHIVE_KEY);
        MessageConsumer taker = consumer(dying.createSession(Session.SESSION_TRANSACTED));
        hand(link, "d-1");
        assertThat(taker.receive(5_000)).isNotNull();
        dying.close();

        Session session = archive(broker).createSession(Session.SESSION_TRANSACTED);
        MessageConsumer next = consumer(session);
        assertThat(next.receive(5_000)).isNotNull();
        assertThat(confirmed).isEmpty();
        session.commit();
        await().until(() -> List.copyOf(confirmed).equals(List.of("d-1")));
    }

    @Test
    void neither_an_expired_message_nor_one_that_an_administrator_removes_is_confirmed() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        hand(link, "d-expired", "x", clock.millis() + 200);
        hand(link, "d-removed");
        removeAll(link);

        await().until(() -> waiting(link, TestCity.ARCHIVE_QUEUE) == 0);
        Session session = archive(broker).createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        hand(link, "d-last");
        consumer.receive(5_000).acknowledge();
        await().until(() -> !confirmed.isEmpty());
        assertThat(confirmed).containsExactly("d-last");
    }

    /** As a console of an outside broker does it. */
    private static void removeAll(BrokerLink link) throws Exception {
        try (ClientSession session = link.session();
                org.apache.activemq.artemis.api.core.client.ClientRequestor management =
                        new org.apache.activemq.artemis.api.core.client.ClientRequestor(
                                session, "activemq.management")) {
            session.start();
            ClientMessage order = session.createMessage(false);
            org.apache.activemq.artemis.api.core.management.ManagementHelper.putOperationInvocation(
                    order, "queue." + TestCity.ARCHIVE_QUEUE, "removeMessages", "lgsp_delivery = 'd-removed'");
            ClientMessage answer = management.request(order, 5_000);
            assertThat(org.apache.activemq.artemis.api.core.management.ManagementHelper.getResult(answer))
                    .isEqualTo(1L);
        }
    }

    private static long waiting(BrokerLink link, String queue) throws ActiveMQException {
        try (ClientSession session = link.session()) {
            return session.queueQuery(SimpleString.of(queue)).getMessageCount();
        }
    }

    @Test
    void what_the_broker_acknowledges_before_the_consumer_has_it_is_not_confirmed() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        Session careless = archive(broker).createSession(ActiveMQJMSConstants.PRE_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(careless);
        hand(link, "d-careless");
        assertThat(consumer.receive(5_000)).isNotNull();
        careless.close();

        Session session = archive(broker).createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer careful = consumer(session);
        hand(link, "d-careful");
        assertThat(careful.receive(5_000)).isNotNull();
        await().until(() -> !confirmed.isEmpty());
        assertThat(confirmed).containsExactly("d-careful");
    }

    @Test
    void a_wrong_password_an_expired_account_a_closed_agency_and_the_passwords_that_everybody_knows_are_refused() {
        clock = Clock.fixed(TestCity.EXPIRY, ZoneOffset.UTC);
        Broker broker = start();

        List.of(
                        List.of(TestCity.ARCHIVE_USER, "wrong"),
                        List.of("unknown", TestCity.ARCHIVE_KEY),
                        List.of("archive-until-new-year", "key-until-new-year"),
                        List.of("closed-broker", "key-of-the-closed"),
                        List.of(BrokerAccess.BUS, ""),
                        List.of("ACTIVEMQ.CLUSTER.ADMIN.USER", "CHANGE ME!!"),
                        List.of("", ""))
                .forEach(shown -> assertThatThrownBy(() -> TestCity.connect(broker.port(), shown.get(0), shown.get(1))
                                .close())
                        .as(shown.get(0))
                        .isInstanceOf(JMSSecurityException.class));
        assertThat(broker.refusals()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void an_account_may_consume_from_its_own_queue_and_do_nothing_else() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        hand(link, "d-1");
        Session session = archive(broker).createSession(Session.AUTO_ACKNOWLEDGE);

        List.<Act>of(
                        () -> session.createConsumer(session.createQueue(TestCity.TAX_QUEUE)),
                        () -> session.createConsumer(session.createQueue(TestCity.WORK)),
                        () -> session.createConsumer(
                                session.createQueue(TestCity.ARCHIVE_QUEUE + "::" + TestCity.TAX_QUEUE)),
                        () -> session.createConsumer(session.createTopic(Confirmations.ADDRESS)),
                        () -> session.createConsumer(session.createQueue("lgsp.new.in")),
                        () -> session.createBrowser(session.createQueue(TestCity.TAX_QUEUE))
                                .getEnumeration(),
                        () -> session.createBrowser(session.createQueue(TestCity.ARCHIVE_QUEUE))
                                .getEnumeration(),
                        () -> send(session, TestCity.ARCHIVE_QUEUE),
                        () -> send(session, TestCity.TAX_QUEUE),
                        () -> send(session, TestCity.WORK),
                        () -> send(session, "activemq.management"),
                        session::createTemporaryQueue)
                .forEach(act -> assertThatThrownBy(act::run).isInstanceOf(JMSException.class));
        assertThat(broker.refusals()).isGreaterThanOrEqualTo(8);
        assertThat(waiting(link, TestCity.ARCHIVE_QUEUE)).isEqualTo(1);
        assertThat(waiting(link, TestCity.TAX_QUEUE)).isZero();
        assertThat(waiting(link, TestCity.WORK)).isZero();
    }

    private interface Act {
        void run() throws Exception;
    }

    private static void send(Session session, String queue) throws JMSException {
        session.createProducer(session.createQueue(queue)).send(session.createTextMessage("x"));
    }

    @Test
    void an_account_that_is_taken_away_loses_the_connection_that_it_has() throws Exception {
        Broker broker = start();
        AtomicReference<JMSException> heard = new AtomicReference<>();
        Connection archive = archive(broker);
        archive.setExceptionListener(heard::set);
        consumer(archive.createSession(Session.AUTO_ACKNOWLEDGE));

        catalogue.replace(TestCity.snapshot(Duration.ofSeconds(30), List.of()));

        await().until(() -> heard.get() != null);
    }

    @Test
    void content_reaches_no_file_neither_while_thousands_wait_nor_after_the_hand_over_nor_after_a_restart()
            throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        listen(link);
        String large = (MARKER + " ").repeat(20_000);
        hand(link, "d-large", large, 0);
        for (int i = 0; i < 2_000; i++) {
            hand(link, "d-" + i);
        }
        reference(link, "r-1");
        assertThat(filesWith(MARKER)).isEmpty();

        Session session = archive(broker).createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        assertThat(((TextMessage) consumer.receive(5_000)).getText()).isEqualTo(large);
        session.rollback();
        for (int i = 0; i < 100; i++) {
            assertThat(consumer.receive(5_000)).isNotNull();
        }
        session.commit();
        await().until(() -> confirmed.size() == 100);
        assertThat(filesWith(MARKER)).isEmpty();
        link.close();
        broker.close();
        assertThat(filesWith(MARKER)).isEmpty();

        Broker again = start();
        BrokerLink second = link(again);
        assertThat(waiting(second, TestCity.ARCHIVE_QUEUE)).isZero();
        assertThat(references(second, 1)).containsExactly("r-1");
        assertThat(filesWith(MARKER)).isEmpty();
        assertThat(filesWith("r-1")).as("the search finds what is there").isNotEmpty();
    }

    /** Looks for the text as UTF-8 and as UTF-16, which Artemis writes text as. */
    private List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, text.getBytes(StandardCharsets.UTF_8))
                            || contains(file, text.getBytes(StandardCharsets.UTF_16LE))
                            || contains(file, text.getBytes(StandardCharsets.UTF_16BE)))
                    .toList();
        }
    }

    private static boolean contains(Path file, byte[] wanted) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .contains(new String(wanted, StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    void a_queue_of_content_that_is_full_refuses_instead_of_writing_to_the_disk() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        String megabyte = MARKER.repeat((1 << 19) / MARKER.length());

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        hand(link, "d-" + i, megabyte, 0);
                    }
                })
                .isInstanceOf(ActiveMQAddressFullException.class);
        assertThat(filesWith(MARKER)).isEmpty();
    }

    @Test
    void references_beyond_memory_wait_on_the_disk_and_none_is_lost_in_a_restart() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        int many = 30_000;
        try (ClientSession session = link.transactedSession();
                ClientProducer producer = session.createProducer(TestCity.WORK)) {
            for (int i = 0; i < many; i++) {
                ClientMessage message = session.createMessage(true);
                message.putStringProperty("lgsp_reference", "r-" + i);
                producer.send(message);
                if (i % 1_000 == 999) {
                    session.commit();
                }
            }
        }
        assertThat(Files.walk(folder.resolve("broker/paging")).filter(Files::isRegularFile))
                .isNotEmpty();
        link.close();
        broker.close();

        assertThat(references(link(start()), many)).hasSize(many);
    }

    @Test
    void a_reference_sent_again_after_a_restart_is_known_and_refused() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        reference(link, "r-1");
        link.close();
        broker.close();

        BrokerLink again = link(start());
        assertThatThrownBy(() -> reference(again, "r-1"))
                .isInstanceOfSatisfying(ActiveMQException.class, refused -> assertThat(
                                BrokerLink.failure(refused, true).code())
                        .isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE));
        assertThatThrownBy(() -> reference(again, "r-1")).isInstanceOf(ActiveMQDuplicateIdException.class);
        assertThat(references(again, 1)).containsExactly("r-1");
    }

    @Test
    void a_commit_with_a_send_to_a_queue_that_nobody_declared_is_refused_and_keeps_nothing() throws Exception {
        BrokerLink link = link(start());
        for (int i = 0; i < 200; i++) { // without the plugin it is a race, lost about every other time
            try (ClientSession session = link.transactedSession()) {
                session.createProducer(TestCity.WORK).send(session.createMessage(true));
                session.createProducer("lgsp.nobody.work").send(session.createMessage(true));
                assertThatThrownBy(session::commit).isInstanceOf(ActiveMQException.class);
            }
        }
        assertThat(waiting(link, TestCity.WORK)).isZero();
    }

    @Test
    void a_commit_with_a_send_that_found_its_queue_full_is_refused_and_keeps_nothing() throws Exception {
        BrokerLink link = link(start());
        ClientSession filler = closing(link.session());
        ClientProducer producer = filler.createProducer(TestCity.ARCHIVE_QUEUE);
        String megabyte = "x".repeat(1 << 19);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        producer.send(content(filler, "d-" + i, megabyte));
                    }
                })
                .isInstanceOf(ActiveMQAddressFullException.class);

        for (int i = 0; i < 100; i++) {
            try (ClientSession session = link.transactedSession()) {
                session.createProducer(TestCity.WORK).send(session.createMessage(true));
                session.createProducer(TestCity.ARCHIVE_QUEUE).send(content(session, "d-full", "x"));
                assertThatThrownBy(session::commit).isInstanceOf(ActiveMQException.class);
            }
        }
        assertThat(waiting(link, TestCity.WORK)).isZero();
    }

    @Test
    void the_link_goes_down_with_the_broker_and_comes_back_by_itself() throws Exception {
        Broker first = start();
        AtomicInteger ups = new AtomicInteger();
        AtomicInteger downs = new AtomicInteger();
        BrokerLink link = closing(outside(first.port()));
        link.addListener(new BrokerLink.Listener() {
            @Override
            public void up() {
                ups.incrementAndGet();
            }

            @Override
            public void down() {
                downs.incrementAndGet();
            }
        });
        await().until(link::isUp);
        ClientSession old = closing(link.session());
        int port = first.port();
        first.close();

        await().until(() -> !link.isUp() && downs.get() == 1);
        assertThatThrownBy(link::session).isInstanceOfSatisfying(BusException.class, away -> assertThat(away.code())
                .isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE));
        assertThatThrownBy(() -> old.createProducer(TestCity.ARCHIVE_QUEUE).send(old.createMessage(true)))
                .isInstanceOf(ActiveMQException.class);

        closing(Broker.start(BrokerSettings.embedded(folder.resolve("broker"), port), catalogue, clock));
        await().atMost(Duration.ofSeconds(15)).until(link::isUp);
        assertThat(waiting(link, TestCity.ARCHIVE_QUEUE)).isZero();
    }

    /** A link over TCP with the account of the archive, which is enough to connect. */
    private static BrokerLink outside(int port) {
        return BrokerLink.outside(new BrokerSettings(
                Optional.of("tcp://127.0.0.1:" + port),
                "127.0.0.1",
                0,
                Optional.of(TestCity.ARCHIVE_USER),
                TestCity.ARCHIVE_KEY,
                Optional.empty(),
                Optional.empty(),
                Path.of("unused")));
    }

    @Test
    void the_link_inside_goes_down_when_the_broker_stops() throws Exception {
        Broker broker = start();
        BrokerLink link = link(broker);
        broker.close();
        await().until(() -> !link.isUp());
        assertThat(broker.problem()).isPresent();
    }

    @Test
    void a_taken_port_stops_the_start_and_says_so() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            Broker.start(BrokerSettings.embedded(folder.resolve("broker"), port), catalogue, clock))
                    .withMessageContaining("port " + port + " is taken")
                    .withMessageContaining("lgsp.broker.port");
        }
        start();
    }

    @Test
    void a_damaged_folder_stops_the_start_and_says_so() throws Exception {
        start().close();
        try (Stream<Path> files = Files.walk(folder.resolve("broker/bindings"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
                Files.createDirectory(file);
            }
        }
        assertThatIllegalStateException()
                .isThrownBy(this::start)
                .withMessageContaining("cannot use its folder")
                .withMessageContaining("broker");
    }

    @Test
    void a_port_for_other_machines_needs_tls() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Broker.start(
                        new BrokerSettings(
                                Optional.empty(),
                                "0.0.0.0",
                                0,
                                Optional.empty(),
                                "",
                                Optional.empty(),
                                Optional.empty(),
                                folder),
                        catalogue,
                        clock))
                .withMessageContaining("lgsp.broker.certificate");
    }

    @Test
    void nothing_of_the_broker_is_shown_over_jmx() {
        start();
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(null, null))
                .noneMatch(name -> name.getDomain().contains("artemis"));
    }
}
