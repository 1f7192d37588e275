package vn.lgsp.catalogue;

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
import java.util.stream.Collectors;

/**
 * The fields at one place of a YAML document, read by name and kind. Every refusal names file, line, what is wrong and what
 * to do.
 */
final class YamlSection {
    private static final int LONGEST_TEXT = 2_000;
    private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private final String file;
    private final String place;
    private final int line;
    private final Map<String, YamlValue.Field> fields;
    private final Set<String> known;

    /**
     * @param place in words, for refusals
     * @param known names that may stand here; another one is refused with the nearest of these
     */
    YamlSection(String file, String place, YamlValue.Fields found, List<String> known) {
        this.file = file;
        this.place = place;
        this.line = found.line();
        this.fields = found.byName();
        this.known = Set.copyOf(known);
        found.byName().forEach((name, field) -> {
            if (!known.contains(name)) {
                throw YamlFile.refusal(
                        file,
                        field.line(),
                        "field '" + brief(name) + "' is not known in " + place,
                        nearest(name, known)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("take it out; known here are " + String.join(", ", known)));
            }
        });
    }

    int line() {
        return line;
    }

    int line(String name) {
        YamlValue.Field field = fields.get(name);
        return field == null ? line : field.value().line();
    }

    /** Whether the field is written, whatever it holds. */
    boolean has(String name) {
        return fields.containsKey(read(name));
    }

    /** Text as {@code make} understands it. */
    <T> T value(String name, Function<String, T> make) {
        return optional(name, make).orElseThrow(() -> missing(name));
    }

    <T> Optional<T> optional(String name, Function<String, T> make) {
        return scalar(name).map(scalar -> made(name, scalar, make, YamlValue.Scalar.TEXT));
    }

    /** A value with a unit, such as a duration: what looks like a number is left to {@code make} to refuse. */
    <T> T quantity(String name, Function<String, T> make, T otherwise) {
        return scalar(name).map(scalar -> made(name, scalar, make)).orElse(otherwise);
    }

    String text(String name) {
        return value(name, YamlSection::sound);
    }

    Optional<String> optionalText(String name) {
        return optional(name, YamlSection::sound);
    }

    /** Text that no refusal may show. */
    <T> T secret(String name, Function<String, T> make) {
        YamlValue.Scalar scalar = scalar(name).orElseThrow(() -> missing(name));
        try {
            return make.apply(scalar.text());
        } catch (IllegalArgumentException wrong) {
            // The cause is dropped on purpose: its text may hold the secret.
            throw refusal(scalar.line(), "field '" + name + "' " + wrong.getMessage());
        }
    }

    boolean flag(String name, boolean otherwise) {
        return scalar(name)
                .map(scalar -> made(name, scalar, Boolean::parseBoolean, YamlValue.Scalar.BOOLEAN))
                .orElse(otherwise);
    }

    boolean flag(String name) {
        if (scalar(name).isEmpty()) {
            throw missing(name);
        }
        return flag(name, false);
    }

    int number(String name, int least, int most) {
        return optionalNumber(name, least, most).orElseThrow(() -> missing(name));
    }

    Optional<Integer> optionalNumber(String name, int least, int most) {
        return scalar(name).map(scalar -> made(name, scalar, text -> integer(text, least, most)));
    }

    /** One of the constants, written in kebab-case. */
    <E extends Enum<E>> E choice(String name, Class<E> kind) {
        return value(name, text -> constant(text, kind));
    }

    <E extends Enum<E>> E choice(String name, Class<E> kind, E otherwise) {
        return optional(name, text -> constant(text, kind)).orElse(otherwise);
    }

    /** A list of text, or of numbers; empty where the field is absent. */
    <T> List<T> list(String name, Function<String, T> make) {
        List<T> made = new ArrayList<>();
        Set<T> seen = new HashSet<>();
        for (YamlValue item : items(name)) {
            if (!(item instanceof YamlValue.Scalar scalar)) {
                throw refusal(item.line(), "field '" + name + "' holds " + item.what() + ": write single values");
            }
            T value = made(name, scalar, make);
            if (!seen.add(value)) {
                throw refusal(
                        item.line(),
                        "field '" + name + "' holds '" + brief(scalar.text()) + "' twice: keep one of them");
            }
            made.add(value);
        }
        return List.copyOf(made);
    }

