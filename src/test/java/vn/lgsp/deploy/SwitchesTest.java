package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.deploy.Switches.State;
import vn.lgsp.deploy.Switches.Turn;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

final class SwitchesTest {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final ServiceKey LAND = key("land-parcel-lookup", 1);
    private static final ServiceKey LAND_2 = key("land-parcel-lookup", 2);
    private static final ServiceKey RETIRED = key("civil-birth-notify", 1);

    @TempDir
    Path folder;

    private final List<Deployments> open = new ArrayList<>();

    private static ServiceKey key(String service, int version) {
        return new ServiceKey(new ServiceId(service), version);
    }

    private Path file() {
        return folder.resolve("deployments.jsonl");
    }

    private Switches switches(ServiceKey... known) {
        Deployments file = Deployments.open(file());
        open.add(file);
        return new Switches(file, () -> Set.of(known), Clock.fixed(NOON, ZoneOffset.UTC));
    }

    private Switches switches() {
        return switches(LAND, LAND_2);
    }

    @AfterEach
    void close() throws IOException {
        for (Deployments file : open) {
            file.close();
        }
    }

    @Test
    void a_service_that_nobody_turned_is_started() {
        Switches switches = switches();

        assertThat(switches.state(LAND)).isEqualTo(State.STARTED);
        assertThat(switches.last(LAND)).isEmpty();
        assertThat(switches.counts()).isEqualTo(Map.of(State.STARTED, 2L, State.STOPPED, 0L, State.DISABLED, 0L));
        switches.requireStarted(LAND);
    }

    @Test
    void a_turn_is_for_one_version_of_one_service_and_says_who_did_it_when_and_why() {
        Switches switches = switches();

        Switches.Turned turned = switches.turn(LAND, State.STOPPED, "van-hanh", " the registry moves house ");

        Turn turn = new Turn(NOON, "van-hanh", LAND, State.STOPPED, "the registry moves house");
        assertThat(turned).isEqualTo(new Switches.Turned(true, State.STOPPED, Optional.of(turn)));
        assertThat(switches.last(LAND)).contains(turn);
        assertThat(switches.held()).containsExactly(LAND);
        assertThat(switches.state(LAND_2)).isEqualTo(State.STARTED);
        switches.requireStarted(LAND_2);
    }

