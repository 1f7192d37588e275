package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a request body or an answer may be, by its media type. JSON, and a form, which comes as JSON, are held against the schema; of
 * anything else the media type counts only.
 */
final class OpenApiContent {
    private static final Pattern JSON = Pattern.compile("application/json|[^/;]+/[^/;]+\\+json");
    private static final String URLENCODED = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data";

    private final Map<String, Media> byType = new LinkedHashMap<>();

    /** @param members of a form, by what each may be, and what its items may be */
    private record Media(Optional<Contract> contract, Map<String, List<Set<String>>> members) {}

    /** @param pointer to the field {@code content} */
    OpenApiContent(OpenApiFile file, OpenApiSchemas schemas, String name, String pointer) {
        for (var media : file.at(pointer).properties()) {
            String type = type(media.getKey());
            String schema = pointer + OpenApiFile.step(media.getKey()) + "/schema";
            boolean held =
                    (isRead(type) || type.contains("*")) && !file.at(schema).isMissingNode();
            byType.put(
                    type,
                    new Media(
                            held ? Optional.of(schemas.contract(name, schema)) : Optional.empty(),
                            held && isForm(type) ? members(file, schemas, file.target(schema)) : Map.of()));
        }
    }

    static boolean isJson(String type) {
        return JSON.matcher(type(type)).matches();
    }

    static boolean isForm(String type) {
        return type.equals(URLENCODED) || type.equals(MULTIPART);
    }

    private static boolean isRead(String type) {
        return isJson(type) || isForm(type);
    }

    /** The media type alone, in small letters. */
    static String type(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    boolean isEmpty() {
        return byType.isEmpty();
    }

    /** The media type of content that does not say its own, where there is one only. */
    Optional<String> only() {
        return byType.size() == 1 ? byType.keySet().stream().findFirst() : Optional.empty();
    }

    boolean takes(String type) {
        return media(type).isPresent();
    }

    /** Whether content of this media type is held against a schema. */
    boolean holds(String type) {
        return isRead(type) && media(type).flatMap(Media::contract).isPresent();
    }

    List<String> reasons(String type, JsonNode content) {
        Media media = media(type).orElseThrow();
        JsonNode meant = isForm(type) && content.isObject() ? meant(content, media.members) : content;
        return media.contract.orElseThrow().reasons(meant, Contract.THE_WHOLE, "");
    }

    private Optional<Media> media(String type) {
        return Optional.ofNullable(byType.get(type))
                .or(() -> Optional.ofNullable(byType.get(type.replaceFirst("/.*", "/*"))))
                .or(() -> Optional.ofNullable(byType.get("*/*")));
    }

    private static Map<String, List<Set<String>>> members(OpenApiFile file, OpenApiSchemas schemas, String schema) {
        Map<String, List<Set<String>>> found = new LinkedHashMap<>();
        file.at(schema + "/properties").fieldNames().forEachRemaining(name -> {
            String member = schema + "/properties" + OpenApiFile.step(name);
            String items = file.target(member) + "/items";
            found.put(
                    name,
                    List.of(schemas.types(member), file.at(items).isMissingNode() ? Set.of() : schemas.types(items)));
        });
        return found;
    }

    /** Fields of a form are texts, and a file has a name and a type beside its content. */
    private static JsonNode meant(JsonNode form, Map<String, List<Set<String>>> members) {
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        for (var field : form.properties()) {
            List<Set<String>> types = members.getOrDefault(field.getKey(), List.of(Set.of(), Set.of()));
            JsonNode value = field.getValue();
            if (types.get(0).contains("array")) {
                ArrayNode items = made.putArray(field.getKey());
                if (value.isArray()) {
                    value.forEach(item -> items.add(meant(item, types.get(1))));
                } else {
                    items.add(meant(value, types.get(1)));
                }
            } else {
                made.set(field.getKey(), meant(value, types.get(0)));
            }
        }
        return made;
    }

    private static JsonNode meant(JsonNode field, Set<String> types) {
        if (field.isObject() && field.path("content").isTextual() && !types.contains("object")) {
            return field.path("content");
        }
        return field.isTextual()
                ? OpenApiParameter.meanings(field.asText(), types).get(0)
                : field;
    }
}
