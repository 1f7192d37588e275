package vn.lgsp.codes;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.catalogue.CodeTable.Code;
import vn.lgsp.failure.Refused;

/**
 * The file of a table after a preview was taken over. Lines of codes that stay as they are, comments and everything that people wrote
 * beside stay too; so the difference of the file is that of the preview.
 */
public final class TableText {
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}][\\p{L}\\p{M}\\p{N} ()/._-]*(?<! )");
    private static final Pattern WORD = Pattern.compile("(?i)true|false|yes|no|on|off|y|n|null");
    private static final Pattern FIELD = Pattern.compile("(version|taken|codes):.*");

    private TableText() {}

    /**
     * Writes it.
     *
     * @param told the file as its author knows it
     * @throws IllegalArgumentException when the file is not written so that it can be changed line by line
     */
    public static String of(String told, String text, CodeTable table, Preview preview, String by) {
        List<Integer> starts = table.codes().stream().map(Code::line).toList();
        if (starts.stream().distinct().count() < starts.size()) {
            throw unwritable(told);
        }
        Map<Integer, Preview.Change> byLine = new HashMap<>();
        List<String> added = new ArrayList<>();
        for (Preview.Change change : preview.changes()) {
            change.before()
                    .ifPresentOrElse(
                            before -> byLine.put(before.line(), change),
                            () -> added.add("  - " + line(change.after().orElseThrow(), table.sharing())));
        }
        List<String> lines = text.lines().toList();
        List<String> written = new ArrayList<>();
        boolean open = false;
        boolean dropping = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean aside = line.isBlank() || line.strip().startsWith("#");
            if (starts.contains(i + 1)) {
                Preview.Change change = byLine.get(i + 1);
                dropping = change != null;
                if (change == null) {
                    written.add(line);
                } else {
                    String indent = line.substring(0, Math.max(0, line.indexOf('-')));
                    change.after().ifPresent(after -> written.add(indent + "- " + line(after, table.sharing())));
                }
                continue;
            }
            Matcher field = FIELD.matcher(line);
            if (field.matches()) {
                if (open) {
                    insert(written, added);
                }
                open = field.group(1).equals("codes");
                dropping = false;
                switch (field.group(1)) {
                    case "version" -> {
                        written.add("version: \"" + next(table.version(), preview.day()) + "\"");
                        written.add("taken: { on: " + preview.day() + ", by: " + quoted(by) + ", preview: \""
                                + preview.digest() + "\" }");
                    }
                    case "codes" -> written.add("codes:");
                    default -> {
                        // written behind the version
                    }
                }
            } else if (!dropping || aside) {
                written.add(line);
            }
        }
        if (open) {
            insert(written, added);
        } else if (!added.isEmpty()) {
            written.add("codes:");
            written.addAll(added);
        }
        String made = String.join("\n", written) + "\n";
        try {
            if (isWanted(told, made, table, preview)) {
                return made;
            }
        } catch (Refused noTable) {
            throw new IllegalArgumentException(unwritable(told).getMessage(), noTable);
        }
        throw unwritable(told);
    }

    private static IllegalArgumentException unwritable(String told) {
        return new IllegalArgumentException(told
                + " is not written so that it can be changed line by line: write each of its fields, and each code, on a line of"
                + " its own");
    }

    /** New codes stand behind the last one; what people wrote below it stays below. */
    private static void insert(List<String> written, List<String> added) {
        int end = written.size();
        while (end > 0
                && (written.get(end - 1).isBlank() || written.get(end - 1).startsWith("#"))) {
            end--;
        }
        written.addAll(end, added);
        added.clear();
    }

    /** What came of it is read again: nothing but what the preview says may have changed. */
    private static boolean isWanted(String told, String made, CodeTable table, Preview preview) {
        Map<Integer, Preview.Change> byLine = preview.changes().stream()
                .filter(change -> change.before().isPresent())
                .collect(
                        Collectors.toMap(change -> change.before().orElseThrow().line(), change -> change));
        List<Code> wanted = Stream.concat(
                        table.codes().stream().flatMap(code -> Optional.ofNullable(byLine.get(code.line()))
                                .map(change -> change.after().stream())
                                .orElseGet(() -> Stream.of(code))),
                        preview.changes().stream()
                                .filter(change -> change.before().isEmpty())
                                .flatMap(change -> change.after().stream()))
                .map(TableText::anywhere)
                .toList();
        CodeTable read = CodeTable.read(told, table.name(), made);
        return read.codes().stream().map(TableText::anywhere).toList().equals(wanted)
                && read.sources().equals(table.sources())
                && read.sharing().equals(table.sharing())
                && read.title().equals(table.title());
    }

    private static Code anywhere(Code code) {
        return new Code(
                code.code(), code.name(), code.parent(), code.partners(), code.first(), code.last(), code.local(), 0);
    }

    /** The day; with a number behind it for the second of a day. */
    private static String next(String version, LocalDate day) {
        if (version.equals(day.toString())) {
            return day + ".2";
        }
        Matcher again = Pattern.compile(Pattern.quote(day.toString()) + "\\.([0-9]{1,6})")
                .matcher(version);
        return again.matches() ? day + "." + (Integer.parseInt(again.group(1)) + 1) : day.toString();
    }

    private static String line(Code code, List<String> sharing) {
        List<String> fields = new ArrayList<>();
        fields.add("code: " + quoted(code.code()));
        if (!code.name().isEmpty()) {
            fields.add("name: " + quoted(code.name()));
        }
        if (!code.parent().isEmpty()) {
            fields.add("parent: " + quoted(code.parent()));
        }
        code.first().ifPresent(day -> fields.add("from: " + day));
        code.last().ifPresent(day -> fields.add("until: " + day));
        String partners = code.partners().entrySet().stream()
                .filter(own ->
                        !(sharing.contains(own.getKey()) && own.getValue().equals(List.of(code.code()))))
                .map(own -> own.getKey() + ": " + own(own.getValue()))
                .collect(Collectors.joining(", "));
        if (!partners.isEmpty()) {
            fields.add("partners: { " + partners + " }");
        }
        return "{ " + String.join(", ", fields) + " }";
    }

    private static String own(List<String> codes) {
        return codes.size() == 1
                ? quoted(codes.get(0))
                : codes.stream().map(TableText::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** In quotes unless nobody could read it as anything but text. */
    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches() && !WORD.matcher(text).matches()) {
            return text;
        }
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
