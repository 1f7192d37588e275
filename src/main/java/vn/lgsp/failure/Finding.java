package vn.lgsp.failure;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;

/**
 * One thing that is wrong with a file of an integrator, and what to do about it.
 *
 * @param file as he knows it, below the home of the bus, such as {@code routes/land/land-parcel-lookup.camel.yaml}
 * @param line the first is 1; 0 where it is about the whole file
 * @param arguments names, values and lists that the texts of the rule name; never a secret. One that begins with {@value #WORD}
 *     is a word of the bundles, such as {@code @word.list}, or {@code @word.field:mode}
 * @param nearest the right one that was probably meant; then this is the remedy
 */
public record Finding(Rule rule, String file, int line, List<String> arguments, Optional<String> nearest) {
    public static final Locale VIETNAMESE = Locale.forLanguageTag("vi");

    private static final String WORD = "@word.";

    public Finding {
        arguments = List.copyOf(arguments);
    }

    public Finding(Rule rule, String file, int line, List<String> arguments) {
        this(rule, file, line, arguments, Optional.empty());
    }

    public static Finding of(Rule rule, String file, int line, String... arguments) {
        return new Finding(rule, file, line, List.of(arguments));
    }

    /** The same, where this right one was probably meant. */
    public Finding near(Optional<String> right) {
        return new Finding(rule, file, line, arguments, right);
    }

    /** An argument that is a word of every language: {@code word("list")}, {@code word("field", "mode")}. */
    public static String word(String name, String... about) {
        return WORD + name + (about.length == 0 ? "" : ":" + about[0]);
    }

    /** What is wrong. */
    public String wrong(Locale language) {
        return text(language, rule.id() + ".wrong", arguments);
    }

    /** What to do. */
    public String remedy(Locale language) {
        return nearest.map(right -> text(language, "near", List.of(right)))
                .orElseGet(() -> text(language, rule.id() + ".remedy", arguments));
    }

    /** The whole finding on one line, beginning with file and line. */
    public String text(Locale language) {
        return file + (line > 0 ? ":" + line : "") + ": " + wrong(language) + ": " + remedy(language);
    }

    private static String text(Locale language, String key, List<String> arguments) {
        ResourceBundle texts = ResourceBundle.getBundle(
                "vn.lgsp.failure.rules",
                language,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        List<String> said = new ArrayList<>();
        for (String argument : arguments) {
            int colon = argument.indexOf(':');
            String word = argument.startsWith(WORD) ? argument.substring(1, colon < 0 ? argument.length() : colon) : "";
            said.add(
                    !word.isEmpty() && texts.containsKey(word)
                            ? format(texts.getString(word), List.of(argument.substring(colon + 1)))
                            : argument);
        }
        return format(texts.getString(key), said);
    }

    private static String format(String text, List<String> arguments) {
        return new MessageFormat(text, Locale.ROOT).format(arguments.toArray());
    }

    /** In English. */
    @Override
    public String toString() {
        return text(Locale.ENGLISH);
    }
}
