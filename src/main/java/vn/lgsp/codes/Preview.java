package vn.lgsp.codes;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.catalogue.CodeTable.Code;
import vn.lgsp.message.Sha256;

/**
 * What a table would become: nothing is changed by it. A code that a catalogue no longer has is ended the day before and stays in the file,
 * so that what was sent while it counted can still be read.
 *
 * @param day from which on the changes count
 * @param changes in the order of the table, new codes at its end
 * @param conflicts codes that the city says it alone has, and a catalogue has too
 * @param counting how many codes, without those of the city alone, count on the day before the changes
 * @param digest of what the preview is of: the file, the rows and the day
 * @see "MDM-02, ORG-11"
 */
public record Preview(
        String table,
        LocalDate day,
        List<Change> changes,
        List<String> conflicts,
        int counting,
        int rows,
        String digest) {
    private static final int DIGEST_LENGTH = 16;

    /** What becomes of a code. */
    public enum Kind {
        ADDED,
        CHANGED,
        /** Its last day is set. */
        ENDED,
        /** It had not begun to count, and goes. */
        REMOVED
    }

    /**
     * One change.
     *
     * @param before empty for a code that is added
     * @param after empty for one that is removed
     */
    public record Change(Kind kind, Optional<Code> before, Optional<Code> after) {
        private Code either() {
            return after.or(() -> before).orElseThrow();
        }

        public String code() {
            return either().code();
        }

        /** Whether it counts on this day, and would no longer: a catalogue may keep a code and say that it is over. */
        private boolean isLost(LocalDate day) {
            return before.filter(code -> code.countsOn(day)).isPresent()
                    && after.filter(code -> code.countsOn(day)).isEmpty();
        }

        public String name() {
            return either().name();
        }
    }

    /**
     * Compares a table with the rows of its catalogues.
     *
     * @param file its text, as it was read
     * @param day not before today: what has counted has counted
     */
    public static Preview of(CodeTable table, String file, CatalogueRows catalogue, LocalDate day) {
        Map<String, CatalogueRows.Row> offered = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        catalogue.rows().forEach(row -> {
            offered.put(row.code(), row);
            row.partners().forEach((partner, own) -> given.add(partner + " " + own));
        });
        List<Change> changes = new ArrayList<>();
        List<String> conflicts = new ArrayList<>();
        int counting = 0;
        Map<String, CatalogueRows.Row> left = new LinkedHashMap<>(offered);
        for (Code code : table.codes()) {
            boolean over = code.last().filter(day::isAfter).isPresent();
            if (code.local().isPresent()) {
                if (!over && offered.containsKey(code.code())) {
                    conflicts.add(code.code());
                    left.remove(code.code());
                }
                continue;
            }
            counting += code.countsOn(day) ? 1 : 0;
            if (over) {
                continue;
            }
            Optional<CatalogueRows.Row> row = Optional.ofNullable(offered.get(code.code()));
            left.remove(code.code());
            if (row.isPresent()) {
                Code now = as(code, row.get(), table, given);
                if (!now.equals(code)) {
                    changes.add(new Change(Kind.CHANGED, Optional.of(code), Optional.of(now)));
                }
            } else if (code.first().filter(first -> !first.isBefore(day)).isPresent()) {
                changes.add(new Change(Kind.REMOVED, Optional.of(code), Optional.empty()));
            } else if (code.last().isEmpty()) {
                Code ended = with(
                        code, code.name(), code.parent(), code.partners(), code.first(), Optional.of(day.minusDays(1)));
                changes.add(new Change(Kind.ENDED, Optional.of(code), Optional.of(ended)));
            }
        }
        for (CatalogueRows.Row row : left.values()) {
            boolean returns =
                    table.codes().stream().anyMatch(code -> code.code().equals(row.code()));
            if (!returns || row.last().filter(day::isAfter).isEmpty()) {
                Code fresh = fresh(row, table, returns, day);
                changes.add(new Change(Kind.ADDED, Optional.empty(), Optional.of(fresh)));
            }
        }
        return new Preview(
                table.name(),
                day,
                List.copyOf(changes),
                List.copyOf(conflicts),
                counting,
                catalogue.rows().size(),
                digest(file, catalogue, day));
    }

    /** What the catalogue says of a code; of what it does not say, what the table says stays. */
    private static Code as(Code code, CatalogueRows.Row row, CodeTable table, Set<String> given) {
        boolean parents =
                table.sources().stream().anyMatch(source -> source.parent().isPresent());
        boolean ends =
                table.sources().stream().anyMatch(source -> source.until().isPresent());
        return with(
                code,
                row.name().isEmpty() ? code.name() : row.name(),
                parents ? row.parent() : code.parent(),
                partners(code, row, given),
                row.first().or(code::first),
                ends ? row.last() : code.last());
    }

    /** The code that the catalogue says is the one to write; what a partner had beside it is still read, unless another has it now. */
    private static Map<String, List<String>> partners(Code code, CatalogueRows.Row row, Set<String> given) {
        Map<String, List<String>> all = new LinkedHashMap<>(code.partners());
        row.partners().forEach((partner, own) -> {
            List<String> codes = new ArrayList<>(List.of(own));
            code.of(partner).stream()
                    .filter(each -> !each.equals(own) && !given.contains(partner + " " + each))
                    .forEach(codes::add);
            all.put(partner, List.copyOf(codes));
        });
        return all;
    }

    private static Code with(
            Code code,
            String name,
            String parent,
            Map<String, List<String>> partners,
            Optional<LocalDate> first,
            Optional<LocalDate> last) {
        return new Code(code.code(), name, parent, partners, first, last, code.local(), code.line());
    }

    /**
     * A table's first codes have always counted; one that comes later counts from the day, or from the one that its catalogue says.
     *
     * @param returns whether the table has had the code, and ended it
     */
    private static Code fresh(CatalogueRows.Row row, CodeTable table, boolean returns, LocalDate day) {
        boolean always =
                table.codes().isEmpty() || row.last().filter(day::isAfter).isPresent();
        Optional<LocalDate> first = returns || (row.first().isEmpty() && !always) ? Optional.of(day) : row.first();
        Map<String, List<String>> partners = new LinkedHashMap<>();
        table.sharing().forEach(partner -> partners.put(partner, List.of(row.code())));
        row.partners().forEach((partner, own) -> partners.put(partner, List.of(own)));
        return new Code(row.code(), row.name(), row.parent(), partners, first, row.last(), Optional.empty(), 0);
    }

    /** How many codes would no longer count, of a hundred that do; rounded up. */
    public int lostPercent() {
        long lost = changes.stream()
                .filter(change -> change.kind == Kind.ENDED || change.kind == Kind.REMOVED || change.isLost(day))
                .count();
        return lost == 0 ? 0 : counting == 0 ? 100 : (int) Math.min(100, (lost * 100 + counting - 1) / counting);
    }

    public long count(Kind kind) {
        return changes.stream().filter(change -> change.kind == kind).count();
    }

    private static String digest(String file, CatalogueRows catalogue, LocalDate day) {
        StringBuilder all = new StringBuilder(file).append('\0').append(day);
        catalogue.rows().forEach(row -> all.append('\0')
                .append(String.join(
                        "\1",
                        row.code(),
                        row.name(),
                        row.parent(),
                        row.first().map(LocalDate::toString).orElse(""),
                        row.last().map(LocalDate::toString).orElse(""),
                        String.join(
                                "\2",
                                row.partners().entrySet().stream()
                                        .map(own -> own.getKey() + "\3" + own.getValue())
                                        .toList()))));
        return Sha256.hex(all.toString()).substring(0, DIGEST_LENGTH);
    }
}
