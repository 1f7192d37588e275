package vn.lgsp.operate;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import vn.lgsp.TestClock;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.ExchangeId;

/** A Camel context with two routes, and the management server beside it on a free port. */
final class ManagedBus implements AutoCloseable {
    static final String USER = "van-hanh";
    static final String PASSWORD = "Mật khẩu dài 1!";
    /** An operator with the same password who may turn the switches of services. */
    static final String SWITCHER = "truong-ca";

    private static final String HASH = PasswordHash.make(PASSWORD, 10_000).stored();
    static final Operator LOOKS_ON = new Operator(USER, HASH);
    static final Operator MAY_SWITCH = new Operator(SWITCHER, HASH, Set.of(Operator.Right.SWITCH));
    static final String CONTENT = "so-giay-to-012345678901";

    final TestClock time = new TestClock(Instant.parse("2026-03-01T08:00:00Z"));
    final Catalogue catalogue;
    final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final Map<ExchangeId, Map<String, Object>> records = new ConcurrentHashMap<>();
    final List<RecordsView.Filter> asked = new ArrayList<>();
    final AtomicReference<Optional<String>> illness = new AtomicReference<>(Optional.empty());
    final ManyDeliveries deliveries = new ManyDeliveries();
    final FewServices services = new FewServices();
    final CamelContext camel;
    final int port;
    final RawClient client;
    private final Vertx vertx = Vertx.vertx();
    private final ManagementServer server;

    ManagedBus() throws Exception {
        this(5);
    }

    ManagedBus(int signInAttempts) throws Exception {
        camel = new DefaultCamelContext();
        camel.getCamelContextExtension().setName("lgsp-test");
        camel.setSourceLocationEnabled(true);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:land-parcel-lookup").routeId("land-parcel-lookup").setBody(constant("ok"));
                from("direct:population-citizen-lookup")
                        .routeId("population-citizen-lookup")
                        .throwException(IllegalStateException.class, "cannot read ${body}");
            }
        });
        camel.start();
        catalogue = new Catalogue(snapshot(LOOKS_ON, MAY_SWITCH));
        HealthProbe probe = new HealthProbe("journal", HealthProbe.Kind.READINESS, illness::get);
        server = new ManagementServer(
                vertx,
                settings(signInAttempts),
                catalogue,
                meters,
                view(),
                deliveries,
                services,
                new NoRuns(),
                new NoDeployments(),
                new FewSystems(),
                new NoAgencies(),
                List.of(probe),
                time);
        port = server.start().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        client = new RawClient(port);
    }

    static OperateSettings settings(int signInAttempts) {
        return new OperateSettings(
                "127.0.0.1",
                0,
                List.of("console.h99.example"),
                Duration.ofMinutes(15),
                signInAttempts,
                Duration.ofMinutes(5),
                Optional.empty(),
                Optional.empty());
    }

    static Snapshot snapshot(Operator... operators) {
        return new Snapshot(
                new Registry(true, List.of(), List.of(), List.of(), List.of(), List.of(operators)), List.of());
    }

    private RecordsView view() {
        return new RecordsView() {
            @Override
            public Optional<Map<String, Object>> find(ExchangeId exchange) {
                return Optional.ofNullable(records.get(exchange));
            }

            @Override
            public List<Map<String, Object>> newest(Filter filter) {
                asked.add(filter);
                return List.copyOf(records.values());
            }
        };
    }

    RawClient.Answer signIn(String user, String password, String... headers) {
        return client.post(
                "/hawtio/auth/login", "{\"username\":\"" + user + "\",\"password\":\"" + password + "\"}", headers);
    }

    /** @return the header that carries the session */
    String signedIn() {
        return signedInAs(USER);
    }

    /** The header that carries the session of this operator. */
    String signedInAs(String user) {
        return "Cookie: " + signIn(user, PASSWORD).cookie();
    }

    RawClient.Answer jolokia(String session, String body) {
        return client.post("/hawtio/jolokia?maxDepth=7&ignoreErrors=true", body, session);
    }

    /** Sends so many exchanges through the route. */
    void work(int times) {
        try (var producer = camel.createProducerTemplate()) {
            for (int i = 0; i < times; i++) {
                producer.sendBody("direct:land-parcel-lookup", CONTENT);
            }
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    @Override
    public void close() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        camel.close();
    }
}
