package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;

/** One jq program at its place in a route. */
final class JqStep extends ExpressionAdapter {
    private final Expression source;
    private final JqProgram program;

    JqStep(Expression source, JqProgram program) {
        this.source = source;
        this.program = program;
    }

    @Override
    public Object evaluate(Exchange exchange) {
        return map(exchange);
    }

    /** True as jq sees it: everything but {@code false} and {@code null}. */
    @Override
    public boolean matches(Exchange exchange) {
        JsonNode result = map(exchange);
        return !result.isNull() && !(result.isBoolean() && !result.booleanValue());
    }

    private JsonNode map(Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        JsonNode input = JsonBodyStep.read(exchange, source.evaluate(exchange, Object.class), side);
        return program.run(input, name -> JsonBodyStep.variable(exchange, name), side);
    }
}
