package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
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
import vn.lgsp.message.ServiceKey;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * A shared table of codes, with those that partners have instead: {@code transforms/_codes/{table}.codes.yaml}. A code counts from its
 * first to its last day, both included.
 *
 * @param name of the file without its ending
 * @param title for people
 * @param version for people
 * @param sources the shared catalogues that it is taken from; none where the city keeps it itself
 * @param sharing the partners that use the codes of this table themselves
 * @see "MDM-01, MDM-05, EXT-29"
 */
public record CodeTable(
        String name,
        String title,
        String version,
        List<Source> sources,
        List<String> sharing,
        Optional<Taken> taken,
        List<Code> codes) {
    private static final int MOST_CODES = 100_000;
    private static final String LOOKUP = "shared-catalogue-lookup/v1";

    /**
     * A catalogue that the table is taken from, and which of its columns hold what (wire-formats 7.6).
     *
     * @param service of the bus that reads it
     * @param catalogue its code there
     * @param from column with the first day on which a code counts
     * @param until column with the last one
     * @param partners the columns that hold the code of each partner: the axis gives that of QCVN 102 beside the new one (wire-formats 5)
     */
    public record Source(
            ServiceKey service,
            String catalogue,
            String code,
            String name,
            Optional<String> parent,
            Optional<String> from,
            Optional<String> until,
            Map<String, String> partners) {
        public Source {
            partners = Collections.unmodifiableMap(new LinkedHashMap<>(partners));
        }
    }

    /**
     * What was taken over last.
     *
     * @param by the operator
     * @param preview digest of what he had been shown
     */
    public record Taken(LocalDate on, String by, String preview) {}

    /**
     * One code.
     *
     * @param name for people; may be empty
     * @param parent the code that it is below of, where codes form a tree; may be empty
     * @param partners the codes of each partner; the first of them is the one that the bus writes
     * @param local why the city has a code that no catalogue has; then no catalogue ends it (MDM-03)
     */
    public record Code(
            String code,
            String name,
            String parent,
            Map<String, List<String>> partners,
            Optional<LocalDate> first,
            Optional<LocalDate> last,
            Optional<String> local,
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
        String name = String.valueOf(file.getFileName());
        return read(told, name.substring(0, name.indexOf('.')), SourceFile.text(told, file));
    }

    /**
     * Reads a table that is not in a file yet.
     *
     * @throws Refused naming file and line of each mistake
     */
    public static CodeTable read(String told, String name, String text) {
        Section table = SourceFile.read(told, text, List.of("name", "version", "sources", "sharing", "taken", "codes"));
        List<Source> sources = Section.each(
                table.sections(
                        "sources", "service", "catalogue", "code", "name", "parent", "from", "until", "partners"),
                CodeTable::source);
        List<String> sharing = table.list("sharing", Section::kebab);
        List<Section> entries = table.sections("codes", "code", "name", "parent", "from", "until", "local", "partners");
        if ((entries.isEmpty() && sources.isEmpty()) || entries.size() > MOST_CODES) {
            throw table.missing("codes");
        }
        List<Code> codes = Section.each(entries, entry -> code(entry, sharing));
        unique(told, codes);
        return new CodeTable(
                name,
                table.text("name"),
                table.text("version"),
                sources,
                sharing,
                table.section("taken", "on", "by", "preview")
                        .map(last ->
                                new Taken(last.value("on", CodeTable::day), last.text("by"), last.text("preview"))),
                codes);
    }

    private static Source source(Section entry) {
        return new Source(
                entry.optional("service", ServiceKey::of).orElseGet(() -> ServiceKey.of(LOOKUP)),
                entry.text("catalogue"),
                entry.text("code"),
                entry.text("name"),
                entry.optionalText("parent"),
                entry.optionalText("from"),
                entry.optionalText("until"),
                columns(entry));
    }

    private static Map<String, String> columns(Section entry) {
        Map<String, String> found = new LinkedHashMap<>();
        partners(entry).forEach((partner, column) -> found.put(partner, column.get(0)));
        return found;
    }

    private static Code code(Section entry, List<String> sharing) {
        Map<String, List<String>> partners = partners(entry);
        String written = entry.text("code");
        sharing.forEach(partner -> partners.putIfAbsent(partner, List.of(written)));
        Code code = new Code(
                written,
                entry.optionalText("name").orElse(""),
                entry.optionalText("parent").orElse(""),
                partners,
                entry.optional("from", CodeTable::day),
                entry.optional("until", CodeTable::day),
                entry.optionalText("local"),
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
        return sharing.contains(partner)
                || codes.stream().anyMatch(code -> !code.of(partner).isEmpty());
    }

    /** The partners that have codes here. */
    public Set<String> partners() {
        Set<String> found = new HashSet<>(sharing);
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
