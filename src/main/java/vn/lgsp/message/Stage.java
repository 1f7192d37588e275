package vn.lgsp.message;

import java.util.Locale;

/** The links of the chain that every exchange passes; a failure names the one it happened at (BUS-03). */
public enum Stage {
    RECEIVE,
    IDENTIFY,
    AUTHORISE,
    RECORD,
    TRANSFORM,
    DELIVER,
    ANSWER;

    /** The name in records, answers and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
