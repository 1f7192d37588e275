package vn.lgsp.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Calls that begin at a fixed rate, one path after the other, whether earlier ones were answered or not. */
final class OpenLoop implements AutoCloseable {
    private static final int EACH_MILLIS = 5;

    /**
     * What came of the calls.
     *
     * @param failures every call without an answer, or with another status than 200
     * @param bodies how often each body came
     * @param micros of every answer, in ascending order
     */
    record Result(
            long sent,
            long answered,
            List<String> failures,
            Map<String, Long> bodies,
            List<Long> micros,
            Duration time) {
        double millis(double part) {
            return micros.get((int) Math.min(micros.size() - 1, Math.round(micros.size() * part))) / 1_000.0;
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;
    private final int port;
    private final List<String> paths;
    private final int rate;
    private final long begun = System.nanoTime();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> bodies = new ConcurrentHashMap<>();
    private long timer;

    private OpenLoop(int port, List<String> paths, int rate) {
        this.port = port;
        this.paths = List.copyOf(paths);
        this.rate = rate;
        client = vertx.createHttpClient(
                new HttpClientOptions().setMaxWaitQueueSize(-1), new PoolOptions().setHttp1MaxSize(256));
    }

    /** @param rate calls a second */
    static OpenLoop start(int port, List<String> paths, int rate) {
        OpenLoop loop = new OpenLoop(port, paths, rate);
        loop.timer = loop.vertx.setPeriodic(EACH_MILLIS, now -> loop.send());
        return loop;
    }

    /** Those that are due by now: when this machine was busy elsewhere, all that it missed. */
    private void send() {
        long due = (System.nanoTime() - begun) * rate / TimeUnit.SECONDS.toNanos(1);
        while (sent.get() < due) {
            call(paths.get((int) (sent.getAndIncrement() % paths.size())));
        }
    }

    private void call(String path) {
        long started = System.nanoTime();
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setURI(path)
                        .setTimeout(60_000)
                        .putHeader("X-Api-Key", TestBus.KEY))
                .compose(request ->
                        request.send().compose(answer -> answer.body().map(body -> answer.statusCode() + " " + body)))
                .onComplete(done -> {
                    String text = done.succeeded() ? done.result() : String.valueOf(done.cause());
                    if (text.startsWith("200 ")) {
                        bodies.merge(text.substring(4), 1L, Long::sum);
                    } else {
                        failures.add(path + ": " + text);
                    }
                    micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started));
                    answered.incrementAndGet();
                });
    }

    /** Waits until so many more calls were answered. */
    void awaitAnswers(long more) {
        long enough = answered.get() + more;
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> answered.get() >= enough);
    }

    /** The times of answers count from now on: what came before warmed the machine. */
    void countFromNow() {
        micros.clear();
    }

    /** Begins no more calls, and waits for those under way. */
    Result stop() {
        vertx.cancelTimer(timer);
        Duration time = Duration.ofNanos(System.nanoTime() - begun);
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> answered.get() == sent.get());
        List<Long> sorted = new ArrayList<>(micros);
        Collections.sort(sorted);
        return new Result(sent.get(), answered.get(), List.copyOf(failures), Map.copyOf(bodies), sorted, time);
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
