package vn.lgsp.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.unit.RouteContent;
import vn.lgsp.unit.Unit;

/**
 * The JSON Schemas of a unit as components of one document. What a schema has under {@code $defs} becomes a component of its own, and
 * each reference leads to a component: so no reader has to know where a schema within a schema begins.
 */
final class Components {
    private static final String HERE = "#/components/schemas/";
    /** Names of members, where what looks like a keyword is the name of somebody's field. */
    private static final Set<String> NAMED =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");
    /** Content, where nothing is a keyword. */
    private static final Set<String> CONTENT = Set.of("const", "enum", "default", "examples", "example");

    private final Unit unit;
    private final ObjectNode schemas;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, JsonNode> files = new HashMap<>();

    /** @param schemas where the components go */
    Components(Unit unit, ObjectNode schemas) {
        this.unit = unit;
        this.schemas = schemas;
    }

    /**
     * A reference to the schema in this file of the unit; empty where it is no JSON Schema.
     *
     * @param file by its name below the home of the bus
     */
    Optional<ObjectNode> reference(String file) {
        return file.endsWith(".json") && unit.files().containsKey(file)
                ? Optional.of(Documents.object().put("$ref", HERE + name(file)))
                : Optional.empty();
    }

    /** A schema that stands in no file. */
    ObjectNode reference(String wanted, String schema) {
        String name = free(wanted);
        schemas.set(name, Documents.object());
        embed("", name, Documents.read(schema));
        return Documents.object().put("$ref", HERE + name);
    }

    /** The component of a file; it is made when it is first asked for. */
    private String name(String file) {
        String known = names.get(file);
        if (known != null) {
            return known;
        }
        String folder = RouteContent.folder(unit);
        String below =
                file.startsWith(folder) ? file.substring(folder.length()) : file.substring("transforms/".length());
        String name = free(below.replaceFirst("(\\.schema)?\\.json$", ""));
        names.put(file, name);
        schemas.set(name, Documents.object()); // in its place, also when it refers to itself
        JsonNode schema = Documents.read(unit.text(file).orElse("{}"));
        files.put(file, schema);
        embed(file, name, schema);
        return name;
    }

    private void embed(String file, String name, JsonNode schema) {
        schema.path("$defs").fieldNames().forEachRemaining(def -> {
            String component = free(name + "." + def);
            names.put(file + "#" + name + "/" + def, component);
            schemas.set(component, Documents.object());
        });
        if (schema instanceof ObjectNode root) {
            ObjectNode alone = root.deepCopy();
            alone.remove(java.util.List.of("$schema", "$id", "$defs"));
            schemas.set(name, rewritten(file, name, alone));
        } else {
            schemas.set(name, schema);
        }
        schema.path("$defs")
                .properties()
                .forEach(def -> schemas.set(
                        definition(file, name, def.getKey()).orElseThrow(), rewritten(file, name, def.getValue())));
    }

    private Optional<String> definition(String file, String name, String def) {
        return Optional.ofNullable(names.get(file + "#" + name + "/" + def));
    }

    /** @param name the component of the file */
    private JsonNode rewritten(String file, String name, JsonNode schema) {
        if (schema instanceof ArrayNode list) {
            ArrayNode copy = Documents.list();
            list.forEach(each -> copy.add(rewritten(file, name, each)));
            return copy;
        }
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode copy = Documents.object();
        object.properties().forEach(field -> {
            String key = field.getKey();
            JsonNode value = field.getValue();
            if (key.equals("$ref") && value.isTextual()) {
                copy.put(key, target(file, name, value.textValue()));
            } else if (NAMED.contains(key) && value instanceof ObjectNode members) {
                ObjectNode named = copy.putObject(key);
                members.properties()
                        .forEach(member -> named.set(member.getKey(), rewritten(file, name, member.getValue())));
            } else {
                copy.set(key, CONTENT.contains(key) ? value : rewritten(file, name, value));
            }
        });
        return copy;
    }

    /** Where a reference leads to in this document; one that leads to no file of the unit stays as it is. */
    private String target(String file, String name, String reference) {
        int hash = reference.indexOf('#');
        String place = hash < 0 ? reference : reference.substring(0, hash);
        String fragment = hash < 0
                ? ""
                : URLDecoder.decode(reference.substring(hash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        String other = place.isEmpty() || file.isEmpty()
                ? file
                : Path.of(file).resolveSibling(place).normalize().toString().replace('\\', '/');
        if (!other.equals(file) && !unit.files().containsKey(other)) {
            return reference;
        }
        String component = other.equals(file) ? name : name(other);
        String pointer = fragment.isEmpty() || fragment.startsWith("/")
                ? fragment
                : anchor(files.getOrDefault(other, Documents.object()), fragment, "")
                        .orElse("");
        String[] parts = pointer.split("/", 4);
        if (parts.length > 2 && parts[1].equals("$defs")) {
            String def = parts[2].replace("~1", "/").replace("~0", "~");
            Optional<String> own = definition(other, component, def);
            if (own.isPresent()) {
                return HERE + own.get() + (parts.length > 3 ? "/" + parts[3] : "");
            }
        }
        return HERE + component + pointer;
    }

    /** Where the schema with this anchor stands. */
    private static Optional<String> anchor(JsonNode schema, String anchor, String at) {
        if (schema.path("$anchor").asText().equals(anchor)) {
            return Optional.of(at);
        }
        if (schema.isArray()) {
            for (int i = 0; i < schema.size(); i++) {
                Optional<String> found = anchor(schema.get(i), anchor, at + "/" + i);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            String key = field.getKey().replace("~", "~0").replace("/", "~1");
            Optional<String> found = anchor(field.getValue(), anchor, at + "/" + key);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A name that OpenAPI allows, and that no other component has. */
    private String free(String wanted) {
        String clean = wanted.replaceAll("[^A-Za-z0-9._-]", "_");
        String name = clean;
        for (int i = 2; schemas.has(name); i++) {
            name = clean + "-" + i;
        }
        return name;
    }
}
