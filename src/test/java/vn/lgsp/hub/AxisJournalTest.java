package vn.lgsp.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the hub keeps of the axis over a kill: as short as what it says, and one whole file whenever the kill comes. */
final class AxisJournalTest {
    private static final Instant NOON = Instant.parse("2026-01-15T05:00:00Z");

    @TempDir
    private Path folder;

    private interface Use {
        void of(Axis axis) throws Exception;
    }

    /** One life of the hub, which ends by a kill as far as its file is concerned: nothing is written at its end. */
    private void life(Use use) throws Exception {
        try (AxisJournal journal = AxisJournal.open(folder)) {
            use.of(new Axis(Optional.of(journal)));
        }
    }

    private Path file() {
        return folder.resolve(AxisJournal.FILE);
    }

    private static Axis.Centre centre(Axis axis, String system) {
        return axis.find(system).orElseThrow();
    }

    private static String stands(Axis axis) {
        StringBuilder text = new StringBuilder();
        for (String type : List.of(Axis.DOCUMENTS, Axis.STATES)) {
            for (String system : List.of("SYS-TEST-01", "SYS-TEST-02")) {
                axis.waiting(centre(axis, system), type).forEach(document -> text.append(document.id())
                        .append(document.transport())
                        .append(document.business())
                        .append(Digests.sha256(document.content()))
                        .append('\n'));
            }
        }
        return text.toString();
    }

    private static void someDocuments(Axis axis) throws Exception {
        Axis.Centre one = centre(axis, "SYS-TEST-01");
        Axis.Centre two = centre(axis, "SYS-TEST-02");
        byte[] packet = Packets.document("000.00.00.H99", "000.00.00.H98", "000.00.01.H98");
        List<Axis.Document> made = axis.sendOnce(one, "", List.of(), Axis.DOCUMENTS, packet, NOON);
        for (int i = 0; i < 20; i++) {
            axis.sendOnce(one, "", List.of(), Axis.DOCUMENTS, packet, NOON);
            axis.settle(two, made.get(0).id(), "processing", NOON);
        }
        axis.settle(two, made.get(1).id(), "done", NOON);
        axis.answer(made.get(0), "03", NOON);
    }

    @Test
    void at_its_start_the_hub_keeps_what_is_to_be_said_and_no_more() throws Exception {
        String[] stood = new String[1];
        life(axis -> {
            someDocuments(axis);
            stood[0] = stands(axis);
        });
        long before = Files.size(file());
        life(axis -> {
            assertThat(stands(axis)).isEqualTo(stood[0]).contains("processing03");
            Axis.Centre one = centre(axis, "SYS-TEST-01");
            assertThat(axis.sendOnce(
                            one,
                            "",
                            List.of(),
                            Axis.DOCUMENTS,
                            Packets.document("000.00.00.H99", "000.00.00.H98", "000.00.01.H98"),
                            NOON))
                    .as("a packet is known by its bytes still")
                    .hasSize(2);
        });
        assertThat(Files.size(file())).isLessThan(before);
        assertThat(Files.readAllLines(file()))
                .as("two packets, how both documents and the report on one stand, two lives, and one that came again")
                .hasSize(2 + 3 + 2 + 1);
        life(axis -> {});
        List<String> lines = Files.readAllLines(file());
        assertThat(lines.get(lines.size() - 1)).contains("\"event\":\"life\"", "\"life\":3");
        life(axis -> assertThat(stands(axis)).isEqualTo(stood[0]));
    }

    @Test
    void whenever_a_kill_comes_while_it_becomes_shorter_one_whole_file_is_there() throws Exception {
        String[] stood = new String[1];
        life(axis -> {
            someDocuments(axis);
            stood[0] = stands(axis);
        });
        byte[] whole = Files.readAllBytes(file());
        life(axis -> {});
        byte[] shorter = Files.readAllBytes(file());
        Path aside = folder.resolve(AxisJournal.FILE + ".new");
        assertThat(aside).doesNotExist();

        for (int cut = 0; cut <= shorter.length; cut += Math.max(1, shorter.length / 7)) {
            // killed while it was written aside: the other is in force yet
            Files.write(aside, Arrays.copyOf(shorter, cut));
            Files.write(file(), whole);
            life(axis -> assertThat(stands(axis)).isEqualTo(stood[0]));
            assertThat(aside).doesNotExist();
        }
        // killed after it has taken the name, in the middle of its next line
        Files.write(file(), shorter);
        Files.write(
                file(),
                "{\"event\":\"settled\",\"id".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);
        life(axis -> assertThat(stands(axis)).isEqualTo(stood[0]));
    }

    @Test
    void what_is_forgotten_by_a_reset_does_not_come_back() throws IOException {
        try (Hub hub = Hub.start(0, java.time.Clock.systemUTC(), Optional.of(folder))) {
            hub.deliver(Packets.document("000.00.00.H98", "000.00.00.H99"));
            hub.reset();
        }
        try (Hub hub = Hub.start(0, java.time.Clock.systemUTC(), Optional.of(folder))) {
            assertThat(Files.readAllLines(file())).noneMatch(line -> line.contains("taken"));
        }
    }
}
