package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.vertx.core.buffer.Buffer;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.record.ExchangeRecord;

/**
 * What cannot be content, at every door and in every answer: refused within a second, in little memory, without a connection to
 * anybody, and recorded with the code of the side that sent it (SEC-01, MSG-01, BUS-17).
 */
final class BadInputIT {
    private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Of all threads together, the sender and the stub peers too: a bomb makes gigabytes. */
    private static final long ALLOCATED_AT_MOST = 256L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    static Path folder;

    private static final AtomicInteger CONNECTIONS = new AtomicInteger();
    private static ServerSocket listener;
    private static StubPeer provider;
    private static TestBus bus;
    private static JmsClient sender;
    private static JmsClient archive;
    private static volatile byte[] reply = new byte[0];

    /** Where content comes in. */
    private enum Door {
        REST_XML(BadInput.Form.XML, false),
        REST_JSON(BadInput.Form.JSON, false),
        REST_CHOICE(BadInput.Form.JSON, false),
        SOAP_11(BadInput.Form.SOAP, false),
        SOAP_12(BadInput.Form.SOAP, false),
        JMS_XML(BadInput.Form.XML, false),
        JMS_JSON(BadInput.Form.JSON, false),
        ANSWER_XML(BadInput.Form.XML, true),
        ANSWER_JSON(BadInput.Form.JSON, true),
        ANSWER_SOAP(BadInput.Form.SOAP, true),
        REPLY_XML(BadInput.Form.XML, true),
        REPLY_JSON(BadInput.Form.JSON, true);

        private final BadInput.Form form;
        private final boolean answer;

        Door(BadInput.Form form, boolean answer) {
            this.form = form;
            this.answer = answer;
        }

        boolean takes(BadInput.Case one) {
            boolean tooLarge = one.content().length > 2_000_000 && (name().contains("JMS") || name().contains("REPLY"));
            return one.form() == form && !tooLarge && !(answer && !one.action().isEmpty());
        }

        ErrorCode refusal() {
            return answer ? ErrorCode.PROVIDER_INVALID : ErrorCode.MESSAGE_INVALID;
        }
    }

    /** How an exchange ended, however it came in. */
    private record End(boolean accepted, String code, String text, ExchangeRecord record) {}

