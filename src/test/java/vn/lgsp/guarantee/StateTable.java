package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Messages.done;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import vn.lgsp.TestClock;
import vn.lgsp.database.Database;
import vn.lgsp.docs.Page;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Claim;
import vn.lgsp.guarantee.DeliveryStore.Insertion;
import vn.lgsp.guarantee.DeliveryStore.Retried;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;

/** Brings a delivery into each state, lets each event happen to it, and writes down what it answers and where it leads. */
final class StateTable implements AutoCloseable {
    static final String PAGE = "docs/explanation/guaranteed-delivery.md";

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    enum State {
        UNKNOWN,
        ACCEPTING,
        READY,
        WAITING,
        PLANNED,
        DUE,
        DELIVERING,
        EARLIER,
        ELSEWHERE,
        LAPSED,
        DELIVERED,
        PARKED,
        EXPIRED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean keepsContent() {
            return this != UNKNOWN && this != DELIVERED && this != EXPIRED;
        }

        /** Its name in the diagram, where the states of one row value are one. */
        String drawn() {
            return switch (this) {
                case UNKNOWN -> "[*]";
                case READY, PLANNED, DUE -> "accepted";
                case DELIVERING, EARLIER, ELSEWHERE, LAPSED -> "delivering";
                default -> label();
            };
        }
    }

    private interface Happening {
        String to(StateTable table);
    }

    private enum Event {
        INSERT("insert, same message id", StateTable::insert),
        PROMOTE("promote", table -> yes(done(table.own.promote(table.exchange)))),
        WITHDRAW("withdraw", table -> yes(done(table.own.withdraw(table.exchange)))),
        WITHDRAW_STALE("withdraw stale", table -> done(table.own.withdrawStale(table.clock.now.plusMillis(1)))
                .toString()),
        BEGIN("begin", table -> table.begin(Set.of())),
        BEGIN_HELD("begin, its service stopped", table -> table.begin(Set.of(Messages.SERVICE))),
        EARLIER_DELIVERED("the earlier one delivered", StateTable::earlierDelivered),
        DELIVERED(
                "delivered, the attempt under way",
                table -> yes(done(table.own.delivered(table.delivery, table.attempts, Optional.empty())))),
        DELIVERED_LATE(
                "delivered, another attempt",
                table -> yes(done(table.own.delivered(table.delivery, table.attempts - 1, Optional.empty())))),
        FAILED_AGAIN(
                "failed, again later", table -> table.failed(table.attempts, Optional.of(table.clock.now.plus(PAUSE)))),
        FAILED_FOR_GOOD("failed for good", table -> table.failed(table.attempts, Optional.empty())),
        FAILED_LATE("failed, another attempt", table -> table.failed(table.attempts - 1, Optional.empty())),
        RETRY("retry", StateTable::retry),
        SWEEP(
                "due?",
                table -> done(table.own.due(table.clock.now, 10, Set.of())).isEmpty() ? "no" : "yes"),
        POSTED("posted", StateTable::posted),
        EXPIRE("expire", table -> done(table.own.expire(Messages.END.plusSeconds(1)))
                .toString()),
        RELEASE("release own", table -> done(table.own.releaseOwn()).toString());

        private final String title;
        private final Happening happening;

        Event(String title, Happening happening) {
            this.title = title;
            this.happening = happening;
        }
    }

    private final Database database;
    private final TestClock clock = new TestClock(Messages.NOON);
    private final DeliveryStore own;
    private final DeliveryStore earlier;
    private final DeliveryStore elsewhere;
    private final Map<String, Set<String>> arrows = new TreeMap<>();

    private DeliveryStore.NewExchange message = Messages.message();
    private ExchangeId exchange = message.id();
    private DeliveryId delivery = DeliveryId.of(exchange, Messages.INSURANCE);
    private int attempts;

    StateTable(Database database) {
        this.database = database;
        earlier = new DeliveryStore(database, clock, "node-1");
        own = new DeliveryStore(database, clock, "node-1");
        elsewhere = new DeliveryStore(database, clock, "node-2");
    }

