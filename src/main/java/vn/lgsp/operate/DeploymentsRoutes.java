package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.ServiceKey;

/**
 * Deployments at {@code /deployments}, for operators: history, what is refused, differences; and, for those who have the right, to
 * bring files into force and earlier revisions back. Who wanted that, and what came of it, is logged.
 */
final class DeploymentsRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DeploymentsRoutes.class);
    private static final String NEWEST = "50";
    private static final int LONGEST_BODY = 8 << 10;
    private static final int LONGEST_REASON = 500;

    private final Guard guard;
    private final DeploymentsView deployments;
    private final WorkerExecutor workers;

    DeploymentsRoutes(Guard guard, DeploymentsView deployments, WorkerExecutor workers) {
        this.guard = guard;
        this.deployments = deployments;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/deployments").handler(guard::sessionOrBasic).handler(this::history);
        router.get("/deployments/refused").handler(guard::sessionOrBasic).handler(this::refused);
        router.get("/deployments/diff").handler(guard::sessionOrBasic).handler(this::diff);
        for (String act : List.of("apply", "rollback")) {
            router.post("/deployments/" + act).handler(guard::sessionOrBasic);
            router.post("/deployments/" + act).handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        }
        router.post("/deployments/apply")
                .handler(context ->
                        order(context, "apply", (operator, sent) -> deployments.apply(operator, reason(sent))));
        router.post("/deployments/rollback")
                .handler(context -> order(
                        context,
                        "rollback",
                        (operator, sent) -> deployments.rollback(
                                service(sent.getString("service", "")), text(sent, "to"), operator, reason(sent))));
    }

    private void history(RoutingContext context) {
        answer(
                context,
                () -> {
                    Optional<ServiceKey> service = parameter(context, "service").map(DeploymentsRoutes::service);
                    return deployments.history(service, limit(context));
                },
                found -> Answers.json(context, 200, acts(found).encode()));
    }

    private static int limit(RoutingContext context) {
        String written = context.request().getParam("limit", NEWEST);
        if (!written.matches("[1-9][0-9]{0,3}") || Integer.parseInt(written) > DeploymentsView.LONGEST_LIST) {
            throw new IllegalArgumentException("limit is 1 to " + DeploymentsView.LONGEST_LIST);
        }
        return Integer.parseInt(written);
    }

    private void refused(RoutingContext context) {
        answer(
                context,
                deployments::refused,
                found -> Answers.json(context, 200, refused(found).encode()));
    }

    private void diff(RoutingContext context) {
        answer(
                context,
                () -> deployments.diff(
                        service(parameter(context, "service").orElse("")),
                        parameter(context, "from"),
                        parameter(context, "to")),
                found -> {
                    JsonArray list = new JsonArray();
                    found.forEach(change -> list.add(new JsonObject()
                            .put("file", change.file())
                            .put("kind", change.kind())
                            .put("text", change.text())));
                    Answers.json(context, 200, list.encode());
                });
    }

    private interface Order {
        DeploymentsView.Outcome give(String operator, JsonObject sent) throws Exception;
    }

    private void order(RoutingContext context, String act, Order order) {
        Operator operator = Guard.signedIn(context);
        answer(
                context,
                () -> {
                    if (!operator.may(Operator.Right.DEPLOY)) {
                        told(operator, act, "denied");
                        throw new SecurityException("operator " + operator.user() + " may look on only: the right '"
                                + Operator.Right.DEPLOY.label() + "' in the registry opens this");
                    }
                    try {
                        DeploymentsView.Outcome outcome = order.give(operator.user(), sent(context));
                        told(operator, act, "done");
                        return outcome;
                    } catch (IllegalArgumentException | IllegalStateException wrong) {
                        told(operator, act, "refused");
                        throw wrong;
                    }
                },
                outcome -> Answers.json(
                        context,
                        200,
                        new JsonObject()
                                .put("done", acts(outcome.done()))
                                .put("refused", refused(outcome.refused()))
                                .encode()));
    }

    private static void told(Operator operator, String act, String outcome) {
        (outcome.equals("done") ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("event", "deploy." + act)
                .addKeyValue("operator", operator.user())
                .addKeyValue("outcome", outcome)
                .log("");
    }

    /** The body, or the parameters of the query where there is none. */
    private static JsonObject sent(RoutingContext context) {
        if (context.body().length() <= 0) {
            JsonObject sent = new JsonObject();
            context.queryParams().forEach(pair -> sent.put(pair.getKey(), pair.getValue()));
            return sent;
        }
        try {
            JsonObject sent = context.body().asJsonObject();
            if (sent == null || sent.getMap().values().stream().anyMatch(value -> !(value instanceof String))) {
                throw new IllegalArgumentException("send a JSON object of texts");
            }
            return sent;
        } catch (DecodeException | ClassCastException noObject) {
            throw new IllegalArgumentException("send a JSON object of texts", noObject);
        }
    }

    private static Optional<String> reason(JsonObject sent) {
        Optional<String> reason = text(sent, "reason").map(String::strip);
        if (reason.filter(text -> text.length() > LONGEST_REASON || text.chars().anyMatch(Character::isISOControl))
                .isPresent()) {
            throw new IllegalArgumentException(
                    "the reason is not valid: write one line of at most " + LONGEST_REASON + " characters");
        }
        return reason.filter(text -> !text.isEmpty());
    }

    private static Optional<String> text(JsonObject sent, String name) {
        return Optional.ofNullable(sent.getString(name)).filter(text -> !text.isEmpty());
    }

    private static Optional<String> parameter(RoutingContext context, String name) {
        return Optional.ofNullable(context.request().getParam(name)).filter(text -> !text.isEmpty());
    }

    /** @param text such as {@code land-parcel-lookup/v1} */
    private static ServiceKey service(String text) {
        String[] parts = text.split("/", 2);
        return Optional.of(parts)
                .filter(two -> two.length == 2)
                .flatMap(two -> ServiceSwitch.key(two[0], two[1]))
                .orElseThrow(() -> new IllegalArgumentException("service is such as land-parcel-lookup/v1"));
    }

    private <T> void answer(RoutingContext context, Callable<T> work, Consumer<T> then) {
        workers.executeBlocking(work, false).onSuccess(then::accept).onFailure(failure -> {
            if (failure instanceof SecurityException denied) {
                Answers.problem(context, 403, String.valueOf(denied.getMessage()));
            } else if (failure instanceof Refused refusal) {
                Answers.problem(
                        context,
                        409,
                        refusal.findings().stream()
                                .map(Finding::toString)
                                .findFirst()
                                .orElse("refused"));
            } else if (failure instanceof IllegalArgumentException wrong) {
                Answers.problem(context, 400, String.valueOf(wrong.getMessage()));
            } else if (failure instanceof IllegalStateException busy) {
                Answers.problem(context, 503, String.valueOf(busy.getMessage()));
            } else if (failure instanceof UncheckedIOException) {
                Answers.problem(
                        context, 503, "the bus cannot write its ledger, so nothing has changed: look at its disk");
            } else {
                context.fail(failure);
            }
        });
    }

    private static JsonArray acts(List<DeploymentsView.Act> acts) {
        JsonArray list = new JsonArray();
        for (DeploymentsView.Act act : acts) {
            JsonObject json = new JsonObject()
                    .put("at", act.at().toString())
                    .put("who", act.who())
                    .put("action", act.action());
            act.service().ifPresent(service -> json.put("service", service.toString()));
            act.card().ifPresent(card -> json.put("card", card));
            act.before().ifPresent(unit -> json.put("before", unit));
            act.after().ifPresent(unit -> json.put("after", unit));
            json.put("files", new JsonArray(act.files())).put("checks", new JsonArray(act.checks()));
            act.reason().ifPresent(reason -> json.put("reason", reason));
            list.add(json);
        }
        return list;
    }

    private static JsonArray refused(List<DeploymentsView.Refused> refusals) {
        JsonArray list = new JsonArray();
        for (DeploymentsView.Refused refusal : refusals) {
            JsonArray findings = new JsonArray();
            refusal.findings().forEach(finding -> findings.add(json(finding)));
            JsonObject json = new JsonObject().put("name", refusal.name());
            refusal.inForce().ifPresent(unit -> json.put("unit", unit));
            list.add(json.put("findings", findings));
        }
        return list;
    }

    /** As it was found: whoever shows it makes the text, in the language of his reader; and as a text, for those who do not. */
    private static JsonObject json(Finding finding) {
        return new JsonObject()
                .put("rule", finding.rule().id())
                .put("file", finding.file())
                .put("line", finding.line())
                .put("wrong", finding.wrong(Locale.ENGLISH))
                .put("remedy", finding.remedy(Locale.ENGLISH))
                .put("wrongVi", finding.wrong(Finding.VIETNAMESE))
                .put("remedyVi", finding.remedy(Finding.VIETNAMESE));
    }
}
