package vn.lgsp.bench;

import static vn.lgsp.bench.Figures.NO_ANSWER;
import static vn.lgsp.bench.Figures.count;

import java.util.Map;
import java.util.Optional;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

/** What came out, section by section. */
final class Report {
    private final String method;
    private final StringBuilder sections = new StringBuilder();

    Report(BenchSettings settings, String generator, boolean pinned, long syncs) {
        method = """
                %s. %s. Generator: %s; %d connections, %d rounds of %d s after at least %d s of warm-up (nginx 2 s), interleaved; \
                medians, with the lowest and highest round. The disk syncs %s entries of 300 bytes a second, one by one.

                """.formatted(
                        Machine.description(),
                        pinned
                                ? "What is measured runs on CPU 0, generator and providers on CPU 1"
                                : "Nothing is pinned to a CPU: read the ratios, not the rates",
                        generator,
                        BenchSettings.CONNECTIONS,
                        settings.rounds(),
                        settings.run().toSeconds(),
                        settings.warmUp().toSeconds(),
                        count(syncs));
    }

    String method() {
        return method;
    }

    String rates(Scenario scenario, Map<Subject, Figures> all) {
        Table table = new Table("", "answers/s", "range", "of nginx-acl", "p50 ms", "p99 ms", "CPU µs", "errors");
        Optional<Figures> yardstick = of(Contestant.NGINX_ACL, all);
        all.forEach((subject, figures) -> table.row(
                subject.contestant().label(),
                count(figures.median(Sample::rate)),
                figures.range(Sample::rate),
                yardstick
                        .flatMap(base -> figures.ratioTo(base, Sample::rate))
                        .map(Figures::millis)
                        .orElse("-"),
                figures.latency(Sample::p50),
                figures.latency(Sample::p99),
                figures.cpu(),
                count(figures.errors())));
        return section(
                scenario == Scenario.PASS_THROUGH
                        ? "1 KiB of JSON, passed through"
                        : "REST lookup, answered from a SOAP service (nginx-acl only hands the SOAP answer on)",
                table);
    }

    String slow(Map<Subject, Slow> all) {
        Table table = new Table(
                "",
                "slow answers/s",
                "slow p99 ms",
                "probe p50 alone",
                "beside",
                "probe p99 alone",
                "beside",
                "ratio",
                "errors");
        all.forEach((subject, slow) -> table.row(
                subject.contestant().label(),
                count(slow.waiting.median(Sample::rate)),
                slow.waiting.latency(Sample::p99),
                slow.alone.latency(Sample::p50),
                slow.beside.latency(Sample::p50),
                slow.alone.latency(Sample::p99),
                slow.beside.latency(Sample::p99),
                slow.beside.median(Sample::rate) == 0
                        ? NO_ANSWER
                        : slow.beside
                                .ratioTo(slow.alone, Sample::p99)
                                .map(Figures::millis)
                                .orElse("-"),
                count(slow.waiting.errors() + slow.beside.errors() + slow.alone.errors())));
        return section(
                "%d connections to a provider that takes a second, and a probe of %d connections on the lookup"
                        .formatted(BenchSettings.SLOW_CONNECTIONS, BenchSettings.PROBE_CONNECTIONS),
                table);
    }

    private String section(String title, Table table) {
        String section = "### " + title + "\n\n" + table + "\n";
        sections.append(section);
        return section;
    }

    private static <T> Optional<T> of(Contestant contestant, Map<Subject, T> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().contestant() == contestant)
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public String toString() {
        return method + sections;
    }

    /** The slow provider, and the probe without and with it. */
    static final class Slow {
        private final Figures alone = new Figures();
        private final Figures waiting = new Figures();
        private final Figures beside = new Figures();

        void add(Sample probeAlone, Sample slow, Sample probeBeside) {
            alone.add(probeAlone, 0);
            waiting.add(slow, 0);
            beside.add(probeBeside, 0);
        }
    }
}
