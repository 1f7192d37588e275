package vn.lgsp.deliver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Content;
import vn.lgsp.message.Discardable;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.MediaTypeParameter;
import vn.lgsp.message.Passage;
import vn.lgsp.parse.JsonParsers;

/**
 * Calls the document axis. It answers 200 whatever happened, so the envelope decides: what it refuses for good is {@code
 * provider-refused}, what may go better later {@code provider-failed}, both with its own code; what is no answer is {@code
 * provider-invalid}.
 */
final class AxisProducer extends SystemProducer {
    private static final Logger LOG = LoggerFactory.getLogger(AxisProducer.class);

    /** The axis' id of the document that a call is about. */
    private static final String DOCUMENT = "lgsp.axis-document";

    private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9]*)}");
    private static final Pattern WORD = Pattern.compile("[\\x21-\\x7E]{1,2000}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,16}");

    /** It refuses the bus and not the packet: its secret, or its time. */
    private static final String WRONG_KEY = "15";

    /** A clock that is further away than this may be what is refused; the axis' tolerance is not known. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);

    private final AxisEndpoint endpoint;

    AxisProducer(AxisEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    private AxisForm form(Exchange exchange, Passage passage) {
        OutboundCredential credential =
                endpoint.client().credential(endpoint.system()).orElse(null);
        if (credential instanceof OutboundCredential.DocumentAxis) {
            return new AxisSdk(endpoint.hashFileStyle());
        }
        if (credential instanceof OutboundCredential.DocumentAxisRest) {
            return new AxisRest(
                    endpoint.getDays(),
                    () -> endpoint.client().clock().instant(),
                    passage.delivery().map(Object::toString).orElse(passage.id().toString()));
        }
        throw new BusException(
                ErrorCode.ROUTE_REFUSED,
                endpoint.system()
                        + " is no document axis: its credential in the registry needs the scheme document-axis or"
                        + " document-axis-rest");
    }

    @Override
    OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException {
        boolean sends = endpoint.task() == AxisForm.Task.SEND;
        Optional<String> docId = value(exchange, "docId", endpoint.getDocId());
        exchange.setProperty(DOCUMENT, docId.orElse(""));
        AxisForm.Sheet sheet = form(exchange, passage)
                .sheet(
                        endpoint.task(),
                        new AxisForm.Slip(
                                value(exchange, "messageType", endpoint.getMessageType())
                                        .orElse("edoc"),
                                value(exchange, "from", endpoint.getFrom()).map(endpoint::code),
                                value(exchange, "to", endpoint.getTo()).map(this::codes),
                                docId,
                                value(exchange, "state", endpoint.getState()),
                                sends ? packet(exchange) : asked(exchange),
                                value(exchange, "agencyCode", endpoint.getAgencyCode())
                                        .map(endpoint::code),
                                Optional.of(value(exchange, "level", endpoint.getLevel())
                                                .orElse("1"))
                                        .filter(level -> !level.equals("all"))));
        Map<String, String> headers =
                CallHeaders.mapped(exchange.getProperty(Inbound.PROPERTY, Inbound.class), passage);
        headers.put("accept", "application/json");
        headers.putAll(sheet.headers());
        return new OutboundClient.Call(
                endpoint.system(),
                sheet.method(),
                sheet.path(),
                headers,
                Optional.of(sheet.body())
                        .filter(body -> body.length() > 0 && isSmall(body))
                        .map(AxisProducer::buffer),
                Optional.empty(),
                false,
                Optional.of(sheet.body()).filter(body -> !isSmall(body)));
    }

    private boolean isSmall(Content body) {
        return body.length() <= endpoint.client().holding().memoryLimit();
    }

    private static Buffer buffer(Content content) {
        Buffer buffer = Buffer.buffer();
        content.read((piece, length) -> buffer.appendBytes(piece, 0, length));
        return buffer;
    }

    /** The packet as the axis reads it; what was made for it is given back with the exchange. */
    private Content packet(Exchange exchange) throws InvalidPayloadException {
        Content given = exchange.getMessage().getBody() instanceof Content held
                ? held
                : Content.of(exchange.getMessage().getMandatoryBody(byte[].class));
        Content coded = endpoint.coded(given);
        if (coded instanceof Discardable copy && coded != given) {
            givesBack(exchange, copy);
        }
        return coded;
    }

    private static void givesBack(Exchange exchange, Discardable held) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                held.discard();
            }
        });
    }

    /** What an organisation is registered with, in the words of the axis: {@code id, pcode, code, name, mail, mobile, fax}. */
    private Content asked(Exchange exchange) throws InvalidPayloadException {
        if (endpoint.task() != AxisForm.Task.REGISTER_AGENCY) {
            return Content.of(new byte[0]);
        }
        byte[] body = exchange.getMessage().getMandatoryBody(byte[].class);
        try {
            JsonNode agency = JsonParsers.content().readTree(body);
            if (agency != null && agency.isObject()) {
                return Content.of(body);
            }
        } catch (IOException | JsonParsers.NumberTooWide notJson) {
            // told below
        }
        throw new BusException(ErrorCode.MESSAGE_INVALID, "an organisation is registered as a JSON object");
    }

    private String codes(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .map(endpoint::code)
                .collect(Collectors.joining(","));
    }

    /** What the option says; without it the variable of its name, or what was carried in the media type. */
    private static Optional<String> value(Exchange exchange, String name, String option) {
        String value;
        Matcher variable = VARIABLE.matcher(option);
        if (option.isEmpty()) {
            value = exchange.getVariable(name, String.class);
            if (value == null) {
                value = carried(exchange, name).orElse(null);
            }
        } else if (variable.matches()) {
            value = exchange.getVariable(variable.group(1), String.class);
        } else {
            value = option;
        }
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        if (!WORD.matcher(value.strip()).matches()) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "'" + name + "' of a call to the document axis has letters beyond ASCII");
        }
        return Optional.of(value.strip());
    }

    private static Optional<String> carried(Exchange exchange, String name) {
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
        return MediaTypeParameter.of(type, name);
    }

    @Override
    void unanswered(Exchange exchange, Throwable failure) {
        // a breaker or a bulkhead says nothing of this document
        if (BusException.in(failure)
                .map(BusException::code)
                .filter(Set.of(ErrorCode.PROVIDER_TIMEOUT, ErrorCode.PROVIDER_UNREACHABLE)::contains)
                .isPresent()) {
            missed(exchange);
        }
    }

    private void missed(Exchange exchange) {
        String docId = exchange.getProperty(DOCUMENT, "", String.class);
        boolean ofDocument = endpoint.task() == AxisForm.Task.FETCH || endpoint.task() == AxisForm.Task.UPDATE_STATUS;
        if (ofDocument && !docId.isEmpty()) {
            endpoint.patience()
                    .missed(endpoint.system(), docId, endpoint.client().clock().instant());
        }
    }

    @Override
    void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        int status = answer.head().statusCode();
        Duration ahead = ahead(answer.head().getHeader("date"));
        if (status < 200 || status >= 300) {
            answer.discard();
            missed(exchange);
            back(
                    exchange,
                    passage,
                    callback,
                    new BusException(
                            status >= 500 ? ErrorCode.PROVIDER_FAILED : ErrorCode.PROVIDER_REFUSED,
                            endpoint.system() + " answered with a status that its form does not have",
                            "HTTP " + status,
                            null));
            return;
        }
        if (endpoint.task() == AxisForm.Task.FETCH) {
            endpoint.client()
                    .hold(answer, new PacketAnswer(endpoint.client().holding(), this::invalid))
                    .onComplete(read -> {
                        if (read.failed()) {
                            missed(exchange);
                            back(exchange, passage, callback, read.cause());
                            return;
                        }
                        givesBack(exchange, read.result());
                        goOn(exchange, passage, read.result().rest(), ahead, read.result()::packet, callback);
                    });
            return;
        }
        answer.read(endpoint.client().memoryLimit()).onComplete(read -> {
            if (read.failed()) {
                missed(exchange);
                back(exchange, passage, callback, read.cause());
                return;
            }
            goOn(exchange, passage, read.result().getBytes(), ahead, text -> Optional.empty(), callback);
        });
    }

    /** A packet, or a list, is not read on the event loop. */
    private void goOn(
            Exchange exchange,
            Passage passage,
            byte[] said,
            Duration ahead,
            Function<String, Optional<Content>> packet,
            AsyncCallback callback) {
        passage.work().execute(() -> {
            Thrown.by(() -> take(exchange, passage, said, ahead, packet)).ifPresent(failure -> {
                missed(exchange);
                exchange.setException(failure);
            });
            callback.done(false);
        });
    }

    /** How far the clock of the axis is ahead of ours, by the date on its answer; zero where it says none. */
    private Duration ahead(@Nullable String date) {
        if (date == null) {
            return Duration.ZERO;
        }
        try {
            return Duration.between(
                    endpoint.client().clock().instant(),
                    ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException noDate) {
            return Duration.ZERO;
        }
    }

    private BusException failed(Passage passage, String code, Duration ahead) {
        // a packet is not parked because the bus is refused: it goes out when the secret, or the clock, is mended
        ErrorCode error = endpoint.isFinal(code)
                        && !(code.equals(WRONG_KEY) && passage.delivery().isPresent())
                ? ErrorCode.PROVIDER_REFUSED
                : ErrorCode.PROVIDER_FAILED;
        if (!code.equals(WRONG_KEY) || ahead.abs().compareTo(CLOCKS_DIFFER) <= 0) {
            return new BusException(
                    error,
                    endpoint.system() + " reported an error of its own",
                    CODE.matcher(code).matches() ? code : "?",
                    null);
        }
        LOG.atWarn()
                .addKeyValue("event", "axis.clocks-differ")
                .addKeyValue("system", endpoint.system())
                .addKeyValue("seconds", ahead.toSeconds())
                .log("the axis refuses how a call is signed, and its clock is not ours: set the clock of this machine");
        return new BusException(
                error,
                endpoint.system() + " refused how the call was signed, and by its answer its clock is "
                        + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of")
                        + " that of the bus",
                "%s clock%+ds".formatted(code, ahead.toSeconds()),
                null);
    }

    /** @param packet finds what a text of the answer stands for, where that is held */
    private void take(
            Exchange exchange,
            Passage passage,
            byte[] said,
            Duration ahead,
            Function<String, Optional<Content>> packet) {
        JsonNode json;
        try {
            json = JsonParsers.content().readTree(said);
        } catch (JsonProcessingException | JsonParsers.NumberTooWide notJson) {
            throw invalid("answered with something that is not JSON, or is cut off");
        } catch (IOException broken) {
            throw invalid("answered with bytes that cannot be read");
        }
        if (json == null) {
            throw invalid("answered with nothing");
        }
        AxisForm.Answer answer = form(exchange, passage)
                .answer(endpoint.task(), json)
                .orElseThrow(() -> invalid("answered with JSON that is not of its form"));
        if (answer.failure().isPresent()) {
            throw failed(passage, answer.failure().get(), ahead);
        }
        exchange.getMessage().removeHeaders("*");
        switch (endpoint.task()) {
            case FETCH -> {
                String text = answer.data().path("packet").asText();
                exchange.getMessage()
                        .setBody(packet.apply(text)
                                .orElseGet(() -> Content.of(packet(text)))
                                .body());
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/xml");
            }
            case LIST -> json(exchange, first(answer.data()));
            case UPDATE_STATUS -> {
                endpoint.patience().had(endpoint.system(), exchange.getProperty(DOCUMENT, "", String.class));
                json(exchange, answer.data());
            }
            default -> json(exchange, answer.data());
        }
    }

    /** The first that are due. */
    private JsonNode first(JsonNode list) {
        Instant now = endpoint.client().clock().instant();
        ArrayNode some = AxisForm.array();
        for (JsonNode one : list) {
            if (some.size() < endpoint.getLimit()
                    && endpoint.patience()
                            .isDue(endpoint.system(), one.path("docId").asText(), now)) {
                some.add(one);
            }
        }
        return some;
    }

    private static void json(Exchange exchange, JsonNode content) {
        exchange.getMessage().setBody(content.toString().getBytes(StandardCharsets.UTF_8));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    /** In base64; the REST form is also known to give the XML itself. */
    private byte[] packet(String text) {
        if (text.stripLeading().startsWith("<")) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            byte[] packet = Base64.getMimeDecoder().decode(text);
            if (packet.length > 0) {
                return packet;
            }
        } catch (IllegalArgumentException notBase64) {
            // told below, without what it was
        }
        throw invalid("gave a packet that is not base64, or is empty");
    }

    private BusException invalid(String what) {
        return new BusException(ErrorCode.PROVIDER_INVALID, endpoint.system() + " " + what);
    }
}
