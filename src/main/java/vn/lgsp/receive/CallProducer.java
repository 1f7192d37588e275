package vn.lgsp.receive;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import vn.lgsp.catalogue.Calls;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/**
 * Calls another service of the bus: an exchange of its own, which begins at the way's one entry and waits without a thread. Its record
 * has the id of the calling exchange as its correlation.
 *
 * <p>A 2xx goes on, as does a status that {@code answers} names; a failure is the failure of the call, under the same code. What the
 * called service says against its caller is the business of the route that called, not of whoever called that: {@code
 * provider-refused}, with the code as the provider's own (BUS-10).
 */
final class CallProducer extends InnerProducer {
    /** Exchanges that wait for one another; a rule refuses the circles that can be seen in cards. */
    static final int DEEPEST = 8;

    private static final Set<String> HANDED_ON = Set.of("traceparent", "tracestate");

    private final CallEndpoint endpoint;

    CallProducer(CallEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    Arrival arrival(Exchange exchange, Passage passage) throws InvalidPayloadException {
        CallComponent.Connected bus = endpoint.connected();
        Calls calls = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class)
                .calls()
                .filter(named -> named.services().contains(endpoint.service()))
                .orElseThrow(() -> new BusException(
                        ErrorCode.ROUTE_REFUSED,
                        "the route calls " + endpoint.service() + ", which its service's card does not name"));
        if (passage.depth() == DEEPEST) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "services call one another more than " + DEEPEST + " deep");
        }
        ServiceCard card = bus.catalogue()
                .now()
                .service(endpoint.service())
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNAVAILABLE, endpoint.service() + ", which is called, is not deployed"));
        Operation operation = card.operations().stream()
                .filter(one -> one.id().equals(endpoint.operation())
                        && one.isRest()
                        && card.mode() != ServiceCard.Mode.GUARANTEED)
                .findFirst()
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNAVAILABLE,
                        endpoint.service() + " has no operation " + endpoint.operation() + " that can be called"));
        Passage called = new Passage(
                ExchangeId.at(bus.clock().millis()),
                bus.clock().instant(),
                System.nanoTime(),
                "CALL",
                passage.id().toString(),
                passage.home());
        called.sentUnder(calls.account());
        called.calledBy(passage);
        boolean body = !operation.accepts().isEmpty() && exchange.getMessage().getBody() != null;
        byte[] content = body ? exchange.getMessage().getMandatoryBody(byte[].class) : new byte[0];
        return new Arrival(
                called,
                new Inbound(
                        Door.CALL,
                        operation.method(),
                        card.key().id().value(),
                        card.key().version(),
                        kept(path(exchange, operation), operation, card),
                        query(exchange, operation),
                        headers(exchange, operation)),
                MessageBody.of(content, called),
                body
                        ? Optional.of(exchange.getMessage()
                                .getHeader(
                                        Exchange.CONTENT_TYPE,
                                        operation.accepts().get(0),
                                        String.class))
                        : Optional.empty());
    }

    private static String path(Exchange exchange, Operation operation) {
        String path = operation.path().toString();
        for (String name : operation.path().names()) {
            String value = variable(exchange, name)
                    .orElseThrow(() -> new BusException(
                            ErrorCode.BUS_FAILED,
                            "the path of the called operation needs the variable " + name + ", which is not set"));
            path = path.replace("{" + name + "}", segment(value)).replace("{" + name + "+}", rest(value));
        }
        return path;
    }

    /** The values come from callers too: none of them makes another operation of this one. */
    private static String kept(String path, Operation operation, ServiceCard card) {
        boolean same = card.operations().stream()
                .filter(one -> one.isRest() && one.takes(operation.method()))
                .filter(one -> one.path().match(path).isPresent())
                .findFirst()
                .filter(operation::equals)
                .isPresent();
        if (!same) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "a value for the path of the operation " + operation.id() + " of " + card.key()
                            + ", which is called, makes the path of another one, or of none");
        }
        return path;
    }

    private static String query(Exchange exchange, Operation operation) {
        StringBuilder query = new StringBuilder();
        operation.query().stream().sorted().forEach(name -> variable(exchange, name)
                .ifPresent(value -> query.append(query.isEmpty() ? "" : "&")
                        .append(encoded(name))
                        .append('=')
                        .append(encoded(value))));
        return query.toString();
    }

    private static List<Map.Entry<String, String>> headers(Exchange exchange, Operation operation) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (Map.Entry<String, String> header :
                exchange.getProperty(Inbound.PROPERTY, Inbound.class).headers()) {
            if (HANDED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                headers.add(header);
            }
        }
        for (String name : operation.headers()) {
            variable(exchange, Operation.variable(name)).ifPresent(value -> headers.add(Map.entry(name, value)));
        }
        return headers;
    }

    private static Optional<String> variable(Exchange exchange, String name) {
        return Optional.ofNullable(exchange.getVariable(name, String.class));
    }

    /** As it stands in a path, for so it came: what is encoded already is not encoded again. */
    private static String rest(String value) {
        return Arrays.stream(value.split("/", -1))
                .map(part -> segment(part).replaceAll("%25([0-9A-Fa-f]{2})", "%$1"))
                .collect(Collectors.joining("/"));
    }

    /** Of dots alone it would climb the path. */
    private static String segment(String value) {
        String encoded = encoded(value);
        return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : encoded;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    void begin(Exchange exchange, Passage passage, Arrival arrival, Answered answered) {
        Passage called = arrival.passage();
        passage.whenCallerGone(called::callerGone);
        if (passage.isCallerGone()) {
            called.callerGone();
        }
        endpoint.connected().way().walk(arrival, (reply, ended) -> Future.succeededFuture(reply)
                .compose(this::content)
                .onComplete(read -> answered.by(() -> {
                    try {
                        take(exchange, passage, called, reply, read);
                    } finally {
                        ended.with(read.succeeded());
                    }
                })));
    }

    private void take(Exchange exchange, Passage passage, Passage called, Reply reply, AsyncResult<Buffer> read) {
        if (read.failed()) {
            BusException why = BusException.in(read.cause())
                    .orElseGet(() -> new BusException(
                            ErrorCode.BUS_FAILED, "the answer of " + endpoint.service() + " broke off", read.cause()));
            called.failed(why.code(), why.partnerCode().orElse(null));
            reply.discard();
        }
        Optional<BusException> failure = failure(passage, called, reply.status());
        if (failure.isPresent()) {
            throw failure.get();
        }
        take(exchange, reply, read.result());
    }

    private Future<Buffer> content(Reply reply) {
        if (reply.stream().isEmpty()) {
            return Future.succeededFuture(reply.content());
        }
        int limit = endpoint.connected().answerLimit();
        ReadStream<Buffer> stream = reply.stream().get();
        Promise<Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        stream.exceptionHandler(whole::tryFail);
        stream.endHandler(end -> whole.tryComplete(read));
        stream.handler(next -> {
            if (read.length() + next.length() > limit) {
                stream.pause();
                whole.tryFail(new BusException(
                        ErrorCode.PROVIDER_INVALID,
                        "the answer of " + endpoint.service() + " is larger than the " + limit
                                + " bytes that a call may read"));
            } else {
                Thrown.by(() -> read.appendBuffer(next)).ifPresent(whole::tryFail);
            }
        });
        stream.resume();
        return whole.future();
    }

    private Optional<BusException> failure(Passage passage, Passage called, int status) {
        Optional<ErrorCode> code = called.error();
        if (code.isEmpty()) {
            boolean good = (status >= 200 && status < 300) || endpoint.documents(status);
            return good
                    ? Optional.empty()
                    : Optional.of(
                            status == 404
                                    ? new BusException(
                                            ErrorCode.RECORD_NOT_FOUND, endpoint.service() + " has no such record")
                                    : refused("HTTP " + status));
        }
        called.retryAfter().ifPresent(passage::retryAfter);
        if (code.get().party() == ErrorCode.Party.CALLER && code.get() != ErrorCode.RECORD_NOT_FOUND) {
            return Optional.of(refused(code.get().code()));
        }
        return Optional.of(new BusException(
                code.get(),
                endpoint.service() + ", which is called: " + code.get().meaning(),
                called.partnerCode().orElse(null),
                null));
    }

    private BusException refused(String how) {
        return new BusException(ErrorCode.PROVIDER_REFUSED, endpoint.service() + " refused the call", how, null);
    }

    private static void take(Exchange exchange, Reply reply, Buffer content) {
        for (Map.Entry<String, String> header : reply.headers()) {
            if (header.getKey().equalsIgnoreCase("content-encoding")
                    && !header.getValue().equalsIgnoreCase("identity")) {
                throw new BusException(
                        ErrorCode.PROVIDER_INVALID, "the called service answered under a Content-Encoding");
            }
        }
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, reply.status());
        reply.headers().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
                .findFirst()
                .ifPresent(header -> exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, header.getValue()));
        exchange.getMessage().setBody(content.getBytes());
    }
}
