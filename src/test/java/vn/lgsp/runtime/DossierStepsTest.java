package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Faults;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;

/**
 * Dossiers between the one-stop desk and the public service portal, by the shipped services: there in six steps, none lost and none
 * doubled as far as the portal knows its own numbers; here by the portal's calls (EXT-18).
 */
final class DossierStepsTest {
    private static final String SUBMIT = "/api/portal-dossier-submit/v1/dossiers";
    private static final String PREFIX = "portal-dossier-";

    @TempDir
    static Path folder;

    private static Hub hub;
    /** Plays the agencies that get what came. */
    private static StubPeer desk;

    private static TestBus bus;
    private int receipts;

    @BeforeAll
    static void start() {
        hub = Hub.start(0, Clock.systemUTC());
        desk = StubPeer.answering(201, "application/json", "{}");
        bus = services(folder, hub, desk)
                .registry(text -> registry().replaceFirst("\ngrants:\n", """

                        grants:
                          - { id: t-twice, consumer: one-stop, service: six-step-twice/v1, purpose: a test }
                        """))
                .service(
                        "six-step-twice",
                        TestBus.Builder.card(
                                "six-step-twice",
                                "portal-dossier-create",
                                "",
                                "{ id: make, method: GET, path: /dossiers }"),
                        TestBus.Builder.route("six-step-twice", """
                                - transform: { jq: { expression: '{ MaDonVi: "H99.01" }' } }
                                - to:
                                    uri: kamelet:six-step-dossiers
                                    parameters: { system: portal-dossier-create, path: next-number }
                                - transform:
                                    jq:
                                      expression: >-
                                        { MaHoSo, MaTTHC: "0.000000", LoaiDoiTuong: "0", NgayTiepNhan: "2026-01-15 08:30:00",
                                        TrangThaiHoSo: "2", ThongTinNguoiNop: { ThongTinChiTiet: {} }, ThanhPhanHoSo: [] }
                                - setVariable: { name: dossier, jq: { expression: tojson, resultType: java.lang.String } }
                                - to:
                                    uri: kamelet:six-step-dossiers
                                    parameters: { system: portal-dossier-create, path: dossiers }
                                - transform: { jq: { expression: "$dossier | fromjson" } }
                                - to:
                                    uri: kamelet:six-step-dossiers
                                    parameters: { system: portal-dossier-create, path: dossiers, success: "0,6" }
                                """))
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    /** The two services of the portal, with retry plans that a test can wait for. */
    static TestBus.Builder services(Path folder, Hub hub, StubPeer desk) {
        String card = "routes/portal/portal-dossier-submit.card.yaml";
        TestBus.Builder made = TestBus.in(folder)
                .setting("lgsp.city.hub-port", String.valueOf(hub.port()))
                .setting("lgsp.city.archive-port", String.valueOf(desk.port()))
                .setting("lgsp.guarantee.sweep", "50ms")
                .service("portal", "portal-dossier-submit")
                .service("portal", "portal-message-take")
                .copyOf(
                        card,
                        card,
                        text -> text.replaceAll(
                                "(- \\{ to: .+) }", "$1, retry: { first: 20ms, longest: 50ms, attempts: 4 } }"));
        try {
            String family = "transforms/_replies/six-step-dossiers.reply.yaml";
            return made.write(family, Files.readString(Path.of(family)));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    static String registry() {
        return SampleCity.registry().replace("answerTimeout: 10s", "answerTimeout: 1500ms\n      breaker: { of: 0 }");
    }

    @AfterAll
    static void stop() {
        bus.close();
        desk.close();
        hub.close();
    }

    @BeforeEach
    void calm() {
        hub.faults("six-step").clear();
        hub.settings("six-step").put("same-dossier", "once");
        desk.forget();
    }

    static String dossier(String receipt) {
        try {
            return Files.readString(Path.of(
                            "transforms/portal/portal-dossier-submit/samples/request.schema.json/dossier.in.json"))
                    .replace("MC-2026-000021", receipt);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static String submit(String receipt) {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri(SUBMIT))
                .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(dossier(receipt)))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return TestBus.json(answer).path("exchange").asText();
    }

    @Test
    void a_dossier_that_is_larger_than_what_may_be_in_memory_is_refused_at_once() {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri(SUBMIT))
                .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(dossier("MC-2026-000999").replace("ZG9u", "ZG9u".repeat(300_000))))
                .build());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        assertThat(TestBus.code(answer)).isEqualTo("message-too-large");
    }

    private static List<JsonNode> deliveries(String exchange) {
        List<JsonNode> all = new ArrayList<>();
        TestBus.json(bus.send(HttpRequest.newBuilder(bus.uri("/exchanges/" + exchange))
                        .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                        .build()))
                .path("deliveries")
                .forEach(all::add);
        return all;
    }

