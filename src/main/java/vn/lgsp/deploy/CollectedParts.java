package vn.lgsp.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.processor.MulticastProcessor;
import org.apache.camel.processor.Splitter;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * Puts {@link CollectPartsStep} in the place of each {@code multicast} and {@code split} of a route that collects parts; what a route
 * file says stays plain Camel.
 *
 * <p>Camel's own step is built and stands aside: its time-out can be lost, and goes on with the route on a thread of its own, outside of
 * the workers; it would make a pool of threads for each such step (see the decision on parts).
 */
final class CollectedParts implements InterceptStrategy {
    /** The one aggregation strategy that a route may name. */
    private static final String NAME = "#parts";

    /** Before a route is built: what it says of its parts goes where {@link #wrapProcessorInInterceptors} finds it. */
    static void prepare(List<ProcessorDefinition<?>> steps) {
        for (MulticastDefinition each :
                ProcessorDefinitionHelper.filterTypeInOutputs(steps, MulticastDefinition.class)) {
            if (isCollected(each.getAggregationStrategy(), each.getParallelProcessing())) {
                List<String> names = each.getOutputs().stream()
                        .map(OptionalIdentifiedDefinition::getId)
                        .toList();
                each.setAggregationStrategy(
                        new Collects(plan(names, each.getParallelProcessing(), each.getTimeout()), Optional.empty()));
                each.setAggregationStrategy((String) null);
                each.setParallelProcessing(null);
                each.setTimeout(null);
            }
        }
        for (SplitDefinition each : ProcessorDefinitionHelper.filterTypeInOutputs(steps, SplitDefinition.class)) {
            if (isCollected(each.getAggregationStrategy(), each.getParallelProcessing())) {
                each.setAggregationStrategy(new Collects(
                        plan(List.of(), each.getParallelProcessing(), each.getTimeout()),
                        Optional.ofNullable(each.getDelimiter())));
                each.setAggregationStrategy((String) null);
                each.setParallelProcessing(null);
                each.setTimeout(null);
            }
        }
    }

    private static boolean isCollected(@Nullable String strategy, @Nullable String parallel) {
        if (strategy == null ? "true".equals(parallel) : !strategy.equals(NAME)) {
            throw new BusException(
                    ErrorCode.ROUTE_REFUSED, "a route may collect parts, and may not use another aggregation strategy");
        }
        return strategy != null;
    }

    private static CollectPartsStep.Plan plan(List<String> names, @Nullable String parallel, @Nullable String timeout) {
        try {
            return new CollectPartsStep.Plan(
                    names, "true".equals(parallel), timeout == null ? 0 : Long.parseLong(timeout));
        } catch (NumberFormatException noNumber) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "the time-out of parts is no number of milliseconds");
        }
    }

    /** Marks a step whose parts are collected, and says how; Camel never asks it to aggregate. */
    private record Collects(CollectPartsStep.Plan plan, Optional<String> delimiter) implements AggregationStrategy {
        @Override
        public Exchange aggregate(@Nullable Exchange before, Exchange next) {
            throw new IllegalStateException("parts are collected by their own step");
        }
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode definition, Processor target, @Nullable Processor next) {
        if (!(target instanceof MulticastProcessor built)
                || !(built.getAggregationStrategy() instanceof Collects collects)) {
            return target;
        }
        List<AsyncProcessor> branches = new ArrayList<>();
        for (Processor branch : built.getProcessors()) {
            branches.add(
                    PluginHelper.getInternalProcessorFactory(camel).addUnitOfWorkProcessorAdvice(camel, branch, null));
        }
        Optional<CollectPartsStep.Items> items = built instanceof Splitter splitter
                ? Optional.of(new CollectPartsStep.Items(splitter.getExpression(), collects.delimiter()))
                : Optional.empty();
        if (items.isEmpty() && branches.size() != collects.plan().names().size()) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "a branch whose part is collected may not be disabled");
        }
        return new CollectPartsStep(collects.plan(), items, branches);
    }
}
