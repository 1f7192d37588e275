package vn.lgsp.deliver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What a variable of a route holds, as a call needs it: a list is several values, and what is null or absent is none. */
final class CallValues {
    private CallValues() {}

    /**
     * The values of a variable.
     *
     * @param name of the variable, for the refusal
     * @param text how one value is written
     * @throws BusException {@code bus-failed} when an item of the list is itself a list or an object
     */
    static List<String> texts(@Nullable Object value, String name, Function<Object, String> text) {
        Optional<List<Object>> items = items(value);
        List<String> texts = new ArrayList<>();
        for (Object item : items.orElseGet(() -> value == null ? List.of() : List.of(value))) {
            boolean container = item instanceof JsonNode node
                    ? node.isContainerNode()
                    : item instanceof Collection || item instanceof Map || item instanceof Object[];
            if (container && items.isPresent()) {
                throw new BusException(
                        ErrorCode.BUS_FAILED,
                        "the variable " + name + " is a list that holds more than plain values: no query can carry it");
            }
            if (!(item instanceof JsonNode node) || !node.isNull()) {
                texts.add(text.apply(item));
            }
        }
        return texts;
    }

    /** The same as JSON. */
    static JsonNode json(@Nullable Object value, Function<Object, String> text) {
        if (value == null) {
            return NullNode.getInstance();
        }
        if (value instanceof JsonNode node) {
            return node;
        }
        Optional<List<Object>> items = items(value);
        if (items.isEmpty()) {
            return TextNode.valueOf(text.apply(value));
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        items.get().forEach(item -> list.add(json(item, text)));
        return list;
    }

    private static Optional<List<Object>> items(@Nullable Object value) {
        List<Object> items = new ArrayList<>();
        if (value instanceof ArrayNode list) {
            list.forEach(items::add);
        } else if (value instanceof Collection<?> list) {
            list.stream().filter(item -> item != null).forEach(items::add);
        } else if (value instanceof Object[] list) {
            Arrays.stream(list).filter(item -> item != null).forEach(items::add);
        } else {
            return Optional.empty();
        }
        return Optional.of(items);
    }
}
