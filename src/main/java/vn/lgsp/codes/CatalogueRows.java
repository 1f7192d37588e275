package vn.lgsp.codes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.parse.JsonParsers;

/**
 * The rows of the shared catalogues that a table is taken from (wire-formats 7.6). What is doubtful is refused whole: a table that half
 * arrived would end codes that count.
 *
 * @param rows in the order of the catalogue, each code once
 * @see "EXT-29"
 */
public record CatalogueRows(List<Row> rows) {
    private static final int MOST_ROWS = 100_000;
    private static final int LONGEST_CODE = 200;
    private static final int LONGEST_TEXT = 1_000;

    /** Catalogues write dd/MM/yyyy; a province that writes ISO 8601, with a time behind it or not, is understood too. */
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("dd/MM/uuuu").withResolverStyle(ResolverStyle.STRICT);

    /**
     * One code of a catalogue; texts composed (NFC).
     *
     * @param first day on which it counts, where the catalogue says one
     * @param partners the code of each partner, where the catalogue has one
     */
    public record Row(
            String code,
            String name,
            String parent,
            Optional<LocalDate> first,
            Optional<LocalDate> last,
            Map<String, String> partners) {}

    /**
     * Reads one catalogue.
     *
     * @param columns what {@code Metadata} answered
     * @param rows what {@code Category} answered
     * @throws BusException {@code provider-invalid}, naming the row and the column, and no value
     */
    public static CatalogueRows of(CodeTable.Source source, byte[] columns, byte[] rows) {
        String catalogue = source.catalogue();
        known(source, array(columns, catalogue, "columns"));
        JsonNode array = array(rows, catalogue, "rows");
        if (array.isEmpty()) {
            throw unfit(catalogue, "has no rows");
        }
        if (array.size() > MOST_ROWS) {
            throw unfit(catalogue, "has more than " + MOST_ROWS + " rows");
        }
        List<Row> read = new ArrayList<>();
        for (JsonNode row : array) {
            Cells cells = new Cells(catalogue, row, read.size() + 1);
            String code = cells.text(source.code(), LONGEST_CODE);
            if (code.isEmpty()) {
                throw cells.unfit("has no " + source.code());
            }
            read.add(new Row(
                    code,
                    cells.text(source.name(), LONGEST_TEXT),
                    source.parent()
                            .map(column -> cells.text(column, LONGEST_CODE))
                            .orElse(""),
                    source.from().flatMap(cells::day),
                    source.until().flatMap(cells::day),
                    partners(source, cells)));
        }
        return new CatalogueRows(List.of()).with(catalogue, read);
    }

    private static Map<String, String> partners(CodeTable.Source source, Cells cells) {
        Map<String, String> found = new LinkedHashMap<>();
        source.partners().forEach((partner, column) -> {
            String own = cells.text(column, LONGEST_CODE);
            if (!own.isEmpty()) {
                found.put(partner, own);
            }
        });
        return found;
    }

    /** With those of another catalogue behind them; a code that both have is refused. */
    public CatalogueRows and(String catalogue, CatalogueRows more) {
        return with(catalogue, more.rows);
    }

    private CatalogueRows with(String catalogue, List<Row> more) {
        Set<String> seen = new HashSet<>();
        Set<String> taken = new HashSet<>();
        rows.forEach(row -> {
            seen.add(row.code);
            row.partners.forEach((partner, own) -> taken.add(partner + " " + own));
        });
        int number = 0;
        for (Row row : more) {
            number++;
            if (!seen.add(row.code)) {
                throw unfit(catalogue, "row " + number + " has a code that an earlier row has too");
            }
            for (Map.Entry<String, String> own : row.partners.entrySet()) {
                if (!taken.add(own.getKey() + " " + own.getValue())) {
                    throw unfit(
                            catalogue,
                            "row " + number + " has a code of " + own.getKey() + " that an earlier row has too");
                }
            }
            if (row.last.isPresent()
                    && row.first.filter(row.last.get()::isBefore).isPresent()) {
                throw unfit(catalogue, "row " + number + " ends before it begins");
            }
        }
        return new CatalogueRows(Stream.concat(rows.stream(), more.stream()).toList());
    }

    private static void known(CodeTable.Source source, JsonNode columns) {
        Set<String> known = new HashSet<>();
        columns.forEach(column -> known.add(column.path("PropertyCode").asText()));
        Stream.of(
                        Stream.of(source.code(), source.name()),
                        source.parent().stream(),
                        source.from().stream(),
                        source.until().stream(),
                        source.partners().values().stream())
                .flatMap(named -> named)
                .filter(named -> !known.contains(named))
                .findFirst()
                .ifPresent(missing -> {
                    throw unfit(source.catalogue(), "says that it has no column " + missing);
                });
    }

    private static JsonNode array(byte[] content, String catalogue, String what) {
        try {
            JsonNode read = JsonParsers.content().readTree(content);
            if (read != null && read.isArray()) {
                return read;
            }
        } catch (JsonProcessingException | JsonParsers.NumberTooWide noJson) {
            // said below
        } catch (IOException unreadable) {
            throw unfit(catalogue, "cannot be read");
        }
        throw unfit(catalogue, "has no list of " + what);
    }

    private static BusException unfit(String catalogue, String why) {
        return new BusException(
                ErrorCode.PROVIDER_INVALID, "the catalogue " + catalogue + " " + why + ": nothing was taken over");
    }

    /** One row by its columns. */
    private record Cells(String catalogue, JsonNode row, int number) {
        /** A number may have lost its zeros on the way, so it is no code and no name. */
        String text(String column, int longest) {
            JsonNode cell = row.path(column);
            if (cell.isMissingNode() || cell.isNull()) {
                return "";
            }
            if (!cell.isTextual()) {
                throw unfit("has in " + column + " no text");
            }
            String text = Normalizer.normalize(cell.asText().strip(), Normalizer.Form.NFC);
            if (text.length() > longest || text.chars().anyMatch(Character::isISOControl)) {
                throw unfit("has in " + column + " a text that is longer than " + longest
                        + " characters, or has control characters");
            }
            return text;
        }

        Optional<LocalDate> day(String column) {
            String text = text(column, LONGEST_CODE);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?")
                                ? LocalDate.parse(text.substring(0, 10))
                                : LocalDate.parse(text, DAY));
            } catch (DateTimeParseException noDay) {
                throw unfit("has in " + column + " no day of the calendar");
            }
        }

        BusException unfit(String why) {
            return CatalogueRows.unfit(catalogue, "row " + number + " " + why);
        }
    }
}
