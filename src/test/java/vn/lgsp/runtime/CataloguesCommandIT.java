package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.command.ExitCode;
import vn.lgsp.command.Lgsp;
import vn.lgsp.edoc.Notation;
import vn.lgsp.edoc.OrganCodes;
import vn.lgsp.edoc.OrganId;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;
import vn.lgsp.operate.PasswordHash;

/** Tables of codes, the shared catalogues of the hub in a box, and the services that use the tables. */
final class CataloguesCommandIT {
    private static final String FILE = "transforms/_codes/ethnic-group.codes.yaml";
    private static final String HEAD = """
            # Dân tộc
            name: Dân tộc
            version: "2026-01"
            sources:
              - { catalogue: madantoc, code: MaDanToc, name: TenDanToc }
            sharing: [shared-catalogues]
            codes:
            """;
    private static final String BEFORE = HEAD + """
              - { code: "01", name: Kinh }
              - { code: "02", name: Tay }
            """;

    @TempDir
    static Path folder;

    private static Hub hub;
    private static TestBus.Builder files;
    private static TestBus bus;
    private static boolean applied;

    @BeforeAll
    static void start() throws IOException {
        hub = Hub.start(0, Clock.systemUTC());
        files = TestBus.in(folder)
                .setting("lgsp.city.hub-port", String.valueOf(hub.port()))
                .setting("lgsp.deploy.watch", "false")
                .registry(text -> SampleCity.registry()
                        .replace("answerTimeout: 10s", "answerTimeout: 1500ms\n      breaker: { of: 0 }")
                        .replaceFirst("\ngrants:\n", """

                        grants:
                          - { id: t-codes, consumer: city-catalogues, service: ethnic-group-lookup/v1, purpose: a test }
                        """)
                        .replaceFirst("\noperators:\n", """

                        operators:
                          - user: looker
                            passwordHash: %s
                        """.formatted(
                                        PasswordHash.make("a password", 210_000).stored())))
                .service("shared", "shared-catalogue-lookup")
                .write(
                        "transforms/_replies/catalogue.reply.yaml",
                        Files.readString(Path.of("transforms/_replies/catalogue.reply.yaml")))
                .write(FILE, BEFORE)
                .write("transforms/test/ethnic-group-lookup/rows.values.yaml", """
                        partner: shared-catalogues
                        direction: in
                        codes:
                          - { at: /*/MaDanToc, table: ethnic-group }
                        """)
                .service("ethnic-group-lookup", """
                        service: ethnic-group-lookup
                        version: 1
                        name: { vi: Hỏi, en: Ask }
                        description: Rows whose codes have to be those of the table.
                        contact: the test
                        providers: [shared-catalogues]
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        operations:
                          - { id: ask, method: GET, path: /rows }
                        """, TestBus.Builder.route("ethnic-group-lookup", """
                        - to: { uri: "kamelet:shared-catalogues", parameters: { operation: Category/madantoc } }
                        - to: lgsp-values:test/ethnic-group-lookup/rows.values.yaml
                        - setHeader: { name: Content-Type, constant: application/json }
                        """));
        bus = files.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        hub.close();
    }

    @BeforeEach
    void asItWas() {
        hub.faults("ndxp").clear();
        files.write(FILE, BEFORE);
        if (applied) {
            assertThat(lgsp("deploy", "apply").status()).isZero();
            applied = false;
        }
    }

    private record Said(int status, String out, String err) {}

    private static Said lgsp(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        boolean reads = arguments[0].equals("catalogues");
        if (reads) {
            all.addAll(List.of("--home", home().toString(), "--config", config().toString()));
            all.addAll(List.of("--data-port", "" + bus.bus().dataPort()));
        }
        if (!reads || arguments[1].equals("apply")) {
            all.addAll(List.of("--management-port", "" + bus.bus().managementPort()));
        }
        int status = Lgsp.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .execute(all.toArray(String[]::new));
        applied |= status == 0 && all.contains("apply") && reads;
        return new Said(status, out.toString(), err.toString());
    }

