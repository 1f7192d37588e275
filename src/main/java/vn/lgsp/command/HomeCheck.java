package vn.lgsp.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.UnitCheck;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.SystemId;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.scenario.SampleCheck;
import vn.lgsp.scenario.ScenarioFile;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/**
 * The check of a home without a bus: the same that the bus makes before it deploys, over all files, with every finding of every file.
 *
 * @param services how many were looked at
 * @param files how many files they have
 * @param findings in order
 */
record HomeCheck(int services, int files, List<Finding> findings) {

    /**
     * Checks the services whose files are meant.
     *
     * @param meant whether a file, by its name below the home, belongs to what is asked for; a service is checked whole
     */
    static HomeCheck of(BusSettings settings, Configuration configuration, Predicate<String> meant, Progress progress) {
        Path home = settings.home();
        Unit.Found found = Unit.find(home);
        List<Finding> findings = new ArrayList<>();
        List<List<Finding>> refused = found.refused().entrySet().stream()
                .filter(card -> meant.test(card.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        refused.forEach(findings::addAll);
        List<Unit> units = found.units().stream()
                .filter(unit -> unit.files().keySet().stream().anyMatch(meant))
                .toList();
        Map<SystemId, InformationSystem> systems = new LinkedHashMap<>();
        try {
            Registry registry = RegistryDocument.readWithoutSecrets(settings, configuration);
            registry.systems().forEach(system -> systems.put(system.id(), system));
            findings.addAll(contradictions(registry));
        } catch (Refused wrong) {
            findings.addAll(wrong.findings());
            return new HomeCheck(units.size() + refused.size(), files(units) + refused.size(), findings);
        }
        progress.at("checking " + units.size() + " of " + found.units().size() + " services");
        RouteRules rules =
                new RouteRules(id -> Optional.ofNullable(systems.get(id)), () -> List.copyOf(systems.values()));
        SampleCheck samples = new SampleCheck();
        AtomicInteger number = new AtomicInteger();
        UnitCheck check = new UnitCheck(
                home,
                unit -> {
                    progress.at(
                            "checking " + unit.card().key() + ", " + number.incrementAndGet() + " of " + units.size());
                    return rules.check(unit);
                },
                samples::check);
        check.check(units).values().forEach(findings::addAll);
        // Of two that contradict each other, only one may have been asked for.
        RouteRules.checkSet(found.units()).stream()
                .filter(finding -> units.stream().anyMatch(unit -> unit.files().containsKey(finding.file())))
                .forEach(findings::add);
        RouteRules.checkStrays(home).stream()
                .filter(finding -> meant.test(finding.file()))
                .forEach(findings::add);
        units.forEach(unit -> findings.addAll(ScenarioFile.all(unit).findings()));
        return new HomeCheck(units.size() + refused.size(), files(units) + refused.size(), findings);
    }

    private static List<Finding> contradictions(Registry registry) {
        try {
            new Snapshot(registry, List.of());
            return List.of();
        } catch (Refused refused) {
            return refused.findings();
        }
    }

    private static int files(List<Unit> units) {
        return (int) units.stream()
                .flatMap(unit -> unit.files().keySet().stream())
                .distinct()
                .count();
    }
}
