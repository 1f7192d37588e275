package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.deploy.Deployments.Action;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/** The ledger of deployments: what it says after a restart, after a crash, and after somebody wrote in it. */
final class DeploymentsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final ServiceKey LAND = new ServiceKey(new ServiceId("land-parcel-lookup"), 1);
    private static final ServiceKey BIRTH = new ServiceKey(new ServiceId("civil-birth-notify"), 2);
    private static final String CARD = "routes/land/land-parcel-lookup.card.yaml";

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("data/deployments.jsonl");
    }

    private static String digest(int number) {
        return "%064x".formatted(number);
    }

    private static Entry act(Action action, ServiceKey service, int before, int after) {
        return new Entry(
                NOON,
                "files:van.a",
                action,
                Optional.of(service),
                Optional.of(CARD),
                before == 0 ? Optional.empty() : Optional.of(digest(before)),
                after == 0 ? Optional.empty() : Optional.of(digest(after)),
                Optional.empty(),
                false,
                List.of("transforms/land/land-parcel-lookup/answer.jq"),
                List.of("card", "rules"),
                Optional.of("số thửa mới"));
    }

    @Test
    void what_was_in_force_last_is_known_after_a_restart_and_a_retired_service_is_not() {
        Entry deployed = act(Action.DEPLOYED, LAND, 0, 1);
        try (Deployments ledger = Deployments.open(file())) {
            ledger.append(List.of(deployed, act(Action.DEPLOYED, BIRTH, 0, 7)));
            ledger.append(act(Action.DEPLOYED, LAND, 1, 2));
            ledger.append(act(Action.RETIRED, BIRTH, 7, 0));
        }
        try (Deployments ledger = Deployments.open(file())) {
            assertThat(ledger.pointers().get(LAND))
                    .isEqualTo(
                            new Deployments.Pointer(Optional.of(digest(2)), NOON, Optional.empty(), Optional.of(CARD)));
            assertThat(ledger.pointers().get(BIRTH))
                    .isEqualTo(new Deployments.Pointer(Optional.empty(), NOON, Optional.empty(), Optional.of(CARD)));
            assertThat(ledger.revisions(LAND)).containsExactly(digest(2), digest(1));
            assertThat(ledger.history(Optional.of(LAND), 10))
                    .containsExactly(act(Action.DEPLOYED, LAND, 1, 2), deployed);
            assertThat(ledger.history(Optional.empty(), 1)).containsExactly(act(Action.RETIRED, BIRTH, 7, 0));
        }
    }

    @Test
    void after_a_crash_at_any_byte_of_the_last_line_the_line_before_counts_and_the_ledger_goes_on() throws IOException {
        try (Deployments ledger = Deployments.open(file())) {
            ledger.append(act(Action.DEPLOYED, LAND, 0, 1));
        }
        byte[] one = Files.readAllBytes(file());
        try (Deployments ledger = Deployments.open(file())) {
            ledger.append(act(Action.DEPLOYED, LAND, 1, 2));
        }
        byte[] two = Files.readAllBytes(file());
        assertThat(two.length).isGreaterThan(one.length + 200);

        for (int length : IntStream.rangeClosed(one.length, two.length).toArray()) {
            Files.write(file(), Arrays.copyOf(two, length));
            String expected = digest(length == two.length ? 2 : 1);
            try (Deployments ledger = Deployments.open(file())) {
                assertThat(Objects.requireNonNull(ledger.pointers().get(LAND)).inForce())
                        .as("cut at %d", length)
                        .contains(expected);
                ledger.append(act(Action.DEPLOYED, LAND, 1, 3));
            }
            try (Deployments ledger = Deployments.open(file())) {
                assertThat(Objects.requireNonNull(ledger.pointers().get(LAND)).inForce())
                        .contains(digest(3));
                assertThat(Files.readAllLines(file(), StandardCharsets.UTF_8)).hasSize(length == two.length ? 3 : 2);
            }
        }
    }

    @Test
    void a_line_that_was_changed_taken_out_or_put_in_is_told_with_its_number() throws IOException {
        try (Deployments ledger = Deployments.open(file())) {
            for (int i = 1; i <= 4; i++) {
                ledger.append(act(Action.DEPLOYED, LAND, i - 1, i));
            }
        }
        List<String> lines = Files.readAllLines(file(), StandardCharsets.UTF_8);

        write(lines.get(0), lines.get(1).replace("số thửa mới", "không có gì"), lines.get(2), lines.get(3));
        refused(3);
        write(lines.get(0), lines.get(2), lines.get(3));
        refused(2);
        write(lines.get(0), lines.get(1), lines.get(1), lines.get(2), lines.get(3));
        refused(3);
        write("{}", lines.get(0));
        refused(1);
        write(lines.get(0), "nonsense", lines.get(1));
        refused(2);
        write(lines.toArray(String[]::new));
        Deployments.open(file()).close();
    }

    private void write(String... lines) throws IOException {
        Files.writeString(file(), String.join("\n", lines) + "\n");
    }

    private void refused(int line) {
        assertThatIllegalStateException()
                .isThrownBy(() -> Deployments.open(file()))
                .withMessageContaining("line " + line + " of the ledger of deployments")
                .withMessageContaining("put the file back, or move it away");
    }

    @Test
    void files_that_were_refused_are_not_told_of_twice_until_they_change() {
        List<String> findings = List.of("routes/x.card.yaml:1: wrong: mend it");
        Entry refusal = new Entry(
                NOON,
                "files:van.a",
                Action.REFUSED,
                Optional.empty(),
                Optional.of(CARD),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                findings,
                Optional.empty());
        try (Deployments ledger = Deployments.open(file())) {
            assertThat(ledger.isRefused(CARD, Optional.empty(), findings)).isFalse();
            ledger.append(refusal);
        }
        try (Deployments ledger = Deployments.open(file())) {
            assertThat(ledger.isRefused(CARD, Optional.empty(), findings)).isTrue();
            assertThat(ledger.isRefused(CARD, Optional.of(digest(1)), findings)).isFalse();
            assertThat(ledger.isRefused(CARD, Optional.empty(), List.of("another")))
                    .isFalse();
            ledger.append(act(Action.DEPLOYED, LAND, 0, 1));
            assertThat(ledger.isRefused(CARD, Optional.empty(), findings)).isFalse();
        }
    }

    @Test
    void the_last_eleven_revisions_are_remembered_each_once() {
        try (Deployments ledger = Deployments.open(file())) {
            for (int i = 1; i <= 15; i++) {
                ledger.append(act(Action.DEPLOYED, LAND, i - 1, i));
            }
            ledger.append(act(Action.ROLLED_BACK, LAND, 15, 12));
            assertThat(ledger.revisions(LAND))
                    .containsExactly(IntStream.of(12, 15, 14, 13, 11, 10, 9, 8, 7, 6, 5)
                            .mapToObj(DeploymentsTest::digest)
                            .toArray(String[]::new));
        }
    }

    @Test
    void that_a_guaranteed_service_was_ever_deployed_is_remembered() {
        Entry guaranteed = act(Action.DEPLOYED, BIRTH, 0, 1);
        try (Deployments ledger = Deployments.open(file())) {
            ledger.append(act(Action.DEPLOYED, LAND, 0, 1));
            assertThat(ledger.everGuaranteed()).isFalse();
            ledger.append(new Entry(
                    guaranteed.at(),
                    guaranteed.who(),
                    guaranteed.action(),
                    guaranteed.service(),
                    guaranteed.card(),
                    guaranteed.before(),
                    guaranteed.after(),
                    guaranteed.held(),
                    true,
                    guaranteed.files(),
                    guaranteed.checks(),
                    guaranteed.reason()));
            ledger.append(act(Action.RETIRED, BIRTH, 1, 0));
        }
        try (Deployments ledger = Deployments.open(file())) {
            assertThat(ledger.everGuaranteed()).isTrue();
        }
    }
}
