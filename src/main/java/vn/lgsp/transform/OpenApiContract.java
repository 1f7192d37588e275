package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;

/**
 * One operation of an OpenAPI document, 3.0 or 3.1: before a provider is called, what the caller's parameters and body have to be; after
 * that, what the provider's answer has to be under its status. Read once, from one file; nothing is ever fetched.
 *
 * @see "BUS-17, API-01"
 */
final class OpenApiContract {
    private static final int MOST_REASONS = 5;
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private final String name;
    private final List<OpenApiParameter> parameters = new ArrayList<>();
    private final boolean bodyRequired;
    private final OpenApiContent body;
    private final Map<String, OpenApiContent> answers = new LinkedHashMap<>();

    /**
     * Reads it.
     *
     * @param operation its {@code operationId}
     * @throws IllegalArgumentException when the file is missing, outside of the folder, or, as {@code Refused}, no such document, or
     *     one without this operation
     */
    OpenApiContract(MappingFolder folder, String file, String operation) {
        OpenApiFile document = new OpenApiFile(folder, file);
        name = MappingFolder.name(file) + ", operation " + operation;
        OpenApiSchemas ofRequests = new OpenApiSchemas(document, Side.REQUEST);
        OpenApiSchemas ofAnswers = new OpenApiSchemas(document, Side.ANSWER);
        String here = place(document, operation);
        Map<String, String> places = new LinkedHashMap<>();
        collectParameters(document, here.substring(0, here.lastIndexOf('/')) + "/parameters", places);
        collectParameters(document, here + "/parameters", places);
        places.values().forEach(pointer -> OpenApiParameter.of(document, ofRequests, name, pointer)
                .ifPresent(parameters::add));
        String asked = document.target(here + "/requestBody");
        bodyRequired = document.at(asked).path("required").asBoolean();
        body = new OpenApiContent(document, ofRequests, name, asked + "/content");
        for (var answer : document.at(here + "/responses").properties()) {
            String told = document.target(here + "/responses" + OpenApiFile.step(answer.getKey()));
            answers.put(
                    answer.getKey().toUpperCase(java.util.Locale.ROOT),
                    new OpenApiContent(document, ofAnswers, name, told + "/content"));
        }
        if (answers.isEmpty()) {
            throw document.refusal(here, "the operation " + operation + " has no responses");
        }
    }

    private static String place(OpenApiFile document, String operation) {
        Map<String, String> found = new TreeMap<>();
        for (var path : document.at("/paths").properties()) {
            String item = document.target("/paths" + OpenApiFile.step(path.getKey()));
            for (var method : document.at(item).properties()) {
                String id = method.getValue().path("operationId").asText();
                String here = item + OpenApiFile.step(method.getKey());
                if (METHODS.contains(method.getKey()) && !id.isEmpty() && found.put(id, here) != null) {
                    throw document.refusal(here + "/operationId", "two operations are called " + id);
                }
            }
        }
        if (!found.containsKey(operation)) {
            throw new Refused(Mistake.at(
                            document.path(),
                            document.line("/paths"),
                            Rule.OPENAPI_OPERATION,
                            operation,
                            found.isEmpty() ? "-" : String.join(", ", found.keySet()))
                    .near(Nearest.of(operation, found.keySet())));
        }
        return found.get(operation);
    }

    /** Those of an operation stand in the place of those of its path. */
    private static void collectParameters(OpenApiFile document, String pointer, Map<String, String> places) {
        for (int i = 0; i < document.at(pointer).size(); i++) {
            String place = document.target(pointer + "/" + i);
            JsonNode parameter = document.at(place);
            places.put(
                    parameter.path("in").asText() + " " + parameter.path("name").asText(), place);
        }
    }

    /** What came, read where it has to be. */
    interface Content {
        boolean isEmpty();

        /** @throws BusException by side, when it is none */
        JsonNode json();
    }

    /**
     * Holds a request against it.
     *
     * @param type the media type of the content, empty where it says none
     * @param cameAs the media type under which it came to the bus: a form is JSON by now, but its fields are still texts; and a
     *     payload stands without its envelope
     * @param variables what the parameters hold, by their variables
     * @throws BusException {@code message-invalid}, naming up to five parameters, or places and rules, and no value (BUS-17, MSG-09)
     */
    void request(String type, String cameAs, Function<String, JsonNode> variables, Content content) {
        List<String> reasons = new ArrayList<>();
        parameters.forEach(parameter -> reasons.addAll(parameter.reasons(variables, Side.REQUEST)));
        boolean empty = content.isEmpty();
        if (body.isEmpty() && !empty) {
            reasons.add("it has a body, and the operation takes none");
        } else if (empty && bodyRequired) {
            reasons.add("it lacks its body");
        } else if (!empty) {
            boolean asItCame = body.takes(cameAs) && (OpenApiContent.isForm(cameAs) || !body.takes(type));
            reasons.addAll(reasons(body, asItCame ? cameAs : type, content));
        }
        refuse(reasons, Side.REQUEST);
    }

    /**
     * Holds an answer against it.
     *
     * @param type the media type of the content, empty where it says none
     * @throws BusException {@code provider-invalid}, naming up to five places and rules, and no value (BUS-17, MSG-09)
     */
    void answer(int status, String type, Content content) {
        Optional<OpenApiContent> answer = Optional.ofNullable(answers.get(String.valueOf(status)))
                .or(() -> Optional.ofNullable(answers.get(status / 100 + "XX")))
                .or(() -> Optional.ofNullable(answers.get("DEFAULT")));
        if (answer.isEmpty()) {
            refuse(List.of("its status " + status + " is not of the operation"), Side.ANSWER);
        } else if (!answer.get().isEmpty()) {
            refuse(reasons(answer.get(), type, content), Side.ANSWER);
        }
    }

    private static List<String> reasons(OpenApiContent described, String said, Content content) {
        String type = said.isEmpty() ? described.only().orElse("") : said;
        if (!described.takes(type)) {
            return List.of("its media type is not of the operation");
        }
        return described.holds(type) ? described.reasons(type, content.json()) : List.of();
    }

    private void refuse(List<String> reasons, Side side) {
        if (!reasons.isEmpty()) {
            throw side.refuse("breaks " + name + ": "
                    + String.join(
                            "; ",
                            reasons.stream().distinct().limit(MOST_REASONS).toList()));
        }
    }
}
