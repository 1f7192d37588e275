package vn.lgsp.scenario;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import vn.lgsp.parse.XmlParsers;

/**
 * XML that knows its lines. Two documents are the same when their elements, attributes and texts are: prefixes, comments, the order
 * of attributes and what only indents do not count.
 */
final class XmlText {
    private static final Pattern PATH = Pattern.compile("(/[^/@\\[\\]]+(\\[[1-9][0-9]{0,4}])?)+(/@[^/@\\[\\]]+)?");
    private static final Set<String> ENVELOPES = Set.of(
            "{http://schemas.xmlsoap.org/soap/envelope/}Envelope", "{http://www.w3.org/2003/05/soap-envelope}Envelope");

    private XmlText() {}

    /**
     * @param name as {@code {namespace}local}
     * @param text what stands in it beside elements, without what only indents
     */
    record Element(int line, String name, Map<String, String> attributes, List<Element> children, String text) {
        String localName() {
            return XmlText.localName(name);
        }

        /** The element as people recognise it, on one line. */
        String brief() {
            String start = "<" + localName() + ">";
            return Difference.brief(
                    children.isEmpty() ? start + text + "</" + localName() + ">" : start + "…</" + localName() + ">");
        }
    }

    /** @throws Broken when it is not well-formed, or has a DOCTYPE */
    static Element read(byte[] text) throws Broken {
        try {
            XMLStreamReader reader = XmlParsers.wholeTexts(new ByteArrayInputStream(text));
            while (reader.next() != XMLStreamConstants.START_ELEMENT) {
                if (reader.getEventType() == XMLStreamConstants.DTD) {
                    throw new Broken(reader.getLocation().getLineNumber(), "it has a DOCTYPE");
                }
            }
            Element root = element(reader);
            while (reader.hasNext()) {
                reader.next();
            }
            return root;
        } catch (XMLStreamException broken) {
            int line = broken.getLocation() == null
                    ? 1
                    : Math.max(1, broken.getLocation().getLineNumber());
            String reason = String.valueOf(broken.getMessage());
            int message = reason.indexOf("Message: ");
            throw new Broken(line, message < 0 ? reason : reason.substring(message + "Message: ".length()));
        }
    }

