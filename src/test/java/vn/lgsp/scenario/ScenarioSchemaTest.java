package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.unit.Unit;

/** The published schema of scenarios says what {@link ScenarioFile} says, so that an editor and the bus agree. */
class ScenarioSchemaTest {
    private static final JsonNode SCHEMA = read(Path.of("docs/reference/schemas/scenario.schema.json"));
    private static final JsonSchema JUDGE =
            JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMA);
    private static final YAMLMapper YAML = new YAMLMapper();

    @TempDir
    Path home;

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("transforms"))) {
            return files.filter(file -> file.toString().endsWith(ScenarioFile.SUFFIX)).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void every_scenario_of_the_sample_city_is_good_by_the_schema(Path scenario) throws IOException {
        assertThat(JUDGE.validate(YAML.readTree(Files.readString(scenario)))).isEmpty();
    }

    @Test
    void the_fields_and_choices_of_the_schema_are_those_that_are_read() {
        assertThat(fields("/properties")).isEqualTo(new TreeSet<>(ScenarioFile.DOCUMENT));
        assertThat(fields("/properties/retry/properties")).isEqualTo(new TreeSet<>(ScenarioFile.RETRY));
        assertThat(fields("/$defs/given/properties")).isEqualTo(new TreeSet<>(ScenarioFile.GIVEN));
        assertThat(fields("/$defs/given/properties/fault/properties")).isEqualTo(new TreeSet<>(ScenarioFile.FAULT));
        assertThat(fields("/properties/when/properties")).isEqualTo(new TreeSet<>(ScenarioFile.WHEN));
        assertThat(fields("/properties/then/properties")).isEqualTo(new TreeSet<>(ScenarioFile.THEN));
        assertThat(fields("/properties/then/properties/answer/properties"))
                .isEqualTo(new TreeSet<>(ScenarioFile.ANSWER));
        assertThat(fields("/properties/then/properties/deliveries/additionalProperties/oneOf/1/properties"))
                .isEqualTo(new TreeSet<>(ScenarioFile.DELIVERY));
        assertThat(fields("/$defs/seen/properties")).isEqualTo(new TreeSet<>(ScenarioFile.SEEN));
        assertThat(choices("/properties/then/properties/record/propertyNames/enum"))
                .isEqualTo(ScenarioFile.RECORD);
        assertThat(choices("/$defs/given/properties/fails/enum")).isEqualTo(ScenarioFile.FAILURES);
        assertThat(choices("/$defs/state/enum")).isEqualTo(ScenarioFile.STATES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scenario: a\nwhen: { get: /parcels/1 }\nthen: {}",
                "scenario: a\nretry: { first: 10ms, attempts: 2 }\nwhen: { get: / }\nthen: { within: 1s }",
                "scenario: a\ngiven: { population: {} }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: [{ fails: down }, { delay: 1s, json: [1, a] }] }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { soap: '1.2', fault: { text: b } } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { soap: 1.1, xml: <a/> } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\nwhen: { post: /, as: nobody, headers: { X-A: 1 }, text: b, times: 2 }\nthen: { answer: { status: 401, at: { /a: 1 } } }",
                "scenario: a\nwhen: { soap: '1.1', xml: <a/>, messageId: b }\nthen: { record: { status: 200 }, peers: { population: [GET /a, { request: POST /b, times: 2 }] } }",
                "scenario: a\nwhen: { get: / }\nthen: { deliveries: { population: { state: parked, attempts: 2, reason: provider-failed } } }",
            })
    void what_is_good_for_the_one_is_good_for_the_other(String text) throws IOException {
        assertThat(JUDGE.validate(YAML.readTree(text))).isEmpty();
        assertThat(found(text).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scenaro: a\nwhen: { get: / }\nthen: {}",
                "when: { get: / }\nthen: {}",
                "scenario: a\nwhen: { get: / }",
                "scenario: a\nwhen: { as: stranger }\nthen: {}",
                "scenario: a\nwhen: { get: /a, post: /b }\nthen: {}",
                "scenario: a\nwhen: { get: parcels }\nthen: {}",
                "scenario: a\nwhen: { soap: '1.3', text: a }\nthen: {}",
                "scenario: a\nwhen: { soap: '1.1' }\nthen: {}",
                "scenario: a\nwhen: { post: /, json: 1, xml: <a/> }\nthen: {}",
                "scenario: a\nwhen: { post: /, times: 0 }\nthen: {}",
                "scenario: a\nwhen: { post: /, headers: { a b: c } }\nthen: {}",
                "scenario: a\nwhen: { post: /, as: Nobody }\nthen: {}",
                "scenario: a\nretry: { attempts: 0 }\nwhen: { get: / }\nthen: {}",
                "scenario: a\nretry: { first: soon }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: [] }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { status: 99 } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { fault: { text: b } } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { soap: '1.1', fault: { text: b }, xml: <a/> } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\ngiven: { population: { fails: sometimes } }\nwhen: { get: / }\nthen: {}",
                "scenario: a\nwhen: { get: / }\nthen: { answer: { status: 200, body: b } }",
                "scenario: a\nwhen: { get: / }\nthen: { answer: { at: { a: b } } }",
                "scenario: a\nwhen: { get: / }\nthen: { record: { exchange: b } }",
                "scenario: a\nwhen: { get: / }\nthen: { deliveries: { population: lost } }",
                "scenario: a\nwhen: { get: / }\nthen: { deliveries: { population: { attempts: 1 } } }",
                "scenario: a\nwhen: { get: / }\nthen: { peers: { population: GET /a } }",
                "scenario: a\nwhen: { get: / }\nthen: { peers: { population: [/a] } }",
            })
    void what_is_wrong_for_the_one_is_wrong_for_the_other(String text) throws IOException {
        assertThat(JUDGE.validate(YAML.readTree(text))).isNotEmpty();
        assertThat(found(text).findings()).isNotEmpty();
    }

    /** What is read of a scenario of the service that looks citizens up. */
    private ScenarioFile.Found found(String text) throws IOException {
        String folder = "transforms/population/population-citizen-lookup/scenarios/";
        for (String file : List.of("card", "camel")) {
            String name = "routes/population/population-citizen-lookup." + file + ".yaml";
            write(name, Files.readString(Path.of(name)));
        }
        write(folder + "one.scenario.yaml", text);
        return ScenarioFile.all(Unit.find(home).units().get(0));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(home.resolve(file).resolveSibling(""));
        Files.writeString(home.resolve(file), text);
    }

    private static TreeSet<String> fields(String pointer) {
        TreeSet<String> names = new TreeSet<>();
        SCHEMA.at(pointer).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> choices(String pointer) {
        List<String> choices = new ArrayList<>();
        SCHEMA.at(pointer).forEach(choice -> choices.add(choice.asText()));
        return choices;
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
