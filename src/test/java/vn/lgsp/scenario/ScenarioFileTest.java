package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.unit.Unit;

/** A scenario that is misspelt is refused, and what is meant is found. */
class ScenarioFileTest {
    private static final String FOLDER = "transforms/civil/civil-birth-notify/";

    @TempDir
    private Path home;

    static Stream<Arguments> misspelt() {
        return Stream.of(
                wrong("scenaro: a\nwhen: { get: / }\nthen: {}", 1, "field-unknown", "did you mean 'scenario'?"),
                wrong("when: { get: / }\nthen: {}", 1, "field-missing", "scenario"),
                wrong("scenario: a\nthen: {}", 1, "field-missing", "when"),
                wrong("scenario: a\nwhen: { get: / }", 1, "field-missing", "then"),
                wrong("scenario: a\nwhen:\n  as: stranger\nthen: {}", 3, "scenario-one-of", "get, post"),
                wrong("scenario: a\nwhen:\n  get: /a\n  post: /b\nthen: {}", 3, "scenario-one-of", "exactly one"),
                wrong("scenario: a\nwhen: { get: parcels }\nthen: {}", 2, "scenario-call-path", "'parcels'"),
                wrong("scenario: a\nwhen: { get: /a b }\nthen: {}", 2, "scenario-call-path", "%20"),
                wrong(
                        "scenario: a\nwhen: { soap: '1.3', text: a }\nthen: {}",
                        2,
                        "value-choice",
                        "did you mean '1.1'?"),
                wrong("scenario: a\nwhen: { soap: 1.1 }\nthen: {}", 2, "scenario-needs", "json, xml, text, file"),
                wrong("scenario: a\nwhen: { post: /, json: 1, xml: <a/> }\nthen: {}", 2, "scenario-not-both", "'xml'"),
                wrong("scenario: a\nwhen: { post: /, times: 0 }\nthen: {}", 2, "value-number", "1 to 100"),
                wrong("scenario: a\nwhen: { post: /, headers: { a b: c } }\nthen: {}", 2, "scenario-header", "'a b'"),
                wrong("scenario: a\nwhen: { post: /, as: Nobody }\nthen: {}", 2, "value-system", "Nobody"),
                wrong(
                        "scenario: a\nwhen: { post: /, file: samples/birth.xsd/last.in.xml }\nthen: {}",
                        2,
                        "scenario-file",
                        "did you mean 'samples/birth.xsd/least.in.xml'?"),
                wrong(
                        "scenario: a\nwhen:\n  post: /\n  xml: |\n    <a>\n    </b>\nthen: {}",
                        6,
                        "scenario-content",
                        "XML"),
                wrong(
                        "scenario: a\nwhen:\n  post: /\n  json:\n    number: 0012\nthen: {}",
                        5,
                        "scenario-number",
                        "0012"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurence: {}\nwhen: { get: / }\nthen: {}",
                        3,
                        "scenario-peer",
                        "did you mean 'social-insurance'?"),
                wrong(
                        "scenario: a\ngiven:\n  population: {}\nwhen: { get: / }\nthen: {}",
                        3,
                        "scenario-peer",
                        "social-insurance, civil-archive"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: []\nwhen: { get: / }\nthen: {}",
                        3,
                        "scenario-answers-none",
                        "at least one"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: { fails: downs }\nwhen: { get: / }\nthen: {}",
                        3,
                        "value-choice",
                        "did you mean 'down'?"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: { statsu: 1 }\nwhen: { get: / }\nthen: {}",
                        3,
                        "field-unknown",
                        "did you mean 'status'?"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: { fault: { text: a } }\nwhen: { get: / }\nthen: {}",
                        3,
                        "scenario-needs",
                        "soap"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: { charset: tcvn-99 }\nwhen: { get: / }\nthen: {}",
                        3,
                        "scenario-charset",
                        "tcvn-99"),
                wrong(
                        "scenario: a\ngiven:\n  social-insurance: { delay: 5 }\nwhen: { get: / }\nthen: {}",
                        3,
                        "value-duration",
                        "ms, s, m or h"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  answer: { at: { parcel: 1 } }",
                        4,
                        "scenario-path",
                        "'parcel'"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  answer: { code: grant-mising }",
                        4,
                        "value-choice",
                        "did you mean 'grant-missing'?"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  record: { outcom: failed }",
                        4,
                        "field-unknown",
                        "did you mean 'outcome'?"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  deliveries: { civil-archive: arrived }",
                        4,
                        "value-choice",
                        "accepted, waiting, delivering, delivered, parked, expired"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  peers: { civil-archive: 2 }",
                        4,
                        "field-not-list",
                        "civil-archive"),
                wrong(
                        "scenario: a\nwhen: { get: / }\nthen:\n  peers: { civil-archive: [births] }",
                        4,
                        "scenario-request",
                        "GET /parcels/0012"),
                wrong(
                        "scenario: a\nretry: { attempts: many }\nwhen: { get: / }\nthen: {}",
                        2,
                        "value-number",
                        "1 to 1000"),
                wrong("scenario: [", 1, "yaml", ""));
    }

