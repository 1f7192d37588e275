package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.command.Lgsp;

/** {@code lgsp service} against a bus with three services, two of them versions of one. */
final class ServiceCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static final StubPeer PROVIDER = StubPeer.answering(200, "application/json", "{}");
    private static TestBus bus;
    private static Path password;

    private String out = "";
    private String err = "";
    private String user = Switchboard.SWITCHER;

    @BeforeAll
    static void start() throws Exception {
        password = Files.writeString(folder.resolve("password"), Switchboard.PASSWORD);
        bus = Switchboard.with(TestBus.in(folder)
                        .system("office", PROVIDER.port())
                        .passThrough("one", "office")
                        .passThrough("twice", "office")
                        .copyOf(
                                "routes/test/twice.card.yaml",
                                "routes/test/twice-v2.card.yaml",
                                text -> text.replace("version: 1", "version: 2"))
                        .copyOf("routes/test/twice.camel.yaml", "routes/test/twice-v2.camel.yaml", text -> text.replace(
                                        "id: twice", "id: twice-v2")
                                .replace("direct:twice", "direct:twice-v2"))
                        .grant("one"))
                .start();
    }

    @AfterAll
    static void stop() {
        bus.close();
        PROVIDER.close();
    }

    @BeforeEach
    void start_all() {
        Switchboard.of(bus).turn("one", "start", "");
    }

    @Test
    void a_service_is_stopped_and_started_by_its_name_while_the_list_tells_who_did_it() throws Exception {
        assertThat(service("stop", "one", "--reason", "the office moves house")).isZero();
        assertThat(out).contains("one/v1 is stopped now.");
        assertThat(TestBus.code(bus.get("/api/one/v1/x"))).isEqualTo("service-stopped");

        assertThat(service("list", "--state", "stopped")).isZero();
        assertThat(out.lines().skip(1))
                .singleElement()
                .asString()
                .startsWith("one/v1 ")
                .contains(" stopped ")
                .endsWith(Switchboard.SWITCHER);
        assertThat(service("inspect", "one/v1")).isZero();
        assertThat(out)
                .contains(
                        "state      stopped",
                        "operator   " + Switchboard.SWITCHER,
                        "reason     the office moves house");

        assertThat(service("stop", "one/v1", "--reason", "once more")).isZero();
        assertThat(out).contains("one/v1 was stopped already, since 20", "nothing has changed");

        assertThat(service("start", "one")).isZero();
        assertThat(out).contains("one/v1 is started now.");
        assertThat(bus.get("/api/one/v1/x").statusCode()).isEqualTo(200);
    }

    @Test
    void programs_read_json() throws Exception {
        assertThat(service("disable", "one", "--reason", "vì sao", "--json")).isZero();
        JsonNode turned = JSON.readTree(out);
        assertThat(turned.path("changed").asBoolean()).isTrue();

        assertThat(service("inspect", "one", "--json")).isZero();
        JsonNode one = JSON.readTree(out);
        assertThat(one.path("service").asText()).isEqualTo("one/v1");
        assertThat(one.path("state").asText()).isEqualTo("disabled");
        assertThat(one.path("reason").asText()).isEqualTo("vì sao");
        assertThat(one.path("unit").asText()).hasSize(64);

        assertThat(service("list", "--json")).isZero();
        assertThat(JSON.readTree(out).path("services"))
                .extracting(service -> service.path("service").asText())
                .containsExactly("one/v1", "twice/v1", "twice/v2");
    }

    @Test
    void without_the_right_a_service_is_looked_at_and_not_turned() {
        user = Switchboard.LOOKER;

        assertThat(service("list")).isZero();
        assertThat(out).contains("one/v1");
        assertThat(service("stop", "one", "--reason", "why")).isEqualTo(1);
        assertThat(err).contains("operator van-hanh may look on only: the right 'switch' in the registry opens this");
        assertThat(bus.get("/api/one/v1/x").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stop one                    | --reason
            disable one                 | --reason
            stop one --reason           | --reason says nothing
            stop twice --reason why    | twice/v1, or twice/v2
            inspect One                | no name of a service
            inspect one/2              | no name of a service
            list --state off           | started, stopped or disabled
            ''                         | list, inspect, stop, start or disable
            """)
    void a_wrong_call_ends_with_two_and_says_what_is_right(String call, String remedy) {
        List<String> words = new ArrayList<>(List.of(call.split(" ")));
        words.removeIf(String::isEmpty);
        if (call.contains("--reason") && words.get(words.size() - 1).equals("--reason")) {
            words.add(" ");
        }

        assertThat(service(words.toArray(String[]::new))).isEqualTo(2);
        assertThat(err).contains(remedy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "nobody/v1", "one/v7"})
    void a_service_that_the_bus_does_not_have_is_told(String name) {
        assertThat(service("inspect", name)).isEqualTo(1);
        assertThat(err).containsPattern("no service");
    }

    @Test
    void where_no_bus_answers_the_status_is_three() {
        assertThat(run(List.of("service", "list", "--management-port=1", "--password-file=" + password)))
                .isEqualTo(3);
        assertThat(err).contains("no bus answers at");
    }

    private int service(String... words) {
        List<String> all = new ArrayList<>(List.of("service"));
        all.addAll(List.of(words));
        if (words.length > 0) {
            all.addAll(List.of(
                    "--management-port=" + bus.bus().managementPort(),
                    "--user=" + user,
                    "--password-file=" + password));
        }
        return run(all);
    }

    private int run(List<String> words) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int status = Lgsp.commands()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(words.toArray(String[]::new));
        out = output.toString();
        err = errors.toString();
        return status;
    }
}
