package vn.lgsp.message;

import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/** How names are checked: a refusal names the thing and the remedy. */
final class Names {
    static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private Names() {}

    static void require(Rule rule, String value, Pattern form, int longest) {
        if (value.length() > longest || !form.matcher(value).matches()) {
            throw new Invalid(rule, brief(value));
        }
    }

    /** As much of a written value as a text for people shows. */
    static String brief(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }
}
