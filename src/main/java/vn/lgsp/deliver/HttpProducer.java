package vn.lgsp.deliver;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.SynchronizationAdapter;
import vn.lgsp.catalogue.CallParameter;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.form.FormData;
import vn.lgsp.message.Content;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.XRoad;

/**
 * Makes an HTTP call.
 *
 * <p>A 2xx goes on. A documented 404 of a mapped call ends as {@code record-not-found}; other documented statuses go on with the
 * status in {@code CamelHttpResponseCode}. Everything else is {@code provider-refused} (4xx, redirects) or {@code
 * provider-failed} (5xx), with the provider's status kept as its code; on a delivery nothing but a 2xx is well (DLV-03).
 */
final class HttpProducer extends SystemProducer {
    private static final Pattern CONTROL_OR_BEYOND = Pattern.compile("[^\\x20-\\x7E\t]");

    /** Instead of the fields of a form: it has those of the body. */
    private static final String EVERY_MEMBER = "*";

    private static final Set<String> CONDITIONS =
            Set.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since");
    private static final Set<String> RANGE = Set.of("range");
    private static final Set<String> ASKING = Set.of("GET", "HEAD");

    private final HttpEndpoint endpoint;
    private final List<CallParameter> headerParameters;
    private final List<CallParameter> queryParameters;
    private final List<CallParameter> formParts;
    private final List<CallParameter> formFields;

    HttpProducer(HttpEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.headerParameters = CallParameter.headers(endpoint.getHeaders());
        this.queryParameters = CallParameter.query(endpoint.getQuery());
        this.formParts = CallParameter.parts(endpoint.getMultipart());
        this.formFields = endpoint.getForm().equals(EVERY_MEMBER) ? List.of() : CallParameter.parts(endpoint.getForm());
    }

