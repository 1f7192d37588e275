package vn.lgsp.runtime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider on bare sockets, for what no HTTP server would do. Each connection has a thread, and follows the script in force when a request comes. */
final class RawPeer implements AutoCloseable {

    /** What to do with one request, whose head has been read. The connection stays open unless the script closes it. */
    @FunctionalInterface
    interface Script {
        void answer(Talk talk) throws IOException;
    }

    /** One request and its connection. */
    static final class Talk {
        private final Socket socket;
        private final InputStream in;
        private final int nth;
        private final String head;

        private Talk(Socket socket, InputStream in, int nth, String head) {
            this.socket = socket;
            this.in = in;
            this.nth = nth;
            this.head = head;
        }

        /** Which request of its connection this is, from 1. */
        int nth() {
            return nth;
        }

        String head() {
            return head;
        }

        Talk say(String text) throws IOException {
            return say(text.getBytes(StandardCharsets.UTF_8));
        }

        Talk say(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        }

        /** A whole answer with a Content-Length. */
        Talk say(int status, String type, String body) throws IOException {
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            return say("HTTP/1.1 " + status + " It\r\nContent-Type: " + type + "\r\nContent-Length: " + content.length
                            + "\r\n\r\n")
                    .say(content);
        }

        void close() throws IOException {
            socket.close();
        }

        /** Says nothing more until the bus closes the connection. */
        void hang() throws IOException {
            byte[] ignored = new byte[8192];
            while (in.read(ignored) >= 0) {
                // whatever it still sends
            }
            socket.close();
        }

        /** Reads the request's body. */
        byte[] body() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            String lower = head.toLowerCase(Locale.ROOT);
            if (lower.contains("transfer-encoding: chunked")) {
                while (true) {
                    int length = Integer.parseInt(line(in).orElseThrow(), 16);
                    body.writeBytes(in.readNBytes(length));
                    line(in);
                    if (length == 0) {
                        return body.toByteArray();
                    }
                }
            }
            int at = lower.indexOf("content-length: ");
            if (at >= 0) {
                body.writeBytes(in.readNBytes(Integer.parseInt(
                        lower.substring(at + 16).lines().findFirst().orElseThrow())));
            }
            return body.toByteArray();
        }
    }

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile Script script;

    private RawPeer(Script script) {
        this.script = script;
        try {
            server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        daemon(this::accept);
    }

    static RawPeer that(Script script) {
        return new RawPeer(script);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "raw-peer");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.incrementAndGet();
                open.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int nth = 1; !socket.isClosed(); nth++) {
                Optional<String> head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                heads.add(head.get());
                script.answer(new Talk(socket, in, nth, head.get()));
            }
        } catch (IOException broken) {
            // by the bus, which the test asserts elsewhere
        } finally {
            open.remove(socket);
        }
    }

    private static Optional<String> head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (true) {
            Optional<String> line = line(in);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            if (line.get().isEmpty()) {
                return Optional.of(head.toString());
            }
            head.append(line.get()).append('\n');
        }
    }

    private static Optional<String> line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return Optional.empty();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return Optional.of(line.toString());
    }

    /** From the next request on it does so. */
    void does(Script next) {
        script = next;
    }

    int port() {
        return server.getLocalPort();
    }

    /** The heads of all requests, in order, one header a line. */
    List<String> heads() {
        return List.copyOf(heads);
    }

    /** How many connections there were. */
    int connections() {
        return connections.get();
    }

    /** How many connections are open now. */
    int open() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
