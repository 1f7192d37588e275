package vn.lgsp.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** The fields at one place of a YAML document, read by name and kind. Every refusal is a finding with file and line. */
public final class Section {
    private static final int LONGEST_TEXT = 2_000;
    private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private final String file;
    private final String place;
    private final int line;
    private final Map<String, Value.Field> fields;
    private final Set<String> known;

    /**
     * @param place in words, for refusals
     * @param known names that may stand here; others are refused, each with the nearest of these
     */
    Section(String file, String place, Value.Fields found, List<String> known) {
        this(file, place, found.line(), found.byName(), known);
    }

    private Section(String file, String place, int line, Map<String, Value.Field> fields, List<String> known) {
        this.file = file;
        this.place = place;
        this.line = line;
        this.fields = fields;
        this.known = Set.copyOf(known);
        List<Finding> strangers = new ArrayList<>();
        fields.forEach((name, field) -> {
            if (!known.contains(name)) {
                strangers.add(
                        Finding.of(Rule.FIELD_UNKNOWN, file, field.line(), brief(name), place, String.join(", ", known))
                                .near(Nearest.of(name, known)));
            }
        });
        if (!strangers.isEmpty()) {
            throw new Refused(strangers);
        }
    }

    /**
     * Fields that stand somewhere else than right below a name, such as in a list of values of several kinds.
     *
     * @param place in words, for refusals
     */
    public static Section of(String place, Value.Fields found, String... known) {
        return new Section(found.place().file(), place, found, Arrays.asList(known));
    }

    /** The same fields where the value of one decides which others may stand here; those that may not are refused. */
    public Section only(String... known) {
        return new Section(file, place, line, fields, Arrays.asList(known));
    }

    /** What is written there, whatever it is; for content that the bus does not know the form of. */
    public Optional<Value> written(String name) {
        return Optional.ofNullable(fields.get(read(name))).map(Value.Field::value);
    }

    /** Fields that the file itself names; none where the field is absent. */
    public Map<String, Value.Field> named(String name) {
        Value.Field field = fields.get(read(name));
        if (field == null) {
            return Map.of();
        }
        if (field.value() instanceof Value.Fields found) {
            return found.byName();
        }
        throw refusal(
                Rule.FIELD_NOT_FIELDS,
                field.value().line(),
                name,
                Finding.word(field.value().what()),
                "name: …");
    }

    /** What {@code make} makes of each entry; a refusal of several tells all of them. */
    public static <T> List<T> each(List<Section> entries, Function<Section, T> make) {
        List<T> made = new ArrayList<>();
        List<Finding> wrong = new ArrayList<>();
        for (Section entry : entries) {
            try {
                made.add(make.apply(entry));
            } catch (Refused refused) {
                wrong.addAll(refused.findings());
            }
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
        return List.copyOf(made);
    }

    /** Reads several fields; a refusal of several tells all of them. */
    public static void all(Runnable... readings) {
        List<Finding> wrong = new ArrayList<>();
        for (Runnable reading : readings) {
            try {
                reading.run();
            } catch (Refused refused) {
                wrong.addAll(refused.findings());
            }
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong.stream().distinct().toList());
        }
    }

    public int line() {
        return line;
    }

    /** The line of the value of this field, or that of the fields if it is not written. */
    public int line(String name) {
        Value.Field field = fields.get(name);
        return field == null ? line : field.value().line();
    }

    /** Whether the field is written, whatever it holds. */
    public boolean has(String name) {
        return fields.containsKey(read(name));
    }

    /** Text as {@code make} understands it. */
    public <T> T value(String name, Function<String, T> make) {
        return optional(name, make).orElseThrow(() -> missing(name));
    }

    public <T> Optional<T> optional(String name, Function<String, T> make) {
        return scalar(name).map(scalar -> {
            if (!scalar.what().equals(Value.Scalar.TEXT)) {
                throw refusal(Rule.FIELD_NOT_TEXT, scalar.line(), name, Finding.word(scalar.what()));
            }
            return made(name, scalar, make);
        });
    }

    /** A value with a unit, such as a duration: what looks like a number is left to {@code make} to refuse. */
    public <T> T quantity(String name, Function<String, T> make, T otherwise) {
        return scalar(name).map(scalar -> made(name, scalar, make)).orElse(otherwise);
    }

    public String text(String name) {
        return value(name, Section::sound);
    }

    public Optional<String> optionalText(String name) {
        return optional(name, Section::sound);
    }

    /** Text that no refusal may show. */
    public <T> T secret(String name, Function<String, T> make) {
        Value.Scalar scalar = scalar(name).orElseThrow(() -> missing(name));
        try {
            return make.apply(scalar.text());
        } catch (Invalid wrong) {
            throw new Refused(wrong.at(file, scalar.line(), name));
        }
    }

    public boolean flag(String name, boolean otherwise) {
        return scalar(name)
                .map(scalar -> {
                    if (!scalar.what().equals(Value.Scalar.BOOLEAN)) {
                        throw refusal(Rule.FIELD_NOT_FLAG, scalar.line(), name, Finding.word(scalar.what()));
                    }
                    return Boolean.parseBoolean(scalar.text());
                })
                .orElse(otherwise);
    }

    public boolean flag(String name) {
        if (scalar(name).isEmpty()) {
            throw missing(name);
        }
        return flag(name, false);
    }

    public int number(String name, int least, int most) {
        return optionalNumber(name, least, most).orElseThrow(() -> missing(name));
    }

    public Optional<Integer> optionalNumber(String name, int least, int most) {
        return scalar(name).map(scalar -> made(name, scalar, text -> integer(text, least, most)));
    }