    /** The rows of the table, as the store behaves. */
    List<List<String>> behaviour() throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        for (Event event : Event.values()) {
            List<String> row = new ArrayList<>(List.of(event.title));
            for (State state : State.values()) {
                row.add(cell(state, event));
            }
            rows.add(row);
        }
        return rows;
    }

    /** The arrows of the diagram, as the store behaved: from and to, and the events. */
    Map<String, Set<String>> arrows() {
        return arrows;
    }

    private String cell(State state, Event event) throws SQLException {
        bringTo(state);
        Row before = row();
        attempts = before.attempts;
        String answer = event.happening.to(this);
        Row after = row();
        State now = after.state(before, state, clock.now);
        if (after.content != now.keepsContent()) {
            return answer + " → " + now.label() + (after.content ? " with" : " without") + " content";
        }
        if (!now.drawn().equals(state.drawn())) {
            arrows.computeIfAbsent(state.drawn() + " --> " + now.drawn(), arrow -> new TreeSet<>())
                    .add(event.title);
        }
        return after.equals(before) ? answer : answer + " → " + now.label();
    }

    private void bringTo(State state) throws SQLException {
        clear();
        clock.now = Messages.NOON;
        message = state == State.WAITING
                ? Messages.process("message-1", Messages.ARCHIVE, Messages.INSURANCE)
                : Messages.message(Optional.of("message-1"), 100, Messages.INSURANCE);
        exchange = message.id();
        delivery = DeliveryId.of(exchange, Messages.INSURANCE);
        if (state == State.UNKNOWN) {
            return;
        }
        done(own.insert(message));
        if (state == State.ACCEPTING) {
            return;
        }
        done(own.promote(exchange));
        switch (state) {
            case PLANNED, DUE -> {
                attempt(own);
                done(own.failed(
                        delivery, 2, ErrorCode.PROVIDER_TIMEOUT, Optional.empty(), Optional.of(clock.now.plus(PAUSE))));
                clock.now = state == State.DUE ? clock.now.plus(PAUSE) : clock.now;
            }
            case DELIVERING -> attempt(own);
            case EARLIER -> attempt(earlier);
            case ELSEWHERE -> attempt(elsewhere);
            case LAPSED -> {
                attempt(elsewhere);
                clock.now = clock.now.plus(LEASE);
            }
            case DELIVERED -> {
                attempt(own);
                done(own.delivered(delivery, 2, Optional.empty()));
            }
            case PARKED -> {
                attempt(own);
                done(own.failed(delivery, 2, ErrorCode.PROVIDER_REFUSED, Optional.empty(), Optional.empty()));
            }
            case EXPIRED -> done(own.expire(Messages.END));
            default -> {}
        }
    }

    /** The second one, so that there is another one before it. */
    private void attempt(DeliveryStore who) {
        done(who.begin(delivery, LEASE, Set.of()));
        done(who.failed(delivery, 1, ErrorCode.PROVIDER_TIMEOUT, Optional.empty(), Optional.of(clock.now)));
        done(who.begin(delivery, LEASE, Set.of()));
    }

    private static String yes(boolean answer) {
        return answer ? "yes" : "no";
    }

    /** Where the exchange has another delivery that this one comes after. */
    private String earlierDelivered() {
        if (!message.inSteps()) {
            return "none";
        }
        DeliveryId first = DeliveryId.of(exchange, Messages.ARCHIVE);
        done(own.begin(first, LEASE, Set.of()));
        return done(own.stepDelivered(first, 1, Optional.empty())).isEmpty() ? "no" : "yes";
    }

    private String insert() {
        DeliveryStore.NewExchange again = Messages.message(Optional.of("message-1"), 100, Messages.INSURANCE);
        if (!(done(own.insert(again)) instanceof Insertion.Known known)) {
            exchange = again.id();
            delivery = DeliveryId.of(exchange, Messages.INSURANCE);
            return "inserted";
        }
        return known.accepted() ? "accepted before" : "accepting before";
    }

    private String begin(Set<ServiceKey> held) {
        Claim claim = done(own.begin(delivery, LEASE, held));
        if (claim instanceof Claim.Held) {
            return "held";
        }
        if (claim instanceof Claim.Begun begun) {
            return "attempt " + begun.attempt().number();
        }
        if (claim instanceof Claim.Settled settled) {
            return "settled: " + settled.state().label();
        }
        if (claim instanceof Claim.Leased leased) {
            return leased.until().isAfter(clock.now) ? "leased" : "lease over";
        }
        if (claim instanceof Claim.Waiting) {
            return "waiting";
        }
        return claim instanceof Claim.NotDue notDue ? notDue.due().isAfter(clock.now) ? "not due" : "due" : "gone";
    }

    private String failed(int attempt, Optional<Instant> again) {
        return yes(done(own.failed(delivery, attempt, ErrorCode.PROVIDER_FAILED, Optional.of("E-7"), again)));
    }

    private String retry() {
        Retried retried = done(own.retry(delivery));
        return retried instanceof Retried.Queued
                ? "queued"
                : retried instanceof Retried.NotParked ? "not parked" : "unknown";
    }

    private String posted() {
        done(own.due(clock.now, 10, Set.of()));
        done(own.posted(List.of(delivery), clock.now.plus(DeliveryRows.INSURANCE)));
        return "done";
    }

    /** What the database holds of it. */
    private record Row(
            Optional<String> exchange,
            String delivery,
            int attempts,
            Optional<Instant> notBefore,
            Optional<Instant> lease,
            Optional<String> run,
            boolean content) {
        State state(Row before, State known, Instant now) {
            if (exchange.isEmpty()) {
                return State.UNKNOWN;
            }
            if (equals(before)) {
                return known;
            }
            if (exchange.get().equals("accepting")) {
                return State.ACCEPTING;
            }
            return switch (delivery) {
                case "waiting" -> State.WAITING;
                case "accepted" ->
                    notBefore
                            .map(time -> time.isAfter(now) ? State.PLANNED : State.DUE)
                            .orElse(State.READY);
                case "delivering" ->
                    lease.orElseThrow().isAfter(now) && attempts == before.attempts + 1
                            ? State.DELIVERING
                            : State.LAPSED;
                default -> State.valueOf(delivery.toUpperCase(Locale.ROOT));
            };
        }
    }

    private Row row() throws SQLException {
        String sql = "select e.state, " + DeliveryRows.STATE
                + ", d.attempts, d.not_before, d.lease_until, d.run, s.exchange_id"
                + " from guaranteed_exchange e join delivery d on d.exchange_id = e.exchange_id"
                + " left join sealed_content s on s.exchange_id = e.exchange_id"
                + " where d.destination = '" + Messages.INSURANCE + "'";
        try (Connection connection = database.connection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(sql)) {
            return row.next()
                    ? new Row(
                            Optional.of(row.getString(1)),
                            row.getString(2),
                            row.getInt(3),
                            DeliveryRows.instant(row, "not_before"),
                            DeliveryRows.instant(row, "lease_until"),
                            Optional.ofNullable(row.getString(6)),
                            row.getString(7) != null)
                    : new Row(Optional.empty(), "", 0, Optional.empty(), Optional.empty(), Optional.empty(), false);
        }
    }

    private void clear() throws SQLException {
        try (Connection connection = database.connection();
                Statement delete = connection.createStatement()) {
            delete.execute("delete from guaranteed_exchange");
        }
    }

    /** The table on the page: its headings, then its rows. */
    static List<List<String>> documented() {
        List<String> lines = Page.at(PAGE).lines();
        int heading = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("| event "))
                .findFirst()
                .orElseThrow());
        return lines.stream()
                .skip(heading)
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("|---"))
                .map(line -> Stream.of(line.substring(1, line.length() - 1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    static List<String> headings() {
        List<String> headings = new ArrayList<>(List.of("event"));
        Stream.of(State.values()).map(State::label).forEach(headings::add);
        return headings;
    }

    /** The arrows in the diagram on the page. */
    static Map<String, Set<String>> drawn() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        Page.at(PAGE).lines().stream()
                .map(String::strip)
                .filter(line -> line.contains(" --> "))
                .map(line -> line.split(": ", 2))
                .forEach(arrow -> arrows.computeIfAbsent(arrow[0], key -> new TreeSet<>())
                        .addAll(List.of(arrow[1].split(" / "))));
        return arrows;
    }

    @Override
    public void close() {
        own.close();
        earlier.close();
        elsewhere.close();
    }
}
