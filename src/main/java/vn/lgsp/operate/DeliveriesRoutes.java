package vn.lgsp.operate;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.SystemId;

/**
 * The guaranteed deliveries at {@code /deliveries}, for operators: a page for a browser, JSON for everybody else (DLV-06).
 *
 * <p>An operator may send a parked delivery again. Who did so, to which delivery, and what came of it, is logged.
 */
final class DeliveriesRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveriesRoutes.class);
    private static final String NEWEST = "50";
    private static final List<String> PARAMETERS = List.of("limit", "state", "destination", "exchange");
    private static final String HTML = "text/html; charset=utf-8";

    private final Guard guard;
    private final DeliveriesView deliveries;
    private final WorkerExecutor workers;

    DeliveriesRoutes(Guard guard, DeliveriesView deliveries, WorkerExecutor workers) {
        this.guard = guard;
        this.deliveries = deliveries;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/deliveries").handler(guard::signInFirst).handler(guard::sessionOrBasic);
        router.get("/deliveries").handler(this::some);
        router.get("/deliveries/:delivery").handler(guard::signInFirst).handler(guard::sessionOrBasic);
        router.get("/deliveries/:delivery").handler(this::one);
        router.post("/deliveries/:delivery/retry").handler(guard::sessionOrBasic);
        router.post("/deliveries/:delivery/retry").handler(this::retry);
    }

    private void some(RoutingContext context) {
        if (!Answers.knows(context, PARAMETERS)) {
            return;
        }
        DeliveriesView.Filter filter;
        try {
            filter = new DeliveriesView.Filter(
                    Integer.parseInt(context.request().getParam("limit", NEWEST)),
                    parameter(context, "state", DeliveriesRoutes::state),
                    parameter(context, "destination", SystemId::new),
                    parameter(context, "exchange", ExchangeId::of));
        } catch (IllegalArgumentException wrong) {
            problem(
                    context,
                    400,
                    "limit is 1 to 500, exchange is a UUID, destination is the id of a system, state is one of "
                            + Arrays.stream(DeliveriesView.State.values())
                                    .map(DeliveriesRoutes::label)
                                    .collect(Collectors.joining(", ")));
            return;
        }
        if (Guard.isBrowser(context)) {
            answer(
                    context,
                    workers.executeBlocking(() -> new Overview(deliveries.counts(), deliveries.list(filter)), false),
                    (asked, found) -> Answers.send(
                            asked,
                            200,
                            HTML,
                            DeliveriesPage.list(Guard.operator(asked), filter, found.counts(), found.found())));
            return;
        }
        answer(context, workers.executeBlocking(() -> deliveries.list(filter), false), (asked, found) -> {
            JsonArray list = new JsonArray();
            found.forEach(delivery -> list.add(json(delivery)));
            Answers.json(asked, 200, list.encode());
        });
    }

    private record Overview(
            Map<SystemId, Map<DeliveriesView.State, Long>> counts, List<DeliveriesView.Delivery> found) {}

    private void one(RoutingContext context) {
        Optional<DeliveryId> id = id(context);
        if (id.isEmpty()) {
            return;
        }
        answer(
                context,
                workers.executeBlocking(() -> deliveries.find(id.get()), false),
                (asked, found) -> found.ifPresentOrElse(
                        delivery -> {
                            if (Guard.isBrowser(asked)) {
                                Optional<DeliveriesView.Retried> retried =
                                        parameter(asked, "retried", DeliveriesRoutes::retried);
                                Answers.send(
                                        asked, 200, HTML, DeliveriesPage.one(Guard.operator(asked), delivery, retried));
                            } else {
                                Answers.json(asked, 200, json(delivery).encode());
                            }
                        },
                        () -> problem(asked, 404, "no delivery has this id")));
    }

    private void retry(RoutingContext context) {
        Optional<DeliveryId> id = id(context);
        if (id.isEmpty()) {
            return;
        }
        String operator = Guard.operator(context);
        Future<DeliveriesView.Retried> done = Future.fromCompletionStage(
                        deliveries.retry(id.get()), context.vertx().getOrCreateContext())
                .onComplete(end -> (end.succeeded() && end.result() == DeliveriesView.Retried.QUEUED
                                ? LOG.atInfo()
                                : LOG.atWarn())
                        .addKeyValue("event", "delivery.retry")
                        .addKeyValue("operator", operator)
                        .addKeyValue("delivery", id.get())
                        .addKeyValue("outcome", end.succeeded() ? word(end.result()) : "failed")
                        .log(""));
        answer(context, done, (asked, result) -> {
            if (Guard.isBrowser(asked) && result != DeliveriesView.Retried.UNKNOWN) {
                asked.response()
                        .putHeader(HttpHeaders.LOCATION, "/deliveries/" + id.get() + "?retried=" + word(result));
                Answers.send(asked, 303, "text/plain", "");
                return;
            }
            switch (result) {
                case QUEUED ->
                    Answers.json(
                            asked,
                            202,
                            new JsonObject()
                                    .put("delivery", id.get().toString())
                                    .put("result", word(result))
                                    .encode());
                case NOT_PARKED ->
                    problem(asked, 409, "the delivery is not parked, so it was not sent again: look at its state");
                case UNKNOWN -> problem(asked, 404, "no delivery has this id");
            }
        });
    }

    private Optional<DeliveryId> id(RoutingContext context) {
        try {
            return Optional.of(DeliveryId.of(context.pathParam("delivery")));
        } catch (IllegalArgumentException unreadable) {
            problem(context, 400, "a delivery id is a UUID");
            return Optional.empty();
        }
    }

    private <T> void answer(RoutingContext context, Future<T> asked, BiConsumer<RoutingContext, T> then) {
        asked.onSuccess(found -> then.accept(context, found)).onFailure(failure -> BusException.in(failure)
                .ifPresentOrElse(
                        known -> problem(context, known.code().status(), known.detail()), () -> context.fail(failure)));
    }

    private static void problem(RoutingContext context, int status, String detail) {
        if (Guard.isBrowser(context)) {
            Answers.send(context, status, HTML, DeliveriesPage.problem(Guard.operator(context), detail));
        } else {
            Answers.problem(context, status, detail);
        }
    }

    /** A form sends the parts that nobody filled in as empty ones. */
    private static <T> Optional<T> parameter(RoutingContext context, String name, Function<String, T> reader) {
        return Optional.ofNullable(context.request().getParam(name))
                .filter(text -> !text.isEmpty())
                .map(reader);
    }

    static String label(DeliveriesView.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String word(DeliveriesView.Retried result) {
        return result.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static DeliveriesView.State state(String label) {
        return DeliveriesView.State.valueOf(label.toUpperCase(Locale.ROOT));
    }

    private static DeliveriesView.Retried retried(String word) {
        return Arrays.stream(DeliveriesView.Retried.values())
                .filter(result -> word(result).equals(word))
                .findFirst()
                .orElse(DeliveriesView.Retried.UNKNOWN);
    }

    private static JsonObject json(DeliveriesView.Delivery delivery) {
        JsonObject json = new JsonObject()
                .put("delivery", delivery.id().toString())
                .put("exchange", delivery.exchange().toString())
                .put("service", delivery.service().toString())
                .put("unit", delivery.unit())
                .put("source", delivery.source().value())
                .put("destination", delivery.destination().value())
                .put("state", label(delivery.state()))
                .put("attempts", delivery.attempts())
                .put("acceptedAt", delivery.acceptedAt().toString());
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
