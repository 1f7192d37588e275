package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.guarantee.Messages.ARCHIVE;
import static vn.lgsp.guarantee.Messages.INSURANCE;
import static vn.lgsp.guarantee.Messages.LAND;
import static vn.lgsp.guarantee.Messages.NOON;
import static vn.lgsp.guarantee.Messages.done;
import static vn.lgsp.guarantee.Messages.message;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.TestClock;
import vn.lgsp.database.OnOneDatabase;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Claim;
import vn.lgsp.guarantee.DeliveryStore.Due;
import vn.lgsp.guarantee.DeliveryStore.Insertion;
import vn.lgsp.guarantee.DeliveryStore.NewDelivery;
import vn.lgsp.guarantee.DeliveryStore.NewExchange;
import vn.lgsp.guarantee.DeliveryStore.Retried;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.message.Content;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.KeyRing;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/** What the store of deliveries promises, whichever database is behind it. */
abstract class DeliveryStoreSpecification extends OnOneDatabase {
    private static final Duration LEASE = Duration.ofMinutes(1);

    final TestClock clock = new TestClock(Messages.NOON);
    private Optional<DeliveryStore> opened = Optional.empty();

    DeliveryStoreSpecification() {
        super("guaranteed_exchange", "mailbox_packet", "sealed_parts");
    }

    @BeforeEach
    final void open() {
        clock.now = Messages.NOON;
        opened = Optional.of(new DeliveryStore(database(), clock, "node-1"));
    }

    @AfterEach
    final void close() {
        store().close();
    }

    private DeliveryStore store() {
        return opened.orElseThrow();
    }

    private NewExchange accepted(SystemId... destinations) {
        NewExchange message = message(Optional.empty(), 100, destinations);
        done(store().insert(message));
        assertThat(done(store().promote(message.id()))).isTrue();
        return message;
    }

    private static DeliveryId to(SystemId destination, NewExchange message) {
        return DeliveryId.of(message.id(), destination);
    }

    private Claim.Begun begin(DeliveryId delivery) {
        Claim claim = done(store().begin(delivery, LEASE, Set.of()));
        assertThat(claim).isInstanceOf(Claim.Begun.class);
        return (Claim.Begun) claim;
    }

    private boolean fail(DeliveryId delivery, int attempt, Optional<Instant> again) {
        return done(store().failed(delivery, attempt, ErrorCode.PROVIDER_TIMEOUT, Optional.of("T-1"), again));
    }

    @Test
    void every_event_in_every_state_does_what_the_page_says_and_the_diagram_shows_it() throws SQLException {
        try (StateTable table = new StateTable(database())) {
            List<List<String>> documented = StateTable.documented();
            assertThat(documented.get(0)).isEqualTo(StateTable.headings());
            assertThat(table.behaviour()).containsExactlyElementsOf(documented.subList(1, documented.size()));
            assertThat(table.arrows()).isEqualTo(StateTable.drawn());
        }
    }

    @Test
    void what_was_kept_comes_back_with_the_first_attempt_byte_by_byte() {
        for (int bytes : new int[] {0, 1_024, 3 << 20}) {
            NewExchange message = message(Optional.of("mã-" + bytes), bytes, INSURANCE);
            assertThat(done(store().insert(message))).isEqualTo(new Insertion.Inserted());
            clock.now = NOON.plusSeconds(5);

            Claim.Begun begun = begin(to(INSURANCE, message));

            assertThat(begun.attempt())
                    .isEqualTo(new Attempt(
                            to(INSURANCE, message),
                            message.id(),
                            1,
                            message.service(),
                            message.unit(),
                            INSURANCE,
                            message.source(),
                            message.receivedAt()));
            assertThat(begun.content().format()).isEqualTo(1);
            assertThat(begun.content().epoch()).isEqualTo(7);
            assertThat(begun.content().wrappedKey()).isEqualTo(message.content().wrappedKey());
            assertThat(java.util.Arrays.equals(
                            begun.content().content(), message.content().content()))
                    .isTrue();
            assertThat(begun.contentType()).isEqualTo(message.contentType());
            assertThat(begun.door()).isEqualTo(message.door());
            assertThat(begun.messageId()).isEqualTo(message.messageId());
            assertThat(begun.correlation()).isEqualTo(message.correlation());
            assertThat(begun.salt()).isEqualTo(message.salt());
            assertThat(begun.request()).isEqualTo(message.request());
            assertThat(begun.expiresAt()).isEqualTo(message.expiresAt());
            assertThat(begun.ofPlan()).isEqualTo(1);
        }
    }

    @Test
    void a_node_of_the_release_before_finds_the_digest_of_a_message_as_it_wrote_it() throws SQLException {
        NewExchange message = message(Optional.of("m-1"), 100, INSURANCE);
        done(store().insert(message));

        try (Connection connection = database().connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select request_digest from guaranteed_exchange")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getBytes(1)).isEqualTo(message.request().digest());
        }
    }

