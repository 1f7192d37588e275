package vn.lgsp.message;

import java.util.Locale;

/** How an exchange ended, as its record says. */
public enum Outcome {
    /** The provider's answer, or the bus's own good one, was ready for the caller: result 00, or a documented refusal of the provider. */
    ANSWERED,
    /** The caller had to act: refused before the provider gave an answer. */
    REFUSED,
    /** The provider or the bus failed. */
    FAILED,
    /** The caller went away before the whole answer was handed over. */
    ABANDONED,
    /** The bus stopped in the middle; what the provider did is not known. */
    UNKNOWN;

    /** The name in records and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
