package vn.lgsp.deliver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.Content;
import vn.lgsp.parse.JsonParsers;

/** One of the two forms in which the document axis is spoken: what a call is made of, and what its answer means. */
interface AxisForm {

    /** What can be asked of the document axis. */
    enum Task {
        SEND,
        LIST,
        FETCH,
        UPDATE_STATUS,
        SENT_LIST,
        COUNT,
        AGENCIES,
        REGISTER_AGENCY,
        DELETE_AGENCY,
        SYNCHRONISE_UNITS
    }

    /**
     * A call without what shows who calls.
     *
     * @param headers in order, {@code Content-Type} among them where there is a body
     */
    record Sheet(String method, String path, Map<String, String> headers, Content body) {}

    /**
     * What a call is made of.
     *
     * @param messageType {@code edoc} or {@code status}
     * @param to codes with commas between; empty where only the packet says it
     * @param packet or what an organisation is registered with
     * @param agency code of the organisation that a call is about
     * @param level of the organisations that are asked for; empty for all
     */
    record Slip(
            String messageType,
            Optional<String> from,
            Optional<String> to,
            Optional<String> docId,
            Optional<String> status,
            Content packet,
            Optional<String> agency,
            Optional<String> level) {
        /** Of a call that is about a document. */
        Slip(
                String messageType,
                Optional<String> from,
                Optional<String> to,
                Optional<String> docId,
                Optional<String> status,
                Content packet) {
            this(messageType, from, to, docId, status, packet, Optional.empty(), Optional.of("1"));
        }

        String needed(String name, Optional<String> value) {
            return value.orElseThrow(() -> new vn.lgsp.failure.BusException(
                    vn.lgsp.failure.ErrorCode.BUS_FAILED, "the call to the document axis needs '" + name + "'"));
        }
    }

    Sheet sheet(Task task, Slip slip);

    /** What the answer says of the call; empty when it is no answer of this form. */
    Optional<Answer> answer(Task task, JsonNode said);

    /**
     * @param failure the axis' own code, when it says no; {@code ?} where it names none
     * @param data of a success: an array of items for lists, the packet in {@code packet} for a fetch
     */
    record Answer(Optional<String> failure, JsonNode data) {
        static Answer failed(String code) {
            return new Answer(Optional.of(code), com.fasterxml.jackson.databind.node.MissingNode.getInstance());
        }

        static Answer of(JsonNode data) {
            return new Answer(Optional.empty(), data);
        }
    }

    static ObjectNode object() {
        return JsonParsers.content().createObjectNode();
    }

    static ArrayNode array() {
        return JsonParsers.content().createArrayNode();
    }

    /** Copies a member under the name that it has in this bus, whatever the case and the words of the axis. */
    static void copy(JsonNode from, ObjectNode to, String as, String... names) {
        for (String name : names) {
            if (from.hasNonNull(name)) {
                to.put(as, from.get(name).asText());
                return;
            }
        }
    }
}
