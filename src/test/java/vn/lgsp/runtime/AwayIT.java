package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.guarantee.ProtocolStep;

/**
 * Broker and database go away, each by itself, in the middle of traffic: what was acknowledged arrives, what was refused arrives
 * nowhere, who asks is told at once, and it goes on by itself (DLV-03).
 */
final class AwayIT {
    private static final int TIMES = Campaign.size("lgsp.times", 2, 10);
    private static final int SOURCES = 6;
    /** A silent database is waited for once to write and once for a second connection, on a machine that is busy with other tests. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(12);

    @TempDir
    Path folder;

    private GuaranteedCity city;

    /** What a source was told of each birth. */
    private record Told(int number, String how, Duration after) {
        boolean is(String other) {
            return how.equals(other);
        }
    }

    private final ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<Thread> sources = new ArrayList<>();
    private volatile boolean over;

    @BeforeEach
    void build() {
        city = GuaranteedCity.in(folder);
    }

    @AfterEach
    void leave() throws InterruptedException {
        stopTraffic();
        city.close();
    }

    private void traffic(int port) {
        for (int i = 0; i < SOURCES; i++) {
            Thread source = new Thread(
                    () -> {
                        while (!over) {
                            int number = numbers.incrementAndGet();
                            long begun = System.nanoTime();
                            String how;
                            try {
                                HttpResponse<String> answer = city.send(port, number, "urn:away:" + number);
                                how = GuaranteedCity.acknowledged(answer).isPresent()
                                        ? "acknowledged"
                                        : GuaranteedCity.fault(answer);
                            } catch (RuntimeException lost) {
                                how = lost.getCause() instanceof HttpTimeoutException ? "nothing" : lost.toString();
                            }
                            told.add(new Told(number, how, Duration.ofNanos(System.nanoTime() - begun)));
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        }
                    },
                    "source-" + i);
            source.start();
            sources.add(source);
        }
    }

    private void stopTraffic() throws InterruptedException {
        over = true;
        for (Thread source : sources) {
            source.join();
        }
    }

    private long count(String how) {
        return told.stream().filter(one -> one.is(how)).count();
    }

    private void awaitMore(String how, int more) {
        long before = count(how);
        await().atMost(Duration.ofSeconds(40)).until(() -> count(how) >= before + more);
    }

    private Set<String> births(String how) {
        Set<String> found = new HashSet<>();
        told.stream().filter(one -> one.is(how)).forEach(one -> found.add(GuaranteedCity.number(one.number())));
        return found;
    }

