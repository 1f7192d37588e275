package vn.lgsp.operate;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.TimeoutHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;

/**
 * The management port: the console at {@code /hawtio}, records at {@code /records}, deliveries at {@code /deliveries}, services at
 * {@code /services}, systems at {@code /systems}, health and metrics at {@code /observe}.
 *
 * <p>A server of our own, with nothing mounted that is not named in this package. Without signing in nothing of the bus is
 * shown; signed in, nothing of a message is, and nothing can be changed but that a parked delivery is sent again, a run of a schedule is
 * begun and, with the right to it, the switch of a service is turned, or it is decided on an organisation that a system asks for.
 *
 * @see "MSG-07"
 * @see "MSG-10"
 */
public final class ManagementServer {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final int IDLE_SECONDS = 60;
    private static final long REQUEST_MILLIS = 30_000;
    private static final int WORKERS = 4;

    private final OperateSettings settings;
    private final WorkerExecutor workers;
    private final ServicesBean bean;
    private final JmxView jmx;
    private final HealthBoard health;
    private final HttpServer server;

    /**
     * @param records what {@code /records} shows
     * @param deliveries what {@code /deliveries} shows and sends again
     * @param services what {@code /services} and the console show, and whose switches they turn
     * @param runs what {@code /runs} shows and begins
     * @param deployments what {@code /deployments} shows, and what it brings into force
     * @param systems what {@code /systems} shows
     * @param agencies what {@code /agencies} shows, and decides on
     * @param probes what {@code /observe/health} asks
     * @throws IllegalArgumentException when the settings would show this bus to the network without TLS, or show the sample city
     */
    public ManagementServer(
            Vertx vertx,
            OperateSettings settings,
            Catalogue catalogue,
            PrometheusMeterRegistry meters,
            RecordsView records,
            DeliveriesView deliveries,
            ServicesView services,
            RunsView runs,
            DeploymentsView deployments,
            SystemsView systems,
            AgenciesView agencies,
            List<HealthProbe> probes,
            Clock clock) {
        refuseOpenDoors(settings, catalogue);
        this.settings = settings;
        workers = vertx.createSharedWorkerExecutor("lgsp-operate", WORKERS, 1, TimeUnit.MINUTES);
        ServiceSwitch desk = new ServiceSwitch(services, meters);
        bean = new ServicesBean(desk);
        jmx = new JmxView(meters, bean);
        health = new HealthBoard(vertx, probes);
        Guard guard = new Guard(new SignIn(catalogue, settings, clock, workers, meters), settings.isTls());
        Connections connections = new Connections(vertx);

        Router router = Router.router(vertx);
        router.route().handler(new Perimeter(settings));
        router.route().handler(TimeoutHandler.create(REQUEST_MILLIS, 503));
        router.route().failureHandler(ManagementServer::failed);
        new ObserveRoutes(guard, health, meters, workers).mount(router);
        new RecordsRoutes(guard, records, workers).mount(router);
        new DeliveriesRoutes(guard, deliveries, workers).mount(router);
        new ServicesRoutes(guard, desk, workers).mount(router);
        new RunsRoutes(guard, runs, workers).mount(router);
        new DeploymentsRoutes(guard, deployments, workers).mount(router);
        new SystemsRoutes(guard, systems, workers).mount(router);
        new AgenciesRoutes(guard, agencies, workers).mount(router);
        new ConsoleRoutes(guard, jmx, new ConsoleFiles(workers), workers, clock, settings.sessionTimeout())
                .mount(router);
        router.route().last().handler(context -> Answers.problem(context, 404, "there is nothing here"));

        server = vertx.createHttpServer(options(settings))
                .connectionHandler(connections::opened)
                .requestHandler(request -> {
                    connections.asked(request.connection());
                    router.handle(request);
                });
    }

    private static void refuseOpenDoors(OperateSettings settings, Catalogue catalogue) {
        if (isLoopback(settings.host())) {
            return;
        }
        if (!settings.isTls()) {
            throw new IllegalArgumentException(
                    "lgsp.operate.host is not loopback, so the management port needs TLS: write"
                            + " lgsp.operate.certificate and lgsp.operate.key");
        }
        if (catalogue.now().isSample()) {
            throw new IllegalArgumentException(
                    "lgsp.operate.host is not loopback, and everybody knows the passwords of the"
                            + " sample city: use a registry of your own");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("lgsp.operate.host is not an address of this machine", unknown);
        }
    }

    private static HttpServerOptions options(OperateSettings settings) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(4 << 10)
                .setMaxHeaderSize(16 << 10);
        settings.certificate().ifPresent(certificate -> options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(settings.key().orElseThrow().toString())));
        return options;
    }

    /** Starts to listen; the port that comes back matters when the settings said any. */
    public Future<Integer> start() {
        return server.listen().map(HttpServer::actualPort).onSuccess(port -> {
            bean.register();
            LOG.atInfo()
                    .addKeyValue("event", "management.started")
                    .addKeyValue("host", settings.host())
                    .addKeyValue("port", port)
                    .log();
        });
    }

    /** Stops listening; whoever was signed in is no longer. */
    public Future<Void> close() {
        return server.close().eventually(() -> {
            bean.unregister();
            jmx.close();
            return Future.join(health.close(), workers.close());
        });
    }

    private static void failed(RoutingContext context) {
        int status = context.statusCode() > 0 ? context.statusCode() : 500;
        if (status >= 500) {
            LOG.atError()
                    .setCause(context.failure())
                    .addKeyValue("event", "management.failed")
                    .addKeyValue("status", status)
                    .log("");
        }
        Answers.problem(
                context, status, status >= 500 ? "the bus failed; its log says why" : "the request is not valid");
    }
}
