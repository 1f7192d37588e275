package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document axis as the bus calls it, in both forms, on the real way (EXT-05, EXT-20). */
final class DocumentAxisTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static final ShiftedClock clock = new ShiftedClock();
    private static AxisCity city;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        city = new AxisCity(folder);
        bus = city.bus("document-axis", "")
                .edit("routes/test/edoc-agency-deliver.card.yaml", "mode:", "limits: { request: 1KB }\nmode:")
                .clock(clock)
                .start();
    }

    @AfterEach
    void beginAnew() {
        city.beginAnew();
    }

    @AfterAll
    static void stop() {
        bus.close();
        city.close();
    }

    @Test
    void documents_go_to_the_axis_and_come_from_it_in_the_form_of_the_sdk() {
        bothWays(city, bus);

        assertThat(city.axis.sent().get(0).from()).isEqualTo("000.00.00.H99");
        assertThat(city.axis.sent().get(0).to()).isEqualTo("[\"000.00.00.H98\"]");
    }

    @Test
    void documents_go_to_the_axis_and_come_from_it_in_the_rest_form(@TempDir Path other) {
        try (AxisCity rest = new AxisCity(other);
                TestBus resting = rest.bus("document-axis-rest", "").start()) {
            bothWays(rest, resting);
        }
    }

    private static void bothWays(AxisCity city, TestBus bus) {
        assertThat(AxisCity.send(bus, 1).statusCode()).isEqualTo(202);
        await().atMost(SOON).until(() -> city.axisHas().contains(1));
        assertThat(city.axis.sent().get(0).text()).isEqualTo(AxisCity.packet(1));
        assertThat(city.axis.sent().get(0).type()).isEqualTo("edoc");

        String id = city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(2));
        assertThat(AxisCity.collect(bus))
                .satisfies(answer ->
                        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200));
        assertThat(city.axis.told()).containsEntry(id, "done");
        assertThat(city.axis.isEmpty()).isTrue();
        await().atMost(SOON).until(() -> city.agencyHas().contains(2));
        assertThat(city.agency.received().get(0).text()).isEqualTo(AxisCity.packet(2));

        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);
        assertThat(city.axis.complaints()).isEmpty();
        assertThat(bus.records())
                .anySatisfy(record -> assertThat(record.toString()).contains("INSIDE", "edoc-agency-deliver"));
    }

    @Test
    void an_axis_that_is_away_late_cut_off_or_says_no_inside_a_200_gets_each_document_once_when_it_is_well() {
        AtomicInteger calls = new AtomicInteger();
        city.axis.misbehaves(request -> {
            if (!request.path().equals("/sendEdoc")) {
                return false;
            }
            return switch (calls.getAndIncrement() % 5) {
                case 0 -> {
                    request.connection().close();
                    yield true;
                }
                case 1 -> AxisCity.says(request, "{\"status\":\"FAIL\",\"ErrorCode\":\"20\",\"ErrorDesc\":\"x\"}");
                case 2 -> AxisCity.says(request, "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"Doc");
                case 3 -> AxisCity.says(request, "<html>503</html>");
                default -> calls.get() < 10 && AxisCity.says(request, "{\"status\":\"OK\",\"ErrorCode\":\"0\"}");
            };
        });
        for (int i = 1; i <= 3; i++) {
            assertThat(AxisCity.send(bus, i).statusCode()).isEqualTo(202);
        }
        await().atMost(SOON).until(() -> calls.get() > 12);
        assertThat(city.axisHas()).hasSizeLessThanOrEqualTo(1);

        city.axis.misbehaves(request -> false);
        await().atMost(SOON).untilAsserted(() -> assertThat(city.axisHas()).containsExactlyInAnyOrder(1, 2, 3));
    }

    @Test
    void what_the_axis_refuses_for_good_is_parked_with_the_code_of_the_axis() {
        city.axis.misbehaves(request ->
                AxisCity.says(request, "{\"status\":\"FAIL\",\"ErrorCode\":\"18\",\"ErrorDesc\":\"Nơi nhận\"}"));

        String exchange =
                AxisCity.send(bus, 1).headers().firstValue("X-LGSP-Exchange").orElseThrow();

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        bus.get("/exchanges/" + exchange).body())
                .contains("parked", "provider-refused", "\"18\"")
                .doesNotContain("Nơi nhận"));
    }

    @Test
    void a_clock_that_is_not_ours_parks_nothing_and_is_measured() {
        city.axis.misbehaves(request -> {
            request.response()
                    .putHeader(
                            "Date",
                            DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                    clock.instant().atZone(ZoneOffset.UTC).minusSeconds(600)));
            return AxisCity.says(request, "{\"status\":\"FAIL\",\"ErrorCode\":\"15\",\"ErrorDesc\":\"no\"}");
        });

        String exchange =
                AxisCity.send(bus, 1).headers().firstValue("X-LGSP-Exchange").orElseThrow();

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        bus.get("/exchanges/" + exchange).body())
                .contains("accepted", "provider-failed")
                .containsPattern("15 clock-(59[5-9]|60[0-5])s"));
        assertThat(TestBus.json(AxisCity.collect(bus)).path("code").asText())
                .as("nothing waits behind a call")
                .isEqualTo("provider-refused");
        city.axis.misbehaves(request -> false);
        await().atMost(SOON).until(() -> city.axisHas().contains(1));
    }

    @Test
    void a_page_of_documents_that_cannot_be_fetched_lets_those_behind_it_through() {
        Set<String> bad = new HashSet<>();
        for (int i = 1; i <= 100; i++) {
            bad.add(city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(i)));
        }
        String good = city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(101));
        city.axis.misbehaves(request -> request.path().equals("/getEdoc")
                && bad.contains(request.getHeader("XroadVnpt-docId"))
                && AxisCity.says(request, "{\"status\":\"FAIL\",\"ErrorCode\":\"21\"}"));

        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(502);
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(502);
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);

        assertThat(city.axis.told()).containsOnlyKeys(good);
    }

    @Test
    void a_wrong_secret_is_refused_by_the_axis_and_reaches_nobody(@TempDir Path other) throws Exception {
        try (AxisCity own = new AxisCity(other)) {
            TestBus.Builder builder = own.bus("document-axis", "");
            java.nio.file.Files.writeString(other.resolve("axis.secret"), "another-secret");
            try (TestBus ownBus = builder.start()) {
                assertThat(TestBus.json(AxisCity.collect(ownBus)).path("code").asText())
                        .isEqualTo("provider-refused");
                assertThat(own.axis.complaints()).containsExactly("/getReceivedEdocList: hash");
            }
        }
    }

    @Test
    void what_cannot_be_fetched_now_stays_in_the_list_and_hinders_nothing_beside_it() {
        String bad = city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(1));
        String good = city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(2));
        for (String answer : List.of(
                "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"data\":\"%%%\"}",
                "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"data\":\"\"}",
                "{\"status\":\"FAIL\",\"ErrorCode\":\"21\"}",
                "{\"status\":\"OK\",")) {
            city.axis.misbehaves(request -> request.path().equals("/getEdoc")
                    && bad.equals(request.getHeader("XroadVnpt-docId"))
                    && AxisCity.says(request, answer));
            if (!city.axis.told().containsKey(good)) {
                assertThat(AxisCity.collect(bus).body()).contains("\"missing\":[{\"part\":0");
            } else {
                assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(502);
            }
            assertThat(city.axis.told()).containsOnlyKeys(good);
            clock.forward(Duration.ofHours(1));
        }
        city.axis.misbehaves(request -> false);
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);
        await().atMost(SOON).untilAsserted(() -> assertThat(city.agencyHas()).containsExactlyInAnyOrder(1, 2));
    }

    @Test
    void a_document_that_is_listed_again_because_nobody_heard_that_it_is_done_is_delivered_once() {
        String id = city.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(7));
        city.axis.misbehaves(request -> {
            if (request.path().equals("/updateStatus")) {
                request.connection().close();
                return true;
            }
            return false;
        });
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(502);
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(502);
        await().atMost(SOON).until(() -> city.agencyHas().contains(7));
        city.axis.misbehaves(request -> false);
        clock.forward(Duration.ofSeconds(10));
        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);
        assertThat(city.axis.told()).containsEntry(id, "done");
        assertThat(city.agencyHas()).containsExactly(7);
    }

    @Test
    void what_the_service_behind_does_not_take_is_told_to_the_axis_as_failed() {
        String id = city.axis.holds("edoc", "000.00.00.H99", "<x>" + "y".repeat(2_000) + "</x>");

        assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);

        assertThat(city.axis.told()).containsEntry(id, "fail");
        assertThat(city.agency.received()).isEmpty();
    }

    @Test
    void the_schedule_on_the_card_collects_by_itself(@TempDir Path other) {
        ShiftedClock time = new ShiftedClock();
        try (AxisCity own = new AxisCity(other);
                TestBus ownBus = own.bus("document-axis", "schedule: { every: 1m, as: asker-key, operation: collect }")
                        .clock(time)
                        .start()) {
            own.axis.holds("edoc", "000.00.00.H99", AxisCity.packet(3));
            await().atMost(SOON).until(() -> {
                time.forward(Duration.ofSeconds(20));
                return own.agencyHas().contains(3);
            });
        }
    }
}
