package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.SoapVersion;

/**
 * Documents by the thousand, made by chance for schemas made by chance, go to JSON and back, and as SOAP to XML and back. With {@code
 * -Dlgsp.fidelity.seed=…} the ones of a printed seed are made again; {@code -Dlgsp.fidelity.schemas=…} makes more of them.
 */
class TypeFidelityIT {
    private static final int DOCUMENTS = 50;
    private static final int SCHEMAS = Integer.getInteger("lgsp.fidelity.schemas", 220);
    private static final Pattern NAME = Pattern.compile("(\\w+):(tenQ\\d)");
    private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";

    @TempDir
    private Path folder;

    @Test
    void ten_thousand_documents_survive_both_ways_without_a_difference(TestReporter reporter) throws Exception {
        long seed = Long.getLong("lgsp.fidelity.seed", new SecureRandom().nextLong());
        reporter.publishEntry("lgsp.fidelity.seed", Long.toString(seed));
        Set<String> constructs = new LinkedHashSet<>();
        int documents = 0;
        for (int i = 0; i < SCHEMAS; i++) {
            InventedSchema schema = new InventedSchema(seed + i);
            constructs.addAll(schema.constructs());
            schema.write(Files.createDirectories(folder.resolve("transforms/s" + i)));
            MappingFolder mappings = new MappingFolder(folder.resolve("transforms"));
            SchemaForm form = new SchemaForm(mappings, "s" + i + "/main.xsd", "Goc");
            Files.writeString(
                    folder.resolve("transforms/s" + i + "/goc.schema.json"),
                    new JsonSchemaOf(form.root(), "Gốc").text());
            Contract contract = new Contract(mappings, "s" + i + "/goc.schema.json");
            for (int j = 0; j < DOCUMENTS; j++) {
                InventedSchema.Sample document = schema.document();
                String place = "seed " + seed + ", schema " + i + ", document " + j + "\n";
                check(form, document, () -> place + schema.text());
                if (j < 5) {
                    contract.check(document.json(), Side.REQUEST);
                }
                documents++;
            }
        }
        reporter.publishEntry("documents", Integer.toString(documents));
        assertThat(documents).isGreaterThanOrEqualTo(10_000);
        assertThat(constructs).as("what the schemas have").hasSize(26);
    }

    @Test
    void damaged_documents_are_refused_or_survive_and_nothing_else_happens(TestReporter reporter) throws Exception {
        long seed = Long.getLong("lgsp.fidelity.seed", new SecureRandom().nextLong());
        reporter.publishEntry("lgsp.fidelity.seed", Long.toString(seed));
        Random chance = new Random(seed);
        int refused = 0;
        int survived = 0;
        for (int i = 0; i < 60; i++) {
            InventedSchema schema = new InventedSchema(seed + i);
            schema.write(Files.createDirectories(folder.resolve("transforms/d" + i)));
            SchemaForm form =
                    new SchemaForm(new MappingFolder(folder.resolve("transforms")), "d" + i + "/main.xsd", "Goc");
            for (int j = 0; j < 40; j++) {
                InventedSchema.Sample sample = schema.document();
                String which = "seed " + seed + ", schema " + i + ", document " + j + "\n";
                byte[] xml = damaged(sample.xml(), chance);
                JsonNode json = damaged(sample.json(), chance);
                try {
                    JsonNode read = form.json(xml, Side.REQUEST);
                    assertThat(InventedSchema.told(form.json(form.xml(read, Side.REQUEST), Side.REQUEST)))
                            .as(() -> which + new String(xml, UTF_8))
                            .isEqualTo(InventedSchema.told(read));
                    survived++;
                } catch (BusException told) {
                    refused++;
                } catch (RuntimeException other) {
                    throw new AssertionError(which + schema.text() + new String(xml, UTF_8), other);
                }
                try {
                    form.json(form.xml(json, Side.REQUEST), Side.REQUEST);
                    survived++;
                } catch (BusException told) {
                    refused++;
                } catch (RuntimeException other) {
                    throw new AssertionError(which + schema.text() + json, other);
                }
            }
        }
        reporter.publishEntry("refused", Integer.toString(refused));
        assertThat(refused).isGreaterThan(1_000);
        assertThat(survived).isGreaterThan(100);
    }

