package vn.lgsp.guarantee;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;

/**
 * Tells the system that sent an exchange how each of its deliveries stands: {@code GET /exchanges/{id}} (DLV-06).
 *
 * <p>Only the sender is told. For everybody else, and for an exchange that was never acknowledged, the answer is the same as for one
 * that does not exist. Fails with {@code exchange-unknown}, {@code method-not-allowed}, {@code message-invalid}, {@code bus-busy}, or
 * {@code record-unavailable} while the database does not answer.
 */
public final class TellStateStep extends AsyncProcessorSupport {
    private static final String OPERATION = "/exchanges/{id}";

    /** The first of these in which a delivery stands is the state of the whole: what somebody must act on goes before good news. */
    private static final List<DeliveryState> BY_WEIGHT = List.of(
            DeliveryState.PARKED,
            DeliveryState.EXPIRED,
            DeliveryState.DELIVERING,
            DeliveryState.ACCEPTED,
            DeliveryState.WAITING,
            DeliveryState.DELIVERED);

    private final Function<ExchangeId, Optional<ExchangeStatus>> statuses;
    private final Executor readers;

    /**
     * @param statuses finds an acknowledged exchange; may block, and throws {@link BusException} when the database does not answer
     * @param readers where it may block; refuses work that it has no room for
     */
    public TellStateStep(Function<ExchangeId, Optional<ExchangeStatus>> statuses, Executor readers) {
        this.statuses = statuses;
        this.readers = readers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.AUTHORISE);
        ExchangeId asked;
        try {
            asked = asked(exchange, request);
        } catch (BusException refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        passage.asksFor("GET " + OPERATION);
        SystemId asking = passage.caller().orElseThrow().system();
        try {
            readers.execute(() -> {
                read(exchange, passage, asked, asking);
                passage.home().execute(() -> callback.done(false));
            });
        } catch (RejectedExecutionException full) {
            exchange.setException(
                    new BusException(ErrorCode.BUS_BUSY, "too many systems ask for states now: ask again", full));
            callback.done(true);
            return true;
        }
        return false;
    }

    private static ExchangeId asked(Exchange exchange, Inbound request) {
        if (!request.method().equals("GET")) {
            exchange.setProperty(Inbound.ALLOW, "GET");
            throw new BusException(ErrorCode.METHOD_NOT_ALLOWED, "the state of an exchange can only be read: use GET");
        }
        if (!request.query().isEmpty()) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, "the state of an exchange has no query parameters");
        }
        try {
            return ExchangeId.of(request.path().substring(1));
        } catch (IllegalArgumentException noId) {
            throw unknown();
        }
    }

    private void read(Exchange exchange, Passage passage, ExchangeId asked, SystemId asking) {
        try {
            ExchangeStatus found = statuses.apply(asked)
                    .filter(status -> status.source().equals(asking))
                    .orElseThrow(TellStateStep::unknown);
            Message message = exchange.getMessage();
            message.removeHeaders("*");
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
            message.setHeader("Cache-Control", "no-store");
            message.setBody(json(found).toBuffer().getBytes());
        } catch (BusException failed) {
            boolean unread = failed.code().party() == ErrorCode.Party.US;
            passage.enter(unread ? Stage.RECORD : Stage.AUTHORISE);
            // The codes of accepting would say that nothing was kept, which nobody can know here.
            exchange.setException(
                    unread
                            ? new BusException(
                                    ErrorCode.RECORD_UNAVAILABLE,
                                    "how the deliveries stand cannot be read now; nothing about them has changed:"
                                            + " ask again",
                                    failed)
                            : failed);
        } catch (RuntimeException | Error broken) {
            exchange.setException(broken);
        }
    }

    private static BusException unknown() {
        return new BusException(
                ErrorCode.EXCHANGE_UNKNOWN,
                "your system has sent no guaranteed exchange with this id: use the X-LGSP-Exchange of its"
                        + " acknowledgement");
    }

    private static JsonObject json(ExchangeStatus status) {
        JsonArray deliveries = new JsonArray();
        status.deliveries().forEach(delivery -> deliveries.add(json(delivery)));
        JsonObject json = new JsonObject()
                .put("exchange", status.id().toString())
                .put("service", status.service().toString())
                .put("state", state(status).label());
        status.messageId().ifPresent(id -> json.put("messageId", id));
        return json.put("acceptedAt", status.acceptedAt().toString()).put("deliveries", deliveries);
    }

    private static DeliveryState state(ExchangeStatus status) {
        return BY_WEIGHT.stream()
                .filter(state -> status.deliveries().stream().anyMatch(delivery -> delivery.state() == state))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("an exchange without deliveries"));
    }

    private static JsonObject json(DeliveryStatus delivery) {
        JsonObject json = new JsonObject()
                .put("delivery", delivery.id().toString())
                .put("destination", delivery.destination().value())
                .put("state", delivery.state().label())
                .put("attempts", delivery.attempts());
        if (!delivery.after().isEmpty()) {
            json.put(
                    "after",
                    new JsonArray(delivery.after().stream().map(SystemId::value).toList()));
        }
        delivery.lastAttemptAt().ifPresent(at -> json.put("lastAttemptAt", at.toString()));
        delivery.dueAt().ifPresent(at -> json.put("dueAt", at.toString()));
        delivery.endedAt().ifPresent(at -> json.put("endedAt", at.toString()));
        delivery.reason()
                .ifPresent(code -> json.put(
                        "reason", new JsonObject().put("code", code.code()).put("meaning", code.meaning())));
        delivery.partnerCode().ifPresent(code -> json.put("partnerCode", code));
        return json;
    }
}
