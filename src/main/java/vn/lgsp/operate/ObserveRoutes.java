package vn.lgsp.operate;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * {@code /observe/health} says to everybody whether the bus is well, and to an operator also what is wrong;
 * {@code /observe/metrics} is for a scraper on this machine, or one with an operator's password.
 */
final class ObserveRoutes {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Guard guard;
    private final HealthBoard health;
    private final PrometheusMeterRegistry meters;
    private final WorkerExecutor workers;

    ObserveRoutes(Guard guard, HealthBoard health, PrometheusMeterRegistry meters, WorkerExecutor workers) {
        this.guard = guard;
        this.health = health;
        this.meters = meters;
        this.workers = workers;
    }

    void mount(Router router) {
        router.get("/observe/health").handler(context -> health(context, Optional.empty()));
        router.get("/observe/health/live").handler(context -> health(context, Optional.of(HealthProbe.Kind.LIVENESS)));
        router.get("/observe/health/ready")
                .handler(context -> health(context, Optional.of(HealthProbe.Kind.READINESS)));
        router.get("/observe/metrics").handler(this::localOrOperator).handler(this::metrics);
    }

    private void health(RoutingContext context, Optional<HealthProbe.Kind> kind) {
        boolean reasons = guard.holder(context).isPresent();
        health.ask(kind, reasons)
                .onSuccess(state -> Answers.json(
                        context, state.well() ? 200 : 503, state.report().encode()))
                .onFailure(context::fail);
    }

    private void localOrOperator(RoutingContext context) {
        if (Connections.isLoopback(context.request())) {
            context.next();
        } else {
            guard.sessionOrBasic(context);
        }
    }

    private void metrics(RoutingContext context) {
        workers.executeBlocking(() -> meters.scrape(PROMETHEUS), false)
                .onSuccess(text -> Answers.send(context, 200, PROMETHEUS, text))
                .onFailure(context::fail);
    }
}
