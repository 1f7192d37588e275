package vn.lgsp.operate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An HTTP client that sends exactly what a test writes: odd paths, foreign hosts, no tidying up. */
final class RawClient {
    private final int port;

    RawClient(int port) {
        this.port = port;
    }

    record Answer(int status, List<String> head, String body) {
        Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst();
        }

        /** The cookie as the next request sends it. */
        String cookie() {
            return header("set-cookie").orElseThrow().split(";", 2)[0];
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    /** With the origin and content type of the console. */
    Answer post(String path, String body, String... headers) {
        List<String> all =
                new ArrayList<>(List.of("Origin: http://localhost:" + port, "Content-Type: application/json"));
        all.addAll(List.of(headers));
        return send("POST", path, body, all.toArray(String[]::new));
    }

    /** Exactly these headers, and {@code Host: localhost} unless one is given. */
    Answer send(String method, String path, String body, String... headers) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
        if (List.of(headers).stream().noneMatch(header -> header.startsWith("Host:"))) {
            text.append("Host: localhost:").append(port).append("\r\n");
        }
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        if (!method.equals("GET")) {
            text.append("Content-Length: ").append(content.length).append("\r\n");
        }
        text.append("\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(content);
            return read(socket.getInputStream());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Answer read(InputStream in) throws IOException {
        String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        List<String> head = List.of(all.substring(0, end).split("\r\n"));
        int status = Integer.parseInt(head.get(0).split(" ")[1]);
        return new Answer(status, head.subList(1, head.size()), all.substring(end + 4));
    }
}
