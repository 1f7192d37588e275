package vn.lgsp.soap;

/** Text as it stands in an XML document. */
final class XmlText {
    private XmlText() {}

    static void escape(String text, boolean attribute, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                // a reader would take these for the end of a line, and in an attribute for a space
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append(attribute ? "&#10;" : "\n");
                case '\t' -> out.append(attribute ? "&#9;" : "\t");
                default -> out.append(unit);
            }
        }
    }

    /** Text of our own, which may hold what no XML document can. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        escape(text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uD800-\\uDFFF\\uFFFE\\uFFFF]", "?"), false, out);
        return out.toString();
    }
}
