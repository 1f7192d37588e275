package vn.lgsp.operate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the probes; however many people ask at once, each probe is asked once, and one that hangs counts as not well. */
final class HealthBoard {
    private static final Logger LOG = LoggerFactory.getLogger(HealthBoard.class);
    private static final long LONGEST_MILLIS = 5_000;

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final List<HealthProbe> probes;
    private final Map<String, Future<Optional<String>>> running = new ConcurrentHashMap<>();
    private final Map<String, String> ill = new ConcurrentHashMap<>();

    HealthBoard(Vertx vertx, List<HealthProbe> probes) {
        this.vertx = vertx;
        // Threads of their own: a probe that hangs must not keep an operator from signing in.
        this.workers = vertx.createSharedWorkerExecutor("lgsp-operate-health", 2);
        this.probes = List.copyOf(probes);
    }

    /** @param well whether every probe is, but those that are a notice only */
    record Health(boolean well, JsonObject report) {}

    /**
     * @param kind only these probes; empty for all
     * @param reasons whether to say what is wrong, which is for operators only
     */
    Future<Health> ask(Optional<HealthProbe.Kind> kind, boolean reasons) {
        List<HealthProbe> asked = probes.stream()
                .filter(probe -> kind.isEmpty() || kind.get() == probe.kind())
                .toList();
        List<Future<Optional<String>>> answers = asked.stream().map(this::ask).toList();
        return Future.join(answers).map(all -> {
            JsonArray checks = new JsonArray();
            boolean well = true;
            for (int i = 0; i < asked.size(); i++) {
                HealthProbe probe = asked.get(i);
                Optional<String> problem = answers.get(i).result();
                well &= problem.isEmpty() || probe.kind() == HealthProbe.Kind.NOTICE;
                JsonObject check = new JsonObject()
                        .put("name", probe.name())
                        .put("kind", probe.kind().name().toLowerCase(Locale.ROOT))
                        .put("status", problem.isEmpty() ? "UP" : "DOWN");
                problem.filter(text -> reasons).ifPresent(text -> check.put("problem", text));
                checks.add(check);
            }
            return new Health(
                    well, new JsonObject().put("status", well ? "UP" : "DOWN").put("checks", checks));
        });
    }

    private Future<Optional<String>> ask(HealthProbe probe) {
        Future<Optional<String>> answer = running.computeIfAbsent(probe.name(), name -> workers.executeBlocking(
                        () -> probe.problem().get(), false)
                .recover(broken ->
                        Future.succeededFuture(Optional.of(broken.getClass().getSimpleName()))));
        answer.onComplete(done -> running.remove(probe.name(), answer));
        Promise<Optional<String>> inTime = Promise.promise();
        long timer = vertx.setTimer(LONGEST_MILLIS, id -> inTime.tryComplete(Optional.of("no answer in 5 s")));
        answer.onSuccess(problem -> {
            vertx.cancelTimer(timer);
            inTime.tryComplete(problem);
        });
        return inTime.future().onSuccess(problem -> tell(probe, problem));
    }

    Future<Void> close() {
        return workers.close();
    }

    private void tell(HealthProbe probe, Optional<String> problem) {
        boolean wasIll = ill.containsKey(probe.name());
        if (problem.isPresent()) {
            ill.put(probe.name(), problem.get());
        } else {
            ill.remove(probe.name());
        }
        if (wasIll != problem.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("event", problem.isPresent() ? "health.down" : "health.up")
                    .addKeyValue("check", probe.name())
                    .addKeyValue("problem", problem.orElse("none"))
                    .log("");
        }
    }
}
