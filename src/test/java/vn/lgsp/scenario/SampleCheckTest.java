package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.unit.Unit;

/** Samples that are wrong are told as wrong, at their file and line; mappings that never end are stopped. */
class SampleCheckTest {
    private static final String FOLDER = "transforms/land/land-parcel-lookup/";

    @TempDir
    private Path home;

    @BeforeEach
    void a_service() throws IOException {
        for (String file : List.of("land-parcel-lookup.card.yaml", "land-parcel-lookup.camel.yaml")) {
            write("routes/land/" + file, Files.readString(Path.of("routes/land", file)));
        }
    }

    @Test
    void a_value_that_differs_is_told_with_pointer_line_expectation_and_find() throws IOException {
        write(FOLDER + "m.jq", "{parcel: {area: .a, use: \"ODT\"}}");
        sample("m.jq/case.in.json", "{\"a\": 1.50}");
        sample("m.jq/case.out.json", "{\n  \"parcel\": {\n    \"use\": \"ODT\",\n    \"area\": 1.5\n  }\n}\n");

        assertThat(texts())
                .containsExactly(FOLDER
                        + "samples/m.jq/case.out.json:4: the sample case of m.jq has at /parcel/area: expected 1.5, found"
                        + " 1.50: mend the mapping; or, if what it gives is right, mend the sample");
    }