    Optional<YamlSection> section(String name, String... knownThere) {
        YamlValue.Field field = fields.get(read(name));
        if (field == null) {
            return Optional.empty();
        }
        if (!(field.value() instanceof YamlValue.Fields found)) {
            throw refusal(
                    field.value().line(),
                    "field '" + name + "' holds " + field.value().what() + ", not fields: write "
                            + String.join(", ", knownThere) + " below it");
        }
        return Optional.of(new YamlSection(file, "'" + name + "'", found, Arrays.asList(knownThere)));
    }

    YamlSection requiredSection(String name, String... knownThere) {
        return section(name, knownThere).orElseThrow(() -> missing(name));
    }

    /** A list of entries that have fields; empty where the field is absent. */
    List<YamlSection> sections(String name, String... knownThere) {
        List<YamlSection> found = new ArrayList<>();
        for (YamlValue item : items(name)) {
            if (!(item instanceof YamlValue.Fields entry)) {
                throw refusal(
                        item.line(),
                        "an entry of '" + name + "' is " + item.what() + ": write it as fields, "
                                + String.join(", ", knownThere));
            }
            found.add(new YamlSection(file, "an entry of '" + name + "'", entry, Arrays.asList(knownThere)));
        }
        return found;
    }

    IllegalArgumentException missing(String name) {
        return refusal(line, "field '" + name + "' is missing in " + place + ": write it, such as '" + name + ": …'");
    }

    /** @param wrongAndRemedy what is wrong, a colon, what to do */
    IllegalArgumentException refusal(int at, String wrongAndRemedy) {
        return new IllegalArgumentException(file + ":" + at + ": " + wrongAndRemedy);
    }

    private List<YamlValue> items(String name) {
        YamlValue.Field field = fields.get(read(name));
        if (field == null) {
            return List.of();
        }
        if (!(field.value() instanceof YamlValue.Items items)) {
            throw refusal(
                    field.value().line(),
                    "field '" + name + "' holds " + field.value().what()
                            + ", not a list: write [a, b], or one '- …' a line");
        }
        return items.values();
    }

    private Optional<YamlValue.Scalar> scalar(String name) {
        YamlValue.Field field = fields.get(read(name));
        if (field == null) {
            return Optional.empty();
        }
        if (field.value() instanceof YamlValue.Scalar scalar) {
            return Optional.of(scalar);
        }
        throw refusal(
                field.line(),
                "field '" + name + "' holds " + field.value().what()
                        + ", not a single value: write one behind the colon");
    }

    /** A reader that asks for a name it did not declare would refuse every file that has it. */
    private String read(String name) {
        if (!known.contains(name)) {
            throw new IllegalStateException("field " + name + " is read but not declared in " + place);
        }
        return name;
    }

    private <T> T made(String name, YamlValue.Scalar scalar, Function<String, T> make, String kind) {
        if (!scalar.what().equals(kind)) {
            throw refusal(
                    scalar.line(),
                    "field '" + name + "' holds " + scalar.what() + ", not " + kind + ": "
                            + (kind.equals(YamlValue.Scalar.TEXT) ? "put it in quotes" : "write " + kind));
        }
        return made(name, scalar, make);
    }

    private <T> T made(String name, YamlValue.Scalar scalar, Function<String, T> make) {
        try {
            return make.apply(scalar.text());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    file + ":" + scalar.line() + ": field '" + name + "': " + wrong.getMessage(), wrong);
        }
    }

    /** The form of ids: the same as that of services and systems. */
    static String kebab(String text) {
        if (text.length() > 64 || !KEBAB.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + brief(text) + "' is not valid: write kebab-case, such as by-id, at most 64 characters");
        }
        return text;
    }

    private static String sound(String text) {
        if (text.isBlank() || text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "the text has " + text.length() + " characters: write 1 to " + LONGEST_TEXT);
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
        throw new IllegalArgumentException(
                "'" + brief(text) + "' is not valid: write a whole number, " + least + " to " + most);
    }

    private static <E extends Enum<E>> E constant(String text, Class<E> kind) {
        return Arrays.stream(kind.getEnumConstants())
                .filter(constant -> written(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + brief(text) + "' is not valid: write "
                        + Arrays.stream(kind.getEnumConstants())
                                .map(YamlSection::written)
                                .collect(Collectors.joining(" or "))));
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String brief(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private static Optional<String> nearest(String name, List<String> known) {
        String best = "";
        int least = Math.max(2, name.length() / 2) + 1;
        for (String candidate : known) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
