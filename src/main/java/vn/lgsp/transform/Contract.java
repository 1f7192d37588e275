package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.InputStreamSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.JsonParsers;

/**
 * The exchange structure registered for one side of a service: a JSON Schema of draft 2020-12. It is read once, with everything
 * that it refers to, which must lie in the folder of the mappings; nothing is ever fetched.
 */
final class Contract {
    /** How the content itself is called in a refusal. */
    static final String THE_WHOLE = "the whole";

    private static final int MOST_REASONS = 5;
    private static final JsonMapper JSON = JsonParsers.own();

    /** The schema of schemas, from the library's own archive. */
    private static final JsonSchema META = JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(SchemaLocation.of(VersionFlag.V202012.getId()));

    private final String name;
    private final JsonSchema schema;
    private final Set<String> members;

    /** @throws IllegalArgumentException when the file is missing, outside of the folder, or, as {@code Refused}, no such schema */
    Contract(MappingFolder folder, String file) {
        name = MappingFolder.name(file);
        Path path = folder.below(file);
        try {
            byte[] written = Files.readAllBytes(path);
            JSON.readTree(written);
            JsonNode text = Json.read(written, Side.REQUEST);
            requireSchema(text, path, written);
            schema = factory(iri -> local(folder, iri))
                    .getSchema(SchemaLocation.of(path.toUri().toString()), text, config());
            schema.initializeValidators();
        } catch (JsonProcessingException wrong) {
            throw Mistake.refusal(
                    path,
                    wrong.getLocation() == null ? 0 : wrong.getLocation().getLineNr(),
                    Rule.BUILD_JSON_SCHEMA,
                    String.valueOf(wrong.getOriginalMessage()));
        } catch (IOException | BusException | JsonSchemaException wrong) {
            throw Mistake.refusal(path, 0, Rule.BUILD_JSON_SCHEMA, String.valueOf(wrong.getMessage()));
        }
        members = members(schema);
    }

    /**
     * A schema that refers to nothing but itself.
     *
     * @param whole one for which {@link #mistakes} finds nothing
     * @throws JsonSchemaException when a reference in it leads nowhere
     */
    Contract(String name, JsonNode whole) {
        this.name = name;
        schema = factory(iri -> {
                    throw new JsonSchemaException("it refers to " + iri);
                })
                .getSchema(whole, config());
        schema.initializeValidators();
        members = members(schema);
    }

    private static JsonSchemaFactory factory(Function<AbsoluteIri, InputStreamSource> files) {
        return JsonSchemaFactory.getInstance(
                VersionFlag.V202012,
                builder -> builder.schemaLoaders(loaders -> loaders.values(values -> {
                    values.clear();
                    values.add(files::apply);
                })));
    }

    private static SchemaValidatorsConfig config() {
        return SchemaValidatorsConfig.builder()
                .formatAssertionsEnabled(true)
                .pathType(PathType.JSON_POINTER)
                .preloadJsonSchema(true)
                .cacheRefs(true)
                .build();
    }

    private static Set<String> members(JsonSchema schema) {
        Set<String> found = new HashSet<>();
        collectMembers(schema.getSchemaNode(), found);
        return Set.copyOf(found);
    }

    /** @throws BusException by side, naming every place and rule that is broken, up to five, and no value (BUS-17, MSG-09) */
    void check(JsonNode content, Side side) {
        List<String> reasons = reasons(content, THE_WHOLE, "");
        if (!reasons.isEmpty()) {
            throw side.refuse("breaks " + name + ": " + String.join("; ", reasons));
        }
    }

    /**
     * Every place and rule that is broken, up to five, and no value.
     *
     * @param whole what the whole is called
     * @param before what stands before the pointer to a place in it
     */
    List<String> reasons(JsonNode content, String whole, String before) {
        return schema.validate(content).stream()
                .limit(MOST_REASONS)
                .map(broken -> reason(broken, whole, before))
                .distinct()
                .toList();
    }

    private String reason(ValidationMessage broken, String whole, String before) {
        String pointer = place(broken.getInstanceLocation());
        String place = pointer.isEmpty() ? whole : before + pointer;
        if ("required".equals(broken.getType())) {
            return place + " lacks " + broken.getProperty();
        }
        return place + " breaks the rule " + broken.getType();
    }

    /** The JSON pointer; a member that the schema does not name may itself be content, and is shown as a star. */
    private String place(JsonNodePath path) {
        StringBuilder pointer = new StringBuilder();
        for (int i = 0; i < path.getNameCount(); i++) {
            Object element = path.getElement(i);
            pointer.append('/')
                    .append(element instanceof Integer || members.contains(element.toString()) ? element : "*");
        }
        return pointer.toString();
    }

    private static void requireSchema(JsonNode text, Path path, byte[] written) throws IOException {
        if (!text.isObject()) {
            throw Mistake.refusal(path, 1, Rule.BUILD_JSON_SCHEMA, "it is not an object");
        }
        if (text.has("openapi") || text.has("swagger")) {
            throw Mistake.refusal(
                    path, 1, Rule.BUILD_JSON_SCHEMA, "it is an OpenAPI document: name one of its operations");
        }
        Map<String, String> mistakes = mistakes(text);
        if (!mistakes.isEmpty()) {
            Map.Entry<String, String> first = mistakes.entrySet().iterator().next();
            throw Mistake.refusal(path, line(written, first.getKey()), Rule.BUILD_JSON_SCHEMA, first.getValue());
        }
    }

    /** What makes this no JSON Schema of draft 2020-12, by the pointers to it. */
    static Map<String, String> mistakes(JsonNode schema) {
        Map<String, String> mistakes = new LinkedHashMap<>();
        for (ValidationMessage mistake : META.validate(schema)) {
            JsonNodePath place = mistake.getInstanceLocation();
            StringBuilder pointer = new StringBuilder();
            for (int i = 0; i < place.getNameCount(); i++) {
                pointer.append('/').append(place.getElement(i));
            }
            mistakes.putIfAbsent(pointer.toString(), mistake.getMessage());
        }
        return mistakes;
    }

    /** The line on which the value stands that this pointer leads to. */
    private static int line(byte[] written, String pointer) throws IOException {
        try (JsonParser parser = JSON.createParser(written)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.FIELD_NAME
                        && parser.getParsingContext().pathAsPointer().toString().equals(pointer)) {
                    return parser.currentTokenLocation().getLineNr();
                }
            }
        }
        return 1;
    }

    private static void collectMembers(JsonNode schema, Set<String> found) {
        for (var entry : schema.properties()) {
            if ("properties".equals(entry.getKey())) {
                entry.getValue().fieldNames().forEachRemaining(found::add);
            }
            collectMembers(entry.getValue(), found);
        }
        if (schema.isArray()) {
            schema.forEach(element -> collectMembers(element, found));
        }
    }

    private static InputStreamSource local(MappingFolder folder, AbsoluteIri iri) {
        String address = iri.toString();
        if (!address.startsWith("file:")) {
            throw new JsonSchemaException("it refers to " + address + ", but only files beside it may be used");
        }
        return () -> {
            try {
                return Files.newInputStream(folder.inside(Path.of(URI.create(address)), address));
            } catch (IllegalArgumentException outside) {
                throw new IOException(outside.getMessage(), outside);
            }
        };
    }
}