    @Test
    void a_repeat_of_a_message_learns_the_first_one_and_a_withdrawn_id_may_be_used_again() {
        NewExchange first = message(Optional.of("m-1"), 100, INSURANCE, ARCHIVE);
        NewExchange repeat = message(Optional.of("m-1"), 100, INSURANCE, ARCHIVE);
        done(store().insert(first));

        for (boolean accepted : new boolean[] {false, true}) {
            assertThat(done(store().insert(repeat)))
                    .usingRecursiveComparison()
                    .isEqualTo(new Insertion.Known(
                            first.id(),
                            accepted,
                            first.salt(),
                            first.request(),
                            first.meaning(),
                            List.of(ARCHIVE, INSURANCE)));
            done(store().promote(first.id()));
        }
        NewExchange other = message(Optional.of("m-2"), 100, INSURANCE);
        done(store().insert(other));
        assertThat(done(store().withdraw(other.id()))).isTrue();
        assertThat(done(store().insert(message(Optional.of("m-2"), 100, INSURANCE))))
                .isEqualTo(new Insertion.Inserted());
        assertThat(done(store().insert(other))).isInstanceOf(Insertion.Known.class);
    }

    @Test
    void the_same_message_id_twice_in_one_transaction_is_kept_once_and_messages_without_an_id_are_all_kept() {
        List<CompletableFuture<Insertion>> calls = IntStream.range(0, 40)
                .mapToObj(i -> store().insert(message(i % 2 == 0 ? Optional.of("m") : Optional.empty(), 10, INSURANCE)))
                .toList();

        assertThat(calls.stream().map(Messages::done).filter(Insertion.Inserted.class::isInstance))
                .hasSize(21);
    }

    @Test
    void content_goes_with_the_last_delivery_that_needs_it_and_a_parked_one_needs_it() {
        NewExchange message = accepted(INSURANCE, ARCHIVE);
        begin(to(INSURANCE, message));
        assertThat(done(store().delivered(to(INSURANCE, message), 1, Optional.of(new Measured(9, new byte[32])))))
                .isTrue();
        assertThat(store().epochsInUse()).containsExactly(7L);

        begin(to(ARCHIVE, message));
        assertThat(fail(to(ARCHIVE, message), 1, Optional.empty())).isTrue();
        assertThat(store().epochsInUse()).containsExactly(7L);

        assertThat(done(store().retry(to(ARCHIVE, message)))).isEqualTo(new Retried.Queued());
        assertThat(begin(to(ARCHIVE, message)).content().content())
                .isEqualTo(message.content().content());
        assertThat(done(store().delivered(to(ARCHIVE, message), 2, Optional.empty())))
                .isTrue();
        assertThat(store().epochsInUse()).isEmpty();
    }

    @Test
    void two_nodes_that_end_the_last_two_deliveries_at_once_leave_no_content_behind() {
        try (DeliveryStore other = new DeliveryStore(database(), clock, "node-2")) {
            List<NewExchange> messages = IntStream.range(0, 50)
                    .mapToObj(i -> accepted(INSURANCE, ARCHIVE))
                    .toList();
            messages.forEach(message -> {
                begin(to(INSURANCE, message));
                assertThat(done(other.begin(to(ARCHIVE, message), LEASE, Set.of())))
                        .isInstanceOf(Claim.Begun.class);
            });
            List<CompletableFuture<Boolean>> ends = new ArrayList<>();
            messages.forEach(message -> {
                ends.add(store().delivered(to(INSURANCE, message), 1, Optional.empty()));
                ends.add(other.delivered(to(ARCHIVE, message), 1, Optional.empty()));
            });
            assertThat(ends).allMatch(Messages::done);
            assertThat(store().epochsInUse()).isEmpty();
        }
    }

    @Test
    void of_two_nodes_that_begin_the_same_delivery_exactly_one_wins() {
        race(
                message -> {},
                node -> message -> node.begin(to(INSURANCE, message), LEASE, Set.of()),
                Claim.Begun.class::isInstance);
    }

    @Test
    void of_two_nodes_that_send_the_same_delivery_again_exactly_one_wins() {
        race(
                message -> {
                    begin(to(INSURANCE, message));
                    fail(to(INSURANCE, message), 1, Optional.empty());
                },
                node -> message -> node.retry(to(INSURANCE, message)),
                Retried.Queued.class::isInstance);
    }

    private <T> void race(
            java.util.function.Consumer<NewExchange> before,
            Function<DeliveryStore, Function<NewExchange, CompletableFuture<T>>> event,
            java.util.function.Predicate<T> wins) {
        try (DeliveryStore other = new DeliveryStore(database(), clock, "node-2")) {
            List<NewExchange> messages =
                    IntStream.range(0, 100).mapToObj(i -> accepted(INSURANCE)).toList();
            messages.forEach(before);
            List<CompletableFuture<T>> mine = new ArrayList<>();
            List<CompletableFuture<T>> theirs = new ArrayList<>();
            messages.forEach(message -> {
                mine.add(event.apply(store()).apply(message));
                theirs.add(event.apply(other).apply(message));
            });
            for (int i = 0; i < messages.size(); i++) {
                assertThat(Stream.of(done(mine.get(i)), done(theirs.get(i))).filter(wins))
                        .as("delivery %s", i)
                        .hasSize(1);
            }
        }
    }

