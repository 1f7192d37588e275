package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/** Who begins which run, whichever database is behind it (DLV-08). */
abstract class ScheduleRowsSpecification {
    private static final ServiceKey SERVICE = new ServiceKey(new ServiceId("land-parcel-synchronise"), 1);
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private Optional<Database> made = Optional.empty();

    abstract String address(String name) throws IOException;

    @BeforeEach
    void open() throws IOException {
        made = Optional.of(new Database(new DatabaseSettings(address("lgsp-" + UUID.randomUUID()), "postgres", "")));
    }

    @AfterEach
    void close() {
        made.orElseThrow().close();
    }

    private ScheduleRows node(String name) {
        return new ScheduleRows(made.orElseThrow(), name);
    }

    private static Schedule everyTenMinutes(boolean catchUp) {
        return new Schedule(new Schedule.Every(TEN_MINUTES), Schedule.DEFAULT_ZONE, "night-shift", "run", catchUp);
    }

    private static void end(ScheduleRows node, Instant due, Instant now) throws SQLException {
        node.end(SERVICE, due, ExchangeId.at(now.toEpochMilli()), "00", Optional.empty(), now);
    }

    @Test
    void a_schedule_begins_with_the_next_instant_and_each_is_begun_once() throws SQLException {
        ScheduleRows node = node("node-1");
        Schedule schedule = everyTenMinutes(true);
        assertThat(node.claim(SERVICE, schedule, NOON))
                .as("seen for the first time")
                .isEmpty();
        assertThat(node.claim(SERVICE, schedule, NOON.plusSeconds(599))).isEmpty();

        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(node.claim(SERVICE, schedule, due)).contains(due);
        end(node, due, due.plusSeconds(1));
        assertThat(node.claim(SERVICE, schedule, due.plusSeconds(2))).isEmpty();
        assertThat(node.claim(SERVICE, schedule, due.minusSeconds(1)))
                .as("a clock that is put back begins nothing anew")
                .isEmpty();
        assertThat(node.runs(SERVICE, 10)).singleElement().satisfies(run -> assertThat(run.result())
                .contains("00"));
    }

    @Test
    void what_was_missed_is_made_up_for_once_where_the_card_says_so_and_not_where_it_does_not() throws SQLException {
        ScheduleRows node = node("node-1");
        assertThat(node.claim(SERVICE, everyTenMinutes(false), NOON)).isEmpty();
        Instant late = NOON.plus(Duration.ofHours(5)).plusSeconds(300);

        assertThat(node.claim(SERVICE, everyTenMinutes(false), late)).isEmpty();
        assertThat(node.runs(SERVICE, 10)).isEmpty();

        Instant later = late.plus(Duration.ofHours(5));
        assertThat(node.claim(SERVICE, everyTenMinutes(true), later)).contains(later.minusSeconds(300));
        end(node, later.minusSeconds(300), later);
        assertThat(node.claim(SERVICE, everyTenMinutes(true), later.plusSeconds(1)))
                .isEmpty();
        assertThat(node.runs(SERVICE, 10)).hasSize(1);
    }

    @Test
    void no_other_run_begins_while_one_is_under_way_and_a_node_that_died_holds_nobody_up_for_long()
            throws SQLException {
        ScheduleRows first = node("node-1");
        ScheduleRows other = node("node-2");
        Schedule schedule = everyTenMinutes(true);
        first.claim(SERVICE, schedule, NOON);
        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(first.claim(SERVICE, schedule, due)).contains(due);

        Instant next = due.plus(TEN_MINUTES);
        first.renew(SERVICE, next.minusSeconds(1));
        assertThat(other.claim(SERVICE, schedule, next)).isEmpty();
        assertThat(first.claim(SERVICE, schedule, next)).isEmpty();
        assertThat(other.claim(SERVICE, schedule, next.minusSeconds(1).plus(ScheduleRows.LEASE)))
                .as("the first has died, and its lease is over")
                .contains(next);
        assertThat(other.runs(SERVICE, 10))
                .extracting(ScheduleReceiver.Run::result)
                .containsExactly(Optional.empty(), Optional.of("interrupted"));
    }

    @Test
    void a_node_that_was_killed_in_the_middle_goes_on_with_the_next_instant_at_once() throws SQLException {
        Schedule schedule = everyTenMinutes(true);
        ScheduleRows killed = node("node-1");
        killed.claim(SERVICE, schedule, NOON);
        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(killed.claim(SERVICE, schedule, due)).contains(due);

        ScheduleRows again = node("node-1");
        assertThat(again.claim(SERVICE, schedule, due.plusSeconds(5)))
                .as("the instant was begun, and is not begun twice")
                .isEmpty();
        assertThat(again.claim(SERVICE, schedule, due.plus(TEN_MINUTES))).contains(due.plus(TEN_MINUTES));
    }

    @Test
    void of_two_nodes_that_look_at_once_exactly_one_begins() throws Exception {
        ScheduleRows first = node("node-1");
        ScheduleRows other = node("node-2");
        Schedule schedule = everyTenMinutes(false);
        first.claim(SERVICE, schedule, NOON);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int i = 1; i <= 20; i++) {
                Instant due = NOON.plus(TEN_MINUTES.multipliedBy(i));
                Callable<Optional<Instant>> mine = () -> first.claim(SERVICE, schedule, due);
                Callable<Optional<Instant>> theirs = () -> other.claim(SERVICE, schedule, due);
                Future<Optional<Instant>> one = both.submit(mine);
                Future<Optional<Instant>> two = both.submit(theirs);
                assertThat(Stream.of(one.get(), two.get()).flatMap(Optional::stream))
                        .containsExactly(due);
                end(one.get().isPresent() ? first : other, due, due.plusSeconds(1));
            }
        } finally {
            both.shutdown();
        }
    }
}
