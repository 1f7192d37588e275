package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REST calls that are answered by a system which takes requests from its queue, well behaved and not; and topics (BUS-06). */
final class JmsRequestTest {
    private static final String QUEUE = "lgsp.archive.in";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
        callers.shutdownNow();
    }

    private static String connector() {
        try {
            return Files.readString(Path.of("connectors/jms-request.kamelet.yaml"));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private TestBus start(String endpoint) {
        return start(endpoint, text -> text);
    }

    private TestBus start(String endpoint, java.util.function.UnaryOperator<String> registry) {
        TestBus bus = TestBus.in(folder)
                .setting("lgsp.stop-timeout", "0s")
                .queue("archive", "archive-broker", "key-archive", "1s")
                .queue("rival", "rival-broker", "key-rival", "1s")
                .registry(registry)
                .grant("find")
                .service(
                        "find",
                        """
                        service: find
                        version: 1
                        name: { vi: Tìm, en: Find }
                        description: Finds.
                        contact: the test
                        providers: [archive]
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        operations:
                          - { id: find, method: POST, path: "/{number}", query: [kind], accepts: [application/json] }
                        """,
                        TestBus.Builder.route("find", "- setHeader: { name: X-Office, constant: H99 }\n" + endpoint))
                .write("connectors/jms-request.kamelet.yaml", connector())
                .start();
        open.add(bus);
        assertThat(bus.bus().refusedServices()).isEmpty();
        return bus;
    }

    private static final String ASK =
            "- to: { uri: \"kamelet:jms-request\", parameters: { system: archive, text: \"true\", properties: \"number,kind,office:X-Office\" } }";

    private CompletableFuture<HttpResponse<String>> call(TestBus bus) {
        return CompletableFuture.supplyAsync(
                () -> bus.post("/api/find/v1/17?kind=khai%20sinh", "application/json", "{\"ten\":\"Ánh\"}"), callers);
    }

    private static HttpResponse<String> ended(CompletableFuture<HttpResponse<String>> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    /** The system at its queue, for one message at a time. */
    private final class Archive implements AutoCloseable {
        private final JmsClient client;
        private final MessageConsumer consumer;

        Archive(TestBus bus) throws JMSException {
            client = JmsClient.connect(bus.bus().brokerPort(), "archive-broker", "key-archive");
            consumer = client.session().createConsumer(client.queue(QUEUE));
            open.add(this);
        }

        Message take() throws JMSException {
            return consumer.receive(20_000);
        }

        void reply(Message request, Message reply, @Nullable String correlation) throws JMSException {
            reply.setJMSCorrelationID(correlation);
            try (MessageProducer producer = client.session().createProducer(request.getJMSReplyTo())) {
                producer.setDeliveryMode(DeliveryMode.PERSISTENT);
                producer.send(reply);
            }
        }

        @Override
        public void close() throws JMSException {
            client.close();
        }
    }

    private static double dropped(TestBus bus) {
        return bus.metrics()
                .lines()
                .filter(line -> line.startsWith("lgsp_broker_replies_dropped "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_reply_is_the_answer_and_only_listed_variables_and_headers_travel_as_properties() throws Exception {
        TestBus bus = start(ASK);
        Archive archive = new Archive(bus);
        CompletableFuture<HttpResponse<String>> call = call(bus);

        TextMessage request = (TextMessage) archive.take();
        assertThat(request.getText()).isEqualTo("{\"ten\":\"Ánh\"}");
        assertThat(request.getStringProperty("number")).isEqualTo("17");
        assertThat(request.getStringProperty("kind")).isEqualTo("khai sinh");
        assertThat(request.getStringProperty("office")).isEqualTo("H99");
        assertThat(request.getStringProperty("lgsp_consumer_system")).isEqualTo("asker");
        assertThat(request.propertyExists("exchangeId")).isFalse();
        TextMessage reply = archive.client.text("{\"thay\":true}");
        reply.setStringProperty("content_type", "application/json");
        archive.reply(request, reply, request.getJMSCorrelationID());

        HttpResponse<String> answer = ended(call);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"thay\":true}");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void a_responder_that_correlates_by_the_message_id_and_answers_bytes_is_understood() throws Exception {
        TestBus bus = start(ASK);
        Archive archive = new Archive(bus);
        CompletableFuture<HttpResponse<String>> call = call(bus);

        Message request = archive.take();
        BytesMessage reply = archive.client.session().createBytesMessage();
        reply.writeBytes(new byte[] {'{', '}'});
        archive.reply(request, reply, request.getJMSMessageID());

        assertThat(ended(call).body()).isEqualTo("{}");
    }

    @Test
    void no_reply_is_a_timeout_and_what_comes_later_or_under_another_id_is_dropped_and_counted() throws Exception {
        TestBus bus = start(ASK);
        Archive archive = new Archive(bus);
        CompletableFuture<HttpResponse<String>> call = call(bus);
        Message request = archive.take();
        archive.reply(request, archive.client.text("{}"), "another");
        archive.reply(request, archive.client.text("{}"), null);

        HttpResponse<String> answer = ended(call);
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(TestBus.code(answer)).isEqualTo("provider-timeout");
        archive.reply(request, archive.client.text("{}"), request.getJMSCorrelationID());
        await().untilAsserted(() -> assertThat(dropped(bus)).isEqualTo(3));
    }

    @Test
    void a_reply_of_another_system_counts_for_nothing_even_under_the_right_id() throws Exception {
        TestBus bus = start(ASK);
        Archive archive = new Archive(bus);
        JmsClient rival = JmsClient.connect(bus.bus().brokerPort(), "rival-broker", "key-rival");
        open.add(rival);
        CompletableFuture<HttpResponse<String>> call = call(bus);
        Message request = archive.take();
        TextMessage forged = rival.text("{\"gia\":true}");
        forged.setJMSCorrelationID(request.getJMSCorrelationID());
        forged.setStringProperty("_AMQ_VALIDATED_USER", "archive-broker");
        try (MessageProducer producer = rival.session().createProducer(request.getJMSReplyTo())) {
            producer.send(forged);
        }
        await().untilAsserted(() -> assertThat(dropped(bus)).isEqualTo(1));
        archive.reply(request, archive.client.text("{\"that\":true}"), request.getJMSCorrelationID());

        assertThat(ended(call).body()).isEqualTo("{\"that\":true}");
    }

    @Test
    void a_consumer_that_dies_with_the_request_leaves_it_to_the_next() throws Exception {
        TestBus bus = start(ASK, text -> text.replace("answerTimeout: 1s", "answerTimeout: 20s"));
        JmsClient dying = JmsClient.connect(bus.bus().brokerPort(), "archive-broker", "key-archive");
        Session transacted = dying.transacted();
        MessageConsumer first = transacted.createConsumer(transacted.createQueue(QUEUE));
        CompletableFuture<HttpResponse<String>> call = call(bus);
        assertThat(first.receive(20_000)).isNotNull();
        dying.close();

        Archive archive = new Archive(bus);
        Message again = archive.take();
        archive.reply(again, archive.client.text("{}"), again.getJMSCorrelationID());
        assertThat(ended(call).statusCode()).isEqualTo(200);
    }

    @Test
    void a_reply_that_is_no_text_and_no_bytes_breaks_the_contract_and_one_that_says_so_is_an_error() throws Exception {
        TestBus bus = start(ASK);
        Archive archive = new Archive(bus);
        CompletableFuture<HttpResponse<String>> call = call(bus);
        Message request = archive.take();
        MapMessage map = archive.client.session().createMapMessage();
        archive.reply(request, map, request.getJMSCorrelationID());
        assertThat(TestBus.code(ended(call))).isEqualTo("provider-invalid");

        call = call(bus);
        request = archive.take();
        TextMessage error = archive.client.text("bí mật");
        error.setStringProperty("lgsp_error_code", "LT-17");
        archive.reply(request, error, request.getJMSCorrelationID());
        HttpResponse<String> answer = ended(call);
        assertThat(TestBus.code(answer)).isEqualTo("provider-failed");
        assertThat(answer.body()).doesNotContain("bí mật").contains("LT-17");
    }

    @Test
    void nobody_at_the_queue_is_unreachable_at_once() {
        TestBus bus = start(ASK);
        HttpResponse<String> answer = bus.post("/api/find/v1/17", "application/json", "{}");
        assertThat(TestBus.code(answer)).isEqualTo("provider-unreachable");
    }

    private static final String BREAKER = "breaker: { failures: 50%, of: 3, open: 600ms, trials: 1 }";

    private static String queueWith(String registry, String more) {
        return registry.replace("lgsp.archive.in, answerTimeout: 1s", "lgsp.archive.in, answerTimeout: 300ms, " + more);
    }

    @Test
    void a_system_that_does_not_reply_is_suspended_and_called_again_after_a_trial_went_well() throws Exception {
        TestBus bus = start(ASK, text -> queueWith(text, BREAKER));
        Archive archive = new Archive(bus);
        for (int late = 0; late < 3; late++) {
            assertThat(TestBus.code(ended(call(bus)))).isEqualTo("provider-timeout");
        }

        HttpResponse<String> refused = ended(call(bus));

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(TestBus.code(refused)).isEqualTo("provider-suspended");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(bus.recordOf(refused).error()).contains("provider-suspended");
        assertThat(bus.metrics()).contains("lgsp_provider_suspended{system=\"archive\"} 1.0");
        for (int late = 0; late < 3; late++) { // they have expired, or wait still
            archive.consumer.receiveNoWait();
        }
        // the trial, whose request is answered
        callers.execute(() -> answerAll(archive));
        await().atMost(Duration.ofSeconds(20)).until(() -> ended(call(bus)).statusCode() == 200);
        assertThat(ended(call(bus)).statusCode()).isEqualTo(200);
        assertThat(bus.metrics()).contains("lgsp_provider_suspended{system=\"archive\"} 0.0");
    }

    private void answerAll(Archive archive) {
        try {
            for (Message request = archive.take(); request != null; request = archive.take()) {
                archive.reply(request, archive.client.text("{}"), request.getJMSCorrelationID());
            }
        } catch (JMSException closed) {
            return; // the test is over
        }
    }

    @Test
    void an_error_that_the_system_replies_suspends_nobody() throws Exception {
        TestBus bus = start(ASK, text -> queueWith(text, BREAKER).replace("300ms, " + BREAKER, "20s, " + BREAKER));
        Archive archive = new Archive(bus);
        for (int failed = 0; failed < 4; failed++) {
            CompletableFuture<HttpResponse<String>> call = call(bus);
            Message request = archive.take();
            TextMessage error = archive.client.text("{}");
            error.setStringProperty("lgsp_error_code", "LT-17");
            archive.reply(request, error, request.getJMSCorrelationID());
            assertThat(TestBus.code(ended(call))).isEqualTo("provider-failed");
        }
    }

    @Test
    void what_nobody_can_have_got_is_handed_over_again_and_what_was_late_is_not() throws Exception {
        TestBus bus = start(ASK, text -> queueWith(text, "retry: { attempts: 5, wait: 400ms }"));
        CompletableFuture<HttpResponse<String>> call = call(bus);
        Archive archive = new Archive(bus);
        Message request = archive.take();
        assertThat(request).isNotNull();
        assertThat(TestBus.code(ended(call))).isEqualTo("provider-timeout");
        assertThat(archive.consumer.receiveNoWait()).isNull();
    }

    @Test
    void a_system_may_send_to_no_queue_of_another() throws Exception {
        TestBus bus = start(ASK);
        JmsClient rival = JmsClient.connect(bus.bus().brokerPort(), "rival-broker", "key-rival");
        open.add(rival);
        for (String queue : List.of(QUEUE, "lgsp.archive.work", "lgsp.rival.in", "lgsp.confirmed")) {
            assertThatThrownBy(() -> rival.send(queue, rival.text("x")))
                    .as(queue)
                    .isInstanceOf(JMSException.class);
        }
        assertThatThrownBy(() -> rival.receive(rival.queue(QUEUE), 100)).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void every_subscriber_of_a_topic_gets_the_message_the_first_confirms_and_without_one_it_is_unreachable()
            throws Exception {
        TestBus bus = start(
                "- to: lgsp-jms:archive?text=true\n- setBody: { constant: \"{}\" }\n- transform: { jq: { expression: \".\" } }",
                text -> text.replace("name: lgsp.archive.in,", "name: lgsp.archive.in, topic: true,"));
        assertThat(TestBus.code(bus.post("/api/find/v1/17", "application/json", "{}")))
                .isEqualTo("provider-unreachable");
        List<MessageConsumer> subscribers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            JmsClient client = JmsClient.connect(bus.bus().brokerPort(), "archive-broker", "key-archive");
            open.add(client);
            subscribers.add(client.session().createConsumer(client.session().createTopic(QUEUE)));
        }
        CompletableFuture<HttpResponse<String>> call = call(bus);
        for (MessageConsumer subscriber : subscribers) {
            assertThat(((TextMessage) subscriber.receive(20_000)).getText()).isEqualTo("{\"ten\":\"Ánh\"}");
        }
        assertThat(ended(call).statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(5)).until(() -> bus.waiting("archive") == 0);
        JmsClient rival = JmsClient.connect(bus.bus().brokerPort(), "rival-broker", "key-rival");
        open.add(rival);
        assertThatThrownBy(() -> rival.session().createConsumer(rival.session().createTopic(QUEUE)))
                .isInstanceOf(JMSSecurityException.class);
    }
}
