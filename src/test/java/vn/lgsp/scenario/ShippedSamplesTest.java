package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import vn.lgsp.transform.SampleStep;
import vn.lgsp.unit.Unit;

/** Every sample of every service that is shipped. */
class ShippedSamplesTest {
    private static final Path HOME = Path.of("");

    @TestFactory
    Stream<DynamicTest> every_sample_comes_out_as_written() {
        return results().stream()
                .map(result -> DynamicTest.dynamicTest(
                        result.mapping() + ": " + result.name().replace('-', ' '),
                        () -> assertThat(result.findings()).isEmpty()));
    }

    @Test
    void every_mapping_and_schema_has_a_sample() throws IOException {
        List<Path> tried = results().stream()
                .map(result -> HOME.resolve(SampleStep.fileOf(result.mapping())))
                .distinct()
                .toList();
        try (Stream<Path> files = Files.walk(HOME.resolve("transforms"))) {
            List<Path> mappings = files.filter(file -> file.toString().matches(".*\\.(jq|xsl|xsd|schema\\.json)")
                            && Files.isRegularFile(file)
                            && !file.toString().contains("samples"))
                    .toList();
            assertThat(mappings).isNotEmpty();
            assertThat(tried).containsAll(mappings);
        }
    }

    private static List<SampleResult> results() {
        SampleCheck check = new SampleCheck();
        return Unit.all(HOME).stream().flatMap(unit -> check.run(unit).stream()).toList();
    }
}
