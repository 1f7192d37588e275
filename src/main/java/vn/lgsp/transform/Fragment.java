package vn.lgsp.transform;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.xml.sax.Attributes;

/** One element as it is reported, written as XML: attributes in their order, and namespaces where they were declared. */
final class Fragment {
    private final StringBuilder out;
    private int depth;
    /** Where the name of the first element ends. */
    private int head;
    /** Whether the innermost start tag may still become that of an empty element. */
    private boolean begun;
    /** The prefixes that the first element declares itself. */
    private final Set<String> own = new HashSet<>(Set.of("xml", "xmlns"));

    /** @param out that it is added to */
    Fragment(StringBuilder out) {
        this.out = out;
    }

    /** @param declared namespaces by prefix, that begin here */
    void start(String name, List<Map.Entry<String, String>> declared, Attributes attributes) {
        content();
        out.append('<').append(name);
        if (depth++ == 0) {
            head = out.length();
            declared.forEach(one -> own.add(one.getKey()));
        }
        declared.forEach(one -> declare(one.getKey(), one.getValue(), out));
        for (int i = 0; i < attributes.getLength(); i++) {
            out.append(' ').append(attributes.getQName(i)).append("=\"");
            escape(attributes.getValue(i), true, out);
            out.append('"');
        }
        begun = true;
    }

    void text(char[] text, int start, int length) {
        if (length > 0) {
            content();
            escape(new String(text, start, length), false, out);
        }
    }

    /** @return whether that was the end of the whole */
    boolean end(String name) {
        if (begun) {
            out.append("/>");
        } else {
            out.append("</").append(name).append('>');
        }
        begun = false;
        return --depth == 0;
    }

    private void content() {
        if (begun) {
            out.append('>');
            begun = false;
        }
    }

    /**
     * Declares on its element what it has from around it: the default namespace, and each prefix that stands before a colon anywhere
     * in it, be it in a name or in a value.
     *
     * @param around the namespace of a prefix there; empty where it has none
     */
    void complete(Function<String, String> around) {
        StringBuilder missing = new StringBuilder();
        for (String prefix : prefixes(out)) {
            String namespace = own.contains(prefix) ? "" : around.apply(prefix);
            if (!namespace.isEmpty()) {
                declare(prefix, namespace, missing);
            }
        }
        out.insert(head, missing);
    }

    /** What may be a prefix, in order: all that stands before a colon, and the empty one. */
    static Set<String> prefixes(CharSequence text) {
        Set<String> found = new TreeSet<>(Set.of(""));
        int first = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ':') {
                found.add(text.subSequence(first, i).toString());
                first = i + 1;
            } else if (!isOfName(text.charAt(i))) {
                first = i + 1;
            }
        }
        return found;
    }

    private static boolean isOfName(char unit) {
        return Character.isLetterOrDigit(unit)
                || Character.isSurrogate(unit)
                || "_-.·".indexOf(unit) >= 0
                || Character.getType(unit) == Character.NON_SPACING_MARK
                || Character.getType(unit) == Character.COMBINING_SPACING_MARK;
    }

    private static void declare(String prefix, String namespace, StringBuilder out) {
        out.append(prefix.isEmpty() ? " xmlns" : " xmlns:").append(prefix).append("=\"");
        escape(namespace, true, out);
        out.append('"');
    }

    /** Text as XML has it, so that a reader gets every character of it. */
    static void escape(String text, boolean attribute, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append(attribute ? "&quot;" : "\"");
                // a reader would take these for the end of a line, and in an attribute for a space
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append(attribute ? "&#10;" : "\n");
                case '\t' -> out.append(attribute ? "&#9;" : "\t");
                default -> out.append(unit);
            }
        }
    }
}
