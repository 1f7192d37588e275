package vn.lgsp.scenario;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Content as a scenario writes it: to be sent, or to be expected.
 *
 * @param file where it is written, below the home of the bus
 * @param line that of the file which the content begins on, less one: what the lines of the content are added to
 * @param text all of it
 * @param json of {@link Kind#JSON}
 * @param xml of {@link Kind#XML}
 */
record Body(
        Kind kind, String file, int line, String text, Optional<JsonText.Node> json, Optional<XmlText.Element> xml) {

    /** How content is compared. */
    enum Kind {
        JSON("application/json"),
        XML("application/xml"),
        TEXT("text/plain; charset=utf-8");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        /** The media type, where the scenario names none. */
        String type() {
            return type;
        }
    }

    /** Without the XML declaration, which cannot stand inside an envelope. */
    String payload() {
        return text.replaceFirst("^\uFEFF?<\\?xml[^>]*\\?>\\s*", "");
    }

    /**
     * Where {@code content} is not what is written here.
     *
     * @param known replaces what stands for values that only the run knows
     */
    List<Difference> differences(byte[] content, UnaryOperator<String> known) {
        String came = new String(content, StandardCharsets.UTF_8);
        try {
            if (json.isPresent()) {
                return lined(JsonText.differences(JsonText.changed(json.get(), known), JsonText.read(came)));
            }
            if (xml.isPresent()) {
                XmlText.Element expected = XmlText.changed(xml.get(), known);
                XmlText.Element found = XmlText.read(content);
                boolean envelope = XmlText.payload(expected) != expected;
                return lined(XmlText.differences(expected, envelope ? found : XmlText.payload(found)));
            }
        } catch (Broken other) {
            return List.of(whole(kind.name(), came));
        }
        String expected = known.apply(text);
        return expected.equals(came) ? List.of() : List.of(whole("\"" + Difference.brief(expected) + "\"", came));
    }

    private Difference whole(String expected, String came) {
        return new Difference(
                "", line + 1, expected, came.isEmpty() ? Difference.NOTHING : "\"" + Difference.brief(came) + "\"");
    }

    private List<Difference> lined(List<Difference> differences) {
        return differences.stream()
                .map(each ->
                        new Difference(each.place(), Math.max(1, line + each.line()), each.expected(), each.found()))
                .toList();
    }
}
