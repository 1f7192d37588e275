package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;

class TellStateStepTest {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final ExchangeId SENT = ExchangeId.of("01890000-0000-7000-8000-000000000001");
    private static final SystemId INSURANCE = new SystemId("social-insurance");
    private static final SystemId ARCHIVE = new SystemId("civil-archive");

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final List<ExchangeId> asked = new ArrayList<>();

    @Test
    void the_sender_is_told_of_every_delivery_with_times_attempts_and_the_last_reason() {
        Exchange exchange = ask("civil-registry", "GET", "/" + SENT, "");

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getHeaders())
                .containsOnly(
                        java.util.Map.entry("Content-Type", "application/json"),
                        java.util.Map.entry("Cache-Control", "no-store"));
        JsonObject told = new JsonObject(Buffer.buffer(exchange.getMessage().getBody(byte[].class)));
        assertThat(told).isEqualTo(new JsonObject("""
                {
                  "exchange": "%s",
                  "service": "civil-birth-notify/v1",
                  "state": "parked",
                  "messageId": "KS-2026-17",
                  "acceptedAt": "2026-03-01T05:00:00Z",
                  "deliveries": [
                    {
                      "delivery": "%s",
                      "destination": "civil-archive",
                      "state": "delivered",
                      "attempts": 1,
                      "lastAttemptAt": "2026-03-01T05:00:01Z",
                      "endedAt": "2026-03-01T05:00:02Z"
                    },
                    {
                      "delivery": "%s",
                      "destination": "social-insurance",
                      "state": "parked",
                      "attempts": 20,
                      "lastAttemptAt": "2026-03-01T05:00:01Z",
                      "endedAt": "2026-03-01T05:00:02Z",
                      "reason": {
                        "code": "provider-failed",
                        "meaning": "the provider reported an error of its own"
                      },
                      "partnerCode": "E17"
                    }
                  ]
                }
                """.formatted(
                        SENT, DeliveryId.of(SENT, ARCHIVE), DeliveryId.of(SENT, INSURANCE))));
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        assertThat(passage.operation()).contains("GET /exchanges/{id}");
    }

    @ParameterizedTest
    @CsvSource({
        "DELIVERED, DELIVERED, delivered",
        "DELIVERED, ACCEPTED, accepted",
        "ACCEPTED, DELIVERING, delivering",
        "DELIVERING, EXPIRED, expired",
        "EXPIRED, PARKED, parked",
        "DELIVERED, PARKED, parked"
    })
    void the_state_of_the_whole_is_that_which_somebody_must_act_on_first(
            DeliveryState archive, DeliveryState insurance, String whole) {
        Exchange exchange = ask(
                "civil-registry", "GET", "/" + SENT, "", id -> Optional.of(status(archive, insurance)), Runnable::run);

        assertThat(new JsonObject(Buffer.buffer(exchange.getMessage().getBody(byte[].class))).getString("state"))
                .isEqualTo(whole);
    }

    @Test
    void another_system_learns_no_more_than_that_its_own_exchange_is_not_there() {
        BusException notMine = failure(ask("tax-office-portal", "GET", "/" + SENT, ""));
        BusException notThere = failure(ask(
                "civil-registry",
                "GET",
                "/01890000-0000-7000-8000-000000000009",
                "",
                id -> Optional.empty(),
                Runnable::run));

        assertThat(notMine.code()).isEqualTo(ErrorCode.EXCHANGE_UNKNOWN);
        assertThat(notThere.code()).isEqualTo(notMine.code());
        assertThat(notThere.detail()).isEqualTo(notMine.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/17", "/01890000-0000-7000-8000-000000000001/deliveries", "/x-y", "/%2e%2e"})
    void what_is_no_exchange_id_is_unknown_and_nobody_looks_for_it(String path) {
        Exchange exchange = ask("civil-registry", "GET", path, "");

        assertThat(failure(exchange).code()).isEqualTo(ErrorCode.EXCHANGE_UNKNOWN);
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "PATCH"})
    void it_can_only_be_read(String method) {
        Exchange exchange = ask("civil-registry", method, "/" + SENT, "");

        assertThat(failure(exchange).code()).isEqualTo(ErrorCode.METHOD_NOT_ALLOWED);
        assertThat(exchange.getProperty(Inbound.ALLOW)).isEqualTo("GET");
        assertThat(asked).isEmpty();
    }

    @Test
    void a_query_parameter_is_refused() {
        assertThat(failure(ask("civil-registry", "GET", "/" + SENT, "all=1")).code())
                .isEqualTo(ErrorCode.MESSAGE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RECORD_UNAVAILABLE", "GUARANTEE_UNAVAILABLE", "ACCEPTANCE_UNKNOWN"})
    void a_database_that_does_not_answer_is_said_and_nothing_is_said_about_the_message(ErrorCode code) {
        Exchange exchange = ask(
                "civil-registry",
                "GET",
                "/" + SENT,
                "",
                id -> {
                    throw new BusException(code, "nothing was accepted");
                },
                Runnable::run);

        assertThat(failure(exchange).code()).isEqualTo(ErrorCode.RECORD_UNAVAILABLE);
        assertThat(failure(exchange).detail()).contains("nothing about them has changed");
        assertThat(exchange.getProperty(Passage.PROPERTY, Passage.class).stage())
                .isEqualTo(Stage.RECORD);
    }

    @Test
    void what_breaks_while_reading_ends_the_exchange() {
        Exchange exchange = ask(
                "civil-registry",
                "GET",
                "/" + SENT,
                "",
                id -> {
                    throw new IllegalStateException("broken");
                },
                Runnable::run);

        assertThat(exchange.getException()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void too_many_questions_at_once_are_sent_away() {
        Exchange exchange = ask("civil-registry", "GET", "/" + SENT, "", id -> Optional.empty(), work -> {
            throw new RejectedExecutionException();
        });

        assertThat(failure(exchange).code()).isEqualTo(ErrorCode.BUS_BUSY);
    }

    private Exchange ask(String system, String method, String path, String query) {
        return ask(
                system,
                method,
                path,
                query,
                id -> {
                    asked.add(id);
                    return Optional.of(status(DeliveryState.DELIVERED, DeliveryState.PARKED));
                },
                Runnable::run);
    }

    private Exchange ask(
            String system,
            String method,
            String path,
            String query,
            Function<ExchangeId, Optional<ExchangeStatus>> statuses,
            Executor readers) {
        Exchange exchange = new DefaultExchange(camel);
        Passage passage = new Passage(ExchangeId.at(1), NOON, 0, "REST " + method, "c", Runnable::run);
        passage.identified(new Caller("an-account", new SystemId(system), new AgencyCode("H99.09")));
        exchange.setProperty(Passage.PROPERTY, passage);
        exchange.setProperty(Inbound.PROPERTY, new Inbound(Door.EXCHANGES, method, "", 0, path, query, List.of()));
        exchange.getMessage().setHeader("X-Of-The-Request", "no answer's business");
        List<Boolean> ended = new ArrayList<>();
        new TellStateStep(statuses, readers).process(exchange, ended::add);
        assertThat(ended).hasSize(1);
        return exchange;
    }

    private static BusException failure(Exchange exchange) {
        return BusException.in(exchange.getException()).orElseThrow();
    }

    private static ExchangeStatus status(DeliveryState archive, DeliveryState insurance) {
        return new ExchangeStatus(
                SENT,
                new ServiceKey(new ServiceId("civil-birth-notify"), 1),
                "4f9a01c2d3e4",
                new SystemId("civil-registry"),
                Optional.of("KS-2026-17"),
                NOON,
                List.of(delivery(ARCHIVE, archive), delivery(INSURANCE, insurance)));
    }

    private static DeliveryStatus delivery(SystemId destination, DeliveryState state) {
        boolean failed = state == DeliveryState.PARKED || state == DeliveryState.EXPIRED;
        return new DeliveryStatus(
                DeliveryId.of(SENT, destination),
                destination,
                List.of(),
                state,
                failed ? 20 : 1,
                Optional.of(NOON.plusSeconds(1)),
                Optional.empty(),
                Optional.of(NOON.plusSeconds(2)),
                failed ? Optional.of(ErrorCode.PROVIDER_FAILED) : Optional.empty(),
                failed ? Optional.of("E17") : Optional.empty());
    }
}
