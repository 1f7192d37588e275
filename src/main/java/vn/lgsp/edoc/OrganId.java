package vn.lgsp.edoc;

import java.util.Locale;
import java.util.Optional;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/**
 * The code of an organisation as a packet holds it, in whatever notation.
 *
 * @param value 1 to {@value #LONGEST} characters, as written; two codes are the same when their {@link #key} is
 * @see "EXT-20"
 */
public record OrganId(String value) {
    /** How many characters a code may have. */
    public static final int LONGEST = 35;

    public OrganId {
        if (value.isBlank() || value.length() > LONGEST) {
            throw new Invalid(Rule.EDOC_ORGAN, Integer.toString(value.length()));
        }
    }

    /** The code in capital letters, for comparing. */
    public String key() {
        return value.toUpperCase(Locale.ROOT);
    }

    public boolean isSame(OrganId other) {
        return key().equals(other.key());
    }

    /** In which notation it is written; empty where it is in neither, as some codes in use are. */
    public Optional<Notation> notation() {
        return Notation.of(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
