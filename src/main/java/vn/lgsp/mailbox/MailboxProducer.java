package vn.lgsp.mailbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.SynchronizationAdapter;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.axis.FileHash;
import vn.lgsp.edoc.OrganId;
import vn.lgsp.edoc.StatusCode;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.Content;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.MediaTypeParameter;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;
import vn.lgsp.parse.JsonParsers;

/** Works on mailboxes for an exchange of the way, on the worker where the service's steps run. */
final class MailboxProducer extends DefaultProducer {
    private static final int MOST = 1_000;
    private static final Set<String> TYPES = Set.of("edoc", "status");

    private final MailboxEndpoint endpoint;

    MailboxProducer(MailboxEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        if (!(exchange.getProperty(Passage.PROPERTY) instanceof Passage passage) || passage.isClosed()) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "a mailbox was asked for without an exchange of the way");
        }
        passage.enter(Stage.DELIVER);
        SystemId caller = passage.caller()
                .orElseThrow(() -> new BusException(ErrorCode.CONSUMER_UNKNOWN, "nobody has proved to be the caller"))
                .system();
        Mailboxes mailboxes = endpoint.mailboxes();
        switch (endpoint.task()) {
            case PUT -> put(exchange, caller, Mailboxes.Side.INSIDE);
            case TAKE -> put(exchange, caller, Mailboxes.Side.OUTSIDE);
            case LIST -> {
                ArrayNode list = JsonParsers.content().createArrayNode();
                mailboxes
                        .waiting(
                                caller,
                                type(exchange),
                                Days.of(value(exchange, "fromDate"), value(exchange, "toDate")),
                                MOST)
                        .forEach(one -> list.add(entry(caller, one)));
                answer(exchange, list);
            }
            case COUNT -> answer(exchange, object().put("count", mailboxes.count(caller, type(exchange))));
            case FETCH -> {
                Mailboxes.Fetched fetched = mailboxes.fetch(caller, needed(exchange, "docId"));
                Content packet = kept(exchange, fetched.packet());
                ObjectNode entry = entry(caller, fetched.entry());
                Content answer;
                if (endpoint.form() == FetchAnswer.Form.REST) {
                    PacketShown shown = mailboxes.shown(packet);
                    shown.files().forEach(file -> kept(exchange, file.content()));
                    answer = FetchAnswer.ofRest(entry, packet, shown);
                } else {
                    answer = FetchAnswer.of(endpoint.form(), entry, packet);
                }
                answer(exchange, "application/json", answer);
            }
            case UPDATE_STATUS -> update(exchange, caller);
            case SENT_LIST -> {
                ArrayNode list = JsonParsers.content().createArrayNode();
                mailboxes
                        .sent(caller, needed(exchange, "docId"))
                        .forEach(one -> list.add(entry(caller, one.entry())
                                .put("sendStatus", one.sent().word())
                                .put("status", one.received().word())));
                answer(exchange, list);
            }
            case HANDED_ON -> handedOn(exchange);
            case CHECK -> check(exchange, caller);
            case REGISTER_AGENCY ->
                answer(
                        exchange,
                        mailboxes.tasks().register(caller, body(exchange).bytes()));
            case DELETE_AGENCY -> answer(exchange, mailboxes.tasks().end(caller, needed(exchange, "agencyCode")));
            case SYNCHRONISE_UNITS -> answer(exchange, mailboxes.tasks().units());
            case DOWNLOAD -> {
                Content packet =
                        mailboxes.fetch(caller, needed(exchange, "docId")).packet();
                answer(exchange, "application/octet-stream", kept(exchange, packet));
            }
            case AGENCIES -> {
                Optional<String> level = value(exchange, "level");
                ArrayNode list = JsonParsers.content().createArrayNode();
                mailboxes.agencies().stream()
                        .filter(one -> level.isEmpty()
                                || level.get()
                                        .equals(Integer.toString(
                                                one.code().value().split("\\.", -1).length)))
                        .forEach(one -> list.addObject()
                                .put("code", one.code().value())
                                .put(
                                        "code102",
                                        one.code102().map(OrganId::value).orElse(""))
                                .put("name", one.name())
                                .put("parent", one.parent().map(OrganId::value).orElse("")));
                answer(exchange, list);
            }
        }
    }

    /** A code of two digits is no state of the transport: it becomes a report to the sender, as if the receiver had sent one. */
    private void update(Exchange exchange, SystemId caller) {
        Mailboxes mailboxes = endpoint.mailboxes();
        String docId = needed(exchange, "docId");
        String told = needed(exchange, "state");
        Optional<StatusCode> code = StatusCode.of(told);
        if (code.isEmpty()) {
            answer(
                    exchange,
                    object().put("status", mailboxes.update(caller, docId, told).word()));
            return;
        }
        Optional<byte[]> report = mailboxes.report(caller, docId, code.get());
        if (report.isPresent()) {
            Mailboxes.Kept kept = mailboxes.put(
                    caller,
                    Mailboxes.Side.INSIDE,
                    Content.of(report.get()),
                    Set.of(),
                    new Mailboxes.Said(Optional.empty(), Optional.empty()),
                    Mailboxes.Manner.PLAIN);
            if (kept.outside().isEmpty()) {
                mailboxes.told(docId, code.get());
            }
            answer(exchange, kept(exchange, kept, Content.of(report.get())).put("status", told));
        } else {
            answer(exchange, object().put("status", told));
        }
    }

    /** Behind the hand-on of one receiver outside: the body says which exchange has taken the packet, or why none has. */
    private void handedOn(Exchange exchange) throws InvalidPayloadException {
        JsonNode said;
        try {
            said = JsonParsers.content().readTree(exchange.getMessage().getMandatoryBody(byte[].class));
        } catch (java.io.IOException | JsonParsers.NumberTooWide unreadable) {
            throw new BusException(ErrorCode.BUS_FAILED, "handed-on stands behind lgsp-hand-on, whose answer it reads");
        }
        Optional<ErrorCode> refused = ErrorCode.of(said.path("code").asText());
        if (refused.isPresent()) {
            throw new BusException(refused.get(), "the packet was not accepted for a receiver outside");
        }
        endpoint.mailboxes()
                .handedOn(
                        needed(exchange, "key"),
                        ExchangeId.of(said.path("exchange").asText()));
    }

    private void put(Exchange exchange, SystemId caller, Mailboxes.Side side) {
        try {
            Content packet = packet(exchange);
            Mailboxes.Kept kept = endpoint.mailboxes()
                    .put(
                            caller,
                            side,
                            packet,
                            receivers(exchange),
                            new Mailboxes.Said(value(exchange, "from"), value(exchange, "messageType")),
                            new Mailboxes.Manner(
                                    endpoint.getOutside().equals("together"),
                                    endpoint.getInside().equals("after-hand-on")));
            answer(exchange, kept(exchange, kept, packet));
        } catch (BusException refused) {
            boolean forGood = refused.code().party() == ErrorCode.Party.CALLER
                    && !refused.code().retry();
            if (!forGood || !endpoint.getRefusals().equals("go-on")) {
                throw refused;
            }
            answer(exchange, object().put("code", refused.code().code()));
        }
    }

    /** A packet that is handed on, or sent to a service that only sends: by its sender, to its receivers, as its media type says. */
    private void check(Exchange exchange, SystemId caller) {
        endpoint.mailboxes()
                .check(
                        caller,
                        sent(exchange),
                        new Mailboxes.Said(
                                Optional.of(carriedOrNone(exchange, "from")),
                                Optional.of(carriedOrNone(exchange, "messageType"))),
                        codes(carriedOrNone(exchange, "to")));
    }

    private static String carriedOrNone(Exchange exchange, String name) {
        return MediaTypeParameter.of(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class), name)
                .orElse("");
    }

    /** What the route hands on, in its variables, and what it is told. */
    private static ObjectNode kept(Exchange exchange, Mailboxes.Kept kept, Content packet) {
        exchange.setVariable("packet", packet.body());
        exchange.setVariable("docId", kept.docId().toString());
        exchange.setVariable("messageType", kept.type());
        exchange.setVariable("from", kept.from());
        ObjectNode said = object().put("docId", kept.docId().toString()).put("messageType", kept.type());
        ArrayNode outside = said.putArray("outside");
        kept.outside().forEach(one -> outside.add(object().put("to", one.to()).put("key", one.key())));
        return said;
    }

    /** The bytes of the packet: the body, or the file of a form; where the call has a hash of them it must be theirs. */
    private static Content packet(Exchange exchange) {
        Content sent = sent(exchange);
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
        if (type.toLowerCase(Locale.ROOT).strip().startsWith("application/json")) {
            return file(exchange, sent);
        }
        Optional<String> hash = value(exchange, "hashFile");
        return hash.isEmpty()
                ? sent
                : FileHash.proves(hash.get(), sent)
                        .orElseThrow(() -> new BusException(
                                ErrorCode.MESSAGE_INVALID,
                                "the packet is not the one whose hash was signed",
                                Integer.toString(AxisCode.INVALID_FILE),
                                null));
    }

    private static Content body(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Content held) {
            return held;
        }
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        return Content.of(bytes == null ? new byte[0] : bytes);
    }

    private static Content sent(Exchange exchange) {
        Content sent = body(exchange);
        if (sent.length() == 0) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the call has no packet: send its bytes as the body",
                    Integer.toString(AxisCode.BAD_FORMAT),
                    null);
        }
        return sent;
    }

    /** A form is JSON by here: each file has its content in base64, or is held beside it. */
    private static Content file(Exchange exchange, Content form) {
        try {
            JsonNode fields = JsonParsers.content().readTree(form.bytes());
            JsonNode type = fields.has("messagetype") ? fields.get("messagetype") : fields.path("messageType");
            if (type.isTextual()) {
                exchange.setVariable("messageType", type.textValue());
            }
            if (exchange.getProperty(Content.FILES) instanceof Map<?, ?> files
                    && files.get("edocFile") instanceof Content held) {
                return held;
            }
            return Content.of(Base64.getMimeDecoder()
                    .decode(fields.path("edocFile").path("content").asText("")));
        } catch (JsonProcessingException | IllegalArgumentException noForm) {
            throw noFile();
        } catch (java.io.IOException broken) {
            throw noFile();
        }
    }

    private static BusException noFile() {
        return new BusException(
                ErrorCode.MESSAGE_INVALID,
                "the form has no edocFile that can be read",
                Integer.toString(AxisCode.INVALID_FILE),
                null);
    }

    /** A JSON array of codes, or codes with commas between. */
    private static Set<String> receivers(Exchange exchange) {
        return codes(value(exchange, "to").orElse(""));
    }

    private static Set<String> codes(String list) {
        Set<String> found = new LinkedHashSet<>();
        for (String code : list.replaceAll("[\\[\\]\"\\s]", "").split(",", -1)) {
            if (!code.isEmpty()) {
                found.add(code.toUpperCase(Locale.ROOT));
            }
        }
        return found;
    }

    private static String type(Exchange exchange) {
        String type = value(exchange, "messageType").orElse("edoc");
        if (!TYPES.contains(type)) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the kind of a packet is edoc or status",
                    Integer.toString(AxisCode.PROCESSING),
                    null);
        }
        return type;
    }

    private static String needed(Exchange exchange, String name) {
        return value(exchange, name)
                .orElseThrow(() -> new BusException(
                        ErrorCode.MESSAGE_INVALID,
                        "the call lacks '" + name + "'",
                        Integer.toString(AxisCode.PROCESSING),
                        null));
    }

    /**
     * What the route has set; without it what the caller has said, as the SDK names it in a header: {@code XroadVnpt-docId}, {@code
     * XroadVnpt-status}, {@code XroadVnpt-hash-file}.
     */
    private static Optional<String> value(Exchange exchange, String name) {
        String set = exchange.getVariable(name, String.class);
        if (set == null) {
            String parameter = name.equals("state") ? "status" : name;
            String header = parameter.substring(0, 1).toUpperCase(Locale.ROOT)
                    + (name.equals("hashFile")
                            ? "ashFile"
                            : parameter.substring(1).toLowerCase(Locale.ROOT));
            set = exchange.getVariable("xroadvnpt" + header, String.class);
        }
        return Optional.ofNullable(set).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static ObjectNode object() {
        return JsonParsers.content().createObjectNode();
    }

    private ObjectNode entry(SystemId caller, MailboxRows.Entry one) {
        return object().put("docId", one.entry().toString())
                .put("senderDocId", one.packet().toString())
                .put("messageType", one.type())
                .put("from", endpoint.mailboxes().code(caller, one.from()))
                .put("to", endpoint.mailboxes().code(caller, one.receiver()))
                .put("status", one.state().word())
                .put("created", one.created().toString())
                .put("updated", one.updated().toString());
    }

    private static void answer(Exchange exchange, JsonNode content) {
        answer(exchange, "application/json", Content.of(content.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void answer(Exchange exchange, String type, Content content) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        exchange.getMessage().setBody(content.body());
    }

    /** A content that the exchange gives back at its end. */
    private static Content kept(Exchange exchange, Content content) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                Holding.discard(content);
            }
        });
        return content;
    }
}