    @Test
    void an_exchange_that_one_node_accepts_and_another_withdraws_is_either_accepted_or_gone_for_both() {
        try (DeliveryStore other = new DeliveryStore(database(), clock, "node-2")) {
            List<NewExchange> messages =
                    IntStream.range(0, 100).mapToObj(i -> message()).toList();
            messages.forEach(message -> done(store().insert(message)));
            List<CompletableFuture<Boolean>> accepts = new ArrayList<>();
            List<CompletableFuture<Boolean>> withdraws = new ArrayList<>();
            messages.forEach(message -> {
                accepts.add(
                        messages.indexOf(message) % 2 == 0
                                ? store().promote(message.id())
                                : store().begin(to(INSURANCE, message), LEASE, Set.of())
                                        .thenApply(Claim.Begun.class::isInstance));
                withdraws.add(other.withdraw(message.id()));
            });
            for (int i = 0; i < messages.size(); i++) {
                boolean accepted = done(accepts.get(i));
                assertThat(done(withdraws.get(i))).isEqualTo(!accepted);
                assertThat(store().find(messages.get(i).id()).isPresent()).isEqualTo(accepted);
            }
        }
    }

    @Test
    void a_delivery_is_due_when_its_retry_its_lease_or_its_insurance_says_so_and_its_destination_has_room() {
        NewExchange lost = accepted(INSURANCE);
        NewExchange retried = accepted(INSURANCE);
        NewExchange dead = accepted(ARCHIVE);
        done(store().insert(message(Optional.empty(), 10, INSURANCE)));
        begin(to(INSURANCE, retried));
        fail(to(INSURANCE, retried), 1, Optional.of(NOON.plusSeconds(2)));
        begin(to(ARCHIVE, dead));
        assertThat(done(store().due(NOON.plusSeconds(1), 10, Set.of()))).isEmpty();

        clock.now = NOON.plusSeconds(2);
        assertThat(done(store().due(clock.now, 10, Set.of())))
                .containsExactly(new Due(to(INSURANCE, retried), retried.id(), INSURANCE, 1, DeliveryState.ACCEPTED));
        done(store().posted(List.of(to(INSURANCE, retried)), clock.now.plusSeconds(900)));
        assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();

        clock.now = NOON.plus(LEASE);
        Due lapsed = new Due(to(ARCHIVE, dead), dead.id(), ARCHIVE, 1, DeliveryState.DELIVERING);
        assertThat(done(store().due(clock.now, 10, Set.of()))).containsExactly(lapsed);
        assertThat(done(store().due(clock.now, 10, Set.of(ARCHIVE)))).isEmpty();

        clock.now = NOON.plus(DeliveryRows.INSURANCE);
        assertThat(done(store().due(clock.now, 10, Set.of(ARCHIVE))))
                .extracting(Due::delivery)
                .containsExactly(to(INSURANCE, lost));
        assertThat(done(store().due(clock.now, 1, Set.of()))).hasSize(1);
    }

    @Test
    void of_a_stopped_service_no_attempt_is_counted_and_what_is_handed_back_is_due_once_it_is_started() {
        Set<ServiceKey> stopped = Set.of(Messages.SERVICE);
        Set<ServiceKey> another = Set.of(new ServiceKey(Messages.SERVICE.id(), 2));
        NewExchange message = accepted(INSURANCE);
        NewExchange accepting = message(Optional.empty(), 100, INSURANCE);
        done(store().insert(accepting));

        Claim held = new Claim.Held(Messages.SERVICE);
        assertThat(done(store().begin(to(INSURANCE, message), LEASE, stopped))).isEqualTo(held);
        assertThat(done(store().begin(to(INSURANCE, accepting), LEASE, stopped)))
                .isEqualTo(held);
        done(store().hold(to(INSURANCE, message)));

        clock.now = NOON.plus(DeliveryRows.INSURANCE.multipliedBy(100));
        assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();
        assertThat(done(store().resume(stopped, 10))).isZero();
        assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();
        assertThat(done(store().resume(another, 10))).isEqualTo(1);
        assertThat(done(store().due(clock.now, 10, Set.of())))
                .containsExactly(new Due(to(INSURANCE, message), message.id(), INSURANCE, 0, DeliveryState.ACCEPTED));
        assertThat(done(store().resume(another, 10))).isZero();
        assertThat(done(store().withdraw(accepting.id()))).isTrue();
        assertThat(done(store().begin(to(INSURANCE, message), LEASE, another))).isInstanceOf(Claim.Begun.class);
    }

    @Test
    void what_is_settled_or_planned_or_under_way_is_not_held_and_a_lapsed_attempt_is() {
        NewExchange planned = accepted(INSURANCE);
        NewExchange underWay = accepted(INSURANCE);
        NewExchange delivered = accepted(INSURANCE);
        begin(to(INSURANCE, planned));
        fail(to(INSURANCE, planned), 1, Optional.of(NOON.plusSeconds(2)));
        begin(to(INSURANCE, underWay));
        begin(to(INSURANCE, delivered));
        done(store().delivered(to(INSURANCE, delivered), 1, Optional.empty()));
        for (NewExchange message : List.of(planned, underWay, delivered)) {
            done(store().hold(to(INSURANCE, message)));
        }
        clock.now = NOON.plusSeconds(2);
        assertThat(done(store().due(clock.now, 10, Set.of())))
                .extracting(Due::delivery)
                .containsExactly(to(INSURANCE, planned));

        clock.now = NOON.plus(LEASE);
        done(store().hold(to(INSURANCE, planned)));
        done(store().hold(to(INSURANCE, underWay)));
        assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();
        assertThat(done(store().resume(Set.of(), 10))).isEqualTo(2);
        assertThat(done(store().due(clock.now, 10, Set.of())))
                .extracting(Due::delivery)
                .containsExactlyInAnyOrder(to(INSURANCE, planned), to(INSURANCE, underWay));
    }

