package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import vn.lgsp.message.SystemId;

/** The registered systems at {@code /systems}, for operators: which are connected, and how; a page for a browser, JSON for everybody else (EXT-15). */
final class SystemsRoutes {
    private static final String HTML = "text/html; charset=utf-8";

    private final Guard guard;
    private final SystemsView systems;
    private final WorkerExecutor workers;

    SystemsRoutes(Guard guard, SystemsView systems, WorkerExecutor workers) {
        this.guard = guard;
        this.systems = systems;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/systems").handler(guard::signInFirst).handler(guard::sessionOrBasic);
        router.get("/systems").handler(this::all);
        router.get("/systems/:system").handler(guard::sessionOrBasic).handler(this::one);
    }

    private void all(RoutingContext context) {
        workers.executeBlocking(systems::list, false)
                .onSuccess(found -> {
                    if (Guard.isBrowser(context)) {
                        Answers.send(context, 200, HTML, SystemsPage.list(Guard.operator(context), found));
                        return;
                    }
                    JsonArray list = new JsonArray();
                    found.forEach(system -> list.add(json(system)));
                    Answers.json(context, 200, list.encode());
                })
                .onFailure(context::fail);
    }

    private void one(RoutingContext context) {
        SystemId id;
        try {
            id = new SystemId(context.pathParam("system"));
        } catch (IllegalArgumentException noId) {
            Answers.problem(context, 404, "no system has this id");
            return;
        }
        workers.executeBlocking(() -> systems.find(id), false)
                .onSuccess(found -> found.ifPresentOrElse(
                        system -> Answers.json(context, 200, json(system).encode()),
                        () -> Answers.problem(context, 404, "no system has this id")))
                .onFailure(context::fail);
    }

    private static JsonObject json(SystemsView.Member system) {
        JsonObject json = new JsonObject()
                .put("system", system.id().value())
                .put("name", system.name())
                .put("agency", system.agency().value())
                .put("link", word(system.link()));
        system.route().ifPresent(route -> put(json, route));
        json.put("accounts", new JsonArray(system.accounts()))
                .put("consumes", names(system.consumes()))
                .put("provides", names(system.provides()));
        system.lastRequest()
                .ifPresent(request -> json.put(
                        "lastRequest",
                        new JsonObject()
                                .put("at", request.at().toString())
                                .put("outcome", request.outcome().label())));
        return json;
    }

    private static void put(JsonObject json, SystemsView.Route route) {
        json.put("protocol", route.protocol())
                .put("address", route.address())
                .put("credentials", new JsonArray(route.credentials()))
                .put("breaker", word(route.breaker()))
                .put("waitingCalls", route.waitingCalls());
        route.deliveryRate().ifPresent(rate -> json.put("deliveryRate", rate));
        route.deliveries()
                .ifPresent(deliveries -> json.put(
                        "deliveries",
                        new JsonObject()
                                .put("waiting", deliveries.waiting())
                                .put("steps", deliveries.steps())
                                .put("delivering", deliveries.delivering())
                                .put("parked", deliveries.parked())));
        route.lastAnswer().ifPresent(answer -> {
            JsonObject told = new JsonObject().put("at", answer.at().toString());
            answer.status().ifPresent(status -> told.put("status", status));
            json.put("lastAnswer", told);
        });
        route.lastFailure().ifPresent(failure -> {
            JsonObject told = new JsonObject()
                    .put("at", failure.at().toString())
                    .put("error", failure.error().code());
            failure.partnerCode().ifPresent(code -> told.put("partnerCode", code));
            json.put("lastFailure", told);
        });
    }

    private static JsonArray names(List<?> things) {
        return new JsonArray(things.stream().map(Object::toString).toList());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
