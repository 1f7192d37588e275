package vn.lgsp.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.failure.Finding;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.scenario.SampleCheck;
import vn.lgsp.scenario.SampleResult;
import vn.lgsp.scenario.Scenario;
import vn.lgsp.scenario.ScenarioFile;
import vn.lgsp.scenario.ScenarioResult;
import vn.lgsp.scenario.ScenarioRun;
import vn.lgsp.source.Nearest;
import vn.lgsp.unit.Unit;

/** {@code lgsp test}: the samples and scenarios of services, on the real engine with stub peers. */
@Command(
        name = "test",
        description = {
            "Runs the samples and the scenarios of a service, or of all: on a bus of its own in this process, with free ports, a"
                    + " temporary folder and stubs in the place of every system. A running bus does not notice.",
            "",
            "Ends with 0 when everything is as written, with 1 when something is not."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp test                                             everything",
            "  ./lgsp test land-parcel-lookup                          one service",
            "  ./lgsp test land-parcel-lookup --scenario parcel-unknown",
            "  ./lgsp test --json > results.json",
            "",
            "docs/reference/scenarios.md has the form of scenarios, transforms/README.md that of samples."
        })
public final class TestCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "such as land-parcel-lookup, or land-parcel-lookup/v2; otherwise all services")
    private @Nullable String service;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "only this scenario, and no sample; may be given several times")
    private List<String> names = new ArrayList<>();

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Mixin
    private Language language = new Language();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        // What a bus logs is no result; who looks for a reason asks for it.
        if (System.getenv("LGSP_LOG") == null && System.getProperty("lgsp.log") == null) {
            System.setProperty("lgsp.log", "OFF");
        }
        long begun = System.nanoTime();
        Configuration configuration = home.configuration();
        BusSettings settings = BusSettings.from(configuration);
        Registry registry = RegistryDocument.readWithoutSecrets(settings, configuration);
        Unit.Found found = Unit.find(settings.home());
        List<Unit> units = service == null ? found.units() : ServiceChoice.among(found.units(), service);
        List<Finding> unreadable = new ArrayList<>();
        if (service == null) {
            found.refused().values().forEach(unreadable::addAll);
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (Unit unit : units) {
            ScenarioFile.Found written = ScenarioFile.all(unit);
            unreadable.addAll(written.findings());
            scenarios.addAll(written.scenarios());
        }
        Map<Unit, Tried> tried = new LinkedHashMap<>();
        units.forEach(unit -> tried.put(unit, Tried.nothing()));
        if (!names.isEmpty()) {
            choose(scenarios);
        }
        try (Progress progress = output.progress("the bus starts")) {
            // Beside each other: the bus takes as long to start as the mappings take to compile.
            CompletableFuture<Map<Unit, List<SampleResult>>> samples =
                    CompletableFuture.supplyAsync(() -> names.isEmpty() ? samples(units) : Map.of());
            new ScenarioRun(settings.home(), registry, TrialBus::start).run(scenarios, result -> {
                tried.computeIfAbsent(result.scenario().unit(), unit -> Tried.nothing())
                        .scenarios()
                        .add(result);
                progress.at(result.scenario().unit().base() + ", scenario "
                        + tried.values().stream()
                                .mapToInt(each -> each.scenarios().size())
                                .sum()
                        + " of " + scenarios.size());
            });
            samples.join().forEach((unit, results) -> tried.computeIfAbsent(unit, one -> Tried.nothing())
                    .samples()
                    .addAll(results));
        }
        Summary summary = Summary.of(tried, unreadable, Duration.ofNanos(System.nanoTime() - begun));
        if (output.isJson()) {
            output.json(json(tried, unreadable, summary));
        } else {
            say(tried, unreadable, summary);
        }
        return summary.failed() == 0 ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static Map<Unit, List<SampleResult>> samples(List<Unit> units) {
        SampleCheck check = new SampleCheck();
        Map<Unit, List<SampleResult>> results = new LinkedHashMap<>();
        units.forEach(unit -> results.put(unit, check.run(unit)));
        return results;
    }

    /** What was tried of one service. */
    private record Tried(List<SampleResult> samples, List<ScenarioResult> scenarios) {
        static Tried nothing() {
            return new Tried(new ArrayList<>(), new ArrayList<>());
        }
    }

    private record Summary(int passed, int failed, Duration took) {
        static Summary of(Map<Unit, Tried> tried, List<Finding> unreadable, Duration took) {
            List<List<Finding>> all = new ArrayList<>();
            tried.values().forEach(each -> {
                each.samples().forEach(sample -> all.add(sample.findings()));
                each.scenarios().forEach(scenario -> all.add(scenario.findings()));
            });
            int passed = (int) all.stream().filter(List::isEmpty).count();
            int files = (int) unreadable.stream().map(Finding::file).distinct().count();
            return new Summary(passed, all.size() - passed + files, took);
        }
    }

    private void choose(List<Scenario> scenarios) {
        List<String> known = scenarios.stream().map(Scenario::name).distinct().toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no scenario " + name + ": "
                        + Nearest.of(name, known)
                                .map(near -> "did you mean " + near + "?")
                                .orElse(known.isEmpty() ? "there are none" : "there are " + String.join(", ", known)));
            }
        }
        scenarios.removeIf(scenario -> !names.contains(scenario.name()));
    }

    private void say(Map<Unit, Tried> tried, List<Finding> unreadable, Summary summary) {
        Findings.say(output, language.locale(), unreadable);
        tried.forEach((unit, results) -> {
            output.say(output.strong(unit.card().key().toString()));
            List<SampleResult> wrong = results.samples().stream()
                    .filter(sample -> !sample.findings().isEmpty())
                    .toList();
            if (!results.samples().isEmpty()) {
                int right = results.samples().size() - wrong.size();
                output.say("  %s %d of %d samples"
                        .formatted(
                                mark(wrong.isEmpty()), right, results.samples().size()));
            }
            wrong.forEach(sample -> {
                output.say("  %s sample %s".formatted(mark(false), sample.name()));
                sample.findings().forEach(this::say);
            });
            results.scenarios().forEach(scenario -> {
                output.say("  %s %s  %s %s"
                        .formatted(
                                mark(scenario.findings().isEmpty()),
                                scenario.scenario().name(),
                                output.faint(scenario.scenario().title()),
                                output.faint(seconds(scenario.took()))));
                scenario.findings().forEach(this::say);
            });
            if (results.samples().isEmpty() && results.scenarios().isEmpty()) {
                output.say("    " + output.faint("no samples and no scenarios"));
            }
        });
        int all = summary.passed() + summary.failed();
        output.say("");
        output.say(
                summary.failed() == 0
                        ? output.good(all == 0 ? "Nothing to test" : "All %d passed".formatted(all)) + " "
                                + seconds(summary.took())
                        : output.bad("%d of %d failed".formatted(summary.failed(), all)) + " "
                                + seconds(summary.took()));
    }

    private void say(Finding finding) {
        String place = finding.file() + (finding.line() > 0 ? ":" + finding.line() : "");
        output.say("      " + output.bad(finding.wrong(language.locale())));
        output.say("        " + output.strong(place) + "  " + finding.remedy(language.locale()));
    }

    private String mark(boolean good) {
        return good ? output.good("✓") : output.bad("✗");
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "(%.2f s)", took.toMillis() / 1_000.0);
    }

    private Map<String, Object> json(Map<Unit, Tried> tried, List<Finding> unreadable, Summary summary) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("passed", summary.passed());
        document.put("failed", summary.failed());
        document.put("millis", summary.took().toMillis());
        document.put("findings", Findings.json(language.locale(), unreadable));
        List<Map<String, Object>> services = new ArrayList<>();
        tried.forEach((unit, results) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("service", unit.card().key().toString());
            entry.put(
                    "samples",
                    results.samples().stream()
                            .map(sample -> {
                                Map<String, Object> one = new LinkedHashMap<>();
                                one.put("mapping", sample.mapping());
                                one.put("name", sample.name());
                                one.put("passed", sample.findings().isEmpty());
                                one.put("millis", sample.took().toMillis());
                                one.put("findings", Findings.json(language.locale(), sample.findings()));
                                return one;
                            })
                            .toList());
            entry.put(
                    "scenarios",
                    results.scenarios().stream()
                            .map(scenario -> {
                                Map<String, Object> one = new LinkedHashMap<>();
                                one.put("name", scenario.scenario().name());
                                one.put("title", scenario.scenario().title());
                                one.put("file", scenario.scenario().file());
                                one.put("passed", scenario.findings().isEmpty());
                                one.put("millis", scenario.took().toMillis());
                                one.put("findings", Findings.json(language.locale(), scenario.findings()));
                                return one;
                            })
                            .toList());
            services.add(entry);
        });
        document.put("services", services);
        return document;
    }
}
