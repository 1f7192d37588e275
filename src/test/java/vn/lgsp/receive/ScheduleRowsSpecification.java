package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.Synchronise;
import vn.lgsp.database.OnOneDatabase;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/** Who begins which run, and how far a dataset has been read, whichever database is behind it (DLV-08, SHR-02). */
abstract class ScheduleRowsSpecification extends OnOneDatabase {
    private static final ServiceKey SERVICE = new ServiceKey(new ServiceId("land-parcel-synchronise"), 1);
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    ScheduleRowsSpecification() {
        super("schedule_state", "schedule_run", "synchronisation", "synchronisation_seen");
    }

    private ScheduleRows node(String name) {
        return new ScheduleRows(database(), name);
    }

    private static Schedule everyTenMinutes(boolean catchUp) {
        return new Schedule(
                new Schedule.Every(TEN_MINUTES),
                Schedule.DEFAULT_ZONE,
                "night-shift",
                "run",
                catchUp,
                Optional.empty());
    }

    private static void end(ScheduleRows node, Instant due, Instant now) throws SQLException {
        node.end(SERVICE, due, Optional.of(ExchangeId.at(now.toEpochMilli())), "00", Optional.empty(), now);
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
    void old_runs_are_forgotten_but_for_the_newest_of_a_service_and_no_instant_is_begun_again() throws SQLException {
        ScheduleRows node = node("node-1");
        Schedule schedule = everyTenMinutes(true);
        node.claim(SERVICE, schedule, NOON);
        for (int i = 1; i <= 3; i++) {
            Instant due = NOON.plus(TEN_MINUTES.multipliedBy(i));
            assertThat(node.claim(SERVICE, schedule, due)).contains(due);
            if (i < 3) {
                end(node, due, due.plusSeconds(1));
            }
        }
        Instant third = NOON.plus(TEN_MINUTES.multipliedBy(3));

        assertThat(node.prune(NOON.plus(TEN_MINUTES))).as("nothing is old yet").isZero();
        assertThat(node.prune(third)).isEqualTo(2);
        assertThat(node.runs(SERVICE, 10)).singleElement().satisfies(run -> assertThat(run.due())
                .isEqualTo(third));
        end(node, third, third.plusSeconds(1));
        assertThat(node.prune(third.plusSeconds(60))).as("the newest stays").isZero();
        assertThat(node.claim(SERVICE, schedule, third.plusSeconds(2))).isEmpty();
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

    // ------------------------------------------------------------------ datasets

    private static final Schedule NIGHTLY = new Schedule(
            new Schedule.Every(TEN_MINUTES),
            Schedule.DEFAULT_ZONE,
            "night-shift",
            "read",
            false,
            Optional.of(new Synchronise(SERVICE, "keep", Synchronise.What.PART, 100, 1)));

    private SynchroniseRows reading(ScheduleRows node) {
        return new SynchroniseRows(database(), node.run());
    }

    private static SourcePage page(String items, int count, String watermark, boolean more) {
        return new SourcePage(
                items.getBytes(StandardCharsets.UTF_8), count, Optional.of(watermark), more, OptionalLong.of(5));
    }

    private static SynchroniseRows.Round open(SynchroniseRows rows, Instant due) throws SQLException {
        return rows.open(SERVICE, due, Synchronise.What.PART);
    }

    @Test
    void a_run_that_was_cut_off_goes_on_in_its_round_behind_the_last_accepted_page_wherever_that_was()
            throws SQLException {
        ScheduleRows node = node("node-1");
        node.claim(SERVICE, NIGHTLY, NOON);
        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(node.claim(SERVICE, NIGHTLY, due)).contains(due);
        SynchroniseRows.Round begun = open(reading(node), due);
        assertThat(begun.whole()).isTrue();

        node = node("node-1"); // cut off before its first page
        assertThat(node.claim(SERVICE, NIGHTLY, due.plusSeconds(1))).contains(due);
        assertThat(open(reading(node), due)).isEqualTo(begun);
        SynchroniseRows.Round one = reading(node)
                .accepted(SERVICE, due, begun, page("[1,2]", 2, "b", true))
                .orElseThrow();

        node = node("node-1"); // cut off after it
        assertThat(node.claim(SERVICE, NIGHTLY, due.plus(TEN_MINUTES)))
                .as("goes before what is due meanwhile")
                .contains(due);
        assertThat(open(reading(node), due)).isEqualTo(one);
        SynchroniseRows.Round two = reading(node)
                .accepted(SERVICE, due, one, page("[3,4,5]", 3, "c", false))
                .orElseThrow();

        node = node("node-1"); // cut off after its last page
        assertThat(node.claim(SERVICE, NIGHTLY, due.plusSeconds(3))).contains(due);
        assertThat(open(reading(node), due)).isEqualTo(two).satisfies(round -> {
            assertThat(round.complete()).isTrue();
            assertThat(round.items()).isEqualTo(5).isEqualTo(round.total().orElseThrow());
        });
        end(node, due, due.plusSeconds(4));
        assertThat(node.runs(SERVICE, 10)).singleElement().satisfies(run -> {
            assertThat(run.result()).contains("00");
            assertThat(run.reading()).hasValueSatisfying(read -> {
                assertThat(read.resumed()).isEqualTo(3);
                assertThat(read.pages()).isEqualTo(2);
                assertThat(read.items()).isEqualTo(5);
                assertThat(read.watermark()).contains("c");
            });
        });

        Instant next = due.plus(TEN_MINUTES);
        assertThat(node.claim(SERVICE, NIGHTLY, next)).contains(next);
        SynchroniseRows.Round part = open(reading(node), next);
        assertThat(part.whole()).isFalse();
        assertThat(part.watermark()).contains("c");
        assertThat(part.items()).isZero();
    }

    @Test
    void a_node_whose_lease_another_one_has_keeps_no_page_and_one_that_heard_no_answer_counts_it_once()
            throws SQLException {
        ScheduleRows first = node("node-1");
        first.claim(SERVICE, NIGHTLY, NOON);
        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(first.claim(SERVICE, NIGHTLY, due)).contains(due);
        SynchroniseRows.Round begun = open(reading(first), due);
        SourcePage page = page("[1]", 1, "b", true);
        SynchroniseRows.Round one =
                reading(first).accepted(SERVICE, due, begun, page).orElseThrow();
        assertThat(reading(first).accepted(SERVICE, due, begun, page))
                .as("committed, and the answer was lost")
                .contains(one);

        ScheduleRows other = node("node-2");
        assertThat(other.claim(SERVICE, NIGHTLY, due.plus(ScheduleRows.LEASE))).contains(due);
        assertThat(reading(first).accepted(SERVICE, due, one, page("[2]", 1, "c", true)))
                .isEmpty();
        assertThat(open(reading(other), due)).isEqualTo(one);
        assertThat(other.runs(SERVICE, 1).get(0).reading().orElseThrow().pages())
                .isEqualTo(1);
        end(first, due, due.plus(ScheduleRows.LEASE));
        assertThat(other.runs(SERVICE, 1).get(0).ended())
                .as("the other one goes on with it")
                .isEmpty();
    }

    @Test
    void a_wish_that_comes_while_an_instant_is_begun_is_one_more_run() throws Exception {
        ScheduleRows node = node("node-1");
        Schedule schedule = everyTenMinutes(false);
        node.claim(SERVICE, schedule, NOON);
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            for (int i = 1; i <= 60; i++) {
                Instant due = NOON.plus(TEN_MINUTES.multipliedBy(i));
                String who = "operator-" + i;
                Future<?> wish = others.submit(() -> {
                    node.wish(SERVICE, who, false, due);
                    return true;
                });
                Instant first =
                        node.claim(SERVICE, schedule, due.plusSeconds(1)).orElseThrow();
                wish.get();
                end(node, first, due.plusSeconds(2));
                Optional<Instant> second = node.claim(SERVICE, schedule, due.plusSeconds(3));
                if (second.isPresent()) {
                    end(node, second.get(), due.plusSeconds(4));
                }
                assertThat(node.runs(SERVICE, 3))
                        .extracting(ScheduleReceiver.Run::by)
                        .as("round " + i)
                        .contains("operator:" + who);
            }
        } finally {
            others.shutdownNow();
        }
    }

    @Test
    void a_round_goes_on_in_the_next_run_knows_what_it_had_and_begins_anew_when_an_operator_wants_all()
            throws SQLException {
        ScheduleRows node = node("node-1");
        node.wish(SERVICE, "van-hanh", false, NOON);
        Instant first = node.claim(SERVICE, NIGHTLY, NOON.plusSeconds(1)).orElseThrow();
        SynchroniseRows.Round begun = open(reading(node), first);
        SynchroniseRows.Round one = reading(node)
                .accepted(SERVICE, first, begun, page("[1]", 1, "b", true))
                .orElseThrow();
        end(node, first, NOON.plusSeconds(2));
        assertThat(node.claim(SERVICE, NIGHTLY, NOON.plusSeconds(3)))
                .as("a wish is one run")
                .isEmpty();

        Instant due = NOON.plus(TEN_MINUTES);
        assertThat(node.claim(SERVICE, NIGHTLY, due)).contains(due);
        assertThat(open(reading(node), due)).isEqualTo(one);
        assertThat(reading(node).isRepeated(one, page("[1]", 1, "z", true))).isTrue();
        assertThat(reading(node).isRepeated(one, page("[2]", 1, "b", true))).isTrue();
        assertThat(reading(node).isRepeated(one, page("[2]", 1, "c", true))).isFalse();
        end(node, due, due.plusSeconds(1));

        node.wish(SERVICE, "van-hanh", true, due.plusSeconds(2));
        Instant wished = node.claim(SERVICE, NIGHTLY, due.plusSeconds(3)).orElseThrow();
        SynchroniseRows.Round anew = open(reading(node), wished);
        assertThat(anew.whole()).isTrue();
        assertThat(anew.pages()).isZero();
        assertThat(anew.watermark()).isEmpty();
        assertThat(anew.id()).isNotEqualTo(one.id());
        assertThat(node.runs(SERVICE, 10))
                .extracting(ScheduleReceiver.Run::by)
                .containsExactly("operator:van-hanh", "schedule", "operator:van-hanh");
        ScheduleRows again = node("node-1");
        again.claim(SERVICE, NIGHTLY, due.plusSeconds(4));
        assertThat(open(reading(again), wished))
                .as("the wish is fulfilled once, also by a run that is cut off")
                .isEqualTo(anew);

        again.wish(SERVICE, "van-hanh-2", true, due.plusSeconds(5));
        again = node("node-1");
        again.claim(SERVICE, NIGHTLY, due.plusSeconds(6));
        assertThat(open(reading(again), wished))
                .as("another wish is for the run after the one that was cut off")
                .isEqualTo(anew);
        end(again, wished, due.plusSeconds(7));
        Instant last = again.claim(SERVICE, NIGHTLY, due.plusSeconds(8)).orElseThrow();
        assertThat(open(reading(again), last).id()).isNotEqualTo(anew.id());
    }
}
