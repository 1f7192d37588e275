package vn.lgsp.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.bench.Sources.Names;

/** Guaranteed delivery is only timed where it was right: the load's two ends, around subjects that are good and bad at it. */
class DrainedTest {
    private static final Duration RUN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LITTLE_PATIENCE = Duration.ofSeconds(2);
    private static final int CLIENTS = 4;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = vertx.createHttpClient();
    private final Tally tally = new Tally();
    private final Names names = DurableLoad.names();
    private final AtomicLong seen = new AtomicLong();
    private final HttpServer destination;

    DrainedTest() throws Exception {
        destination = serve(request -> DurableLoad.take(request, tally));
    }

    @AfterEach
    void end() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void what_is_acknowledged_and_delivered_is_counted_once_however_often_it_comes() throws Exception {
        Drained drained = measure((id, number) -> {
            for (int i = 0; i < (number % 3 == 0 ? 3 : 1); i++) {
                deliver(id, id);
            }
            return 200;
        });

        assertThat(drained.messages()).isEqualTo(seen.get()).isEqualTo(tally.distinct());
        // The last repeats may still be under way when everything has arrived.
        assertThat(drained.repeats()).isBetween(2 * (seen.get() / 3) - 2 * CLIENTS, 2 * (seen.get() / 3));
        assertThat(drained.acknowledged().errors()).isZero();
        assertThat(drained.acknowledged().p99())
                .isGreaterThanOrEqualTo(drained.acknowledged().p50())
                .isPositive();
        assertThat(drained.delivered())
                .isPositive()
                .isLessThanOrEqualTo(drained.acknowledged().rate() * 1.01);
    }

    @Test
    void a_delivery_that_comes_late_belongs_to_the_time_that_was_measured() throws Exception {
        long late = 700;

        Drained drained = measure((id, number) -> {
            vertx.setTimer(number == 1 ? RUN.toMillis() + late : 1, now -> deliver(id, id));
            return 200;
        });

        double whole = drained.messages() / drained.delivered();
        assertThat(whole).isGreaterThan((RUN.toMillis() + late) / 1e3);
        assertThat(drained.messages() / drained.acknowledged().rate()).isLessThan(whole);
    }

    @Test
    void one_lost_message_ends_the_measurement_without_a_figure() {
        assertThatThrownBy(() -> measure(LITTLE_PATIENCE, (id, number) -> {
                    if (number != 7) {
                        deliver(id, id);
                    }
                    return 200;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("1 of \\d+ acknowledged messages were lost: nothing arrived for 2 s");
    }

    @Test
    void a_repeat_does_not_make_up_for_a_lost_message() {
        assertThatThrownBy(() -> measure(LITTLE_PATIENCE, (id, number) -> {
                    if (number != 7) {
                        deliver(id, id);
                        deliver(id, id);
                    }
                    return 200;
                }))
                .hasMessageContaining("1 of");
    }

    @Test
    void a_message_under_two_delivery_ids_ends_the_measurement_without_a_figure() {
        assertThatThrownBy(() -> measure((id, number) -> {
                    if (number == 7) {
                        deliver(id, "another");
                    }
                    deliver(id, id);
                    return 200;
                }))
                .hasMessageContaining("two delivery ids");
    }

    @Test
    void what_was_refused_is_an_error_and_need_not_arrive() throws Exception {
        Drained drained = measure((id, number) -> {
            if (number % 4 == 0) {
                return 503;
            }
            deliver(id, id);
            return 200;
        });

        assertThat(drained.acknowledged().errors()).isEqualTo(seen.get() / 4);
        assertThat(drained.messages()).isEqualTo(seen.get() - seen.get() / 4);
    }

    @Test
    void where_nothing_is_acknowledged_there_is_no_figure() {
        assertThatThrownBy(() -> measure((id, number) -> 503)).hasMessage("no message was acknowledged");
    }

    @Test
    void the_line_of_the_load_becomes_the_measurement_again() {
        Drained drained = new Drained(new Sample(1234.5, 1.25, 9.5, 3), 2469, 1000.25, 7);

        assertThat(Drained.from(drained.line() + "\n")).isEqualTo(drained);
        assertThatThrownBy(() -> Drained.from("no")).hasMessageContaining("no result");
    }

    @Test
    void the_rebuilt_perf_gets_every_message_that_its_producers_saw_stored(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        EmbeddedActiveMQ broker = PerfBroker.start(port, folder);
        try (PerfSources sources = new PerfSources(port, tally)) {
            Drained drained = Drained.measure(sources, tally, CLIENTS, RUN, names, PATIENCE);

            assertThat(drained.messages()).isPositive().isEqualTo(tally.distinct());
            assertThat(drained.acknowledged().errors()).isZero();
            assertThat(drained.repeats()).isZero();
        } finally {
            broker.stop();
        }
    }

    @Test
    void a_notice_holds_a_record_of_exactly_1_KiB_with_its_id() {
        assertThat(Notice.record("a-1").getBytes(StandardCharsets.UTF_8)).hasSize(1024);
        assertThat(Notice.id(Notice.envelope("a-1"))).contains("a-1");
        assertThat(Notice.id("<other/>")).isEmpty();
    }

    /** What the subject does with its message {@code number}, counted from 1; its answer's status. */
    private interface Behaviour {
        int take(String id, long number);
    }

    private Drained measure(Behaviour behaviour) throws Exception {
        return measure(PATIENCE, behaviour);
    }

    private Drained measure(Duration patience, Behaviour behaviour) throws Exception {
        HttpServer subject = serve(request -> request.body().onSuccess(body -> {
            String id = Notice.id(body.toString()).orElseThrow();
            request.response()
                    .setStatusCode(behaviour.take(id, seen.incrementAndGet()))
                    .end();
        }));
        try (SoapSources sources = new SoapSources(vertx, subject.actualPort(), BenchHome.PATH, "k")) {
            return Drained.measure(sources, tally, CLIENTS, RUN, names, patience);
        }
    }

    private void deliver(String id, String delivery) {
        Future<Integer> delivered = http.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(destination.actualPort())
                        .setURI(DurableLoad.RECORDS)
                        .putHeader("Idempotency-Key", delivery))
                .compose(call -> call.send(Buffer.buffer(Notice.record(id))))
                .map(answer -> answer.statusCode());
        delivered.onFailure(broken -> {
            throw new IllegalStateException(broken);
        });
    }

    private HttpServer serve(io.vertx.core.Handler<io.vertx.core.http.HttpServerRequest> handler) throws Exception {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }
}
