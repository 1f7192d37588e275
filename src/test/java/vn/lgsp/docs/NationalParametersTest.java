package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/** Who connects to a national platform reads of each parameter what it means, its default, and how sure it is. */
final class NationalParametersTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** A connector's parameter: what stands where none is written, and whether one must be. */
    private record Parameter(String name, String fallback, boolean required) {}

    /** Those that call any system, and those of the offices of the sample city. */
    private static final Pattern OTHERS =
            Pattern.compile("rest-call|soap-call|jms-send|jms-request|.*-birth|land-registry-.*|population-citizen");

    static Stream<String> connectors() {
        return Page.files(Path.of("connectors"))
                .map(file -> String.valueOf(file.getFileName()))
                .filter(file -> file.endsWith(".kamelet.yaml"))
                .map(file -> file.substring(0, file.indexOf('.')))
                .filter(connector -> !OTHERS.matcher(connector).matches());
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void each_parameter_of_a_connector_has_a_row_with_its_default_and_a_mark(String connector) {
        List<List<String>> rows = rows(connector);

        assertThat(parameters(connector)).isNotEmpty().allSatisfy(parameter -> {
            Optional<List<String>> row = rows.stream()
                    .filter(cells -> codes(cells.get(0)).contains(parameter.name()))
                    .findFirst();
            assertThat(row).as(parameter.name()).isPresent();
            List<String> cells = row.orElseThrow();
            String fallback = cells.get(cells.size() - 3);
            assertThat(cells.get(1)).as("meaning").isNotEmpty();
            assertThat(cells.get(cells.size() - 2)).as("mark").containsPattern("\\[[VIU]]");
            if (parameter.required()) {
                assertThat(fallback).isIn("", "needed", "name of the service with `Response`");
            } else if (parameter.fallback().isEmpty()) {
                assertThat(fallback).isNotEmpty();
            } else {
                assertThat(fallback.replace("`", "").split(", ")).contains(parameter.fallback());
            }
        });
    }

    @Test
    void no_row_has_a_parameter_that_there_is_not() {
        for (String connector :
                connectors().filter(name -> !name.startsWith("document-axis-")).toList()) {
            Set<String> named = rows(connector).stream()
                    .flatMap(row -> codes(row.get(0)).stream())
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(parameters(connector).stream().map(Parameter::name))
                    .as(connector)
                    .containsAll(named);
        }
    }

    /** Of the section of a connector those rows that are for it; without the cell that says for which they are. */
    private static List<List<String>> rows(String connector) {
        if (connector.startsWith("document-axis-")) {
            return Page.at("docs/reference/document-axis.md").rows();
        }
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        boolean table = false;
        boolean shared = false;
        for (String line : Page.at("docs/reference/connectors-national.md").lines()) {
            if (line.startsWith("## ")) {
                inside = codes(line).contains(connector);
            } else if (inside && line.startsWith("| parameter ")) {
                table = true;
                shared = line.startsWith("| parameter | of |");
            } else if (line.isEmpty()) {
                table = false;
            } else if (inside && table && line.startsWith("| `")) {
                List<String> cells = Stream.of(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .collect(Collectors.toCollection(ArrayList::new));
                String of = shared ? cells.remove(1) : "both";
                if (of.equals("both") || codes(of).contains(connector)) {
                    rows.add(cells);
                }
            }
        }
        return rows;
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static List<Parameter> parameters(String connector) {
        String file = "connectors/" + connector + ".kamelet.yaml";
        Value definition = SourceFile.value(file, SourceFile.text(file, Path.of(file)))
                .at("spec")
                .flatMap(spec -> spec.at("definition"))
                .orElseThrow();
        List<String> required = definition.at("required").stream()
                .flatMap(list -> list.items().stream())
                .map(Value::text)
                .toList();
        return definition.at("properties").orElseThrow().fields().entrySet().stream()
                .map(field -> new Parameter(
                        field.getKey(), field.getValue().value().textAt("default"), required.contains(field.getKey())))
                .toList();
    }
}
