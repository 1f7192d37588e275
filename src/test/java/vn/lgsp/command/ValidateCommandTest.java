package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

/** {@code lgsp validate}: every finding of every file, without a bus. */
class ValidateCommandTest {
    private static final String ROUTE = "routes/land/land-parcel-lookup.camel.yaml";
    private static final String CARD = "routes/population/population-citizen-lookup.card.yaml";

    private Home home = new Home(Path.of(""));

    @BeforeEach
    void copy(@TempDir Path folder) throws IOException {
        home = Home.in(folder);
    }

    @Test
    void the_sample_city_is_right() {
        Called called = home.lgsp("validate");

        assertThat(called.status()).as(called.out()).isZero();
        assertThat(called.out()).containsPattern("Nothing is wrong with [0-9]+ services");
    }

    @Test
    void all_findings_of_all_files_are_told_in_order_with_rule_and_remedy_and_counted() {
        breakThree();

        Called called = home.lgsp("validate", "--lang", "en");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(called.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith(ROUTE + ":9: ")
                                .contains("'jqq'", "'jq'?", "[language-unknown]"),
                        line -> assertThat(line).startsWith(CARD + ":").contains("'maped'", "'mapped'?"),
                        line -> assertThat(line).startsWith("transforms/civil/civil-birth-notify/samples/"),
                        line -> assertThat(line).contains("3 findings in 3 of "));
    }

    @Test
    void findings_are_told_in_vietnamese_too() {
        breakThree();

        Called called = home.lgsp("validate", "--lang", "vi");

        assertThat(called.out()).contains("có phải ý bạn là 'jq'?", "có phải ý bạn là 'mapped'?");
    }

    @Test
    void programs_get_the_same_as_fields() throws IOException {
        breakThree();

        Called called = home.lgsp("validate", "--json");
        JsonNode told = new ObjectMapper().readTree(called.out());

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(told.path("services").asInt()).isGreaterThan(4);
        assertThat(told.path("findings")).hasSize(3);
        JsonNode first = told.at("/findings/0");
        assertThat(names(first)).containsExactly("file", "line", "rule", "wrong", "remedy");
        assertThat(first.path("file").asText()).isEqualTo(ROUTE);
        assertThat(first.path("line").asInt()).isEqualTo(9);
        assertThat(first.path("rule").asText()).isEqualTo("language-unknown");
    }

    @Test
    void on_a_terminal_place_and_mistake_stand_out() {
        breakThree();

        assertThat(Called.lgsp(Ansi.ON, "validate", "--home=" + home.folder()).out())
                .contains("\033[1m" + ROUTE + ":9");
    }

    @ParameterizedTest
    @CsvSource({
        "land-parcel-lookup,                                      1",
        "land-parcel-lookup/v1,                                   1",
        "population-citizen-lookup,                               1",
        "routes/population,                                       1",
        "routes/land/land-parcel-lookup.camel.yaml,               1",
        "transforms/land/land-parcel-lookup/request.jq,           1",
        "transforms/population/population-citizen-lookup/request.jq, 1",
        "connectors/land-registry-east-parcel.kamelet.yaml,       1",
        "connectors,                                              2",
        "routes,                                                  3",
        "archive-document-relay,                                  0",
        "routes/archive,                                          0"
    })
    void a_service_a_folder_or_a_file_says_what_is_checked(String what, int findings) throws IOException {
        breakThree();

        Called called = home.lgsp("validate", what, "--json");

        assertThat(new ObjectMapper().readTree(called.out()).path("findings"))
                .as(called.out() + called.err())
                .hasSize(findings);
        assertThat(called.status()).isEqualTo(findings == 0 ? ExitCode.DONE : ExitCode.NOT_DONE);
    }

    @Test
    void what_is_not_there_is_told_with_the_nearest_service() {
        Called called = home.lgsp("validate", "land-parcl-lookup");

        assertThat(called.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(called.err()).hasLineCount(1).contains("did you mean land-parcel-lookup?");
    }

    @Test
    void a_wrong_registry_is_a_finding_and_its_secrets_need_not_be_there() throws IOException {
        home.write(
                "registry.yaml",
                new String(
                                getClass()
                                        .getResourceAsStream("/vn/lgsp/city/h99.yaml")
                                        .readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8)
                        .replace("sample:sample-secret-population", "file:/run/secrets/not-on-this-machine"));
        home.write("city.properties", "lgsp.catalogue.registry = file:" + home.folder() + "/registry.yaml\n");

        Called secret = home.lgsp("validate", "--config=" + home.folder() + "/city.properties");
        home.edit("registry.yaml", "\ngrants:\n", "\ngrantz:\n");
        Called wrong = home.lgsp("validate", "--config=" + home.folder() + "/city.properties");

        assertThat(secret.status()).as(secret.out()).isZero();
        assertThat(wrong.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(wrong.out()).contains("registry.yaml:", "'grantz'", "'grants'?");
    }

    @Test
    void two_cards_of_one_service_and_version_are_found_when_one_of_them_is_asked_for() {
        home.lgsp("new", "service", "land-parcel-lookup", "--version", "2");
        home.edit("routes/land/land-parcel-lookup-v2.card.yaml", "version: 2", "version: 1");

        assertThat(home.lgsp("validate").status()).isEqualTo(ExitCode.NOT_DONE);
    }

    private void breakThree() {
        home.edit(
                ROUTE,
                "- transform: { jq: { expression: \"resource:file:transforms/land/land-parcel-lookup/request.jq\" } }",
                "- transform: { jqq: { expression: \"resource:file:transforms/land/land-parcel-lookup/request.jq\" } }");
        home.edit(CARD, "mode: mapped", "mode: maped");
        home.edit("transforms/civil/civil-birth-notify/samples/acknowledgement.xsl/notice.out.xml", ">00<", ">01<");
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