    /** One element renamed, taken out, doubled, filled, or put into another. */
    private static byte[] damaged(String xml, Random chance) throws Exception {
        Document document = DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(UTF_8)));
        NodeList all = document.getElementsByTagName("*");
        Element one = (Element) all.item(chance.nextInt(all.getLength()));
        Element other = (Element) all.item(chance.nextInt(all.getLength()));
        switch (chance.nextInt(6)) {
            case 0 -> document.renameNode(one, other.getNamespaceURI(), other.getNodeName());
            case 1 -> one.setTextContent(chance.nextBoolean() ? "12" : "Ánh");
            case 2 -> one.appendChild(other.cloneNode(false));
            case 3 -> one.setAttributeNS(XSI, "xsi:nil", "true");
            case 4 -> one.setAttribute("tt1", "Ánh");
            default -> {
                if (one.getParentNode() instanceof Element around) {
                    around.insertBefore(one.cloneNode(true), one);
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TransformerFactory.newDefaultInstance()
                .newTransformer()
                .transform(new DOMSource(document), new StreamResult(out));
        return out.toByteArray();
    }

    /** One value put in another's place, or under another's name. */
    private static JsonNode damaged(JsonNode json, Random chance) {
        JsonNode copy = json.deepCopy();
        List<JsonNode> all = new ArrayList<>();
        collect(copy, all);
        JsonNode into = all.get(chance.nextInt(all.size()));
        JsonNode value = all.get(chance.nextInt(all.size())).deepCopy();
        if (into instanceof ObjectNode object) {
            List<String> names = new ArrayList<>(
                    List.of("content", "value", "@tt1", "@xsi:nil", "@xsi:type", "@xsd:any", "p0", "lạ"));
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(chance.nextInt(names.size()));
            if (chance.nextBoolean()) {
                object.set(name, value);
            } else {
                object.remove(name);
            }
        } else if (into instanceof ArrayNode array) {
            array.insert(chance.nextInt(array.size() + 1), value);
        }
        return copy;
    }

    private static void collect(JsonNode node, List<JsonNode> found) {
        found.add(node);
        node.forEach(child -> collect(child, found));
    }

    private static void check(SchemaForm form, InventedSchema.Sample sample, Supplier<String> which) throws Exception {
        JsonNode json;
        byte[] back;
        JsonNode again;
        JsonNode fromText;
        try {
            json = form.json(sample.xml().getBytes(UTF_8), Side.REQUEST);
            back = form.xml(json, Side.REQUEST);
            again = form.json(carried(back), Side.REQUEST);
            // as it comes from a client, through the bus's own reader
            fromText = Json.read(Json.bytes(sample.json()), Side.REQUEST);
        } catch (RuntimeException refused) {
            throw new AssertionError(which.get() + sample, refused);
        }
        assertThat(InventedSchema.told(json))
                .as(() -> which.get() + sample.xml())
                .isEqualTo(InventedSchema.told(sample.json()));
        assertThat(InventedSchema.told(again))
                .as(() -> which.get() + sample.xml())
                .isEqualTo(InventedSchema.told(sample.json()));
        assertThat(InventedSchema.told(fromText))
                .as(() -> which.get() + sample.json())
                .isEqualTo(InventedSchema.told(sample.json()));
        assertThat(form.xml(fromText, Side.REQUEST))
                .as(() -> which.get() + sample.json())
                .isEqualTo(back);
        assertThat(told(back))
                .as(() -> which.get() + sample.xml())
                .isEqualTo(told(sample.canonical().getBytes(UTF_8)));
    }

    /** As it arrives in an envelope of SOAP, of one version after the other. */
    private static byte[] carried(byte[] xml) {
        SoapVersion version = xml.length % 2 == 0 ? SoapVersion.SOAP_11 : SoapVersion.SOAP_12;
        return EnvelopeReader.read(
                EnvelopeWriter.wrap(version, xml),
                Optional.empty(),
                (fault, what) -> new BusException(ErrorCode.BUS_FAILED, "the envelope " + what),
                envelope -> {
                    envelope.toPayload();
                    byte[] payload = envelope.payload();
                    envelope.end();
                    return payload;
                });
    }

    /** What an XML document says, whatever its prefixes. */
    private static String told(byte[] xml) throws Exception {
        Document document = DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml));
        StringBuilder told = new StringBuilder();
        tell(document.getDocumentElement(), told);
        return told.toString();
    }

    private static void tell(Element element, StringBuilder told) {
        told.append("<{").append(element.getNamespaceURI()).append('}').append(element.getLocalName());
        TreeMap<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Attr attribute = (Attr) element.getAttributes().item(i);
            if (!"http://www.w3.org/2000/xmlns/".equals(attribute.getNamespaceURI())) {
                String value = attribute.getValue();
                attributes.put(
                        "{" + attribute.getNamespaceURI() + "}" + attribute.getLocalName(),
                        XSI.equals(attribute.getNamespaceURI())
                                ? value.replaceFirst(".*:", "")
                                : names(value, element));
            }
        }
        told.append(attributes).append('>');
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                tell(inner, told);
            } else {
                told.append(names(String.valueOf(child.getNodeValue()), element));
            }
        }
        told.append("</>");
    }

    /** With the names in it as what their prefixes stand for. */
    private static String names(String text, Element around) {
        return NAME.matcher(text)
                .replaceAll(name ->
                        Matcher.quoteReplacement("{" + around.lookupNamespaceURI(name.group(1)) + "}" + name.group(2)));
    }
}
