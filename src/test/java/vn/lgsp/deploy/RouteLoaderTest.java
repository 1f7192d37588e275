package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.deliver.HttpComponent;
import vn.lgsp.failure.Refused;
import vn.lgsp.transform.StylesheetComponent;
import vn.lgsp.transform.TransformSettings;
import vn.lgsp.transform.ValidateComponent;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;

/** Revisions come and go beside those that stay, and what is shared stays as long as anybody uses it (BUS-14). */
final class RouteLoaderTest {
    private static final String CONNECTOR = """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata: { name: own-read }
            spec:
              definition: { title: A connector of the test }
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - to: lgsp-http:own/read
            """;

    @TempDir
    private Path folder;

    private final DefaultCamelContext camel = new DefaultCamelContext();

    @AfterEach
    void stop() {
        camel.stop();
    }

    private RouteLoader loader() {
        Path units = folder.resolve("data/units");
        TransformSettings transform = new TransformSettings(units);
        camel.disableJMX();
        camel.getRegistry().bind("transform-settings", transform);
        camel.addComponent("lgsp-http", HttpComponent.unconnected());
        camel.addComponent("lgsp-validate", new ValidateComponent(transform));
        camel.addComponent("xslt", new StylesheetComponent(transform));
        camel.start();
        Vocabulary.limit(camel, units);
        return new RouteLoader(camel, new Guard((exchange, routeId) -> {}));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve("home").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** @param what differs between two revisions */
    private Unit unit(String service, String what, String lastStep) throws IOException {
        write("connectors/own-read.kamelet.yaml", CONNECTOR);
        write("routes/test/" + service + ".card.yaml", """
                service: %s
                version: 1
                name: { vi: Đọc giấy, en: Paper }
                description: Papers.
                contact: the test
                providers: [own]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                  - { id: run, method: POST, path: /run, accepts: [application/json] }
                """.formatted(service));
        write("transforms/test/" + service + "/map.jq", "{a: \"" + what + "\"}");
        write("transforms/test/" + service + "/map.xsl", """
                <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
                  <xsl:template match="/"><a>%s</a></xsl:template>
                </xsl:stylesheet>
                """.formatted(what));
        write("transforms/test/" + service + "/a.schema.json", "{\"title\": \"" + what + "\"}");
        write("routes/test/" + service + ".camel.yaml", """
                - route:
                    id: %1$s
                    description: A route of a test.
                    from:
                      uri: direct:%1$s
                      steps:
                        - transform: { jq: { expression: "resource:file:transforms/test/%1$s/map.jq" } }
                        - to: lgsp-validate:test/%1$s/a.schema.json
                        - to: xslt:file:transforms/test/%1$s/map.xsl
                        - to: kamelet:own-read
                        - choice:
                            when:
                              - simple: "${body} == 'x'"
                                steps:
                                  - to: lgsp-http:own/when
                        - %2$s
                """.formatted(service, lastStep));
        Unit written = Unit.all(folder.resolve("home")).stream()
                .filter(unit -> unit.base().equals(service))
                .findFirst()
                .orElseThrow();
        return new UnitArchive(folder.resolve("data/units")).keep(written);
    }

    private Map<String, Long> counts() {
        return Map.of(
                "routes", (long) camel.getRoutes().size(),
                "definitions", (long) camel.getRouteDefinitions().size(),
                "endpoints", (long) camel.getEndpoints().size(),
                "services",
                        (long) camel.getCamelContextExtension().getServices().size(),
                "strategies",
                        (long) camel.getCamelContextExtension()
                                .getRouteStartupOrder()
                                .size(),
                "threads",
                        Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().contains(camel.getName()))
                                .count());
    }

    @Test
    void fifty_revisions_that_came_and_went_leave_nothing_behind() throws IOException {
        RouteLoader loader = loader();
        Unit staying = unit("paper-keep", "staying", "to: lgsp-http:own/keep");
        loader.build(staying, staying.routeFile(), staying.id());
        Unit first = unit("paper-read", "first", "to: lgsp-http:own/last");
        loader.build(first, first.routeFile(), first.id());
        // the one thread that stops routes comes with the first and stays
        loader.discard(first.id());
        loader.build(first, first.routeFile(), first.id());
        Map<String, Long> before = counts();
        Unit now = first;

        for (int i = 0; i < 50; i++) {
            Unit next = unit("paper-read", "revision " + i, "to: lgsp-http:own/last" + i);
            loader.build(next, next.routeFile(), next.id());
            loader.discard(now.id());
            now = next;
        }

        assertThat(counts()).isEqualTo(before);
        assertThat(uris()).anyMatch(uri -> uri.contains("own/read")).noneMatch(uri -> uri.endsWith("own/last0"));
    }

