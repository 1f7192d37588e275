package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A document axis of a test, both forms, for one connected centre. It is written from the specification alone: what the bus signs is
 * verified by other code than the bus signs with.
 */
final class AxisStub implements AutoCloseable {
    static final String SYSTEM = "SYS-TEST-01";
    static final String SECRET = "example-secret";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the axis has taken from the bus, or holds for it. */
    record Doc(String id, String type, String from, String to, byte[] packet, String idempotency) {
        String text() {
            return new String(packet, StandardCharsets.UTF_8);
        }
    }

    private final StubPeer peer = StubPeer.answering(this::answer);
    private final List<Doc> sent = new CopyOnWriteArrayList<>();
    private final Map<String, Doc> waiting = java.util.Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, String> told = java.util.Collections.synchronizedMap(new HashMap<>());
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private volatile Predicate<HttpServerRequest> fault = request -> false;

    int port() {
        return peer.port();
    }

    /** What the bus has sent, in order. */
    List<Doc> sent() {
        return sent;
    }

    /** What was wrong with calls of the bus. */
    List<String> complaints() {
        return complaints;
    }

    /** What the bus has told of each document. */
    Map<String, String> told() {
        return told;
    }

    int listed() {
        return (int) peer.received().stream()
                .filter(call -> call.uri().contains("List"))
                .count();
    }

