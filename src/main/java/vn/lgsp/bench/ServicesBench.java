package vn.lgsp.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vn.lgsp.bench.BenchSettings.Contestant;

/**
 * Many services in one bus: how long it starts, what memory it takes, and whether a call takes longer than among few.
 *
 * <p>The first start finds files that nobody has checked yet: it builds each service apart, runs its samples, and copies it. Later
 * starts bring back what was in force.
 */
final class ServicesBench {
    /** The bus that the one with many is held against. */
    static final int FEW = 20;

    private static final Duration LONGEST_START = Duration.ofMinutes(15);
    /** Calls go through so many services, spread over all of them. */
    private static final int CALLED = 4;

    private static final String HEAP = "-Xmx1400m";

    private final BenchSettings settings;
    private final String key;
    private final Consumer<String> say;

    /** @param key the API key of the source's account */
    ServicesBench(BenchSettings settings, String key, Consumer<String> say) {
        this.settings = settings;
        this.key = key;
        this.say = say;
    }

    /**
     * A bus that runs.
     *
     * @param first how long it took to start with files that were new to it
     * @param again how long with files that it had checked before
     */
    private record Running(Subject subject, ServicesHome home, Duration first, Duration again) {}

    /** @return the section of the report */
    String measure(Children children, Jvm jvm, Path folder, Generator generator, Report report) {
        int provider = Bench.freePort();
        children.start(
                "services-provider",
                Children.Cpu.REST,
                jvm.command(BackEnd.class.getName(), List.of(), List.of(Integer.toString(provider))),
                () -> Subject.answers(provider));
        List<Running> all = new ArrayList<>();
        for (int services : List.of(FEW, settings.services())) {
            all.add(start(children, jvm, folder.resolve("services-" + services), services, provider));
        }
        Map<String, String> headers = Map.of("X-Api-Key", key);
        List<Report.Many> figures = new ArrayList<>();
        for (Running one : all) {
            one.home().spread(CALLED).forEach(path -> {
                one.subject().check(path, headers, Optional.empty(), "");
                if (!settings.warmUp().isZero()) {
                    generator.load("warm-up", one.subject().port(), load(path, headers, settings.warmUp()));
                }
            });
            one.subject().rest();
            figures.add(new Report.Many(one.home().services(), one.first(), one.again()));
        }
        for (int round = 0; round < settings.rounds(); round++) {
            for (int i = 0; i < all.size(); i++) {
                Subject subject = all.get(i).subject();
                for (String path : all.get(i).home().spread(CALLED)) {
                    Sample sample = generator.load("services", subject.port(), load(path, headers, settings.run()));
                    figures.get(i).add(sample);
                    say.accept("  round %d, %,d services: %s answers/s, p50 %s ms, p99 %s ms\n"
                            .formatted(
                                    round + 1,
                                    all.get(i).home().services(),
                                    Figures.count(sample.rate()),
                                    Figures.millis(sample.p50()),
                                    Figures.millis(sample.p99())));
                }
            }
        }
        for (int i = 0; i < all.size(); i++) {
            figures.get(i).holds(Machine.memory(all.get(i).subject().process()));
        }
        return report.services(figures);
    }

    private Load load(String path, Map<String, String> headers, Duration run) {
        return new Load(path, headers, Optional.empty(), BenchSettings.CONNECTIONS, run);
    }

    private Running start(Children children, Jvm jvm, Path folder, int services, int provider) {
        say.accept("Making a home with %,d services ...\n".formatted(services));
        ServicesHome home = ServicesHome.make(Path.of(""), folder.resolve("home"), services, key, provider);
        int port = Bench.freePort();
        List<String> command = jvm.command(Bench.BUS, options(home, folder, port), List.of("run"));
        Duration first = start(children, services, command, port, true).time();
        Started again = start(children, services, command, port, false);
        return new Running(new Subject(Contestant.BUS, port, again.process()), home, first, again.time());
    }

    private record Started(ProcessHandle process, Duration time) {}

    private Started start(Children children, int services, List<String> command, int port, boolean end) {
        long begun = System.nanoTime();
        Process process = children.start(
                "services-%d%s".formatted(services, end ? "-first" : ""),
                Children.Cpu.ANY,
                command,
                () -> Subject.answers(port),
                LONGEST_START);
        Duration time = Duration.ofNanos(System.nanoTime() - begun);
        say.accept("  %,d services: %s start in %.1f s, with %s\n"
                .formatted(
                        services, end ? "first" : "next", time.toMillis() / 1e3, Machine.memory(process.toHandle())));
        if (end) {
            process.destroy();
            try {
                if (!process.waitFor(1, TimeUnit.MINUTES)) {
                    throw new IllegalStateException("the bus with %,d services does not stop".formatted(services));
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the bench was interrupted", stopped);
            }
        }
        return new Started(process.toHandle(), time);
    }

    private static List<String> options(ServicesHome home, Path folder, int port) {
        return List.of(
                HEAP,
                "-Dlgsp.home=" + home.folder(),
                "-Dlgsp.catalogue.registry=file:" + home.registry(),
                "-Dlgsp.data-folder=" + folder.resolve("data"),
                "-Dlgsp.data-port=" + port,
                "-Dlgsp.management-port=" + Bench.freePort(),
                "-Dlgsp.broker.port=0",
                "-Dlgsp.city.enabled=false");
    }
}