    private static Element element(XMLStreamReader reader) throws XMLStreamException {
        final int line = reader.getLocation().getLineNumber();
        final String name = name(reader.getNamespaceURI(), reader.getLocalName());
        Map<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(
                    name(reader.getAttributeNamespace(i), reader.getAttributeLocalName(i)),
                    reader.getAttributeValue(i));
        }
        List<Element> children = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        StringBuilder run = new StringBuilder();
        for (int event = reader.next(); event != XMLStreamConstants.END_ELEMENT; event = reader.next()) {
            if (event == XMLStreamConstants.START_ELEMENT) {
                settle(run, text);
                children.add(element(reader));
            } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
                run.append(reader.getText());
            }
        }
        settle(run, text);
        return new Element(line, name, attributes, children, text.toString());
    }

    private static void settle(StringBuilder run, StringBuilder text) {
        if (!run.toString().isBlank()) {
            text.append(run);
        }
        run.setLength(0);
    }

    private static String name(@org.jspecify.annotations.Nullable String namespace, String local) {
        return namespace == null || namespace.isEmpty() ? local : "{" + namespace + "}" + local;
    }

    private static String localName(String name) {
        return name.substring(name.indexOf('}') + 1);
    }

    /** Where they differ, in the order of the expectation. */
    static List<Difference> differences(Element expected, Element found) {
        List<Difference> differences = new ArrayList<>();
        compare("/" + expected.localName(), expected, found, differences);
        return differences;
    }

    private static void compare(String path, Element expected, Element found, List<Difference> differences) {
        if (!expected.name().equals(found.name())) {
            boolean alike = expected.localName().equals(found.localName());
            differences.add(new Difference(
                    path,
                    expected.line(),
                    alike ? expected.name() : expected.brief(),
                    alike ? found.name() : found.brief()));
            return;
        }
        Map<String, String> attributes = new LinkedHashMap<>(expected.attributes());
        found.attributes().keySet().forEach(name -> attributes.putIfAbsent(name, Difference.NOTHING));
        attributes.keySet().forEach(name -> {
            String left = quoted(expected.attributes(), name);
            String right = quoted(found.attributes(), name);
            if (!left.equals(right)
                    && !(left.equals("\"" + JsonText.ANY + "\"") && !right.equals(Difference.NOTHING))) {
                differences.add(new Difference(path + "/@" + localName(name), expected.line(), left, right));
            }
        });
        if (!expected.text().equals(found.text()) && !expected.text().equals(JsonText.ANY)) {
            differences.add(new Difference(
                    path,
                    expected.line(),
                    "\"" + Difference.brief(expected.text()) + "\"",
                    "\"" + Difference.brief(found.text()) + "\""));
        }
        children(path, expected, found, differences);
    }

    private static void children(String path, Element expected, Element found, List<Difference> differences) {
        for (int i = 0;
                i < Math.max(expected.children().size(), found.children().size());
                i++) {
            if (i >= found.children().size()) {
                Element missing = expected.children().get(i);
                differences.add(
                        new Difference(step(path, expected, i), missing.line(), missing.brief(), Difference.NOTHING));
            } else if (i >= expected.children().size()) {
                differences.add(new Difference(
                        step(path, found, i),
                        expected.line(),
                        Difference.NOTHING,
                        found.children().get(i).brief()));
            } else {
                Element left = expected.children().get(i);
                Element right = found.children().get(i);
                compare(step(path, expected, i), left, right, differences);
                if (!left.name().equals(right.name())) {
                    return; // one element more or less would make all that follow differ
                }
            }
        }
    }

    /** The path of a child; with its number among those of its name, where there are several. */
    private static String step(String path, Element parent, int index) {
        String name = parent.children().get(index).name();
        long before = parent.children().subList(0, index).stream()
                .filter(sibling -> sibling.name().equals(name))
                .count();
        long all = parent.children().stream()
                .filter(sibling -> sibling.name().equals(name))
                .count();
        return path + "/" + localName(name) + (all > 1 ? "[" + (before + 1) + "]" : "");
    }

    private static String quoted(Map<String, String> attributes, String name) {
        return Optional.ofNullable(attributes.get(name))
                .map(value -> "\"" + Difference.brief(value) + "\"")
                .orElse(Difference.NOTHING);
    }

    /** The same with every text and every value of an attribute changed. */
    static Element changed(Element element, UnaryOperator<String> change) {
        Map<String, String> attributes = new TreeMap<>();
        element.attributes().forEach((name, value) -> attributes.put(name, change.apply(value)));
        return new Element(
                element.line(),
                element.name(),
                attributes,
                element.children().stream().map(child -> changed(child, change)).toList(),
                change.apply(element.text()));
    }

    /**
     * The text at this path of local names, such as {@code /list/item[2]/name} or {@code /list/@kind}; without a number it is the first
     * of its name.
     */
    static Optional<String> at(Element root, String path) {
        String[] steps = path.substring(1).split("/", -1);
        if (!steps[0].equals(root.localName())) {
            return Optional.empty();
        }
        Element element = root;
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            if (step.startsWith("@")) {
                return i + 1 < steps.length ? Optional.empty() : attribute(element, step.substring(1));
            }
            int bracket = step.indexOf('[');
            String name = bracket < 0 ? step : step.substring(0, bracket);
            int number = bracket < 0 ? 1 : Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
            Optional<Element> child = element.children().stream()
                    .filter(each -> each.localName().equals(name))
                    .skip(number - 1L)
                    .findFirst();
            if (child.isEmpty()) {
                return Optional.empty();
            }
            element = child.get();
        }
        return Optional.of(element.text());
    }

    private static Optional<String> attribute(Element element, String name) {
        return element.attributes().entrySet().stream()
                .filter(attribute -> localName(attribute.getKey()).equals(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether a path has the form that {@link #at} reads. */
    static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    /** The payload of a SOAP envelope; a document that is none stays as it is. */
    static Element payload(Element root) {
        if (!ENVELOPES.contains(root.name())) {
            return root;
        }
        return root.children().stream()
                .filter(child -> child.localName().equals("Body"))
                .flatMap(body -> body.children().stream())
                .findFirst()
                .orElse(root);
    }
}
