package vn.lgsp.scenario;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.SystemId;

/** Holds what came against what a scenario expects; each expectation that is not met is a finding. */
final class Judge {
    private static final int MOST_OF_A_BODY = 5;

    private final Scenario scenario;
    private final UnaryOperator<String> known;
    private final List<Finding> findings = new ArrayList<>();

    /** @param exchange the id that stands for {@code ${exchange}}; empty where there is none */
    Judge(Scenario scenario, String exchange) {
        this.scenario = scenario;
        this.known = text -> text.replace("${exchange}", exchange);
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    void answer(Scenario.Answer expected, Reply reply) {
        expected.status().ifPresent(status -> line("answer.status", status, String.valueOf(reply.status())));
        expected.code().ifPresent(code -> line("answer.code", code, reply.code().orElse(Difference.NOTHING)));
        headers("answer.headers.", expected.headers(), reply.headers());
        expected.body().ifPresent(body -> body("answer", body, reply.content()));
        parts("answer", expected.parts(), reply.content());
    }

    void record(Map<String, Scenario.Line> expected, Optional<Map<String, Object>> record, int line) {
        if (record.isEmpty()) {
            differs("record", scenario.file(), line, String.join(", ", expected.keySet()), Difference.NOTHING);
            return;
        }
        expected.forEach((name, value) -> line(
                "record." + name,
                value,
                Optional.ofNullable(record.get().get(name)).map(String::valueOf).orElse(Difference.NOTHING)));
    }

    void deliveries(Map<SystemId, Scenario.Delivery> expected, Map<String, Reply.Delivery> found) {
        expected.forEach((system, delivery) -> {
            String place = "deliveries." + system;
            Optional<Reply.Delivery> state = Optional.ofNullable(found.get(system.value()));
            line(
                    place + ".state",
                    delivery.state(),
                    state.map(Reply.Delivery::state).orElse(Difference.NOTHING));
            if (state.isPresent()) {
                delivery.attempts()
                        .ifPresent(attempts -> line(
                                place + ".attempts",
                                attempts,
                                String.valueOf(state.get().attempts())));
                delivery.reason()
                        .ifPresent(reason -> line(
                                place + ".reason", reason, state.get().reason().orElse(Difference.NOTHING)));
            }
        });
    }

    void calls(SystemId system, Scenario.Calls expected, List<Seen> seen) {
        String place = "peers." + system;
        List<Scenario.Seen> each = new ArrayList<>();
        expected.calls().forEach(call -> each.addAll(java.util.Collections.nCopies(call.times(), call)));
        if (each.size() != seen.size()) {
            scenario(
                    Rule.SCENARIO_CALLS,
                    expected.line(),
                    system.value(),
                    String.valueOf(each.size()),
                    String.valueOf(seen.size()),
                    seen.isEmpty() ? Difference.NOTHING : requests(seen));
            return;
        }
        for (int i = 0; i < each.size(); i++) {
            call(place + "[" + (i + 1) + "]", each.get(i), seen.get(i));
        }
    }

    private static String requests(List<Seen> seen) {
        List<String> requests =
                seen.stream().map(call -> call.request().orElse("(message)")).toList();
        return Difference.brief(String.join(", ", requests));
    }

    private void call(String place, Scenario.Seen expected, Seen seen) {
        expected.request()
                .ifPresent(request ->
                        line(place + ".request", request, seen.request().orElse(Difference.NOTHING)));
        headers(place + ".headers.", expected.headers(), seen.headers());
        expected.body().ifPresent(body -> body(place, body, seen.content()));
        parts(place, expected.parts(), seen.content());
    }

    private void headers(String place, Map<String, Scenario.Line> expected, Map<String, String> found) {
        expected.forEach((name, value) ->
                line(place + name, value, Optional.ofNullable(found.get(name)).orElse(Difference.NOTHING)));
    }

    private void body(String place, Body body, byte[] content) {
        body.differences(content, known).stream()
                .limit(MOST_OF_A_BODY)
                .forEach(difference -> differs(
                        (place + " " + difference.place()).strip(),
                        body.file(),
                        difference.line(),
                        difference.expected(),
                        difference.found()));
    }

    private void parts(String place, List<Scenario.Part> parts, byte[] content) {
        if (parts.isEmpty()) {
            return;
        }
        String text = new String(content, StandardCharsets.UTF_8);
        try {
            if (text.stripLeading().startsWith("<")) {
                XmlText.Element root = XmlText.payload(XmlText.read(content));
                parts.forEach(part -> xml(place, part, root));
            } else {
                JsonText.Node root = JsonText.read(text);
                parts.forEach(part -> json(place, part, root));
            }
        } catch (Broken other) {
            parts.forEach(part -> differs(
                    place + " " + part.path(),
                    scenario.file(),
                    part.line(),
                    Difference.brief(part.value().text()),
                    text.isEmpty() ? Difference.NOTHING : "\"" + Difference.brief(text) + "\""));
        }
    }

    private void xml(String place, Scenario.Part part, XmlText.Element root) {
        Optional<String> found = XmlText.isPath(part.path()) ? XmlText.at(root, part.path()) : Optional.empty();
        String expected = part.value() instanceof JsonText.Single single ? known.apply(single.plain()) : "";
        boolean met = expected.equals(JsonText.ANY)
                ? found.isPresent()
                : found.map(expected::equals).orElse(false);
        if (!met) {
            differs(
                    place + " " + part.path(),
                    scenario.file(),
                    part.line(),
                    "\"" + Difference.brief(expected) + "\"",
                    found.map(text -> "\"" + Difference.brief(text) + "\"").orElse(Difference.NOTHING));
        }
    }

    private void json(String place, Scenario.Part part, JsonText.Node root) {
        Optional<JsonText.Node> found = JsonText.at(root, part.path());
        JsonText.Node expected = JsonText.changed(part.value(), known);
        if (found.isEmpty()) {
            differs(
                    place + " " + part.path(),
                    scenario.file(),
                    part.line(),
                    Difference.brief(expected.text()),
                    Difference.NOTHING);
            return;
        }
        JsonText.differences(expected, found.get()).stream()
                .limit(MOST_OF_A_BODY)
                .forEach(difference -> differs(
                        place + " " + part.path() + difference.place(),
                        scenario.file(),
                        part.line(),
                        difference.expected(),
                        difference.found()));
    }

    private void line(String place, Scenario.Line expected, String found) {
        String text = known.apply(expected.text());
        boolean met = text.equals(JsonText.ANY) ? !found.equals(Difference.NOTHING) : text.equals(found);
        if (!met) {
            differs(place, scenario.file(), expected.line(), Difference.brief(text), Difference.brief(found));
        }
    }

    private void differs(String place, String file, int line, String expected, String found) {
        findings.add(Finding.of(Rule.SCENARIO_DIFFERS, file, line, place, expected, found));
    }

    /** A finding about the scenario as a whole. */
    void scenario(Rule rule, int line, String... arguments) {
        findings.add(Finding.of(rule, scenario.file(), line, arguments));
    }
}
