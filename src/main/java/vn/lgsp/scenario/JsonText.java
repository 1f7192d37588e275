package vn.lgsp.scenario;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import vn.lgsp.parse.JsonParsers;

/**
 * JSON that knows its lines, with every digit as it is written. Two texts are the same when they hold the same members, in whatever
 * order, with the same values: {@code 1.50} is not {@code 1.5}, for a digit is a statement.
 */
final class JsonText {
    private static final JsonFactory READER = JsonParsers.pieces();

    /** Stands in an expectation for any value. */
    static final String ANY = "${any}";

    private JsonText() {}

    /** A value, and the line it begins on. */
    sealed interface Node {
        int line();

        /** The value as JSON, on one line. */
        String text();
    }

    record Members(int line, Map<String, Node> byName) implements Node {
        @Override
        public String text() {
            StringBuilder text = new StringBuilder("{");
            byName.forEach((name, value) -> text.append(text.length() > 1 ? "," : "")
                    .append(quoted(name))
                    .append(':')
                    .append(value.text()));
            return text.append('}').toString();
        }
    }

    record Elements(int line, List<Node> values) implements Node {
        @Override
        public String text() {
            StringBuilder text = new StringBuilder("[");
            values.forEach(value -> text.append(text.length() > 1 ? "," : "").append(value.text()));
            return text.append(']').toString();
        }
    }

    /** @param text as JSON, so that {@code "1"} and {@code 1} differ */
    record Single(int line, String text) implements Node {
        boolean isNumber() {
            return !text.isEmpty() && (text.charAt(0) == '-' || Character.isDigit(text.charAt(0)));
        }

        boolean isSameAs(Single other) {
            return text.equals(other.text)
                    || (isNumber() && other.isNumber() && isSame(new BigDecimal(text), new BigDecimal(other.text)));
        }

        private static boolean isSame(BigDecimal left, BigDecimal right) {
            return left.scale() == right.scale() && left.unscaledValue().equals(right.unscaledValue());
        }

        /** Whether the expectation takes whatever is there. */
        boolean isAny() {
            return text.equals("\"" + ANY + "\"");
        }

        /** A JSON string without its quotes; any other value as it is. */
        String plain() {
            try (JsonParser parser = READER.createParser(text)) {
                return parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : text;
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    /** @throws Broken when it is not one JSON value, with the line and why */
    static Node read(String text) throws Broken {
        try (JsonParser parser = READER.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new Broken(1, "it is empty");
            }
            Node root = node(parser);
            if (parser.nextToken() != null) {
                throw new Broken(line(parser), "it goes on after its end");
            }
            return root;
        } catch (JsonProcessingException broken) {
            int line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNr();
            throw new Broken(line, String.valueOf(broken.getOriginalMessage()));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Node node(JsonParser parser) throws IOException {
        int line = line(parser);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Node> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, node(parser));
            }
            return new Members(line, members);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(node(parser));
            }
            return new Elements(line, elements);
        }
        return new Single(line, token == JsonToken.VALUE_STRING ? quoted(parser.getText()) : parser.getText());
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** Where they differ, in the order of the expectation. */
    static List<Difference> differences(Node expected, Node found) {
        List<Difference> differences = new ArrayList<>();
        compare("", expected, found, differences);
        return differences;
    }

    private static void compare(String pointer, Node expected, Node found, List<Difference> differences) {
        if (expected instanceof Single single && single.isAny()) {
            return;
        }
        if (expected instanceof Members left && found instanceof Members right) {
            left.byName().forEach((name, value) -> {
                Node other = right.byName().get(name);
                if (other == null) {
                    differences.add(difference(pointer + "/" + escaped(name), value, Difference.NOTHING));
                } else {
                    compare(pointer + "/" + escaped(name), value, other, differences);
                }
            });
            right.byName().forEach((name, value) -> {
                if (!left.byName().containsKey(name)) {
                    differences.add(new Difference(
                            pointer + "/" + escaped(name),
                            left.line(),
                            Difference.NOTHING,
                            Difference.brief(value.text())));
                }
            });
        } else if (expected instanceof Elements left && found instanceof Elements right) {
            for (int i = 0; i < Math.max(left.values().size(), right.values().size()); i++) {
                String at = pointer + "/" + i;
                if (i >= right.values().size()) {
                    differences.add(difference(at, left.values().get(i), Difference.NOTHING));
                } else if (i >= left.values().size()) {
                    differences.add(new Difference(
                            at,
                            left.line(),
                            Difference.NOTHING,
                            Difference.brief(right.values().get(i).text())));
                } else {
                    compare(at, left.values().get(i), right.values().get(i), differences);
                }
            }
        } else if (!(expected instanceof Single left && found instanceof Single right && left.isSameAs(right))) {
            differences.add(difference(pointer, expected, Difference.brief(found.text())));
        }
    }

    private static Difference difference(String pointer, Node expected, String found) {
        return new Difference(pointer, expected.line(), Difference.brief(expected.text()), found);
    }

    /** The same with every text changed. */
    static Node changed(Node node, UnaryOperator<String> change) {
        if (node instanceof Members members) {
            Map<String, Node> changed = new LinkedHashMap<>();
            members.byName().forEach((name, value) -> changed.put(name, changed(value, change)));
            return new Members(node.line(), changed);
        }
        if (node instanceof Elements elements) {
            return new Elements(
                    node.line(),
                    elements.values().stream()
                            .map(value -> changed(value, change))
                            .toList());
        }
        return new Single(node.line(), change.apply(node.text()));
    }

    /** The value at this JSON pointer (RFC 6901). */
    static Optional<Node> at(Node root, String pointer) {
        Node node = root;
        if (!pointer.isEmpty()) {
            for (String part : pointer.substring(1).split("/", -1)) {
                String name = part.replace("~1", "/").replace("~0", "~");
                Optional<Node> next = Optional.empty();
                if (node instanceof Members members) {
                    next = Optional.ofNullable(members.byName().get(name));
                } else if (node instanceof Elements elements && name.matches("0|[1-9][0-9]{0,5}")) {
                    int index = Integer.parseInt(name);
                    next = index < elements.values().size()
                            ? Optional.of(elements.values().get(index))
                            : Optional.empty();
                }
                if (next.isEmpty()) {
                    return next;
                }
                node = next.get();
            }
        }
        return Optional.of(node);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
