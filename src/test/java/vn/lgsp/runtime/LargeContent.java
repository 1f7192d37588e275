package vn.lgsp.runtime;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Content that is too large for any heap, and that can be told from noise: one block again and again. */
final class LargeContent {
    static final int MIB = 1 << 20;
    /** Stands in each block. */
    static final String MARKER = "LGSP-PLAIN-TEXT-MARKER";

    static final byte[] BLOCK = block();

    private LargeContent() {}

    private static byte[] block() {
        byte[] block = new byte[64 << 10];
        byte[] marker = MARKER.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < block.length; i++) {
            block[i] = i < marker.length ? marker[i] : (byte) (i * 31 % 251);
        }
        return block;
    }

    /** So many blocks as the body of an answer, as fast as they are taken. */
    static void pour(HttpServerResponse response, int blocks, Runnable then) {
        int[] left = {blocks};
        response.drainHandler(drained -> pour(response, left, then));
        pour(response, left, then);
    }

    private static void pour(HttpServerResponse response, int[] left, Runnable then) {
        while (left[0] > 0 && !response.closed() && !response.writeQueueFull()) {
            left[0]--;
            response.write(Buffer.buffer(BLOCK));
        }
        if (left[0] == 0 && !response.closed()) {
            left[0] = -1;
            then.run();
        }
    }

    /** So many MiB of blocks, with this before and behind them. */
    static InputStream content(byte[] before, int mib, byte[] after) {
        List<InputStream> pieces = new ArrayList<>();
        pieces.add(new ByteArrayInputStream(before));
        for (int i = 0; i < mib * MIB / BLOCK.length; i++) {
            pieces.add(new ByteArrayInputStream(BLOCK));
        }
        pieces.add(new ByteArrayInputStream(after));
        return new SequenceInputStream(Collections.enumeration(pieces));
    }

    static InputStream content(int mib) {
        return content(new byte[0], mib, new byte[0]);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