    @Test
    void an_endpoint_that_another_route_uses_is_not_taken_away() throws IOException {
        RouteLoader loader = loader();
        Unit one = unit("paper-keep", "one", "to: lgsp-http:own/shared");
        Unit other = unit("paper-read", "other", "to: lgsp-http:own/shared");
        loader.build(one, one.routeFile(), one.id());
        loader.build(other, other.routeFile(), other.id());
        Endpoint shared = camel.hasEndpoint("lgsp-http:own/shared");

        loader.discard(other.id());

        assertThat(camel.hasEndpoint("lgsp-http:own/shared")).isSameAs(shared);
        assertThat(uris()).noneMatch(uri -> uri.contains("paper-read"));
        loader.discard(one.id());
        assertThat(uris()).isEmpty();
    }

    @Test
    void a_route_that_cannot_be_built_leaves_nothing_behind() throws IOException {
        RouteLoader loader = loader();
        Unit good = unit("paper-keep", "good", "to: lgsp-http:own/keep");
        loader.build(good, good.routeFile(), good.id());
        // Camel makes its list of functions when it meets the first that it does not know
        refuse(loader, "setBody: { simple: \"${bodi}\" }");
        Map<String, Long> before = counts();

        for (String step : List.of(
                "to: lgsp-http:own/x?nonsense=1",
                "setBody: { simple: \"${bodi}\" }",
                "setbody: { constant: x }",
                "to: xslt:file:transforms/test/paper-read/none.xsl")) {
            refuse(loader, step);
        }

        assertThat(counts()).isEqualTo(before);
    }

    private void refuse(RouteLoader loader, String step) throws IOException {
        Unit bad = unit("paper-read", step.replaceAll("[^a-z]", ""), step);
        assertThatThrownBy(() -> loader.build(bad, bad.routeFile(), bad.id()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("routes/test/paper-read.camel.yaml:16");
    }

    private List<String> uris() {
        return Stream.of(camel.getEndpoints().toArray(Endpoint[]::new))
                .map(Endpoint::getEndpointUri)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multicast: { aggregationStrategy: \"#guard\", steps: [ { to: lgsp-http:own/a } ] }",
                "multicast: { aggregationStrategy: \"#class:java.lang.Object\", steps: [ { to: lgsp-http:own/a } ] }",
                "multicast: { parallelProcessing: true, stopOnException: true, steps: [ { to: lgsp-http:own/a } ] }",
                "split: { jq: \".\", aggregationStrategy: \"parts\", steps: [ { to: lgsp-http:own/a } ] }",
                "filter: { simple: \"true\", steps: [ { multicast: { parallelProcessing: true, steps: [ { to: lgsp-http:own/a } ] } } ] }"
            })
    void what_collects_in_another_way_than_the_bus_is_not_built(String step) throws IOException {
        RouteLoader loader = loader();
        Unit unit = unit("paper-read", "first", step);

        assertThatThrownBy(() -> loader.build(unit, unit.routeFile(), unit.id()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("a route may collect parts");
        assertThat(camel.getRoutes()).isEmpty();
    }

    @Test
    void collecting_parts_makes_no_threads_of_its_own() throws IOException {
        RouteLoader loader = loader();
        Map<String, Long> before = counts();
        Unit unit = unit(
                "paper-read",
                "first",
                "multicast: { aggregationStrategy: \"#parts\", parallelProcessing: true, timeout: 500,"
                        + " steps: [ { to: { id: a, uri: lgsp-http:own/a } }, { to: { id: b, uri: lgsp-http:own/b } } ] }");

        loader.build(unit, unit.routeFile(), unit.id());

        assertThat(counts()).containsEntry("threads", before.get("threads"));
        loader.discard(unit.id());
        assertThat(counts()).containsEntry("routes", 0L);
    }
}