    private static JsonNode delivery(String exchange, String destination) {
        return deliveries(exchange).stream()
                .filter(delivery -> delivery.path("destination").asText().equals(destination))
                .findFirst()
                .orElseThrow();
    }

    private static String state(String exchange, String destination) {
        return delivery(exchange, destination).path("state").asText();
    }

    private static void settles(String exchange) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(deliveries(exchange))
                .hasSize(6)
                .extracting(delivery -> delivery.path("state").asText())
                .containsOnly("delivered"));
    }

    /** The number that the desk was told for its receipt. */
    static String number(StubPeer desk, String receipt) {
        List<String> told = desk.received().stream()
                .map(StubPeer.Seen::text)
                .filter(text -> text.contains(receipt))
                .map(text -> text.replaceAll(".*\"dossierNo\" ?: ?\"([^\"]+)\".*", "$1"))
                .distinct()
                .toList();
        assertThat(told).as(receipt).hasSize(1);
        return told.get(0);
    }

    /** How often the portal has made a dossier, or kept progress, under a number. */
    static long made(Hub hub, String check, String number) {
        return hub.received("six-step").stream()
                .filter(seen -> text(seen).contains(number))
                .flatMap(seen -> seen.checks().stream())
                .filter(seen -> seen.name().equals(check) && seen.passed())
                .count();
    }

    private static String text(Received seen) {
        return new String(seen.requestBody().bytes(), StandardCharsets.UTF_8);
    }

    private static List<Received> calls(String operation) {
        return hub.received("six-step").stream()
                .filter(seen -> seen.operation().equals(operation))
                .toList();
    }

    /** What the portal was sent in its last call of this step. */
    private static String last(String step) {
        List<Received> all = calls(step);
        return text(all.get(all.size() - 1));
    }

    @Test
    void a_dossier_of_which_the_answer_to_any_step_is_lost_is_made_once() {
        Map<String, String> steps = Map.of(
                "next-number", "number",
                "files", "file",
                "dossiers", "create",
                "CapNhatTienTrinh", "progress",
                "CapNhatTrangThai", "state");
        steps.forEach((path, step) -> {
            hub.faults("six-step").set(Fault.DOWN, "after").times(1).on(path);
            String receipt = "MC-2026-%d".formatted(1000 + ++receipts);
            int before = calls(step).size();
            int numbers = calls("number").size();

            settles(submit(receipt));

            assertThat(calls(step)).as(step).hasSize(before + 2);
            assertThat(calls("number"))
                    .as("asked for again only if it was lost")
                    .hasSize(numbers + (step.equals("number") ? 2 : 1));
            String number = number(desk, receipt);
            assertThat(number).matches("H99\\.01-[0-9]{8}-[0-9]{7}");
            assertThat(made(hub, "new dossier", number)).as(step).isEqualTo(1);
            assertThat(made(hub, "new progress", number)).as(step).isEqualTo(1);
            assertThat(calls("create").stream()
                            .filter(seen -> text(seen).contains(number))
                            .map(Received::requestDigest)
                            .distinct())
                    .as("a repeat is the same, byte for byte")
                    .hasSize(1);
            assertThat(last("state")).contains("\"TrangThai\":\"2\"", number, "\"IDHoSo\":\"");
        });
        assertThat(last("create"))
                .contains("\"LoaiDoiTuong\":\"2\"", "\"NgayTiepNhan\":\"2026-01-15 08:30:00\"", "\"LoaiBan\":\"1\"");
        assertThat(last("progress")).contains("\"ThoiDiemXuLy\":\"2026-01-15T08:30:00.000+07:00\"");
    }

    @Test
    void whatever_the_portal_does_wrong_once_a_dossier_is_made_once() {
        Map<String, String> faults = new LinkedHashMap<>(Map.of("slow", "2500", "failure-inside-200", "99"));
        faults.put("down", "before");
        faults.put("truncated", "connection");
        faults.put("expired-token", "");
        faults.put("duplicate", "");
        faults.put("clock-drift", "600");
        Map<String, String> sent = new LinkedHashMap<>();
        faults.forEach((fault, value) -> {
            Fault broken = Fault.labelled(fault).orElseThrow();
            Faults.Switch made = value.isEmpty()
                    ? hub.faults("six-step").set(broken)
                    : hub.faults("six-step").set(broken, value);
            made.times(1).on("dossiers");
            String receipt = "MC-2026-%d".formatted(2000 + ++receipts);
            sent.put(receipt, submit(receipt));
            settles(sent.get(receipt));
            hub.faults("six-step").clear();
        });

        Set<String> numbers = new HashSet<>();
        sent.keySet().forEach(receipt -> {
            assertThat(made(hub, "new dossier", number(desk, receipt)))
                    .as(receipt)
                    .isEqualTo(1);
            numbers.add(number(desk, receipt));
        });
        assertThat(numbers).hasSameSizeAs(faults.keySet());
    }

    @Test
    void a_portal_that_refuses_a_known_number_leaves_a_parked_step_and_no_second_dossier() {
        hub.settings("six-step").put("same-dossier", "refuse");
        hub.faults("six-step").set(Fault.DOWN, "after").times(1).on("dossiers");

        String exchange = submit("MC-2026-3001");

        await().atMost(Duration.ofSeconds(60))
                .until(() -> state(exchange, PREFIX + "create").equals("parked"));
        JsonNode create = delivery(exchange, PREFIX + "create");
        assertThat(create.at("/reason/code").asText()).isEqualTo("provider-failed");
        assertThat(create.path("partnerCode").asText()).isEqualTo("6");
        assertThat(state(exchange, PREFIX + "progress")).isEqualTo("waiting");
        String number = last("create").replaceAll(".*\"MaHoSo\":\"([^\"]+)\".*", "$1");
        assertThat(made(hub, "new dossier", number)).isEqualTo(1);

        HttpResponse<String> again = bus.send(HttpRequest.newBuilder(bus.uri("/api/six-step-twice/v1/dossiers"))
                .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                .build());
        assertThat(again.statusCode())
                .as("where the code of a known number is named as a success: %s", again.body())
                .isEqualTo(200);
        assertThat(TestBus.json(again).path("error_code").asInt()).isEqualTo(6);
    }

    @Test
    void a_portal_that_does_not_know_its_own_numbers_makes_a_second_dossier() {
        hub.settings("six-step").put("same-dossier", "each");
        hub.faults("six-step").set(Fault.DOWN, "after").times(1).on("dossiers");

        settles(submit("MC-2026-4001"));

        assertThat(made(hub, "new dossier", number(desk, "MC-2026-4001")))
                .as("nothing in the dialect tells a repeat")
                .isEqualTo(2);
    }

    @Test
    void a_number_that_was_given_before_makes_no_dossier_of_another_and_is_seen() {
        settles(submit("MC-2026-5001"));
        String number = number(desk, "MC-2026-5001");
        hub.faults("six-step").set(Fault.DUPLICATE).on("next-number");

        String exchange = submit("MC-2026-5002");

        await().atMost(Duration.ofSeconds(60))
                .until(() -> state(exchange, PREFIX + "create").equals("parked"));
        assertThat(made(hub, "new dossier", number)).isEqualTo(1);
        assertThat(state(exchange, "one-stop")).isEqualTo("waiting");
    }

    @Test
    void what_the_portal_calls_itself_is_taken_of_the_portal_and_reaches_an_agency() {
        String notice = "{\"MaHoSo\":\"000.00.01.H99-260115-0002\",\"SoTien\":150000.50}";
        String procedure = "{\"MaTTHC\":\"0.000000\"}";
        String dossier = """
                {"data":[{"MaHoSo":"000.00.01.H99-260115-0001","LoaiDoiTuong":"2","NgayTiepNhan":"20260115083000"}]}""";
        Map.of("nhanhsdvcqg", dossier, "nhantbthuedvcqg", notice, "addtthcKhuyenMai", procedure)
                .forEach((call, body) -> {
                    JsonNode sent = sent(call, SampleKeys.PORTAL.key(), body);
                    assertThat(sent.path("status").asInt()).as(sent.toString()).isEqualTo(200);
                    assertThat(sent.path("body").asText()).isEqualTo("{\"error_code\":0,\"result\":[]}");
                });

        await().atMost(Duration.ofSeconds(60)).until(() -> desk.received().size() == 3);
        assertThat(desk.received().stream().map(StubPeer.Seen::text))
                .contains(notice, procedure)
                .anyMatch(text -> text.contains("\"LoaiDoiTuong\":\"enterprise\"")
                        && text.contains("\"NgayTiepNhan\":\"2026-01-15T08:30:00+07:00\""));
        assertThat(sent("nhanhsdvcqg", SampleKeys.ONE_STOP.key(), "{\"MaHoSo\":\"1\"}")
                        .path("status")
                        .asInt())
                .isEqualTo(403);
        assertThat(sent("nhanhsdvcqg", "nobody", "{\"MaHoSo\":\"1\"}")
                        .path("status")
                        .asInt())
                .isEqualTo(401);
    }

    /** What the platform answers to a call that the hub makes as the portal. */
    private static JsonNode sent(String call, String key, String body) {
        return TestBus.json(
                bus.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + "/hub/portal/send"))
                        .POST(BodyPublishers.ofString(
                                """
                                {"url":"%s","call":"%s","headers":{"X-Api-Key":"%s"},"body":%s}""".formatted(bus.uri("/api/portal-message-take/v1/forward"), call, key, body)))
                        .build()));
    }
}
