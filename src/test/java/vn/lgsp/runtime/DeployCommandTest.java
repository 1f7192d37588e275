package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import vn.lgsp.command.ExitCode;
import vn.lgsp.command.Lgsp;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.PasswordHash;

/** What an operator sees of deployments, and what he does, from his own terminal. */
final class DeployCommandTest {
    private static final String HASH = PasswordHash.make("a password", 210_000).stored();
    private static final String MAPPING = "transforms/test/paper-lookup/answer.jq";
    private static final String ROUTE = "routes/test/paper-lookup.camel.yaml";

    @TempDir
    private Path folder;

    private final StubPeer archive = StubPeer.answering(200, "application/json", "{}");
    private TestBus.Builder files;
    private TestBus bus;
    private Path password;

    @BeforeEach
    void start() throws IOException {
        files = TestBus.in(folder)
                .system("archive", archive.port())
                .grant("paper-lookup")
                .setting("lgsp.deploy.watch", "false")
                .write(MAPPING, "{revision: \"one\"}\n")
                .registry(text -> text.replace("operators: []", """
                        operators:
                          - user: van.a
                            passwordHash: %s
                            rights: [deploy]
                          - user: looker
                            passwordHash: %s
                        """.formatted(HASH, HASH)))
                .service(
                        "paper-lookup",
                        LiveDeploymentTest.card("paper-lookup", 1, "archive"),
                        LiveDeploymentTest.route("paper-lookup", "archive"));
        password = Files.writeString(folder.resolve("password"), "a password");
        bus = files.start();
    }

    @AfterEach
    void stop() {
        bus.close();
        archive.close();
    }

    private record Said(int status, String out, String err) {}

    private Said lgsp(String... arguments) {
        return as("van.a", arguments);
    }

    private Said as(String user, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--management-port",
                "" + bus.bus().managementPort(),
                "--user",
                user,
                "--password-file",
                password.toString()));
        int status = Lgsp.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .execute(all.toArray(String[]::new));
        return new Said(status, out.toString(), err.toString());
    }

    private String revision() {
        return TestBus.json(bus.get("/api/paper-lookup/v1/papers"))
                .path("revision")
                .asText();
    }

    @Test
    void an_edit_is_applied_shown_rolled_back_and_all_of_it_is_history() throws IOException {
        UnitKey first = files.revision("paper-lookup");
        files.write(MAPPING, "{revision: \"two\"}\n");
        Said applied = lgsp("deploy", "apply", "--reason", "số liệu mới");
        assertThat(applied.status()).as(applied.err()).isZero();
        assertThat(applied.out()).startsWith("paper-lookup/v1 deployed, revision ");
        assertThat(revision()).isEqualTo("two");
        assertThat(lgsp("deploy", "apply").out()).isEqualTo("Nothing has changed.\n");

        Said diff = lgsp("deploy", "diff", "paper-lookup");
        assertThat(diff.out()).isEqualTo("""
                --- %1$s
                +++ %1$s
                @@ -1,1 +1,1 @@
                -{revision: "one"}
                +{revision: "two"}
                """.formatted(MAPPING));

        long begun = System.nanoTime();
        Said back = lgsp("deploy", "rollback", "paper-lookup", "--reason", "sai số liệu");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        assertThat(back.status()).as(back.err()).isZero();
        assertThat(back.out())
                .contains("rolled-back, revision " + first.brief())
                .contains("until its files change");
        assertThat(revision()).isEqualTo("one");
        assertThat(lgsp("deploy", "diff", "paper-lookup", "--to", "home").out()).contains("+{revision: \"two\"}");

        JsonNode history = new ObjectMapper()
                .readTree(lgsp("deploy", "history", "--json").out())
                .path("history");
        assertThat(history.findValuesAsText("action")).containsExactly("rolled-back", "deployed", "deployed");
        assertThat(history.findValuesAsText("who").subList(0, 2)).containsOnly("operator:van.a");
        assertThat(history.get(2).path("who").asText()).startsWith("files:");
        assertThat(history.get(0).path("reason").asText()).isEqualTo("sai số liệu");
        assertThat(history.get(1).path("files").get(0).asText()).isEqualTo(MAPPING);
        assertThat(lgsp("deploy", "history", "paper-lookup/v1").out())
                .contains("rolled-back", "sai số liệu", "số liệu mới", first.brief());
    }

    @Test
    void what_is_refused_is_listed_with_file_line_and_remedy_in_the_readers_language() {
        files.write(ROUTE, LiveDeploymentTest.route("paper-lookup", "archive").replace("transform:", "script:"));

        Said applied = lgsp("deploy", "apply", "--lang", "en");
        assertThat(applied.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(applied.out())
                .contains("paper-lookup/v1 is refused; revision ")
                .contains("serves on")
                .contains(ROUTE + ":");
        assertThat(revision()).isEqualTo("one");
        Said english = lgsp("list", "--lang", "en");
        assertThat(english.status()).isZero();
        assertThat(english.out())
                .contains("paper-lookup/v1")
                .contains("refused")
                .contains(ROUTE + ":");
        Said vietnamese = lgsp("list", "--lang", "vi");
        assertThat(vietnamese.out()).contains(ROUTE + ":").isNotEqualTo(english.out());
        assertThat(lgsp("list", "--json").out()).contains("\"rule\"").contains("\"services\"");
    }

    @Test
    void who_may_look_on_only_changes_nothing() {
        files.write(MAPPING, "{revision: \"two\"}\n");
        Said applied = as("looker", "deploy", "apply");
        assertThat(applied.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(applied.err()).contains("may look on only").contains("'deploy'");
        assertThat(as("looker", "deploy", "rollback", "paper-lookup", "--reason", "x")
                        .err())
                .contains("may look on only");
        assertThat(revision()).isEqualTo("one");
        assertThat(as("looker", "deploy", "history").status()).isZero();
    }

    @Test
    void what_cannot_be_done_is_said_in_a_line() {
        assertThat(lgsp("deploy", "rollback", "paper-lookup", "--reason", "x").err())
                .contains("no such earlier revision of paper-lookup/v1");
        assertThat(lgsp("deploy", "rollback", "paper-lookup", "--to", "zzz", "--reason", "x")
                        .err())
                .contains("no such earlier revision");
        assertThat(lgsp("deploy", "diff", "other/v1").err()).contains("no service other/v1 was ever deployed");
        assertThat(lgsp("deploy", "diff", "paper-lookup", "--from", "../etc").status())
                .isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(lgsp("deploy", "rollback", "paper-lookup").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(lgsp("deploy").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(lgsp("deploy", "history", "--limit", "0").err()).contains("limit is 1 to 1000");
    }
}
