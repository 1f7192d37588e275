package vn.lgsp.scenario;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.unit.CalledServices;
import vn.lgsp.unit.Unit;

/**
 * Runs scenarios on the real bus, in this process, with stub peers. One bus serves all of them, unless two scenarios of one service want
 * other retry plans.
 */
public final class ScenarioRun {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration RECORD_PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final Path home;
    private final Registry registry;
    private final BusUnderTest.Maker buses;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * @param home whose way the bus has
     * @param registry whose systems and grants it has; no secret of it is used
     */
    public ScenarioRun(Path home, Registry registry, BusUnderTest.Maker buses) {
        this.home = home;
        this.registry = registry;
        this.buses = buses;
    }

    /**
     * Runs them one after the other.
     *
     * @param heard is told of each as it ends
     * @return in the order of the scenarios
     */
    public List<ScenarioResult> run(List<Scenario> scenarios, Consumer<ScenarioResult> heard) {
        Map<Scenario, ScenarioResult> results = new LinkedHashMap<>();
        for (Batch batch : batches(scenarios)) {
            run(batch, result -> {
                results.put(result.scenario(), result);
                heard.accept(result);
            });
        }
        return scenarios.stream()
                .flatMap(scenario -> Optional.ofNullable(results.get(scenario)).stream())
                .toList();
    }

    /** Scenarios that one bus can serve. */
    private record Batch(List<Scenario> scenarios, Map<Unit, Scenario.Plan> plans) {
        boolean takes(Scenario scenario) {
            return scenario.retry().equals(plans.getOrDefault(scenario.unit(), scenario.retry()));
        }

        List<Unit> units() {
            return List.copyOf(plans.keySet());
        }
    }

