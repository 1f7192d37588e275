package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.lgsp.docs.Page;

/** People set what a page tells them: it has every setting, its default and its range, as the bus sees them. */
final class ConfigurationPageTest {
    private static final Pattern VALUE = Pattern.compile("`?([0-9]+)(ms|s|m|h|B|KB|MB|GB)?`?");
    private static final Pattern RANGE = Pattern.compile("([0-9]+[a-zA-Z]*) to ([0-9]+[a-zA-Z]*).*");

    @Test
    void it_has_a_row_for_each_setting_that_the_bus_asks_for_and_no_other() {
        Configuration configuration = Configuration.of(Map.of());
        BusSettings.from(configuration);

        assertThat(settings().map(ConfigurationPageTest::name))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(configuration.asked());
    }

    @Test
    void it_has_a_row_for_each_setting_that_the_registry_asks_for_of_a_system() {
        Configuration configuration = Configuration.of(Map.of(
                "lgsp.deliver.address.population",
                "https://population.example.vn",
                "lgsp.deliver.addresses.population",
                "203.0.113.7"));
        RegistryDocument.readWithoutSecrets(BusSettings.from(configuration), configuration);

        assertThat(Page.at("docs/reference/configuration.md").rows().stream()
                        .map(ConfigurationPageTest::name)
                        .filter(name -> name.contains("{system}"))
                        .map(name -> name.replace("{system}", "population")))
                .containsExactlyInAnyOrderElementsOf(configuration.asked().stream()
                        .filter(name -> name.endsWith(".population"))
                        .toList());
    }

    @Test
    void its_defaults_are_those_of_the_bus() {
        BusSettings untouched = with(Map.of());
        List<List<String>> rows = settings()
                .filter(row ->
                        VALUE.matcher(row.get(4)).matches() || row.get(4).matches("`(true|127\\.0\\.0\\.1|lgsp)`"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> assertThat(
                        with(Map.of(name(row), row.get(4).replace("`", ""))))
                .isEqualTo(untouched));
    }

    @Test
    void its_ranges_are_those_of_the_bus() {
        List<List<String>> rows =
                settings().filter(row -> RANGE.matcher(row.get(3)).matches()).toList();

        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> {
            MatchResult range = match(RANGE, row.get(3));
            for (int end = 1; end <= 2; end++) {
                MatchResult value = match(VALUE, range.group(end));
                String unit = value.group(2) == null ? "" : value.group(2);
                assertThatCode(() -> with(Map.of(name(row), value.group(1) + unit)))
                        .doesNotThrowAnyException();
                String outside = outside(Long.parseLong(value.group(1)), unit, end == 2);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> with(Map.of(name(row), outside)))
                        .withMessageContaining(name(row));
            }
        });
    }

    /** The next value beyond one end of a range; below nothing there is only what cannot be written. */
    private static String outside(long end, String unit, boolean above) {
        return switch (unit) {
            case "KB", "MB", "GB" -> (end << power(unit)) + (above ? 1 : -1) + "B";
            case "s", "m", "h" ->
                end * ("h".equals(unit) ? 3_600_000 : "m".equals(unit) ? 60_000 : 1_000) + (above ? 1 : -1) + "ms";
            default -> end + (above ? 1 : -1) + unit;
        };
    }

    private static int power(String unit) {
        return "KB".equals(unit) ? 10 : "MB".equals(unit) ? 20 : 30;
    }

    @Test
    void the_sample_city_and_its_hub_do_not_run_beside_doors_that_others_reach() {
        assertThat(with(Map.of()).city().enabled()).isTrue();
        assertThat(with(Map.of("lgsp.host", "0.0.0.0", "lgsp.city.enabled", "true"))
                        .city()
                        .enabled())
                .isFalse();
    }

    private static Stream<List<String>> settings() {
        return Page.at("docs/reference/configuration.md").rows().stream()
                .filter(row -> row.get(0).startsWith("`lgsp.") && !row.get(0).contains("{system}"));
    }

    private static String name(List<String> row) {
        return row.get(0).replace("`", "");
    }

    private static BusSettings with(Map<String, String> given) {
        return BusSettings.from(Configuration.of(given));
    }

    private static MatchResult match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.matches()).as(text).isTrue();
        return matcher.toMatchResult();
    }
}
