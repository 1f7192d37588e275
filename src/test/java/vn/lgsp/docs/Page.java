package vn.lgsp.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the repository, in Markdown. */
public record Page(Path file, List<String> lines) {
    private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");

    /**
     * A block of code.
     *
     * @param comment what stands in the comment right above it, or empty
     */
    public record Block(String comment, String text) {}

    public static Page at(String file) {
        return at(Path.of(file));
    }

    private static Page at(Path file) {
        try {
            return new Page(file, Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Every page of the repository. */
    static List<Page> all() {
        return Stream.concat(
                        Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")),
                        Stream.of("docs", "transforms", "docker").flatMap(folder -> files(Path.of(folder))))
                .filter(file -> file.toString().endsWith(".md"))
                .map(Page::at)
                .toList();
    }

    /** All files below a folder, in order. */
    static Stream<Path> files(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The cells of all tables, row by row, without the headings. */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean heading = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
            String line = lines.get(i);
            if (line.startsWith("| ") && !heading) {
                rows.add(Stream.of(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList());
            }
        }
        return rows;
    }

    /** The blocks of code, in order. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                Matcher above = COMMENT.matcher(i == 0 ? "" : lines.get(i - 1));
                StringBuilder text = new StringBuilder();
                while (!lines.get(++i).equals("```")) {
                    text.append(lines.get(i)).append('\n');
                }
                blocks.add(new Block(above.matches() ? above.group(1) : "", text.toString()));
            }
        }
        return blocks;
    }

    /** The text without blocks of code. */
    String prose() {
        StringBuilder prose = new StringBuilder();
        boolean code = false;
        for (String line : lines) {
            boolean fence = line.startsWith("```");
            code ^= fence;
            if (!code && !fence) {
                prose.append(line).append('\n');
            }
        }
        return prose.toString();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
