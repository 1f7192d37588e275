package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Camel's JSONPath, for a body that the bus has read: the library's own reader would take whatever looks like JSON, and of a member
 * that is named twice the last one, so that a route could decide by another content than the provider gets.
 *
 * @see "SEC-01"
 */
public final class JsonPathLanguage extends org.apache.camel.jsonpath.JsonPathLanguage {
    @Override
    protected ExpressionAdapter doCreateJsonPathExpression(
            @Nullable Expression source, String expression, Object[] properties, boolean predicate) {
        return new Read(super.doCreateJsonPathExpression(source, expression, properties, predicate));
    }

    private static final class Read extends ExpressionAdapter {
        private final ExpressionAdapter path;

        Read(ExpressionAdapter path) {
            this.path = path;
        }

        @Override
        public <T> @Nullable T evaluate(Exchange exchange, Class<T> type) {
            read(exchange);
            return path.evaluate(exchange, type);
        }

        @Override
        public boolean matches(Exchange exchange) {
            read(exchange);
            return path.matches(exchange);
        }

        /** Steps behind find the body parsed. The parts that a split makes are parsed already. */
        private static void read(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            boolean parsed = body instanceof JsonNode || body instanceof Map || body instanceof Collection;
            if (body != null && !parsed) {
                exchange.getMessage().setBody(JsonBodyStep.read(exchange, body, JsonBodyStep.enter(exchange)));
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