    @Test
    void what_waited_is_made_due_in_portions() {
        List<NewExchange> messages =
                IntStream.range(0, 7).mapToObj(i -> accepted(INSURANCE)).toList();
        messages.forEach(message -> done(store().hold(to(INSURANCE, message))));

        assertThat(List.of(
                        done(store().resume(Set.of(), 3)),
                        done(store().resume(Set.of(), 3)),
                        done(store().resume(Set.of(), 3))))
                .containsExactly(3, 3, 1);
    }

    @Test
    void one_stopped_service_holds_only_its_own_of_what_is_begun_together() {
        List<NewExchange> messages = IntStream.range(0, 20)
                .mapToObj(i -> i % 2 == 0 ? accepted(INSURANCE) : acceptedBySecondVersion())
                .toList();

        List<Claim> claims = messages.stream()
                .map(message -> store().begin(to(INSURANCE, message), LEASE, Set.of(Messages.SERVICE)))
                .toList()
                .stream()
                .map(Messages::done)
                .toList();

        for (int i = 0; i < claims.size(); i++) {
            assertThat(claims.get(i)).isInstanceOf(i % 2 == 0 ? Claim.Held.class : Claim.Begun.class);
        }
    }

    private NewExchange acceptedBySecondVersion() {
        NewExchange first = message(Optional.empty(), 100, INSURANCE);
        NewExchange second = new NewExchange(
                first.id(),
                new ServiceKey(Messages.SERVICE.id(), 2),
                first.unit(),
                first.source(),
                first.messageId(),
                first.correlation(),
                first.contentType(),
                first.door(),
                first.receivedAt(),
                first.expiresAt(),
                first.salt(),
                first.request(),
                first.meaning(),
                first.content(),
                first.deliveries());
        done(store().insert(second));
        assertThat(done(store().promote(second.id()))).isTrue();
        return second;
    }

    @Test
    void a_retry_that_was_planned_after_the_sweeper_looked_is_not_put_off_by_what_the_sweeper_posted() {
        NewExchange message = accepted(INSURANCE);
        begin(to(INSURANCE, message));
        fail(to(INSURANCE, message), 1, Optional.of(NOON.plusSeconds(1)));
        clock.now = NOON.plusSeconds(1);
        assertThat(done(store().due(clock.now, 10, Set.of()))).hasSize(1);
        begin(to(INSURANCE, message));
        fail(to(INSURANCE, message), 2, Optional.of(NOON.plusSeconds(2)));

        done(store().posted(List.of(to(INSURANCE, message)), NOON.plusSeconds(900)));

        assertThat(done(store().begin(to(INSURANCE, message), LEASE, Set.of())))
                .isEqualTo(new Claim.NotDue(NOON.plusSeconds(2)));
        assertThat(done(store().due(NOON.plusSeconds(2), 10, Set.of()))).hasSize(1);
    }

    @Test
    void what_is_handed_back_is_due_soon_though_the_sweeper_notes_afterwards_that_it_was_posted() {
        NewExchange message = accepted(INSURANCE);
        clock.now = NOON.plus(DeliveryRows.INSURANCE);
        assertThat(done(store().due(clock.now, 10, Set.of()))).hasSize(1);
        done(store().handBack(to(INSURANCE, message), clock.now.plusSeconds(5)));
        done(store().posted(List.of(to(INSURANCE, message)), clock.now.plusSeconds(900)));

        assertThat(done(store().due(clock.now.plusSeconds(4), 10, Set.of()))).isEmpty();
        assertThat(done(store().due(clock.now.plusSeconds(5), 10, Set.of()))).hasSize(1);
    }

    @Test
    void an_operators_retry_begins_a_new_plan_and_attempts_go_on_counting() {
        NewExchange message = accepted(INSURANCE);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(begin(to(INSURANCE, message)).ofPlan()).isEqualTo(attempt);
            fail(to(INSURANCE, message), attempt, attempt == 3 ? Optional.empty() : Optional.of(NOON));
        }
        done(store().retry(to(INSURANCE, message)));

        Claim.Begun again = begin(to(INSURANCE, message));

