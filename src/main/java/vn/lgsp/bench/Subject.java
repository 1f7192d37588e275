package vn.lgsp.bench;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import vn.lgsp.bench.BenchSettings.Contestant;

/** Something that is measured: a process with a port, at which every subject answers the same addresses. */
record Subject(Contestant contestant, int port, ProcessHandle process) {
    static final String ARCHIVE = "/api/archive-document-relay/v1";
    static final String POPULATION = "/api/population-citizen-lookup/v1";
    static final String LOOKUP = POPULATION + "/citizens/" + BackEnd.CITIZEN;

    private static final int TIMEOUT_MS = 10_000;

    /** Processor time that it has used so far, with its children. */
    Duration cpu() {
        return Stream.concat(Stream.of(process), process.descendants())
                .flatMap(one -> one.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Waits, at most half a minute, until it does next to nothing: what it put off would burden the next measurement. */
    void rest() {
        Duration before = cpu();
        for (int i = 0; i < 60; i++) {
            Children.pause(500);
            Duration now = cpu();
            if (now.minus(before).toMillis() <= 25) {
                return;
            }
            before = now;
        }
    }

    /**
     * Asks once, and looks at the answer: a subject that answers fast and wrongly is not measured.
     *
     * @param body to be posted; without one it is a GET
     * @throws IllegalStateException when the answer is not a 200 that holds {@code expected}
     */
    void check(String path, Map<String, String> headers, Optional<String> body, String expected) {
        try {
            HttpURLConnection call = open(port, path, TIMEOUT_MS);
            headers.forEach(call::setRequestProperty);
            if (body.isPresent()) {
                call.setDoOutput(true);
                call.getOutputStream().write(body.get().getBytes(StandardCharsets.UTF_8));
            }
            int status = call.getResponseCode();
            String answer =
                    status == 200 ? new String(call.getInputStream().readAllBytes(), StandardCharsets.UTF_8) : "";
            if (!answer.contains(expected)) {
                throw new IllegalStateException(contestant.label() + " answers " + path + " with " + status
                        + (status == 200 ? " and the wrong content" : ""));
            }
        } catch (IOException failed) {
            throw new IllegalStateException(contestant.label() + " does not answer " + path, failed);
        }
    }

    /** Whether anything at all answers HTTP there. */
    static boolean answers(int port) {
        try {
            return open(port, "/", 1_000).getResponseCode() > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static HttpURLConnection open(int port, String path, int timeout) throws IOException {
        HttpURLConnection call = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        call.setConnectTimeout(timeout);
        call.setReadTimeout(timeout);
        return call;
    }
}
