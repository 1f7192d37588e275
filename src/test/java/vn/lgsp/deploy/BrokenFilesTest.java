package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.scenario.SampleCheck;
import vn.lgsp.scenario.ScenarioFile;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/**
 * Every mistake that an integrator can make, one in each folder of {@code src/test/resources/broken}: the files of that folder
 * stand over those of the good home, and {@code expected.yaml} says what he is told, and where (BUS-12).
 */
final class BrokenFilesTest {
    private static final Path CORPUS = Path.of("src/test/resources/broken");
    private static final Path GOOD = CORPUS.resolve("good");

    /** What no file shows by itself; the tests of the runs, of samples without end and of live deployment meet these. */
    private static final Set<Rule> ONLY_WHEN_SOMETHING_RUNS = EnumSet.of(
            Rule.DEPLOY_FAILED,
            Rule.REGISTRY_SYSTEM_IN_USE,
            Rule.REGISTRY_UNUSABLE,
            Rule.REVISION_LOST,
            Rule.SAMPLE_MAPPING_UNUSABLE,
            Rule.SAMPLE_NOT_RUN,
            Rule.SAMPLE_TOO_LONG,
            Rule.SAMPLE_TOO_MUCH,
            Rule.SERVICE_FILES_GONE,
            Rule.SCENARIO_CALLS,
            Rule.SCENARIO_DIFFERS,
            Rule.SCENARIO_NOT_DEPLOYED,
            Rule.SCENARIO_NOT_GIVEN,
            Rule.SCENARIO_NO_ANSWER);

    @TempDir
    private Path home;

    /**
     * One mistake.
     *
     * @param folder with the broken files
     * @param also rules that the same mistake breaks as well
     */
    record Mistake(
            Path folder,
            String file,
            int line,
            String rule,
            List<String> english,
            List<String> vietnamese,
            List<String> without,
            List<String> also) {
        @Override
        public String toString() {
            return CORPUS.relativize(folder).toString().replace('-', ' ');
        }
    }

    static Stream<Mistake> mistakes() throws IOException {
        try (Stream<Path> files = Files.walk(CORPUS)) {
            return files
                    .filter(file -> file.endsWith("expected.yaml"))
                    .sorted()
                    .map(BrokenFilesTest::mistake)
                    .toList()
                    .stream();
        }
    }

    private static Mistake mistake(Path file) {
        Value expected = SourceFile.value(file.toString(), SourceFile.text(file.toString(), file));
        return new Mistake(
                file.resolveSibling(""),
                expected.textAt("file"),
                Integer.parseInt(expected.textAt("line")),
                expected.textAt("rule"),
                texts(expected, "en"),
                texts(expected, "vi"),
                texts(expected, "without"),
                texts(expected, "also"));
    }

    private static List<String> texts(Value expected, String name) {
        return expected.at(name).stream()
                .flatMap(list -> list.items().stream())
                .map(Value::text)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_place_and_its_remedy_in_both_languages(Mistake mistake) throws IOException {
        copy(GOOD, home);
        for (String file : mistake.without()) {
            Files.delete(home.resolve(file));
        }
        copy(mistake.folder(), home);

        List<Finding> found = check();

        List<String> rules = new ArrayList<>(mistake.also());
        rules.add(mistake.rule());
        assertThat(found)
                .as("what is told")
                .extracting(finding -> finding.rule().id())
                .containsExactlyInAnyOrderElementsOf(rules);
        Finding told = found.stream()
                .filter(finding -> finding.rule().id().equals(mistake.rule()))
                .findFirst()
                .orElseThrow();
        assertThat(told.file() + ":" + told.line()).isEqualTo(mistake.file() + ":" + mistake.line());
        String english = told.wrong(Locale.ENGLISH) + ": " + told.remedy(Locale.ENGLISH);
        String vietnamese = told.wrong(Finding.VIETNAMESE) + ": " + told.remedy(Finding.VIETNAMESE);
        assertThat(english).contains(mistake.english());
        assertThat(vietnamese).contains(mistake.vietnamese());
        String written = written(mistake);
        for (String text : List.of(english, vietnamese)) {
            assertThat(text).doesNotContain("vn.lgsp", home.toString(), "\n", "{0}", "@word");
            assertThat(text).doesNotContainPattern("\\b[A-Z]\\w*(Exception|Error)\\b");
            // a class is named only where the integrator named it
            assertThat(Stream.of("java.", "org.").filter(name -> !written.contains(name)))
                    .allSatisfy(name -> assertThat(text).doesNotContain(name));
        }
    }

    @Test
    void the_good_home_is_good() throws IOException {
        copy(GOOD, home);

        assertThat(check()).isEmpty();
    }

    @Test
    void the_corpus_holds_at_least_150_mistakes_and_one_at_least_against_every_rule() throws IOException {
        List<Mistake> all = mistakes().toList();

        assertThat(all).hasSizeGreaterThanOrEqualTo(150);
        assertThat(all).allSatisfy(mistake -> {
            assertThat(mistake.english()).isNotEmpty();
            assertThat(mistake.vietnamese()).isNotEmpty();
        });
        Set<Rule> unmet = EnumSet.allOf(Rule.class);
        all.forEach(mistake -> unmet.removeIf(rule -> rule.id().equals(mistake.rule())));
        unmet.removeIf(rule -> rule.id().startsWith("edoc-")); // packets have a corpus of their own, BrokenPacketsTest
        assertThat(unmet).isEqualTo(ONLY_WHEN_SOMETHING_RUNS);
    }

    /** What the deployer checks, and what {@code lgsp test} reads before it runs anything. */
    private List<Finding> check() {
        Registry registry;
        try {
            registry = new RegistryFile(
                            name -> Optional.empty(),
                            name -> Optional.ofNullable(Map.of("ARCHIVE_SECRET", "known", "EMPTY_SECRET", " ")
                                    .get(name)))
                    .read("registry.yaml", home.resolve("registry.yaml"));
        } catch (Refused refused) {
            return refused.findings();
        }
        Unit.Found units = Unit.find(home);
        RouteRules rules = new RouteRules(registry::systems);
        List<Finding> found = new ArrayList<>();
        units.refused().values().forEach(found::addAll);
        new UnitCheck(home, rules::check, new SampleCheck()::check)
                .check(units.units())
                .values()
                .forEach(found::addAll);
        units.units().forEach(unit -> found.addAll(ScenarioFile.all(unit).findings()));
        found.addAll(RouteRules.checkStrays(home));
        return found.stream().distinct().toList();
    }

    private static String written(Mistake mistake) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(mistake.folder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("expected.yaml")) {
                    all.append(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                }
            }
        }
        return all.toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.resolveSibling(""));
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