    @Override
    OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException {
        Inbound inbound = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        Object body = exchange.getMessage().getBody();
        Optional<ReadStream<Buffer>> stream = Optional.empty();
        Optional<Buffer> content = Optional.empty();
        Optional<Content> held = Optional.empty();
        if (body instanceof ReadStream<?> raw) {
            @SuppressWarnings("unchecked") // the only stream on the way is the one of receive
            ReadStream<Buffer> typed = (ReadStream<Buffer>) raw;
            stream = passage.request().isPresent() ? Optional.empty() : Optional.of(typed);
        } else if (body instanceof Content large
                && formParts.isEmpty()
                && endpoint.getForm().isEmpty()) {
            held = Optional.of(large);
        } else if (body != null) {
            content = Optional.of(Buffer.buffer(exchange.getMessage().getMandatoryBody(byte[].class)));
        }
        if (endpoint.isPassThrough()) {
            String query = inbound.query().isEmpty() ? "" : "?" + inbound.query();
            return new OutboundClient.Call(
                    endpoint.system(),
                    inbound.method(),
                    endpoint.path() + inbound.path() + query,
                    CallHeaders.passing(inbound, passage),
                    content,
                    stream,
                    stream.isPresent());
        }
        String path = (endpoint.getXRoad().isEmpty() ? "" : XRoad.path(endpoint.getXRoad()))
                + PathFiller.fill(
                        endpoint.path(), name -> Optional.ofNullable(exchange.getVariable(name, String.class)));
        String method = !endpoint.getMethod().isEmpty()
                ? endpoint.getMethod()
                : body == null && formParts.isEmpty() && endpoint.getForm().isEmpty() ? "GET" : "POST";
        Map<String, String> headers = CallHeaders.mapped(inbound, passage);
        headers.put("accept", "application/json");
        if (endpoint.isGzip()) {
            headers.put("accept-encoding", "gzip");
        }
        if (!endpoint.getXRoad().isEmpty()) {
            tellXRoad(exchange, passage, headers);
        }
        setHeaders(exchange, headers);
        if (method.equals("GET") || method.equals("DELETE")) {
            content = Optional.empty();
            held = Optional.empty();
        } else if (!formParts.isEmpty()) {
            FormData.Written form = FormData.write(fields(exchange, formParts, content), HttpProducer::unsendable);
            headers.put("content-type", form.contentType());
            content = Optional.of(Buffer.buffer(form.content()));
        } else if (!endpoint.getForm().isEmpty()) {
            List<FormData.Field> fields = formFields.isEmpty()
                    ? FormData.members(bytes(content), HttpProducer::unsendable)
                    : fields(exchange, formFields, content);
            headers.put("content-type", FormData.URLENCODED);
            content = Optional.of(Buffer.buffer(FormData.urlencoded(fields, HttpProducer::unsendable)));
        } else if (content.isPresent() || held.isPresent()) {
            headers.put(
                    "content-type",
                    exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "application/json", String.class));
        }
        return endpoint.client()
                .packed(new OutboundClient.Call(
                        endpoint.system(), method, path + query(exchange), headers, content, stream, false, held));
    }

    private void tellXRoad(Exchange exchange, Passage passage, Map<String, String> headers) {
        XRoad.Head head = XRoadCall.head(
                Optional.ofNullable(exchange.getVariable(XRoadCall.USER_ID, String.class)),
                passage,
                endpoint.getXRoad(),
                "",
                endpoint.getXRoadParty());
        headers.put("x-road-id", head.id());
        headers.put("x-road-issue", head.issue());
        head.user().ifPresent(user -> headers.put("x-road-userid", user));
        head.party().ifPresent(party -> headers.put("x-road-represented-party", party.toString()));
    }

    private void setHeaders(Exchange exchange, Map<String, String> headers) {
        for (CallParameter parameter : headerParameters) {
            String value = exchange.getVariable(parameter.variable(), String.class);
            if (value != null) {
                if (CONTROL_OR_BEYOND.matcher(value).find()) {
                    throw new BusException(
                            ErrorCode.BUS_FAILED,
                            "the header " + parameter.name()
                                    + " of the call would have characters that no header can carry:"
                                    + " the route must percent-encode them");
                }
                headers.put(parameter.name().toLowerCase(Locale.ROOT), value);
            }
        }
    }

    private String query(Exchange exchange) {
        StringBuilder query = new StringBuilder();
        for (CallParameter parameter : queryParameters) {
            String variable = parameter.variable();
            for (String value :
                    CallValues.texts(exchange.getVariable(variable), variable, each -> text(exchange, each))) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(encoded(parameter.name()))
                        .append('=')
                        .append(encoded(value));
            }
        }
        return query.toString();
    }

    private static String text(Exchange exchange, Object value) {
        return exchange.getContext().getTypeConverter().convertTo(String.class, exchange, value);
    }

    private static BusException unsendable(String what) {
        return new BusException(ErrorCode.MESSAGE_INVALID, "the form to be sent " + what);
    }

    private static byte[] bytes(Optional<Buffer> content) {
        return content.map(Buffer::getBytes).orElse(new byte[0]);
    }

    /** The parts or fields that the route names, from members of the JSON body and from variables. */
    private static List<FormData.Field> fields(Exchange exchange, List<CallParameter> named, Optional<Buffer> content) {
        boolean ofBody = named.stream().anyMatch(part -> part.variable().isEmpty());
        Optional<JsonNode> body =
                ofBody ? Optional.of(FormData.object(bytes(content), HttpProducer::unsendable)) : Optional.empty();
        List<FormData.Field> fields = new ArrayList<>();
        for (CallParameter part : named) {
            JsonNode value = part.variable().isEmpty()
                    ? body.orElseThrow().path(part.name())
                    : CallValues.json(exchange.getVariable(part.variable()), each -> text(exchange, each));
            fields.add(new FormData.Field(part.name(), value));
        }
        return fields;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        take(exchange, passage, answer, false, callback);
    }

    @Override
    void takeAgain(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        take(exchange, passage, answer, true, callback);
    }

    private void take(
            Exchange exchange, Passage passage, ProviderAnswer answer, boolean again, AsyncCallback callback) {
        int status = answer.head().statusCode();
        // A refusal that the contract documents is an answer for whoever waits for one; the content of a delivery is
        // not there.
        boolean documented = passage.delivery().isEmpty()
                && (endpoint.documents(status)
                        || (endpoint.isPassThrough()
                                && (status == 304
                                        || (status == 412 && asksWith(exchange, CONDITIONS))
                                        || (status == 416 && asksWith(exchange, RANGE))
                                        || (exchange.getProperty(Operation.PROPERTY) instanceof Operation asked
                                                && asked.answers().contains(status)))));
        String xRoad = endpoint.getXRoad().isEmpty() ? null : answer.head().getHeader(XRoadCall.ERROR);
        if (xRoad != null) {
            answer.discard();
            back(exchange, passage, callback, XRoadCall.failure(endpoint.system(), xRoad));
            return;
        }
        if ((status < 200 || status >= 300) && !documented) {
            answer.discard();
            back(exchange, passage, callback, undocumented(status));
            return;
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                // a branch of a route ends on a worker
                passage.home().execute(answer::discard);
            }
        });
        if (endpoint.isPassThrough()) {
            head(exchange, status);
            exchange.setProperty(Passage.PROVIDER_HEADERS, answer.head().headers());
            exchange.getMessage().setBody(answer);
            back(exchange, passage, callback, null);
            return;
        }
        if (status == 404) {
            answer.discard();
            head(exchange, status);
            back(
                    exchange,
                    passage,
                    callback,
                    new BusException(ErrorCode.RECORD_NOT_FOUND, endpoint.system() + " has no such record"));
            return;
        }
        answer.read(endpoint.client().memoryLimit()).onComplete(read -> {
            if (read.failed() || answer.session().isEmpty()) {
                goOn(exchange, passage, answer, read, callback);
                return;
            }
            endpoint.client()
                    .sessionEnd(endpoint.system(), answer.session().get(), read.result(), again)
                    .onComplete(said -> {
                        if (said.succeeded() && isRepeated(exchange, said.result())) {
                            again(exchange, passage, callback);
                        } else {
                            goOn(exchange, passage, answer, read, callback);
                        }
                    });
        });
    }

    /** What was sent is not needed any more. */
    private static void head(Exchange exchange, int status) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    }

    private static void goOn(
            Exchange exchange,
            Passage passage,
            ProviderAnswer answer,
            AsyncResult<Buffer> read,
            AsyncCallback callback) {
        head(exchange, answer.head().statusCode());
        Optional<Throwable> broken = read.failed()
                ? Optional.of(read.cause())
                : Thrown.by(() -> {
                    exchange.getMessage().setBody(read.result().getBytes());
                    String type = answer.head().getHeader("content-type");
                    if (type != null) {
                        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
                    }
                });
        back(exchange, passage, callback, broken.orElse(null));
    }

    /**
     * Whether the call is made once more in a new session. Where the system has not said for sure that it has done nothing, only what its
     * own caller could ask twice: nothing is made double.
     */
    private static boolean isRepeated(Exchange exchange, OutboundClient.SessionEnd end) {
        return switch (end) {
            case NO -> false;
            case PERHAPS ->
                ASKING.contains(
                        exchange.getProperty(Inbound.PROPERTY, Inbound.class).method());
            case SURELY -> true;
        };
    }

    /** Whether the caller itself has set the condition that this answer speaks of. */
    private static boolean asksWith(Exchange exchange, Set<String> names) {
        for (Map.Entry<String, String> header :
                exchange.getProperty(Inbound.PROPERTY, Inbound.class).headers()) {
            if (names.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private BusException undocumented(int status) {
        return status >= 500
                ? new BusException(
                        ErrorCode.PROVIDER_FAILED,
                        endpoint.system() + " reported an error of its own",
                        "HTTP " + status,
                        null)
                : new BusException(
                        ErrorCode.PROVIDER_REFUSED,
                        endpoint.system() + " refused the call by its status",
                        "HTTP " + status,
                        null);
    }
}
