package vn.lgsp.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Takes elements and attributes out of XML, or puts a sign in their place. All else keeps its text, names, namespaces and order; comments
 * and processing instructions, in which anything could stand, are dropped.
 *
 * @see "MSG-13"
 */
final class XmlMask {
    private static final Pattern STEP = Pattern.compile("/(/?)(@?)(\\*|[\\p{L}_][\\p{L}\\p{N}_.-]*)");

    private final List<List<Step>> removed;
    private final List<List<Step>> masked;
    private final String sign;

    /**
     * One step of a place.
     *
     * @param deep whether it may lie at any depth
     */
    private record Step(boolean deep, boolean attribute, String name) {
        boolean is(Node node) {
            return name.equals("*") || name.equals(node.getLocalName());
        }
    }

    /**
     * @param removed places, from the outside in, with commas between: local names, {@code *} for any, {@code //} for any depth, {@code
     *     @name} at the end for an attribute
     * @param masked such places, which keep their name and show the sign
     * @throws IllegalArgumentException when they are not of this form, or there is none
     */
    XmlMask(String removed, String masked, String sign) {
        this.removed = places(removed);
        this.masked = places(masked);
        this.sign = sign;
        if (this.removed.isEmpty() && this.masked.isEmpty()) {
            throw new IllegalArgumentException("nothing is taken out or masked: name places in remove or in mask");
        }
        if (sign.isBlank() || sign.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("sign is a text without control characters");
        }
    }

    private static List<List<Step>> places(String written) {
        List<List<Step>> places = new ArrayList<>();
        for (String place : written.isBlank() ? new String[0] : written.split(",", -1)) {
            List<Step> steps = new ArrayList<>();
            Matcher step = STEP.matcher(place.strip());
            int end = 0;
            boolean open = true;
            while (step.find() && step.start() == end && open) {
                end = step.end();
                open = step.group(2).isEmpty();
                steps.add(new Step(!step.group(1).isEmpty(), !open, step.group(3)));
            }
            if (steps.isEmpty() || end < place.strip().length()) {
                throw new IllegalArgumentException("a place is written /a/b, //b or /a/@b, by local names");
            }
            places.add(List.copyOf(steps));
        }
        return List.copyOf(places);
    }

    /** @throws vn.lgsp.failure.BusException by side when it cannot be read */
    byte[] apply(byte[] xml, Side side) {
        Document document = SafeXml.tree(xml, side);
        dropNotes(document);
        removed.forEach(place -> walk(document, place, 0, XmlMask::remove));
        masked.forEach(place -> walk(document, place, 0, this::mask));
        return SafeXml.bytes(document);
    }

    private static void dropNotes(Node node) {
        for (Node child = node.getFirstChild(); child != null; ) {
            Node next = child.getNextSibling();
            if (child.getNodeType() == Node.COMMENT_NODE || child.getNodeType() == Node.PROCESSING_INSTRUCTION_NODE) {
                node.removeChild(child);
            } else {
                dropNotes(child);
            }
            child = next;
        }
    }

    /** What is done with an element or an attribute. */
    private interface Change {
        void of(Node found);
    }

    private static void walk(Node node, List<Step> place, int depth, Change change) {
        Step step = place.get(depth);
        if (step.attribute() && node instanceof Element element) {
            attributes(element).stream().filter(step::is).forEach(change::of);
        }
        for (Node child = node.getFirstChild(); child != null; ) {
            Node next = child.getNextSibling();
            if (child instanceof Element) {
                boolean found = !step.attribute() && step.is(child);
                if (step.deep()) {
                    walk(child, place, depth, change);
                }
                if (found && depth + 1 < place.size()) {
                    walk(child, place, depth + 1, change);
                } else if (found) {
                    change.of(child);
                }
            }
            child = next;
        }
    }

    private static List<Attr> attributes(Element element) {
        List<Attr> found = new ArrayList<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Attr attribute = (Attr) element.getAttributes().item(i);
            if (!XMLConstants.XMLNS_ATTRIBUTE_NS_URI.equals(attribute.getNamespaceURI())) {
                found.add(attribute);
            }
        }
        return found;
    }

    private static void remove(Node found) {
        if (found instanceof Attr attribute) {
            Optional.ofNullable(attribute.getOwnerElement())
                    .ifPresent(element -> element.removeAttributeNode(attribute));
        } else if (found.getParentNode() instanceof Element parent) {
            parent.removeChild(found);
        } else {
            // a document has a root: that is emptied
            attributes((Element) found).forEach(XmlMask::remove);
            while (found.getFirstChild() != null) {
                found.removeChild(found.getFirstChild());
            }
        }
    }

    private void mask(Node found) {
        if (found instanceof Attr attribute) {
            if (!attribute.getValue().isEmpty()) {
                attribute.setValue(sign);
            }
        } else if (holds(found.getFirstChild())) {
            found.setTextContent(sign);
        }
    }

    private static boolean holds(@Nullable Node first) {
        for (Node child = first; child != null; child = child.getNextSibling()) {
            if (child instanceof Element || !child.getTextContent().isBlank()) {
                return true;
            }
        }
        return false;
    }
}
