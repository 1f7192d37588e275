package vn.lgsp.unit;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Section;
import vn.lgsp.source.Value;

/**
 * How the branches of a {@code multicast} and the items of a {@code split} come together: either the first failure ends all, or the
 * parts are collected and each that is missing is named (BUS-10).
 */
final class PartsRules {
    /** The one aggregation strategy. */
    static final String STRATEGY = "#parts";

    private static final String BRANCHES = "multicast";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern TIME = Pattern.compile("[1-9][0-9]{2,4}|1[01][0-9]{4}|120000");

    /** Options that mean nothing, or something else, where parts are collected. */
    private static final List<String> OTHER_OPTIONS =
            List.of("stopOnException", "streaming", "synchronous", "shareUnitOfWork");

    private final Unit unit;
    private final Optional<SystemId> destination;
    private final Findings found;

    /** @param destination of a delivery route; empty for a service's own route */
    PartsRules(Unit unit, Optional<SystemId> destination, Findings found) {
        this.unit = unit;
        this.destination = destination;
        this.found = found;
    }

    /**
     * @param name of the step as Camel knows it
     * @param written as it stands in the file
     */
    void check(String name, String written, Value.Field step) {
        Optional<Value> strategy = option(step.value(), "aggregationStrategy");
        if (strategy.isEmpty()) {
            option(step.value(), "parallelProcessing")
                    .ifPresent(value -> found.add(Rule.STEP_PARALLEL, value.place(), "parallelProcessing"));
            if (!option(step.value(), "stopOnException")
                    .map(Value::text)
                    .orElse("")
                    .equals("true")) {
                found.add(Rule.STOP_ON_EXCEPTION, step.place(), written);
            }
            return;
        }
        if (!strategy.get().text().equals(STRATEGY)) {
            found.add(
                    Rule.STEP_AGGREGATION,
                    strategy.get().place(),
                    Section.brief(strategy.get().text()));
            return;
        }
        if (destination.isPresent() || unit.card().mode() != ServiceCard.Mode.MAPPED) {
            found.add(Rule.STEP_PARTS_ELSEWHERE, strategy.get().place());
        }
        for (String other : OTHER_OPTIONS) {
            option(step.value(), other).ifPresent(value -> found.add(Rule.STEP_PARTS_OPTION, value.place(), other));
        }
        boolean parallel = option(step.value(), "parallelProcessing")
                .map(Value::text)
                .orElse("")
                .equals("true");
        option(step.value(), "timeout")
                .filter(time -> !parallel || !TIME.matcher(time.text()).matches())
                .ifPresent(time -> found.add(Rule.STEP_PARTS_TIMEOUT, time.place(), Section.brief(time.text())));
        if (name.equals(BRANCHES)) {
            option(step.value(), "steps").ifPresent(this::names);
        }
    }

    /** Each branch is one step, whose id is the name of its part. */
    private void names(Value branches) {
        Set<String> names = new HashSet<>();
        for (Value branch : branches.items()) {
            String name = branch.fields().values().stream()
                    .findFirst()
                    .flatMap(step -> step.value().at("id"))
                    .map(Value::text)
                    .orElse("");
            if (!NAME.matcher(name).matches()) {
                found.add(Rule.STEP_PART_UNNAMED, branch.place());
            } else if (!names.add(name)) {
                found.add(Rule.STEP_PART_TWICE, branch.place(), name);
            }
        }
    }

    private static Optional<Value> option(Value step, String name) {
        return step.fields().entrySet().stream()
                .filter(field -> RouteWords.camelCase(field.getKey()).equals(name))
                .map(field -> field.getValue().value())
                .findFirst();
    }
}
