package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.guarantee.Messages.done;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import vn.lgsp.Campaign;
import vn.lgsp.TestPostgres;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Insertion;
import vn.lgsp.guarantee.DeliveryStore.NewExchange;
import vn.lgsp.message.ExchangeId;

/** The store's specification on a real PostgreSQL, and what it says when the database dies while it commits. */
class DeliveryStorePostgresIT extends DeliveryStoreSpecification {
    private static final int ROUNDS = Campaign.size("lgsp.rounds", 6, 30);

    @Override
    protected String address(String name) {
        return TestPostgres.database(name);
    }

    private static ErrorCode failure(CompletableFuture<?> call) {
        try {
            done(call);
        } catch (BusException failed) {
            return failed.code();
        }
        throw new AssertionError("it did not fail");
    }

    /** The same database, by way of a proxy that a test cuts. */
    private static DatabaseSettings by(CuttingProxy proxy, String direct) {
        return new DatabaseSettings(
                direct.replaceFirst("localhost:\\d+", "127.0.0.1:" + proxy.port()) + "&sslmode=disable",
                "postgres",
                "");
    }

    @Test
    void a_connection_cut_before_or_after_the_commit_gives_an_unknown_outcome_and_the_store_recovers()
            throws IOException {
        String direct = address("lgsp-" + UUID.randomUUID());
        try (CuttingProxy proxy = new CuttingProxy(TestPostgres.port());
                Database database = new Database(by(proxy, direct));
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            done(store.insert(Messages.message()));
            for (CuttingProxy.Cut cut : CuttingProxy.Cut.values()) {
                NewExchange message = Messages.message();
                proxy.cutAtNextCommit(cut);

                ErrorCode told = failure(store.insert(message));

                assertThat(told).as("%s", cut).isEqualTo(ErrorCode.ACCEPTANCE_UNKNOWN);
                // the repeat finds out: promotion succeeds exactly where the commit went through
                await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(() -> assertThat(
                                done(store.promote(message.id())))
                        .isEqualTo(cut == CuttingProxy.Cut.AFTER));
            }
        }
    }

    @Test
    void while_the_database_is_away_calls_fail_soon_as_unavailable_and_it_resumes_by_itself() throws IOException {
        String direct = address("lgsp-" + UUID.randomUUID());
        try (CuttingProxy proxy = new CuttingProxy(TestPostgres.port());
                Database database = new Database(by(proxy, direct));
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            done(store.insert(Messages.message()));
            proxy.refuse(true);
            NewExchange lost = Messages.message();
            long begun = System.nanoTime();

            assertThat(failure(store.insert(lost))).isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
            begun = System.nanoTime();
            assertThat(failure(store.insert(lost))).isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
            assertThat(store.isDatabaseReachable()).isFalse();

            proxy.refuse(false);
            await().atMost(Duration.ofSeconds(20)).until(store::isDatabaseReachable);
            assertThat(done(store.promote(lost.id())))
                    .as("nothing of it is kept")
                    .isFalse();
            assertThat(done(store.insert(lost))).isEqualTo(new Insertion.Inserted());
        }
    }

    @Test
    void a_database_that_ends_its_sessions_again_and_again_never_makes_the_store_say_what_is_not_so() throws Exception {
        String name = "lgsp-" + UUID.randomUUID();
        Map<ExchangeId, String> told = new ConcurrentHashMap<>();
        try (Database database = new Database(new DatabaseSettings(address(name), "postgres", ""));
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            done(store.insert(Messages.message()));
            for (int round = 0; round < ROUNDS; round++) {
                List<CompletableFuture<?>> calls = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    NewExchange message = Messages.message(Optional.empty(), 1_024, Messages.INSURANCE);
                    calls.add(store.insert(message)
                            .whenComplete((done, failed) -> told.put(
                                    message.id(),
                                    failed == null
                                            ? "inserted"
                                            : BusException.in(failed)
                                                    .orElseThrow()
                                                    .code()
                                                    .code())));
                    if (i == round * 90 / ROUNDS) {
                        TestPostgres.run("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                                + name + "'");
                    }
                }
                Messages.ended(calls.stream());
                await().atMost(Duration.ofSeconds(20)).until(store::isDatabaseReachable);
            }
            assertThat(told).hasSize(ROUNDS * 100).containsValue("inserted");
            for (Map.Entry<ExchangeId, String> one : told.entrySet()) {
                boolean kept = done(store.promote(one.getKey()));
                if (!one.getValue().equals(ErrorCode.ACCEPTANCE_UNKNOWN.code())) {
                    assertThat(kept).as(one.getValue()).isEqualTo(one.getValue().equals("inserted"));
                }
            }
        }
    }
}
