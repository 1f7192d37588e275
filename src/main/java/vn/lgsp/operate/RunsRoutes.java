package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceKey;

/**
 * The runs of schedules at {@code /runs}, for operators (SHR-02).
 *
 * <p>An operator may begin a run. Who did so, and of which service, is logged, and stands with the run.
 */
final class RunsRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RunsRoutes.class);
    private static final String NEWEST = "50";

    private final Guard guard;
    private final RunsView runs;
    private final WorkerExecutor workers;

    RunsRoutes(Guard guard, RunsView runs, WorkerExecutor workers) {
        this.guard = guard;
        this.runs = runs;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/runs").handler(guard::sessionOrBasic);
        router.get("/runs").handler(this::list);
        router.post("/runs").handler(guard::sessionOrBasic);
        router.post("/runs").handler(this::begin);
    }

    private void list(RoutingContext context) {
        Optional<ServiceKey> service = service(context);
        String limit = context.request().getParam("limit", NEWEST);
        if (service.isEmpty() || !limit.matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit) > RunsView.LONGEST_LIST) {
            Answers.problem(
                    context, 400, "send ?service=land-change-gather/v1, and limit from 1 to " + RunsView.LONGEST_LIST);
            return;
        }
        answer(context, () -> runs.list(service.get(), Integer.parseInt(limit)), found -> {
            JsonArray list = new JsonArray();
            found.forEach(run -> list.add(json(run)));
            Answers.json(context, 200, list.encode());
        });
    }

    private void begin(RoutingContext context) {
        Optional<ServiceKey> service = service(context);
        String whole = context.request().getParam("whole", "false");
        if (service.isEmpty() || !whole.matches("true|false")) {
            Answers.problem(context, 400, "send ?service=land-change-gather/v1, and whole=true or whole=false");
            return;
        }
        String operator = Guard.operator(context);
        answer(context, () -> runs.begin(service.get(), operator, Boolean.parseBoolean(whole)), begins -> {
            (begins ? LOG.atInfo() : LOG.atWarn())
                    .addKeyValue("event", "run.begin")
                    .addKeyValue("operator", operator)
                    .addKeyValue("service", service.get())
                    .addKeyValue("whole", whole)
                    .addKeyValue("outcome", begins ? "begins" : "unknown")
                    .log("");
            if (begins) {
                Answers.json(
                        context,
                        202,
                        new JsonObject()
                                .put("service", service.get().toString())
                                .put("whole", Boolean.valueOf(whole))
                                .encode());
            } else {
                Answers.problem(context, 404, "no service of this name and version has a schedule");
            }
        });
    }

    private static Optional<ServiceKey> service(RoutingContext context) {
        String[] parts = context.request().getParam("service", "").split("/", -1);
        return parts.length == 2 ? ServiceSwitch.key(parts[0], parts[1]) : Optional.empty();
    }

    private <T> void answer(RoutingContext context, Callable<T> work, Consumer<T> then) {
        workers.executeBlocking(work, false).onSuccess(then::accept).onFailure(failure -> BusException.in(failure)
                .ifPresentOrElse(
                        known -> Answers.problem(context, known.code().status(), known.detail()),
                        () -> context.fail(failure)));
    }

    private static JsonObject json(RunsView.Run run) {
        JsonObject json = new JsonObject()
                .put("due", run.due().toString())
                .put("by", run.by())
                .put("begun", run.begun().toString());
        run.ended().ifPresent(at -> json.put("ended", at.toString()));
        json.put("state", run.state());
        run.exchange().ifPresent(id -> json.put("exchange", id.toString()));
        run.error().ifPresent(error -> json.put("error", error));
        run.reading().ifPresent(reading -> {
            json.put("round", reading.round())
                    .put("what", reading.whole() ? "whole" : "part")
                    .put("resumed", reading.resumed())
                    .put("pages", reading.pages())
                    .put("items", reading.items());
            reading.watermark().ifPresent(mark -> json.put("watermark", mark));
            reading.total().ifPresent(total -> json.put("total", total));
        });
        return json;
    }
}
