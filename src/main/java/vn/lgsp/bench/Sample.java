package vn.lgsp.bench;

/**
 * What a generator saw.
 *
 * @param rate good answers a second
 * @param p50 in milliseconds
 * @param p99 in milliseconds
 * @param errors answers with a status of 400 and more, broken connections, and requests without an answer in time
 */
record Sample(double rate, double p50, double p99, long errors) {

    /** The one line in which a generator's process tells its result. */
    static final String LINE = "sample answers=%d errors=%d micros=%d p50=%d p99=%d";

    /** @throws IllegalArgumentException when the line is not there */
    static Sample from(String output) {
        String line = output.lines()
                .filter(candidate -> candidate.startsWith("sample "))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the generator told no result: " + output.strip()));
        double seconds = number(line, "micros") / 1e6;
        return new Sample(
                number(line, "answers") / seconds,
                number(line, "p50") / 1e3,
                number(line, "p99") / 1e3,
                number(line, "errors"));
    }

    private static long number(String line, String name) {
        int from = line.indexOf(" " + name + "=") + name.length() + 2;
        int end = line.indexOf(' ', from);
        return Long.parseLong(end < 0 ? line.substring(from) : line.substring(from, end));
    }
}
