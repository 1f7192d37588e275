package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.apache.camel.spi.Language;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ProcessorEndpoint;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Route files stay plain Camel: editors that know its YAML DSL, such as Kaoto, open them, and a Camel without the bus loads them, with
 * stubs where the bus has stages of its own.
 */
final class PlainCamelTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Path TEMPLATES = Path.of("routes", "_templates");

    private static final JsonSchema SCHEMA = schema();

    private static final String XML = """
            <routes xmlns="http://camel.apache.org/schema/xml-io">
              <route id="paper-read">
                <from uri="direct:paper-read"/>
                <transform><jq>{ number: .number }</jq></transform>
                <to uri="kamelet:land-registry-east-parcel"/>
                <choice>
                  <when>
                    <jsonpath>$[?(@.district == '01')]</jsonpath>
                    <setHeader name="Content-Type"><constant>application/json</constant></setHeader>
                  </when>
                  <otherwise><to uri="lgsp-validate:land/paper-read/answer.schema.json"/></otherwise>
                </choice>
              </route>
            </routes>
            """;

    private static JsonSchema schema() {
        try (InputStream file = Objects.requireNonNull(
                PlainCamelTest.class.getResourceAsStream("/schema/camelYamlDsl.json"),
                "the schema of Camel's YAML DSL")) {
            return JsonSchemaFactory.getInstance(VersionFlag.V4).getSchema(file);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Every service of the sample city, and the way itself. */
    static Stream<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Path.of("routes"))) {
            all.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().forEach(found::add);
        }
        assertThat(found).hasSizeGreaterThan(8);
        return found.stream();
    }

    static Stream<Path> services() throws IOException {
        return files().filter(file -> !file.startsWith(Path.of("routes", "_way")) && !file.startsWith(TEMPLATES));
    }

    private static JsonNode tree(Path file) throws IOException {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_route_file_holds_to_the_schema_of_camels_yaml_dsl(Path file) throws IOException {
        assertThat(SCHEMA.validate(tree(file))).isEmpty();
    }

    @Test
    void the_schema_would_have_found_a_step_that_does_not_exist() throws IOException {
        JsonNode good = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString("""
                - from: { uri: direct:a, steps: [ { to: direct:b } ] }
                """));
        JsonNode wrong = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString("""
                - from: { uri: direct:a, steps: [ { too: direct:b } ] }
                """));

        assertThat(SCHEMA.validate(good)).isEmpty();
        assertThat(SCHEMA.validate(wrong)).isNotEmpty();
    }

    @Test
    void all_services_load_and_start_in_a_plain_camel_with_stubs_for_the_stages_of_the_bus() throws Exception {
        try (DefaultCamelContext plain = plain()) {
            plain.start();
            List<Path> files = services().toList();
            List<Path> templates =
                    files().filter(file -> file.startsWith(TEMPLATES)).toList();
            assertThat(templates).hasSizeGreaterThan(5);
            for (Path file : Stream.concat(templates.stream(), files.stream()).toList()) {
                PluginHelper.getRoutesLoader(plain).loadRoutes(ResourceHelper.resolveResource(plain, "file:" + file));
            }

            assertThat(plain.getRoutes())
                    .extracting(Route::getRouteId)
                    .containsAll(files.stream()
                            .map(file -> file.getFileName().toString().replace(".camel.yaml", ""))
                            .toList());
            assertThat(plain.getRoutes()).allMatch(route -> plain.getRouteController()
                    .getRouteStatus(route.getRouteId())
                    .isStarted());
        }
    }

    @Test
    void a_service_in_xml_does_too() throws Exception {
        try (DefaultCamelContext plain = plain()) {
            plain.start();

            PluginHelper.getRoutesLoader(plain).loadRoutes(ResourceHelper.fromString("paper-read.camel.xml", XML));

            assertThat(plain.getRouteController().getRouteStatus("paper-read").isStarted())
                    .isTrue();
            assertThat(RouteTree.read("routes/land/paper-read.camel.xml", XML)
                            .text()
                            .yaml())
                    .contains("kamelet:land-registry-east-parcel");
        }
    }

    /** A Camel that knows nothing of the bus. */
    private static DefaultCamelContext plain() {
        DefaultCamelContext plain = new DefaultCamelContext();
        KameletComponent connectors = new KameletComponent();
        connectors.setLocation("file:connectors");
        plain.addComponent("kamelet", connectors);
        RouteWords.endpoints().stream()
                .filter(scheme -> scheme.startsWith("lgsp-") || scheme.equals("xslt"))
                .forEach(stage -> plain.addComponent(stage, new Stub()));
        Language constant = plain.resolveLanguage("constant");
        plain.getRegistry().bind("jq-language", constant);
        plain.getRegistry().bind("parts", new GroupedBodyAggregationStrategy());
        return plain;
    }

    /** Stands for a stage: it takes what the route gives, and does nothing. */
    private static final class Stub extends DefaultComponent {
        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            parameters.clear();
            return new ProcessorEndpoint(uri, this, exchange -> {});
        }
    }
}
