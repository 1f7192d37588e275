package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.command.Lgsp;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryState;
import vn.lgsp.guarantee.DeliveryStatus;
import vn.lgsp.guarantee.ExchangeStatus;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.AgenciesView;
import vn.lgsp.operate.DeliveriesView.Retried;
import vn.lgsp.operate.ManagementServer;
import vn.lgsp.operate.NoDeployments;
import vn.lgsp.operate.NoSystems;
import vn.lgsp.operate.OperateSettings;
import vn.lgsp.operate.PasswordHash;
import vn.lgsp.operate.RecordsView;
import vn.lgsp.operate.RunsView;

/** {@code lgsp delivery} and {@code lgsp runs} against the management port of a bus whose deliveries and runs the test makes. */
class DeliveryCommandTest {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final ExchangeId FIRST = ExchangeId.of("01890000-0000-7000-8000-000000000001");
    private static final ExchangeId SECOND = ExchangeId.of("01890000-0000-7000-8000-000000000002");
    private static final SystemId INSURANCE = new SystemId("social-insurance");
    private static final SystemId ARCHIVE = new SystemId("civil-archive");

    private static final ServiceKey GATHERING = new ServiceKey(new ServiceId("land-change-gather"), 1);
    private static final List<RunsView.Run> RUNS = List.of(
            new RunsView.Run(
                    NOON,
                    "operator:van-hanh",
                    NOON,
                    Optional.empty(),
                    "running",
                    Optional.of(SECOND),
                    Optional.empty(),
                    Optional.of(new RunsView.Reading(
                            "round-7", true, 1, 12, 600, Optional.of("600"), OptionalLong.empty()))),
            new RunsView.Run(
                    NOON.minusSeconds(600),
                    "schedule",
                    NOON.minusSeconds(599),
                    Optional.of(NOON.minusSeconds(500)),
                    "failed",
                    Optional.of(FIRST),
                    Optional.of("provider-timeout"),
                    Optional.empty()));

    private static final String HASH =
            PasswordHash.make("a long password", 10_000).stored();

    private final Vertx vertx = Vertx.vertx();
    private final List<DeliveryId> sentAgain = new ArrayList<>();
    private final List<String> begun = new ArrayList<>();
    private final List<ExchangeStatus> exchanges = List.of(
            exchange(FIRST, DeliveryState.PARKED, DeliveryState.PARKED),
            exchange(SECOND, DeliveryState.DELIVERED, DeliveryState.ACCEPTED));
    private ManagementServer server;
    private Path password;
    private int port;
    private String said = "";

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        password = Files.writeString(folder.resolve("password"), "a long password\n");
        Operator operator = new Operator("van-hanh", HASH, Set.of(Operator.Right.REGISTER));
        server = new ManagementServer(
                vertx,
                new OperateSettings(
                        "127.0.0.1",
                        0,
                        List.of(),
                        Duration.ofMinutes(15),
                        5,
                        Duration.ofMinutes(5),
                        Optional.empty(),
                        Optional.empty()),
                new Catalogue(new Snapshot(
                        new Registry(true, List.of(), List.of(), List.of(), List.of(), List.of(operator)), List.of())),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                new RecordsView() {
                    @Override
                    public Optional<Map<String, Object>> find(ExchangeId exchange) {
                        return Optional.empty();
                    }

                    @Override
                    public List<Map<String, Object>> newest(Filter filter) {
                        return List.of();
                    }
                },
                new DeliveriesShown(
                        id -> exchanges.stream()
                                .filter(one -> one.id().equals(id))
                                .findFirst(),
                        id -> exchanges.stream()
                                .filter(one -> one.deliveries().stream()
                                        .anyMatch(delivery -> delivery.id().equals(id)))
                                .findFirst(),
                        (state, limit) -> exchanges.stream()
                                .filter(one ->
                                        one.deliveries().stream().anyMatch(delivery -> delivery.state() == state))
                                .limit(limit)
                                .toList(),
                        Map::of,
                        this::retry),
                new NoServices(),
                new RunsView() {
                    @Override
                    public List<Run> list(ServiceKey service, int limit) {
                        return service.equals(GATHERING) ? RUNS.subList(0, Math.min(limit, 2)) : List.of();
                    }

                    @Override
                    public boolean begin(ServiceKey service, String operator, boolean whole) {
                        begun.add(service + " " + operator + " " + whole);
                        return service.equals(GATHERING);
                    }
                },
                new NoDeployments(),
                new NoSystems(),
                new AgenciesView() {
                    @Override
                    public List<Agency> list(Optional<String> state, int limit) {
                        return List.of();
                    }

                    @Override
                    public Optional<Agency> decide(UUID id, boolean agreed, String user, String reason) {
                        throw new BusException(
                                ErrorCode.GUARANTEE_UNAVAILABLE, "the database does not answer: try again");
                    }
                },
                List.of(),
                Clock.systemUTC());
        port = server.start().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<Retried> retry(DeliveryId id) {
        Optional<DeliveryState> state = exchanges.stream()
                .flatMap(exchange -> exchange.deliveries().stream())
                .filter(delivery -> delivery.id().equals(id))
                .map(DeliveryStatus::state)
                .findFirst();
        if (state.isEmpty()) {
            return CompletableFuture.completedFuture(Retried.UNKNOWN);
        }
        sentAgain.add(id);
        return CompletableFuture.completedFuture(
                state.get() == DeliveryState.PARKED ? Retried.QUEUED : Retried.NOT_PARKED);
    }

