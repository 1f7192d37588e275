package vn.lgsp.scenario;

import vn.lgsp.failure.Finding;

/**
 * One place at which what came is not what was expected.
 *
 * @param place a JSON pointer or the path of an element; empty for the document itself
 * @param line of the expectation, the first is 1; 0 where it is not known
 * @param expected as it is written there, or {@link #NOTHING}
 * @param found the same of what came
 */
record Difference(String place, int line, String expected, String found) {
    /** A word of every language. */
    static final String NOTHING = Finding.word("absent");

    /** In the place of the place of the document itself. */
    static final String WHOLE = Finding.word("whole");

    private static final int LONGEST = 120;

    /** The place as people are told it. */
    String where() {
        return place.isEmpty() ? WHOLE : place;
    }

    /** Text of a length that a terminal can show. */
    static String brief(String text) {
        String line = text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
