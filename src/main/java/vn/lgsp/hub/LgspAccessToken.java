package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The check of the header {@code lgspaccesstoken}: base64 of a JSON object with five keys in this order.
 *
 * @param values in the order of {@link #KEYS}
 */
record LgspAccessToken(List<String> values) {
    static final List<String> KEYS = List.of("AccessKey", "SecretKey", "AppName", "PartnerCode", "PartnerCodeCus");

    /** What is wrong with a header; empty when it is right. */
    Optional<String> wrong(String header) {
        if (header.isEmpty()) {
            return Optional.of("there is no lgspaccesstoken");
        }
        Optional<ObjectNode> read;
        try {
            byte[] text = Base64.getDecoder().decode(header);
            read = Json.object(text);
        } catch (IllegalArgumentException notBase64) {
            return Optional.of("it is not base64");
        }
        if (read.isEmpty()) {
            return Optional.of("it is no JSON object in base64");
        }
        List<String> keys = new ArrayList<>();
        read.get().fieldNames().forEachRemaining(keys::add);
        if (!keys.equals(KEYS)) {
            return Optional.of("its keys are not the five ones, in their order");
        }
        for (int i = 0; i < KEYS.size(); i++) {
            if (!Digests.exactly(Json.text(read.get(), KEYS.get(i)), values.get(i))) {
                return Optional.of(KEYS.get(i) + " is not known");
            }
        }
        return Optional.empty();
    }

    /** The user and password in {@code Basic}, or in a header of that form; empty when there are none. */
    static Optional<List<String>> pair(String base64) {
        try {
            String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(List.of(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