    @Test
    void parked_deliveries_are_listed_with_their_reason() {
        assertThat(delivery("list", "--state", "parked")).isZero();
        assertThat(said.lines().skip(1))
                .hasSize(2)
                .allMatch(line -> line.contains("parked") && line.contains("provider-timeout"));
        assertThat(said).contains(DeliveryId.of(FIRST, ARCHIVE).toString()).doesNotContain("delivered");

        assertThat(delivery("list", "--state", "expired")).isZero();
        assertThat(said).contains("No delivery fits.");
    }

    @Test
    void a_list_is_chosen_by_destination_and_exchange() {
        assertThat(delivery("list", "--destination", "civil-archive", "--exchange", SECOND.toString()))
                .isZero();
        assertThat(said.lines().skip(1))
                .singleElement()
                .asString()
                .contains(DeliveryId.of(SECOND, ARCHIVE).toString(), "delivered");
    }

    @Test
    void one_delivery_and_those_of_an_exchange_are_shown() {
        assertThat(delivery("show", DeliveryId.of(FIRST, INSURANCE).toString())).isZero();
        assertThat(said)
                .contains("provider-timeout: the provider did not answer in time", "attempts       3")
                .doesNotContain("civil-archive");

        assertThat(delivery("show", FIRST.toString())).isZero();
        assertThat(said).contains("social-insurance", "civil-archive");
    }

    @Test
    void a_parked_delivery_is_queued_again_and_it_is_logged_who_wanted_that() {
        DeliveryId parked = DeliveryId.of(FIRST, INSURANCE);
        try (LogCapture log = LogCapture.everything()) {
            assertThat(delivery("retry", parked.toString())).isZero();
            assertThat(said).contains(parked + " queued");
            assertThat(log.text()).contains("delivery.retry", "van-hanh", parked.toString(), "queued");
        }
        assertThat(sentAgain).containsExactly(parked);
    }

    @Test
    void a_decision_that_failed_is_logged_with_who_wanted_it() {
        UUID agency = UUID.randomUUID();
        try (LogCapture log = LogCapture.everything()) {
            assertThat(lgsp("agencies", "approve", agency.toString())).isEqualTo(1);
            assertThat(said).contains("try again");
            assertThat(log.text()).contains("agency.approve", "van-hanh", agency.toString(), "failed");
        }
    }

    @Test
    void by_the_id_of_the_exchange_all_its_parked_deliveries_are_queued_again() {
        assertThat(delivery("retry", FIRST.toString())).isZero();
        assertThat(sentAgain).containsExactlyInAnyOrder(DeliveryId.of(FIRST, INSURANCE), DeliveryId.of(FIRST, ARCHIVE));
    }

    @Test
    void what_is_not_sent_again_is_said_and_is_no_success() {
        assertThat(delivery("retry", DeliveryId.of(SECOND, INSURANCE).toString()))
                .isEqualTo(1);
        assertThat(said).contains("NOT queued: the delivery is not parked");

        assertThat(delivery("retry", SECOND.toString())).isEqualTo(1);
        assertThat(said).contains("No delivery of this exchange is parked");

        assertThat(delivery("retry", "01890000-0000-7000-8000-000000000009")).isEqualTo(1);
        assertThat(said).contains("no guaranteed exchange has this id");

        assertThat(delivery("retry", "00000000-0000-8000-8000-000000000000")).isEqualTo(1);
        assertThat(said).contains("no delivery has this id");
    }

    @Test
    void programs_get_the_fields_of_the_management_port() throws Exception {
        assertThat(delivery("list", "--state", "parked", "--json")).isZero();
        assertThat(json().at("/deliveries")).hasSize(2);
        assertThat(json().at("/deliveries/0/reason/code").asText()).isEqualTo("provider-timeout");

        assertThat(delivery("show", DeliveryId.of(SECOND, ARCHIVE).toString(), "--json"))
                .isZero();
        assertThat(json().at("/deliveries/0/state").asText()).isEqualTo("delivered");

        assertThat(delivery("retry", DeliveryId.of(SECOND, ARCHIVE).toString(), "--json"))
                .isEqualTo(1);
        assertThat(json().at("/deliveries/0/queued").asBoolean(true)).isFalse();
        assertThat(json().at("/deliveries/0/reason").asText()).contains("not parked");
    }

