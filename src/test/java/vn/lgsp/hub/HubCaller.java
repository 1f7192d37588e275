package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls a hub as a system would. */
record HubCaller(Hub hub) {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String FORM = "application/x-www-form-urlencoded";

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, new byte[0], headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send("POST", path, body.getBytes(UTF_8), headers);
    }

    HttpResponse<String> send(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString(UTF_8));
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** A token of a gateway, asked for in the first style. */
    String token(String gateway, String pair, String... headers) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("Authorization", basic(pair), "Content-Type", FORM));
        all.addAll(List.of(headers));
        return json(post("/" + gateway + "/token", "grant_type=client_credentials", all.toArray(String[]::new)))
                .path("access_token")
                .asText();
    }

    static String basic(String pair) {
        return "Basic " + java.util.Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    /** A call of the axis, signed at the time of the vectors. */
    JsonNode axis(String operation, Map<String, String> parameters, byte[] body)
            throws IOException, InterruptedException {
        return json(axisCall("SYS-TEST-01", "example-secret", operation, parameters, body));
    }

    HttpResponse<String> axisCall(
            String system, String secret, String operation, Map<String, String> parameters, byte[] body)
            throws IOException, InterruptedException {
        Map<String, String> signed = new LinkedHashMap<>(parameters);
        signed.put("systemid", system);
        signed.put("timestamp", "20112025T101500+0042");
        String text = JSON.writeValueAsString(signed.entrySet().stream()
                .collect(
                        LinkedHashMap::new,
                        (map, entry) -> map.put("XroadVnpt-" + entry.getKey(), entry.getValue()),
                        Map::putAll));
        List<String> headers = new ArrayList<>();
        signed.forEach((name, value) -> headers.addAll(List.of("XroadVnpt-" + name, value)));
        headers.addAll(List.of("XroadVnpt-sign-header", text));
        headers.addAll(List.of("XroadVnpt-sign-header-key", String.join(";", signed.keySet())));
        headers.addAll(List.of("XroadVnpt-hash-header", Digests.hmacSha256(secret, text.getBytes(UTF_8))));
        boolean get = operation.startsWith("count") || operation.startsWith("download");
        return send(
                get ? "GET" : "POST",
                "/axis/" + operation,
                get || body.length > 0 ? body : "{}".getBytes(UTF_8),
                headers.toArray(String[]::new));
    }

    /** What comes back on a connection of its own, byte for byte, until it is closed. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", hub.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
