package vn.lgsp.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.PathTemplate;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.SoapCall;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** What the step leaves for guaranteed delivery, and what it does with what was stored. */
final class UnwrapStepTest {
    private static final String ENVELOPE = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
            + "<s:Header><a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:m:1</a:MessageID></s:Header>"
            + "<s:Body><n:Note xmlns:n=\"urn:n\">Đỗ</n:Note></s:Body></s:Envelope>";

    private final List<Runnable> onWorkers = new ArrayList<>();
    private final UnwrapStep step = new UnwrapStep(onWorkers::add, 1 << 20);

    @Test
    void a_guaranteed_soap_request_is_kept_byte_for_byte_with_its_message_id() {
        Exchange exchange = exchange(Door.SOAP, ENVELOPE, "text/xml", List.of());

        step.process(exchange, sync -> {});

        assertThat(exchange.getException()).isNull();
        Original original = exchange.getProperty(Original.PROPERTY, Original.class);
        assertThat(original.content().bytes()).isEqualTo(ENVELOPE.getBytes(UTF_8));
        assertThat(original.contentType()).isEqualTo("text/xml");
        assertThat(original.messageId()).contains("urn:m:1");
        assertThat(body(exchange)).endsWith(">Đỗ</n:Note>").startsWith("<n:Note");
        assertThat(exchange.getProperty(Operation.PROPERTY, Operation.class).id())
                .isEqualTo("notify");
        assertThat(exchange.getProperty(Passage.PROPERTY, Passage.class).form()).isEqualTo("SOAP 1.1");
    }

    @Test
    void a_guaranteed_rest_request_is_kept_with_its_idempotency_key() {
        Exchange exchange = exchange(Door.REST, "{}", "application/json", List.of(Map.entry("idempotency-key", "m-1")));

        step.process(exchange, sync -> {});

        Original original = exchange.getProperty(Original.PROPERTY, Original.class);
        assertThat(original.content().bytes()).isEqualTo("{}".getBytes(UTF_8));
        assertThat(original.messageId()).contains("m-1");
        assertThat(body(exchange)).isEqualTo("{}");
    }

    @Test
    void a_rest_request_with_two_idempotency_keys_is_refused() {
        Exchange exchange = exchange(
                Door.REST,
                "{}",
                "application/json",
                List.of(Map.entry("Idempotency-Key", "m-1"), Map.entry("Idempotency-Key", "m-2")));

        step.process(exchange, sync -> {});

        assertThat(exchange.getException()).isInstanceOf(BusException.class).hasMessageContaining("two message ids");
    }

    @Test
    void what_was_stored_gives_its_payload_again_whatever_the_card_says_now() {
        Exchange exchange = exchange(Door.SOAP, ENVELOPE.replace("n:Note", "n:Former"), "text/xml", List.of());
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.attempts(DeliveryId.of(passage.id(), new SystemId("archive")));
        Original stored =
                new Original(vn.lgsp.message.Content.of(ENVELOPE.getBytes(UTF_8)), "text/xml", Optional.empty());
        exchange.setProperty(Original.PROPERTY, stored);

        step.process(exchange, sync -> {});

        assertThat(exchange.getException()).isNull();
        assertThat(body(exchange)).endsWith(">Đỗ</n:Former>");
        assertThat(exchange.getProperty(Original.PROPERTY)).isSameAs(stored);
        assertThat(passage.operation()).isEmpty();
    }

    @Test
    void an_envelope_above_64_kib_is_read_on_a_worker() {
        Exchange exchange = exchange(Door.SOAP, ENVELOPE.replace("Đỗ", "x".repeat(70_000)), "text/xml", List.of());
        List<Boolean> done = new ArrayList<>();

        assertThat(step.process(exchange, done::add)).isFalse();

        assertThat(done).isEmpty();
        onWorkers.forEach(Runnable::run);
        assertThat(done).containsExactly(false);
        assertThat(body(exchange)).hasSizeGreaterThan(70_000);
    }

    private static String body(Exchange exchange) {
        return new String((byte[]) exchange.getMessage().getBody(), UTF_8);
    }

    private static Exchange exchange(Door door, String text, String type, List<Map.Entry<String, String>> headers) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(
                Passage.PROPERTY, new Passage(ExchangeId.at(0), Instant.EPOCH, 0, "SOAP", "", Runnable::run));
        exchange.setProperty(Inbound.PROPERTY, new Inbound(door, "POST", "note", 1, "", "", headers));
        exchange.setProperty(ServiceCard.PROPERTY, card());
        exchange.getMessage().setBody(text.getBytes(UTF_8));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        return exchange;
    }

    private static ServiceCard card() {
        return new ServiceCard(
                new ServiceKey(new ServiceId("note"), 1),
                "test",
                "Ghi chú",
                List.of(new SystemId("archive")),
                ServiceCard.Mode.GUARANTEED,
                ServiceCard.AnswerMode.HELD,
                1 << 20,
                1 << 20,
                Duration.ofSeconds(30),
                false,
                List.of(new Operation(
                        "notify",
                        "POST",
                        new PathTemplate("/"),
                        Set.of(),
                        List.of("text/xml", "application/soap+xml"),
                        Set.of(),
                        Optional.of(new SoapCall("urn:n", "Note", "urn:n:note")))),
                Optional.empty(),
                new ServiceCard.Entry(
                        "Note",
                        "Notes",
                        ServiceCard.Criterion.REAL_TIME,
                        "the test",
                        Optional.empty(),
                        Optional.empty()),
                Optional.empty(),
                Optional.empty());
    }
}