    private JsonNode json() throws JsonProcessingException {
        return new ObjectMapper().readTree(said);
    }

    @Test
    void a_wrong_call_ends_with_two() {
        assertThat(delivery()).isEqualTo(2);
        assertThat(delivery("retry", "seventeen")).isEqualTo(2);
        assertThat(delivery("list", "--destination", "a&b")).isEqualTo(2);
        assertThat(delivery("list", "--management", "not-an-address")).isEqualTo(2);
    }

    @Test
    void a_wrong_filter_a_wrong_password_and_no_bus_are_told_apart() throws Exception {
        assertThat(delivery("list", "--state", "lost")).isEqualTo(1);
        assertThat(said).contains("state is one of parked, accepted");

        Files.writeString(password, "a wrong password");
        assertThat(delivery("list")).isEqualTo(1);
        assertThat(said).contains("does not know operator van-hanh with this password");

        port = 1; // nobody listens there
        assertThat(delivery("list")).isEqualTo(3);
        assertThat(said).contains("no bus answers at http://localhost:1").hasLineCount(1);
    }

    @Test
    void runs_are_listed_and_shown() throws Exception {
        assertThat(runs("list", "land-change-gather/v1")).isZero();
        assertThat(said.lines().skip(1)).hasSize(2);
        assertThat(said).contains("running", "600", "failed", "provider-timeout");
        assertThat(runs("list", "land-change-gather/v1", "--limit=1", "--json")).isZero();
        assertThat(json().at("/runs")).hasSize(1);
        assertThat(json().at("/runs/0/items").asInt()).isEqualTo(600);

        assertThat(runs("show", "land-change-gather/v1")).isZero();
        assertThat(said).contains("by         operator:van-hanh", "round      round-7");
        assertThat(runs("show", "land-change-gather/v1", "--due=2026-03-01T04:50:00Z", "--json"))
                .isZero();
        assertThat(json().at("/error").asText()).isEqualTo("provider-timeout");

        assertThat(runs("show", "land-change-gather/v1", "--due=2026-03-01T04:51:00Z"))
                .isEqualTo(1);
        assertThat(said).contains("no run of this instant");
        assertThat(runs("list", "paper-read/v1")).isZero();
        assertThat(said).contains("It has not run yet.");
        assertThat(runs("list", "land-change-gather/v1", "--limit=501")).isEqualTo(2);
        assertThat(runs()).isEqualTo(2);
    }

    @Test
    void a_run_is_begun_in_the_name_of_the_operator_and_only_where_there_is_a_schedule() {
        assertThat(runs("start", "land-change-gather/v1", "--whole")).isZero();
        assertThat(said).contains("a run begins as soon as none is under way");
        assertThat(runs("start", "paper-read/v1")).isEqualTo(1);
        assertThat(said).contains("no service of this name and version has a schedule");
        assertThat(begun).containsExactly("land-change-gather/v1 van-hanh true", "paper-read/v1 van-hanh false");
    }

    private int delivery(String... arguments) {
        return lgsp("delivery", arguments);
    }

    private int runs(String... arguments) {
        return lgsp("runs", arguments);
    }

    private int lgsp(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        if (arguments.length > 0) {
            all.addAll(List.of("--management-port=" + port, "--user=van-hanh", "--password-file=" + password));
        }
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        CommandLine commands = Lgsp.commands();
        int status = commands.setOut(out).setErr(out).execute(all.toArray(String[]::new));
        said = text.toString();
        return status;
    }

    private static ExchangeStatus exchange(ExchangeId id, DeliveryState archive, DeliveryState insurance) {
        return new ExchangeStatus(
                id,
                new ServiceKey(new ServiceId("civil-birth-notify"), 1),
                "4f9a01c2d3e4",
                new SystemId("civil-registry"),
                Optional.empty(),
                NOON,
                List.of(delivery(id, ARCHIVE, archive), delivery(id, INSURANCE, insurance)));
    }

    private static DeliveryStatus delivery(ExchangeId exchange, SystemId destination, DeliveryState state) {
        return new DeliveryStatus(
                DeliveryId.of(exchange, destination),
                destination,
                List.of(),
                state,
                3,
                Optional.of(NOON),
                Optional.empty(),
                Optional.empty(),
                state == DeliveryState.PARKED ? Optional.of(ErrorCode.PROVIDER_TIMEOUT) : Optional.empty(),
                Optional.empty());
    }
}
