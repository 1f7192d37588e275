package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConversionException;
import org.apache.camel.spi.TypeConverterLoader;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Content;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * How a JSON body passes between the steps of a route: parsed once, as a {@code JsonNode}, and written to bytes by whoever needs
 * bytes. Camel finds the conversions by itself: to {@code byte[]} and {@code InputStream} as JSON text in UTF-8, to
 * {@code String} as JSON text too, except that a JSON string becomes its plain value.
 */
public final class JsonBodyStep implements TypeConverterLoader {
    /** Mappings know the exchange by this name, whatever variables a route sets. */
    static final String EXCHANGE_ID = "exchangeId";

    @Override
    public void load(TypeConverterRegistry registry) {
        registry.addTypeConverter(
                byte[].class,
                JsonNode.class,
                new SimpleTypeConverter(false, (type, exchange, value) -> Json.bytes((JsonNode) value)));
        registry.addTypeConverter(
                InputStream.class,
                JsonNode.class,
                new SimpleTypeConverter(
                        false, (type, exchange, value) -> new ByteArrayInputStream(Json.bytes((JsonNode) value))));
        registry.addTypeConverter(
                String.class,
                JsonNode.class,
                new SimpleTypeConverter(
                        false,
                        (type, exchange, value) ->
                                value instanceof TextNode text ? text.textValue() : Json.text((JsonNode) value)));
    }

    /** The exchange is at this stage now; tells whose content it carries. */
    static Side enter(Exchange exchange) {
        Optional<Passage> passage = passage(exchange);
        passage.ifPresent(found -> found.enter(Stage.TRANSFORM));
        return Side.of(passage);
    }

    static Optional<Passage> passage(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(Passage.PROPERTY, Passage.class));
    }

    /**
     * The id that a mapping may name. With guaranteed delivery the way says which: a message that was sent before is acknowledged under
     * the id of the first time.
     */
    static Optional<String> exchangeId(Exchange exchange) {
        Optional<String> told = exchange.getProperty(Original.PROPERTY) == null
                ? Optional.empty()
                : Optional.ofNullable(exchange.getVariable(EXCHANGE_ID, String.class));
        return told.or(() -> passage(exchange).map(passage -> passage.id().toString()));
    }

    /** The content of {@code body} as JSON; nothing is {@code null}. */
    static JsonNode read(Exchange exchange, @Nullable Object body, Side side) {
        if (body == null) {
            return NullNode.getInstance();
        }
        if (body instanceof JsonNode parsed) {
            return parsed;
        }
        if (body instanceof byte[] bytes) {
            return Json.read(bytes, side);
        }
        if (body instanceof String text) {
            return Json.read(text, side);
        }
        if (body instanceof Number || body instanceof Boolean) { // such as a JSONPath has found
            return Json.node(body);
        }
        return Json.read(bytes(exchange, body, side), side);
    }

    /** The content of {@code body} as bytes. */
    static byte[] bytes(Exchange exchange, Object body, Side side) {
        if (body instanceof byte[] already) {
            return already;
        }
        try {
            byte[] bytes = exchange.getContext().getTypeConverter().convertTo(byte[].class, exchange, body);
            if (bytes != null) {
                return bytes;
            }
        } catch (TypeConversionException unreadable) {
            throw BusException.in(unreadable).orElseGet(() -> side.refuse("could not be read"));
        }
        throw new IllegalArgumentException(
                "a body of " + body.getClass().getName() + " cannot be mapped: it is neither text nor bytes");
    }

    /** The exchange variable of this name as JSON; one that is not set is {@code null}. */
    static JsonNode variable(Exchange exchange, String name) {
        Optional<String> exchangeId = EXCHANGE_ID.equals(name) ? exchangeId(exchange) : Optional.empty();
        if (exchangeId.isPresent()) {
            return TextNode.valueOf(exchangeId.get());
        }
        Object value = exchange.getVariable(name);
        if (value == null) {
            return NullNode.getInstance();
        }
        if (value instanceof Content held) {
            throw Content.tooLarge(held.length());
        }
        if (value instanceof JsonNode node) {
            return node;
        }
        if (value instanceof Boolean truth) {
            return BooleanNode.valueOf(truth);
        }
        if (value instanceof Integer || value instanceof Long) {
            return LongNode.valueOf(((Number) value).longValue());
        }
        if (value instanceof Number number) {
            return DecimalNode.valueOf(new BigDecimal(number.toString()));
        }
        return TextNode.valueOf(value.toString());
    }
}