    /** Puts a packet into the list of the bus, as if another centre had sent it. */
    String holds(String type, String to, String packet) {
        String id = "doc-%04d".formatted(number.incrementAndGet());
        waiting.put(id, new Doc(id, type, "000.00.00.H98", to, packet.getBytes(StandardCharsets.UTF_8), ""));
        return id;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** As if nothing had come yet. */
    void forget() {
        sent.clear();
        waiting.clear();
        told.clear();
        complaints.clear();
    }

    /** Answers by itself, and says {@code true}, where the axis shall not behave. */
    void misbehaves(Predicate<HttpServerRequest> how) {
        fault = how;
    }

    private void answer(HttpServerRequest request) {
        if (fault.test(request)) {
            return;
        }
        byte[] body = peer.last().body();
        String answer = request.path().startsWith("/v1/") ? rest(request, body) : sdk(request, body);
        request.response().putHeader("Content-Type", "application/json").end(answer);
    }

    private String sdk(HttpServerRequest request, byte[] body) {
        MultiMap headers = request.headers();
        String complaint = unsigned(headers);
        if (!complaint.isEmpty()) {
            complaints.add(request.path() + ": " + complaint);
            return "{\"status\":\"FAIL\",\"ErrorCode\":\"15\",\"ErrorDesc\":\"no\"}";
        }
        String ok = "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"Thanh cong\"";
        switch (request.path()) {
            case "/sendEdoc" -> {
                String sent = new String(body, StandardCharsets.ISO_8859_1);
                byte[] packet = java.util.Arrays.copyOf(body, body.length - (sent.endsWith("\r\n") ? 2 : 0));
                if (packet.length == body.length
                        || !headers.get("XroadVnpt-hash-file").equals(unpadded(packet))) {
                    complaints.add("hash-file, or no line break behind the packet");
                    return "{\"status\":\"FAIL\",\"ErrorCode\":\"10\",\"ErrorDesc\":\"no\"}";
                }
                return ok + ",\"DocId\":\""
                        + keep(
                                headers.get("XroadVnpt-messagetype"),
                                headers.get("XroadVnpt-from"),
                                headers.get("XroadVnpt-to"),
                                packet,
                                headers.get("Idempotency-Key"))
                        + "\"}";
            }
            case "/getReceivedEdocList" -> {
                return ok + ",\"data\":" + list(headers.get("XroadVnpt-messagetype")) + "}";
            }
            case "/getEdoc" -> {
                Doc doc = waiting.get(headers.get("XroadVnpt-docId"));
                return doc == null
                        ? "{\"status\":\"FAIL\",\"ErrorCode\":\"21\",\"ErrorDesc\":\"no\"}"
                        : ok + ",\"data\":\"" + Base64.getEncoder().encodeToString(doc.packet()) + "\"}";
            }
            case "/updateStatus" -> {
                update(headers.get("XroadVnpt-docid"), headers.get("XroadVnpt-status"));
                return ok + "}";
            }
            default -> {
                return "{\"status\":\"FAIL\",\"ErrorCode\":\"20\",\"ErrorDesc\":\"no\"}";
            }
        }
    }

    private String rest(HttpServerRequest request, byte[] body) {
        if (!SYSTEM.equals(request.getHeader("X-SystemId")) || !SECRET.equals(request.getHeader("X-SecretKey"))) {
            complaints.add(request.path() + ": key");
            return "{\"success\":false,\"message\":\"no\",\"data\":{\"errorCode\":\"15\",\"errorDesc\":\"no\"}}";
        }
        switch (request.path()) {
            case "/v1/sendEdoc" -> {
                String form = new String(body, StandardCharsets.UTF_8);
                String type = form.split("name=\"messagetype\"\r\n\r\n")[1].split("\r\n")[0];
                String packet =
                        form.split("Content-Type: application/xml\r\n\r\n")[1].split("\r\n--")[0];
                return "{\"success\":true,\"message\":\"OK\",\"docId\":\""
                        + keep(
                                type,
                                "",
                                "",
                                packet.getBytes(StandardCharsets.UTF_8),
                                request.getHeader("Idempotency-Key"))
                        + "\"}";
            }
            case "/v1/syncReceivedEdocList" -> {
                return "{\"success\":true,\"message\":\"OK\",\"count\":" + waiting.size() + ",\"data\":"
                        + list(request.getParam("messageType")) + "}";
            }
            case "/v1/getEdoc" -> {
                Doc doc = waiting.get(request.getParam("docId"));
                return doc == null
                        ? "{\"success\":false,\"message\":\"no\",\"data\":{\"errorCode\":\"21\"}}"
                        : "{\"success\":true,\"message\":\"OK\",\"data\":{\"docId\":\"" + doc.id() + "\",\"edxml\":\""
                                + Base64.getEncoder().encodeToString(doc.packet()) + "\",\"attachments\":[]}}";
            }
            case "/v1/updateStatus" -> {
                try {
                    JsonNode said = JSON.readTree(body);
                    update(said.get("docId").asText(), said.get("status").asText());
                } catch (java.io.IOException notJson) {
                    complaints.add("updateStatus");
                }
                return "{\"success\":true,\"message\":\"OK\"}";
            }
            default -> {
                return "{\"success\":false,\"message\":\"no\",\"data\":{\"errorCode\":\"20\"}}";
            }
        }
    }

    private String keep(String type, String from, String to, byte[] packet, String idempotency) {
        for (Doc before : sent) {
            if (idempotency != null && before.idempotency().equals(idempotency)) {
                return before.id();
            }
        }
        String id = "sent-%04d".formatted(number.incrementAndGet());
        sent.add(new Doc(id, type, from, to == null ? "" : to, packet, idempotency == null ? "" : idempotency));
        return id;
    }

    private void update(String id, String status) {
        told.put(id, status);
        if (status.equals("done") || status.equals("fail")) {
            waiting.remove(id);
        }
    }

    private String list(String type) {
        StringBuilder list = new StringBuilder("[");
        synchronized (waiting) {
            for (Doc doc : waiting.values()) {
                if (doc.type().equals(type)) {
                    list.append(list.length() == 1 ? "" : ",")
                            .append(
                                    "{\"docId\":\"%s\",\"messageType\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"status\":\"initial\"}"
                                            .formatted(doc.id(), doc.type(), doc.from(), doc.to()));
                }
            }
        }
        return list.append(']').toString();
    }

    /** What is wrong with the signature, by wire-formats 3.2. */
    private static String unsigned(MultiMap headers) {
        String text = headers.get("XroadVnpt-sign-header");
        if (text == null || !hmac(text).equals(headers.get("XroadVnpt-hash-header"))) {
            return "hash";
        }
        try {
            JsonNode signed = JSON.readTree(text);
            StringBuilder names = new StringBuilder();
            for (Map.Entry<String, JsonNode> entry : signed.properties()) {
                if (!entry.getValue().asText().equals(headers.get(entry.getKey()))) {
                    return entry.getKey();
                }
                names.append(names.isEmpty() ? "" : ";").append(entry.getKey().substring("XroadVnpt-".length()));
            }
            if (!names.toString().equals(headers.get("XroadVnpt-sign-header-key"))) {
                return "names";
            }
            if (!signed.path("XroadVnpt-systemid").asText().equals(SYSTEM)
                    || !signed.path("XroadVnpt-timestamp").asText().matches("[0-9]{8}T[0-9]{6}\\+0[0-9]{3}")
                    || !signed.has("XroadVnpt-Content-Type")
                    || !"3.0.201608".equals(headers.get("XroadVnpt-version"))) {
                return "what must be there";
            }
            return "";
        } catch (java.io.IOException notJson) {
            return "text";
        }
    }

    static String hmac(String text) {
        return hmac(text, SECRET);
    }

    static String hmac(String text, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String unpadded(byte[] packet) {
        try {
            StringBuilder text = new StringBuilder();
            for (byte one : MessageDigest.getInstance("SHA-256").digest(packet)) {
                text.append(Integer.toHexString(one & 255));
            }
            return text.toString();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static byte[] half(String answer) {
        byte[] whole = answer.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(whole, whole.length / 2);
    }

    @Override
    public void close() {
        peer.close();
    }
}
