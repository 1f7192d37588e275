package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Set;
import java.util.stream.Collectors;
import vn.lgsp.failure.BusException;

/**
 * The exchange structure registered for one side of a service: a JSON Schema of draft 2020-12. It is read once, with everything
 * that it refers to, which must lie in the folder of the mappings; nothing is ever fetched.
 */
final class Contract {
    private static final int MOST_REASONS = 5;

    /** The schema of schemas, from the library's own archive. */
    private static final JsonSchema META = JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(SchemaLocation.of(VersionFlag.V202012.getId()));

    private final String name;
    private final JsonSchema schema;
    private final Set<String> members;

    /** @throws IllegalArgumentException when the file is missing, outside of the folder, or not such a schema */
    Contract(MappingFolder folder, String file) {
        name = MappingFolder.name(file);
        Path path = folder.below(file);
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
                VersionFlag.V202012,
                builder -> builder.schemaLoaders(loaders -> loaders.values(values -> {
                    values.clear();
                    values.add(iri -> local(folder, iri));
                })));
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                .formatAssertionsEnabled(true)
                .pathType(PathType.JSON_POINTER)
                .preloadJsonSchema(true)
                .cacheRefs(true)
                .build();
        try {
            JsonNode text = Json.read(Files.readAllBytes(path), Side.REQUEST);
            requireSchema(text);
            schema = factory.getSchema(SchemaLocation.of(path.toUri().toString()), text, config);
            schema.initializeValidators();
        } catch (IOException | BusException | JsonSchemaException wrong) {
            throw new IllegalArgumentException(file + " is not a usable JSON Schema: " + wrong.getMessage(), wrong);
        }
        Set<String> found = new HashSet<>();
        collectMembers(schema.getSchemaNode(), found);
        members = Set.copyOf(found);
    }

    /** @throws BusException by side, naming every place and rule that is broken, up to five, and no value (BUS-17, MSG-09) */
    void check(JsonNode content, Side side) {
        Set<ValidationMessage> broken = schema.validate(content);
        if (!broken.isEmpty()) {
            String reasons = broken.stream()
                    .limit(MOST_REASONS)
                    .map(this::reason)
                    .distinct()
                    .collect(Collectors.joining("; "));
            throw side.refuse("breaks " + name + ": " + reasons);
        }
    }

    private String reason(ValidationMessage broken) {
        String place = place(broken.getInstanceLocation());
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
        return pointer.isEmpty() ? "the whole" : pointer.toString();
    }

    private static void requireSchema(JsonNode text) {
        if (!text.isObject()) {
            throw new JsonSchemaException("it is not an object");
        }
        META.validate(text).stream().findFirst().ifPresent(mistake -> {
            throw new JsonSchemaException(mistake.getMessage());
        });
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
