package vn.lgsp.message;

import java.util.Locale;
import java.util.Optional;

/** A parameter of a media type, such as what a hand-on has written there beside the content. */
public final class MediaTypeParameter {
    private MediaTypeParameter() {}

    /** @param name in any case */
    public static Optional<String> of(String type, String name) {
        for (String part : type.split(";", -1)) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length == 2 && pair[0].toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return Optional.of(pair[1].replace("\"", ""));
            }
        }
        return Optional.empty();
    }
}
