package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.component.xslt.XsltEndpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vn.lgsp.deliver.HttpEndpoint;
import vn.lgsp.deliver.JmsEndpoint;
import vn.lgsp.deliver.SoapEndpoint;

/** The words of the rules are those of Camel's own YAML schema and of the bus's own endpoints. */
final class RouteWordsTest {
    private static final Map<String, Class<?>> ENDPOINTS =
            Map.of("lgsp-http", HttpEndpoint.class, "lgsp-soap", SoapEndpoint.class, "lgsp-jms", JmsEndpoint.class);

    private static JsonNode definitions;

    @BeforeAll
    static void read_the_schema_of_camel() throws IOException {
        try (InputStream schema = RouteWordsTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            definitions = new ObjectMapper().readTree(schema).at("/items/definitions");
        }
    }

    private static JsonNode step(String name) {
        return definition("org.apache.camel.model.ProcessorDefinition")
                .path("properties")
                .path(name);
    }

    private static JsonNode definition(String name) {
        return definitions.path(name);
    }

    /** The fields of a part of the schema, in all forms in which it can be written. */
    private static Set<String> fields(JsonNode part) {
        Set<String> found = new TreeSet<>();
        if (part.has("$ref")) {
            String reference = part.path("$ref").asText();
            found.addAll(fields(definition(reference.substring(reference.lastIndexOf('/') + 1))));
        }
        part.path("properties").fieldNames().forEachRemaining(found::add);
        for (String forms : new String[] {"oneOf", "anyOf", "allOf"}) {
            part.path(forms).forEach(form -> found.addAll(fields(form)));
        }
        return found;
    }

    @Test
    void every_step_of_camel_is_allowed_or_refused_with_a_reason() {
        Set<String> steps = fields(definition("org.apache.camel.model.ProcessorDefinition"));

        assertThat(steps).hasSizeGreaterThan(60).containsAll(RouteWords.steps());
        steps.removeAll(RouteWords.steps());
        assertThat(steps)
                .allSatisfy(
                        step -> assertThat(RouteWords.refusal(step)).as(step).isPresent());
        assertThat(RouteWords.steps())
                .allSatisfy(
                        step -> assertThat(RouteWords.refusal(step)).as(step).isEmpty());
    }

    @Test
    void every_option_of_an_allowed_step_is_allowed_or_refused() {
        for (String name : RouteWords.steps()) {
            Set<String> camel = fields(step(name));
            Set<String> known = new TreeSet<>(RouteWords.options(name));

            assertThat(camel).as(name).containsAll(known);
            camel.removeAll(known);
            camel.removeAll(RouteWords.forbiddenOptions());
            camel.removeAll(RouteWords.forbiddenLanguages());
            // what an expression may be wrapped in is allowed by itself
            assertThat(camel).as(name).isEmpty();
        }
    }

    @Test
    void every_language_of_camel_is_allowed_or_refused_and_its_options_are_camels() {
        Set<String> languages = fields(definition("org.apache.camel.model.language.ExpressionDefinition"));
        Set<String> known = new TreeSet<>(RouteWords.languages());
        known.addAll(RouteWords.forbiddenLanguages());

        assertThat(languages).isEqualTo(known);
        Map<String, String> models = Map.of("jsonpath", "JsonPath", "tokenize", "Tokenizer");
        for (String language : RouteWords.languages()) {
            String model = models.getOrDefault(
                    language, language.substring(0, 1).toUpperCase(Locale.ROOT) + language.substring(1));
            assertThat(fields(definition("org.apache.camel.model.language." + model + "Expression")))
                    .as(language)
                    .containsAll(RouteWords.options(language).stream()
                            .filter(option -> !(language.equals("tokenize") && option.equals("expression")))
                            .toList());
        }
    }

    @Test
    void the_options_of_our_endpoints_are_those_that_the_endpoints_have() {
        ENDPOINTS.forEach((scheme, type) ->
                assertThat(setters(type)).as(scheme).isEqualTo(new TreeSet<>(RouteWords.endpointOptions(scheme))));
        assertThat(setters(XsltEndpoint.class)).containsAll(RouteWords.endpointOptions("xslt"));
    }

    private static Set<String> setters(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 1)
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .map(name -> name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
