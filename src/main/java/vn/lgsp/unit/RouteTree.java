package vn.lgsp.unit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.message.UnitKey;
import vn.lgsp.source.Place;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * A route file as one plain tree of values, each of which knows the file and line that it was written on; also when it came from a
 * connector or a template. An XML file gives the same tree as the YAML file that says the same.
 *
 * @param file by its name below the home, such as {@code routes/land/land-parcel-lookup.camel.yaml}
 * @param root the list of what the file holds; for a service's route it has one entry, the route
 */
public record RouteTree(String file, Value root) {
    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern SCHEMA =
            Pattern.compile("^(lgsp-validate:|lgsp-values:|lgsp-reply:|lgsp-json:|lgsp-xml:)");
    private static final Pattern MAPPING = Pattern.compile("^(xslt:file:|resource:file:)transforms/");
    private static final Pattern UNPINNED = Pattern.compile(
            "(" + UnitArchive.FOLDER
                    + "/)?[a-z0-9-]+-v[0-9]+~[0-9a-f]{12}/(?=transforms/)|lgsp-(?:validate|values|reply|json|xml):[a-z0-9-]+-v[0-9]+~[0-9a-f]{12}/transforms/");

    /**
     * Reads a file as it is written.
     *
     * @throws vn.lgsp.failure.Refused or another {@link IllegalArgumentException} naming file, line and mistake
     */
    static RouteTree read(String file, String text) {
        return new RouteTree(
                file, file.endsWith(Unit.XML_SUFFIX) ? XmlRoute.read(file, text) : SourceFile.value(file, text));
    }

    /** The same tree, every text of it changed by {@code change}. */
    RouteTree mapTexts(UnaryOperator<String> change) {
        return new RouteTree(file, mapTexts(root, change));
    }

    static Value mapTexts(Value value, UnaryOperator<String> change) {
        if (value instanceof Value.Scalar scalar && scalar.isText()) {
            return Value.Scalar.text(scalar.place(), change.apply(scalar.text()));
        } else if (value instanceof Value.Items items) {
            return new Value.Items(
                    items.place(),
                    items.values().stream().map(item -> mapTexts(item, change)).toList());
        } else if (value instanceof Value.Fields fields) {
            Map<String, Value.Field> mapped = new LinkedHashMap<>();
            fields.byName()
                    .forEach((name, field) ->
                            mapped.put(name, new Value.Field(field.place(), mapTexts(field.value(), change))));
            return new Value.Fields(fields.place(), mapped);
        }
        return value;
    }

    /** The same route with the mappings of an archived copy: so endpoints of two revisions differ. */
    public RouteTree pinnedTo(UnitKey copy) {
        String folder = copy.folder() + "/transforms/";
        return mapTexts(text -> {
            Matcher schema = SCHEMA.matcher(text);
            if (schema.find()) {
                return schema.group() + folder + text.substring(schema.end());
            }
            return MAPPING.matcher(text).replaceFirst("$1" + UnitArchive.FOLDER + "/" + folder);
        });
    }

    /** The addresses of mappings and schemas that it calls, as they stand in one text. */
    public Set<String> mappings() {
        Set<String> found = new LinkedHashSet<>();
        mapTexts(text -> {
            if (SCHEMA.matcher(text).find() || text.startsWith("xslt:")) {
                found.add(text);
            }
            return text;
        });
        return found;
    }

    /** What Camel says of a pinned route, in the names that the integrator wrote. */
    public static String unpinned(String text) {
        return UNPINNED.matcher(text).replaceAll("");
    }

    /** For Camel's YAML loader. */
    public Text text() {
        Writer writer = new Writer();
        writer.write(root);
        return new Text(writer.text.append('\n').toString(), List.copyOf(writer.places));
    }

    /**
     * A tree as YAML, in its JSON form.
     *
     * @param places what stands on each of its lines
     */
    public record Text(String yaml, List<Place> places) {
        /** Where that was written which stands on this line of the text; the first line is 1. */
        public Place place(int line) {
            return places.get(Math.max(0, Math.min(line, places.size()) - 1));
        }
    }

    /** Begins a line for each item and each field: so a line of the text is a place in a file. */
    private static final class Writer {
        private final StringBuilder text = new StringBuilder();
        private final List<Place> places = new ArrayList<>();

        void write(Value value) {
            if (places.isEmpty()) {
                places.add(value.place());
            }
            String next = "";
            if (value instanceof Value.Items items) {
                text.append('[');
                for (Value item : items.values()) {
                    line(next, item.place());
                    write(item);
                    next = ",";
                }
                text.append(']');
            } else if (value instanceof Value.Fields fields) {
                text.append('{');
                for (Map.Entry<String, Value.Field> field : fields.byName().entrySet()) {
                    line(next, field.getValue().place());
                    quoted(field.getKey());
                    text.append(": ");
                    write(field.getValue().value());
                    next = ",";
                }
                text.append('}');
            } else if (value instanceof Value.Scalar scalar) {
                if (scalar.isText()
                        || (!scalar.isFlag()
                                && !JSON_NUMBER.matcher(scalar.text()).matches())) {
                    quoted(scalar.text());
                } else {
                    text.append(scalar.text());
                }
            } else {
                text.append("null");
            }
        }

        private void line(String before, Place place) {
            text.append(before).append('\n');
            places.add(place);
        }

        private void quoted(String string) {
            text.append('"');
            for (int i = 0; i < string.length(); i++) {
                char c = string.charAt(i);
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c < ' '
                        || c == 0x7f
                        || (c >= 0x80 && c < 0xa0)
                        || c == '\u2028'
                        || c == '\u2029'
                        || c == '\ufeff'
                        || c >= 0xfffe) {
                    text.append(String.format("\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
            text.append('"');
        }
    }
}
