package vn.lgsp.source;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/**
 * A YAML document read into values with lines. Data binding would lose the lines of values that parse but are wrong, and
 * its refusals name classes; an integrator needs the file, the line and the remedy (CAT-06).
 *
 * <p>Only plain YAML is taken: one document, no aliases, no name twice.
 */
public final class SourceFile {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final int DEEPEST = 64;

    private final String file;
    private final YAMLParser parser;

    private SourceFile(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * The outermost fields of the document.
     *
     * @param file as it shall appear in refusals
     * @param known the names that may stand there
     */
    public static Section read(String file, String text, List<String> known) {
        Value root = value(file, text);
        if (!(root instanceof Value.Fields fields)) {
            throw refusal(
                    Rule.DOCUMENT_NOT_FIELDS, file, root.line(), Finding.word(root.what()), String.join(", ", known));
        }
        return new Section(file, Finding.word("document"), fields, known);
    }

    /**
     * The whole document.
     *
     * @param file as it shall appear in refusals
     */
    public static Value value(String file, String text) {
        try (YAMLParser parser = YAML.createParser(text)) {
            return new SourceFile(file, parser).root();
        } catch (JsonParseException broken) {
            throw notYaml(file, text, broken);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The text of a file, which appears in refusals by its whole path. */
    public static String text(Path path) {
        return text(path.toString(), path);
    }

    /**
     * The text of a file.
     *
     * @param file as it shall appear in refusals
     */
    public static String text(String file, Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException missing) {
            throw refusal(Rule.FILE_MISSING, file, 0);
        } catch (CharacterCodingException garbled) {
            throw refusal(Rule.FILE_NOT_UTF_8, file, 0);
        } catch (IOException unreadable) {
            throw refusal(Rule.FILE_UNREADABLE, file, 0);
        }
    }

    private static Refused refusal(Rule rule, String file, int line, String... arguments) {
        return new Refused(Finding.of(rule, file, line, arguments));
    }

    private Value root() throws IOException {
        JsonToken first = parser.nextToken();
        Value root = first == null ? new Value.Nothing(new Place(file, 1)) : value(first, 0);
        if (parser.nextToken() != null) {
            throw refusal(Rule.YAML_SECOND_DOCUMENT, file, line());
        }
        return root;
    }

    private Value value(@Nullable JsonToken token, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw refusal(Rule.YAML_DEEP, file, line());
        }
        if (parser.isCurrentAlias()) {
            throw refusal(Rule.YAML_ALIAS, file, line());
        }
        Place place = new Place(file, line());
        if (token == JsonToken.START_OBJECT) {
            return fields(place, depth);
        } else if (token == JsonToken.START_ARRAY) {
            List<Value> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(value(next, depth + 1));
            }
            return new Value.Items(place, items);
        } else if (token == JsonToken.VALUE_NULL) {
            return new Value.Nothing(place);
        } else if (token == JsonToken.VALUE_STRING) {
            return new Value.Scalar(place, parser.getText(), Value.Scalar.TEXT);
        } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new Value.Scalar(place, parser.getText(), Value.Scalar.BOOLEAN);
        } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            return new Value.Scalar(place, parser.getText(), Value.Scalar.NUMBER);
        }
        throw refusal(Rule.YAML_KIND, file, place.line());
    }

    private Value.Fields fields(Place place, int depth) throws IOException {
        Map<String, Value.Field> found = new LinkedHashMap<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_OBJECT; next = parser.nextToken()) {
            String name = parser.currentName();
            int at = line();
            Value.Field earlier = found.get(name);
            if (earlier != null) {
                throw refusal(Rule.FIELD_TWICE, file, at, name, String.valueOf(earlier.line()));
            }
            found.put(name, new Value.Field(new Place(file, at), value(parser.nextToken(), depth + 1)));
        }
        return new Value.Fields(place, found);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** The parser's finding is told by its kind, never with its excerpt of the file: a secret may stand there. */
    private static Refused notYaml(String file, String text, JsonParseException broken) {
        if (broken.getCause() instanceof ReaderException strange) {
            String before = text.substring(0, Math.min(text.length(), strange.getPosition()));
            return refusal(
                    Rule.YAML_CONTROL_CHARACTER, file, (int) before.lines().count());
        }
        if (broken.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return refusal(
                    kind(String.valueOf(marked.getContext()), String.valueOf(marked.getProblem())),
                    file,
                    marked.getProblemMark().getLine() + 1);
        }
        return refusal(
                Rule.YAML_BROKEN,
                file,
                broken.getLocation() == null ? 1 : broken.getLocation().getLineNr());
    }

    private static Rule kind(String context, String problem) {
        if (problem.contains("TAB")) {
            return Rule.YAML_TAB;
        } else if (context.contains("quoted scalar")) {
            return Rule.YAML_QUOTE;
        } else if (context.contains("flow")) {
            return Rule.YAML_BRACKET;
        } else if (context.contains("block") || problem.contains("could not find expected ':'")) {
            return Rule.YAML_INDENT;
        } else if (problem.contains("mapping values are not allowed")) {
            return Rule.YAML_COLON;
        } else if (problem.contains("cannot start any token")) {
            return Rule.YAML_CHARACTER;
        }
        return Rule.YAML_BROKEN;
    }
}
