package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Camel's JSONPath, for content that the bus has read: the library's own reader would take whatever looks like JSON, of a member
 * that is named twice the last one, so that a route could decide by another content than the provider gets, and of a number the first
 * digits. What is found is a text, a number with every digit, a truth value, or JSON.
 *
 * @see "SEC-01, BUS-09"
 */
public final class JsonPathLanguage extends org.apache.camel.jsonpath.JsonPathLanguage {
    @Override
    protected ExpressionAdapter doCreateJsonPathExpression(
            @Nullable Expression source, String expression, Object[] properties, boolean predicate) {
        Read read = new Read(source);
        return new Found(read, super.doCreateJsonPathExpression(read, expression, properties, predicate));
    }

    /** What a path looks into, made of the JSON that the bus has read. */
    private static final class Read extends ExpressionAdapter {
        private final @Nullable Expression source;

        Read(@Nullable Expression source) {
            this.source = source;
        }

        /** The content; steps behind find the body parsed. */
        Optional<JsonNode> content(Exchange exchange) {
            Object content = source == null ? exchange.getMessage().getBody() : source.evaluate(exchange, Object.class);
            if (content == null) {
                return Optional.empty();
            }
            JsonNode read = JsonBodyStep.read(exchange, content, JsonBodyStep.enter(exchange));
            if (source == null && !(content instanceof JsonNode)) {
                exchange.getMessage().setBody(read);
            }
            return Optional.of(read);
        }

        @Override
        public @Nullable Object evaluate(Exchange exchange) {
            return content(exchange).map(Json::values).orElse(null);
        }
    }

    private static final class Found extends ExpressionAdapter {
        private final Read read;
        private final ExpressionAdapter path;

        Found(Read read, ExpressionAdapter path) {
            this.read = read;
            this.path = path;
        }

        @Override
        public <T> @Nullable T evaluate(Exchange exchange, Class<T> type) {
            read.content(exchange); // refused as it is, and not as a path that finds nothing
            Object found = path.evaluate(exchange, Object.class);
            if (found instanceof Map || found instanceof Collection) {
                found = Json.node(found);
            }
            return exchange.getContext().getTypeConverter().convertTo(type, exchange, found);
        }

        @Override
        public boolean matches(Exchange exchange) {
            read.content(exchange);
            return path.matches(exchange);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
