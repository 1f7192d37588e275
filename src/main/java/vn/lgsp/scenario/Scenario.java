package vn.lgsp.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.SystemId;
import vn.lgsp.unit.Unit;

/**
 * Given these peer answers, when this call, then this answer, this record, and the peers saw this.
 *
 * @see "docs/reference/scenarios.md"
 */
public final class Scenario {
    private final Unit unit;
    private final String file;
    private final String name;
    private final String title;
    private final Plan retry;
    private final Map<SystemId, List<PeerAnswer>> given;
    private final Call when;
    private final Expected then;

    Scenario(
            Unit unit,
            String file,
            String name,
            String title,
            Plan retry,
            Map<SystemId, List<PeerAnswer>> given,
            Call when,
            Expected then) {
        this.unit = unit;
        this.file = file;
        this.name = name;
        this.title = title;
        this.retry = retry;
        this.given = given;
        this.when = when;
        this.then = then;
    }

    /** The service that it tries. */
    public Unit unit() {
        return unit;
    }

    /** Below the home of the bus. */
    public String file() {
        return file;
    }

    /** The name of its file, without the ending. */
    public String name() {
        return name;
    }

    /** What it says of itself. */
    public String title() {
        return title;
    }

    /**
     * A call that can be sent to any bus.
     *
     * @param path with the address of the service
     */
    public record Request(String method, String path, Map<String, String> headers, Optional<String> content) {}

    /** The call of one who has a grant and expects a good answer; empty when the scenario is about something
     * else, or sends a message. */
    public Optional<Request> request() {
        boolean good = then.answer()
                .flatMap(Answer::status)
                .map(status -> status.text().startsWith("2"))
                .orElse(then.answer().flatMap(Answer::code).isEmpty());
        if (!good || when.jms().isPresent() || !(when.as() instanceof Granted)) {
            return Optional.empty();
        }
        String door = when.soap().isPresent() ? "/soap/" : "/api/";
        return Optional.of(
                new Request(when.method(), door + unit.card().key() + when.path(), when.headers(), when.content()));
    }

    /** The whole answer that it expects, where it names it and all of it is known before. */
    public Optional<String> answer() {
        return then.answer().flatMap(Answer::body).map(Body::text).filter(text -> !text.contains("${"));
    }

    Plan retry() {
        return retry;
    }

    /** The answers of each peer, in the order of its calls; the last one is given again and again. */
    Map<SystemId, List<PeerAnswer>> given() {
        return given;
    }

    Call when() {
        return when;
    }

    Expected then() {
        return then;
    }

    /** The retry plan of all deliveries, instead of the card's; what is absent is short: 20 ms, 100 ms, and
     * those of the card, but at most 5 attempts. */
    record Plan(Optional<Duration> first, Optional<Duration> longest, Optional<Integer> attempts) {
        static final Plan NONE = new Plan(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Who calls. */
    sealed interface Caller {}

    /** A system of the scenario's own, which may use every service. */
    record Granted() implements Caller {}

    /** A system that is known, and may use nothing. */
    record Stranger() implements Caller {}

    /** Somebody without a key. */
    record Nobody() implements Caller {}

    /** A system of the registry, with the grants that it has there. */
    record Registered(SystemId system) implements Caller {}

    /**
     * The call.
     *
     * @param method of HTTP
     * @param path below the address of the service; empty for SOAP and JMS
     * @param soap {@code 1.1} or {@code 1.2}, for a SOAP service
     * @param jms {@code text} or {@code bytes}, for a message into the queue of the service; then headers are properties
     * @param content all of the body, in an envelope where it is SOAP
     * @param times how often the same is sent; the last answer counts
     */
    record Call(
            int line,
            Caller as,
            String method,
            String path,
            Optional<String> soap,
            Optional<String> jms,
            Map<String, String> headers,
            Optional<String> content,
            int times) {}

    /** A value that is expected, and where it is written. */
    record Line(int line, String text) {}

    /** A part of content that is expected. */
    record Part(int line, String path, JsonText.Node value) {}

    /**
     * Everything that is expected.
     *
     * @param within how long deliveries may take
     */
    record Expected(
            Optional<Answer> answer,
            Map<String, Line> record,
            Map<SystemId, Calls> peers,
            Map<SystemId, Delivery> deliveries,
            Duration within) {}

    record Answer(
            Optional<Line> status,
            Optional<Line> code,
            Map<String, Line> headers,
            Optional<Body> body,
            List<Part> parts) {}

    /** All that one peer is called, in order. */
    record Calls(int line, List<Seen> calls) {}

    /**
     * Calls that are alike.
     *
     * @param request method and path below the address of the system; absent for a message of a queue
     */
    record Seen(
            int line,
            Optional<Line> request,
            Map<String, Line> headers,
            Optional<Body> body,
            List<Part> parts,
            int times) {}

    record Delivery(Line state, Optional<Line> attempts, Optional<Line> reason) {}
}
