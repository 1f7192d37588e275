package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.operate.ServicesView.State;

/** The services at {@code /services}, and the switch of each, for operators (BUS-22). */
final class ServicesRoutes {
    private static final Map<String, State> ACTS =
            Map.of("start", State.STARTED, "stop", State.STOPPED, "disable", State.DISABLED);
    private static final int LONGEST_BODY = 8 << 10;

    private final Guard guard;
    private final ServiceSwitch desk;
    private final WorkerExecutor workers;

    ServicesRoutes(Guard guard, ServiceSwitch desk, WorkerExecutor workers) {
        this.guard = guard;
        this.desk = desk;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/services").handler(guard::sessionOrBasic);
        router.get("/services").handler(this::list);
        router.get("/services/:service/:version").handler(guard::sessionOrBasic);
        router.get("/services/:service/:version").handler(this::one);
        ACTS.forEach((act, state) -> {
            String path = "/services/:service/:version/" + act;
            router.post(path).handler(guard::sessionOrBasic);
            router.post(path).handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
            router.post(path).handler(context -> turn(context, state));
        });
    }

    private void list(RoutingContext context) {
        answer(context, () -> desk.services().list(), found -> {
            JsonArray list = new JsonArray();
            found.forEach(service -> list.add(json(service)));
            Answers.json(context, 200, list.encode());
        });
    }

    private void one(RoutingContext context) {
        service(context)
                .ifPresent(key -> answer(
                        context,
                        () -> desk.services().find(key).map(this::whole),
                        found -> found.ifPresentOrElse(
                                service -> Answers.json(context, 200, service.encode()), () -> unknown(context))));
    }

    private void turn(RoutingContext context, State state) {
        Optional<ServiceKey> key = service(context);
        if (key.isEmpty()) {
            return;
        }
        Optional<String> reason = reason(context);
        if (reason.isEmpty()) {
            Answers.problem(context, 400, "send the reason as ?reason=, or as JSON: {\"reason\": \"...\"}");
            return;
        }
        Operator operator = Guard.signedIn(context);
        answer(
                context,
                () -> desk.turn(operator, key.get(), state, reason.get()),
                turned -> Answers.json(
                        context,
                        200,
                        json(turned.service()).put("changed", turned.changed()).encode()));
    }

    /** What stands in the body, or in the query where there is no body; nothing is a reason too, for a start. */
    private static Optional<String> reason(RoutingContext context) {
        if (context.body().length() <= 0) {
            return Optional.of(context.request().getParam("reason", ""));
        }
        try {
            Object sent = context.body().asJsonObject().getMap().getOrDefault("reason", "");
            return sent instanceof String text ? Optional.of(text) : Optional.empty();
        } catch (DecodeException | ClassCastException | NullPointerException noObject) {
            return Optional.empty();
        }
    }

    private static Optional<ServiceKey> service(RoutingContext context) {
        Optional<ServiceKey> key =
                ServiceSwitch.key(context.pathParam("service"), String.valueOf(context.pathParam("version")));
        if (key.isEmpty()) {
            unknown(context);
        }
        return key;
    }

    private static void unknown(RoutingContext context) {
        Answers.problem(context, 404, "no service has this name and version: the form is land-parcel-lookup/v1");
    }

    private <T> void answer(RoutingContext context, Callable<T> work, Consumer<T> then) {
        workers.executeBlocking(work, false).onSuccess(then::accept).onFailure(failure -> {
            if (failure instanceof SecurityException denied) {
                Answers.problem(context, 403, String.valueOf(denied.getMessage()));
            } else if (failure instanceof IllegalArgumentException wrong) {
                Answers.problem(context, 400, String.valueOf(wrong.getMessage()));
            } else if (failure instanceof BusException known) {
                Answers.problem(context, known.code().status(), known.detail());
            } else if (failure instanceof UncheckedIOException) {
                Answers.problem(
                        context, 503, "the bus cannot write its ledger, so nothing has changed: look at its disk");
            } else {
                context.fail(failure);
            }
        });
    }

    /** With its schedule, if it has one. */
    private JsonObject whole(ServicesView.Service service) {
        JsonObject json = json(service);
        desk.services().timetable(service.key()).ifPresent(timetable -> {
            JsonObject schedule = new JsonObject().put("when", timetable.when()).put("as", timetable.account());
            timetable.next().ifPresent(at -> schedule.put("next", at.toString()));
            JsonArray runs = new JsonArray();
            timetable.runs().forEach(run -> runs.add(json(run)));
            json.put("schedule", schedule.put("runs", runs));
        });
        return json;
    }

    private static JsonObject json(ServicesView.Run run) {
        JsonObject json = new JsonObject()
                .put("due", run.due().toString())
                .put("begun", run.begun().toString());
        run.ended().ifPresent(at -> json.put("ended", at.toString()));
        run.exchange().ifPresent(id -> json.put("exchange", id.toString()));
        run.result().ifPresent(result -> json.put("result", result));
        run.error().ifPresent(error -> json.put("error", error));
        return json;
    }

    private static JsonObject json(ServicesView.Service service) {
        JsonObject json = new JsonObject().put("service", service.key().toString());
        service.name().ifPresent(name -> json.put("name", name));
        service.unit().ifPresent(unit -> json.put("unit", unit));
        if (service.heldBack()) {
            json.put("heldBack", true);
        }
        service.ending().ifPresent(ending -> {
            JsonObject told = new JsonObject().put("since", ending.since().toString());
            ending.sunset().ifPresent(last -> told.put("sunset", last.toString()));
            ending.successor().ifPresent(version -> told.put("successor", version));
            json.put("deprecated", told);
        });
        json.put("inside", service.inside()).put("state", service.state().label());
        service.turn().ifPresent(turn -> json.put("since", turn.at().toString())
                .put("operator", turn.operator())
                .put("reason", turn.reason()));
        return json;
    }
}
