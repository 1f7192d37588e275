package vn.lgsp.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchPageTest {
    private final Path page;

    BenchPageTest(@TempDir Path folder) {
        page = folder.resolve("docs/reference/performance.md");
    }

    @Test
    void new_figures_replace_the_old_ones_and_leave_the_words_around_them() throws IOException {
        BenchPage.write(page, LocalDate.of(2026, 11, 20), "first\n");
        Files.writeString(
                page, Files.readString(page).replace("# Performance", "# Performance\n\nA remark.") + "\nAn end.\n");

        BenchPage.write(page, LocalDate.of(2026, 11, 21), "second\n");

        assertThat(page)
                .content()
                .contains("A remark.", "## Figures of 2026-11-21", "second", "An end.")
                .doesNotContain("first", "2026-11-20");
    }

    @Test
    void a_page_that_lost_its_marks_is_not_touched() throws IOException {
        Files.createDirectories(page.resolveSibling(""));
        Files.writeString(page, "# Performance\n");

        assertThatThrownBy(() -> BenchPage.write(page, LocalDate.of(2026, 11, 21), "figures"))
                .hasMessageContaining("put both back");
        assertThat(page).hasContent("# Performance\n");
    }
}
