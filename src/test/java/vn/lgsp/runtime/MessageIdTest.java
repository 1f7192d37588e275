package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vn.lgsp.guarantee.ProtocolStep;

/** A message that its source sends more than once, because it did not hear, is accepted once (DLV-05). */
final class MessageIdTest extends CityUnderTest {
    private static final String OTHER_KEY = "key-other";

    /** The steps that fail when they are reached next, as a process that dies there would not answer. */
    private final Set<ProtocolStep> failing = ConcurrentHashMap.newKeySet();

    @Override
    TestBus.Builder bus(GuaranteedCity city) {
        TestBus.Builder bus = city.bus()
                .account("other-key", "other", OTHER_KEY, "")
                .grant("other", GuaranteedCity.SERVICE, "")
                .grant("civil-birth-again")
                .observer(failsOnce(failing));
        Stream.of(
                        ".card.yaml",
                        ".camel.yaml",
                        ".wsdl",
                        "--to-social-insurance.camel.yaml",
                        "--to-civil-archive.camel.yaml")
                .forEach(file -> bus.copyOf(
                        "routes/civil/civil-birth-notify" + file,
                        "routes/civil/civil-birth-again" + file,
                        text -> text.replace("civil-birth-notify", "civil-birth-again")));
        Stream.of("acknowledgement.xsl", "archive.xsl", "birth.xsd", "social-insurance.xsl")
                .forEach(file -> bus.copyOf(
                        "transforms/civil/civil-birth-notify/" + file,
                        "transforms/civil/civil-birth-again/" + file,
                        text -> text));
        return bus;
    }

    private static String accepted(HttpResponse<String> answer) {
        return GuaranteedCity.acknowledged(answer)
                .orElseThrow(() -> new AssertionError(answer.statusCode() + " " + answer.body()));
    }

    private static Consumer<ProtocolStep> failsOnce(Set<ProtocolStep> failing) {
        return reached -> {
            if (failing.remove(reached)) {
                throw new IllegalStateException("the test breaks accepting here");
            }
        };
    }

    private void allDelivered(int deliveries) {
        allDelivered(city, deliveries);
    }

    private static void allDelivered(GuaranteedCity city, int deliveries) {
        soon().until(() -> city.sql("select 1 from delivery where state = 'delivered'") == deliveries
                && city.sql("select 1 from delivery where state <> 'delivered'") == 0);
    }

    @Test
    void the_same_message_is_acknowledged_as_the_first_time_and_delivered_once_however_often_it_comes() {
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

    @Test
    void twenty_at_once_are_one() throws Exception {
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

    @Test
    void another_message_under_a_known_id_is_refused_and_recorded_and_nothing_of_it_is_kept() {
        accepted(city.send(bus.port(), 1, "urn:a:1"));

        HttpResponse<String> answer = city.send(bus.port(), 2, "urn:a:1");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(GuaranteedCity.fault(answer)).isEqualTo("message-conflict");
        assertThat(bus.recordOf(answer).error()).contains("message-conflict");
        allDelivered(2);
        assertThat(city.sql("select 1 from guaranteed_exchange")).isEqualTo(1);
        assertThat(city.atInsurance()).containsExactly("KS-2026-1");
    }

    @Test
    void the_id_is_told_by_the_envelope_or_by_idempotency_key_and_both_mean_the_same() {
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

    @Test
    void without_an_id_two_are_two_and_the_ids_of_two_sources_have_nothing_to_do_with_each_other() {
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

    @Test
    void the_same_id_at_two_services_is_two_messages() {
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

    @ParameterizedTest
    @EnumSource(
            value = ProtocolStep.class,
            names = {"ACCEPT_BEGINS", "ACCEPTING_COMMITTED", "REFERENCES_POSTED", "ACCEPTED_COMMITTED"})
    void what_accepting_left_open_is_finished_when_the_message_comes_again(ProtocolStep step) {
        failing.add(step);
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

    @Test
    void what_is_left_open_and_never_comes_again_is_withdrawn_and_arrives_nowhere(@TempDir Path other) {
        Set<ProtocolStep> once = ConcurrentHashMap.newKeySet();
        once.add(ProtocolStep.ACCEPTING_COMMITTED);
        try (GuaranteedCity own = GuaranteedCity.in(other);
                TestBus impatient = own.bus()
                        .setting("lgsp.guarantee.accept-timeout", "1s")
                        .observer(failsOnce(once))
                        .start()) {
            HttpResponse<String> answer = own.send(impatient.port(), 1, "urn:a:1");
            assertThat(own.sql("select 1 from sealed_content")).isEqualTo(1);

            soon().until(() -> own.sql("select 1 from guaranteed_exchange") == 0);

            assertThat(own.sql("select 1 from delivery")).isZero();
            assertThat(own.sql("select 1 from sealed_content")).isZero();
            String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
            assertThat(own.state(impatient.port(), exchange).path("code").asText())
                    .isEqualTo("exchange-unknown");
            String again = accepted(own.send(impatient.port(), 1, "urn:a:1"));
            assertThat(again).isNotEqualTo(exchange);
            allDelivered(own, 2);
            assertThat(own.atInsurance()).containsExactly("KS-2026-1");
        }
    }
}
