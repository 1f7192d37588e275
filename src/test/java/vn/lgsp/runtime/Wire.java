package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A caller that sends exactly the bytes that a test writes, at the pace that it sets. */
final class Wire implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * An answer as it was read.
     *
     * @param headers by lower-case name
     * @param whole whether the body ended as its framing promises
     */
    @SuppressWarnings("ArrayRecordComponent") // a test reads it, and compares nothing
    record Answer(int status, Map<String, String> headers, byte[] content, boolean whole) {
        String body() {
            return new String(content, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        JsonNode json() {
            try {
                return JSON.readTree(content);
            } catch (IOException notJson) {
                throw new UncheckedIOException(notJson);
            }
        }
    }

    private final Socket socket;
    private final InputStream in;

    private Wire(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            in = new java.io.BufferedInputStream(socket.getInputStream());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Wire to(int port) {
        return new Wire(port);
    }

    Wire send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    Wire send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Sends what the other side may no longer want to read; a broken connection is no failure here. */
    Wire offer(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException refused) {
            // the answer, if there is one, can still be read
        }
        return this;
    }

    /** One byte every {@code millis}, until all is sent or the other side answers or closes. */
    Wire drip(String text, long millis) {
        try {
            for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
                if (in.available() > 0) {
                    return this;
                }
                socket.getOutputStream().write(next);
                TimeUnit.MILLISECONDS.sleep(millis);
            }
        } catch (IOException closed) {
            // the test looks at the answer
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
        return this;
    }

    /** The next answer. */
    Answer answer() {
        return answer(true);
    }

    /** The next answer, of a HEAD request: without a body. */
    Answer answerWithoutBody() {
        return answer(false);
    }

    private Answer answer(boolean withBody) {
        try {
            String status = line();
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
            int code = Integer.parseInt(status.split(" ", -1)[1]);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            boolean whole = !withBody || code == 100 || code == 304 || code == 204 || read(headers, content);
            return new Answer(code, headers, content.toByteArray(), whole);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private boolean read(Map<String, String> headers, ByteArrayOutputStream content) throws IOException {
        try {
            if ("chunked".equals(headers.get("transfer-encoding"))) {
                while (true) {
                    int length = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
                    if (length == 0) {
                        return line().isEmpty();
                    }
                    if (!read(length, content)) {
                        return false;
                    }
                    line();
                }
            }
            return read(Integer.parseInt(headers.getOrDefault("content-length", "0")), content);
        } catch (SocketException | NumberFormatException | java.io.EOFException broken) {
            return false;
        }
    }

    private boolean read(int length, ByteArrayOutputStream content) throws IOException {
        byte[] some = in.readNBytes(length);
        content.writeBytes(some);
        return some.length == length;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new java.io.EOFException("the bus closed the connection after '" + line + "'");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Whether the other side closes the connection within this time, having sent no further byte. */
    boolean isClosedWithin(long millis) {
        try {
            socket.setSoTimeout((int) millis);
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Stops as a program that is killed does. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
