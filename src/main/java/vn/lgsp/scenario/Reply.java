package vn.lgsp.scenario;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer of the bus.
 *
 * @param headers found by name in whatever case
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record Reply(int status, Map<String, String> headers, byte[] content) {
    Reply {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    /** How one delivery stands. */
    record Delivery(String state, int attempts, Optional<String> reason) {
        /** Nothing happens to it any more by itself; one that waits for another is not over before that one is. */
        boolean isOver() {
            return state.equals("delivered")
                    || state.equals("parked")
                    || state.equals("expired")
                    || state.equals("waiting");
        }
    }

    Optional<String> exchange() {
        return Optional.ofNullable(headers.get("X-LGSP-Exchange"));
    }

    /** The error code of a problem or a fault. */
    Optional<String> code() {
        try {
            if (text().stripLeading().startsWith("<")) {
                return fault(XmlText.payload(XmlText.read(content)));
            }
            return JsonText.at(JsonText.read(text()), "/code")
                    .filter(JsonText.Single.class::isInstance)
                    .map(code -> ((JsonText.Single) code).plain());
        } catch (Broken none) {
            return Optional.empty();
        }
    }

    private static Optional<String> fault(XmlText.Element payload) {
        if (!payload.localName().equals("Fault")) {
            return Optional.empty();
        }
        return payload.children().stream()
                .filter(child -> child.localName().equalsIgnoreCase("detail"))
                .flatMap(detail -> detail.children().stream())
                .flatMap(error -> error.children().stream())
                .filter(child -> child.localName().equals("code"))
                .map(XmlText.Element::text)
                .findFirst();
    }

    /** The deliveries in an answer of {@code /exchanges/…}, by destination. */
    Map<String, Delivery> deliveries() {
        Map<String, Delivery> found = new LinkedHashMap<>();
        try {
            if (JsonText.at(JsonText.read(text()), "/deliveries").orElse(null) instanceof JsonText.Elements list) {
                list.values()
                        .forEach(each -> found.put(
                                plain(each, "/destination"),
                                new Delivery(
                                        plain(each, "/state"),
                                        Integer.parseInt(plain(each, "/attempts")),
                                        Optional.of(plain(each, "/reason/code")).filter(code -> !code.isEmpty()))));
            }
        } catch (Broken none) {
            return Map.of();
        }
        return found;
    }

    private static String plain(JsonText.Node node, String pointer) {
        return JsonText.at(node, pointer)
                .filter(JsonText.Single.class::isInstance)
                .map(value -> ((JsonText.Single) value).plain())
                .orElse("");
    }

    String text() {
        return new String(content, StandardCharsets.UTF_8);
    }
}