        assertThat(again.attempt().number()).isEqualTo(4);
        assertThat(again.ofPlan()).isEqualTo(1);
    }

    @Test
    void the_state_of_an_accepted_exchange_is_told_with_all_that_is_known_of_its_deliveries() {
        NewExchange message = message(Optional.of("m-1"), 10, INSURANCE, ARCHIVE);
        done(store().insert(message));
        assertThat(store().find(message.id())).isEmpty();
        clock.now = NOON.plusSeconds(1);
        done(store().promote(message.id()));
        begin(to(INSURANCE, message));
        fail(to(INSURANCE, message), 1, Optional.of(NOON.plusSeconds(9)));
        begin(to(ARCHIVE, message));
        done(store().delivered(to(ARCHIVE, message), 1, Optional.empty()));

        ExchangeStatus expected = new ExchangeStatus(
                message.id(),
                message.service(),
                message.unit(),
                message.source().system(),
                message.messageId(),
                NOON.plusSeconds(1),
                List.of(
                        new DeliveryStatus(
                                to(ARCHIVE, message),
                                ARCHIVE,
                                List.of(),
                                DeliveryState.DELIVERED,
                                1,
                                Optional.of(NOON.plusSeconds(1)),
                                Optional.empty(),
                                Optional.of(NOON.plusSeconds(1)),
                                Optional.empty(),
                                Optional.empty()),
                        new DeliveryStatus(
                                to(INSURANCE, message),
                                INSURANCE,
                                List.of(),
                                DeliveryState.ACCEPTED,
                                1,
                                Optional.of(NOON.plusSeconds(1)),
                                Optional.of(NOON.plusSeconds(9)),
                                Optional.empty(),
                                Optional.of(ErrorCode.PROVIDER_TIMEOUT),
                                Optional.of("T-1"))));
        assertThat(store().find(message.id())).contains(expected);
        assertThat(store().findDelivery(to(ARCHIVE, message))).contains(expected);
        assertThat(store().list(DeliveryState.DELIVERED, 10)).containsExactly(expected);
        assertThat(store().list(DeliveryState.PARKED, 10)).isEmpty();
        assertThat(store().findDelivery(DeliveryId.of(Messages.id(), ARCHIVE))).isEmpty();
        assertThat(store().counts()).isEqualTo(Map.of(INSURANCE, Map.of(DeliveryState.ACCEPTED, 1L)));
    }

    @Test
    void the_newest_are_listed_first_and_no_more_than_asked_for() {
        List<ExchangeId> ids = IntStream.range(0, 5)
                .mapToObj(i -> {
                    ExchangeId id = ExchangeId.at(NOON.toEpochMilli() + i);
                    NewExchange usual = message();
                    NewExchange later = new NewExchange(
                            id,
                            usual.service(),
                            usual.unit(),
                            usual.source(),
                            usual.messageId(),
                            usual.correlation(),
                            usual.contentType(),
                            usual.door(),
                            usual.receivedAt(),
                            usual.expiresAt(),
                            usual.salt(),
                            usual.request(),
                            usual.meaning(),
                            usual.content(),
                            usual.deliveries());
                    done(store().insert(later));
                    done(store().promote(id));
                    return id;
                })
                .toList();

        assertThat(store().list(DeliveryState.ACCEPTED, 3))
                .extracting(ExchangeStatus::id)
                .containsExactly(ids.get(4), ids.get(3), ids.get(2));
    }

    @Test
    void what_waits_together_is_committed_together() {
        done(store().insert(message()));
        long commits = store().commits();
        long operations = store().operations();

        List<CompletableFuture<Insertion>> calls = IntStream.range(0, 1_000)
                .mapToObj(i -> store().insert(message()))
                .toList();

        assertThat(calls).allSatisfy(call -> assertThat(done(call)).isEqualTo(new Insertion.Inserted()));
        assertThat(store().operations() - operations).isEqualTo(1_000);
        assertThat(store().commits() - commits).isBetween(4L, 100L);
        assertThat(store().lastBatch()).isBetween(1, 256);
    }

    @Test
    void what_the_database_refuses_fails_alone() {
        NewExchange wrong = message(Optional.empty(), 10, INSURANCE, INSURANCE);
        List<CompletableFuture<Insertion>> calls = IntStream.range(0, 50)
                .mapToObj(i -> store().insert(i == 25 ? wrong : message()))
                .toList();

        for (int i = 0; i < calls.size(); i++) {
            if (i == 25) {
                CompletableFuture<Insertion> refused = calls.get(i);
                assertThatThrownBy(() -> done(refused))
                        .isInstanceOfSatisfying(BusException.class, failure -> assertThat(failure.code())
                                .isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE));
            } else {
                assertThat(done(calls.get(i))).isEqualTo(new Insertion.Inserted());
            }
        }
        assertThat(done(store().promote(wrong.id())))
                .as("nothing of it is kept")
                .isFalse();
    }

    @Test
    void a_closed_store_takes_nothing_and_what_it_had_taken_is_done() {
        List<CompletableFuture<Insertion>> calls =
                IntStream.range(0, 100).mapToObj(i -> store().insert(message())).toList();
        store().close();

        assertThat(calls).allSatisfy(call -> assertThat(done(call)).isEqualTo(new Insertion.Inserted()));
        assertThatThrownBy(() -> done(store().insert(message()))).isInstanceOf(BusException.class);
    }

    private NewExchange acceptedProcess(SystemId... inOrder) {
        NewExchange message = Messages.process("process-" + UUID.randomUUID(), inOrder);
        done(store().insert(message));
        assertThat(done(store().promote(message.id()))).isTrue();
        return message;
    }

    private static Sealed result(int epoch) {
        return new Sealed(1, epoch, new byte[] {6}, new byte[] {7, 8});
    }

    @Test
    void a_step_waits_for_the_one_before_it_whatever_comes_and_is_due_with_its_end() {
        NewExchange message = acceptedProcess(INSURANCE, ARCHIVE, LAND);
        assertThat(message.first()).containsExactly(INSURANCE);
        clock.now = NOON.plus(DeliveryRows.INSURANCE);

        assertThat(done(store().due(clock.now, 10, Set.of())))
                .extracting(Due::delivery)
                .containsExactly(to(INSURANCE, message));
        assertThat(done(store().begin(to(ARCHIVE, message), LEASE, Set.of()))).isEqualTo(new Claim.Waiting());
        assertThat(done(store().begin(to(ARCHIVE, message), LEASE, Set.of(Messages.SERVICE))))
                .isEqualTo(new Claim.Waiting());
        done(store().hold(to(ARCHIVE, message)));
        done(store().posted(List.of(to(ARCHIVE, message)), clock.now.plusSeconds(900)));
        assertThat(done(store().resume(Set.of(), 10))).isZero();
        assertThat(done(store().retry(to(ARCHIVE, message)))).isEqualTo(new Retried.NotParked(DeliveryState.WAITING));

        begin(to(INSURANCE, message));
        assertThat(done(store().stepDelivered(to(INSURANCE, message), 1, Optional.of(result(8)))))
                .containsExactly(Reference.first(to(ARCHIVE, message), ARCHIVE));
        assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();
        clock.now = clock.now.plus(DeliveryRows.NEXT_STEP);
        assertThat(done(store().due(clock.now, 10, Set.of())))
                .extracting(Due::delivery)
                .containsExactly(to(ARCHIVE, message));

        Claim.Begun second = begin(to(ARCHIVE, message));
        assertThat(second.inSteps() && second.keepsResult()).isTrue();
        assertThat(second.results())
                .usingRecursiveComparison()
                .isEqualTo(List.of(new Claim.Result(to(INSURANCE, message), INSURANCE, result(8))));
        assertThat(done(store().begin(to(LAND, message), LEASE, Set.of()))).isEqualTo(new Claim.Waiting());
        assertThat(done(store().stepDelivered(to(ARCHIVE, message), 1, Optional.empty())))
                .containsExactly(Reference.first(to(LAND, message), LAND));
        assertThat(begin(to(LAND, message)).results()).isEmpty();
    }

    @Test
    void a_step_that_fails_or_is_parked_lets_nobody_pass_and_goes_on_when_it_is_sent_again() {
        NewExchange message = acceptedProcess(INSURANCE, ARCHIVE);
        begin(to(INSURANCE, message));
        fail(to(INSURANCE, message), 1, Optional.of(clock.now));
        begin(to(INSURANCE, message));
        fail(to(INSURANCE, message), 2, Optional.empty());
        assertThat(done(store().begin(to(ARCHIVE, message), LEASE, Set.of()))).isEqualTo(new Claim.Waiting());
        assertThat(store().list(DeliveryState.WAITING, 10)).hasSize(1);
        assertThat(store().list(DeliveryState.ACCEPTED, 10)).isEmpty();
        assertThat(store().counts())
                .isEqualTo(Map.of(
                        INSURANCE, Map.of(DeliveryState.PARKED, 1L), ARCHIVE, Map.of(DeliveryState.WAITING, 1L)));
        assertThat(store().oldestWaiting()).isEmpty();
        assertThat(store().find(message.id()).orElseThrow().deliveries())
                .extracting(DeliveryStatus::state, DeliveryStatus::after)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(DeliveryState.WAITING, List.of(INSURANCE)),
                        org.assertj.core.groups.Tuple.tuple(DeliveryState.PARKED, List.of()));

        done(store().retry(to(INSURANCE, message)));
        begin(to(INSURANCE, message));
        assertThat(done(store().stepDelivered(to(INSURANCE, message), 2, Optional.of(result(8)))))
                .as("an attempt that is not the one under way lets nobody pass, and leaves nothing")
                .isEmpty();
        assertThat(store().epochsInUse()).containsExactly(7L);
        assertThat(done(store().stepDelivered(to(INSURANCE, message), 3, Optional.empty())))
                .hasSize(1);
    }

    @Test
    void a_step_after_two_is_due_with_the_later_of_them_and_of_two_nodes_that_end_both_at_once_one_makes_it_due() {
        try (DeliveryStore other = new DeliveryStore(database(), clock, "node-2")) {
            for (int i = 0; i < 50; i++) {
                NewExchange message = Messages.with(
                        message(Optional.empty(), 100),
                        List.of(
                                new NewDelivery(INSURANCE, List.of(), true),
                                new NewDelivery(ARCHIVE, List.of(), true),
                                new NewDelivery(LAND, List.of(INSURANCE, ARCHIVE), false)));
                done(store().insert(message));
                done(store().promote(message.id()));
                begin(to(INSURANCE, message));
                done(other.begin(to(ARCHIVE, message), LEASE, Set.of()));
                CompletableFuture<List<Reference>> mine =
                        store().stepDelivered(to(INSURANCE, message), 1, Optional.of(result(8)));
                CompletableFuture<List<Reference>> theirs =
                        other.stepDelivered(to(ARCHIVE, message), 1, Optional.of(result(9)));
                assertThat(Stream.concat(done(mine).stream(), done(theirs).stream()))
                        .containsExactly(Reference.first(to(LAND, message), LAND));
                assertThat(begin(to(LAND, message)).results())
                        .extracting(Claim.Result::destination)
                        .containsExactlyInAnyOrder(INSURANCE, ARCHIVE);
            }
        }
    }

    @Test
    void the_result_of_a_step_goes_with_the_content_of_its_exchange_and_its_epoch_is_in_use_as_long() {
        NewExchange delivered = acceptedProcess(INSURANCE, ARCHIVE);
        NewExchange expired = acceptedProcess(INSURANCE, ARCHIVE);
        for (NewExchange message : List.of(delivered, expired)) {
            begin(to(INSURANCE, message));
            done(store().stepDelivered(to(INSURANCE, message), 1, Optional.of(result(8))));
        }
        assertThat(store().epochsInUse()).containsExactlyInAnyOrder(7L, 8L);

        begin(to(ARCHIVE, delivered));
        done(store().stepDelivered(to(ARCHIVE, delivered), 1, Optional.empty()));
        assertThat(store().epochsInUse()).containsExactlyInAnyOrder(7L, 8L);
        assertThat(done(store().expire(Messages.END))).isEqualTo(1);
        assertThat(store().epochsInUse()).isEmpty();
    }

    @Test
    void a_process_that_outlives_its_life_takes_the_steps_that_wait_with_it() {
        NewExchange message = acceptedProcess(INSURANCE, ARCHIVE, LAND);
        begin(to(INSURANCE, message));
        assertThat(done(store().expire(Messages.END))).isEqualTo(2);
        assertThat(done(store().stepDelivered(to(INSURANCE, message), 1, Optional.of(result(8)))))
                .as("it has reached the first, and nobody else any more")
                .isEmpty();
        assertThat(store().find(message.id()).orElseThrow().deliveries())
                .extracting(DeliveryStatus::state)
                .containsExactlyInAnyOrder(DeliveryState.DELIVERED, DeliveryState.EXPIRED, DeliveryState.EXPIRED);
        assertThat(store().epochsInUse()).isEmpty();
    }

    @Test
    void a_repeat_of_a_process_that_was_not_accepted_yet_hands_on_its_first_steps_only() {
        NewExchange first = Messages.process("once", INSURANCE, ARCHIVE, LAND);
        done(store().insert(first));

        assertThat(done(store().insert(Messages.process("once", INSURANCE, ARCHIVE, LAND))))
                .isInstanceOfSatisfying(Insertion.Known.class, known -> assertThat(known.destinations())
                        .containsExactly(INSURANCE));
        assertThat(done(store().withdraw(first.id()))).isTrue();
        assertThat(store().counts()).isEmpty();
    }

    // ------------------------------------------------------------------ content in parts

    @TempDir
    private Path ring;

    /** A message whose content is sealed in parts, which are written. */
    private NewExchange inParts(SealedParts parts, Sealer sealer, byte[] content) {
        NewExchange message = message(Optional.empty(), 1, INSURANCE);
        return new NewExchange(
                message.id(),
                message.service(),
                message.unit(),
                message.source(),
                message.messageId(),
                message.correlation(),
                message.contentType(),
                message.door(),
                message.receivedAt(),
                message.expiresAt(),
                message.salt(),
                new Measured(content.length, message.request().digest()),
                message.meaning(),
                parts.keep(sealer, message.id(), Content.of(content)),
                message.deliveries());
    }

    private KeyRing keys() {
        return KeyRing.open(ring.resolve("keyring"), ring.resolve("data"), Duration.ofMinutes(15), clock);
    }

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        return noise;
    }

    private long rows(String table) throws SQLException {
        try (Connection connection = database().connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = database().connection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static byte[] all(Content content) {
        java.io.ByteArrayOutputStream read = new java.io.ByteArrayOutputStream();
        content.read((buffer, length) -> read.write(buffer, 0, length));
        return read.toByteArray();
    }

    @Test
    void content_in_parts_comes_back_with_the_attempt_and_goes_when_its_row_is_gone() throws SQLException {
        try (KeyRing keys = keys()) {
            Sealer sealer = new Sealer(keys);
            SealedParts parts = new SealedParts(database(), clock);
            byte[] content = noise(11 * Sealer.PART + 3);
            NewExchange message = inParts(parts, sealer, content);
            assertThat(done(store().insert(message))).isEqualTo(new Insertion.Inserted());
            assertThat(done(store().promote(message.id()))).isTrue();
            parts.forget(message.id());
            assertThat(parts.sweep(NOON.plusSeconds(3_600))).isZero();

            Claim.Begun begun = begin(to(INSURANCE, message));
            Content opened = parts.open(sealer, message.id(), begun.content());
            assertThat(opened.length()).isEqualTo(content.length);
            assertThat(all(opened)).isEqualTo(content);
            assertThat(rows("sealed_part")).isEqualTo(12);

            assertThat(done(store().delivered(to(INSURANCE, message), 1, Optional.empty())))
                    .isTrue();
            parts.forget(message.id());
            assertThat(rows("sealed_part") + rows("sealed_parts")).isZero();
            assertThatThrownBy(() -> all(opened))
                    .isInstanceOfSatisfying(
                            BusException.class, gone -> assertThat(gone.code()).isEqualTo(ErrorCode.INTEGRITY_BROKEN));
        }
    }

    @Test
    void an_attempt_at_what_is_large_has_a_lease_that_is_as_long() throws SQLException {
        try (KeyRing keys = keys();
                DeliveryStore other = new DeliveryStore(database(), clock, "other")) {
            NewExchange message = inParts(new SealedParts(database(), clock), new Sealer(keys), noise(5 * Sealer.PART));
            done(store().insert(message));
            done(store().promote(message.id()));
            begin(to(INSURANCE, message));

            clock.now = NOON.plus(LEASE).plusSeconds(19);
            assertThat(done(other.begin(to(INSURANCE, message), LEASE, Set.of())))
                    .isInstanceOf(Claim.Leased.class);
            assertThat(done(store().due(clock.now, 10, Set.of()))).isEmpty();
            clock.now = NOON.plus(LEASE).plusSeconds(20);
            assertThat(done(store().due(clock.now, 10, Set.of()))).hasSize(1);
            assertThat(done(other.begin(to(INSURANCE, message), LEASE, Set.of())))
                    .isInstanceOf(Claim.Begun.class);
        }
    }

    @Test
    void parts_without_a_row_are_swept_by_age_and_their_row_comes_too_late_then() throws SQLException {
        try (KeyRing keys = keys()) {
            SealedParts parts = new SealedParts(database(), clock);
            NewExchange late = inParts(parts, new Sealer(keys), noise(Sealer.PART + 1));
            NewExchange small = message(Optional.empty(), 10, INSURANCE);

            assertThat(parts.sweep(NOON)).isZero();
            assertThat(rows("sealed_part")).isEqualTo(2);
            assertThat(parts.sweep(NOON.plusSeconds(1))).isEqualTo(1);
            assertThat(rows("sealed_part")).isZero();

            CompletableFuture<Insertion> refused = store().insert(late);
            assertThat(done(store().insert(small))).isEqualTo(new Insertion.Inserted());
            assertThatThrownBy(() -> done(refused))
                    .isInstanceOfSatisfying(BusException.class, gone -> assertThat(gone.code())
                            .isEqualTo(ErrorCode.GUARANTEE_UNAVAILABLE));
            assertThat(rows("guaranteed_exchange")).isEqualTo(1);
        }
    }

    @Test
    void a_sweep_that_comes_upon_a_row_on_its_way_leaves_its_parts() throws Exception {
        try (KeyRing keys = keys();
                Connection connection = database().connection()) {
            SealedParts parts = new SealedParts(database(), clock);
            NewExchange message = inParts(parts, new Sealer(keys), noise(Sealer.PART + 1));
            connection.setAutoCommit(false);
            SealedParts.lock(connection, message.id().value());
            try (Statement statement = connection.createStatement();
                    PreparedStatement content = connection.prepareStatement("insert into mailbox_content (packet_id,"
                            + " created_at, format, epoch, wrapped_key, content) values (?, ?, 2, 7, ?, ?)")) {
                statement.execute("insert into mailbox_packet (packet_id, system_id, message_type, from_code, bytes,"
                        + " digest, created_at) values ('" + message.id()
                        + "', 'so-mot', 'edoc', 'A', 1, 'd', timestamp with time zone '2026-03-01 00:00:00+00')");
                content.setObject(1, message.id().value());
                content.setObject(2, NOON.atOffset(java.time.ZoneOffset.UTC));
                content.setBytes(3, message.content().wrappedKey());
                content.setBytes(4, message.content().content());
                content.executeUpdate();
            }
            CompletableFuture<Void> swept = CompletableFuture.runAsync(() -> parts.forget(message.id()));
            await().during(Duration.ofMillis(200)).atMost(Duration.ofSeconds(5)).until(() -> !swept.isDone());
            connection.commit();

            assertThat(swept).succeedsWithin(Duration.ofSeconds(20));
            assertThat(rows("sealed_part")).isEqualTo(2);
        }
    }

    @Test
    void a_part_that_is_dropped_or_swapped_in_the_database_is_found_before_the_end_is_reached() throws SQLException {
        try (KeyRing keys = keys()) {
            Sealer sealer = new Sealer(keys);
            SealedParts parts = new SealedParts(database(), clock);
            for (String harm : List.of(
                    "delete from sealed_part where number = 2",
                    "delete from sealed_part where number = 3",
                    "update sealed_part set content = (select p.content from sealed_part p where p.number = 0"
                            + " and p.owner_id = sealed_part.owner_id) where number = 1")) {
                NewExchange message = inParts(parts, sealer, noise(3 * Sealer.PART + 1));
                sql(harm);
                Content opened = parts.open(sealer, message.id(), message.content());
                assertThatThrownBy(() -> all(opened))
                        .as(harm)
                        .isInstanceOfSatisfying(BusException.class, broken -> assertThat(broken.code())
                                .isEqualTo(ErrorCode.INTEGRITY_BROKEN));
                sql("delete from sealed_parts");
            }
        }
    }
}
