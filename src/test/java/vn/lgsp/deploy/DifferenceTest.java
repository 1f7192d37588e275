package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DifferenceTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }

    @Test
    void a_change_is_shown_as_diff_u_shows_it_with_three_lines_around() throws IOException {
        Path before = file("before", lines(1, 20));
        Path after =
                file("after", lines(1, 20).replace("line 10\n", "dòng 10\n").replace("line 19\n", ""));

        List<Difference> found =
                Difference.between(Map.of("routes/x.camel.yaml", before), Map.of("routes/x.camel.yaml", after));

        assertThat(found).singleElement().satisfies(one -> {
            assertThat(one.kind()).isEqualTo(Difference.Kind.CHANGED);
            assertThat(one.text()).isEqualTo("""
                    --- routes/x.camel.yaml
                    +++ routes/x.camel.yaml
                    @@ -7,7 +7,7 @@
                     line 7
                     line 8
                     line 9
                    -line 10
                    +dòng 10
                     line 11
                     line 12
                     line 13
                    @@ -16,5 +16,4 @@
                     line 16
                     line 17
                     line 18
                    -line 19
                     line 20
                    """);
        });
    }

    @Test
    void added_and_removed_files_are_shown_whole_and_equal_ones_not_at_all() throws IOException {
        Path same = file("same", "x\n");
        Path copy = file("copy", "x\n");
        Path text = file("text", "a\nb\n");

        List<Difference> found = Difference.between(Map.of("a", same, "gone", text), Map.of("a", copy, "new", text));

        assertThat(found).extracting(Difference::file).containsExactly("gone", "new");
        assertThat(found.get(0).text()).isEqualTo("--- gone\n+++ gone\n@@ -1,2 +0,0 @@\n-a\n-b\n");
        assertThat(found.get(1).text()).isEqualTo("--- new\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    }

    @Test
    void of_a_large_file_only_its_size_is_told() throws IOException {
        Path before = file("before", lines(1, 5_000));
        Path after = file("after", lines(1, 5_001));

        assertThat(Difference.between(Map.of("a", before), Map.of("a", after))
                        .get(0)
                        .text())
                .isEqualTo("a: 5000 lines before, 5001 after; too many to show");
    }
}
