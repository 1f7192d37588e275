package vn.lgsp.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table that reads well on a terminal and is Markdown. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... columns) {
        row(columns);
        rows.add(Arrays.stream(columns).map(column -> "").toList());
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return IntStream.range(0, rows.size())
                .mapToObj(i -> IntStream.range(0, widths.length)
                        .mapToObj(column -> cell(i, column, widths[column]))
                        .collect(Collectors.joining("|", "|", "|\n")))
                .collect(Collectors.joining());
    }

    // The first column is text and stands left, figures stand right.
    private String cell(int row, int column, int width) {
        if (row == 1) {
            return column == 0 ? "-".repeat(width + 2) : "-".repeat(width + 1) + ":";
        }
        String text = rows.get(row).get(column);
        String space = " ".repeat(width - text.length());
        return column == 0 ? " " + text + space + " " : " " + space + text + " ";
    }
}
