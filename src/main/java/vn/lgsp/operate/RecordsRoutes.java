package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.SystemId;

/** The records of exchanges at {@code /records}, for operators: evidence without content (LOG-02, LOG-07). */
final class RecordsRoutes {
    private static final String NEWEST = "50";
    private static final List<String> PARAMETERS =
            List.of("limit", "service", "system", "onBehalfOf", "outcome", "correlation");

    private final Guard guard;
    private final RecordsView records;
    private final WorkerExecutor workers;

    RecordsRoutes(Guard guard, RecordsView records, WorkerExecutor workers) {
        this.guard = guard;
        this.records = records;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/records").handler(guard::sessionOrBasic).handler(this::newest);
        router.get("/records/:exchange").handler(guard::sessionOrBasic).handler(this::one);
    }

    private void one(RoutingContext context) {
        ExchangeId exchange;
        try {
            exchange = ExchangeId.of(context.pathParam("exchange"));
        } catch (IllegalArgumentException unreadable) {
            Answers.problem(context, 400, "an exchange id is a UUID");
            return;
        }
        workers.executeBlocking(() -> records.find(exchange), false)
                .onSuccess(found -> found.ifPresentOrElse(
                        record -> Answers.json(context, 200, new JsonObject(record).encode()),
                        () -> Answers.problem(context, 404, "no exchange has this id")))
                .onFailure(context::fail);
    }

    private void newest(RoutingContext context) {
        RecordsView.Filter filter;
        if (!Answers.knows(context, PARAMETERS)) {
            return;
        }
        try {
            filter = new RecordsView.Filter(
                    Integer.parseInt(context.request().getParam("limit", NEWEST)),
                    parameter(context, "service", ServiceId::new),
                    parameter(context, "system", SystemId::new),
                    parameter(context, "onBehalfOf", PartyCode::new),
                    parameter(context, "outcome", RecordsRoutes::outcome),
                    parameter(context, "correlation", text -> text));
        } catch (IllegalArgumentException wrong) {
            Answers.problem(
                    context,
                    400,
                    "limit is 1 to 500, service (without its version) and system are ids, onBehalfOf is the code of a party, outcome is one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(Outcome.values())
                                            .map(Outcome::label)
                                            .toList()));
            return;
        }
        workers.executeBlocking(() -> records.newest(filter), false)
                .onSuccess(found -> {
                    JsonArray list = new JsonArray();
                    found.forEach(record -> list.add(new JsonObject(record)));
                    Answers.json(context, 200, list.encode());
                })
                .onFailure(context::fail);
    }

    private static <T> Optional<T> parameter(RoutingContext context, String name, Function<String, T> reader) {
        return Optional.ofNullable(context.request().getParam(name)).map(reader);
    }

    private static Outcome outcome(String label) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such outcome"));
    }
}
