package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vn.lgsp.guarantee.ProtocolStep;

/** A message that its source sends more than once, because it did not hear, is accepted once (DLV-05). */
final class MessageIdTest {
    private static final String OTHER_KEY = "key-other";

    @TempDir
    Path folder;

    private GuaranteedCity city;

    @BeforeEach
    void build() {
        city = GuaranteedCity.in(folder);
    }

    @AfterEach
    void leave() {
        city.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    private static String accepted(HttpResponse<String> answer) {
        return GuaranteedCity.acknowledged(answer)
                .orElseThrow(() -> new AssertionError(answer.statusCode() + " " + answer.body()));
    }

    private void allDelivered(int deliveries) {
        soon().until(() -> city.sql("select 1 from delivery where state = 'delivered'") == deliveries
                && city.sql("select 1 from delivery where state <> 'delivered'") == 0);
    }

    @Test
    void the_same_message_is_acknowledged_as_the_first_time_and_delivered_once_however_often_it_comes() {
        try (TestBus bus = city.bus().start()) {
            HttpResponse<String> first = city.send(bus.port(), 1, "urn:a:1");
            HttpResponse<String> second = city.send(bus.port(), 1, "urn:a:1");
            allDelivered(2);
            HttpResponse<String> late = city.send(bus.port(), 1, "urn:a:1");

            assertThat(second.body()).isEqualTo(first.body());
            assertThat(late.body()).isEqualTo(first.body());
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.headers().firstValue("Content-Type"))
                    .isEqualTo(first.headers().firstValue("Content-Type"));
            allDelivered(2);
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
        }
    }

