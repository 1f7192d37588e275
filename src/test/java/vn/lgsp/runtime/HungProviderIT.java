package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/**
 * One provider hangs under 500 calls, half of them passing through and half of them mapped: nobody else notices, no thread is
 * held, and each of the 500 ends (design section 4, the bulkhead).
 *
 * <p>The test allows for a machine that is busy with other things. {@link #main} measures longer, for a quiet one, where p99 may
 * rise by 20 % at most.
 */
final class HungProviderIT {
    private static final int HUNG = 500;
    private static final String LAND = "/api/land-parcel-lookup/v1/parcels/02/0012-345";

    /** What hangs is given up after the first; a round of the others is over after the second, however slow the machine is. */
    private static final Duration HANGS_FOR = Duration.ofSeconds(12);

    private static final Duration ROUND = Duration.ofSeconds(4);

    /**
     * What the rounds showed, in microseconds.
     *
     * @param quiet p99 of each round without the hung calls
     * @param hung p99 of each round with them
     * @param threads how many more threads there were with them, at most
     */
    private record Figures(List<Long> quiet, List<Long> hung, int threads) {
        long quietMedian() {
            return median(quiet);
        }

        long hungMedian() {
            return median(hung);
        }

        private static long median(List<Long> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p99 of another service: %d us alone, %d us beside %d hung calls (%+.1f %%), %+d threads; rounds %s and %s",
                    quietMedian(),
                    hungMedian(),
                    HUNG,
                    100.0 * (hungMedian() - quietMedian()) / quietMedian(),
                    threads,
                    quiet,
                    hung);
        }
    }

    @Test
    void a_hung_provider_with_500_calls_slows_nobody_holds_no_thread_and_every_call_ends(@TempDir Path folder) {
        Figures figures = measure(folder, 1, 1_500);

        System.out.println(figures);
        assertThat(figures.hungMedian()).isLessThan(figures.quietMedian() * 2 + 2_000);
        assertThat(figures.threads()).isLessThan(10);
    }

    /** The quiet measurement: {@code java … vn.lgsp.runtime.HungProviderIT [rounds [calls a round]]}. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 11;
        int calls = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        System.out.println(measure(Files.createTempDirectory("hung-provider"), rounds, calls));
        System.exit(0);
    }

    private static Figures measure(Path folder, int rounds, int calls) {
        try (StubPeer archive = StubPeer.answering(200, "application/json", "{\"ok\":true}");
                StubPeer hung = StubPeer.answering(request -> {});
                TestBus bus = TestBus.in(folder)
                        .system("archive", archive.port())
                        .system("land-registry-east", archive.port())
                        // one that is suspended would hold no calls
                        .system(
                                "land-registry-west",
                                hung.port(),
                                "answerTimeout: " + HANGS_FOR.toSeconds() + "s",
                                "breaker: { of: 0 }")
                        .passThrough("relay", "archive")
                        .passThrough("stuck", "land-registry-west")
                        .service("land", "land-parcel-lookup")
                        .grant("relay")
                        .grant("stuck")
                        .grant("land-parcel-lookup")
                        .start();
                Wire probe = Wire.to(bus.port())) {
            p99(probe, calls * 3);
            hang(bus, () -> p99(probe, calls)); // warm on both sides
            List<Long> quiet = new ArrayList<>();
            List<Long> beside = new ArrayList<>();
            int threads = 0;
            for (int round = 0; round < rounds; round++) {
                int before = ManagementFactory.getThreadMXBean().getThreadCount();
                quiet.add(p99(probe, calls));
                int[] with = new int[1];
                hang(bus, () -> {
                    beside.add(p99(probe, calls));
                    with[0] = ManagementFactory.getThreadMXBean().getThreadCount();
                });
                threads = Math.max(threads, with[0] - before);
            }
            return new Figures(quiet, beside, threads);
        }
    }

    /** Does something while 500 calls wait, then sees each of them end. */
    private static void hang(TestBus bus, Runnable meanwhile) {
        List<Wire> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < HUNG; i++) {
                waiting.add(Wire.to(bus.port()).send(request(i % 2 == 0 ? LAND : "/api/stuck/v1/x")));
            }
            await().atMost(HANGS_FOR.minus(ROUND)).until(() -> bus.waiting("land-registry-west") == HUNG);
            meanwhile.run();
            assertThat(bus.waiting("land-registry-west"))
                    .as("calls that still waited when the measurement was over")
                    .isEqualTo(HUNG);
            for (Wire wire : waiting) {
                Wire.Answer answer = wire.answer();
                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.json().path("code").asText()).isEqualTo("provider-timeout");
                ExchangeRecord record = bus.bus()
                        .records()
                        .find(ExchangeId.of(answer.header("X-LGSP-Exchange")))
                        .orElseThrow();
                assertThat(record.outcome()).contains(Outcome.FAILED);
                assertThat(record.error()).contains("provider-timeout");
                assertThat(record.failedAt()).contains("deliver");
            }
            assertThat(bus.waiting("land-registry-west")).isZero();
        } finally {
            waiting.forEach(Wire::close);
        }
    }

    /** In microseconds; of this many calls, or of those that fit into {@link #ROUND}. */
    private static long p99(Wire wire, int calls) {
        long[] taken = new long[calls];
        byte[] request = request("/api/relay/v1/x").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        long began = System.nanoTime();
        int done = 0;
        while (done < calls && System.nanoTime() - began < ROUND.toNanos()) {
            long start = System.nanoTime();
            int status = wire.send(request).answer().status();
            taken[done++] = System.nanoTime() - start;
            if (status != 200) {
                throw new AssertionError("the other service answered " + status);
            }
        }
        Arrays.sort(taken, 0, done);
        return taken[done * 99 / 100] / 1_000;
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY + "\r\n\r\n";
    }
}
