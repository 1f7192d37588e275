package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.failure.BusException;

/**
 * The organisations that document systems ask for at {@code /agencies}, for operators (EXT-20).
 *
 * <p>One with the right {@code register} decides. Who did so, and on what, is logged, and stands with the registration.
 */
final class AgenciesRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AgenciesRoutes.class);
    private static final String NEWEST = "100";
    private static final List<String> PARAMETERS = List.of("limit", "state");
    private static final int LONGEST_BODY = 8 << 10;
    private static final int LONGEST_REASON = 500;

    private final Guard guard;
    private final AgenciesView agencies;
    private final WorkerExecutor workers;

    AgenciesRoutes(Guard guard, AgenciesView agencies, WorkerExecutor workers) {
        this.guard = guard;
        this.agencies = agencies;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/agencies").handler(guard::sessionOrBasic);
        router.get("/agencies").handler(this::list);
        decide(router, "approve", true);
        decide(router, "refuse", false);
    }

    private void decide(Router router, String act, boolean agreed) {
        String path = "/agencies/:agency/" + act;
        router.post(path).handler(guard::sessionOrBasic);
        router.post(path).handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        router.post(path).handler(context -> decide(context, agreed));
    }

    private void list(RoutingContext context) {
        if (!Answers.knows(context, PARAMETERS)) {
            return;
        }
        String limit = context.request().getParam("limit", NEWEST);
        if (!limit.matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit) > AgenciesView.LONGEST_LIST) {
            Answers.problem(context, 400, "limit is 1 to " + AgenciesView.LONGEST_LIST);
            return;
        }
        Optional<String> state =
                Optional.ofNullable(context.request().getParam("state")).filter(text -> !text.isEmpty());
        answer(context, () -> agencies.list(state, Integer.parseInt(limit)), found -> {
            JsonArray list = new JsonArray();
            found.forEach(one -> list.add(json(one)));
            Answers.json(context, 200, list.encode());
        });
    }

    private void decide(RoutingContext context, boolean agreed) {
        Operator operator = Guard.signedIn(context);
        Optional<UUID> id = id(context);
        Optional<String> reason = reason(context);
        if (id.isEmpty() || reason.isEmpty()) {
            Answers.problem(
                    context,
                    400,
                    "the id is a UUID; send the reason as ?reason=, or as JSON: {\"reason\": \"...\"}, on one line of up to "
                            + LONGEST_REASON + " letters");
            return;
        }
        if (!operator.may(Operator.Right.REGISTER)) {
            told(operator, id.get(), agreed, "denied");
            Answers.problem(
                    context,
                    403,
                    "operator " + operator.user() + " may look on only: the right '" + Operator.Right.REGISTER.label()
                            + "' in the registry opens this");
            return;
        }
        Callable<Optional<AgenciesView.Agency>> decision = () -> {
            try {
                return agencies.decide(id.get(), agreed, operator.user(), reason.get());
            } catch (RuntimeException failed) {
                told(operator, id.get(), agreed, "failed");
                throw failed;
            }
        };
        answer(context, decision, decided -> {
            told(operator, id.get(), agreed, decided.isPresent() ? "done" : "unknown");
            decided.ifPresentOrElse(
                    one -> Answers.json(context, 200, json(one).encode()),
                    () -> Answers.problem(context, 404, "nothing with this id waits for a decision"));
        });
    }

    private static void told(Operator operator, UUID id, boolean agreed, String outcome) {
        (outcome.equals("done") ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("event", agreed ? "agency.approve" : "agency.refuse")
                .addKeyValue("operator", operator.user())
                .addKeyValue("agency", id)
                .addKeyValue("outcome", outcome)
                .log("");
    }

    private static Optional<UUID> id(RoutingContext context) {
        try {
            return Optional.of(UUID.fromString(context.pathParam("agency")));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<String> reason(RoutingContext context) {
        Optional<String> reason;
        if (context.body().length() <= 0) {
            reason = Optional.of(context.request().getParam("reason", ""));
        } else {
            try {
                reason = context.body().asJsonObject().getMap().getOrDefault("reason", "") instanceof String text
                        ? Optional.of(text)
                        : Optional.empty();
            } catch (DecodeException | ClassCastException | NullPointerException noObject) {
                return Optional.empty();
            }
        }
        return reason.filter(
                text -> text.length() <= LONGEST_REASON && text.chars().noneMatch(Character::isISOControl));
    }

    private <T> void answer(RoutingContext context, Callable<T> work, Consumer<T> then) {
        workers.executeBlocking(work, false).onSuccess(then::accept).onFailure(failure -> BusException.in(failure)
                .ifPresentOrElse(
                        known -> Answers.problem(context, known.code().status(), known.detail()),
                        () -> context.fail(failure)));
    }

    private static JsonObject json(AgenciesView.Agency one) {
        JsonObject json = new JsonObject()
                .put("agency", one.id().toString())
                .put("system", one.system())
                .put("state", one.state())
                .put("version", one.version())
                .put("code", one.code())
                .put("parent", one.parent())
                .put("name", one.name())
                .put("mail", one.mail())
                .put("mobile", one.mobile())
                .put("fax", one.fax())
                .put("asked", one.asked().toString());
        one.inForce().ifPresent(at -> json.put("inForce", at.toString()));
        one.ended().ifPresent(at -> json.put("ended", at.toString()));
        one.by().ifPresent(by -> json.put("by", by));
        one.reason().filter(reason -> !reason.isEmpty()).ifPresent(reason -> json.put("reason", reason));
        return json;
    }
}