    @Test
    void twenty_at_once_are_one() throws Exception {
        try (TestBus bus = city.bus().start()) {
            for (int round = 0; round < 5; round++) {
                HttpRequest request = city.request(bus.port(), GuaranteedCity.envelope(round, "urn:a:" + round))
                        .build();
                List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    answers.add(city.sendAsync(request));
                }
                Set<String> exchanges = new HashSet<>();
                for (CompletableFuture<HttpResponse<String>> answer : answers) {
                    exchanges.add(accepted(answer.get()));
                }
                assertThat(exchanges).hasSize(1);
            }
            allDelivered(10);
            assertThat(city.atInsurance()).hasSize(5).doesNotHaveDuplicates();
            assertThat(city.atArchive()).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void another_message_under_a_known_id_is_refused_and_recorded_and_nothing_of_it_is_kept() {
        try (TestBus bus = city.bus().start()) {
            accepted(city.send(bus.port(), 1, "urn:a:1"));

            HttpResponse<String> answer = city.send(bus.port(), 2, "urn:a:1");

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(GuaranteedCity.fault(answer)).isEqualTo("message-conflict");
            assertThat(bus.recordOf(answer).error()).contains("message-conflict");
            allDelivered(2);
            assertThat(city.sql("select 1 from guaranteed_exchange")).isEqualTo(1);
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
        }
    }

    @Test
    void the_id_is_told_by_the_envelope_or_by_idempotency_key_and_both_mean_the_same() {
        try (TestBus bus = city.bus().start()) {
            String envelope = GuaranteedCity.envelope(1, "");
            HttpRequest keyed = city.request(bus.port(), envelope)
                    .header("Idempotency-Key", "urn:a:1")
                    .build();

            String first = accepted(city.send(keyed));
            assertThat(accepted(city.send(keyed))).isEqualTo(first);
            assertThat(accepted(city.send(bus.port(), 1, "urn:a:1")))
                    .as("one id, in the envelope this time, and the same content")
                    .isEqualTo(first);
            assertThat(GuaranteedCity.fault(city.send(bus.port(), 2, "urn:a:1")))
                    .as("one id, another content")
                    .isEqualTo("message-conflict");
            allDelivered(2);
        }
    }

    @Test
    void without_an_id_two_are_two_and_the_ids_of_two_sources_have_nothing_to_do_with_each_other() {
        try (TestBus bus = city.bus()
                .account("other-key", "other", OTHER_KEY, "")
                .grant("other", GuaranteedCity.SERVICE, "")
                .start()) {
            Set<String> exchanges = new HashSet<>();
            exchanges.add(accepted(city.send(bus.port(), 1)));
            exchanges.add(accepted(city.send(bus.port(), 1)));
            exchanges.add(accepted(city.send(bus.port(), 2, "urn:a:2")));
            exchanges.add(accepted(city.send(city.request(bus.port(), GuaranteedCity.envelope(3, "urn:a:2"))
                    .setHeader("X-Api-Key", OTHER_KEY)
                    .build())));

            assertThat(exchanges).hasSize(4);
            allDelivered(8);
            assertThat(city.insuranceDeliveries()).hasSize(4);
        }
    }

    @Test
    void the_same_id_at_two_services_is_two_messages() {
        TestBus.Builder builder = city.bus().grant("civil-birth-again");
        Stream.of(
                        ".card.yaml",
                        ".camel.yaml",
                        ".wsdl",
                        "--to-social-insurance.camel.yaml",
                        "--to-civil-archive.camel.yaml")
                .forEach(file -> builder.copyOf(
                        "routes/civil/civil-birth-notify" + file,
                        "routes/civil/civil-birth-again" + file,
                        text -> text.replace("civil-birth-notify", "civil-birth-again")));
        Stream.of("acknowledgement.xsl", "archive.xsl", "birth.xsd", "social-insurance.xsl")
                .forEach(file -> builder.copyOf(
                        "transforms/civil/civil-birth-notify/" + file,
                        "transforms/civil/civil-birth-again/" + file,
                        text -> text));
        try (TestBus bus = builder.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            String one = accepted(city.send(bus.port(), 1, "urn:a:1"));
            String other = accepted(city.send(HttpRequest.newBuilder(bus.uri("/soap/civil-birth-again/v1"))
                    .header("X-Api-Key", TestBus.KEY)
                    .header("Content-Type", "text/xml; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString(GuaranteedCity.envelope(2, "urn:a:1")))
                    .build()));

            assertThat(other).isNotEqualTo(one);
            allDelivered(4);
        }
    }

    /** Fails the first time that a step is reached, as a process that dies there would not answer. */
    private static Consumer<ProtocolStep> failsOnceAt(ProtocolStep step) {
        AtomicReference<Optional<ProtocolStep>> left = new AtomicReference<>(Optional.of(step));
        return reached -> {
            if (reached == step && left.getAndSet(Optional.empty()).isPresent()) {
                throw new IllegalStateException("the test breaks accepting here");
            }
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolStep.class,
            names = {"ACCEPT_BEGINS", "ACCEPTING_COMMITTED", "REFERENCES_POSTED", "ACCEPTED_COMMITTED"})
    void what_accepting_left_open_is_finished_when_the_message_comes_again(ProtocolStep step) {
        try (TestBus bus = city.bus().observer(failsOnceAt(step)).start()) {
            HttpResponse<String> first = city.send(bus.port(), 1, "urn:a:1");
            assertThat(GuaranteedCity.acknowledged(first)).isEmpty();

            String exchange = accepted(city.send(bus.port(), 1, "urn:a:1"));

            if (step != ProtocolStep.ACCEPT_BEGINS) {
                assertThat(exchange)
                        .isEqualTo(first.headers().firstValue("X-LGSP-Exchange").orElseThrow());
            }
            allDelivered(2);
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
            assertThat(city.sql("select 1 from sealed_content")).isZero();
        }
    }

    @Test
    void what_is_left_open_and_never_comes_again_is_withdrawn_and_arrives_nowhere() {
        try (TestBus bus = city.bus()
                .setting("lgsp.guarantee.accept-timeout", "1s")
                .observer(failsOnceAt(ProtocolStep.ACCEPTING_COMMITTED))
                .start()) {
            HttpResponse<String> answer = city.send(bus.port(), 1, "urn:a:1");
            assertThat(city.sql("select 1 from sealed_content")).isEqualTo(1);

            soon().until(() -> city.sql("select 1 from guaranteed_exchange") == 0);

            assertThat(city.sql("select 1 from delivery")).isZero();
            assertThat(city.sql("select 1 from sealed_content")).isZero();
            String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
            assertThat(city.state(bus.port(), exchange).path("code").asText()).isEqualTo("exchange-unknown");
            String again = accepted(city.send(bus.port(), 1, "urn:a:1"));
            assertThat(again).isNotEqualTo(exchange);
            allDelivered(2);
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
        }
    }
}
