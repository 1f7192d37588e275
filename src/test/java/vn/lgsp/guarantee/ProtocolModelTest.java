package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * The crash-consistent protocol as a small model, walked through in every order: one message, one destination, up to two crashes, a
 * source that repeats or not, a broker and a database that fail at each step. What holds here holds for whatever order the threads
 * of the bus, its death and its neighbours come in; that the store does what the model says of a row is the business of the test that
 * reads the table of states.
 */
final class ProtocolModelTest {
    private static final int CRASHES = 2;
    private static final int MOST = 3;

    private enum Row {
        NONE,
        ACCEPTING,
        /** Accepted; a reference may begin it. */
        READY,
        /** Accepted, and its next attempt is planned for later. */
        PLANNED,
        DELIVERING,
        DELIVERED
    }

    private enum Accept {
        IDLE,
        INSERTED,
        POSTED,
        POST_FAILED,
        PROMOTED
    }

    private enum Try {
        IDLE,
        BEGUN,
        ANSWERED,
        SETTLED
    }

    /** What the source was told last. */
    private enum Told {
        NOTHING,
        ACKNOWLEDGED,
        NOTHING_KEPT,
        UNKNOWN
    }

    /**
     * @param references that the broker holds
     * @param seen how often the destination has processed it
     * @param seenWhenTold the same, when the source was told that nothing is kept
     * @param mine whether the attempt that the row names is this run's
     */
    private record State(
            Row row,
            int references,
            Accept accept,
            Try attempt,
            boolean mine,
            Told told,
            int seen,
            int seenWhenTold,
            int crashes) {

        State row(Row next) {
            return new State(next, references, accept, attempt, mine, told, seen, seenWhenTold, crashes);
        }

        State references(int more) {
            return new State(
                    row,
                    Math.max(0, Math.min(MOST, references + more)),
                    accept,
                    attempt,
                    mine,
                    told,
                    seen,
                    seenWhenTold,
                    crashes);
        }

        State accept(Accept next) {
            return new State(row, references, next, attempt, mine, told, seen, seenWhenTold, crashes);
        }

        State attempt(Try next) {
            return new State(row, references, accept, next, next != Try.IDLE, told, seen, seenWhenTold, crashes);
        }

        State processed() {
            return new State(
                    row, references, accept, attempt, mine, told, Math.min(MOST, seen + 1), seenWhenTold, crashes);
        }

        State told(Told what) {
            return new State(row, references, Accept.IDLE, attempt, mine, what, seen, seen, crashes);
        }

        State crashed() {
            return new State(row, references, Accept.IDLE, Try.IDLE, false, told, seen, seenWhenTold, crashes + 1);
        }

        boolean accepted() {
            return row == Row.READY || row == Row.PLANNED || row == Row.DELIVERING || row == Row.DELIVERED;
        }
    }

    private static final State START = new State(Row.NONE, 0, Accept.IDLE, Try.IDLE, false, Told.NOTHING, 0, 0, 0);

    /** Everything that the bus does by itself, without a source that sends. */
    private static List<State> byItself(State now) {
        List<State> next = new ArrayList<>();
        switch (now.accept()) {
            case INSERTED -> {
                next.add(now.references(+1).accept(Accept.POSTED));
                next.add(now.accept(Accept.POST_FAILED));
                next.add(now.references(+1).accept(Accept.POST_FAILED)); // it took place, and the answer was lost
            }
            case POST_FAILED -> {
                next.add(
                        now.row() == Row.ACCEPTING
                                ? now.row(Row.NONE).told(Told.NOTHING_KEPT)
                                : now.accepted() ? now.accept(Accept.PROMOTED) : now.told(Told.NOTHING_KEPT));
                next.add(now.told(Told.UNKNOWN));
            }
            case POSTED -> {
                next.add(
                        now.row() == Row.ACCEPTING
                                ? now.row(Row.READY).accept(Accept.PROMOTED)
                                : now.accepted() ? now.accept(Accept.PROMOTED) : now.told(Told.NOTHING_KEPT));
                next.add(now.told(Told.UNKNOWN));
            }
            case PROMOTED -> next.add(now.told(Told.ACKNOWLEDGED));
            case IDLE -> {}
        }
        switch (now.attempt()) {
            case IDLE -> {
                if (now.references() > 0) {
                    next.add(
                            switch (now.row()) {
                                case ACCEPTING, READY -> now.row(Row.DELIVERING).attempt(Try.BEGUN);
                                // Not due, not mine, done or gone: the reference is done with, the sweeper sees to the
                                // rest.
                                case NONE, PLANNED, DELIVERING, DELIVERED -> now.references(-1);
                            });
                }
            }
            case BEGUN -> {
                next.add(now.processed().attempt(Try.ANSWERED));
                next.add(now.row(Row.PLANNED).attempt(Try.SETTLED)); // refused, or away
                next.add(now.processed().row(Row.PLANNED).attempt(Try.SETTLED)); // processed, and the answer was lost
            }
            case ANSWERED -> next.add(now.row(Row.DELIVERED).attempt(Try.SETTLED));
            case SETTLED -> next.add(now.references(-1).attempt(Try.IDLE));
        }
        if (now.row() == Row.PLANNED) {
            next.add(now.row(Row.READY).references(+1)); // the sweeper posts what is due
        }
        if (now.row() == Row.READY && now.references() == 0) {
            next.add(now.references(+1)); // the insurance
        }
        if (now.row() == Row.DELIVERING && !now.mine()) {
            next.add(now.row(Row.READY)); // of an earlier run: released, or its lease is over
        }
        if (now.row() == Row.ACCEPTING) {
            next.add(now.row(Row.NONE)); // withdrawn as stale, whoever is still at it
        }
        return next;
    }