    /** One of the constants, written in kebab-case. */
    public <E extends Enum<E>> E choice(String name, Class<E> kind) {
        return value(name, text -> constant(text, kind));
    }

    public <E extends Enum<E>> E choice(String name, Class<E> kind, E otherwise) {
        return optional(name, text -> constant(text, kind)).orElse(otherwise);
    }

    /** A list of text, or of numbers; empty where the field is absent. */
    public <T> List<T> list(String name, Function<String, T> make) {
        List<T> made = new ArrayList<>();
        Set<T> seen = new HashSet<>();
        for (Value item : items(name)) {
            if (!(item instanceof Value.Scalar scalar)) {
                throw refusal(Rule.ITEM_NOT_VALUE, item.line(), name, Finding.word(item.what()));
            }
            T value = made(name, scalar, make);
            if (!seen.add(value)) {
                throw refusal(Rule.ITEM_TWICE, item.line(), name, brief(scalar.text()));
            }
            made.add(value);
        }
        return List.copyOf(made);
    }

    public Optional<Section> section(String name, String... knownThere) {
        Value.Field field = fields.get(read(name));
        if (field == null) {
            return Optional.empty();
        }
        if (!(field.value() instanceof Value.Fields found)) {
            throw refusal(
                    Rule.FIELD_NOT_FIELDS,
                    field.value().line(),
                    name,
                    Finding.word(field.value().what()),
                    String.join(", ", knownThere));
        }
        return Optional.of(new Section(file, quoted(name), found, Arrays.asList(knownThere)));
    }

    public Section requiredSection(String name, String... knownThere) {
        return section(name, knownThere).orElseThrow(() -> missing(name));
    }

    /** A list of entries that have fields; empty where the field is absent. */
    public List<Section> sections(String name, String... knownThere) {
        List<Section> found = new ArrayList<>();
        List<Finding> wrong = new ArrayList<>();
        for (Value item : items(name)) {
            if (!(item instanceof Value.Fields entry)) {
                throw refusal(
                        Rule.ENTRY_NOT_FIELDS,
                        item.line(),
                        name,
                        Finding.word(item.what()),
                        String.join(", ", knownThere));
            }
            try {
                found.add(new Section(file, quoted(name), entry, Arrays.asList(knownThere)));
            } catch (Refused refused) {
                wrong.addAll(refused.findings());
            }
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
        return found;
    }

    public Refused missing(String name) {
        return refusal(Rule.FIELD_MISSING, line, name, place);
    }

    /** A refusal at this line of the file. */
    public Refused refusal(Rule rule, int at, String... arguments) {
        return new Refused(finding(rule, at, arguments));
    }

    /** A finding at this line of the file. */
    public Finding finding(Rule rule, int at, String... arguments) {
        return Finding.of(rule, file, at, arguments);
    }

    private List<Value> items(String name) {
        Value.Field field = fields.get(read(name));
        if (field == null) {
            return List.of();
        }
        if (!(field.value() instanceof Value.Items items)) {
            throw refusal(
                    Rule.FIELD_NOT_LIST,
                    field.value().line(),
                    name,
                    Finding.word(field.value().what()));
        }
        return items.values();
    }

    private Optional<Value.Scalar> scalar(String name) {
        Value.Field field = fields.get(read(name));
        if (field == null) {
            return Optional.empty();
        }
        if (field.value() instanceof Value.Scalar scalar) {
            return Optional.of(scalar);
        }
        throw refusal(
                Rule.FIELD_NOT_VALUE,
                field.line(),
                name,
                Finding.word(field.value().what()));
    }

    /** A reader that asks for a name it did not declare would refuse every file that has it. */
    private String read(String name) {
        if (!known.contains(name)) {
            throw new IllegalStateException("field " + name + " is read but not declared in " + place);
        }
        return name;
    }

    private <T> T made(String name, Value.Scalar scalar, Function<String, T> make) {
        try {
            return make.apply(scalar.text());
        } catch (Invalid wrong) {
            throw new Refused(wrong.at(file, scalar.line(), Finding.word("field", name)));
        }
    }

    /** The form of ids: the same as that of services and systems. */
    public static String kebab(String text) {
        if (text.length() > 64 || !KEBAB.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_NAME, brief(text));
        }
        return text;
    }

    private static String sound(String text) {
        if (text.isBlank() || text.length() > LONGEST_TEXT) {
            throw new Invalid(Rule.TEXT_LENGTH, String.valueOf(text.length()), String.valueOf(LONGEST_TEXT));
        }
        return text.strip();
    }

    private static int integer(String text, int least, int most) {
        if (text.matches("0|[1-9][0-9]{0,8}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new Invalid(Rule.VALUE_NUMBER, brief(text), String.valueOf(least), String.valueOf(most));
    }

    private static <E extends Enum<E>> E constant(String text, Class<E> kind) {
        List<String> choices =
                Arrays.stream(kind.getEnumConstants()).map(Section::written).toList();
        choice(text, choices);
        return kind.getEnumConstants()[choices.indexOf(text)];
    }

    /** The text, if it is one of these. */
    public static String choice(String text, List<String> choices) {
        if (!choices.contains(text)) {
            throw new Invalid(Rule.VALUE_CHOICE, Nearest.of(text, choices), brief(text), String.join(", ", choices));
        }
        return text;
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String quoted(String name) {
        return "'" + name + "'";
    }

    /** As much of a written value as a text for people shows. */
    public static String brief(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 60 ? line.substring(0, 60) + "…" : line.length() < text.length() ? line + "…" : line;
    }
}
