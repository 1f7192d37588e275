package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A city whose agencies exchange documents by the bus, with the services of the sample city: two of them with a document system of their own, one speaks as the SDK does and one
 * in the REST form, and beyond them the national axis.
 */
final class DeskCity implements AutoCloseable {
    static final String ONE = "000.00.01.H99";
    static final String TWO = "000.00.02.H99";
    static final String FAR = "000.00.00.H98";
    static final String SECRET = AxisStub.SECRET;
    static final String PASSWORD = "mật khẩu thử";

    /** Of {@code sample-password-operator}. */
    private static final String PASSWORD_HASH =
            "pbkdf2-sha256:210000:28e14fcec5a49671b2acc849e046602e:e68ce0ad050401812c1c7f294f2e42c03502ca9a2fcc88eae9e7aff3a7241ab0";

    final AxisStub axis = new AxisStub();
    private final Path folder;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    DeskCity(Path folder) {
        this.folder = folder;
    }

    TestBus.Builder bus() {
        return bus("http://127.0.0.1:" + axis.port(), "document-axis");
    }

    /** @param scheme of the axis at this address */
    TestBus.Builder bus(String address, String scheme) {
        return bus(address, scheme, "answerTimeout: 2s");
    }

    /** @param connection further fields of the connection to the axis */
    TestBus.Builder bus(String address, String scheme, String... connection) {
        Path secret = folder.resolve("axis.secret");
        Path password = folder.resolve("axis.password");
        TestBus.Builder bus = TestBus.in(folder);
        try {
            Files.writeString(secret, SECRET);
            Files.writeString(password, PASSWORD);
            try (Stream<Path> files = Files.list(Path.of("routes/edoc"))) {
                for (Path file : files.toList()) {
                    bus.write(file.toString(), Files.readString(file));
                }
            }
            Path answer = Path.of("transforms/edoc/edoc-document-desk/answer.jq");
            bus.write(answer.toString(), Files.readString(answer));
            for (String connector : List.of("send", "list", "fetch", "update-status")) {
                String file = "connectors/document-axis-" + connector + ".kamelet.yaml";
                bus.write(file, Files.readString(Path.of(file)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (scheme.equals("document-axis-rest")) {
            bus.edit(
                    "routes/edoc/edoc-document-desk.camel.yaml",
                    "inside: after-hand-on",
                    "inside: after-hand-on, outside: together");
        }
        return bus.edit(
                        "routes/edoc/edoc-axis-forward.card.yaml",
                        "first: 1s, longest: 5m",
                        "first: 50ms, longest: 200ms")
                .edit("routes/edoc/edoc-axis-collect.card.yaml", "office-documents-key", "axis-collector")
                .systemAt(
                        "axis-sdk",
                        address,
                        Stream.concat(
                                        Stream.of(connection),
                                        Stream.of("credential: { scheme: " + scheme
                                                + ", user: SYS-TEST-01, secret: \"file:" + secret + "\" }"))
                                .toArray(String[]::new))
                .account(
                        "so-mot-van-thu",
                        "so-mot",
                        "key-so-mot",
                        "axis: { systemId: SYS-SO-1, secret: \"file:" + secret + "\" }")
                .account(
                        "so-hai-van-thu",
                        "so-hai",
                        "key-so-hai",
                        "axis: { systemId: SYS-SO-2, secret: \"file:" + secret
                                + "\", login: { user: van-thu-so-hai, secret: \"file:" + password
                                + "\", application: van-thu, life: 1s } }")
                .account("axis-collector", "axis-collector", "key-collector", "")
                .grant("so-mot", "edoc-document-desk", "")
                .grant("so-mot", "edoc-axis-forward", "")
                .grant("so-hai", "edoc-document-desk", "")
                .grant("axis-collector", "edoc-axis-collect", "")
                .grant("asker", "edoc-axis-collect", "")
                .setting("lgsp.guarantee.sweep", "50ms")
                .registry(text -> text.replace(
                                "accounts:\n",
                                "accounts:\n  - id: so-hai-dang-nhap\n    system: so-hai\n    axis: { systemId: SYS-SO-2B, secret: \"file:"
                                        + secret + "\", login: { user: so-hai-b, secret: \"file:" + password
                                        + "\", required: true } }\n")
                        .replace(
                                "operators: []",
                                "operators:\n  - user: operator\n    passwordHash: " + PASSWORD_HASH
                                        + "\n    rights: [register]\n  - user: looker\n    passwordHash: "
                                        + PASSWORD_HASH)
                        .replace("name: so-mot\n", "name: so-mot\n    organs: [" + ONE + "]\n")
                        .replace(
                                "name: so-hai\n",
                                "name: so-hai\n    organs: [" + TWO.toLowerCase(java.util.Locale.ROOT) + "]\n"));
    }

    /** A call as the SDK makes it; {@code change} may spoil it after it was signed. */
    JsonNode sdk(
            int port,
            String path,
            Map<String, String> parameters,
            byte[] body,
            Instant at,
            Consumer<Map<String, String>> change) {
        return sdk(
                "http://127.0.0.1:" + port + "/api/edoc-document-desk/v1", SECRET, path, parameters, body, at, change);
    }

    /** @param base address of whoever is called as the axis is */
    JsonNode sdk(
            String base,
            String secret,
            String path,
            Map<String, String> parameters,
            byte[] body,
            Instant at,
            Consumer<Map<String, String>> change) {
        return json(send(signed(base, secret, path, parameters, body, at, change)));
    }

    /** A packet by GET, as its bytes. */
    String download(int port, String docId) {
        return send(signed(
                        "http://127.0.0.1:" + port + "/api/edoc-document-desk/v1",
                        SECRET,
                        "/downloadEdoc",
                        Map.of("docId", docId),
                        new byte[0],
                        Instant.now(),
                        all -> {}))
                .body();
    }

    private static HttpRequest signed(
            String base,
            String secret,
            String path,
            Map<String, String> parameters,
            byte[] body,
            Instant at,
            Consumer<Map<String, String>> change) {
        return signed(base, secret, path, parameters, BodyPublishers.ofByteArray(body), at, change);
    }

    static HttpRequest signed(
            String base,
            String secret,
            String path,
            Map<String, String> parameters,
            HttpRequest.BodyPublisher body,
            Instant at,
            Consumer<Map<String, String>> change) {
        boolean get = path.startsWith("/count") || path.startsWith("/download") || path.startsWith("/v1/get");
        Map<String, String> all = new LinkedHashMap<>();
        parameters.forEach((name, value) -> all.put("XroadVnpt-" + name, value));
        all.put(
                "XroadVnpt-timestamp",
                DateTimeFormatter.ofPattern("ddMMyyyy'T'HHmmss'+0'SSS")
                        .withZone(ZoneId.of("Asia/Ho_Chi_Minh"))
                        .format(at));
        all.putIfAbsent("XroadVnpt-systemid", "SYS-SO-1");
        all.put("XroadVnpt-Content-Type", path.equals("/sendEdoc") ? "application/octet-stream" : "application/json");
        StringBuilder text = new StringBuilder("{");
        List<String> names = new ArrayList<>();
        all.forEach((name, value) -> {
            text.append(names.isEmpty() ? "\"" : ",\"").append(name).append("\":\"");
            text.append(value.replace("\"", "\\\"")).append('"');
            names.add(name.substring("XroadVnpt-".length()));
        });
        text.append('}');
        all.put("xroadvnpt-sign-header", text.toString());
        all.put("XroadVnpt-sign-header-key", String.join(";", names));
        all.put("XroadVnpt-hash-header", AxisStub.hmac(text.toString(), secret));
        all.put("XroadVnpt-version", "3.0.201608");
        change.accept(all);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
        all.forEach(request::header);
        if (!get) {
            request.header("Content-Type", all.getOrDefault("XroadVnpt-Content-Type", "application/json"))
                    .POST(body);
        }
        return request.build();
    }

    JsonNode sdk(int port, String path, Map<String, String> parameters) {
        return sdk(port, path, parameters, "{}".getBytes(StandardCharsets.UTF_8), Instant.now(), all -> {});
    }

    JsonNode sdkSend(int port, String type, String from, String packet) {
        byte[] body = packet.getBytes(StandardCharsets.UTF_8);
        return sdk(
                port,
                "/sendEdoc",
                Map.of("from", from, "servicetype", "eDoc", "messagetype", type, "hash-file", AxisStub.unpadded(body)),
                body,
                Instant.now(),
                all -> {});
    }

    JsonNode rest(int port, String method, String path, String type, String body, String secret) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/edoc-document-desk/v1" + path))
                .timeout(Duration.ofSeconds(60))
                .header("X-SystemId", "SYS-SO-2")
                .header("X-SecretKey", secret);
        if (method.equals("POST")) {
            request.header("Content-Type", type).POST(BodyPublishers.ofString(body));
        }
        return json(send(request.build()));
    }

    /** A call in the REST form by whoever these headers say. */
    HttpResponse<String> rest(int port, String path, String json, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/edoc-document-desk/v1" + path))
                .timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        return send(
                json.isEmpty()
                        ? request.build()
                        : request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(json))
                                .build());
    }

    /** What an operator reads at the management port, or posts there. */
    HttpResponse<String> operator(int port, String user, String method, String path) {
        String base = "http://127.0.0.1:" + port;
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .header("Origin", base)
                .header(
                        "Authorization",
                        "Basic "
                                + java.util.Base64.getEncoder()
                                        .encodeToString(
                                                (user + ":sample-password-operator").getBytes(StandardCharsets.UTF_8)))
                .method(method, BodyPublishers.noBody())
                .build());
    }

    JsonNode rest(int port, String path) {
        return rest(port, "GET", path, "", "", SECRET);
    }

    JsonNode restDone(int port, String docId, String state) {
        return rest(
                port,
                "POST",
                "/v1/updateStatus",
                "application/json",
                "{\"docId\":\"" + docId + "\",\"status\":\"" + state + "\"}",
                SECRET);
    }

    JsonNode restSend(int port, String type, String packet) {
        return rest(
                port,
                "POST",
                "/v1/sendEdoc",
                "multipart/form-data; boundary=bien",
                "--bien\r\nContent-Disposition: form-data; name=\"messagetype\"\r\n\r\n" + type
                        + "\r\n--bien\r\nContent-Disposition: form-data; name=\"edocFile\"; filename=\""
                        + UUID.randomUUID()
                        + ".edxml\"\r\nContent-Type: application/xml\r\n\r\n" + packet + "\r\n--bien--\r\n",
                SECRET);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return TestBus.json(answer);
    }

    /** What a party does again and again until it is over; whoever it calls may be dead at the moment. */
    static void repeat(AtomicBoolean over, Runnable work) {
        while (!over.get()) {
            try {
                work.run();
            } catch (UncheckedIOException down) {
                // it is called again
            }
            pause();
        }
    }

    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    static String padded(byte[] packet) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(packet));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        axis.close();
    }
}
