package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Datasets that the bus synchronises page by page, over one running bus, with sources that behave and sources that do not (SHR-02). */
final class SynchroniseIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static Dataset dataset;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        dataset = new Dataset(0, 100);
        bus = GuaranteedCity.withOperator(dataset.services(TestBus.in(folder), ", pages: 15, tries: 2"))
                .start();
        await().atMost(SOON)
                .until(() ->
                        begin(bus.bus().managementPort(), Dataset.READ, false).statusCode() == 202);
        await().atMost(SOON).until(() -> newest(bus.bus().managementPort())
                .path("state")
                .asText()
                .equals("done"));
        dataset.grow(100);
    }

    @AfterAll
    static void stop() {
        bus.close();
        dataset.close();
    }

    private int delivered;

    @BeforeEach
    void all_are_well() {
        delivered = (int) dataset.items().count();
        dataset.source().behaves(dataset::page);
        dataset.archive().behaves(StubPeer.fixed(201, "application/json", "{}"));
    }

    @AfterEach
    void nothing_is_under_way() {
        dataset.archive().behaves(StubPeer.fixed(201, "application/json", "{}"));
    }

    static HttpRequest.Builder operator(int port, String query) {
        String base = "http://127.0.0.1:" + port;
        return HttpRequest.newBuilder(URI.create(base + "/runs" + query))
                .timeout(Duration.ofSeconds(30))
                .header("Origin", base)
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(GuaranteedCity.OPERATOR.getBytes(StandardCharsets.UTF_8)));
    }

    static HttpResponse<String> begin(int port, String service, boolean whole) {
        return send(operator(port, "?service=" + service + "&whole=" + whole)
                .POST(BodyPublishers.noBody())
                .build());
    }

    static JsonNode runs(int port) {
        return TestBus.json(send(operator(port, "?service=" + Dataset.READ).build()));
    }

    /** The run that began last. */
    static JsonNode newest(int port) {
        return runs(port).path(0);
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return java.net.http.HttpClient.newHttpClient()
                    .send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Begins a run, and gives it back when it has ended. */
    private static JsonNode run(boolean whole) {
        int port = bus.bus().managementPort();
        int before = runs(port).size();
        assertThat(begin(port, Dataset.READ, whole).statusCode()).isEqualTo(202);
        await().atMost(SOON)
                .until(() -> runs(port).size() > before && newest(port).has("ended"));
        return newest(port);
    }

    private void arrive(int items) {
        await().atMost(SOON).untilAsserted(() -> assertThat(dataset.items().count() - delivered)
                .isEqualTo(items));
    }

    @Test
    void the_whole_dataset_arrives_then_what_came_since_then_nothing_and_on_request_all_of_it_again() {
        dataset.grow(250);
        JsonNode whole = run(true);

        assertThat(whole.path("state").asText()).isEqualTo("done");
        assertThat(whole.path("what").asText()).isEqualTo("whole");
        assertThat(whole.path("by").asText()).isEqualTo("operator:van-hanh");
        assertThat(whole.path("items").asInt())
                .isEqualTo(dataset.size())
                .isEqualTo(whole.path("total").asInt());
        assertThat(whole.path("watermark").asText()).isEqualTo(Integer.toString(dataset.size()));
        arrive(dataset.size());
        assertThat(bus.records().stream()
                        .filter(record -> whole.path("round").asText().equals(record.correlation()))
                        .count())
                .as(
                        "each exchange of the round is recorded under it: a reading of each page, a taking of each with items")
                .isEqualTo(2L * whole.path("pages").asInt() - 1);

        int before = dataset.size();
        dataset.grow(120);
        dataset.source().behaves(request -> dataset.answer(request, Dataset.after(request), 120));
        JsonNode part = run(false);
        assertThat(part.path("what").asText()).isEqualTo("part");
        assertThat(part.path("items").asInt()).isEqualTo(120);
        assertThat(part.path("state").asText()).isEqualTo("done");
        arrive(before + 120);

        dataset.source().behaves(request -> dataset.answer(request, Dataset.after(request), 0));
        JsonNode nothing = run(false);
        assertThat(nothing.path("items").asInt()).isZero();
        assertThat(nothing.path("watermark").asText()).isEqualTo(Integer.toString(dataset.size()));

        dataset.source().behaves(dataset::page);
        assertThat(run(true).path("items").asInt()).isEqualTo(dataset.size());
        arrive(before + 120 + dataset.size());
    }

    @Test
    void a_run_that_failed_is_gone_on_with_where_it_ended_and_the_count_is_that_of_both() {
        dataset.grow(250);
        dataset.source().behaves(request -> {
            if (Dataset.after(request) >= 200) {
                request.response().setStatusCode(500).end("broken");
            } else {
                dataset.page(request);
            }
        });
        JsonNode failed = run(true);
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("error").asText()).isEqualTo("provider-failed");
        assertThat(failed.path("items").asInt()).isEqualTo(200);
        assertThat(failed.path("watermark").asText()).isEqualTo("200");

        dataset.source().behaves(dataset::page);
        int asked = dataset.source().received().size();
        JsonNode rest = run(false);
        assertThat(rest.path("state").asText()).isEqualTo("done");
        assertThat(rest.path("round").asText()).isEqualTo(failed.path("round").asText());
        assertThat(rest.path("items").asInt()).isEqualTo(dataset.size() - 200);
        assertThat(dataset.source().received().get(asked).uri()).isEqualTo("/items?after=200");
        arrive(dataset.size());
    }

    @Test
    void a_source_that_fails_once_is_asked_again_in_the_same_run() {
        dataset.grow(50);
        AtomicInteger calls = new AtomicInteger();
        dataset.source().behaves(request -> {
            if (calls.getAndIncrement() == 0) {
                request.response().setStatusCode(503).end();
            } else {
                dataset.page(request);
            }
        });
        assertThat(run(true).path("state").asText()).isEqualTo("done");
        arrive(dataset.size());
    }

    static Stream<Arguments> misbehaving() {
        return Stream.of(
                Arguments.of("hangs", (Handler<HttpServerRequest>) request -> {}, "provider-timeout", 0),
                Arguments.of(
                        "gives the same page for ever",
                        (Handler<HttpServerRequest>) request -> dataset.answer(request, 0, 0),
                        "source-repeats",
                        1),
                Arguments.of(
                        "gives one page under ever new places",
                        answering(turn -> "{\"items\":[{\"so\":1}],\"next\":\"c%d\"}".formatted(turn)),
                        "source-repeats",
                        1),
                Arguments.of(
                        "leads in a circle, with other content each time",
                        answering(turn -> "{\"items\":[{\"so\":%d}],\"next\":\"c%d\"}".formatted(turn, turn % 3)),
                        "source-repeats",
                        3),
                Arguments.of(
                        "never ends",
                        answering(turn -> "{\"items\":[{\"so\":%d}],\"next\":\"c%d\"}".formatted(turn, turn)),
                        "source-endless",
                        15),
                Arguments.of(
                        "counts otherwise",
                        answering(turn -> turn == 0
                                ? "{\"items\":[{\"so\":1}],\"next\":\"c\",\"total\":7}"
                                : "{\"items\":[],\"next\":null,\"total\":7}"),
                        "source-count-differs",
                        2),
                Arguments.of("has no list", answering(turn -> "{\"items\":7}"), "provider-invalid", 0),
                Arguments.of("has no JSON", answering(turn -> "<html/>"), "provider-invalid", 0),
                Arguments.of(
                        "has a place of a million characters",
                        answering(turn -> "{\"items\":[{\"so\":1}],\"next\":\"" + "c".repeat(1_000_000) + "\"}"),
                        "provider-invalid",
                        0),
                Arguments.of(
                        "gives what the taker refuses",
                        answering(turn -> "{\"items\":[{\"khac\":1}],\"next\":\"c\"}"),
                        "message-invalid",
                        0));
    }

    private static Handler<HttpServerRequest> answering(java.util.function.IntFunction<String> text) {
        AtomicInteger turn = new AtomicInteger();
        return request -> request.response()
                .putHeader("Content-Type", "application/json")
                .end(text.apply(turn.getAndIncrement()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misbehaving")
    void a_source_that_misbehaves_ends_the_run_with_a_name_and_after_few_pages(
            String how, Handler<HttpServerRequest> source, String error, int pages) {
        dataset.source().behaves(source);
        int asked = dataset.source().begun();
        JsonNode run = run(true);
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("failed");
        assertThat(run.path("error").asText()).isEqualTo(error);
        assertThat(run.path("pages").asInt()).isEqualTo(pages);
        assertThat(dataset.source().begun() - asked).isLessThanOrEqualTo(pages + 2);
        await().atMost(SOON)
                .until(() ->
                        dataset.items().count() - delivered == run.path("items").asLong());
    }

    @Test
    void a_destination_that_is_down_holds_up_no_run_and_gets_every_item_once_it_is_back() {
        dataset.grow(150);
        dataset.archive()
                .behaves(request -> request.response().setStatusCode(503).end());
        JsonNode run = run(true);
        assertThat(run.path("state").asText()).isEqualTo("done");
        int tried = dataset.archive().received().size();
        dataset.archive().behaves(StubPeer.fixed(201, "application/json", "{}"));
        await().atMost(SOON)
                .until(() -> dataset.archive().received().stream()
                                .skip(tried)
                                .map(seen -> seen.headers().get("Idempotency-Key"))
                                .distinct()
                                .count()
                        >= run.path("pages").asInt() - 1);
        arrive(dataset.size());
    }

    @Test
    void what_a_watermark_says_is_in_no_log_and_in_no_record() {
        try (LogCapture log = LogCapture.everything()) {
            dataset.source()
                    .behaves(answering(turn -> turn == 0
                            ? "{\"items\":[{\"so\":1,\"ten\":\"Thửa kín\"}],\"next\":\"nguoi-001099000001\"}"
                            : "{\"items\":[],\"next\":null}"));
            JsonNode run = run(true);
            assertThat(run.path("watermark").asText()).isEqualTo("nguoi-001099000001");
            assertThat(log.text()).contains("schedule.ran").doesNotContain("001099000001", "Thửa kín");
            assertThat(bus.records().stream().map(Object::toString)).noneMatch(text -> text.contains("001099000001"));
        }
        dataset.source().behaves(dataset::page);
        run(true);
    }

    @Test
    void only_operators_see_runs_and_begin_them_and_only_of_services_with_a_schedule() {
        int port = bus.bus().managementPort();
        assertThat(send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/runs?service=" + Dataset.READ))
                                .build())
                        .statusCode())
                .isEqualTo(401);
        assertThat(begin(port, "dataset-keep/v1", false).statusCode()).isEqualTo(404);
        for (String wrong : List.of("", "?service=x", "?service=dataset-read/v1&limit=0", "?service=a/v1&limit=1000")) {
            assertThat(send(operator(port, wrong).build()).statusCode()).isEqualTo(400);
        }
        assertThat(TestBus.json(
                        send(operator(port, "?service=dataset-read/v1&limit=1").build())))
                .hasSizeLessThanOrEqualTo(1);
    }
}
