package vn.lgsp.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import vn.lgsp.database.OnOneDatabase;
import vn.lgsp.edoc.TransportState;
import vn.lgsp.failure.Invalid;
import vn.lgsp.seal.Sealed;

/** What lies in mailboxes, and when it is destroyed, whichever database is behind it (EXT-20, MSG-06). */
abstract class MailboxRowsSpecification extends OnOneDatabase {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final Sealed SEALED = new Sealed(1, 7, new byte[60], new byte[100_000]);
    private static final String ONE = "000.00.01.H99";
    private static final String TWO = "000.00.02.H99";
    private static final String FAR = "000.00.00.H98";

    MailboxRowsSpecification() {
        super("mailbox_packet", "registered_agency");
    }

    private MailboxRows rows() {
        return new MailboxRows(database());
    }

    private static MailboxRows.Slip slip(String receiver, String key, boolean outside) {
        return new MailboxRows.Slip(
                UUID.randomUUID(), receiver, key, outside ? Optional.of("handed-" + key) : Optional.empty());
    }

    private static MailboxRows.Arriving arriving(String digest, MailboxRows.Slip... slips) {
        return arriving(digest, false, Optional.empty(), slips);
    }

    private static MailboxRows.Arriving arriving(
            String digest, boolean held, Optional<String> reported, MailboxRows.Slip... slips) {
        return new MailboxRows.Arriving(
                UUID.randomUUID(),
                "so-mot",
                "edoc",
                ONE,
                100,
                digest,
                List.of(slips),
                Optional.of(SEALED),
                held,
                reported);
    }

    private static Agencies.Given agency(String code, String name) {
        return new Agencies.Given("9905", "H99", code, name, "moi@example.vn", "", "");
    }

