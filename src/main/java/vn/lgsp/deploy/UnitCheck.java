package vn.lgsp.deploy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.unit.Expansion;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/**
 * Everything that is asked of a unit before it may be deployed: the rules over its files, a build of its routes far from the running
 * bus, and its samples through its mappings. The deployer, {@code lgsp validate} and {@code lgsp new} ask the same.
 *
 * <p>It reads the files of the home, and changes and calls nothing.
 *
 * @see "BUS-12"
 */
public final class UnitCheck {
    private static final Logger LOG = LoggerFactory.getLogger(UnitCheck.class);
    private static final Comparator<Finding> BY_PLACE =
            Comparator.comparing(Finding::file).thenComparingInt(Finding::line);

    private final Path home;
    private final Function<Unit, List<Finding>> rules;
    private final Function<Unit, List<Finding>> samples;

    /**
     * @param home of the units
     * @param rules over the files of one unit
     * @param samples runs the samples of a unit whose mappings all compile
     */
    public UnitCheck(Path home, Function<Unit, List<Finding>> rules, Function<Unit, List<Finding>> samples) {
        this.home = home;
        this.rules = rules;
        this.samples = samples;
    }

    /** What is wrong with this unit, in the order of files and lines; empty when it may be deployed. */
    public List<Finding> check(Unit unit) {
        try (Workbench bench = new Workbench(home)) {
            return check(unit, bench);
        }
    }

    /** What is wrong with each of these units by itself, and what all as one set show; each of them has an entry. */
    public Map<Unit, List<Finding>> check(List<Unit> units) {
        Map<Unit, List<Finding>> wrong = new LinkedHashMap<>();
        // A workbench is for one thread, and takes as long to make as some units to check.
        int benches = Math.min(Runtime.getRuntime().availableProcessors(), 1 + units.size() / 20);
        IntStream.range(0, benches)
                .parallel()
                .mapToObj(bench ->
                        part(units.subList(bench * units.size() / benches, (bench + 1) * units.size() / benches)))
                .toList()
                .forEach(wrong::putAll);
        List<Finding> together = RouteRules.checkSet(units);
        wrong.replaceAll((unit, own) -> {
            List<Finding> all = new ArrayList<>(own);
            together.stream()
                    .filter(finding -> unit.files().containsKey(finding.file()))
                    .forEach(all::add);
            return sorted(all);
        });
        return wrong;
    }

    private Map<Unit, List<Finding>> part(List<Unit> units) {
        Map<Unit, List<Finding>> wrong = new LinkedHashMap<>();
        try (Workbench bench = new Workbench(home)) {
            units.forEach(unit -> wrong.put(unit, ownCheck(unit, bench)));
        }
        return wrong;
    }

    /** One on which the check itself fails is refused, and keeps no other from being checked. */
    private List<Finding> ownCheck(Unit unit, Workbench bench) {
        try {
            return check(unit, bench);
        } catch (UncheckedIOException unreadable) {
            throw unreadable; // a file went away meanwhile: the next look will tell
        } catch (Refused refused) {
            return sorted(refused.findings());
        } catch (RuntimeException | StackOverflowError failed) {
            LOG.atError()
                    .addKeyValue("event", "check.failed")
                    .addKeyValue("service", unit.card().key())
                    .setCause(failed)
                    .log("its files are refused");
            return List.of(Finding.of(
                    Rule.BUILD_FAILED,
                    unit.name(unit.routeFile()),
                    0,
                    "the check did not come to its end on its files"));
        }
    }

    private List<Finding> check(Unit unit, Workbench bench) {
        List<Finding> wrong = new ArrayList<>(rules.apply(unit));
        Set<String> broken = wrong.stream().map(Finding::file).collect(Collectors.toSet());
        boolean shared = broken.stream()
                .anyMatch(file -> file.startsWith(Expansion.CONNECTORS) || file.startsWith(Expansion.TEMPLATES));
        for (String route : unit.routes()) {
            // a route that breaks a rule, or is made of one that does, would be refused once more, in Camel's words
            if (!shared && !broken.contains(route)) {
                wrong.addAll(bench.build(unit, route));
            }
        }
        if (wrong.isEmpty()) {
            wrong.addAll(samples.apply(unit));
        }
        return sorted(wrong);
    }

    private static List<Finding> sorted(List<Finding> findings) {
        return findings.stream().distinct().sorted(BY_PLACE).toList();
    }
}
