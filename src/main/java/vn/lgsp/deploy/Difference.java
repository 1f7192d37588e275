package vn.lgsp.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One file that two revisions have differently.
 *
 * @param file below the home
 * @param text its lines as {@code diff -u} writes them, three around each change; that it is large is said instead of showing it
 */
public record Difference(String file, Kind kind, String text) {
    /** What became of the file. */
    public enum Kind {
        ADDED,
        CHANGED,
        REMOVED
    }

    private static final int AROUND = 3;
    private static final int MOST_LINES = 4_000;

    /** All files that differ, by name. */
    static List<Difference> between(Map<String, Path> before, Map<String, Path> after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Difference> found = new ArrayList<>();
        for (String name : names) {
            Path old = before.get(name);
            Path now = after.get(name);
            if (old == null || now == null || !same(old, now)) {
                Kind kind = old == null ? Kind.ADDED : now == null ? Kind.REMOVED : Kind.CHANGED;
                found.add(new Difference(name, kind, text(name, lines(old), lines(now))));
            }
        }
        return found;
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.mismatch(one, other) < 0;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> lines(@Nullable Path file) {
        try {
            return file == null
                    ? List.of()
                    : new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String text(String name, List<String> before, List<String> after) {
        if (before.size() > MOST_LINES || after.size() > MOST_LINES) {
            return "%s: %d lines before, %d after; too many to show".formatted(name, before.size(), after.size());
        }
        List<Line> all = compare(before, after);
        StringBuilder text = new StringBuilder("--- " + name + "\n+++ " + name + "\n");
        int at = 0;
        while (at < all.size()) {
            Optional<int[]> next = hunk(all, at);
            if (next.isEmpty()) {
                break;
            }
            int from = next.get()[0];
            int to = next.get()[1];
            write(all, from, to, text);
            at = to;
        }
        return text.toString();
    }

    /** @param sign space, minus or plus */
    private record Line(char sign, String text) {}

    /** The shortest way from one to the other, by the longest lines that both have in order. */
    private static List<Line> compare(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> all = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                all.add(new Line(' ', before.get(i++)));
                j++;
            } else if (j >= after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                all.add(new Line('-', before.get(i++)));
            } else {
                all.add(new Line('+', after.get(j++)));
            }
        }
        return all;
    }

    /** Where the next change with its surroundings begins, and where it ends. */
    private static Optional<int[]> hunk(List<Line> all, int at) {
        int first = at;
        while (first < all.size() && all.get(first).sign() == ' ') {
            first++;
        }
        if (first == all.size()) {
            return Optional.empty();
        }
        int last = first;
        for (int i = first; i < all.size() && i - last <= 2 * AROUND; i++) {
            if (all.get(i).sign() != ' ') {
                last = i;
            }
        }
        return Optional.of(new int[] {Math.max(at, first - AROUND), Math.min(all.size(), last + AROUND + 1)});
    }

    private static void write(List<Line> all, int from, int to, StringBuilder text) {
        text.append("@@ -%s +%s @@\n".formatted(range(all, from, to, '+'), range(all, from, to, '-')));
        all.subList(from, to)
                .forEach(line -> text.append(line.sign()).append(line.text()).append('\n'));
    }

    /** @param not the sign of the lines that this side does not have */
    private static String range(List<Line> all, int from, int to, char not) {
        long before =
                all.subList(0, from).stream().filter(line -> line.sign() != not).count();
        long inside = all.subList(from, to).stream()
                .filter(line -> line.sign() != not)
                .count();
        return (inside == 0 ? before : before + 1) + "," + inside;
    }
}
