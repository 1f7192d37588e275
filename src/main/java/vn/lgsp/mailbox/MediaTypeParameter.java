package vn.lgsp.mailbox;

import java.util.Locale;
import java.util.Optional;

/** What a hand-on has written into the media type beside the packet. */
final class MediaTypeParameter {
    private MediaTypeParameter() {}

    /** @param name in any case */
    static Optional<String> of(String type, String name) {
        for (String part : type.split(";", -1)) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length == 2 && pair[0].toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return Optional.of(pair[1].replace("\"", ""));
            }
        }
        return Optional.empty();
    }
}
