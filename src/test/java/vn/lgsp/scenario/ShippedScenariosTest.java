package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import vn.lgsp.command.TrialBus;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.unit.Unit;

/** Every scenario of every service that is shipped, on the real bus. */
class ShippedScenariosTest {
    private static final Path HOME = Path.of("");

    @TestFactory
    Stream<DynamicTest> every_scenario_holds() {
        Configuration configuration = Configuration.of(Map.of());
        ScenarioRun run = new ScenarioRun(
                HOME,
                RegistryDocument.readWithoutSecrets(BusSettings.from(configuration), configuration),
                TrialBus::start);
        List<Scenario> scenarios = Unit.all(HOME).stream()
                .flatMap(unit -> ScenarioFile.all(unit).scenarios().stream())
                .toList();
        return run.run(scenarios, result -> {}).stream()
                .map(result -> DynamicTest.dynamicTest(
                        result.scenario().unit().base() + ": "
                                + result.scenario().title(),
                        () -> assertThat(result.findings()).isEmpty()));
    }

    @Test
    void every_service_has_scenarios_and_none_is_misspelt() {
        for (Unit unit : Unit.all(HOME)) {
            ScenarioFile.Found found = ScenarioFile.all(unit);
            assertThat(found.findings()).isEmpty();
            assertThat(found.scenarios())
                    .as(unit.base())
                    .extracting(Scenario::name)
                    .contains("grant-missing")
                    .hasSizeGreaterThan(5);
        }
    }
}
