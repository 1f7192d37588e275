package vn.lgsp.city;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The archive. It takes documents of any size and keeps none, so it can be fed for ever: {@code POST /documents} answers 201
 * with the count of bytes and their SHA-256.
 *
 * <p>{@code GET /documents/doc-0001} to {@code doc-9999} answer a JSON document of 1,024 bytes, and {@code GET
 * /documents/large-{n}mb}, n from 1 to 4096, streams n MiB that are the same every time; all else is 404.
 */
final class ArchivePeer {
    private static final String DOCUMENTS = "/documents";
    private static final Pattern SMALL = Pattern.compile("/documents/(doc-[0-9]{4})");
    private static final Pattern LARGE = Pattern.compile("/documents/large-([1-9][0-9]{0,3})mb");
    private static final int MOST_MIB = 4096;
    private static final int SMALL_BYTES = 1024;
    private static final int BLOCK = 64 * 1024;
    private static final int BLOCKS_PER_MIB = 16;
    private static final Buffer PATTERN = pattern();

    private ArchivePeer() {}

    static HttpPeer start(Vertx vertx, int port) {
        return HttpPeer.start(vertx, port, ArchivePeer::handle);
    }

    private static void handle(HttpServerRequest request) {
        Matcher small = SMALL.matcher(request.path());
        Matcher large = LARGE.matcher(request.path());
        if (request.method().equals(HttpMethod.POST) && request.path().equals(DOCUMENTS)) {
            take(request);
        } else if (!request.method().equals(HttpMethod.GET)) {
            HttpPeer.answer(request.response(), 405, new JsonObject().put("loi", "Phương thức không được hỗ trợ"));
        } else if (small.matches()) {
            request.response().putHeader("content-type", "application/json").end(document(small.group(1)));
        } else if (large.matches() && Integer.parseInt(large.group(1)) <= MOST_MIB) {
            give(request.response(), Integer.parseInt(large.group(1)));
        } else {
            HttpPeer.answer(request.response(), 404, new JsonObject().put("loi", "Không có tài liệu này"));
        }
    }

    private static void take(HttpServerRequest request) {
        MessageDigest digest = sha256();
        long[] bytes = {0};
        request.handler(chunk -> {
            bytes[0] += chunk.length();
            digest.update(chunk.getBytes());
        });
        request.endHandler(end -> HttpPeer.answer(
                request.response(),
                201,
                new JsonObject()
                        .put("bytes", bytes[0])
                        .put("sha256", HexFormat.of().formatHex(digest.digest()))));
    }

    private static void give(HttpServerResponse response, int mib) {
        response.putHeader("content-type", "application/octet-stream")
                .putHeader("content-length", Long.toString((long) mib * BLOCKS_PER_MIB * BLOCK));
        int[] left = {mib * BLOCKS_PER_MIB};
        // Vert.x calls the drain handler when the reader has caught up: no more than a window is ever in memory.
        response.drainHandler(drained -> pour(response, left));
        pour(response, left);
    }

    private static void pour(HttpServerResponse response, int[] left) {
        while (left[0] > 0 && !response.closed() && !response.writeQueueFull()) {
            left[0]--;
            response.write(PATTERN);
        }
        if (left[0] == 0 && !response.ended() && !response.closed()) {
            response.end();
        }
    }

    private static Buffer document(String name) {
        JsonObject document = new JsonObject()
                .put("maTaiLieu", name)
                .put("trichYeu", "Quyết định mẫu về việc thử nghiệm trục tích hợp")
                .put("ngayBanHanh", "2025-02-03")
                .put("soTrang", 3)
                .put("noiDung", "");
        int missing = SMALL_BYTES - document.toBuffer().length();
        return document.put("noiDung", "x".repeat(missing)).toBuffer();
    }

    private static Buffer pattern() {
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            block[i] = (byte) (i % 251);
        }
        return Buffer.buffer(block);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", impossible);
        }
    }
}
