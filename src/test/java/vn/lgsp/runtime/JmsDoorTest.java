package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.record.ExchangeRecord;

/** Services on queues of the embedded broker, with real JMS clients over TCP: calls, and what is accepted to be delivered (BUS-06). */
final class JmsDoorTest {
    private static final String ASKER = "asker-key";
    private static final String MARKER = "DAU-HIEU-4711";

    @TempDir
    Path folder;

    private final StubPeer provider = StubPeer.answering(200, "application/json", "{}");
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<TestBus> buses = new ArrayList<>();

    JmsDoorTest() {
        open.add(provider);
        SoapService.echoes(provider);
    }

    @AfterEach
    void stop() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
    }

    /** The services {@code greet}, a call, and {@code note}, a guaranteed one; {@code asker} may use both, {@code other} neither. */
    private TestBus.Builder builder() {
        return Switchboard.with(TestBus.in(folder))
                .system("registry", provider.port(), "answerTimeout: 2s")
                .setting("lgsp.broker.port", "0")
                .setting("lgsp.stop-timeout", "1s")
                .setting("lgsp.guarantee.key-ring", folder.resolve("ring").toString())
                .account("other-key", "other", "key-other", "")
                .grant("greet")
                .grant("note")
                .service("greet", card("greet", 1, "mapped", "providers: [registry]", ""), route("greet"))
                .service(
                        "note",
                        card("note", 1, "guaranteed", "deliveries: [ { to: registry, retry: { first: 50ms } } ]", ""),
                        TestBus.Builder.route(
                                "note", "- setHeader: { name: Content-Type, constant: application/json }"))
                .write(
                        "routes/test/note--to-registry.camel.yaml",
                        TestBus.Builder.route("note--to-registry", "- to: lgsp-http:registry/notes"));
    }

    private static String route(String service) {
        return TestBus.Builder.route(service, """
                - to: lgsp-http:registry/names
                - setHeader: { name: Content-Type, constant: application/json }
                - setHeader: { name: X-Kind, variable: kind }""");
    }

    private static String card(String service, int version, String mode, String to, String jms) {
        return """
                service: %s
                version: %d
                name: { vi: Hàng đợi, en: On a queue }
                description: Takes messages.
                contact: the test
                mode: %s
                %s
                criterion: near-real-time
                personalData: false
                limits: { request: 2KB }
                operations:
                  - id: take
                    accepts: [application/json, application/xml]
                    jms: { properties: { kind: X-Kind }%s }
                """.formatted(service, version, mode, to, jms);
    }

    private TestBus bus() {
        return buses.get(buses.size() - 1);
    }

    private void start(TestBus.Builder builder) {
        TestBus started = builder.start();
        open.add(started);
        buses.add(started);
        assertThat(started.bus().refusedServices()).isEmpty();
    }

    private JmsClient asker() throws Exception {
        JmsClient client = JmsClient.connect(bus().bus().brokerPort(), ASKER, TestBus.KEY);
        open.add(client);
        return client;
    }

    private JmsClient other() throws Exception {
        JmsClient client = JmsClient.connect(bus().bus().brokerPort(), "other-key", "key-other");
        open.add(client);
        return client;
    }

    private ExchangeRecord recordOf(Message answer) throws Exception {
        ExchangeId id = ExchangeId.of(answer.getStringProperty("lgsp_exchange"));
        return bus().bus().records().find(id).orElseThrow();
    }

    private static String code(Message answer) throws Exception {
        assertThat(answer.getStringProperty("lgsp_result")).isEqualTo("01");
        assertThat(new ObjectMapper()
                        .readTree(JmsClient.content(answer))
                        .path("code")
                        .asText())
                .isEqualTo(answer.getStringProperty("lgsp_error_code"));
        return answer.getStringProperty("lgsp_error_code");
    }

    @Test
    void a_call_is_answered_on_a_temporary_queue_under_its_correlation_id_and_recorded_under_the_sender()
            throws Exception {
        start(builder());
        JmsClient asker = asker();
        TextMessage call = asker.text("{\"ten\":\"Đỗ Thị Ánh\"}");
        call.setJMSCorrelationID("hồ sơ 17");
        call.setStringProperty("kind", "khai sinh");
        call.setStringProperty("undocumented", "stays out");

        Message answer = asker.ask("lgsp.in.greet", call);

        assertThat(answer).isInstanceOf(TextMessage.class);
        assertThat(JmsClient.content(answer)).isEqualTo("{\"ten\":\"Đỗ Thị Ánh\"}");
        assertThat(answer.getJMSCorrelationID()).isEqualTo("hồ sơ 17");
        assertThat(answer.getStringProperty("lgsp_result")).isEqualTo("00");
        assertThat(answer.getIntProperty("lgsp_status")).isEqualTo(200);
        assertThat(answer.getStringProperty("content_type")).isEqualTo("application/json");
        assertThat(answer.getStringProperty("kind")).isEqualTo("khai sinh");
        assertThat(provider.received())
                .singleElement()
                .satisfies(seen -> assertThat(seen.headers().toString()).doesNotContain("stays out"));
        ExchangeRecord record = recordOf(answer);
        assertThat(record.form()).isEqualTo("JMS");
        assertThat(record.operation()).contains("JMS take");
        assertThat(record.system().map(Object::toString)).contains("asker");
    }

    @Test
    void bytes_come_back_as_bytes_and_without_a_correlation_id_the_message_id_is_it() throws Exception {
        start(builder());
        JmsClient asker = asker();
        BytesMessage call = asker.session().createBytesMessage();
        call.writeBytes("{}".getBytes(StandardCharsets.UTF_8));

        Message answer = asker.ask("lgsp.in.greet", call);

        assertThat(answer).isInstanceOf(BytesMessage.class);
        assertThat(answer.getJMSCorrelationID()).isEqualTo(call.getJMSMessageID());
    }

    @Test
    void an_error_is_answered_with_its_code_and_a_text_that_shows_nothing_of_the_content() throws Exception {
        start(builder());
        provider.behaves(request -> request.response().setStatusCode(500).end(MARKER));
        JmsClient asker = asker();

        Message answer = asker.ask("lgsp.in.greet", asker.text("{}"));

        assertThat(code(answer)).isEqualTo("provider-failed");
        assertThat(answer.getStringProperty("content_type")).isEqualTo("application/problem+json");
        assertThat(JmsClient.content(answer)).doesNotContain(MARKER);
    }

    @Test
    void the_fixed_reply_queue_of_the_own_system_works_and_another_systems_does_not() throws Exception {
        start(builder().grant("other", "greet", ""));
        JmsClient asker = asker();
        Queue own = asker.queue("lgsp.asker.reply");
        TextMessage call = asker.text("{}");
        call.setJMSReplyTo(own);
        asker.send("lgsp.in.greet", call);
        assertThat(asker.receive(own, 20_000).getStringProperty("lgsp_result")).isEqualTo("00");

        TextMessage abroad = asker.text("{}");
        abroad.setJMSReplyTo(asker.queue("lgsp.other.reply"));
        asker.send("lgsp.in.greet", abroad);

        Message report = asker.receive(asker.queue("lgsp.asker.dead"), 20_000);
        assertThat(code(report)).isEqualTo("message-invalid");
        assertThat(report.getJMSCorrelationID()).isEqualTo(abroad.getJMSMessageID());
        assertThat(provider.received()).hasSize(1);
        assertThatThrownBy(() -> asker.receive(asker.queue("lgsp.other.reply"), 100))
                .isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void a_call_without_a_reply_queue_is_refused_recorded_and_reported() throws Exception {
        start(builder());
        JmsClient asker = asker();

        String id = asker.send("lgsp.in.greet", asker.text("{}"));

        Message report = asker.receive(asker.queue("lgsp.asker.dead"), 20_000);
        assertThat(code(report)).isEqualTo("message-invalid");
        assertThat(report.getJMSCorrelationID()).isEqualTo(id);
        assertThat(recordOf(report).error().map(Object::toString)).contains("message-invalid");
        assertThat(provider.received()).isEmpty();
    }

    @Test
    void what_is_no_text_and_no_bytes_too_large_or_of_another_media_type_is_refused_clearly() throws Exception {
        start(builder());
        JmsClient asker = asker();
        MapMessage map = asker.session().createMapMessage();
        map.setString("so", MARKER);
        assertThat(code(asker.ask("lgsp.in.greet", map))).isEqualTo("media-type-unsupported");

        assertThat(code(asker.ask("lgsp.in.greet", asker.text("x".repeat(3_000)))))
                .isEqualTo("message-too-large");

        TextMessage csv = asker.text("a,b");
        csv.setStringProperty("content_type", "text/csv");
        Message refusal = asker.ask("lgsp.in.greet", csv);
        assertThat(code(refusal)).isEqualTo("media-type-unsupported");
        assertThat(JmsClient.content(refusal)).contains("content_type");
        assertThat(provider.received()).isEmpty();
    }

    @Test
    void what_the_client_would_send_in_pieces_is_refused_before_a_byte_of_it_is_written() throws Exception {
        start(builder());
        try (JmsClient asker = JmsClient.plain(bus().bus().brokerPort(), ASKER, TestBus.KEY)) {
            TextMessage large = asker.text(MARKER.repeat(30_000));
            assertThatThrownBy(() -> asker.send("lgsp.in.note", large))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("minLargeMessageSize");
            assertThat(code(asker.ask("lgsp.in.greet", asker.text("x".repeat(3_000)))))
                    .isEqualTo("message-too-large");
        }
        assertThat(filesWith(MARKER)).isEmpty();
    }

    @Test
    void who_holds_no_grant_is_not_let_send_and_that_is_recorded() throws Exception {
        start(builder());
        JmsClient other = other();

        assertThatThrownBy(() -> other.send("lgsp.in.note", other.text("{}"))).isInstanceOf(JMSSecurityException.class);

        await().untilAsserted(() -> assertThat(bus().records()).anySatisfy(record -> {
            assertThat(record.form()).isEqualTo("JMS");
            assertThat(record.error().map(Object::toString)).contains("grant-missing");
            assertThat(record.system().map(Object::toString)).contains("other");
        }));
        assertThatThrownBy(() -> JmsClient.connect(bus().bus().brokerPort(), ASKER, "another key"))
                .isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> other.receive(other.queue("lgsp.in.note"), 100))
                .isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void a_user_that_the_message_names_itself_counts_for_nothing() throws Exception {
        start(builder());
        JmsClient asker = asker();
        TextMessage forged = asker.text("{}");
        forged.setStringProperty("_AMQ_VALIDATED_USER", "other-key");

        assertThat(recordOf(asker.ask("lgsp.in.greet", forged)).system().map(Object::toString))
                .contains("asker");
    }

    @Test
    void a_message_for_a_guaranteed_service_is_delivered_once_however_often_it_is_sent() throws Exception {
        start(builder());
        JmsClient asker = asker();
        for (int i = 0; i < 3; i++) {
            TextMessage note = asker.text("{\"so\":1}");
            note.setStringProperty("lgsp_message_id", "so-1");
            asker.send("lgsp.in.note", note);
        }
        TextMessage last = asker.text("{\"so\":2}");
        Queue replies = asker.temporary();
        last.setJMSReplyTo(replies);
        asker.send("lgsp.in.note", last);

        assertThat(asker.receive(replies, 20_000).getIntProperty("lgsp_status")).isEqualTo(202);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(provider.received().stream().map(StubPeer.Seen::text))
                        .containsExactlyInAnyOrder("{\"so\":1}", "{\"so\":2}"));

        TextMessage other = asker.text("{\"so\":3}");
        other.setStringProperty("lgsp_message_id", "so-1");
        asker.send("lgsp.in.note", other);
        assertThat(code(asker.receive(asker.queue("lgsp.asker.dead"), 20_000))).isEqualTo("message-conflict");
    }

    @Test
    void what_waits_for_a_stopped_service_is_sealed_on_the_disk_and_is_taken_when_it_is_started() throws Exception {
        start(builder());
        Switchboard.of(bus()).turn("note", "stop", "a test");
        JmsClient asker = asker();
        TextMessage note = asker.text("{\"so\":\"" + MARKER + "\"}");
        note.setStringProperty("kind", MARKER);
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        asker.send("lgsp.in.note", note);
        asker.close();

        assertThat(provider.received()).isEmpty();
        assertThat(filesWith(MARKER)).isEmpty();
        bus().close();
        start(builder());
        assertThat(provider.received()).isEmpty();
        Switchboard.of(bus()).turn("note", "start", "");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(provider.received())
                .singleElement()
                .satisfies(seen -> assertThat(seen.text()).contains(MARKER)));
    }

    @Test
    void a_disabled_service_refuses_and_reports_what_comes() throws Exception {
        start(builder());
        Switchboard.of(bus()).turn("note", "disable", "a test");
        JmsClient asker = asker();
        asker.send("lgsp.in.note", asker.text("{}"));
        assertThat(code(asker.receive(asker.queue("lgsp.asker.dead"), 20_000))).isEqualTo("service-disabled");
    }

    @Test
    void a_second_version_has_a_queue_of_its_own_and_a_retired_service_is_not_consumed_any_more() throws Exception {
        start(builder()
                .service(
                        "greet-v2",
                        card("greet", 2, "mapped", "providers: [registry]", ", concurrency: 1"),
                        route("greet-v2"))
                .registry(text -> text.replace(
                        "operators:",
                        "  - { id: v2, consumer: asker, service: greet/v2, purpose: a test }\noperators:")));
        JmsClient asker = asker();
        assertThat(recordOf(asker.ask("lgsp.in.greet.v2", asker.text("{}")))
                        .service()
                        .map(Object::toString))
                .contains("greet/v2");
        assertThat(recordOf(asker.ask("lgsp.in.greet", asker.text("{}")))
                        .service()
                        .map(Object::toString))
                .contains("greet/v1");

        Files.delete(folder.resolve("home/routes/test/greet-v2.card.yaml"));
        await().atMost(Duration.ofSeconds(20)).until(() -> bus().bus()
                .services()
                .inForce(new ServiceKey(new ServiceId("greet"), 2))
                .isEmpty());
        assertThatThrownBy(() -> asker.send("lgsp.in.greet.v2", asker.text("{}")))
                .isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void a_call_is_made_once_even_if_the_provider_hangs() throws Exception {
        start(builder());
        provider.behaves(request -> {});
        JmsClient asker = asker();
        assertThat(code(asker.ask("lgsp.in.greet", asker.text("{}")))).isEqualTo("provider-timeout");
        assertThat(provider.received()).hasSize(1);
        assertThat(asker.ask("lgsp.in.greet", nonPersistent(asker))).isNotNull();
    }

    private static Message nonPersistent(JmsClient client) throws Exception {
        TextMessage message = client.text("{}");
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        return message;
    }

    private List<Path> filesWith(String marker) throws IOException {
        byte[] utf8 = marker.getBytes(StandardCharsets.UTF_8);
        byte[] utf16 = marker.getBytes(StandardCharsets.UTF_16LE);
        byte[] big = marker.getBytes(StandardCharsets.UTF_16BE);
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        byte[] all = bytes(file).orElse(new byte[0]);
                        return contains(all, utf8) || contains(all, utf16) || contains(all, big);
                    })
                    .toList();
        }
    }

    private static Optional<byte[]> bytes(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static boolean contains(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }
}
