package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.JsonParsers;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/** An OpenAPI document in one file, YAML or JSON, whose places know their lines. It refers to nothing but itself. */
final class OpenApiFile {
    private static final Pattern KNOWN = Pattern.compile("3\\.[01](\\.[0-9]{1,3})?");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
    /** What stands below these is content, and refers to nothing. */
    private static final Set<String> CONTENT = Set.of("example", "examples", "default", "enum", "const");

    /** Below these stand names that the document gives, be they as they may, such as {@code default} for an answer. */
    private static final Set<String> NAMES = Set.of(
            "properties",
            "patternProperties",
            "dependentSchemas",
            "responses",
            "parameters",
            "schemas",
            "requestBodies",
            "headers",
            "pathItems");

    private static final int MOST_HOPS = 32;

    private final Path path;
    private final Map<String, Integer> lines = new HashMap<>();
    private final JsonNode root;

    /** @throws IllegalArgumentException when the file is missing, outside of the folder, or, as {@code Refused}, no such document */
    OpenApiFile(MappingFolder folder, String file) {
        path = folder.below(file);
        root = file.endsWith(".json") ? json() : yaml();
        String version = root.path("openapi").asText();
        if (!KNOWN.matcher(version).matches()) {
            throw refusal(
                    root.has("openapi") ? "/openapi" : "",
                    root.has("swagger")
                            ? "it is of Swagger 2.0: convert it to OpenAPI 3"
                            : "it names no version of OpenAPI 3.0 or 3.1 in its field openapi");
        }
        requireItself(root, "", false);
    }

    /** Whether it is of 3.0, whose schemas are not quite those of JSON Schema. */
    boolean isOld() {
        return root.path("openapi").asText().startsWith("3.0");
    }

    JsonNode at(String pointer) {
        return root.at(JsonPointer.compile(pointer));
    }

    /** Where the description stands to which {@code pointer} leads, be it by references. */
    String target(String pointer) {
        String here = pointer;
        for (int hops = 0; at(here).path("$ref").isTextual(); hops++) {
            if (hops == MOST_HOPS) {
                throw refusal(pointer, "its $ref leads to no end");
            }
            here = referred(here);
        }
        return here;
    }

    /** Where the $ref of what stands here leads, in one step. */
    String referred(String pointer) {
        String written = at(pointer).path("$ref").asText();
        String led = written.startsWith("#") ? decoded(written.substring(1)) : "";
        if (!led.startsWith("/") || at(led).isMissingNode()) {
            throw refusal(pointer, "the $ref '" + brief(written) + "' leads to nothing in this file");
        }
        return led;
    }

    private static String decoded(String fragment) {
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException noFragment) {
            return "";
        }
    }

    /** The line on which this stands, or what it is in. */
    int line(String pointer) {
        String here = pointer;
        while (!here.isEmpty() && !lines.containsKey(here)) {
            here = here.substring(0, here.lastIndexOf('/'));
        }
        return lines.getOrDefault(here, 1);
    }

    Path path() {
        return path;
    }

    Refused refusal(String pointer, String reason) {
        return Mistake.refusal(path, line(pointer), Rule.BUILD_OPENAPI, reason);
    }

    /** One step of a JSON pointer. */
    static String step(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** @param names whether its members are called as the document likes */
    private void requireItself(JsonNode node, String pointer, boolean names) {
        String reference = node.path("$ref").isTextual() ? node.path("$ref").asText() : "#";
        if (!reference.startsWith("#")) {
            throw new Refused(Mistake.at(path, line(pointer + "/$ref"), Rule.OPENAPI_ELSEWHERE, brief(reference)));
        }
        for (var member : node.properties()) {
            if (names || !CONTENT.contains(member.getKey())) {
                requireItself(
                        member.getValue(), pointer + step(member.getKey()), !names && NAMES.contains(member.getKey()));
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            requireItself(node.get(i), pointer + "/" + i, false);
        }
    }

    private static String brief(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    private JsonNode json() {
        byte[] written;
        try {
            written = Files.readAllBytes(path);
        } catch (IOException unreadable) {
            throw Mistake.refusal(path, 0, Rule.BUILD_OPENAPI, "it cannot be read");
        }
        try (JsonParser parser = JsonParsers.own().createParser(written)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.FIELD_NAME
                        && parser.currentToken() != JsonToken.END_OBJECT
                        && parser.currentToken() != JsonToken.END_ARRAY) {
                    lines.putIfAbsent(
                            parser.getParsingContext().pathAsPointer().toString(),
                            parser.currentTokenLocation().getLineNr());
                }
            }
            return Json.read(written, Side.REQUEST);
        } catch (JsonProcessingException wrong) {
            throw Mistake.refusal(
                    path,
                    wrong.getLocation() == null ? 0 : wrong.getLocation().getLineNr(),
                    Rule.BUILD_OPENAPI,
                    String.valueOf(wrong.getOriginalMessage()));
        } catch (IOException | BusException wrong) {
            throw Mistake.refusal(path, 0, Rule.BUILD_OPENAPI, String.valueOf(wrong.getMessage()));
        }
    }

    private JsonNode yaml() {
        String told = Mistake.told(path.toString());
        return node(SourceFile.value(told, SourceFile.text(told, path)), "");
    }

    private JsonNode node(Value value, String pointer) {
        lines.put(pointer, value.line());
        if (value instanceof Value.Fields fields) {
            ObjectNode made = JsonNodeFactory.instance.objectNode();
            fields.byName().forEach((name, field) -> {
                made.set(name, node(field.value(), pointer + step(name)));
                lines.put(pointer + step(name), field.line());
            });
            return made;
        } else if (value instanceof Value.Items items) {
            ArrayNode made = JsonNodeFactory.instance.arrayNode();
            for (Value item : items.values()) {
                made.add(node(item, pointer + "/" + made.size()));
            }
            return made;
        } else if (value instanceof Value.Scalar scalar && scalar.isFlag()) {
            return BooleanNode.valueOf(Boolean.parseBoolean(scalar.text()));
        } else if (value instanceof Value.Scalar scalar) {
            return scalar.isText() ? TextNode.valueOf(scalar.text()) : number(scalar.text());
        }
        return NullNode.getInstance();
    }

    /** As JSON has it; YAML writes numbers in further ways, which mean nothing here. */
    static JsonNode number(String text) {
        return text.length() <= JsonParsers.LONGEST_NUMBER
                        && NUMBER.matcher(text).matches()
                ? DecimalNode.valueOf(new BigDecimal(text))
                : TextNode.valueOf(text);
    }
}
