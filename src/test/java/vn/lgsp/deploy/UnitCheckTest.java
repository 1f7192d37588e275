package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.unit.Unit;

/** A unit is built far from the running bus, and what stops it is told with file and line (BUS-12). */
final class UnitCheckTest {
    private static final String ROUTE = "routes/test/paper-read.camel.yaml";
    /** The line of the step that a test plants. */
    private static final int PLANTED = 9;

    @TempDir
    private Path home;

    @BeforeEach
    void write_what_steps_may_name() {
        write("routes/test/paper-read.card.yaml", """
                service: paper-read
                version: 1
                name: { vi: Đọc giấy, en: Paper }
                description: Papers.
                contact: the test
                providers: [own]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                  - { id: run, method: POST, path: /run, accepts: [application/json] }
                """);
        write("transforms/test/paper-read/good.jq", "{a: .b}");
        write("transforms/test/paper-read/bad.jq", "{a: .b");
        write("transforms/test/paper-read/bad.xsl", """
                <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
                  <xsl:template match="/"><xsl:value-of select="foo("/></xsl:template>
                </xsl:stylesheet>
                """);
        write("transforms/test/paper-read/bad.schema.json", "{ \"type\": 5 }");
        write(
                "transforms/test/paper-read/bad.xsd",
                "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                        + "<xs:element name='a' type='b'/></xs:schema>");
        write("connectors/own-read.kamelet.yaml", """
                apiVersion: camel.apache.org/v1
                kind: Kamelet
                metadata: { name: own-read }
                spec:
                  definition:
                    title: A connector of the test
                    properties:
                      method: { type: string, description: The method, default: GET }
                  template:
                    from:
                      uri: kamelet:source
                      steps:
                        - to: lgsp-http:own/read?method={{method}}
                        - setBody: { simple: "${bodi}" }
                """);
    }

    private void write(String file, String text) {
        try {
            Path path = home.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void plant(String step) {
        write(ROUTE, """
                # A route of a test.
                - route:
                    id: paper-read
                    description: A route of a test.
                    from:
                      uri: direct:paper-read
                      steps:
                        - setHeader: { name: X-Before, constant: before }
                """ + step.indent(8));
    }

    private static List<Finding> nothing(Unit unit) {
        return List.of();
    }

    private List<Finding> build() {
        return new UnitCheck(home, UnitCheckTest::nothing, UnitCheckTest::nothing)
                .check(Unit.all(home).get(0));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("- setbody: { constant: x }", "setbody"),
                Arguments.of("- setBody: { constant: x, nonsense: y }", "nonsense"),
                Arguments.of("- setBody: { simple: \"${bodi}\" }", "Unknown function: bodi"),
                Arguments.of("- setBody: { simple: \"${body\" }", "functionEnd"),
                Arguments.of("- validate: { simple: \"${body} =~~ 1\" }", "Unexpected token"),
                Arguments.of("- setBody: { jq: \".a |\" }", "this is not a jq program"),
                Arguments.of(
                        "- setBody: { jq: { expression: \"resource:file:transforms/test/paper-read/no.jq\" } }",
                        "a file that it names does not exist"),
                Arguments.of("- to: lgsp-http:own/x?nonsense=1", "nonsense"),
                Arguments.of("- to: lgsp-http:own/x?passThrough=maybe", "passThrough"),
                Arguments.of("- to: lgsp-http:own/x?answers=abc", "answers=abc"),
                Arguments.of("- to: lgsp-jms:own/x", "lgsp-jms has no path"),
                Arguments.of("- to: xslt:file:transforms/test/paper-read/no.xsl", "no.xsl is not a file"),
                Arguments.of("- to: lgsp-validate:test/paper-read/no.xsd", "no.xsd is not a file"),
                Arguments.of("- to: http://elsewhere/x", "may not call 'http:'"),
                Arguments.of("- setBody: { groovy: x }", "may not use the language 'groovy'"),
                Arguments.of("- choice: { when: { simple: \"${body} == 1\", steps: [] } }", "expected array"),
                Arguments.of("- removeHeaders: { }", "patterns must be specified"),
                Arguments.of("- convertBodyTo: { type: no.such.Type }", "type must be specified"),
                Arguments.of("- to: kamelet:nobody", "connector 'nobody' does not exist"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void what_cannot_be_built_is_told_with_its_file_and_line(String step, String text) {
        plant(step);

        assertThat(build()).singleElement().satisfies(finding -> {
            assertThat(finding.file()).isEqualTo(ROUTE);
            assertThat(finding.line()).as(finding.toString()).isEqualTo(PLANTED);
            assertThat(finding.toString())
                    .contains(text)
                    .doesNotContain("Exception", "org.apache", "vn.lgsp", home.toString());
        });
    }

    @Test
    void a_unit_on_which_the_check_itself_fails_is_refused_and_keeps_no_other_from_being_checked() {
        plant("- setBody: { constant: x }");
        write("routes/other/paper-file.card.yaml", card().replace("paper-read", "paper-file"));
        write("routes/other/paper-file.camel.yaml", route().replace("paper-read", "paper-file"));
        UnitCheck check = new UnitCheck(
                home,
                unit -> {
                    if (unit.base().equals("paper-read")) {
                        throw new StackOverflowError();
                    }
                    return List.of();
                },
                UnitCheckTest::nothing);

        assertThat(check.check(Unit.all(home))).hasSize(2).allSatisfy((unit, findings) -> {
            if (unit.base().equals("paper-read")) {
                assertThat(findings).singleElement().satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo(Rule.BUILD_FAILED);
                    assertThat(finding.file()).isEqualTo(ROUTE);
                });
            } else {
                assertThat(findings).isEmpty();
            }
        });
    }

    private String card() {
        return read("routes/test/paper-read.card.yaml");
    }

    private String route() {
        return read(ROUTE);
    }

    static Stream<Arguments> mappings() {
        return Stream.of(
                Arguments.of(
                        "- setBody: { jq: { expression: \"resource:file:transforms/test/paper-read/bad.jq\" } }",
                        "bad.jq:1: this is not a jq program"),
                Arguments.of(
                        "- to: xslt:file:transforms/test/paper-read/bad.xsl",
                        "bad.xsl:2: this is not a usable stylesheet"),
                Arguments.of(
                        "- to: lgsp-validate:test/paper-read/bad.schema.json",
                        "bad.schema.json:1: this is not a usable JSON Schema"),
                Arguments.of(
                        "- to: lgsp-validate:test/paper-read/bad.xsd", "bad.xsd:1: this is not a usable XML Schema"));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void a_mapping_that_cannot_be_used_is_told_with_the_line_in_its_own_file(String step, String text) {
        plant(step);

        assertThat(build()).singleElement().satisfies(finding -> assertThat(finding.toString())
                .startsWith("transforms/test/paper-read/" + text)
                .doesNotContain("Exception", "org.apache", "vn.lgsp", home.toString()));
    }

    @Test
    void what_is_wrong_in_a_connector_is_told_with_the_line_of_the_connector() {
        plant("- to: kamelet:own-read?method=POST");

        assertThat(build()).singleElement().satisfies(finding -> {
            assertThat(finding.file()).isEqualTo("connectors/own-read.kamelet.yaml");
            assertThat(finding.line()).isEqualTo(14);
            assertThat(finding.rule()).isEqualTo(Rule.BUILD_SIMPLE);
        });
    }

    @Test
    void a_route_that_breaks_a_rule_is_not_told_of_twice() {
        plant("- to: http://elsewhere/x");
        UnitCheck check = new UnitCheck(
                home, unit -> List.of(Finding.of(Rule.STEPS_FORM, ROUTE, PLANTED)), UnitCheckTest::nothing);

        assertThat(check.check(Unit.all(home).get(0)))
                .singleElement()
                .extracting(Finding::rule)
                .isEqualTo(Rule.STEPS_FORM);
    }

    @Test
    void the_samples_run_when_everything_compiles_and_not_before() {
        Finding wrong = Finding.of(Rule.STEPS_FORM, "transforms/test/paper-read/samples/x", 0);
        UnitCheck check = new UnitCheck(home, UnitCheckTest::nothing, unit -> List.of(wrong));

        plant("- setBody: { constant: x }");
        assertThat(check.check(Unit.all(home).get(0))).containsExactly(wrong);
        plant("- setBody: { groovy: x }");
        assertThat(check.check(Unit.all(home).get(0))).doesNotContain(wrong);
    }

    @Test
    void two_cards_of_one_service_are_found_when_all_are_checked_together() {
        plant("- setBody: { constant: x }");
        for (String name : List.of("card", "camel")) {
            write("routes/other/paper-read." + name + ".yaml", read("routes/test/paper-read." + name + ".yaml"));
        }
        UnitCheck check = new UnitCheck(home, UnitCheckTest::nothing, UnitCheckTest::nothing);

        assertThat(check.check(Unit.all(home)).values().stream().flatMap(List::stream))
                .singleElement()
                .extracting(Finding::rule)
                .isEqualTo(Rule.SERVICE_TWICE);
    }

    @Test
    void the_shipped_services_are_good() {
        Path shipped = Path.of("");
        UnitCheck check = new UnitCheck(shipped, UnitCheckTest::nothing, UnitCheckTest::nothing);

        assertThat(check.check(Unit.all(shipped)))
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy((unit, wrong) -> assertThat(wrong).as(unit.base()).isEmpty());
    }

    @Test
    void many_builds_leave_no_thread_behind() {
        plant("- to: lgsp-http:own/x");
        Unit unit = Unit.all(home).get(0);
        UnitCheck check = new UnitCheck(home, UnitCheckTest::nothing, UnitCheckTest::nothing);
        check.check(unit);
        Set<String> before = threads();

        for (int i = 0; i < 20; i++) {
            assertThat(check.check(unit)).isEmpty();
        }

        // the last one to stop ends on a thread of its own
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("Camel") || name.contains("workbench"))
                .collect(Collectors.toSet());
    }

    private String read(String file) {
        try {
            return Files.readString(home.resolve(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
