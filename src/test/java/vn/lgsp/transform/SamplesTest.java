package vn.lgsp.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import vn.lgsp.failure.BusException;

/** Every sample of every service, through the real steps: request in, expected out. */
class SamplesTest {
    private static final Path TRANSFORMS = Path.of("transforms");

    @TestFactory
    Stream<DynamicTest> every_sample_comes_out_as_written() throws IOException {
        return samples().map(sample -> DynamicTest.dynamicTest(sample.toString(), () -> check(sample)));
    }

    @Test
    void every_mapping_and_schema_has_a_sample() throws IOException {
        List<Path> tried = samples().map(Sample::mapping).distinct().toList();
        try (Stream<Path> files = Files.walk(TRANSFORMS)) {
            List<Path> mappings = files.filter(file -> file.toString().matches(".*\\.(jq|xsl|xsd|schema\\.json)")
                            && Files.isRegularFile(file)
                            && !file.toString().contains("samples"))
                    .toList();
            assertThat(mappings).isNotEmpty();
            assertThat(tried).containsAll(mappings);
        }
    }

    private static void check(Sample sample) throws Exception {
        try (Workbench bench = new Workbench(TRANSFORMS)) {
            bench.route(step(sample.mapping()));
            Optional<Path> refused = sample.part("refused.txt");
            if (refused.isPresent()) {
                assertThatThrownBy(() -> run(bench, sample))
                        .isInstanceOfSatisfying(BusException.class, failure -> assertThat(
                                        failure.code() + ": " + failure.detail())
                                .isEqualToIgnoringNewLines(new String(read(refused.get()), StandardCharsets.UTF_8)));
                return;
            }
            byte[] result = run(bench, sample).getMessage().getBody(byte[].class);
            Optional<Path> json = sample.part("out.json");
            if (json.isPresent()) {
                assertThat(Json.read(result, Side.REQUEST).toPrettyString())
                        .isEqualTo(Json.read(Files.readAllBytes(json.get()), Side.REQUEST)
                                .toPrettyString());
            } else {
                Path xml = sample.part("out.xml").orElseThrow();
                assertThat(document(result).isEqualNode(document(Files.readAllBytes(xml))))
                        .as(new String(result, StandardCharsets.UTF_8))
                        .isTrue();
            }
        }
    }

    private static Exchange run(Workbench bench, Sample sample) throws Exception {
        Optional<Path> in = sample.part("in.json").or(() -> sample.part("in.xml"));
        byte[] body = in.isPresent() ? Files.readAllBytes(in.get()) : new byte[0];
        boolean answer = String.valueOf(sample.mapping().getFileName()).startsWith("response");
        return bench.send(body, answer, exchange -> {
            Optional<Path> variables = sample.part("variables.json");
            if (variables.isPresent()) {
                Json.read(read(variables.get()), Side.REQUEST)
                        .properties()
                        .forEach(variable -> exchange.setVariable(
                                variable.getKey(), variable.getValue().asText()));
            }
        });
    }

    private static RouteBuilder step(Path mapping) {
        String below = TRANSFORMS.relativize(mapping).toString();
        return new RouteBuilder() {
            @Override
            public void configure() {
                if (below.endsWith(".jq")) {
                    from(Workbench.IN).transform().language("jq", "resource:file:transforms/" + below);
                } else if (below.endsWith(".xsl")) {
                    from(Workbench.IN)
                            .choice()
                            .when(body().convertToString().startsWith("{"))
                            .transform()
                            .language("jq", ".")
                            .end()
                            .to("xslt:file:transforms/" + below);
                } else {
                    from(Workbench.IN).to("lgsp-validate:" + below);
                }
            }
        };
    }

    private static Document document(byte[] xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
        unindent(document.getDocumentElement());
        return document;
    }

    private static void unindent(Node node) {
        for (Node child = node.getFirstChild(), next; child != null; child = next) {
            next = child.getNextSibling();
            if (child.getNodeType() == Node.TEXT_NODE && child.getTextContent().isBlank()) {
                node.removeChild(child);
            } else {
                unindent(child);
            }
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Stream<Sample> samples() throws IOException {
        try (Stream<Path> files = Files.walk(TRANSFORMS)) {
            return files
                    .filter(file ->
                            file.toString().matches(".*/samples/[^/]+/[^/]+\\.(out\\.json|out\\.xml|refused\\.txt)"))
                    .map(Sample::of)
                    .sorted(Comparator.comparing(Sample::toString))
                    .toList()
                    .stream();
        }
    }

    private record Sample(Path mapping, Path folder, String name) {
        static Sample of(Path expected) {
            Path folder = expected.resolveSibling("").normalize();
            String name = String.valueOf(expected.getFileName()).replaceFirst("\\..*", "");
            return new Sample(
                    folder.resolve("../..").resolve(folder.getFileName()).normalize(), folder, name);
        }

        Optional<Path> part(String suffix) {
            return Optional.of(folder.resolve(name + "." + suffix)).filter(Files::exists);
        }

        @Override
        public String toString() {
            return TRANSFORMS.relativize(mapping) + ": " + name.replace('-', ' ');
        }
    }
}
