package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A table as comma-separated values (RFC 4180), with a header line, in UTF-8: an array of objects in JSON, with a member of its name for
 * each column. Every value is a string, so that no zero is lost. A refusal names a row, and never what stands in it (MSG-09).
 */
final class Csv {
    private static final int MOST_COLUMNS = 1_000;
    private static final int LONGEST_NAME = 128;
    /** A row of few characters may have long names: what comes out is bounded too. */
    private static final long MOST_NAMES = 32 << 20;

    private static final long MOST_FIELDS = 32 << 20;

    private static final ObjectReader ROWS = new CsvMapper(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .readerFor(String[].class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES);

    private final char separator;
    private final List<String> columns;

    /** @param columns that are written, in order; empty for all, as they come */
    Csv(char separator, List<String> columns) {
        this.separator = separator;
        this.columns = columns;
    }

    /** The rows of the table. */
    ArrayNode read(byte[] table, Side side) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        CsvSchema form = CsvSchema.emptySchema().withColumnSeparator(separator);
        long row = 1;
        try (MappingIterator<String[]> rows = ROWS.with(form).readValues(text(table, side))) {
            String[] names = rows.hasNextValue() ? header(rows.nextValue(), side) : new String[0];
            if (names.length == 0) {
                throw side.refuse("has no header line");
            }
            long length = String.join("", names).length();
            while (rows.hasNextValue()) {
                row++;
                String[] values = rows.nextValue();
                if (values.length != names.length) {
                    throw side.refuse("has " + values.length + " fields in row " + row + ", and " + names.length
                            + " in its header line");
                }
                if (row * length > MOST_NAMES) {
                    throw side.refuse("has so many rows and so long names that it is too large as JSON");
                }
                ObjectNode object = all.addObject();
                for (int i = 0; i < names.length; i++) {
                    object.put(names[i], values[i]);
                }
            }
        } catch (JsonProcessingException | RuntimeJsonMappingException broken) {
            // without the library's text, which quotes content
            throw side.refuse(
                    "is not CSV of RFC 4180: a quoted field does not end, or goes on after its quotes, near row "
                            + (row + 1));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible); // the text is in memory
        }
        return all;
    }

    private static String[] header(String[] names, Side side) {
        Set<String> seen = new LinkedHashSet<>();
        if (names.length > MOST_COLUMNS) {
            throw side.refuse("has more than " + MOST_COLUMNS + " columns");
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i].isBlank() || names[i].length() > LONGEST_NAME) {
                throw side.refuse("has no name for column " + (i + 1) + " in its header line, or one longer than "
                        + LONGEST_NAME);
            }
            if (!seen.add(names[i])) {
                throw side.refuse("has one name for two columns: column " + (i + 1) + " has that of another");
            }
        }
        return names;
    }

    private static String text(byte[] table, Side side) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(table))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException broken) {
            throw side.refuse("is not valid UTF-8");
        }
    }

    /** The table of these rows: a header line, and a line for each, all ending in CR LF. */
    byte[] write(JsonNode rows, Side side) {
        if (!rows.isArray()) {
            throw side.refuse("is no JSON array of objects, of which CSV can be made");
        }
        Set<String> names = new LinkedHashSet<>(columns);
        int number = 0;
        for (JsonNode row : rows) {
            number++;
            if (!row.isObject()) {
                throw side.refuse("has something in row " + number + " that is no object");
            }
            if (columns.isEmpty()) {
                row.fieldNames().forEachRemaining(names::add);
            }
        }
        if (names.size() > MOST_COLUMNS) {
            throw side.refuse("has more than " + MOST_COLUMNS + " names: each would be a column of every row");
        }
        // of a column that a row does not have, its separator is written all the same
        if ((long) number * names.size() > MOST_FIELDS) {
            throw side.refuse("has so many rows and names that it is too large as CSV");
        }
        if (names.isEmpty()) {
            throw side.refuse("has no row, and the columns are not named: there is no header line to write");
        }
        StringBuilder table = new StringBuilder();
        line(table, names.stream().toList());
        number = 0;
        for (JsonNode row : rows) {
            number++;
            List<String> values = new java.util.ArrayList<>(names.size());
            for (String name : names) {
                values.add(value(row.path(name), number, side));
            }
            line(table, values);
        }
        return table.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String value(JsonNode value, int row, Side side) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isContainerNode()) {
            throw side.refuse("has an object or an array inside of row " + row + ": a field of CSV is one value");
        }
        return value.isTextual() ? value.textValue() : Json.text(value);
    }

    private void line(StringBuilder table, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (i > 0) {
                table.append(separator);
            }
            // one empty field alone would be an empty line, which is no row
            boolean quoted = value.indexOf(separator) >= 0
                    || value.indexOf('"') >= 0
                    || value.indexOf('\n') >= 0
                    || value.indexOf('\r') >= 0
                    || (value.isEmpty() && values.size() == 1)
                    || !value.equals(value.strip());
            table.append(quoted ? '"' + value.replace("\"", "\"\"") + '"' : value);
        }
        table.append("\r\n");
    }
}
