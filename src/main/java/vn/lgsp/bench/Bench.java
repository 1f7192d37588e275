package vn.lgsp.bench;

import static vn.lgsp.bench.BenchSettings.CONNECTIONS;
import static vn.lgsp.bench.BenchSettings.PROBE_CONNECTIONS;
import static vn.lgsp.bench.BenchSettings.SLOW_CONNECTIONS;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

/**
 * Measures the bus beside a bare Camel route and nginx, each in a process of its own, on loopback and on this machine.
 *
 * <p>Where {@code taskset} and a second CPU are there, the subjects share CPU 0, one measured at a time, and everything else has
 * CPU 1. The generator is a closed loop, so a latency is mostly the time in its queue. Rounds are interleaved and ratios are
 * taken within a round, because a machine has better and worse minutes.
 */
public final class Bench {
    // Started by name: nobody but the runtime knows the runtime.
    private static final String BENCH_BUS = "vn.lgsp.runtime.BenchBus";
    static final String BUS = "vn.lgsp.command.Lgsp";

    /** Until the slow provider's calls all wait, and how much longer they last than the probe. */
    private static final Duration RAMP = Duration.ofSeconds(2);

    /** A JVM that gains less than this from another round of warm-up is warm. */
    static final double STEADY = 1.1;

    /** Before so many answers it has not compiled what it will run, however steady it looks on a busy machine. */
    private static final double ENOUGH = 150_000;

    private static final Duration PROXY_WARM_UP = Duration.ofSeconds(2);

    private final BenchSettings settings;
    private final String key;
    private final Path libraries;
    private final PrintWriter out;

    /**
     * @param key an API key that may use all services of the sample city
     * @param libraries the folder with the libraries that only the bare Camel route needs
     * @param out where to say what happens and what came out
     */
    public Bench(BenchSettings settings, String key, Path libraries, PrintWriter out) {
        this.settings = settings;
        this.key = key;
        this.libraries = libraries;
        this.out = out;
    }

