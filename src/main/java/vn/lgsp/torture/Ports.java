package vn.lgsp.torture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of loopback. */
final class Ports {
    static final String HOST = "127.0.0.1";

    private Ports() {}

    /**
     * A port that nobody has. It lies below those that systems give to outgoing connections: while the bus is down, a source that tries
     * again and again would else be given the bus's own port some day, and keep it.
     */
    static int free() {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // the next one, then
            }
        }
        throw new IllegalStateException("no port between 20000 and 30000 of " + HOST + " is free");
    }

    /** Whether somebody listens there. */
    static boolean answers(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(HOST, port), 1_000);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }
}
