package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A requirement id that is cited can be looked up, and a test that is named exists. */
final class DocumentedIdsTest {
    private static final Pattern ID = Pattern.compile("\\b(?!UTF)[A-Z]{3}-[0-9]{2}\\b");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))`");
    private static final Path SOURCES = Path.of("docs/reference/sources.md");

    @Test
    void every_requirement_id_that_is_cited_has_its_text_and_article_on_the_page_of_sources() {
        Set<String> known = firstCells(SOURCES.toString());

        Set<String> cited = Stream.of("src", "routes", "transforms", "connectors", "docs", "docker")
                .flatMap(folder -> Page.files(Path.of(folder)))
                .filter(file -> !file.equals(SOURCES))
                .flatMap(file -> found(ID, text(file), 0).stream())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(cited).hasSizeGreaterThan(30);
        assertThat(known).containsAll(cited);
    }

    @Test
    void no_requirement_id_has_two_rows_on_the_page_of_sources() {
        List<String> ids = Page.at(SOURCES.toString()).rows().stream()
                .map(row -> row.get(0))
                .filter(ID.asMatchPredicate())
                .toList();

        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void every_test_that_a_page_names_exists() {
        Set<String> tests = Page.files(Path.of("src/test/java"))
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());

        Set<String> named = Page.all().stream()
                .flatMap(page -> found(TEST, page.prose(), 1).stream())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).hasSizeGreaterThan(10);
        assertThat(tests).containsAll(named);
    }

    @Test
    void every_row_of_conformity_names_a_test() {
        assertThat(Page.at("docs/reference/conformity.md").rows().stream()
                        .filter(row -> ID.matcher(row.get(0)).matches()))
                .hasSizeGreaterThan(20)
                .allSatisfy(row -> assertThat(found(TEST, row.get(2), 1)).isNotEmpty());
    }

    private static Set<String> firstCells(String page) {
        return Page.at(page).rows().stream().map(row -> row.get(0)).collect(Collectors.toSet());
    }

    private static Set<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
