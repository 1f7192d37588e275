package vn.lgsp.hub;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One call of a simulator, and what the simulator finds out about it. Used by one thread at a time. */
final class Call {
    private final String method;
    private final String path;
    private final String url;
    private final String rawQuery;
    private final MultiMap query;
    private final MultiMap headers;
    private final byte[] body;
    private final Clock clock;
    private final Faults faults;
    private final Map<Fault, Optional<String>> taken = new EnumMap<>(Fault.class);
    private final List<Received.Check> checks = new ArrayList<>();
    private String operation;

    /**
     * @param path below the simulator's prefix, beginning with a slash unless empty
     * @param url as it was called, without query
     * @param rawQuery as it came
     * @param query decoded
     */
    Call(
            String method,
            String path,
            String url,
            String rawQuery,
            MultiMap query,
            MultiMap headers,
            byte[] body,
            Clock clock,
            Faults faults) {
        this.method = method;
        this.path = path;
        this.url = url;
        this.rawQuery = rawQuery;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.clock = clock;
        this.faults = faults;
        this.operation = path.isEmpty() ? "/" : path.substring(1);
    }

    String method() {
        return method;
    }

    boolean isPost() {
        return method.equals("POST");
    }

    boolean isGet() {
        return method.equals("GET");
    }

    String path() {
        return path;
    }

    String url() {
        return url;
    }

    byte[] body() {
        return body;
    }

    MultiMap headers() {
        return headers;
    }

    /** As it came, blank when there is none. */
    String rawQuery() {
        return rawQuery;
    }

    /** A parameter of the query, blank when there is none. */
    String query(String name) {
        return Optional.ofNullable(query.get(name)).orElse("");
    }

    /** A header in UTF-8, blank when there is none; of several the last. */
    String header(String name) {
        List<String> all = headers.getAll(name);
        return all.isEmpty() ? "" : utf8(all.get(all.size() - 1)).strip();
    }

    /** The server gives each byte of a header as one character. */
    static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    String operation() {
        return operation;
    }

    void operation(String name) {
        operation = name;
    }

    /** Notes what was looked at, and gives whether it was right. */
    boolean check(String name, boolean passed, String detail) {
        checks.add(new Received.Check(name, passed, detail));
        return passed;
    }

    List<Received.Check> checks() {
        return List.copyOf(checks);
    }

    /** The value of a fault that acts on this call; asking for it counts as one time. */
    Optional<String> fault(Fault fault) {
        return taken.computeIfAbsent(fault, wanted -> faults.take(wanted, path));
    }

    boolean has(Fault fault) {
        return fault(fault).isPresent();
    }

    /** Whether the answer shall be a failure in an envelope of success. */
    boolean fails() {
        return has(Fault.FAILURE_INSIDE_200);
    }

    /** What the code of that failure shall be. */
    String failure(String usual) {
        return fault(Fault.FAILURE_INSIDE_200).filter(code -> !code.isEmpty()).orElse(usual);
    }

    /** The time as the simulator sees it. */
    Instant now() {
        return clock.instant()
                .plusSeconds(fault(Fault.CLOCK_DRIFT).map(Long::parseLong).orElse(0L));
    }

    /** The faults that acted, for people. */
    String acted() {
        return taken.entrySet().stream()
                .filter(fault -> fault.getValue().isPresent())
                .map(fault -> fault.getKey().label())
                .collect(Collectors.joining(" "));
    }
}