    private static List<State> all(State now) {
        List<State> next = byItself(now);
        if (now.accept() == Accept.IDLE && now.told() != Told.ACKNOWLEDGED) {
            // The source sends, for the first time or again; a row that is there already is handed on once more, or
            // acknowledged.
            next.add(
                    switch (now.row()) {
                        case NONE -> now.row(Row.ACCEPTING).accept(Accept.INSERTED);
                        case ACCEPTING -> now.accept(Accept.INSERTED);
                        case READY, PLANNED, DELIVERING, DELIVERED -> now.accept(Accept.PROMOTED);
                    });
        }
        if (now.crashes() < CRASHES) {
            next.add(now.crashed());
        }
        return next;
    }

    private static Set<State> reachable() {
        Set<State> seen = new HashSet<>(Set.of(START));
        Deque<State> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (State next : all(open.remove())) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    private static Set<State> leadingTo(Set<State> states, Predicate<State> good) {
        Map<State, List<State>> before = new HashMap<>();
        for (State state : states) {
            byItself(state).forEach(next -> before.computeIfAbsent(next, first -> new ArrayList<>())
                    .add(state));
        }
        Set<State> found = new HashSet<>(states.stream().filter(good).toList());
        Deque<State> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (State earlier : before.getOrDefault(open.remove(), List.of())) {
                if (found.add(earlier)) {
                    open.add(earlier);
                }
            }
        }
        return found;
    }

    @Test
    void what_was_acknowledged_is_never_forgotten() {
        assertThat(reachable())
                .hasSizeGreaterThan(1_000)
                .filteredOn(state -> state.told() == Told.ACKNOWLEDGED)
                .isNotEmpty()
                .allMatch(State::accepted);
    }

    @Test
    void what_was_acknowledged_can_always_still_arrive_without_anybody_s_help() {
        Set<State> all = reachable();
        Set<State> arriving = leadingTo(all, state -> state.row() == Row.DELIVERED);

        assertThat(all).filteredOn(state -> state.told() == Told.ACKNOWLEDGED).isSubsetOf(arriving);
    }

    @Test
    void nothing_is_called_delivered_that_the_destination_has_not_processed() {
        assertThat(reachable())
                .filteredOn(state -> state.row() == Row.DELIVERED)
                .isNotEmpty()
                .allMatch(state -> state.seen() > 0);
    }

    @Test
    void after_nothing_is_kept_nothing_arrives_unless_it_is_sent_again() {
        for (State told : reachable()) {
            if (told.told() == Told.NOTHING_KEPT && told.accept() == Accept.IDLE && told.row() == Row.NONE) {
                Set<State> after = new HashSet<>(Set.of(told));
                Deque<State> open = new ArrayDeque<>(after);
                while (!open.isEmpty()) {
                    State now = open.remove();
                    assertThat(now.row()).isEqualTo(Row.NONE);
                    assertThat(now.seen()).isEqualTo(told.seen());
                    List<State> next = byItself(now);
                    if (now.crashes() < CRASHES) {
                        next.add(now.crashed());
                    }
                    next.stream().filter(after::add).forEach(open::add);
                }
            }
        }
    }

    @Test
    void whoever_is_told_that_nothing_is_kept_is_told_the_truth() {
        assertThat(reachable())
                .filteredOn(state -> all(state).stream()
                        .anyMatch(next -> next.told() == Told.NOTHING_KEPT && state.told() != Told.NOTHING_KEPT))
                .isNotEmpty();
        for (State state : reachable()) {
            for (State next : byItself(state)) {
                if (next.told() == Told.NOTHING_KEPT && state.accept() != Accept.IDLE && next.accept() == Accept.IDLE) {
                    assertThat(next.row()).isEqualTo(Row.NONE);
                }
            }
        }
    }

    @Test
    void references_that_are_left_over_come_to_an_end() {
        Set<State> all = reachable();

        assertThat(all)
                .filteredOn(state -> state.row() == Row.DELIVERED || state.row() == Row.NONE)
                .filteredOn(state -> state.accept() == Accept.IDLE)
                .isSubsetOf(leadingTo(all, state -> state.references() == 0));
    }
}
