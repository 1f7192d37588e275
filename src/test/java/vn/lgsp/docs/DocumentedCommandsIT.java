package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever does what a page says gets what it shows. The comment above a block says what is done with it; {@code docs/README.md}
 * lists them. Whoever writes a page runs it alone with {@code -Dlgsp.page=} and a part of its name.
 */
final class DocumentedCommandsIT {
    private static final String ALONE = "./lgsp run\n";
    private static final Path POSTGRESQL = Path.of("docs/how-to/use-postgresql.md");

    @TempDir
    static Path folder;

    private static Workplace work;

    @BeforeAll
    static void enter() throws IOException {
        work = new Workplace(folder);
    }

    @AfterAll
    static void leave() {
        work.close();
    }

    static Stream<Page> pages() {
        return Page.all().stream()
                .filter(page ->
                        page.blocks().stream().anyMatch(block -> block.comment().matches("start|run|fails [0-9]")))
                .filter(page -> !page.file().equals(POSTGRESQL))
                .filter(page -> page.toString().contains(System.getProperty("lgsp.page", "")))
                .sorted(Comparator.comparing(page -> onlyAsks(page) ? 0 : 1));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void the_commands_of_a_page_do_what_the_page_shows(Page page) throws IOException {
        if (!onlyAsks(page) || !work.isAsStarted(ALONE)) {
            work.begin(Map.of());
        }
        follow(page);
    }

    /** Such pages follow each other at one bus, as long as it has the files that are shipped. */
    private static boolean onlyAsks(Page page) {
        return page.blocks().stream()
                        .filter(block -> block.comment().equals("start"))
                        .map(Page.Block::text)
                        .toList()
                        .equals(List.of(ALONE))
                && page.blocks().stream().noneMatch(block -> block.comment().matches("(append|insert) .*"));
    }

    @Test
    void the_commands_of_the_page_about_postgresql_do_what_it_shows() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            work.begin(Map.of("5432", postgres.getPort()));
            try (Connection administrator = postgres.getPostgresDatabase().getConnection();
                    Statement statement = administrator.createStatement()) {
                for (Page.Block block : Page.at(POSTGRESQL.toString()).blocks()) {
                    if (block.comment().equals("administrator")) {
                        for (String sql : block.text().strip().split(";", -1)) {
                            statement.execute(sql);
                        }
                    }
                }
            }
            follow(Page.at(POSTGRESQL.toString()));
            work.stop();
        }
    }

    private void follow(Page page) throws IOException {
        String output = "";
        for (Page.Block block : page.blocks()) {
            String text = work.here(block.text());
            List<String> words = List.of(block.comment().split(" ", 4));
            switch (words.get(0)) {
                case "start" -> output = onlyAsks(page) && work.isAsStarted(text) ? work.printed() : work.start(text);
                case "run" -> output = work.run(words.subList(1, words.size()), text);
                case "fails" -> output = work.fail(Integer.parseInt(words.get(1)), text);
                case "answers" -> assertSame(output, text);
                case "tells" -> work.hear(said -> isSame(said, text), text);
                case "file" -> write(words.get(1), text);
                case "append" -> write(words.get(1), read(words.get(1)) + text);
                case "insert" -> insert(words.get(1), words.get(3), text);
                case "", "administrator" -> {}
                default ->
                    throw new AssertionError(page + " says <!-- " + block.comment() + " -->: nothing knows that");
            }
        }
    }

    private static void assertSame(String output, String shown) {
        assertThat(squeezed(output)).matches(pattern(shown));
    }

    private static boolean isSame(String output, String shown) {
        return squeezed(output).matches(pattern(shown));
    }

    /** White space apart, and with anything where the page has {@code …}. */
    private static String pattern(String shown) {
        return "(?s)"
                + Stream.of(squeezed(shown).split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s", "");
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void insert(String file, String line, String text) throws IOException {
        String before = read(file);
        String anchor = "\n" + line + "\n";
        assertThat(before).contains(anchor);
        write(file, before.replace(anchor, anchor + text));
    }
}
