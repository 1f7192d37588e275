package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.unit.Unit;

/** {@code lgsp new service}: what it makes is whole, and harms nothing that is there. */
class NewServiceCommandTest {
    private Home home = new Home(Path.of(""));

    @BeforeEach
    void copy(@TempDir Path folder) throws IOException {
        home = Home.in(folder);
    }

    @ParameterizedTest
    @EnumSource(Blueprint.Shape.class)
    void what_the_product_holds_of_a_shape_is_what_its_index_names(Blueprint.Shape shape) throws IOException {
        Path folder = Path.of("src/main/resources/vn/lgsp/command/blueprint", shape.toString());
        TreeSet<String> files = new TreeSet<>();
        try (Stream<Path> found = Files.walk(folder)) {
            found.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.equals("index"))
                    .forEach(files::add);
        }
        try (InputStream index =
                Objects.requireNonNull(Blueprint.class.getResourceAsStream("blueprint/" + shape + "/index"))) {
            assertThat(new String(index.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .containsExactlyElementsOf(files);
        }
    }

    @ParameterizedTest
    @EnumSource(Blueprint.Shape.class)
    void a_new_service_of_every_shape_and_its_next_version_are_right_as_they_are_made(Blueprint.Shape shape) {
        Called made = make("tax-land-notice", shape.toString(), "social-insurance");
        Called next = home.lgsp("new", "service", "tax-land-notice", "--version", "2");
        Called checked = home.lgsp("validate", "routes/tax");

        assertThat(made.status()).as(made.err()).isZero();
        assertThat(next.status()).as(next.err()).isZero();
        assertThat(checked.out()).contains("Nothing is wrong with 2 services");
        assertThat(unit("tax-land-notice").files().keySet()).anyMatch(file -> file.endsWith(".scenario.yaml"));
    }

    @Test
    void a_guaranteed_service_gets_a_route_a_mapping_and_samples_for_each_destination() {
        Called called = make("tax-notice-send", "guaranteed-soap", "social-insurance", "civil-archive");

        assertThat(called.status()).as(called.err()).isZero();
        assertThat(home.read("routes/tax/tax-notice-send--to-social-insurance.camel.yaml"))
                .contains("lgsp-http:social-insurance");
        assertThat(home.read("routes/tax/tax-notice-send--to-civil-archive.camel.yaml"))
                .contains("lgsp-jms:civil-archive");
        Unit unit = unit("tax-notice-send");
        assertThat(unit.destinations()).hasSize(2);
        assertThat(unit.card().mode()).isEqualTo(ServiceCard.Mode.GUARANTEED);
        assertThat(called.out()).contains("--data-binary @- http://localhost:8080/soap/tax-notice-send/v1");
    }

    @Test
    void the_card_tells_people_what_was_given_and_otherwise_what_the_registry_knows() {
        make("land-owner-lookup", "mapped", "land-registry-east");
        ServiceCard card = unit("land-owner-lookup").card();

        assertThat(card.domain()).isEqualTo("land");
        assertThat(card.name()).isEqualTo("Tra cứu thử");
        assertThat(card.entry().englishName()).isEqualTo("Land owner lookup");
        assertThat(card.entry().contact()).isEqualTo("Bộ phận hỗ trợ, Văn phòng Đăng ký đất đai quận Đông");
    }

    @Test
    void it_says_what_to_do_next_with_a_grant_and_a_call_that_can_be_pasted() {
        assertThat(make("land-owner-lookup", "mapped", "land-registry-east").out())
                .contains(
                        "- id: tax-office-portal-land-owner-lookup-v1",
                        "consumer: tax-office-portal",
                        "service: land-owner-lookup/v1",
                        "curl -i -H 'X-Api-Key: sample-key-tax-office'"
                                + " http://localhost:8080/api/land-owner-lookup/v1/owners/0012-345",
                        "./lgsp validate land-owner-lookup",
                        "./lgsp test land-owner-lookup");
    }

    @Test
    void programs_get_files_grant_and_call() throws IOException {
        Called called = home.lgsp(
                "new",
                "service",
                "land-owner-lookup",
                "--shape=mapped",
                "--system=land-registry-east",
                "--vi=Thử",
                "--json");
        JsonNode told = new ObjectMapper().readTree(called.out());

        assertThat(told.path("service").asText()).isEqualTo("land-owner-lookup");
        told.path("files").forEach(file -> assertThat(home.folder().resolve(file.asText()))
                .exists());
        assertThat(told.path("files")).hasSizeGreaterThan(15);
        assertThat(told.at("/grant/service").asText()).isEqualTo("land-owner-lookup/v1");
    }

    @Test
    void where_nobody_can_be_asked_what_is_missing_is_named_and_nothing_is_made() throws IOException {
        long before = count();

        Called nothing = home.lgsp("new", "service");
        Called some = home.lgsp("new", "service", "land-owner-lookup", "--shape", "mapped");

        assertThat(nothing.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(nothing.err()).contains("NAME, --shape, --system, --vi");
        assertThat(some.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(some.err()).hasLineCount(1).contains("--system, --vi").doesNotContain("--shape,");
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void a_system_that_is_not_registered_or_cannot_be_called_is_refused_with_those_that_can() {
        for (String system : List.of("nowhere", "tax-office-portal", "civil-archive")) {
            Called called = make("land-owner-lookup", "mapped", system);

            assertThat(called.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
            assertThat(called.err()).contains("'" + system + "'", "Known are ", "population, land-registry-east");
        }
    }

    @Test
    void names_that_no_service_or_text_can_have_are_refused() {
        assertThat(make("Land Owner", "mapped", "population").err()).contains("kebab-case");
        for (String text : List.of("a: b", "a # b", "<b>", "a\nb", "", " a", "-a", "a -- b")) {
            Called called = home.lgsp(
                    "new", "service", "land-owner-lookup", "--shape=mapped", "--system=population", "--vi=" + text);
            assertThat(called.status()).as(text).isEqualTo(ExitCode.CALLED_WRONGLY);
        }
    }

    @Test
    void text_that_yaml_would_read_as_something_else_stays_text() {
        home.lgsp(
                "new",
                "service",
                "land-owner-lookup",
                "--shape=mapped",
                "--system=population",
                "--vi=2026",
                "--en=Yes");

        assertThat(unit("land-owner-lookup").card().name()).isEqualTo("2026");
        assertThat(unit("land-owner-lookup").card().entry().englishName()).isEqualTo("Yes");
    }

    @Test
    void a_file_that_is_there_is_never_overwritten_and_then_nothing_is_made() throws IOException {
        home.write("transforms/land/land-owner-lookup/response.jq", "mine");
        long before = count();

        Called called = make("land-owner-lookup", "mapped", "land-registry-east");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(called.err()).contains("transforms/land/land-owner-lookup/response.jq", "nothing was overwritten");
        assertThat(home.read("transforms/land/land-owner-lookup/response.jq")).isEqualTo("mine");
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void the_next_version_is_a_copy_under_its_own_name_that_changes_nothing_of_the_first() {
        Unit first = unit("land-parcel-lookup");

        Called called = home.lgsp("new", "service", "land-parcel-lookup", "--version", "2");

        assertThat(called.status()).as(called.err()).isZero();
        assertThat(unit("land-parcel-lookup").digest()).isEqualTo(first.digest());
        Unit second = unit("land-parcel-lookup-v2");
        assertThat(second.card().key()).hasToString("land-parcel-lookup/v2");
        assertThat(home.read("routes/land/land-parcel-lookup-v2.camel.yaml"))
                .contains(
                        "id: land-parcel-lookup-v2",
                        "direct:land-parcel-lookup-v2",
                        "transforms/land/land-parcel-lookup-v2/")
                .doesNotContain("transforms/land/land-parcel-lookup/");
        assertThat(home.read("routes/land/land-parcel-lookup-v2.card.yaml"))
                .contains("service: land-parcel-lookup\n", "version: 2\n");
        assertThat(second.files().keySet().stream().filter(file -> file.contains("/samples/")))
                .hasSameSizeAs(first.files().keySet().stream()
                        .filter(file -> file.contains("/samples/"))
                        .toList());
    }

    @Test
    void the_next_version_of_a_guaranteed_service_keeps_its_contract() {
        home.lgsp("new", "service", "civil-birth-notify", "--version", "2");
        home.lgsp("new", "service", "civil-birth-notify", "--version", "3");

        Unit third = unit("civil-birth-notify-v3");
        assertThat(third.card().key().version()).isEqualTo(3);
        assertThat(third.files().keySet())
                .contains(
                        "routes/civil/civil-birth-notify-v3.wsdl",
                        "routes/civil/civil-birth-notify-v3--to-civil-archive.camel.yaml");
        assertThat(home.read("routes/civil/civil-birth-notify-v3--to-civil-archive.camel.yaml"))
                .contains("id: civil-birth-notify-v3--to-civil-archive")
                .doesNotContain("-v2");
        assertThat(third.card().operations().get(0).soap().orElseThrow().namespace())
                .isEqualTo("urn:thanhphomau:hotich:khaisinh:1.0");
    }

    @Test
    void a_version_that_is_there_is_refused_and_so_are_answers_that_a_copy_does_not_need() {
        Called again = home.lgsp("new", "service", "land-parcel-lookup", "--version", "1");
        Called none = home.lgsp("new", "service", "land-parcel-lookup");
        Called shaped = home.lgsp("new", "service", "land-parcel-lookup", "--version", "2", "--shape", "mapped");

        assertThat(again.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(again.err()).contains("is there already", "--version 2");
        assertThat(none.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(none.err()).contains("give --version 2");
        assertThat(shaped.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(shaped.err()).contains("take --shape out");
    }

    @Test
    void at_a_terminal_it_asks_for_what_is_not_given_and_asks_again_after_a_wrong_answer() {
        Answering lan = new Answering(
                "land-owner-lookup", "", "Tra cứu chủ đất", "", "", "9", "2", "nowhere", "land-registry-west", "", "");

        int status = new CommandLine(new NewServiceCommand(Optional.of(lan)))
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(new StringWriter()))
                .execute("--home=" + home.folder());

        assertThat(status).isZero();
        assertThat(lan.told)
                .contains("Name, {domain}-{thing}-{verb}", "[Land owner lookup]", "[land]")
                .contains("2  mapped", "write a number from 1 to 5")
                .contains("land-registry-west", "no system 'nowhere'");
        assertThat(unit("land-owner-lookup").card().providers()).hasToString("[land-registry-west]");
        assertThat(lan.answers).isEmpty();
    }

    private static final class Answering implements Person {
        private final Deque<String> answers;
        private final StringBuilder told = new StringBuilder();

        Answering(String... answers) {
            this.answers = new ArrayDeque<>(Arrays.asList(answers));
        }

        @Override
        public String answer(String question) {
            told.append(question).append('\n');
            return answers.pop();
        }

        @Override
        public void tell(String text) {
            told.append(text).append('\n');
        }
    }

    private Called make(String name, String shape, String... systems) {
        String[] fixed = {"new", "service", name, "--shape=" + shape, "--vi=Tra cứu thử"};
        return home.lgsp(Stream.concat(Stream.of(fixed), Arrays.stream(systems).map(system -> "--system=" + system))
                .toArray(String[]::new));
    }

    private Unit unit(String base) {
        return Unit.all(home.folder()).stream()
                .filter(unit -> unit.base().equals(base))
                .findFirst()
                .orElseThrow();
    }

    private long count() throws IOException {
        try (Stream<Path> files = Files.walk(home.folder())) {
            return files.count();
        }
    }
}
