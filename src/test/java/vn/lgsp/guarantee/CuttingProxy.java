package vn.lgsp.guarantee;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before a PostgreSQL, understands its messages far enough to see a commit, and cuts there. */
final class CuttingProxy implements AutoCloseable {
    /** Where the connection is cut. */
    enum Cut {
        /** The server does not hear of the commit. */
        BEFORE,
        /** The server commits, and the client does not hear of it. */
        AFTER
    }

    private final int target;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Optional<Cut> next = Optional.empty();
    private volatile boolean refuses;

    CuttingProxy(int target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    void cutAtNextCommit(Cut cut) {
        next = Optional.of(cut);
    }

    /** Cuts what is connected, and lets nobody in. */
    void refuse(boolean now) {
        refuses = now;
        if (now) {
            open.forEach(CuttingProxy::cut);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                if (refuses) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                start(() -> requests(client, server));
                start(() -> answers(server, client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void answers(Socket server, Socket client) {
        try (InputStream in = server.getInputStream()) {
            byte[] some = new byte[8192];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                client.getOutputStream().write(some, 0, count);
            }
        } catch (IOException gone) {
            // the other side was cut
        } finally {
            cut(client);
        }
    }

    private void requests(Socket client, Socket server) {
        Set<String> commits = new HashSet<>();
        try (DataInputStream in = new DataInputStream(client.getInputStream())) {
            OutputStream out = server.getOutputStream();
            int hello = in.readInt();
            byte[] start = in.readNBytes(hello - 4);
            out.write(ByteBuffer.allocate(hello).putInt(hello).put(start).array());
            while (true) {
                byte type = in.readByte();
                int length = in.readInt();
                byte[] body = in.readNBytes(length - 4);
                Optional<Cut> cut = isCommit(type, body, commits) ? next : Optional.empty();
                if (cut.isPresent()) {
                    next = Optional.empty();
                }
                if (cut.equals(Optional.of(Cut.BEFORE))) {
                    return;
                }
                if (cut.equals(Optional.of(Cut.AFTER))) {
                    cut(client); // its answer goes nowhere
                    out.write(message(type, length, body));
                    out.write(new byte[] {'E', 0, 0, 0, 9, 0, 0, 0, 0, 0, 'S', 0, 0, 0, 4});
                    out.flush();
                    server.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return;
                }
                out.write(message(type, length, body));
            }
        } catch (IOException gone) {
            // the other side was cut, or has ended
        } finally {
            cut(client);
            cut(server);
        }
    }

    private static byte[] message(byte type, int length, byte[] body) {
        return ByteBuffer.allocate(length + 1)
                .put(type)
                .putInt(length)
                .put(body)
                .array();
    }

    /** A Bind of a statement whose text is COMMIT. */
    private static boolean isCommit(byte type, byte[] body, Set<String> commits) {
        String[] words = new String(body, StandardCharsets.ISO_8859_1).split("\0", 3);
        if (type == 'P' && words.length > 1) {
            if (words[1].equals("COMMIT")) {
                commits.add(words[0]);
            } else {
                commits.remove(words[0]);
            }
        }
        return type == 'B' && words.length > 1 && commits.contains(words[1]);
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        open.forEach(CuttingProxy::cut);
    }
}