    @Test
    void members_and_elements_too_many_or_missing_are_told() throws IOException {
        write(FOLDER + "m.jq", ".");
        sample("m.jq/case.in.json", "{\"b\": [1, 2], \"c\": {\"x/y\": null}, \"d\": 1}");
        sample("m.jq/case.out.json", "{\"a\": true,\n \"b\": [1],\n \"c\": {\"x/y\": 0}}");

        assertThat(findings())
                .extracting(Finding::line, finding -> finding.arguments().subList(2, 5))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, List.of("/a", "true", Difference.NOTHING)),
                        org.assertj.core.groups.Tuple.tuple(2, List.of("/b/1", Difference.NOTHING, "2")),
                        org.assertj.core.groups.Tuple.tuple(3, List.of("/c/x~1y", "0", "null")),
                        org.assertj.core.groups.Tuple.tuple(1, List.of("/d", Difference.NOTHING, "1")));
    }

    @Test
    void an_element_that_differs_is_told_with_its_path() throws IOException {
        write(FOLDER + "m.xsl", stylesheet("<xsl:copy-of select='.'/>"));
        sample("m.xsl/case.in.xml", "<a:l xmlns:a='urn:a'><a:i n='1'>x</a:i><a:i n='2'/><a:k/></a:l>");
        sample("m.xsl/case.out.xml", "<l xmlns='urn:a'>\n  <i n='1'>y</i>\n  <i n='3'/>\n  <j/>\n</l>");

        assertThat(findings())
                .extracting(Finding::line, finding -> finding.arguments().subList(2, 5))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2, List.of("/l/i[1]", "\"y\"", "\"x\"")),
                        org.assertj.core.groups.Tuple.tuple(3, List.of("/l/i[2]/@n", "\"3\"", "\"2\"")),
                        org.assertj.core.groups.Tuple.tuple(4, List.of("/l/j", "<j></j>", "<k></k>")));
    }

    @Test
    void what_shall_be_refused_is_refused_and_the_rest_is_not() throws IOException {
        write(FOLDER + "m.schema.json", "{\"type\": \"object\", \"required\": [\"a\"], \"properties\": {\"a\": {}}}");
        sample("m.schema.json/good.in.json", "{\"a\": 1}");
        sample("m.schema.json/bad.invalid.json", "{}");
        sample("m.schema.json/told.invalid.json", "[]");
        sample("m.schema.json/told.refused.txt", "message-invalid: the request breaks another rule\n");
        sample("m.schema.json/wrong-good.in.json", "{}");
        sample("m.schema.json/wrong-bad.invalid.json", "{\"a\": 1}");

        assertThat(texts())
                .containsExactly(
                        FOLDER
                                + "samples/m.schema.json/told.refused.txt:1: the sample told of m.schema.json is refused in other"
                                + " words: expected \"message-invalid: the request breaks another rule\", found \"message-invalid:"
                                + " the request breaks land-parcel-lookup/m.schema.json: the whole breaks the rule type\": mend the"
                                + " mapping; or, if the words are right, write them into the sample",
                        FOLDER
                                + "samples/m.schema.json/wrong-bad.invalid.json: the sample wrong-bad shall be refused, but"
                                + " m.schema.json lets it through: mend m.schema.json; or, if it is right to let it through, name"
                                + " the input wrong-bad.in.json and say what comes out",
                        FOLDER
                                + "samples/m.schema.json/wrong-good.in.json: the sample wrong-good is refused by m.schema.json, and"
                                + " shall not be: message-invalid: the request breaks land-parcel-lookup/m.schema.json: the whole"
                                + " lacks a: mend the mapping or the input of the sample; write wrong-good.refused.txt if it shall"
                                + " be refused");
    }

    @Test
    void files_that_make_no_sample_are_told() throws IOException {
        write(FOLDER + "m.jq", ".");
        sample("n.jq/case.in.json", "{}");
        sample("m.jq/typo.ou.json", "{}");
        sample("m.jq/half.in.json", "{}");
        sample("m.jq/twice.out.json", "{}");
        sample("m.jq/twice.refused.txt", "message-invalid: no");
        sample("m.jq/broken.in.json", "{}");
        sample("m.jq/broken.out.json", "{\n\"a\": }");

        assertThat(findings())
                .extracting(finding -> finding.rule().id(), Finding::line, finding -> finding.file()
                        .replaceFirst(".*/", ""))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("sample-broken", 2, "broken.out.json"),
                        org.assertj.core.groups.Tuple.tuple("sample-incomplete", 0, "half.in.json"),
                        org.assertj.core.groups.Tuple.tuple("sample-unclear", 0, "twice.out.json"),
                        org.assertj.core.groups.Tuple.tuple("sample-file-unknown", 0, "typo.ou.json"),
                        org.assertj.core.groups.Tuple.tuple("sample-of-nothing", 0, "case.in.json"));
        assertThat(findings().get(3).remedy(Locale.ENGLISH)).contains("typo.out.json");
        assertThat(findings().get(4).remedy(Locale.ENGLISH)).contains("m.jq");
    }

    @Test
    void a_mapping_that_cannot_be_compiled_is_told_without_the_path_of_the_house() throws IOException {
        write(FOLDER + "m.xsl", stylesheet("<xsl:value-of select='1 +'/>"));
        sample("m.xsl/case.in.xml", "<a/>");
        sample("m.xsl/case.out.xml", "<a/>");

        assertThat(texts())
                .singleElement()
                .asString()
                .startsWith(FOLDER + "m.xsl: m.xsl cannot be run: ")
                .doesNotContain(home.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[range(1000000000000)] | length",
                "last(range(1000000000000))",
                "reduce range(1000000000000) as $i (0; . + $i)",
                "[limit(1000000000; repeat(1))]",
                "def f: if . == 0 then 1 else (. - 1 | f), (. - 1 | f) end; [60 | f | not] | length",
                "until(. == 1; 2)"
            })
    void a_jq_program_without_end_is_stopped_and_its_thread_is_gone(String program) throws IOException {
        write(FOLDER + "m.jq", program);
        sample("m.jq/case.in.json", "0");
        sample("m.jq/case.out.json", "0");

        assertThat(findings(300))
                .singleElement()
                .extracting(finding -> finding.rule().id())
                .asString()
                .matches("sample-(too-long|too-much|refused)");
        assertThat(BoundedRun.left()).isZero();
        assertThat(sampleThreads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<xsl:call-template name='endless'/>",
                "<xsl:value-of select='f:endless(1)'/>",
                "<xsl:value-of select='sum(for $i in 1 to 2000000000 return $i mod 7)'/>",
                "<xsl:for-each select='1 to 2000000000'>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</xsl:for-each>",
                "<xsl:value-of select='some $x in 1 to 2000000000, $y in 1 to 1000 satisfies $x = -1'/>"
            })
    void a_stylesheet_without_end_is_stopped_and_its_thread_is_gone(String body) throws IOException {
        write(FOLDER + "m.xsl", stylesheet(body));
        sample("m.xsl/case.in.xml", "<a/>");
        sample("m.xsl/case.out.xml", "<a/>");

        assertThat(findings(500))
                .singleElement()
                .extracting(finding -> finding.rule().id())
                .asString()
                .matches("sample-(too-long|too-much|refused)");
        assertThat(BoundedRun.left()).isZero();
        assertThat(sampleThreads()).isEmpty();
    }

    @Test
    void what_cannot_be_stopped_is_left_behind_and_after_two_nothing_more_is_begun() throws IOException {
        // 2^30 ways through one regular expression: it ends by itself after some seconds, when Saxon has tried enough
        write(FOLDER + "m.xsl", stylesheet("<xsl:value-of select=\"matches(., '^(a+)+$')\"/>"));
        for (String name : List.of("one", "three", "two")) {
            sample("m.xsl/" + name + ".in.xml", "<a>" + "a".repeat(30) + "b</a>");
            sample("m.xsl/" + name + ".out.xml", "<a/>");
        }

        assertThat(findings(100))
                .extracting(finding -> finding.rule().id())
                .containsExactly("sample-too-long", "sample-too-long", "sample-not-run");
        assertThat(sampleThreads()).hasSize(2).allMatch(thread -> thread.isDaemon() && thread.getPriority() == 1);
        await().atMost(Duration.ofMinutes(5)).until(() -> BoundedRun.left() == 0);
    }

    private static List<Thread> sampleThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lgsp-sample"))
                .toList();
    }

    private static String stylesheet(String body) {
        return "<xsl:stylesheet version='3.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' xmlns:f='urn:f'>"
                + "<xsl:template match='/'>" + body + "</xsl:template>"
                + "<xsl:template name='endless'><xsl:call-template name='endless'/></xsl:template>"
                + "<xsl:function name='f:endless'><xsl:param name='n'/><xsl:sequence select='f:endless($n mod 7 + 1)'/>"
                + "</xsl:function></xsl:stylesheet>";
    }

    private List<String> texts() {
        return findings().stream().map(Finding::toString).toList();
    }

    private List<Finding> findings() {
        return new SampleCheck().check(Unit.all(home).get(0));
    }

    private List<Finding> findings(long millis) {
        return new SampleCheck(Duration.ofMillis(millis), 256L << 20)
                .check(Unit.all(home).get(0));
    }

    private void sample(String file, String text) throws IOException {
        write(FOLDER + "samples/" + file, text);
    }

    private void write(String file, String text) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, text);
    }
}