    private static List<Batch> batches(List<Scenario> scenarios) {
        List<Batch> batches = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            Batch batch = batches.stream()
                    .filter(open -> open.takes(scenario))
                    .findFirst()
                    .orElseGet(() -> {
                        Batch another = new Batch(new ArrayList<>(), new LinkedHashMap<>());
                        batches.add(another);
                        return another;
                    });
            batch.scenarios().add(scenario);
            batch.plans().put(scenario.unit(), scenario.retry());
        }
        return batches;
    }

    private void run(Batch batch, Consumer<ScenarioResult> heard) {
        List<Unit> units = withCalled(batch.units());
        try (TrialHome trial = TrialHome.make(home, units, batch.plans());
                Peers peers = new Peers()) {
            peers.startHttp(units);
            trial.registry(registry, units, batch.scenarios().size(), peers::address);
            try (BusUnderTest bus = buses.start(trial.settings())) {
                peers.startQueues(units, trial, bus);
                peers.users = trial::user;
                Set<String> over = new HashSet<>();
                for (int i = 0; i < batch.scenarios().size(); i++) {
                    Scenario scenario = batch.scenarios().get(i);
                    long began = System.nanoTime();
                    List<Finding> findings = new Trial(scenario, i, bus, peers, over).run();
                    heard.accept(new ScenarioResult(scenario, Duration.ofNanos(System.nanoTime() - began), findings));
                }
            }
        }
    }

    /** These, and the services of the home that they name: those are what they are, and their systems are stubs. */
    private List<Unit> withCalled(List<Unit> units) {
        Set<ServiceKey> called = new LinkedHashSet<>();
        units.forEach(unit -> CalledServices.of(unit).forEach(card -> called.add(card.key())));
        units.forEach(unit -> called.remove(unit.card().key()));
        if (called.isEmpty()) {
            return units;
        }
        List<Unit> all = new ArrayList<>(units);
        Unit.find(home).units().stream()
                .filter(unit -> called.contains(unit.card().key()))
                .forEach(all::add);
        return all;
    }

    /** The stubs of one bus. */
    private final class Peers implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        private final Map<SystemId, HttpStub> served = new LinkedHashMap<>();
        private final Map<SystemId, Peer> all = new LinkedHashMap<>();
        private Function<SystemId, String> users = system -> "";

        Function<SystemId, String> users() {
            return users;
        }

        void startHttp(List<Unit> units) {
            for (InformationSystem system : of(units)) {
                system.connection().ifPresent(connection -> {
                    String path = Optional.ofNullable(connection.address().getRawPath())
                            .orElse("");
                    HttpStub stub =
                            HttpStub.start(vertx, path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
                    served.put(system.id(), stub);
                    all.put(system.id(), stub);
                });
            }
        }

        void startQueues(List<Unit> units, TrialHome trial, BusUnderTest bus) {
            for (InformationSystem system : of(units)) {
                if (system.connection().isEmpty()) {
                    system.queue()
                            .ifPresent(queue -> all.put(
                                    system.id(),
                                    QueueStub.start(
                                            bus::brokerPort,
                                            queue.name(),
                                            queue.topic(),
                                            trial.user(system.id()),
                                            trial.key(system.id()))));
                }
            }
        }

        private List<InformationSystem> of(List<Unit> units) {
            Set<SystemId> called = new LinkedHashSet<>();
            units.forEach(unit -> called.addAll(unit.card().providers()));
            return registry.systems().stream()
                    .filter(system -> called.contains(system.id()))
                    .toList();
        }

        Optional<String> address(SystemId system) {
            return Optional.ofNullable(served.get(system)).map(HttpStub::address);
        }

        @Override
        public void close() {
            all.values().forEach(Peer::close);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** One scenario. */
    private final class Trial {
        private final Scenario scenario;
        private final int number;
        private final BusUnderTest bus;
        private final Peers peers;
        private final Set<String> over;

        Trial(Scenario scenario, int number, BusUnderTest bus, Peers peers, Set<String> over) {
            this.scenario = scenario;
            this.number = number;
            this.bus = bus;
            this.peers = peers;
            this.over = over;
        }

        List<Finding> run() {
            Unit unit = scenario.unit();
            List<String> reasons = refusals(unit);
            if (!reasons.isEmpty()) {
                return List.of(Finding.of(
                        Rule.SCENARIO_NOT_DEPLOYED,
                        scenario.file(),
                        0,
                        unit.card().key().toString(),
                        String.join("; ", reasons)));
            }
            peers.all.forEach((system, peer) -> peer.play(scenario.given().getOrDefault(system, List.of()), over));
            List<Reply> replies = new ArrayList<>();
            try {
                for (int i = 0; i < scenario.when().times(); i++) {
                    Reply reply = call();
                    reply.exchange().ifPresent(over::add);
                    replies.add(reply);
                }
            } catch (IOException none) {
                return List.of(Finding.of(
                        Rule.SCENARIO_NO_ANSWER,
                        scenario.file(),
                        scenario.when().line(),
                        String.valueOf(PATIENCE.toSeconds())));
            }
            // What is sent again is acknowledged under the exchange of the first time.
            return judge(replies.get(replies.size() - 1), replies.get(0).exchange());
        }

        private List<String> refusals(Unit unit) {
            return bus.refusedServices().entrySet().stream()
                    .filter(refused -> refused.getKey().equals(unit.card().key().toString()))
                    .flatMap(refused -> refused.getValue().stream())
                    .toList();
        }

        private List<Finding> judge(Reply reply, Optional<String> exchange) {
            Scenario.Expected expected = scenario.then();
            Judge judge = new Judge(scenario, exchange.orElse(""));
            expected.answer().ifPresent(answer -> judge.answer(answer, reply));
            if (!expected.deliveries().isEmpty()) {
                judge.deliveries(expected.deliveries(), deliveries(exchange));
            }
            if (!expected.record().isEmpty()) {
                judge.record(
                        expected.record(),
                        record(reply),
                        expected.record().values().iterator().next().line());
            }
            peers.all.forEach((system, peer) -> {
                List<Seen> seen = peer.seen();
                Optional<Scenario.Calls> calls =
                        Optional.ofNullable(expected.peers().get(system));
                calls.ifPresent(known -> judge.calls(system, known, seen));
                boolean given = scenario.given().containsKey(system);
                if (!seen.isEmpty() && calls.isEmpty() && !given && !(peer instanceof QueueStub)) {
                    judge.scenario(
                            Rule.SCENARIO_NOT_GIVEN,
                            scenario.when().line(),
                            system.value(),
                            seen.get(0).request().orElse(""));
                }
            });
            return judge.findings();
        }

        private Reply call() throws IOException {
            Scenario.Call call = scenario.when();
            if (call.jms().isPresent()) {
                return MessageCall.send(
                        bus.brokerPort(),
                        TrialHome.account(call.as(), number, peers.users()),
                        TrialHome.key(call.as(), number).orElse("nobody"),
                        JmsCall.queue(scenario.unit().card().key()),
                        call,
                        PATIENCE);
            }
            String door = call.soap().isPresent() ? "/soap/" : "/api/";
            HttpRequest.Builder request = request(door + scenario.unit().card().key() + call.path());
            call.headers().forEach(request::setHeader);
            return send(request.method(
                            call.method(),
                            call.content()
                                    .map(content -> BodyPublishers.ofString(content, StandardCharsets.UTF_8))
                                    .orElseGet(BodyPublishers::noBody))
                    .build());
        }

        private HttpRequest.Builder request(String path) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + bus.dataPort() + path))
                    .timeout(PATIENCE);
            TrialHome.key(scenario.when().as(), number).ifPresent(key -> request.header("X-Api-Key", key));
            return request;
        }

        private Reply send(HttpRequest request) throws IOException {
            try {
                HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
                Map<String, String> headers = new LinkedHashMap<>();
                answer.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
                return new Reply(answer.statusCode(), headers, answer.body());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("stopped", stopped);
            }
        }

        /** How the deliveries stand when they stand as expected, or cannot any more, or too much time has passed. */
        private Map<String, Reply.Delivery> deliveries(Optional<String> exchange) {
            Map<String, Reply.Delivery> found = Map.of();
            long deadline = System.nanoTime() + scenario.then().within().toNanos();
            while (exchange.isPresent()) {
                try {
                    found = send(request("/exchanges/" + exchange.get()).build())
                            .deliveries();
                } catch (IOException away) {
                    return found;
                }
                boolean over = found.values().stream().allMatch(Reply.Delivery::isOver);
                if (isAsExpected(found) || over || System.nanoTime() - deadline >= 0) {
                    return found;
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            return found;
        }

        private boolean isAsExpected(Map<String, Reply.Delivery> found) {
            return scenario.then().deliveries().entrySet().stream().allMatch(expected -> Optional.ofNullable(
                            found.get(expected.getKey().value()))
                    .filter(state ->
                            state.state().equals(expected.getValue().state().text()))
                    .isPresent());
        }

        /** The record once it is closed: that of an answer that streams follows its last byte. */
        private Optional<Map<String, Object>> record(Reply reply) {
            if (reply.exchange().isEmpty()) {
                return Optional.empty();
            }
            ExchangeId exchange = ExchangeId.of(reply.exchange().get());
            long deadline = System.nanoTime() + RECORD_PATIENCE.toNanos();
            Optional<Map<String, Object>> record = bus.record(exchange);
            while (record.map(fields -> !fields.containsKey("outcome")).orElse(true)
                    && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
                record = bus.record(exchange);
            }
            return record;
        }
    }
}
