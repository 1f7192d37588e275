package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.docs.Page;

/** The page of the command line tells what there is. */
class CommandLinePageTest {
    private static final Page PAGE = Page.at("docs/reference/command-line.md");

    @Test
    void every_command_that_does_something_has_a_row() {
        List<String> commands = LgspTest.commands()
                .filter(command -> command.subcommands().isEmpty())
                .map(command -> "`" + command.qualifiedName().substring("lgsp ".length()) + "`")
                .toList();

        assertThat(firstCells()).containsAll(commands);
    }

    @Test
    void the_exit_codes_are_those_of_the_page() throws IllegalAccessException {
        List<String> codes = new ArrayList<>();
        for (Field field : ExitCode.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                codes.add(String.valueOf(field.getInt(null)));
            }
        }

        assertThat(firstCells()).containsAll(codes);
        assertThat(firstCells().stream().filter(cell -> cell.matches("[0-9]+"))).containsExactlyElementsOf(codes);
    }

    @Test
    void the_shapes_of_new_services_are_those_of_the_page() {
        assertThat(PAGE.rows().stream().filter(row -> row.size() > 1).map(row -> row.get(0) + " " + row.get(1)))
                .containsAll(Arrays.stream(Blueprint.Shape.values())
                        .map(shape -> "`" + shape + "` " + shape.meaning())
                        .toList());
    }

    @Test
    void the_fields_of_json_documents_are_those_of_the_page(@TempDir Path folder) throws IOException {
        Home home = Home.in(folder);
        JsonNode explained = json(home.lgsp("explain", "land-parcel-lookup", "--json", "--management-port=1"));
        JsonNode made = json(home.lgsp(
                "new", "service", "land-owner-lookup", "--shape=mapped", "--system=population", "--vi=Thử", "--json"));
        home.edit("routes/land/land-owner-lookup.card.yaml", "mode: mapped", "mode: maped");
        JsonNode checked = json(home.lgsp("validate", "--json"));

        assertThat(fields("`validate`")).isEqualTo(names(checked));
        assertThat(fields("a finding")).isEqualTo(names(checked.at("/findings/0")));
        TreeSet<String> service = names(explained.at("/services/0"));
        service.add("services");
        assertThat(fields("`explain`")).isEqualTo(service);
        assertThat(fields("a step of `route`")).isEqualTo(names(explained.at("/services/0/route/0")));
        TreeSet<String> grant = names(made);
        grant.addAll(names(made.path("grant")));
        assertThat(fields("`new service`")).isEqualTo(grant);
    }

    private static List<String> firstCells() {
        return PAGE.rows().stream().map(row -> row.get(0)).toList();
    }

    /** What stands in back quotes in the row of a document, in the last table. */
    private static TreeSet<String> fields(String document) {
        String row = PAGE.rows().stream()
                .filter(cells -> cells.get(0).equals(document))
                .reduce((first, last) -> last)
                .orElseThrow()
                .get(1);
        TreeSet<String> fields = new TreeSet<>();
        Pattern.compile("`([A-Za-z]+)`").matcher(row).results().forEach(field -> fields.add(field.group(1)));
        return fields;
    }

    private static TreeSet<String> names(JsonNode node) {
        TreeSet<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode json(Called called) throws IOException {
        return new ObjectMapper().readTree(called.out());
    }
}
