package vn.lgsp.runtime;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/** A packet with an attachment of some 50 MB, which nobody has in memory. */
final class LargePacket {
    private static final int BLOCK = 48 << 10;

    private final byte[] begins;
    private final byte[] block;
    private final int blocks;
    private final byte[] ends;

    private LargePacket(byte[] begins, byte[] block, int blocks, byte[] ends) {
        this.begins = begins;
        this.block = block;
        this.blocks = blocks;
        this.ends = ends;
    }

    static LargePacket of(int megabytes, String from, int number, String... to) {
        String head = EdocPackets.document(from, number, to);
        byte[] noise = new byte[BLOCK];
        new Random(number).nextBytes(noise);
        return new LargePacket(
                (head.substring(0, head.length() - "</edXML>".length())
                                + "<AttachmentEncoded><Attachment><ContentId>tep-1</ContentId><AttachmentName>tep.pdf</AttachmentName>"
                                + "<ContentType>application/pdf</ContentType><ContentTransferEncoded>")
                        .getBytes(StandardCharsets.UTF_8),
                (Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(noise) + "\n")
                        .getBytes(StandardCharsets.US_ASCII),
                (megabytes << 20) / BLOCK,
                "</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    InputStream open() {
        return with(new byte[0], new byte[0]);
    }

    /** With this before and behind it. */
    InputStream with(byte[] before, byte[] after) {
        List<InputStream> all = new ArrayList<>();
        all.add(new ByteArrayInputStream(before));
        all.add(new ByteArrayInputStream(begins));
        for (int i = 0; i < blocks; i++) {
            all.add(new ByteArrayInputStream(block));
        }
        all.add(new ByteArrayInputStream(ends));
        all.add(new ByteArrayInputStream(after));
        return new SequenceInputStream(Collections.enumeration(all));
    }

    long length() {
        return begins.length + (long) blocks * block.length + ends.length;
    }

    BodyPublisher body() {
        return body("", "");
    }

    BodyPublisher body(String before, String after) {
        byte[] first = before.getBytes(StandardCharsets.UTF_8);
        byte[] last = after.getBytes(StandardCharsets.UTF_8);
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> with(first, last)), length() + first.length + last.length);
    }

    /** Length and checksum: a digest takes ten times as long in a test's own process. */
    String sum() {
        return sum(open());
    }

    /** The hash as the SDK writes it. */
    String unpadded() {
        MessageDigest digest = LargeContent.sha256();
        digest.update(begins);
        for (int i = 0; i < blocks; i++) {
            digest.update(block);
        }
        StringBuilder text = new StringBuilder();
        for (byte one : digest.digest(ends)) {
            text.append(Integer.toHexString(one & 0xff));
        }
        return text.toString();
    }

    static String sum(InputStream from) {
        CRC32 sum = new CRC32();
        long length = 0;
        byte[] buffer = new byte[64 << 10];
        try (from) {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                sum.update(buffer, 0, read);
                length += read;
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return length + " bytes, " + Long.toHexString(sum.getValue());
    }

    /** The sum of what stands in base64 behind {@code before} in this JSON, to the end of its text. */
    static String sumOfBase64(InputStream answer, String before) {
        InputStream json = new BufferedInputStream(answer, 64 << 10);
        StringBuilder head = new StringBuilder();
        try {
            while (head.indexOf(before) < 0) {
                int one = json.read();
                if (one < 0 || head.length() > 10_000) {
                    return "no " + before + " in: " + head;
                }
                head.append((char) one);
            }
            CRC32 sum = new CRC32();
            long length = 0;
            byte[] piece = new byte[64 << 10];
            for (boolean over = false; !over; ) {
                int count = json.readNBytes(piece, 0, piece.length);
                int end = 0;
                while (end < count && piece[end] != '"') {
                    end++;
                }
                over = end < piece.length;
                byte[] plain = Base64.getDecoder().decode(Arrays.copyOf(piece, end));
                sum.update(plain);
                length += plain.length;
            }
            return length + " bytes, " + Long.toHexString(sum.getValue());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