    private record Measured(End end, long nanos, long allocated) {
        boolean isSmall() {
            return nanos < A_SECOND && allocated < ALLOCATED_AT_MOST;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread counting = new Thread(BadInputIT::count, "test-listener");
        counting.setDaemon(true);
        counting.start();
        Files.writeString(folder.resolve("secret.txt"), BadInput.SECRET);
        provider = StubPeer.answering(200, "text/plain", "");
        bus = services(SoapService.addTo(TestBus.in(folder), provider))
                .edit("routes/test/greeter.card.yaml", "request: 256KB", "request: 16MB")
                .queue("archive", "archive-broker", "key-archive", "5s")
                .setting("lgsp.record.refusal-rate", "10000")
                .setting("lgsp.receive.memory-limit", "16MB")
                .setting("lgsp.deliver.memory-limit", "16MB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
        sender = JmsClient.connect(bus.bus().brokerPort(), "asker-key", TestBus.KEY);
        archive = JmsClient.connect(bus.bus().brokerPort(), "archive-broker", "key-archive");
        MessageConsumer requests = archive.session().createConsumer(archive.queue("lgsp.archive.in"));
        requests.setMessageListener(BadInputIT::replyTo);
        for (Door door : Door.values()) {
            BadInput.Case good = cases(door).stream()
                    .filter(BadInput.Case::accepted)
                    .findFirst()
                    .orElseThrow();
            End end = send(door, good);
            assertThat(end.accepted())
                    .as("the services stand: " + door + " " + end.text())
                    .isTrue();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        sender.close();
        archive.close();
        bus.close();
        provider.close();
        listener.close();
    }

    private static TestBus.Builder services(TestBus.Builder builder) {
        String same = """
                <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
                  <xsl:template match="/"><name><xsl:value-of select="."/></name></xsl:template>
                </xsl:stylesheet>
                """;
        String xml = "- to: xslt:file:transforms/test/%1$s/same.xsl";
        String json = "- transform: { jq: { expression: \".\" } }";
        Map<String, String> routes = new TreeMap<>(Map.of(
                "take-xml", xml + "\n- to: lgsp-http:registry/x",
                "take-choice",
                        "- choice: { when: [ { jsonpath: { expression: \"$[?(@.ten == 'x')]\" }, steps: [ { stop: {} } ] } ] }\n- to: lgsp-http:registry/x",
                "take-json", json + "\n- to: lgsp-http:registry/x",
                "answer-xml", "- to: lgsp-http:registry/x\n" + xml,
                "answer-json", "- to: lgsp-http:registry/x\n" + json,
                "answer-soap",
                        "- setBody: { constant: \"<x/>\" }\n- to: lgsp-soap:registry/x?expectsNamespace=urn:test:greeter&expectsName=Greet\n"
                                + xml,
                "reply-xml", "- setBody: { constant: \"x\" }\n- to: lgsp-jms:archive?reply=true\n" + xml,
                "reply-json", "- setBody: { constant: \"x\" }\n- to: lgsp-jms:archive?reply=true\n" + json));
        routes.forEach((service, steps) -> {
            String operations = service.startsWith("take") ? """
                      - { id: send, method: POST, path: /x, accepts: [application/xml, application/json] }
                      - { id: take, accepts: [application/xml, application/json], jms: {} }""" : "- { id: ask, method: GET, path: /x }";
            builder.service(
                            service,
                            """
                            service: %s
                            version: 1
                            name: { vi: Thử, en: Test }
                            description: Maps.
                            contact: the test
                            providers: [%s]
                            mode: mapped
                            criterion: real-time
                            personalData: false
                            limits: { request: 16MB, answer: 16MB }
                            operations:
                            %s
                            """.formatted(
                                            service,
                                            service.startsWith("reply") ? "archive" : "registry",
                                            operations.indent(2)),
                            TestBus.Builder.route(service, steps.formatted(service)))
                    .write("transforms/test/" + service + "/same.xsl", same)
                    .grant(service);
        });
        return builder;
    }

    private static void count() {
        while (!listener.isClosed()) {
            try (Socket connection = listener.accept()) {
                CONNECTIONS.incrementAndGet();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void replyTo(Message request) {
        try {
            Session session = archive.session();
            BytesMessage answer = session.createBytesMessage();
            answer.writeBytes(reply);
            answer.setJMSCorrelationID(request.getJMSMessageID());
            try (MessageProducer producer = session.createProducer(request.getJMSReplyTo())) {
                producer.send(answer);
            }
        } catch (JMSException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static List<BadInput.Case> cases(Door door) {
        String soap = door == Door.SOAP_12 ? SoapService.SOAP_12 : SoapService.SOAP_11;
        String file = folder.resolve("secret.txt").toUri().toString();
        return BadInput.all(listener.getLocalPort(), file, soap).stream()
                .filter(door::takes)
                .toList();
    }

    static Stream<Arguments> everything() {
        return Arrays.stream(Door.values()).flatMap(door -> cases(door).stream().map(one -> Arguments.of(door, one)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("everything")
    void is_refused_or_is_content_like_any_other(Door door, BadInput.Case one) throws Exception {
        int before = provider.received().size();
        int connections = CONNECTIONS.get();
        Measured measured = measured(door, one);
        for (int i = 0; i < 3 && !measured.isSmall(); i++) {
            measured = measured(door, one); // the machine may have had something else to do
        }
        End end = measured.end();

        assertThat(end.accepted()).as(end.text()).isEqualTo(one.accepted());
        assertThat(end.text()).doesNotContain(BadInput.SECRET);
        if (!one.accepted()) {
            assertThat(end.code()).as(end.text()).isEqualTo(door.refusal().code());
            assertThat(end.record().error()).contains(door.refusal().code());
            if (!door.answer) {
                assertThat(provider.received()).hasSize(before);
            }
        }
        assertThat(measured.isSmall()).as(measured.toString()).isTrue();
        assertThat(CONNECTIONS.get()).as("connections to somebody else").isEqualTo(connections);
        assertThat(provider.received().stream().skip(before))
                .noneMatch(seen -> seen.text().contains(BadInput.SECRET));
    }

    private static Measured measured(Door door, BadInput.Case one) throws Exception {
        long bytes = allocated();
        long start = System.nanoTime();
        End end = send(door, one);
        return new Measured(end, System.nanoTime() - start, allocated() - bytes);
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static End send(Door door, BadInput.Case one) throws Exception {
        if (door.answer) {
            reply = one.content();
            provider.behaves(request -> request.response()
                    .putHeader("Content-Type", door == Door.ANSWER_SOAP ? "text/xml" : "application/octet-stream")
                    .end(Buffer.buffer(one.content())));
        } else {
            provider.behaves(StubPeer.fixed(200, "application/xml", "<name>x</name>"));
        }
        return switch (door) {
            case REST_XML -> rest("take-xml", "application/xml", one);
            case REST_JSON -> rest("take-json", "application/json", one);
            case REST_CHOICE -> rest("take-choice", "application/json", one);
            case SOAP_11 -> soap("text/xml", one);
            case SOAP_12 -> soap("application/soap+xml", one);
            case JMS_XML -> message("take-xml", "application/xml", one);
            case JMS_JSON -> message("take-json", "application/json", one);
            case ANSWER_XML, ANSWER_JSON, ANSWER_SOAP, REPLY_XML, REPLY_JSON -> {
                String service = door.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
                yield end(bus.get("/api/" + service + "/v1/x"), 502);
            }
        };
    }

    private static End rest(String service, String type, BadInput.Case one) {
        return end(
                bus.send(bus.request("/api/" + service + "/v1/x")
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofByteArray(one.content()))
                        .build()),
                400);
    }

    private static End end(HttpResponse<String> answer, int status) {
        boolean accepted = answer.statusCode() == 200;
        if (!accepted) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("01");
        }
        return new End(accepted, accepted ? "" : TestBus.code(answer), answer.body(), bus.recordOf(answer));
    }

    private static End soap(String type, BadInput.Case one) {
        HttpRequest.Builder request = bus.request("/soap/greeter/v1").header("Content-Type", type);
        if (!one.action().isEmpty()) {
            request.setHeader("Content-Type", type + "; action=\"" + one.action() + "\"")
                    .header("SOAPAction", "\"" + one.action() + "\"");
        }
        HttpResponse<String> answer =
                bus.send(request.POST(BodyPublishers.ofByteArray(one.content())).build());
        boolean accepted = answer.statusCode() == 200;
        String code = accepted ? "" : answer.body().replaceFirst("(?s).*<code>([a-z-]+)</code>.*", "$1");
        return new End(accepted, code, answer.body(), bus.recordOf(answer));
    }

    private static End message(String service, String type, BadInput.Case one) throws JMSException {
        BytesMessage call = sender.session().createBytesMessage();
        call.writeBytes(one.content());
        call.setStringProperty("content_type", type);
        Message answer = sender.ask("lgsp.in." + service, call);
        assertThat(answer).as("an answer").isNotNull();
        boolean accepted = "00".equals(answer.getStringProperty("lgsp_result"));
        ExchangeRecord record = bus.bus()
                .records()
                .find(ExchangeId.of(answer.getStringProperty("lgsp_exchange")))
                .orElseThrow();
        return new End(
                accepted,
                accepted ? "" : answer.getStringProperty("lgsp_error_code"),
                JmsClient.content(answer),
                record);
    }

    @Test
    void the_page_of_reference_lists_exactly_these() throws IOException {
        Map<String, Map<BadInput.Form, String>> tested = new TreeMap<>();
        for (BadInput.Case one : BadInput.all(1, "file:///x", SoapService.SOAP_11)) {
            tested.computeIfAbsent(one.name(), name -> new TreeMap<>())
                    .put(one.form(), one.accepted() ? "accepted" : "refused");
        }
        List<String> expected = tested.entrySet().stream()
                .map(entry -> entry.getKey() + " "
                        + Arrays.stream(BadInput.Form.values())
                                .map(form -> entry.getValue().getOrDefault(form, "–"))
                                .collect(Collectors.joining(" ")))
                .toList();

        List<String> page = Files.readAllLines(Path.of("docs/reference/bad-input.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|"))
                .map(cells -> cells[1].strip().replace("`", "") + " " + cells[3].strip() + " " + cells[4].strip() + " "
                        + cells[5].strip())
                .sorted()
                .toList();

        assertThat(page).containsExactlyElementsOf(expected);
    }
}
