package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.CodeTable;

/** A table that is taken over while the bus is late, silent, or says no. */
final class TakeOverTest {
    private static final String FILE = "transforms/_codes/t.codes.yaml";
    private static final String OLD = "name: T\nversion: \"1\"\ncodes:\n  - { code: \"01\", name: A }\n";
    private static final String NEW = OLD.replace("A }", "B }");
    private static final String UNIT_OLD = "a".repeat(64);
    private static final String UNIT_NEW = "b".repeat(64);
    private static final String WHY = "catalogues apply t 0123456789abcdef";

    private interface Answers {
        void to(HttpExchange call) throws IOException;
    }

    @TempDir
    Path home;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> orders = new CopyOnWriteArrayList<>();
    private volatile Answers apply = call -> say(call, 200, "{}");
    private volatile Answers services = inForce(UNIT_NEW);
    private volatile Answers ledger = call -> say(call, 200, "[]");
    private HttpServer management;
    private CodeTableFiles.Known known;

    @BeforeEach
    void start() throws IOException {
        Path path = home.resolve(FILE);
        Files.createDirectories(path.getParent());
        Files.writeString(path, NEW);
        known = new CodeTableFiles.Known(FILE, path, OLD, CodeTable.read(FILE, "t", OLD));
        management = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        management.setExecutor(threads);
        management.createContext("/deployments/apply", call -> {
            orders.add(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            apply.to(call);
        });
        management.createContext("/services", call -> services.to(call));
        management.createContext("/deployments", call -> ledger.to(call));
        management.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        management.stop(0);
        threads.shutdownNow();
    }

    private static void say(HttpExchange call, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(status, body.length);
        call.getResponseBody().write(body);
        call.close();
    }

    private static Answers inForce(String unit) {
        return call -> say(call, 200, "[{\"service\":\"asks/v1\",\"unit\":\"" + unit + "\"}]");
    }

    private void hang(HttpExchange call) {
        try {
            over.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        call.close();
    }

    private void takeOver() throws IOException, InterruptedException {
        ManagementClient bus = new ManagementClient(
                URI.create("http://127.0.0.1:" + management.getAddress().getPort()),
                "operator",
                "any",
                Duration.ofMillis(400));
        new TakeOver(bus, known, Map.of("asks/v1", UNIT_NEW), Duration.ofSeconds(2)).intoForce(WHY);
    }

    private String file() throws IOException {
        return Files.readString(known.path());
    }

    @Test
    void a_bus_that_did_it_and_hung_is_believed_by_what_is_in_force() throws Exception {
        apply = this::hang;

        takeOver();

        assertThat(file()).isEqualTo(NEW);
        assertThat(orders).hasSize(1);
    }

    @Test
    void a_bus_that_is_late_is_waited_for() throws Exception {
        apply = this::hang;
        AtomicInteger looks = new AtomicInteger();
        services = call ->
                inForce(looks.incrementAndGet() < 3 ? UNIT_OLD : UNIT_NEW).to(call);

        takeOver();

        assertThat(looks).hasValue(3);
        assertThat(file()).isEqualTo(NEW);
    }

    @Test
    void a_bus_that_is_too_busy_to_say_or_breaks_off_may_have_done_it() throws Exception {
        apply = call -> say(call, 503, "{\"detail\":\"the deployer is busy: look again later\"}");
        takeOver();
        assertThat(file()).isEqualTo(NEW);

        apply = HttpExchange::close;
        takeOver();
        assertThat(file()).isEqualTo(NEW);
    }

    @Test
    void of_a_bus_that_says_nothing_at_all_it_is_told_what_to_do_and_the_new_file_stays() throws Exception {
        apply = this::hang;
        services = this::hang;

        assertThatThrownBy(this::takeOver)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("may still be about it")
                .hasMessageContaining("cannot be known now, so the new file stays")
                .hasMessageContaining("asks/v1 " + UNIT_NEW.substring(0, 12))
                .hasMessageContaining("./lgsp deploy apply")
                .hasMessageContaining("./lgsp deploy rollback");
        assertThat(file()).isEqualTo(NEW);
        assertThat(orders).as("nothing was taken back").hasSize(1);
    }

    @Test
    void what_is_not_in_force_yet_may_still_come_after_a_time_out_so_the_new_file_stays() throws Exception {
        apply = this::hang;
        services = inForce(UNIT_OLD);

        assertThatThrownBy(this::takeOver).hasMessageContaining("cannot be known now");
        assertThat(file()).isEqualTo(NEW);
    }

    @Test
    void what_the_ledger_says_was_refused_is_put_back() throws Exception {
        apply = call -> {
            if (orders.size() == 1) {
                hang(call);
            } else {
                say(call, 200, "{}");
            }
        };
        services = inForce(UNIT_OLD);
        ledger = call -> say(
                call,
                200,
                "[{\"action\":\"refused\",\"service\":\"asks/v1\",\"after\":\"%s\",\"reason\":\"%s\"}]"
                        .formatted(UNIT_NEW, WHY));

        assertThatThrownBy(this::takeOver)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("asks/v1 did not come into force")
                .hasMessageContaining("is as it was");
        assertThat(file()).isEqualTo(OLD);
        assertThat(orders).hasSize(2).last().asString().contains("taken back");
    }

    @Test
    void what_the_bus_did_not_take_is_put_back_and_what_it_says_of_that_is_told() throws Exception {
        apply = call -> {
            if (orders.size() == 1) {
                say(call, 200, "{}");
            } else {
                hang(call);
            }
        };
        services = inForce(UNIT_OLD);

        assertThatThrownBy(this::takeOver)
                .hasMessageContaining("did not come into force")
                .hasMessageContaining("taken it back too is not known")
                .hasMessageContaining("./lgsp deploy apply does it");
        assertThat(file()).isEqualTo(OLD);
    }

    @Test
    void a_bus_that_says_no_or_is_not_there_has_done_nothing() throws Exception {
        apply = call -> say(call, 403, "{\"detail\":\"operator looker may look on only\"}");
        assertThatThrownBy(this::takeOver)
                .hasMessageContaining("may look on only")
                .hasMessageContaining("is as it was");
        assertThat(file()).isEqualTo(OLD);

        Files.writeString(known.path(), NEW);
        management.stop(0);
        assertThatThrownBy(this::takeOver).isInstanceOf(Unreachable.class);
        assertThat(file()).isEqualTo(OLD);
    }
}