    /**
     * Runs for some minutes.
     *
     * @return the report, as Markdown
     * @throws IllegalStateException when a subject does not start or answers wrongly; no process is left behind
     */
    public String run() {
        Path folder;
        try {
            folder = Files.createTempDirectory("lgsp-bench");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        boolean pinned = Machine.has("taskset") && Runtime.getRuntime().availableProcessors() > 1;
        try (Children children = new Children(folder, pinned)) {
            Jvm jvm = new Jvm(libraries);
            Generator generator =
                    Machine.has("wrk") ? new WrkGenerator(children, folder) : new OwnGenerator(children, jvm, folder);
            Report report = new Report(settings, generator.name(), pinned, Machine.syncsPerSecond(folder));
            say(report.method());
            List<Subject> subjects = Set.of(Scenario.GUARANTEED, Scenario.SERVICES, Scenario.XSLT)
                            .containsAll(settings.scenarios())
                    ? List.of()
                    : subjects(children, jvm, folder);
            for (Scenario scenario : Scenario.values()) {
                if (settings.scenarios().contains(scenario)) {
                    say(
                            switch (scenario) {
                                case PASS_THROUGH ->
                                    report.rates(
                                            scenario,
                                            measure(generator, subjects, load(Subject.ARCHIVE + BackEnd.DOCUMENT)));
                                case LOOKUP ->
                                    report.rates(scenario, measure(generator, subjects, load(Subject.LOOKUP)));
                                case SLOW -> report.slow(measureSlow(generator, subjects));
                                case GUARANTEED ->
                                    new GuaranteedBench(settings, key, libraries, this::say)
                                            .measure(children, jvm, folder, report);
                                case XSLT ->
                                    new XsltBench(settings, key, this::say)
                                            .measure(children, jvm, folder, generator, report);
                                case SERVICES ->
                                    new ServicesBench(settings, key, this::say)
                                            .measure(children, jvm, folder, generator, report);
                            });
                }
            }
            return report.toString();
        } finally {
            delete(folder);
        }
    }

    private List<Subject> subjects(Children children, Jvm jvm, Path folder) {
        int slow = freePort();
        int provider = slow;
        children.start(
                "slow-provider",
                Children.Cpu.REST,
                jvm.command(BackEnd.class.getName(), List.of(), List.of(Integer.toString(slow))),
                () -> Subject.answers(slow));
        Nginx nginx = new Nginx(folder);
        if (Machine.has("nginx")) {
            int port = freePort();
            children.start("provider", Children.Cpu.REST, nginx.backEnd(port, slow), () -> Subject.answers(port));
            provider = port;
        }
        List<Subject> subjects = new ArrayList<>();
        for (Contestant contestant : Contestant.values()) {
            if (settings.contestants().contains(contestant) && contestant.isIn(Scenario.PASS_THROUGH)) {
                int port = freePort();
                Optional<String> missing = missing(contestant);
                if (missing.isPresent()) {
                    say(contestant.label() + " is left out: " + missing.get() + "\n");
                } else {
                    subjects.add(
                            start(children, contestant, command(contestant, jvm, nginx, folder, port, provider), port));
                }
            }
        }
        return subjects;
    }

    private Optional<String> missing(Contestant contestant) {
        return switch (contestant) {
            case NGINX_ACL -> Machine.has("nginx") ? Optional.empty() : Optional.of("nginx is not installed");
            case BARE_CAMEL ->
                Files.isDirectory(libraries) ? Optional.empty() : Optional.of("its libraries are not in " + libraries);
            case BUS, BUS_WITHOUT_RECORD, ARTEMIS_PERF, BARE_CAMEL_JMS -> Optional.empty();
        };
    }

    private List<String> command(Contestant contestant, Jvm jvm, Nginx nginx, Path folder, int port, int provider) {
        return switch (contestant) {
            case NGINX_ACL -> nginx.proxy(port, provider, key);
            case BARE_CAMEL ->
                jvm.command(
                        BareCamel.class.getName(),
                        List.of(),
                        List.of(Integer.toString(port), Integer.toString(provider)));
            case BUS_WITHOUT_RECORD ->
                jvm.command(BENCH_BUS, bus(folder.resolve("bus-off"), port, provider), List.of("run"));
            case BUS -> jvm.command(BUS, bus(folder.resolve("bus-on"), port, provider), List.of("run"));
            case ARTEMIS_PERF, BARE_CAMEL_JMS -> throw new IllegalArgumentException(contestant + " answers no lookup");
        };
    }

    private static List<String> bus(Path data, int port, int provider) {
        return List.of(
                "-Dlgsp.data-port=" + port,
                "-Dlgsp.management-port=" + freePort(),
                "-Dlgsp.broker.port=0",
                "-Dlgsp.data-folder=" + data,
                "-Dlgsp.guarantee.key-ring=" + data.resolveSibling(data.getFileName() + "-keys"),
                "-Dlgsp.city.enabled=false",
                "-Dlgsp.city.archive-port=" + provider,
                "-Dlgsp.city.population-port=" + provider);
    }

    private Subject start(Children children, Contestant contestant, List<String> command, int port) {
        say("Starting " + contestant.label() + " ...\n");
        Process process = children.start(
                contestant.name().toLowerCase(java.util.Locale.ROOT),
                Children.Cpu.SUBJECT,
                command,
                () -> Subject.answers(port));
        Subject subject = new Subject(contestant, port, process.toHandle());
        Map<String, String> headers = headers();
        subject.check(Subject.ARCHIVE + BackEnd.DOCUMENT, headers, Optional.empty(), BackEnd.json());
        subject.check(Subject.LOOKUP, headers, Optional.empty(), BackEnd.CITIZEN);
        return subject;
    }

    private Map<String, String> headers() {
        return Map.of("X-Api-Key", key);
    }

    private Load load(String path) {
        return new Load(path, headers(), Optional.empty(), CONNECTIONS, settings.run());
    }

    /** Loads each subject until it has seen enough and does not get faster, at most four times as long as was asked for. */
    private void warmUp(Generator generator, List<Subject> subjects, Load load) {
        if (settings.warmUp().isZero()) {
            return;
        }
        for (Subject subject : subjects) {
            boolean proxy = subject.contestant() == Contestant.NGINX_ACL;
            Load slice = load.with(load.connections(), proxy ? PROXY_WARM_UP : settings.warmUp());
            double best = 0;
            double answers = 0;
            for (int i = 0; i < (proxy ? 1 : 4); i++) {
                double rate = generator.load("warm-up", subject.port(), slice).rate();
                answers += rate * slice.run().toSeconds();
                if (answers > ENOUGH && rate < STEADY * best) {
                    break;
                }
                best = Math.max(best, rate);
            }
            subject.rest();
        }
    }

    private Map<Subject, Figures> measure(Generator generator, List<Subject> subjects, Load load) {
        warmUp(generator, subjects, load);
        Map<Subject, Figures> all = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds(); round++) {
            for (Subject subject : subjects) {
                Duration before = subject.cpu();
                Sample sample = generator.load("measurement", subject.port(), load);
                told(round, subject, sample);
                // What the subject has put off, such as the rows behind the journal, is part of the price.
                subject.rest();
                double micros = subject.cpu().minus(before).toNanos() / 1e3;
                double answers = sample.rate() * load.run().toMillis() / 1e3;
                all.computeIfAbsent(subject, first -> new Figures()).add(sample, answers == 0 ? 0 : micros / answers);
            }
        }
        return all;
    }

    private Map<Subject, Report.Slow> measureSlow(Generator generator, List<Subject> subjects) {
        Load probe = load(Subject.LOOKUP).with(PROBE_CONNECTIONS, settings.run());
        Load slow = load(Subject.ARCHIVE + BackEnd.SLOW_DOCUMENT)
                .with(SLOW_CONNECTIONS, settings.run().plus(RAMP).plus(RAMP));
        warmUp(generator, subjects, load(Subject.ARCHIVE + BackEnd.DOCUMENT));
        warmUp(generator, subjects, load(Subject.LOOKUP));
        Map<Subject, Report.Slow> all = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds(); round++) {
            for (Subject subject : subjects) {
                Sample alone = generator.load("probe-alone", subject.port(), probe);
                CompletableFuture<Sample> waiting =
                        CompletableFuture.supplyAsync(() -> generator.load("slow", subject.port(), slow));
                Children.pause(RAMP.toMillis());
                Sample beside = generator.load("probe-beside", subject.port(), probe);
                all.computeIfAbsent(subject, first -> new Report.Slow()).add(alone, waiting.join(), beside);
                told(round, subject, beside);
                subject.rest();
            }
        }
        return all;
    }

    private void told(int round, Subject subject, Sample sample) {
        say("  round %d, %s: %s/s\n".formatted(round + 1, subject.contestant().label(), Figures.count(sample.rate())));
    }

    private void say(String text) {
        out.print(text);
        out.flush();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