    private static Arguments wrong(String text, int line, String rule, String said) {
        return arguments(text, line, rule, said);
    }

    @ParameterizedTest
    @MethodSource("misspelt")
    void a_misspelt_scenario_is_refused_with_line_and_remedy(String text, int line, String rule, String said)
            throws IOException {
        ScenarioFile.Found found = read("case.scenario.yaml", text);

        assertThat(found.scenarios()).isEmpty();
        assertThat(found.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.toString()).contains(said);
            assertThat(finding.rule().id()).startsWith(rule);
            assertThat(finding.file()).isEqualTo(FOLDER + "scenarios/case.scenario.yaml");
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.text(Finding.VIETNAMESE)).isNotEqualTo(finding.toString());
        });
    }

    @Test
    void all_that_is_wrong_is_told_at_once() throws IOException {
        assertThat(read("case.scenario.yaml", """
                        scenario: a
                        given: { population: {} }
                        when: { got: / }
                        then: { anser: {} }
                        """).findings())
                .extracting(Finding::line)
                .containsExactly(2, 3, 4);
    }

    @Test
    void a_file_that_is_named_otherwise_is_told_rather_than_left_out() throws IOException {
        assertThat(read("case.yaml", "scenario: a").findings())
                .singleElement()
                .extracting(Finding::toString)
                .asString()
                .startsWith(FOLDER + "scenarios/case.yaml: this file among the scenarios is not run");
    }

    @Test
    void what_is_wrong_inside_a_file_that_a_scenario_names_is_told_there() throws IOException {
        write("samples/birth.xsd/broken.in.json", "{\n\"a\": }");

        assertThat(read(
                                "case.scenario.yaml",
                                "scenario: a\nwhen: { post: /, file: samples/birth.xsd/broken.in.json }\nthen: {}")
                        .findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.file()).isEqualTo(FOLDER + "samples/birth.xsd/broken.in.json");
                    assertThat(finding.line()).isEqualTo(2);
                });
    }

    private ScenarioFile.Found read(String name, String text) throws IOException {
        for (String file : List.of(
                "civil-birth-notify.card.yaml",
                "civil-birth-notify.camel.yaml",
                "civil-birth-notify--to-civil-archive.camel.yaml",
                "civil-birth-notify--to-social-insurance.camel.yaml",
                "civil-birth-notify.wsdl")) {
            Path copy = home.resolve("routes/civil").resolve(file);
            Files.createDirectories(copy.resolveSibling(""));
            Files.copy(Path.of("routes/civil", file), copy);
        }
        for (String connector : List.of("civil-archive-birth", "social-insurance-birth")) {
            Path copy = home.resolve("connectors/" + connector + ".kamelet.yaml");
            Files.createDirectories(copy.resolveSibling(""));
            Files.copy(Path.of("connectors/" + connector + ".kamelet.yaml"), copy);
        }
        write("samples/birth.xsd/least.in.xml", "<a/>");
        write("scenarios/" + name, text);
        return ScenarioFile.all(Unit.all(home).get(0));
    }

    private void write(String file, String text) throws IOException {
        Path path = home.resolve(FOLDER + file);
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, text);
    }
}
