package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.docs.Page;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Value;
import vn.lgsp.unit.Expansion;
import vn.lgsp.unit.Unit;

/** The page that says which sample shows what says the truth: every pair of protocols, every pattern (BUS-06). */
final class SamplesPageTest {
    private static final Map<String, String> ENDPOINTS =
            Map.of("REST", "lgsp-http:", "SOAP", "lgsp-soap:", "JMS", "lgsp-jms:");
    private static final List<String> PATTERNS = List.of(
            "content-based router",
            "splitter",
            "aggregator that names missing parts",
            "scatter-gather with a time-out",
            "enricher with a fallback",
            "recipient list of the card",
            "recipient list by content",
            "process over three agencies, which goes on after a restart",
            "service called by a service");

    private static final Map<String, Unit> UNITS =
            Unit.all(Path.of("")).stream().collect(Collectors.toMap(Unit::base, unit -> unit));
    private static final List<List<String>> ROWS =
            Page.at("docs/reference/samples.md").rows().stream().toList();

    /** A row of the first table. */
    record Pair(String from, String to, boolean delivered, String service, SystemId system, String scenario) {}

    /** A row of the second table. */
    record Pattern(String name, List<String> words, String service, String scenario) {}

    static List<Pair> pairs() {
        return ROWS.stream()
                .filter(row -> ENDPOINTS.containsKey(row.get(0)))
                .map(row -> new Pair(
                        row.get(0),
                        row.get(1),
                        row.get(2).equals("delivered"),
                        plain(row.get(3)),
                        new SystemId(plain(row.get(4))),
                        plain(row.get(5))))
                .toList();
    }

    static List<Pattern> patterns() {
        return ROWS.stream()
                .filter(row -> !ENDPOINTS.containsKey(row.get(0)))
                .map(row -> new Pattern(
                        row.get(0),
                        Stream.of(row.get(1).split(", "))
                                .map(SamplesPageTest::plain)
                                .toList(),
                        plain(row.get(2)),
                        plain(row.get(3))))
                .toList();
    }

    private static String plain(String cell) {
        assertThat(cell).startsWith("`").endsWith("`");
        return cell.substring(1, cell.length() - 1);
    }

    @Test
    void each_of_the_nine_pairs_is_there_answered_and_delivered() {
        List<String> all = new ArrayList<>();
        for (String from : ENDPOINTS.keySet()) {
            for (String to : ENDPOINTS.keySet()) {
                all.add(from + " " + to + " answered");
                all.add(from + " " + to + " delivered");
            }
        }

        assertThat(pairs().stream()
                        .map(pair -> pair.from() + " " + pair.to() + (pair.delivered() ? " delivered" : " answered")))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void each_pattern_is_there() {
        assertThat(patterns().stream().map(Pattern::name)).containsAll(PATTERNS).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_service_has_the_door_of_its_row_and_calls_the_system_in_the_way_of_its_row(Pair pair) {
        Unit unit = unit(pair.service());

        assertThat(unit.card().operations())
                .anyMatch(operation -> door(operation).equals(pair.from()));
        assertThat(unit.card().guarantee().isPresent()).isEqualTo(pair.delivered());
        Path route = pair.delivered() ? unit.routeFile(pair.system()) : unit.routeFile();
        assertThat(called(Expansion.of(unit, unit.name(route)).root()))
                .anyMatch(uri -> uri.matches(ENDPOINTS.get(pair.to()) + pair.system() + "([/?].*)?"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_scenario_comes_in_by_the_door_of_its_row_and_ends_well_at_the_system_of_its_row(Pair pair) {
        Scenario scenario = scenario(pair.service(), pair.scenario());

        String door = scenario.when().soap().isPresent()
                ? "SOAP"
                : scenario.when().jms().isPresent() ? "JMS" : "REST";
        assertThat(door).isEqualTo(pair.from());
        assertThat(scenario.then().answer().flatMap(Scenario.Answer::status).map(Scenario.Line::text))
                .hasValueSatisfying(status -> assertThat(status).startsWith("2"));
        assertThat(scenario.then().peers()).hasEntrySatisfying(pair.system(), calls -> assertThat(calls.calls())
                .isNotEmpty());
        if (pair.delivered()) {
            assertThat(scenario.then().deliveries()).hasEntrySatisfying(pair.system(), delivery -> assertThat(
                            delivery.state().text())
                    .isEqualTo("delivered"));
        }
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_pattern_is_written_in_its_service_with_the_words_of_its_row_and_has_its_scenario(Pattern pattern)
            throws Exception {
        Unit unit = unit(pattern.service());
        StringBuilder written =
                new StringBuilder(Files.readString(unit.routeFile().resolveSibling(unit.base() + ".card.yaml")));
        unit.routes()
                .forEach(file -> written.append(Expansion.of(unit, file).text().yaml()));

        assertThat(pattern.words()).allSatisfy(word -> assertThat(written).contains(word));
        assertThat(scenario(pattern.service(), pattern.scenario()).title()).isNotBlank();
    }

    private static Unit unit(String service) {
        return Objects.requireNonNull(UNITS.get(service), service);
    }

    private static Scenario scenario(String service, String name) {
        return ScenarioFile.all(unit(service)).scenarios().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(service + " has no scenario " + name));
    }

    private static String door(Operation operation) {
        return operation.isRest() ? "REST" : operation.soap().isPresent() ? "SOAP" : "JMS";
    }

    /** Everything that stands behind {@code to} or {@code uri}. */
    private static Stream<String> called(Value value) {
        Stream<String> here = value.fields().entrySet().stream()
                .filter(field -> List.of("to", "uri").contains(field.getKey()))
                .map(field -> field.getValue().value().text());
        Stream<Value> inside = Stream.concat(
                value.items().stream(), value.fields().values().stream().map(Value.Field::value));
        return Stream.concat(here, inside.flatMap(SamplesPageTest::called));
    }
}