    private static Agencies.Registered asked(AgencyRows agencies, String code) throws Exception {
        return agencies.newest(Optional.of(Agencies.State.ASKED), 10).stream()
                .filter(one -> one.given().code().equals(code))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void an_organisation_counts_from_when_an_operator_agrees_until_its_system_ends_it_and_stays_as_history()
            throws Exception {
        AgencyRows agencies = new AgencyRows(database());
        assertThat(agencies.ask("so-mot", agency("h99.05", "Sở Mới"), NOON)).isEqualTo(Agencies.State.ASKED);
        assertThat(agencies.ask("so-mot", agency("H99.05", "Sở Năm"), NOON)).isEqualTo(Agencies.State.ASKED);
        assertThat(agencies.ask("so-mot", agency("H99.05", "Sở Năm"), NOON)).isEqualTo(Agencies.State.ASKED);
        assertThat(agencies.newest(Optional.of(Agencies.State.ASKED), 10)).hasSize(1);
        assertThat(agencies.inForce()).as("nobody has agreed").isEmpty();
        assertThatThrownBy(() -> agencies.ask("so-hai", agency("H99.05", "Sở Khác"), NOON))
                .isInstanceOf(AgencyRows.Taken.class);

        UUID id = asked(agencies, "H99.05").id();
        assertThat(agencies.decide(id, true, "operator", "đúng", NOON)
                        .orElseThrow()
                        .state())
                .isEqualTo(Agencies.State.IN_FORCE);
        assertThat(agencies.decide(id, false, "operator", "", NOON))
                .as("it is decided")
                .isEmpty();
        assertThat(agencies.inForce()).containsExactly(java.util.Map.entry("H99.05", "so-mot"));
        assertThat(agencies.ask("so-mot", agency("H99.05", "Sở Năm"), NOON)).isEqualTo(Agencies.State.IN_FORCE);

        assertThat(agencies.ask("so-mot", agency("H99.05", "Sở Năm mới"), NOON)).isEqualTo(Agencies.State.ASKED);
        assertThat(agencies.inForce()).as("the one before counts meanwhile").hasSize(1);
        agencies.decide(asked(agencies, "H99.05").id(), true, "operator", "", NOON.plusSeconds(60));
        assertThat(agencies.last())
                .singleElement()
                .satisfies(one -> assertThat(one.given().name()).isEqualTo("Sở Năm mới"));

        assertThat(agencies.end("so-hai", "H99.05", NOON)).isFalse();
        assertThat(agencies.end("so-mot", "h99.05", NOON.plusSeconds(120))).isTrue();
        assertThat(agencies.end("so-mot", "H99.05", NOON.plusSeconds(180)))
                .as("told twice")
                .isTrue();
        assertThat(agencies.inForce()).isEmpty();
        assertThat(agencies.had("so-mot")).as("what waits there is still its").containsExactly("H99.05");
        assertThat(agencies.last()).singleElement().satisfies(one -> {
            assertThat(one.state()).isEqualTo(Agencies.State.ENDED);
            assertThat(one.ended()).contains(NOON.plusSeconds(120));
        });
        assertThat(agencies.newest(Optional.empty(), 10))
                .as("what counted once stays")
                .hasSize(2);

        agencies.ask("so-hai", agency("H99.05", "Sở Năm"), NOON);
        agencies.decide(asked(agencies, "H99.05").id(), true, "operator", "", NOON);
        assertThat(agencies.had("so-mot")).as("another has it now").isEmpty();
        agencies.end("so-hai", "H99.05", NOON);
        assertThat(agencies.had("so-mot"))
                .as("what came while another had it is not its")
                .isEmpty();
        assertThat(agencies.had("so-hai")).containsExactly("H99.05");
        agencies.ask("so-mot", agency("H99.06", "Sở Sáu"), NOON);
        agencies.decide(asked(agencies, "H99.06").id(), false, "operator", "không có", NOON);
        assertThat(agencies.end("so-mot", "H99.06", NOON)).as("it was refused").isFalse();
    }

    @Test
    void two_systems_that_ask_for_one_code_at_once_are_one_that_has_asked_and_one_that_is_refused() throws Exception {
        AgencyRows agencies = new AgencyRows(database());
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                String code = "H99.1" + round;
                List<Future<Agencies.State>> asked = new ArrayList<>();
                for (String system : List.of("so-mot", "so-hai")) {
                    asked.add(both.submit(() -> agencies.ask(system, agency(code, "Sở Mới"), NOON)));
                }
                int taken = 0;
                for (Future<Agencies.State> one : asked) {
                    try {
                        one.get();
                        taken++;
                    } catch (java.util.concurrent.ExecutionException refused) {
                        assertThat(refused.getCause()).isInstanceOf(AgencyRows.Taken.class);
                    }
                }
                assertThat(taken).isEqualTo(1);
            }
        } finally {
            both.shutdownNow();
        }
    }

    @Test
    void two_operators_that_decide_at_once_while_its_system_ends_it_decide_once_and_nothing_is_in_force()
            throws Exception {
        AgencyRows agencies = new AgencyRows(database());
        ExecutorService all = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 20; round++) {
                String code = "H99.2" + round;
                agencies.ask("so-mot", agency(code, "Sở Mới"), NOON);
                agencies.decide(asked(agencies, code).id(), true, "operator", "", NOON);
                agencies.ask("so-mot", agency(code, "Sở Đổi tên"), NOON);
                UUID id = asked(agencies, code).id();
                Future<Optional<Agencies.Registered>> approved =
                        all.submit(() -> agencies.decide(id, true, "operator", "", NOON));
                Future<Optional<Agencies.Registered>> refused =
                        all.submit(() -> agencies.decide(id, false, "another", "", NOON));
                Future<Boolean> ended = all.submit(() -> agencies.end("so-mot", code, NOON));

                assertThat(approved.get().isPresent() && refused.get().isPresent())
                        .isFalse();
                assertThat(ended.get()).isTrue();
                assertThat(agencies.inForce()).isEmpty();
            }
        } finally {
            all.shutdownNow();
        }
    }

    @Test
    void a_packet_that_is_held_is_its_receivers_when_all_of_it_is_handed_on_and_not_before() throws Exception {
        MailboxRows rows = rows();
        UUID one = UUID.randomUUID();
        UUID id = rows.put(
                arriving(
                        "d",
                        true,
                        Optional.empty(),
                        slip(ONE, "k1", false),
                        slip(FAR, "k2", true),
                        slip(TWO, "k3", true)),
                NOON);

        rows.handedOn("handed-k2", one, NOON);
        rows.handedOn("handed-k2", UUID.randomUUID(), NOON);
        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10)).isEmpty();
        assertThat(rows.count(Set.of(ONE), "edoc")).isZero();

        rows.handedOn("handed-k3", UUID.randomUUID(), NOON);
        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10)).hasSize(1);
        assertThat(rows.sent(id, "so-mot"))
                .filteredOn(entry -> entry.receiver().equals(FAR))
                .extracting(MailboxRows.Entry::handed)
                .containsExactly(Optional.of(one));
        assertThatThrownBy(() -> rows.handedOn("handed-none", one, NOON)).isInstanceOf(MailboxRows.Conflict.class);
    }

    @Test
    void a_packet_that_is_sent_again_may_be_handed_on_under_another_key() throws Exception {
        MailboxRows rows = rows();
        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), slip(FAR, "k2", true)), NOON);

        MailboxRows.Slip together = new MailboxRows.Slip(UUID.randomUUID(), FAR, "k2", Optional.of("together"));
        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), together), NOON);
        rows.handedOn("together", UUID.randomUUID(), NOON);

        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10)).hasSize(1);
    }

    @Test
    void a_packet_that_was_never_accepted_stands_in_nobodys_way() throws Exception {
        MailboxRows rows = rows();
        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), slip(FAR, "k2", true)), NOON);

        UUID id = rows.put(arriving("other", slip(ONE, "k1", false)), NOON);

        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10))
                .extracting(MailboxRows.Entry::packet)
                .containsExactly(id);
        assertThatThrownBy(() -> rows.handedOn("handed-k2", UUID.randomUUID(), NOON))
                .isInstanceOf(MailboxRows.Conflict.class);
    }

    @Test
    void a_mended_packet_goes_to_those_who_have_none_yet_and_those_who_have_another_are_named() throws Exception {
        MailboxRows rows = rows();
        String far = "000.00.01.H98";
        UUID first = rows.put(
                arriving(
                        "d",
                        true,
                        Optional.empty(),
                        slip(ONE, "k1", false),
                        slip(FAR, "k2", true),
                        slip(far, "k3", true)),
                NOON);
        rows.handedOn("handed-k2", UUID.randomUUID(), NOON);

        assertThatThrownBy(() -> rows.put(
                        arriving(
                                "mended",
                                true,
                                Optional.empty(),
                                slip(ONE, "k1", false),
                                slip(FAR, "k2", true),
                                slip(far, "k3", true)),
                        NOON))
                .isInstanceOfSatisfying(MailboxRows.Conflict.class, other -> assertThat(other.receivers())
                        .containsExactly(FAR));
        UUID second = rows.put(
                arriving("mended", true, Optional.empty(), slip(ONE, "k1", false), slip(far, "k3", true)), NOON);
        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10)).isEmpty();
        rows.handedOn("handed-k3", UUID.randomUUID(), NOON);

        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10))
                .extracting(MailboxRows.Entry::packet)
                .containsExactly(second);
        assertThat(rows.sent(first, "so-mot"))
                .as("what went out of the first stays known")
                .extracting(MailboxRows.Entry::receiver)
                .containsExactly(FAR);
        assertThat(rows.content(first)).isEmpty();
        assertThat(rows.content(second)).isPresent();

        rows.put(arriving("d", true, Optional.empty(), slip(FAR, "k2", true)), NOON);
        assertThat(rows.sent(first, "so-mot")).as("known by its bytes").hasSize(1);
    }

    @Test
    void a_packet_that_was_refused_outside_is_sent_again_to_those_in_the_city_alone_and_they_have_it()
            throws Exception {
        MailboxRows rows = rows();
        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), slip(FAR, "k2", true)), NOON);

        UUID id = rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false)), NOON);

        assertThat(rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10))
                .extracting(MailboxRows.Entry::packet)
                .containsExactly(id);
        assertThat(rows.content(id)).isPresent();
    }

    @Test
    void a_packet_that_was_refused_outside_is_sent_again_to_another_outside_and_is_held_for_that_one()
            throws Exception {
        MailboxRows rows = rows();
        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), slip(FAR, "k2", true)), NOON);

        rows.put(arriving("d", true, Optional.empty(), slip(ONE, "k1", false), slip(TWO, "k3", true)), NOON);
        assertThat(rows.count(Set.of(ONE), "edoc")).isZero();
        rows.handedOn("handed-k3", UUID.randomUUID(), NOON);

        assertThat(rows.count(Set.of(ONE), "edoc")).isEqualTo(1);
    }

    @Test
    void a_report_of_the_receiver_outside_shows_that_it_has_the_packet() throws Exception {
        MailboxRows rows = rows();
        UUID id = rows.put(arriving("d", slip(FAR, "k2", true)), NOON);

        rows.put(arriving("report", false, Optional.of("k2"), slip(ONE, "k9", false)), NOON);

        assertThat(rows.sent(id, "so-mot")).extracting(MailboxRows.Entry::state).containsExactly(TransportState.DONE);
    }

    @Test
    void a_packet_is_kept_once_for_each_receiver_and_another_under_its_key_is_refused() throws Exception {
        MailboxRows rows = rows();
        MailboxRows.Arriving first = arriving("d", slip(ONE, "k1", false), slip(FAR, "k2", true));

        UUID id = rows.put(first, NOON);

        assertThat(id).isEqualTo(first.packet());
        assertThat(rows.put(arriving("d", slip(ONE, "k1", false), slip(FAR, "k2", true)), NOON))
                .isEqualTo(id);
        assertThatThrownBy(() -> rows.put(arriving("other", slip(ONE, "k1", false)), NOON))
                .isInstanceOf(MailboxRows.Conflict.class);
        assertThat(rows.waiting(Set.of(ONE, FAR), "edoc", Days.ALL, 10))
                .as("what is for others outside waits in no mailbox")
                .extracting(MailboxRows.Entry::receiver)
                .containsExactly(ONE);
        assertThat(rows.count(Set.of(ONE), "edoc")).isEqualTo(1);
        assertThat(rows.count(Set.of(ONE), "status")).isZero();
        assertThat(rows.sent(id, "so-mot"))
                .extracting(entry -> entry.receiver() + " " + entry.state().word())
                .containsExactly(FAR + " processing", ONE + " initial");
        assertThat(rows.sent(id, "so-hai")).isEmpty();
    }

    @Test
    void a_receiver_that_is_added_gets_the_packet_and_the_others_do_not_get_it_again() throws Exception {
        MailboxRows rows = rows();
        UUID id = rows.put(arriving("d", slip(ONE, "k1", false)), NOON);

        assertThat(rows.put(arriving("d", slip(ONE, "k1", false), slip(TWO, "k2", false)), NOON))
                .isEqualTo(id);

        assertThat(rows.count(Set.of(ONE), "edoc")).isEqualTo(1);
        MailboxRows.Entry added =
                rows.waiting(Set.of(TWO), "edoc", Days.ALL, 10).get(0);
        assertThat(rows.content(added.packet()).orElseThrow().content()).hasSize(100_000);
        assertThat(rows.sent(id, "so-mot"))
                .as("what its sender is told of, under the id that it has")
                .extracting(MailboxRows.Entry::receiver)
                .containsExactly(ONE, TWO);
        assertThat(rows.sent(id, "so-hai")).isEmpty();
    }

    @Test
    void content_is_destroyed_when_the_last_receiver_is_done_and_not_before() throws Exception {
        MailboxRows rows = rows();
        UUID id = rows.put(arriving("d", slip(ONE, "k1", false), slip(TWO, "k2", false)), NOON);
        UUID one = rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10).get(0).entry();
        UUID two = rows.waiting(Set.of(TWO), "edoc", Days.ALL, 10).get(0).entry();

        assertThat(rows.update(one, Set.of(TWO), TransportState.DONE, NOON))
                .as("another's")
                .isEmpty();
        assertThat(rows.update(one, Set.of(ONE), TransportState.DONE, NOON)).contains(TransportState.DONE);
        assertThat(rows.update(two, Set.of(TWO), TransportState.FAIL, NOON)).contains(TransportState.FAIL);
        assertThat(rows.content(id)).as("what failed may be fetched again").isPresent();
        assertThat(rows.waiting(Set.of(TWO), "edoc", Days.ALL, 10)).isEmpty();
        assertThat(rows.update(two, Set.of(TWO), TransportState.DONE, NOON)).contains(TransportState.DONE);
        assertThat(rows.content(id)).isEmpty();
        assertThatThrownBy(() -> rows.update(two, Set.of(TWO), TransportState.FAIL, NOON))
                .isInstanceOf(Invalid.class);
        assertThat(rows.find(two, Set.of(TWO))).isPresent();
    }

    @Test
    void what_nobody_fetches_is_destroyed_at_the_end_of_its_life_and_has_failed() throws Exception {
        MailboxRows rows = rows();
        UUID old = rows.put(arriving("d", slip(ONE, "k1", false)), NOON);
        UUID young = rows.put(arriving("e", slip(ONE, "k2", false)), NOON.plus(Duration.ofDays(1)));

        assertThat(rows.expire(NOON.plusSeconds(1), NOON.plus(Duration.ofDays(2))))
                .isEqualTo(1);

        assertThat(rows.content(old)).isEmpty();
        assertThat(rows.content(young)).isPresent();
        assertThat(rows.sent(old, "so-mot"))
                .extracting(MailboxRows.Entry::state)
                .containsExactly(TransportState.FAIL);
    }

    @Test
    void the_same_packet_put_by_many_at_once_is_kept_once_and_confirmed_by_two_at_once_is_gone() throws Exception {
        MailboxRows rows = rows();
        ExecutorService both = Executors.newFixedThreadPool(4);
        try {
            List<Future<UUID>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                puts.add(both.submit(
                        () -> rows.put(arriving("d", slip(ONE, "k1", false), slip(TWO, "k2", false)), NOON)));
            }
            List<UUID> ids = new ArrayList<>();
            for (Future<UUID> put : puts) {
                ids.add(put.get());
            }
            assertThat(Set.copyOf(ids)).hasSize(1);

            UUID one = rows.waiting(Set.of(ONE), "edoc", Days.ALL, 10).get(0).entry();
            UUID two = rows.waiting(Set.of(TWO), "edoc", Days.ALL, 10).get(0).entry();
            Future<?> first = both.submit(() -> rows.update(one, Set.of(ONE), TransportState.DONE, NOON));
            Future<?> second = both.submit(() -> rows.update(two, Set.of(TWO), TransportState.DONE, NOON));
            first.get();
            second.get();
            assertThat(rows.content(ids.get(0))).isEmpty();
        } finally {
            both.shutdownNow();
        }
    }
}