    /** Ends the traffic, and judges what the sources were told by what the destinations have. */
    private void settleAndJudge(int mayArriveTwice) throws InterruptedException {
        stopTraffic();
        Set<String> acknowledged = births("acknowledged");
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    assertThat(new HashSet<>(city.atInsurance())).containsAll(acknowledged);
                    assertThat(new HashSet<>(city.atArchive())).containsAll(acknowledged);
                });
        Set<String> kinds = ConcurrentHashMap.newKeySet();
        told.forEach(one -> kinds.add(one.how()));
        assertThat(Set.of("acknowledged", "guarantee-unavailable", "acceptance-unknown"))
                .containsAll(kinds);
        assertThat(city.atInsurance()).doesNotContainAnyElementsOf(births("guarantee-unavailable"));
        assertThat(city.atArchive()).doesNotContainAnyElementsOf(births("guarantee-unavailable"));
        assertThat(told)
                .allSatisfy(one -> assertThat(one.after()).as(one.toString()).isLessThan(LONGEST_ANSWER));
        assertThat(city.atInsurance().size() - new HashSet<>(city.atInsurance()).size())
                .as("calls of the office more than once for a birth")
                .isLessThanOrEqualTo(mayArriveTwice);
        assertThat(city.insuranceDeliveries()).hasSize(new HashSet<>(city.atInsurance()).size());
    }

    private OutsideBroker outside() {
        return OutsideBroker.start(
                folder.resolve("outside"),
                city.brokerPort(),
                ArchiveConsumer.QUEUE,
                "lgsp.social-insurance.work",
                "lgsp.civil-archive.work");
    }

    private TestBus.Builder onOutsideBroker() {
        return city.bus()
                .setting("lgsp.broker.url", "tcp://127.0.0.1:" + city.brokerPort())
                .setting("lgsp.broker.user", "bus")
                .setting("lgsp.broker.password", "bus");
    }

    @Test
    void killed_again_and_again_the_broker_loses_nothing_and_its_outage_is_told_honestly() throws Exception {
        try (OutsideBroker broker = outside();
                TestBus bus = onOutsideBroker().start()) {
            traffic(bus.port());
            for (int kill = 0; kill < TIMES; kill++) {
                awaitMore("acknowledged", 50);
                broker.kill();
                awaitMore("guarantee-unavailable", 30);
                broker.startAgain();
                awaitMore("acknowledged", 20);
            }
            // what was under way at the archive or here may be made again, under its own delivery id
            settleAndJudge(TIMES * 64);
            assertThat(count("guarantee-unavailable")).isGreaterThanOrEqualTo(TIMES * 30L);
            assertThat(count("acceptance-unknown")).isZero();
        }
    }

    @Test
    void a_broker_that_says_nothing_any_more_is_told_honestly_and_in_time() throws Exception {
        try (OutsideBroker broker = outside();
                TestBus bus = onOutsideBroker().start()) {
            traffic(bus.port());
            awaitMore("acknowledged", 50);
            broker.signal("STOP");
            try {
                awaitMore("guarantee-unavailable", 30);
            } finally {
                broker.signal("CONT");
            }
            awaitMore("acknowledged", 20);
            settleAndJudge(2 * 64);
        }
    }

    /** Stands before a server, and cuts or stops what passes. */
    private static final class Cable implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int target;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();
        private volatile boolean cut;
        private volatile boolean silent;

        Cable(int target) throws IOException {
            this.target = target;
            start(this::accept);
        }

        int port() {
            return door.getLocalPort();
        }

        void cut(boolean now) {
            cut = now;
            if (now) {
                open.forEach(Cable::close);
                open.clear();
            }
        }

        void silent(boolean now) {
            silent = now;
            if (!now) {
                open.forEach(Cable::close); // what was held back is lost, as with a firewall that forgot
                open.clear();
            }
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = door.accept();
                    if (cut) {
                        close(client);
                        continue;
                    }
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    open.add(client);
                    open.add(server);
                    start(() -> pass(client, server));
                    start(() -> pass(server, client));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void pass(Socket from, Socket to) {
            byte[] some = new byte[8192];
            try {
                for (int count = from.getInputStream().read(some);
                        count >= 0;
                        count = from.getInputStream().read(some)) {
                    if (!silent) {
                        to.getOutputStream().write(some, 0, count);
                    }
                }
            } catch (IOException gone) {
                // the other side was cut
            } finally {
                close(from);
                close(to);
            }
        }

        private static void start(Runnable work) {
            Thread thread = new Thread(work, "cable");
            thread.setDaemon(true);
            thread.start();
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException already) {
                // it is closed
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
            open.forEach(Cable::close);
        }
    }

    private TestBus.Builder onPostgres(int port) {
        Map<String, String> settings = Map.of(
                "lgsp.database.url",
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                "lgsp.database.user",
                "postgres");
        TestBus.Builder builder = city.bus();
        settings.forEach(builder::setting);
        return builder;
    }

    @Test
    void cut_off_again_and_again_the_database_loses_nothing_and_its_outage_is_told_honestly() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cable cable = new Cable(postgres.getPort());
                TestBus bus = onPostgres(cable.port()).start()) {
            traffic(bus.port());
            for (int cut = 0; cut < TIMES; cut++) {
                awaitMore("acknowledged", 50);
                cable.cut(true);
                awaitMore("guarantee-unavailable", 30);
                cable.cut(false);
                awaitMore("acknowledged", 20);
            }
            // attempts whose end was committed or not, nobody knows: none, for the end is committed again and again
            settleAndJudge(0);
            assertThat(count("guarantee-unavailable")).isGreaterThanOrEqualTo(TIMES * 30L);
            assertThat(count("acceptance-unknown"))
                    .as("only those whose commit was under way")
                    .isLessThanOrEqualTo(TIMES * SOURCES);
        }
    }

    @Test
    void a_database_that_says_nothing_any_more_is_told_honestly_and_in_time() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cable cable = new Cable(postgres.getPort());
                TestBus bus = onPostgres(cable.port()).start()) {
            traffic(bus.port());
            awaitMore("acknowledged", 50);
            cable.silent(true);
            awaitMore("guarantee-unavailable", 30);
            cable.silent(false);
            awaitMore("acknowledged", 20);
            settleAndJudge(0);
            assertThat(count("acceptance-unknown")).isLessThanOrEqualTo(SOURCES);
        }
    }

    @Test
    void what_is_under_way_when_the_database_goes_is_settled_when_it_is_back_and_nobody_is_called_again()
            throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cable cable = new Cable(postgres.getPort());
                TestBus bus = onPostgres(cable.port()).start()) {
            city.insurance().behaves(request -> city.insurance()
                    .later(1_500, () -> GuaranteedCity.takes().handle(request)));
            List<String> exchanges = new ArrayList<>();
            for (int number = 1; number <= 10; number++) {
                exchanges.add(GuaranteedCity.acknowledged(city.send(bus.port(), number))
                        .orElseThrow());
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> city.insurance().begun() == 10);

            cable.cut(true);
            await().during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> city.insurance().begun() == 10);
            cable.cut(false);

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> exchanges.stream().allMatch(exchange -> city.state(bus.port(), exchange)
                            .path("state")
                            .asText()
                            .equals("delivered")));
            assertThat(city.insurance().begun()).isEqualTo(10);
            assertThat(exchanges)
                    .allSatisfy(exchange -> assertThat(city.delivery(bus.port(), exchange, GuaranteedCity.INSURANCE)
                                    .path("attempts")
                                    .asInt())
                            .isEqualTo(1));
        }
    }

    /** Does this the first time that the step is reached. */
    private static Consumer<ProtocolStep> onceAt(ProtocolStep step, Runnable work) {
        AtomicBoolean done = new AtomicBoolean();
        return reached -> {
            if (reached == step && done.compareAndSet(false, true)) {
                work.run();
            }
        };
    }

    private void arrives(TestBus bus, String exchange) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        city.state(bus.port(), exchange).path("state").asText().equals("delivered"));
    }

    @Test
    void when_the_database_goes_after_the_references_are_out_nobody_is_told_that_nothing_is_kept() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cable cable = new Cable(postgres.getPort());
                TestBus bus = onPostgres(cable.port())
                        .observer(onceAt(ProtocolStep.REFERENCES_POSTED, () -> cable.cut(true)))
                        .start()) {
            HttpResponse<String> answer = city.send(bus.port(), 1, "urn:away:1");
            assertThat(GuaranteedCity.fault(answer)).isEqualTo("acceptance-unknown");

            cable.cut(false);

            // the references were out, and whoever takes one up accepts it
            arrives(bus, answer.headers().firstValue("X-LGSP-Exchange").orElseThrow());
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
        }
    }

    @Test
    void when_the_broker_goes_before_the_references_are_out_nothing_is_kept_and_the_next_try_is_a_new_one()
            throws Exception {
        try (OutsideBroker broker = outside();
                TestBus bus = onOutsideBroker()
                        .observer(onceAt(ProtocolStep.ACCEPTING_COMMITTED, broker::kill))
                        .start()) {
            HttpResponse<String> answer = city.send(bus.port(), 1, "urn:away:1");
            assertThat(GuaranteedCity.fault(answer)).isEqualTo("guarantee-unavailable");
            assertThat(city.sql("select 1 from guaranteed_exchange")).isZero();
            assertThat(city.sql("select 1 from sealed_content")).isZero();

            broker.startAgain();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> GuaranteedCity.acknowledged(city.send(bus.port(), 1, "urn:away:1"))
                            .isPresent());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
        }
    }

    @Test
    void when_both_go_it_is_unknown_and_what_is_left_is_withdrawn_when_they_are_back() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cable cable = new Cable(postgres.getPort());
                OutsideBroker broker = outside();
                TestBus bus = onOutsideBroker()
                        .setting("lgsp.database.url", "jdbc:postgresql://127.0.0.1:" + cable.port() + "/postgres")
                        .setting("lgsp.database.user", "postgres")
                        .setting("lgsp.guarantee.accept-timeout", "1s")
                        .observer(onceAt(ProtocolStep.ACCEPTING_COMMITTED, () -> {
                            broker.kill();
                            cable.cut(true);
                        }))
                        .start()) {
            HttpResponse<String> answer = city.send(bus.port(), 1, "urn:away:1");
            assertThat(GuaranteedCity.fault(answer)).isEqualTo("acceptance-unknown");

            cable.cut(false);
            await().atMost(Duration.ofSeconds(30)).until(() -> rows(postgres, "guaranteed_exchange") == 0);
            broker.startAgain();

            assertThat(rows(postgres, "sealed_content")).isZero();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> GuaranteedCity.acknowledged(city.send(bus.port(), 2, "urn:away:2"))
                            .isPresent());
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            city.atInsurance().size() == 1 && city.atArchive().size() == 1);
            assertThat(city.atInsurance()).containsExactly("KS-2026-2");
            assertThat(city.atArchive()).containsExactly("KS-2026-2");
        }
    }

    private static int rows(EmbeddedPostgres postgres, String table) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("select count(*) from " + table)) {
            count.next();
            return count.getInt(1);
        }
    }
}
