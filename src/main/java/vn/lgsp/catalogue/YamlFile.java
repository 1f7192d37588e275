package vn.lgsp.catalogue;

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

/**
 * A YAML document read into values with lines. Data binding would lose the lines of values that parse but are wrong, and
 * its refusals name classes; an integrator needs the file, the line and the remedy (CAT-06).
 *
 * <p>Only plain YAML is taken: one document, no aliases, no name twice.
 */
final class YamlFile {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final int DEEPEST = 16;

    private final String file;
    private final YAMLParser parser;

    private YamlFile(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * The outermost fields of the document.
     *
     * @param file as it shall appear in refusals
     * @param known the names that may stand there
     */
    static YamlSection read(String file, String text, List<String> known) {
        try (YAMLParser parser = YAML.createParser(text)) {
            YamlFile document = new YamlFile(file, parser);
            YamlValue root = document.root();
            if (!(root instanceof YamlValue.Fields fields)) {
                throw refusal(
                        file,
                        root.line(),
                        "the document holds " + root.what() + ", not fields",
                        "write " + String.join(", ", known));
            }
            return new YamlSection(file, "the document", fields, known);
        } catch (JsonParseException broken) {
            throw notYaml(file, broken);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    path + ": the file does not exist: mend its name, or create it", missing);
        } catch (CharacterCodingException garbled) {
            throw new IllegalArgumentException(path + ": the file is not UTF-8: save it as UTF-8", garbled);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    path + ": the file cannot be read: check that it is a file and that its rights allow it",
                    unreadable);
        }
    }

    static IllegalArgumentException refusal(String file, int line, String wrong, String remedy) {
        return new IllegalArgumentException(file + ":" + line + ": " + wrong + ": " + remedy);
    }

    private YamlValue root() throws IOException {
        JsonToken first = parser.nextToken();
        YamlValue root = first == null ? new YamlValue.Nothing(1) : value(first, 0);
        if (parser.nextToken() != null) {
            throw refusal(file, line(), "a second document begins here", "keep one document in a file");
        }
        return root;
    }

    private YamlValue value(@Nullable JsonToken token, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw refusal(file, line(), "values stand too deep inside each other", "write it flatter");
        }
        if (parser.isCurrentAlias()) {
            throw refusal(file, line(), "an alias (*) is not read", "write the value out");
        }
        int line = line();
        if (token == JsonToken.START_OBJECT) {
            return fields(line, depth);
        } else if (token == JsonToken.START_ARRAY) {
            List<YamlValue> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(value(next, depth + 1));
            }
            return new YamlValue.Items(line, items);
        } else if (token == JsonToken.VALUE_NULL) {
            return new YamlValue.Nothing(line);
        } else if (token == JsonToken.VALUE_STRING) {
            return new YamlValue.Scalar(line, parser.getText(), YamlValue.Scalar.TEXT);
        } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new YamlValue.Scalar(line, parser.getText(), YamlValue.Scalar.BOOLEAN);
        } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            return new YamlValue.Scalar(line, parser.getText(), YamlValue.Scalar.NUMBER);
        }
        throw refusal(file, line, "this kind of value is not read", "write text, a number, true or false");
    }

    private YamlValue.Fields fields(int line, int depth) throws IOException {
        Map<String, YamlValue.Field> found = new LinkedHashMap<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_OBJECT; next = parser.nextToken()) {
            String name = parser.currentName();
            int at = line();
            YamlValue.Field earlier = found.get(name);
            if (earlier != null) {
                throw refusal(
                        file,
                        at,
                        "field '" + name + "' is written twice, first on line " + earlier.line(),
                        "keep one of them");
            }
            found.put(name, new YamlValue.Field(at, value(parser.nextToken(), depth + 1)));
        }
        return new YamlValue.Fields(line, found);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** Only the parser's finding is shown, never its excerpt of the file: a secret may stand there. */
    private static IllegalArgumentException notYaml(String file, JsonParseException broken) {
        if (broken.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            String problem = marked.getProblem() == null ? "broken" : marked.getProblem();
            return refusal(
                    file,
                    marked.getProblemMark().getLine() + 1,
                    "this is not YAML (" + problem + ")",
                    "mend the line, or the one before; check indents, colons and quotes");
        }
        int line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNr();
        return refusal(file, line, "this is not YAML", "check indents, colons and quotes");
    }
}
