package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.Refused;

/** Whatever is done to a packet, it is a packet or refused, within a second; {@code -Dlgsp.edoc.mutations} does more. */
class MutationsTest {
    private static final List<String> NAMES = List.of(
            "document.edxml",
            "document-other-dialect.edxml",
            "status.edxml",
            "revocation.edxml",
            "update.edxml",
            "replacement.edxml");

    private static final String[] PIECES = {
        "<",
        ">",
        "&",
        "&#0;",
        "&#xD800;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "<?x?>",
        "<!DOCTYPE a>",
        "xmlns=\"\"",
        "\0",
        "\uFFFE",
        "=",
        "cid:",
        "</edXML>",
        "UEsD"
    };

    @Test
    void nothing_comes_of_a_changed_packet_but_a_packet_or_a_finding() {
        long seed = Long.getLong("lgsp.edoc.seed", System.nanoTime());
        Random random = new Random(seed);
        int packets = 0;
        int refused = 0;
        for (int i = 0; i < Integer.getInteger("lgsp.edoc.mutations", 1_000); i++) {
            byte[] packet = changed(Samples.text(NAMES.get(random.nextInt(NAMES.size()))), random);
            long begun = Samples.spent();
            try {
                Samples.read(packet, EdxmlSettings.defaults());
                packets++;
            } catch (Refused expected) {
                assertThat(expected.findings()).isNotEmpty();
                refused++;
            } catch (RuntimeException | Error other) {
                throw new AssertionError("seed " + seed + ", packet " + i, other);
            }
            assertThat(Duration.ofNanos(Samples.spent() - begun))
                    .as("seed %d, packet %d", seed, i)
                    .isLessThan(Duration.ofSeconds(1));
        }
        assertThat(packets).as("seed %d", seed).isPositive();
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private static byte[] changed(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        for (int change = 0; change <= random.nextInt(3) && changed.length() > 1; change++) {
            int at = random.nextInt(changed.length() - 1);
            int end = Math.min(changed.length(), at + random.nextInt(40));
            switch (random.nextInt(6)) {
                case 0 -> changed.delete(at, end);
                case 1 -> changed.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 2 -> changed.insert(at, changed.substring(at, end));
                case 3 -> changed.setLength(Math.max(1, at));
                case 4 -> changed.setCharAt(at, (char) (32 + random.nextInt(96)));
                default -> changed.insert(random.nextInt(changed.length() - 1), changed.substring(at, end));
            }
        }
        byte[] bytes = changed.toString().getBytes(StandardCharsets.UTF_8);
        for (int flip = 0; flip < random.nextInt(3) && bytes.length > 0; flip++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }
}
