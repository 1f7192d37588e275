package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * A shared table of codes, with those that partners have instead: {@code transforms/_codes/{table}.codes.yaml}. A code counts from its
 * first to its last day, both included.
 *
 * @param name of the file without its ending
 * @see "MDM-05"
 */
public record CodeTable(String name, List<Code> codes) {
    private static final int MOST_CODES = 100_000;

    /**
     * One code.
     *
     * @param name for people; may be empty
     * @param parent the code that it is below of, where codes form a tree; may be empty
     * @param partners the codes of each partner; the first of them is the one that the bus writes
     */
    public record Code(
            String code,
            String name,
            String parent,
            Map<String, List<String>> partners,
            Optional<LocalDate> first,
            Optional<LocalDate> last,
            int line) {
        public boolean countsOn(LocalDate day) {
            return first.filter(day::isBefore).isEmpty()
                    && last.filter(day::isAfter).isEmpty();
        }

        private boolean overlaps(Code other) {
            return startsBy(other.last) && other.startsBy(last);
        }

        private boolean startsBy(Optional<LocalDate> end) {
            return first.isEmpty() || end.isEmpty() || !first.get().isAfter(end.get());
        }

        /** The codes that a partner has for it. */
        public List<String> of(String partner) {
            return partners.getOrDefault(partner, List.of());
        }
    }

    /**
     * Reads a table.
     *
     * @param told the file as its author knows it
     * @throws Refused naming file and line of each mistake
     */
    public static CodeTable read(String told, Path file) {
        Section table = SourceFile.read(told, SourceFile.text(told, file), List.of("name", "version", "codes"));
        table.text("name");
        table.text("version");
        List<Section> entries = table.sections("codes", "code", "name", "parent", "from", "until", "partners");
        if (entries.isEmpty() || entries.size() > MOST_CODES) {
            throw table.missing("codes");
        }
        List<Code> codes = Section.each(entries, CodeTable::code);
        unique(told, codes);
        String name = String.valueOf(file.getFileName());
        return new CodeTable(name.substring(0, name.indexOf('.')), codes);
    }

    private static Code code(Section entry) {
        Code code = new Code(
                entry.text("code"),
                entry.optionalText("name").orElse(""),
                entry.optionalText("parent").orElse(""),
                partners(entry),
                entry.optional("from", CodeTable::day),
                entry.optional("until", CodeTable::day),
                entry.line());
        if (!code.startsBy(code.last)) {
            throw entry.refusal(Rule.CODE_DAYS, entry.line("until"), Section.brief(code.code));
        }
        return code;
    }

    private static Map<String, List<String>> partners(Section entry) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        entry.named("partners").forEach((partner, field) -> {
            List<Value> written = field.value().items().isEmpty()
                    ? List.of(field.value())
                    : field.value().items();
            List<String> own = new ArrayList<>();
            for (Value each : written) {
                if (!(each instanceof Value.Scalar scalar) || !scalar.isText()) {
                    throw entry.refusal(Rule.FIELD_NOT_TEXT, each.line(), partner, Finding.word(each.what()));
                }
                own.add(scalar.text());
            }
            found.put(partner, List.copyOf(own));
        });
        return found;
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new Invalid(Rule.VALUE_DAY, Section.brief(text));
        }
    }

    /** On no day a code stands for two things, whoever writes it. */
    private static void unique(String file, List<Code> codes) {
        List<Finding> wrong = new ArrayList<>();
        Map<String, List<Code>> taken = new LinkedHashMap<>();
        for (Code code : codes) {
            if (isTaken(taken, code.code, code)) {
                wrong.add(Finding.of(Rule.CODE_TWICE, file, code.line, Section.brief(code.code)));
            }
            code.partners.forEach((partner, own) -> {
                for (String each : own) {
                    if (isTaken(taken, partner + " " + each, code)) {
                        wrong.add(Finding.of(Rule.CODE_PARTNER_TWICE, file, code.line, Section.brief(each), partner));
                    }
                }
            });
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
    }

    private static boolean isTaken(Map<String, List<Code>> taken, String key, Code code) {
        List<Code> others = taken.computeIfAbsent(key, first -> new ArrayList<>());
        boolean found = others.stream().anyMatch(code::overlaps);
        others.add(code);
        return found;
    }

    /** Whether any code has one of this partner. */
    public boolean knows(String partner) {
        return codes.stream().anyMatch(code -> !code.of(partner).isEmpty());
    }

    /** The partners that have codes here. */
    public Set<String> partners() {
        Set<String> found = new HashSet<>();
        codes.forEach(code -> found.addAll(code.partners.keySet()));
        return found;
    }

    /** From each code of this partner to those that it has stood for, or the other way. */
    public Map<String, List<Code>> index(String partner, boolean in) {
        Map<String, List<Code>> found = new LinkedHashMap<>();
        for (Code code : codes) {
            List<String> own = code.of(partner);
            for (String key : in ? own : own.isEmpty() ? own : List.of(code.code)) {
                found.computeIfAbsent(key, first -> new ArrayList<>()).add(code);
            }
        }
        return found;
    }
}
