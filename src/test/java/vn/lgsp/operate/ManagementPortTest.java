package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operator;

class ManagementPortTest {
    @Test
    void two_buses_in_one_process_do_not_disturb_each_other() throws Exception {
        try (ManagedBus one = new ManagedBus();
                ManagedBus other = new ManagedBus()) {
            String session = one.signedIn();
            String version = "{\"type\":\"version\"}";
            assertThat(other.jolokia(session, version).status()).isEqualTo(401);
            assertThat(other.jolokia(other.signedIn(), version).status()).isEqualTo(200);
            assertThat(one.jolokia(session, version).status()).isEqualTo(200);
        }
    }

    @Test
    void callers_who_ask_nothing_cannot_take_more_than_their_share_of_connections() throws Exception {
        try (ManagedBus bus = new ManagedBus()) {
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), bus.port));
            }
            try (Socket oneTooMany = new Socket(InetAddress.getLoopbackAddress(), bus.port)) {
                oneTooMany.setSoTimeout(5_000);
                assertThat(oneTooMany.getInputStream().read()).isEqualTo(-1);
            }
            idle.get(0).setSoTimeout(20_000);
            assertThat(idle.get(0).getInputStream().read())
                    .as("closed for want of a request")
                    .isEqualTo(-1);
            for (Socket socket : idle) {
                socket.close();
            }
            await().ignoreExceptions() // until the server has noticed that they are gone
                    .untilAsserted(
                            () -> assertThat(bus.client.get("/observe/health").status())
                                    .isEqualTo(200));
        }
    }

    @Test
    void a_probe_that_hangs_counts_as_not_well_and_keeps_nobody_from_signing_in() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Vertx vertx = Vertx.vertx();
        HealthBoard board = new HealthBoard(
                vertx,
                List.of(
                        new HealthProbe("hangs", HealthProbe.Kind.READINESS, () -> {
                            awaitQuietly(end);
                            return Optional.empty();
                        }),
                        new HealthProbe("throws", HealthProbe.Kind.READINESS, () -> {
                            throw new IllegalStateException("secret");
                        }),
                        new HealthProbe("well", HealthProbe.Kind.LIVENESS, Optional::empty)));
        JsonObject report = board.ask(Optional.empty(), true)
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .report();
        end.countDown();
        vertx.close();

        assertThat(report.getString("status")).isEqualTo("DOWN");
        assertThat(report.getJsonArray("checks").stream()
                        .map(check -> ((JsonObject) check).getString("name") + " "
                                + ((JsonObject) check).getString("problem")))
                .containsExactly("hangs no answer in 5 s", "throws IllegalStateException", "well null");
    }

    @Test
    void over_tls_the_cookie_never_travels_without_it(@TempDir Path folder) throws Exception {
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        makeCertificate(folder, certificate, key);
        OperateSettings settings = new OperateSettings(
                "127.0.0.1",
                0,
                List.of(),
                Duration.ofMinutes(15),
                5,
                Duration.ofMinutes(5),
                Optional.of(certificate),
                Optional.of(key));
        Operator operator =
                new Operator(ManagedBus.USER, PasswordHash.make("pass", 10_000).stored());
        Vertx vertx = Vertx.vertx();
        ManagementServer server = new ManagementServer(
                vertx,
                settings,
                new Catalogue(ManagedBus.snapshot(operator)),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                new NoRecords(),
                new ManyDeliveries(),
                new FewServices(),
                new NoRuns(),
                new NoDeployments(),
                new NoSystems(),
                new NoAgencies(),
                List.of(),
                Clock.systemUTC());
        int port = get(server.start());
        var client = vertx.createHttpClient(
                new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
        var answer = get(client.request(HttpMethod.POST, port, "localhost", "/hawtio/auth/login")
                .compose(request -> request.putHeader("Origin", "https://localhost:" + port)
                        .putHeader("Content-Type", "application/json")
                        .send("{\"username\":\"" + ManagedBus.USER + "\",\"password\":\"pass\"}")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.getHeader("set-cookie")).contains("; Secure", "; HTTPOnly", "; SameSite=Strict");
        assertThat(answer.getHeader("strict-transport-security")).isEqualTo("max-age=31536000");
        assertThatThrownBy(() -> new RawClient(port).get("/hawtio/login")).isInstanceOf(RuntimeException.class);
        get(server.close());
        get(vertx.close());
    }

    private static <T> T get(io.vertx.core.Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void makeCertificate(Path folder, Path certificate, Path key) throws Exception {
        Path store = folder.resolve("store.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        write(certificate, "CERTIFICATE", keys.getCertificate("a").getEncoded());
        Key secret = keys.getKey("a", "changeit".toCharArray());
        write(key, "PRIVATE KEY", secret.getEncoded());
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }
}