    @Test
    void a_stopped_and_a_disabled_service_are_refused_under_codes_of_their_own() {
        Switches switches = switches();
        switches.turn(LAND, State.STOPPED, "van-hanh", "a secret reason");
        switches.turn(LAND_2, State.DISABLED, "van-hanh", "a secret reason");

        assertThatThrownBy(() -> switches.requireStarted(LAND))
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.SERVICE_STOPPED))
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> switches.requireStarted(LAND_2))
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.SERVICE_DISABLED))
                .hasMessageNotContaining("secret");
        assertThat(switches.held()).containsExactly(LAND);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void after_a_restart_the_last_turn_is_in_force(State last) {
        Switches before = switches();
        before.turn(LAND, last == State.STOPPED ? State.DISABLED : State.STOPPED, "van-hanh", "first");
        before.turn(LAND, last, "truc-ban", "then");

        Switches after = switches();

        assertThat(after.state(LAND)).isEqualTo(last);
        assertThat(after.last(LAND)).isEqualTo(before.last(LAND));
        assertThat(after.held()).isEqualTo(last == State.STOPPED ? Set.of(LAND) : Set.of());
    }

    @Test
    void what_stands_so_already_is_not_turned_and_not_written_again() throws IOException {
        Switches switches = switches();
        assertThat(switches.turn(LAND, State.STARTED, "van-hanh", "").changed()).isFalse();
        switches.turn(LAND, State.STOPPED, "van-hanh", "first");
        long size = Files.size(file());

        Switches.Turned again = switches.turn(LAND, State.STOPPED, "truc-ban", "second");

        assertThat(again.changed()).isFalse();
        assertThat(again.last().orElseThrow().reason()).isEqualTo("first");
        assertThat(Files.size(file())).isEqualTo(size);
    }

    @Test
    void a_service_that_nobody_knows_cannot_be_turned() {
        assertThatThrownBy(() -> switches().turn(RETIRED, State.STOPPED, "van-hanh", "why"))
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.SERVICE_UNKNOWN));
        assertThat(file()).isEmptyFile();
    }

    @Test
    void a_service_that_was_retired_while_it_was_stopped_can_be_started_for_its_deliveries_wait() {
        switches(RETIRED).turn(RETIRED, State.STOPPED, "van-hanh", "why");
        Switches without = switches();

        assertThat(without.known()).containsExactlyInAnyOrder(LAND, LAND_2, RETIRED);
        without.turn(RETIRED, State.STARTED, "van-hanh", "");

        assertThat(without.held()).isEmpty();
        assertThat(without.known()).containsExactlyInAnyOrder(LAND, LAND_2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "two\nlines", "a bell \u0007", "long"})
    void a_reason_is_one_line_that_says_something(String text) {
        String reason = text.equals("long") ? "x".repeat(501) : text;

        assertThatThrownBy(() -> switches().turn(LAND, State.DISABLED, "van-hanh", reason))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reason");
        assertThat(file()).isEmptyFile();
    }

    @Test
    void a_turn_that_cannot_be_kept_does_not_take_effect() throws IOException {
        Switches switches = switches();
        switches.turn(LAND, State.STOPPED, "van-hanh", "why");
        open.get(0).close();
        List<String> heard = new ArrayList<>();
        switches.onTurn(() -> heard.add("turned"));

        assertThatThrownBy(() -> switches.turn(LAND, State.STARTED, "van-hanh", ""))
                .isInstanceOf(UncheckedIOException.class);

        assertThat(switches.state(LAND)).isEqualTo(State.STOPPED);
        assertThat(heard).isEmpty();
    }

    @Test
    void listeners_hear_of_what_has_changed_and_of_nothing_else() {
        Switches switches = switches();
        List<State> heard = new ArrayList<>();
        switches.onTurn(() -> heard.add(switches.state(LAND)));

        switches.turn(LAND, State.STOPPED, "van-hanh", "why");
        switches.turn(LAND, State.STOPPED, "van-hanh", "why");
        switches.turn(LAND, State.STARTED, "van-hanh", "");

        assertThat(heard).containsExactly(State.STOPPED, State.STARTED);
    }

    @Test
    void a_last_line_that_was_cut_anywhere_was_never_a_turn_and_the_next_one_follows_the_whole_ones() throws Exception {
        Switches before = switches();
        before.turn(LAND, State.STOPPED, "van-hanh", "một");
        byte[] one = Files.readAllBytes(file());
        before.turn(LAND, State.DISABLED, "van-hanh", "hai");
        byte[] two = Files.readAllBytes(file());

        for (int length : IntStream.range(one.length, two.length).toArray()) {
            Files.write(file(), Arrays.copyOf(two, length));
            Switches cut = switches();
            assertThat(cut.state(LAND)).as("cut at %d", length).isEqualTo(State.STOPPED);
            cut.turn(LAND_2, State.STOPPED, "van-hanh", "ba");
            assertThat(Files.readAllLines(file(), StandardCharsets.UTF_8)).hasSize(2);
            assertThat(switches().held()).containsExactlyInAnyOrder(LAND, LAND_2);
        }
    }

    @Test
    void a_damaged_line_is_told_and_not_passed_over() throws IOException {
        switches().turn(LAND, State.STOPPED, "van-hanh", "why");
        Files.writeString(file(), "nonsense\n" + Files.readString(file()));

        assertThatThrownBy(this::switches)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("line 1 of the ledger of deployments");
    }

    @Test
    void turns_by_many_at_once_end_as_the_file_says() throws Exception {
        Switches switches = switches();
        List<Thread> operators = IntStream.range(0, 4)
                .mapToObj(number -> new Thread(() -> {
                    for (int i = 0; i < 50; i++) {
                        State next = State.values()[(i + number) % 3];
                        switches.turn(number % 2 == 0 ? LAND : LAND_2, next, "van-hanh-" + number, "turn " + i);
                    }
                }))
                .toList();
        operators.forEach(Thread::start);
        for (Thread operator : operators) {
            operator.join(20_000);
        }

        Switches after = switches();
        for (ServiceKey service : List.of(LAND, LAND_2)) {
            assertThat(after.last(service)).isPresent().isEqualTo(switches.last(service));
        }
        assertThat(after.held()).isEqualTo(switches.held());
    }
}
