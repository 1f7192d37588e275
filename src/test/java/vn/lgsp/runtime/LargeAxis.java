package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;

/** A document axis of a test in both forms, for packets that nobody has in memory. What it signs and checks is in {@link AxisStub}. */
final class LargeAxis implements AutoCloseable {
    private static final int SOME = 1 << 20;

    /** A packet that was taken whole. */
    record Taken(String sum, String form, String idempotency) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final List<Taken> taken = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Map<String, LargePacket> waiting = new ConcurrentHashMap<>();
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Optional<CountDownLatch> stuck = Optional.empty();

    LargeAxis() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Taken> taken() {
        return taken;
    }

    List<String> complaints() {
        return complaints;
    }

    Map<String, String> told() {
        return told;
    }

    void holds(String id, LargePacket packet) {
        waiting.put(id, packet);
    }

    /** From now on it reads some of a packet and no more. The latch tells that it has begun. */
    CountDownLatch readsNoFurther() {
        CountDownLatch begun = new CountDownLatch(1);
        stuck = Optional.of(begun);
        return begun;
    }

    void readsAgain() {
        stuck = Optional.empty();
        released.countDown();
    }

    private void answer(HttpExchange call) throws IOException {
        try (call) {
            String path = call.getRequestURI().getPath();
            switch (path) {
                case "/sendEdoc" -> {
                    CRC32 sum = new CRC32();
                    MessageDigest digest = LargeContent.sha256();
                    String said = String.valueOf(call.getRequestHeaders().getFirst("XroadVnpt-hash-file"));
                    // the SDK writes a line break behind the packet
                    long length = Long.parseLong(call.getRequestHeaders().getFirst("Content-Length")) - "\r\n".length();
                    read(call.getRequestBody(), sum, Optional.of(digest), length);
                    boolean ended =
                            new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).equals("\r\n");
                    if (!ended || !said.equals(unpadded(digest.digest()))) {
                        complaints.add("hash-file, or no line break behind the packet");
                    }
                    take(call, length, sum, "sdk");
                    json(call, "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"DocId\":\"sent-" + taken.size() + "\"}");
                }
                case "/v1/sendEdoc" -> {
                    CRC32 sum = new CRC32();
                    take(call, form(call, sum), sum, "rest");
                    json(call, "{\"success\":true,\"message\":\"OK\",\"docId\":\"sent-" + taken.size() + "\"}");
                }
                case "/getReceivedEdocList" ->
                    json(
                            call,
                            "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"data\":"
                                    + list(call.getRequestHeaders().getFirst("XroadVnpt-messagetype")) + "}");
                case "/v1/syncReceivedEdocList" ->
                    json(
                            call,
                            "{\"success\":true,\"data\":"
                                    + list(call.getRequestURI().getQuery().contains("messageType=edoc") ? "edoc" : "")
                                    + "}");
                case "/getEdoc" ->
                    give(
                            call,
                            "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"data\":\"",
                            call.getRequestHeaders().getFirst("XroadVnpt-docId"),
                            "\"}");
                case "/v1/getEdoc" ->
                    give(
                            call,
                            "{\"data\":{\"attachments\":[],\"edxml\":\"",
                            call.getRequestURI().getQuery().replace("docId=", ""),
                            "\"},\"success\":true}");
                case "/updateStatus" -> {
                    update(
                            call.getRequestHeaders().getFirst("XroadVnpt-docid"),
                            call.getRequestHeaders().getFirst("XroadVnpt-status"));
                    json(call, "{\"status\":\"OK\",\"ErrorCode\":\"0\"}");
                }
                case "/v1/updateStatus" -> {
                    var said = new ObjectMapper().readTree(call.getRequestBody().readAllBytes());
                    update(said.path("docId").asText(), said.path("status").asText());
                    json(call, "{\"success\":true}");
                }
                default -> json(call, "{}");
            }
        }
    }

    private void take(HttpExchange call, long length, CRC32 sum, String form) {
        taken.add(new Taken(
                length + " bytes, " + Long.toHexString(sum.getValue()),
                form,
                String.valueOf(call.getRequestHeaders().getFirst("Idempotency-Key"))));
    }

    /** Reads the file in a form, whose length tells where it ends. */
    private long form(HttpExchange call, CRC32 sum) throws IOException {
        String type = call.getRequestHeaders().getFirst("Content-Type");
        long tail = ("\r\n--" + type.substring(type.indexOf("boundary=") + 9) + "--\r\n").length();
        long length = Long.parseLong(call.getRequestHeaders().getFirst("Content-Length"));
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream body = call.getRequestBody();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("application/xml\r\n\r\n")) {
            head.write(body.read());
        }
        long file = read(body, sum, Optional.empty(), length - head.size() - tail);
        body.readAllBytes();
        return file;
    }

    private long read(InputStream body, CRC32 sum, Optional<MessageDigest> digest, long count) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long left = count;
        while (left > 0) {
            int read = body.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                if (count != Long.MAX_VALUE) {
                    throw new IOException("cut off");
                }
                return count - left;
            }
            sum.update(buffer, 0, read);
            if (digest.isPresent()) {
                digest.get().update(buffer, 0, read);
            }
            left -= read;
            if (stuck.isPresent() && count - left > SOME) {
                stuck.get().countDown();
                try {
                    released.await();
                } catch (InterruptedException over) {
                    throw new IOException(over);
                }
            }
        }
        return count;
    }

    private static String unpadded(byte[] hash) {
        StringBuilder text = new StringBuilder();
        for (byte one : hash) {
            text.append(Integer.toHexString(one & 0xff));
        }
        return text.toString();
    }

    private String list(String type) {
        StringBuilder list = new StringBuilder("[");
        if ("edoc".equals(type)) {
            waiting.keySet().forEach(id -> list.append(list.length() == 1 ? "" : ",")
                    .append("{\"docId\":\"")
                    .append(id)
                    .append("\",\"messageType\":\"edoc\",\"from\":\"\",\"to\":\"\",\"status\":\"initial\"}"));
        }
        return list.append(']').toString();
    }

    private void update(String id, String status) {
        told.put(id, status);
        if (status.equals("done") || status.equals("fail")) {
            waiting.remove(id);
        }
    }

    private void give(HttpExchange call, String before, String id, String after) throws IOException {
        call.getRequestBody().readAllBytes();
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(200, 0);
        try (OutputStream answer = call.getResponseBody()) {
            answer.write(before.getBytes(StandardCharsets.UTF_8));
            OutputStream open = new java.io.FilterOutputStream(answer) {
                @Override
                public void write(byte[] from, int offset, int count) throws IOException {
                    out.write(from, offset, count);
                }

                @Override
                public void close() {
                    // what comes behind it goes out too
                }
            };
            try (OutputStream base64 = Base64.getEncoder().wrap(open);
                    InputStream packet = Objects.requireNonNull(waiting.get(id)).open()) {
                packet.transferTo(base64);
            }
            answer.write(after.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void json(HttpExchange call, String text) throws IOException {
        call.getRequestBody().readAllBytes();
        call.getResponseHeaders().set("Content-Type", "application/json");
        byte[] answer = text.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(200, answer.length);
        call.getResponseBody().write(answer);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
