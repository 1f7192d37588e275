package vn.lgsp.mailbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.parse.JsonParsers;

/** What a document system does with organisations, in the JSON of the route. */
final class AgencyTasks {
    private final Agencies agencies;

    AgencyTasks(Agencies agencies) {
        this.agencies = agencies;
    }

    /** @param body an object in the words of {@code registerAgency} */
    JsonNode register(SystemId caller, byte[] body) {
        JsonNode asked = read(body)
                .orElseThrow(() -> new BusException(
                        ErrorCode.MESSAGE_INVALID,
                        "an organisation is registered as a JSON object",
                        Integer.toString(AxisCode.PROCESSING),
                        null));
        Agencies.State state = agencies.ask(
                caller,
                new Agencies.Given(
                        text(asked, "id"),
                        text(asked, "pcode"),
                        text(asked, "code"),
                        text(asked, "name"),
                        text(asked, "mail"),
                        text(asked, "mobile"),
                        text(asked, "fax")));
        return JsonParsers.content().createObjectNode().put("state", state.word());
    }

    JsonNode end(SystemId caller, String code) {
        agencies.end(caller, code);
        return JsonParsers.content().createObjectNode().put("state", Agencies.State.ENDED.word());
    }

    JsonNode units() {
        ArrayNode list = JsonParsers.content().createArrayNode();
        agencies.units().forEach(unit -> list.addObject()
                .put("id", unit.id())
                .put("parent", unit.parent())
                .put("code", unit.code())
                .put("code102", unit.code102())
                .put("name", unit.name())
                .put("mail", unit.mail())
                .put("version", unit.version())
                .put("centre", unit.centre())
                .put("deleted", unit.deleted())
                .put("modified", unit.modified()));
        return list;
    }

    private static Optional<JsonNode> read(byte[] body) {
        try {
            return Optional.ofNullable(JsonParsers.content().readTree(body)).filter(JsonNode::isObject);
        } catch (IOException | JsonParsers.NumberTooWide notJson) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode asked, String name) {
        JsonNode value = asked.path(name);
        return value.isTextual() || value.isIntegralNumber() ? value.asText().strip() : "";
    }
}
