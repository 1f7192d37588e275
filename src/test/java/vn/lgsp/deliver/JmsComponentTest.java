package vn.lgsp.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.broker.BrokerSettings;
import vn.lgsp.broker.TestCity;
import vn.lgsp.catalogue.Agency;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** {@code lgsp-jms:} in a real Camel context, the embedded broker, and JMS consumers over TCP with their own account. */
final class JmsComponentTest {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ExchangeId exchangeId = ExchangeId.at(1_790_000_000_000L);
    private final DeliveryId delivery = DeliveryId.of(exchangeId, TestCity.ARCHIVE);
    private final Catalogue catalogue = TestCity.catalogue(ANSWER_TIMEOUT);
    private Broker broker;
    private JmsComponent component;

    @BeforeEach
    void start() throws Exception {
        broker = Broker.start(BrokerSettings.embedded(folder, 0), catalogue, Clock.systemUTC());
        open.add(broker);
        BrokerLink link = broker.link();
        open.add(link);
        component = new JmsComponent(link, vertx, catalogue, Clock.systemUTC());
        camel.addComponent("lgsp-jms", component);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:bytes").errorHandler(noErrorHandler()).to("lgsp-jms:civil-archive");
                from("direct:text").errorHandler(noErrorHandler()).to("lgsp-jms:civil-archive?text=true");
                from("direct:other").errorHandler(noErrorHandler()).to("lgsp-jms:tax-office");
            }
        });
        camel.start();
        open.add(camel);
    }

    @AfterEach
    void stop() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Session archive(int mode) throws Exception {
        Connection connection = TestCity.connect(broker.port(), TestCity.ARCHIVE_USER, TestCity.ARCHIVE_KEY);
        open.add(connection);
        return connection.createSession(mode);
    }

    private static MessageConsumer consumer(Session session) throws Exception {
        return session.createConsumer(session.createQueue(TestCity.ARCHIVE_QUEUE));
    }

    /** An attempt at the delivery, on an event loop of its own. */
    private Exchange attempt(byte[] body) {
        Passage passage = passage();
        passage.attempts(delivery);
        return exchange(body, passage);
    }

    private Passage passage() {
        return passage(TestCity.NOTIFY);
    }

    private Passage passage(ServiceKey service) {
        io.vertx.core.Context loop = vertx.getOrCreateContext();
        Passage passage = new Passage(
                exchangeId,
                Instant.EPOCH,
                System.nanoTime(),
                "DELIVERY",
                "c-1",
                work -> loop.runOnContext(go -> work.run()));
        passage.asksFor(service, "POST /births");
        passage.mayCall(service.equals(TestCity.LOOKUP) ? List.of(TestCity.ARCHIVE) : List.of());
        passage.identified(new Caller("registry-key", new SystemId("civil-registry"), new AgencyCode("T01")));
        return passage;
    }

    private Exchange exchange(byte[] body, Passage passage) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.setProperty(Passage.PROPERTY, passage);
        exchange.setProperty(Inbound.PROPERTY, new Inbound(Door.SOAP, "POST", "x", 1, "", "", List.of()));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/xml");
        exchange.getMessage().setHeader("X-Secret", "not for the archive");
        exchange.getMessage().setBody(body);
        return exchange;
    }

    private CompletableFuture<Exchange> send(String route, Exchange exchange) {
        return camel.createProducerTemplate().asyncSend("direct:" + route, exchange);
    }

    private static Exchange ended(CompletableFuture<Exchange> sending) throws Exception {
        return sending.get(20, TimeUnit.SECONDS);
    }

    private static ErrorCode code(Exchange exchange) {
        return BusException.in(exchange.getException()).orElseThrow().code();
    }

    @Test
    void the_bytes_reach_the_consumer_with_the_names_of_the_delivery_and_the_route_goes_on_when_it_confirms()
            throws Exception {
        MessageConsumer consumer = consumer(archive(Session.CLIENT_ACKNOWLEDGE));
        byte[] body = HexFormat.of().parseHex("00ff10e1bb91");

        CompletableFuture<Exchange> sending = send("bytes", attempt(body));
        BytesMessage received = (BytesMessage) consumer.receive(5_000);

        byte[] bytes = new byte[(int) received.getBodyLength()];
        received.readBytes(bytes);
        assertThat(bytes).isEqualTo(body);
        assertThat(received.getStringProperty("lgsp_delivery")).isEqualTo(delivery.toString());
        assertThat(received.getStringProperty("lgsp_exchange")).isEqualTo(exchangeId.toString());
        assertThat(received.getJMSCorrelationID()).isEqualTo(exchangeId.toString());
        assertThat(received.getStringProperty("content_type")).isEqualTo("application/xml");
        assertThat(received.getStringProperty("lgsp_consumer_agency")).isEqualTo("T01");
        assertThat(received.propertyExists("X-Secret")).isFalse();
        assertThat(received.getJMSDeliveryMode()).isEqualTo(jakarta.jms.DeliveryMode.NON_PERSISTENT);
        assertThat(received.getJMSExpiration()).isPositive();
        assertThat(received.getJMSMessageID()).startsWith("ID:");
        assertThat(sending).isNotDone();
        assertThat(component.waiting(TestCity.ARCHIVE)).isEqualTo(1);

        received.acknowledge();
        Exchange done = ended(sending);
        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody(byte[].class)).isEmpty();
        assertThat(component.waiting(TestCity.ARCHIVE)).isZero();
    }

    @Test
    void text_arrives_as_text_and_what_is_not_utf_8_is_refused_without_showing_it() throws Exception {
        MessageConsumer consumer = consumer(archive(Session.AUTO_ACKNOWLEDGE));

        CompletableFuture<Exchange> sending =
                send("text", attempt("<hoTen>Nguyễn Văn Án 𠮷</hoTen>".getBytes(StandardCharsets.UTF_8)));
        assertThat(((TextMessage) consumer.receive(5_000)).getText()).isEqualTo("<hoTen>Nguyễn Văn Án 𠮷</hoTen>");
        assertThat(ended(sending).getException()).isNull();

        Exchange broken = ended(send("text", attempt(new byte[] {'s', 'e', 'c', 'r', 'e', 't', (byte) 0xff})));
        assertThat(code(broken)).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(broken.getException()).hasMessageNotContaining("secret");
        assertThat(consumer.receive(200)).isNull();
    }

    @Test
    void an_exchange_that_waits_for_its_answer_is_named_by_its_own_id() throws Exception {
        MessageConsumer consumer = consumer(archive(Session.AUTO_ACKNOWLEDGE));
        CompletableFuture<Exchange> sending = send("bytes", exchange(new byte[] {1}, passage(TestCity.LOOKUP)));
        assertThat(consumer.receive(5_000).getStringProperty("lgsp_delivery")).isEqualTo(exchangeId.toString());
        assertThat(ended(sending).getException()).isNull();
    }

    @Test
    void a_consumer_that_rolls_back_and_then_commits_confirms_by_its_commit() throws Exception {
        Session session = archive(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        CompletableFuture<Exchange> sending = send("bytes", attempt(new byte[] {1}));

        assertThat(consumer.receive(5_000)).isNotNull();
        session.rollback();
        Message again = consumer.receive(5_000);
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(sending).isNotDone();
        session.commit();

        assertThat(ended(sending).getException()).isNull();
    }

    @Test
    void a_consumer_that_confirms_too_late_is_a_timeout_and_its_late_word_does_not_confirm_the_next_attempt()
            throws Exception {
        Session session = archive(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        CompletableFuture<Exchange> first = send("bytes", attempt(new byte[] {1}));
        Message late = consumer.receive(5_000);
        assertThat(code(ended(first))).isEqualTo(ErrorCode.PROVIDER_TIMEOUT);

        CompletableFuture<Exchange> second = send("bytes", attempt(new byte[] {1}));
        await().until(() -> component.waiting(TestCity.ARCHIVE) == 1);
        late.acknowledge();
        await().until(() -> component.lateConfirmations() == 1);
        assertThat(second).isNotDone();
        Message next = consumer.receive(5_000);
        assertThat(next.getStringProperty("lgsp_delivery")).isEqualTo(late.getStringProperty("lgsp_delivery"));
        next.acknowledge();
        assertThat(ended(second).getException()).isNull();
    }

    @Test
    void two_sendings_of_one_exchange_are_confirmed_one_by_one() throws Exception {
        Session session = archive(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        CompletableFuture<Exchange> one = send("bytes", attempt(new byte[] {1}));
        CompletableFuture<Exchange> other = send("bytes", attempt(new byte[] {2}));
        assertThat(consumer.receive(5_000)).isNotNull();
        session.commit();
        await().until(() -> one.isDone() || other.isDone());
        assertThat(component.waiting(TestCity.ARCHIVE)).isEqualTo(1);
        assertThat(consumer.receive(5_000)).isNotNull();
        session.commit();
        assertThat(ended(one).getException()).isNull();
        assertThat(ended(other).getException()).isNull();
    }

    @Test
    void a_call_that_finds_no_broker_is_made_again_by_the_plan_of_its_queue() throws Exception {
        BrokerLink link = broker.link();
        open.add(link);
        vn.lgsp.catalogue.Connection.Retry plan =
                new vn.lgsp.catalogue.Connection.Retry(3, Duration.ofMillis(100), false);
        AgencyCode agency = new AgencyCode("T01");
        JmsComponent patient = new JmsComponent(
                link,
                vertx,
                new Catalogue(new Snapshot(
                        new Registry(
                                false,
                                List.of(new Agency(agency, "Cơ quan", Optional.empty(), Optional.empty())),
                                List.of(new InformationSystem(
                                        TestCity.ARCHIVE,
                                        agency,
                                        "Kho lưu trữ",
                                        Optional.empty(),
                                        Optional.of(new Queue(
                                                TestCity.ARCHIVE_QUEUE,
                                                ANSWER_TIMEOUT,
                                                false,
                                                vn.lgsp.catalogue.Connection.Breaker.DEFAULT,
                                                plan)))),
                                List.of(),
                                List.of(),
                                List.of()),
                        List.of())),
                Clock.systemUTC());
        camel.addComponent("patient", patient);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:patient").errorHandler(noErrorHandler()).to("patient:civil-archive");
            }
        });
        broker.close();
        await().until(() -> !link.isUp());

        long begun = System.nanoTime();
        Exchange refused = ended(send("patient", exchange(new byte[] {1}, passage(TestCity.LOOKUP))));

        assertThat(code(refused)).isEqualTo(ErrorCode.PROVIDER_UNREACHABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(patient.waiting(TestCity.ARCHIVE)).isZero();
    }

    @Test
    void nobody_at_the_queue_is_unreachable_at_once_and_nothing_is_left_in_it() throws Exception {
        Exchange refused = ended(send("bytes", attempt(new byte[] {1})));
        assertThat(code(refused)).isEqualTo(ErrorCode.PROVIDER_UNREACHABLE);
        assertThat(refused.getException()).hasMessageContaining("no consumer of civil-archive");
        assertThat(consumer(archive(Session.AUTO_ACKNOWLEDGE)).receive(200)).isNull();
        assertThat(component.waiting(TestCity.ARCHIVE)).isZero();
    }

    @Test
    void a_broker_that_goes_away_ends_every_wait_at_once() throws Exception {
        MessageConsumer consumer = consumer(archive(Session.CLIENT_ACKNOWLEDGE));
        CompletableFuture<Exchange> sending = send("bytes", attempt(new byte[] {1}));
        assertThat(consumer.receive(5_000)).isNotNull();

        broker.close();

        assertThat(code(ended(sending))).isEqualTo(ErrorCode.PROVIDER_UNREACHABLE);
        assertThat(code(ended(send("bytes", attempt(new byte[] {1}))))).isEqualTo(ErrorCode.PROVIDER_UNREACHABLE);
        assertThat(component.waiting(TestCity.ARCHIVE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_under_way_when_the_broker_is_lost_is_handed_over_again_only_where_nothing_is_made_twice(
            boolean honours) throws Exception {
        catalogue.replace(TestCity.withRetry(
                Duration.ofMinutes(1), new vn.lgsp.catalogue.Connection.Retry(2, Duration.ofSeconds(5), honours)));
        MessageConsumer consumer = consumer(archive(Session.CLIENT_ACKNOWLEDGE));
        CompletableFuture<Exchange> sending = send("bytes", exchange(new byte[] {1}, passage(TestCity.LOOKUP)));
        assertThat(consumer.receive(5_000)).isNotNull();
        long lost = System.nanoTime();

        broker.close();

        await().until(() -> component.waiting(TestCity.ARCHIVE) == 0);
        assertThat(code(ended(sending))).isEqualTo(ErrorCode.PROVIDER_UNREACHABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - lost).toSeconds() >= 5)
                .as("it waited for its second time")
                .isEqualTo(honours);
    }

    @Test
    void more_than_a_thousand_waiting_is_busy_and_all_of_them_arrive() throws Exception {
        MessageConsumer consumer = consumer(archive(Session.AUTO_ACKNOWLEDGE));
        List<CompletableFuture<Exchange>> sendings = new ArrayList<>();
        catalogue.replace(TestCity.catalogue(Duration.ofMinutes(1)).now());
        for (int i = 0; i < 1_000; i++) {
            sendings.add(send("bytes", attempt(new byte[] {1})));
        }
        await().until(() -> component.waiting(TestCity.ARCHIVE) == 1_000);
        assertThat(code(ended(send("bytes", attempt(new byte[] {1}))))).isEqualTo(ErrorCode.PROVIDER_BUSY);
        for (int i = 0; i < 1_000; i++) {
            assertThat(consumer.receive(5_000)).isNotNull();
        }
        for (CompletableFuture<Exchange> sending : sendings) {
            assertThat(ended(sending).getException()).isNull();
        }
    }

    @Test
    void a_system_that_the_card_does_not_name_and_an_exchange_that_is_not_on_the_way_are_refused() throws Exception {
        assertThat(code(ended(send("other", attempt(new byte[] {1}))))).isEqualTo(ErrorCode.ROUTE_REFUSED);
        Exchange stray = new DefaultExchange(camel);
        stray.getMessage().setBody(new byte[] {1});
        assertThat(code(ended(send("bytes", stray)))).isEqualTo(ErrorCode.ROUTE_REFUSED);
    }

    @Test
    void a_delivery_reaches_its_destination_though_no_card_names_it_any_more_and_an_accepted_exchange_reaches_nobody()
            throws Exception {
        MessageConsumer consumer = consumer(archive(Session.AUTO_ACKNOWLEDGE));
        Passage retired = passage(new ServiceKey(new ServiceId("civil-birth-notify"), 7));
        retired.attempts(delivery);

        CompletableFuture<Exchange> sending = send("bytes", exchange(new byte[] {1}, retired));
        assertThat(consumer.receive(5_000)).isNotNull();
        assertThat(ended(sending).getException()).isNull();

        Exchange accepted = ended(send("bytes", exchange(new byte[] {1}, passage(TestCity.NOTIFY))));
        assertThat(code(accepted)).isEqualTo(ErrorCode.ROUTE_REFUSED);
        assertThat(consumer.receive(200)).isNull();
    }

    @Test
    void content_that_could_reach_the_disk_is_refused_and_the_largest_that_cannot_arrives() throws Exception {
        MessageConsumer consumer = consumer(archive(Session.AUTO_ACKNOWLEDGE));
        Exchange refused = ended(send("bytes", attempt(new byte[Broker.LARGEST_CONTENT + 1])));
        assertThat(code(refused)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);

        CompletableFuture<Exchange> largest = send("bytes", attempt(new byte[Broker.LARGEST_CONTENT]));
        CompletableFuture<Exchange> text =
                send("text", attempt("x".repeat(Broker.LARGEST_CONTENT / 2).getBytes(StandardCharsets.UTF_8)));
        assertThat(consumer.receive(5_000)).isNotNull();
        assertThat(consumer.receive(5_000)).isNotNull();
        assertThat(ended(largest).getException()).isNull();
        assertThat(ended(text).getException()).isNull();
        assertThat(folder.resolve("large-messages")).isEmptyDirectory();
    }
}
