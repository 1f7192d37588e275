package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packet is as large as it is, and takes no memory for that. */
class LargePacketTest {
    private static final int SIZE = 50 << 20;

    @Test
    void a_document_of_50_mb_is_written_and_read_by_a_process_with_16_mb_of_memory(@TempDir Path folder)
            throws Exception {
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargePacketTest.class.getName(),
                        folder.resolve("packet.edxml").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();

        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(said, StandardCharsets.UTF_8)).isEqualTo("the same " + SIZE + " bytes, PLAIN\n");
        assertThat(process.exitValue()).isZero();
        assertThat(Files.size(folder.resolve("packet.edxml"))).isGreaterThan(SIZE * 4L / 3);
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        DocumentPacket packet = Samples.document(Samples.text("document.edxml"))
                .withAttachments(
                        List.of(Attachment.of(1, "large", "large.bin", "application/pdf", Attachment.Form.PLAIN)));
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(file))) {
            EdxmlWriter.write(
                    packet, (attachment, out) -> new DigestInputStream(new Noise(), sent).transferTo(out), to);
        }
        MessageDigest arrived = MessageDigest.getInstance("SHA-256");
        Received received;
        try (InputStream from = new BufferedInputStream(Files.newInputStream(file))) {
            received = new EdxmlReader(EdxmlSettings.defaults())
                    .read("large", from, number -> new DigestOutputStream(OutputStream.nullOutputStream(), arrived));
        }
        byte[] expected = sent.digest();
        Attachment attachment =
                ((DocumentPacket) received.packet()).attachments().get(0);
        boolean same = Arrays.equals(expected, arrived.digest());
        System.out.println((same ? "the same " : HexFormat.of().formatHex(expected) + " not ") + attachment.size()
                + " bytes, " + attachment.form());
    }

    /** Bytes by chance, the same each time. */
    private static final class Noise extends InputStream {
        private final byte[] piece = new byte[64 << 10];
        private int left = SIZE;

        Noise() {
            new Random(1).nextBytes(piece);
        }

        @Override
        public int read() {
            return left-- > 0 ? piece[left % piece.length] & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = Math.min(Math.min(length, left), piece.length);
            System.arraycopy(piece, 0, to, offset, count);
            left -= count;
            return count;
        }
    }
}
