package vn.lgsp.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

/** Guaranteed delivery: durable accept to delivered, by 1, 16 and 64 clients. */
final class GuaranteedBench {
    private final BenchSettings settings;
    private final String key;
    private final Path libraries;
    private final Consumer<String> say;

    /** @param key the API key of the source's account */
    GuaranteedBench(BenchSettings settings, String key, Path libraries, Consumer<String> say) {
        this.settings = settings;
        this.key = key;
        this.libraries = libraries;
        this.say = say;
    }

    /** @param load the port of the process that has its sources and its destination */
    private record Loaded(Subject subject, int load) {}

    /** @return the section of the report */
    String measure(Children children, Jvm jvm, Path folder, Report report) {
        List<Loaded> all = new ArrayList<>();
        for (Contestant contestant : Contestant.values()) {
            if (settings.contestants().contains(contestant) && contestant.isIn(Scenario.GUARANTEED)) {
                if (contestant == Contestant.BARE_CAMEL_JMS && !Files.isDirectory(libraries)) {
                    say.accept(contestant.label() + " is left out: its libraries are not in " + libraries + "\n");
                } else {
                    all.add(start(children, jvm, folder, contestant));
                }
            }
        }
        all.forEach(this::warmUp);
        Map<Integer, Map<Subject, Report.Durable>> figures = new LinkedHashMap<>();
        for (int clients : BenchSettings.CLIENTS) {
            Map<Subject, Report.Durable> measured = new LinkedHashMap<>();
            figures.put(clients, measured);
            for (int round = 0; round < settings.rounds(); round++) {
                for (Loaded one : all) {
                    once(
                            folder,
                            one,
                            clients,
                            round,
                            measured.computeIfAbsent(one.subject(), first -> new Report.Durable()));
                }
            }
        }
        return report.guaranteed(figures);
    }

    private Loaded start(Children children, Jvm jvm, Path folder, Contestant contestant) {
        say.accept("Starting " + contestant.label() + " ...\n");
        String name = contestant.name().toLowerCase(Locale.ROOT);
        int port = Bench.freePort();
        int load = Bench.freePort();
        Path data = folder.resolve("guaranteed-" + name);
        List<String> command =
                switch (contestant) {
                    case ARTEMIS_PERF ->
                        jvm.command(
                                PerfBroker.class.getName(),
                                List.of(),
                                List.of(Integer.toString(port), data.toString()));
                    case BARE_CAMEL_JMS ->
                        jvm.command(
                                BareCamelJms.class.getName(),
                                List.of(),
                                List.of(
                                        Integer.toString(port),
                                        Integer.toString(load),
                                        Integer.toString(Bench.freePort()),
                                        data.toString()));
                    case BUS -> jvm.command(Bench.BUS, bus(BenchHome.make(data, key, load), port), List.of("run"));
                    case NGINX_ACL, BARE_CAMEL, BUS_WITHOUT_RECORD ->
                        throw new IllegalArgumentException(contestant + " guarantees nothing");
                };
        Process process = children.start("guaranteed-" + name, Children.Cpu.SUBJECT, command, () -> isOpen(port));
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(load)));
        arguments.addAll(
                contestant == Contestant.ARTEMIS_PERF
                        ? List.of(DurableLoad.Kind.PERF.name(), Integer.toString(port))
                        : List.of(DurableLoad.Kind.SOAP.name(), Integer.toString(port), BenchHome.PATH, key));
        children.start(
                "load-" + name,
                Children.Cpu.REST,
                jvm.command(DurableLoad.class.getName(), List.of(), arguments),
                () -> Subject.answers(load));
        return new Loaded(new Subject(contestant, port, process.toHandle()), load);
    }

    private List<String> bus(Path home, int port) {
        List<String> options = new ArrayList<>(List.of(
                "-Dlgsp.home=" + home,
                "-Dlgsp.catalogue.registry=" + BenchHome.registry(home),
                "-Dlgsp.data-folder=" + home.resolve("data"),
                "-Dlgsp.data-port=" + port,
                "-Dlgsp.management-port=" + Bench.freePort(),
                "-Dlgsp.broker.port=0",
                "-Dlgsp.city.enabled=false"));
        settings.databaseUrl().ifPresent(url -> options.add("-Dlgsp.database.url=" + url));
        return options;
    }

    /** As many clients as there will be at most, until it does not get faster; and always so much that a wrong subject is seen. */
    private void warmUp(Loaded one) {
        double best = 0;
        Duration slice = settings.warmUp().isZero() ? Duration.ofSeconds(1) : settings.warmUp();
        int most = BenchSettings.CLIENTS.get(BenchSettings.CLIENTS.size() - 1);
        for (int i = 0; i < (settings.warmUp().isZero() ? 1 : 4); i++) {
            double rate = load(one, most, slice).delivered();
            if (rate < Bench.STEADY * best) {
                break;
            }
            best = rate;
        }
        // One client alone takes paths that many never take, and its compiler's work would be counted as the subject's.
        load(one, 1, slice);
        one.subject().rest();
    }

    private void once(Path folder, Loaded one, int clients, int round, Report.Durable figures) {
        long diskSyncs = Machine.syncsPerSecond(folder);
        OptionalLong flushesBefore = Machine.flushes(folder);
        Duration before = one.subject().cpu();
        Drained drained = load(one, clients, settings.run());
        OptionalLong flushesAfter = Machine.flushes(folder);
        // What the subject has put off, such as the rows behind the journal, is part of the price.
        one.subject().rest();
        double micros = one.subject().cpu().minus(before).toNanos() / 1e3 / drained.messages();
        figures.add(
                drained,
                micros,
                diskSyncs,
                flushesBefore.isPresent() && flushesAfter.isPresent()
                        ? OptionalDouble.of(
                                (double) (flushesAfter.getAsLong() - flushesBefore.getAsLong()) / drained.messages())
                        : OptionalDouble.empty());
        say.accept("  round %d, %d clients, %s: %s/s accepted, %s/s delivered; the disk syncs %s/s\n"
                .formatted(
                        round + 1,
                        clients,
                        one.subject().contestant().label(),
                        Figures.count(drained.acknowledged().rate()),
                        Figures.count(drained.delivered()),
                        Figures.count(diskSyncs)));
    }

    private static Drained load(Loaded one, int clients, Duration run) {
        try {
            return DurableLoad.measure(one.load(), clients, run);
        } catch (IllegalStateException noFigure) {
            throw new IllegalStateException(
                    one.subject().contestant().label() + " with " + clients + " clients: " + noFigure.getMessage(),
                    noFigure);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