    private static Path config() {
        try {
            return Files.writeString(
                    folder.resolve("test.properties"),
                    "lgsp.catalogue.registry=file:" + home().resolve("registry.yaml"));
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    private static JsonNode json(Said said) {
        assertThat(said.status()).as(said.err()).isZero();
        try {
            return new ObjectMapper().readTree(said.out());
        } catch (IOException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }

    private static String preview() {
        return json(lgsp("catalogues", "compare", "ethnic-group", "--json"))
                .path("preview")
                .asText();
    }

    private static HttpResponse<String> rows() {
        return bus.send(HttpRequest.newBuilder(bus.uri("/api/ethnic-group-lookup/v1/rows"))
                .header("X-Api-Key", SampleKeys.CITY_CATALOGUES.key())
                .GET()
                .build());
    }

    private static String file() {
        try {
            return Files.readString(home().resolve(FILE));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static Path home() {
        return folder.resolve("home");
    }

    private static LocalDate today() {
        return LocalDate.now(Clock.system(ZoneId.of("Asia/Ho_Chi_Minh")));
    }

    @Test
    void what_is_shown_is_taken_over_into_the_file_and_the_services_that_use_it() {
        assertThat(TestBus.code(rows())).as("05 is unknown").isEqualTo("provider-invalid");

        Said shown = lgsp("catalogues", "compare", "ethnic-group");
        assertThat(shown.status()).as(shown.err()).isZero();
        assertThat(shown.out())
                .contains("2 codes count on " + today() + ", 3 in madantoc")
                .contains("changed   02              name Tay becomes Tày")
                .contains("added     05              Khmer, from " + today())
                .contains("./lgsp catalogues apply ethnic-group --preview " + preview());
        assertThat(file()).isEqualTo(BEFORE);

        Said done = lgsp("catalogues", "apply", "ethnic-group", "--preview", preview(), "--reason", "quyết định mới");
        assertThat(done.status()).as(done.err()).isZero();
        assertThat(done.out()).contains(FILE + " is written; in force: ethnic-group-lookup/v1 ");

        assertThat(rows().statusCode()).isEqualTo(200);
        assertThat(file()).contains("name: Tày }", "code: \"05\", name: Khmer, from: " + today(), "by: operator");
        JsonNode history =
                json(lgsp("deploy", "history", "ethnic-group-lookup", "--json")).path("history");
        assertThat(history.at("/0/who").asText()).isEqualTo("operator:operator");
        assertThat(history.at("/0/reason").asText())
                .startsWith("catalogues apply ethnic-group ")
                .endsWith(": quyết định mới");
        assertThat(history.at("/0/files/0").asText()).isEqualTo(FILE);
        JsonNode again = json(lgsp("catalogues", "compare", "ethnic-group", "--json"));
        assertThat(again.path("changes")).isEmpty();
        JsonNode table = json(lgsp("catalogues", "list", "--json")).path("tables").findParents("counting").stream()
                .filter(one -> one.path("table").asText().equals("ethnic-group"))
                .findFirst()
                .orElseThrow();
        assertThat(table.at("/taken/by").asText()).isEqualTo("operator");
        assertThat(table.path("counting").asInt()).isEqualTo(3);
        assertThat(table.at("/services/0").asText()).isEqualTo("ethnic-group-lookup/v1");
    }

    @Test
    void the_reading_is_an_exchange_of_the_way_and_needs_a_grant() {
        Said refused = lgsp("catalogues", "compare", "ethnic-group", "--key", SampleKeys.TAX_OFFICE.key());
        assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains("grant-missing");
        assertThat(lgsp("catalogues", "list", "--offered").out()).contains("madantoc  Danh mục dân tộc");
    }

    @Test
    void what_has_changed_since_it_was_shown_is_not_taken_over() throws Exception {
        String shown = preview();
        files.write(FILE, BEFORE.replace("Tay", "Tầy"));
        Said edited = lgsp("catalogues", "apply", "ethnic-group", "--preview", shown);
        assertThat(edited.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(edited.err()).contains("is no longer so").contains("look again");
        assertThat(file()).isEqualTo(BEFORE.replace("Tay", "Tầy"));

        files.write(FILE, BEFORE);
        assertThat(preview()).isEqualTo(shown);
        Said later = lgsp(
                "catalogues",
                "apply",
                "ethnic-group",
                "--preview",
                shown,
                "--from",
                today().plusDays(9).toString());
        assertThat(later.err()).contains("is no longer so");
        assertThat(file()).isEqualTo(BEFORE);

        String day = today().plusDays(9).toString();
        assertThat(lgsp("catalogues", "compare", "ethnic-group", "--from", day).out())
                .as("the command that it names is taken")
                .containsPattern("catalogues apply ethnic-group --preview [0-9a-f]+ --from " + day);
    }

    @Test
    void a_catalogue_that_has_lost_many_codes_needs_a_consent() {
        String more = BEFORE + "  - { code: \"03\", name: Thái }\n  - { code: \"04\", name: Mường }\n";
        files.write(FILE, more);
        Said refused = lgsp("catalogues", "apply", "ethnic-group", "--preview", preview());
        assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains("50 of a hundred codes").contains("--most-lost 50 is your consent");
        assertThat(file()).isEqualTo(more);

        Said done = lgsp("catalogues", "apply", "ethnic-group", "--preview", preview(), "--most-lost", "50");
        assertThat(done.status()).as(done.err()).isZero();
        assertThat(done.out()).contains("ended     03              Thái, until " + today().minusDays(1));
        assertThat(file()).contains("{ code: \"03\", name: Thái, until: " + today().minusDays(1) + " }");
    }

    @Test
    void a_code_of_the_city_that_the_catalogue_has_now_is_a_conflict() {
        files.write(FILE, BEFORE + "  - { code: \"05\", name: Khơ Me, local: not in the catalogue yet }\n");
        assertThat(lgsp("catalogues", "compare", "ethnic-group").out()).contains("conflict  05");
        Said refused = lgsp("catalogues", "apply", "ethnic-group", "--preview", preview());
        assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains("the city's own: 05");
    }

    @ParameterizedTest
    @CsvSource({
        "DOWN, after, provider-unreachable",
        "SLOW, 4000, provider-timeout",
        "TRUNCATED, connection, provider-unreachable",
        "TRUNCATED, body, provider-invalid",
        "FAILURE_INSIDE_200, '', provider-failed",
        "DUPLICATE, '', a code that an earlier row has too"
    })
    void a_hub_that_misbehaves_changes_nothing(Fault fault, String value, String told) {
        String shown = preview();
        hub.faults("ndxp").set(fault, value);

        Said refused = lgsp("catalogues", "apply", "ethnic-group", "--preview", shown);

        assertThat(refused.status()).as(refused.out()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains(told).doesNotContain("at vn.lgsp");
        assertThat(file()).isEqualTo(BEFORE);
        hub.faults("ndxp").clear();
        assertThat(TestBus.code(rows())).isEqualTo("provider-invalid");
    }

    @Test
    void a_table_that_would_break_a_service_is_written_nowhere() {
        String sample = "transforms/test/ethnic-group-lookup/samples/rows.values.yaml/tay.";
        files.write(sample + "in.json", "[{\"MaDanToc\":\"03\"}]")
                .write(sample + "out.json", "[{\"MaDanToc\":\"03\"}]")
                .write(sample + "variables.json", "{\"receivedOn\":\"" + today() + "\"}");
        String more = BEFORE + "  - { code: \"03\", name: Thái }\n";
        files.write(FILE, more);
        try {
            Said refused = lgsp("catalogues", "apply", "ethnic-group", "--preview", preview(), "--most-lost", "100");
            assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
            assertThat(refused.out()).contains(sample).contains("nothing was changed");
            assertThat(file()).isEqualTo(more);
        } finally {
            for (String end : List.of("in.json", "out.json", "variables.json")) {
                files.without(sample + end);
            }
        }
    }

    @Test
    void organisations_keep_their_code_in_the_other_notation_and_the_citys_own_stay() throws IOException {
        String organisations = "transforms/_codes/organisation.codes.yaml";
        String shipped = Files.readString(Path.of(organisations));
        files.write(
                organisations,
                shipped.replace("\ncodes:\n", """

                        sources:
                          - { catalogue: qlvanbandieuhanhcap1, code: MaDinhDanhCap1, name: TenDonVi }
                        codes:
                        """)
                        .replaceAll("(code: H99\\.[^,]*, name: [^,]*),", "$1, local: below level 1,"));
        try {
            String shown = json(lgsp("catalogues", "compare", "organisation", "--json"))
                    .path("preview")
                    .asText();
            Said done = lgsp("catalogues", "apply", "organisation", "--preview", shown);

            assertThat(done.status()).as(done.err()).isZero();
            assertThat(done.out())
                    .contains("changed   H99             name UBND tỉnh Mẫu becomes UBND thành phố Mẫu")
                    .contains("added     H98             UBND tỉnh Thử");
            assertThat(Files.readString(home().resolve(organisations)))
                    .contains("{ code: H99, name: UBND thành phố Mẫu, partners: { qcvn102: \"000.00.00.H99\" } }")
                    .contains("code: H99.31, name: UBND xã Mẫu");
            OrganCodes codes = OrganCodes.read(home());
            assertThat(codes.in(Notation.QCVN102, new OrganId("H99"), today())).hasToString("Optional[000.00.00.H99]");
            assertThat(codes.find(new OrganId("H98"), today())).isPresent();
            assertThat(codes.find(new OrganId("H98"), today().minusDays(1))).isEmpty();
        } finally {
            files.write(organisations, shipped);
        }
    }

    @Test
    void who_may_look_on_only_takes_nothing_over() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "a password");
        String shown = preview();
        Said refused = lgsp(
                "catalogues",
                "apply",
                "ethnic-group",
                "--preview",
                shown,
                "--user",
                "looker",
                "--password-file",
                password.toString());
        assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains("may look on only");
        assertThat(file()).isEqualTo(BEFORE);
    }

    @Test
    void a_list_says_who_uses_a_table_and_that_nobody_does() {
        assertThat(lgsp("catalogues", "list").out())
                .contains("/v1")
                .contains("no service")
                .doesNotContain("[");
    }

    @Test
    void what_cannot_be_done_is_said_in_a_line() {
        assertThat(lgsp("catalogues", "compare", "ethnic-groups").err())
                .contains("there is no table")
                .contains("did you mean ethnic-group?");
        assertThat(lgsp("catalogues", "compare", "ethnic-group", "--from", "2020-01-01")
                        .status())
                .isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(lgsp("catalogues", "apply", "ethnic-group").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        files.write(FILE, BEFORE.replace("catalogue: madantoc", "catalogue: khongco"));
        assertThat(lgsp("catalogues", "compare", "ethnic-group").err()).contains("the catalogue khongco");
    }

    @Test
    void a_row_that_somebody_uploads_to_the_catalogue_is_seen_by_the_next_look() throws Exception {
        String shown = preview();
        HttpRequest upload = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + hub.port() + "/ndxp/dmdc/Category/madantoc"))
                .header("Authorization", "Bearer " + token())
                .POST(BodyPublishers.ofString("[{\"MaDanToc\":\"06\",\"TenDanToc\":\"Mường\"}]"))
                .build();
        assertThat(bus.send(upload).body()).contains("Done");
        try {
            assertThat(lgsp("catalogues", "apply", "ethnic-group", "--preview", shown)
                            .err())
                    .contains("is no longer so");
            assertThat(lgsp("catalogues", "compare", "ethnic-group").out()).contains("added     06");
        } finally {
            bus.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + "/hub/reset?simulator=ndxp"))
                    .POST(BodyPublishers.noBody())
                    .build());
        }
    }

    private static String token() throws IOException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + "/ndxp/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic Y2stZXhhbXBsZTpjcy1leGFtcGxl")
                .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                .build();
        return new ObjectMapper()
                .readTree(bus.send(ask).body())
                .path("access_token")
                .asText();
    }
}
