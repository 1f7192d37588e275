package vn.lgsp.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** The page that shows the last figures; what people wrote around them stays. */
public final class BenchPage {
    static final String BEGIN = "<!-- figures: written by ./lgsp bench --write -->";
    static final String END = "<!-- end of figures -->";

    private static final String EMPTY = """
            # Performance

            What `./lgsp bench` measured last. `docs/explanation` says what to make of it; absolute rates belong to the machine,
            ratios travel better.

            %s
            %s
            """.formatted(BEGIN, END);

    private BenchPage() {}

    /**
     * Replaces the figures on the page, and makes the page where there is none.
     *
     * @throws IllegalArgumentException when the page is there and has lost the marks between which the figures stand
     */
    public static void write(Path page, LocalDate day, String report) throws IOException {
        String text = Files.exists(page) ? Files.readString(page) : EMPTY;
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException(
                    page + " has lost the line " + BEGIN + " or " + END + ": put both back, in this order");
        }
        Path folder = page.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(
                page,
                text.substring(0, begin) + BEGIN + "\n\n## Figures of " + day + "\n\n" + report + text.substring(end));
    }
}
