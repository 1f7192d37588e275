package vn.lgsp.message;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The code of a party as another platform writes it: of whoever stands behind that platform, and is not registered here.
 *
 * @param value parts between slashes or colons, or one part, such as {@code VN/GOV/000.00.00.G22/registry} or {@code H98.01}: signs that
 *     X-Road allows in identifiers, at most 128, and one letter at least
 * @see "EXT-02, ORG-02"
 */
public record PartyCode(String value) {
    private static final int LONGEST = 128;
    private static final Pattern FORM =
            Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9'()+,.=?_-]+([/:][A-Za-z0-9'()+,.=?_-]+){0,5}");
    private static final Pattern ENCODED = Pattern.compile("%([2-7][0-9A-Fa-f])");

    public PartyCode {
        if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the code of a party");
        }
    }

    /** The code that a header writes, in which single signs may be percent-encoded; empty where it is none. */
    public static Optional<PartyCode> in(String header) {
        if (header.length() > 3 * LONGEST) {
            return Optional.empty();
        }
        String plain = ENCODED.matcher(header.strip())
                .replaceAll(sign -> java.util.regex.Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(sign.group(1), 16))));
        return plain.length() <= LONGEST && FORM.matcher(plain).matches()
                ? Optional.of(new PartyCode(plain))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
