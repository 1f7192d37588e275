package vn.lgsp.message;

import java.util.regex.Pattern;

/** How names are checked: one refusal text for all of them, naming the thing and the remedy. */
final class Names {
    static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private Names() {}

    static void require(String what, String value, Pattern form, int longest, String remedy) {
        if (value.length() > longest || !form.matcher(value).matches()) {
            String shown = value.length() > 60 ? value.substring(0, 60) + "…" : value;
            throw new IllegalArgumentException(
                    what + " '" + shown + "' is not valid: write " + remedy + ", at most " + longest + " characters");
        }
    }
}
