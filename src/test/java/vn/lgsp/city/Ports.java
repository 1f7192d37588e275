package vn.lgsp.city;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Free ports of loopback, all different. */
final class Ports {
    private Ports() {}

    static CitySettings free() throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        CitySettings settings = new CitySettings(
                true,
                open.get(0).getLocalPort(),
                open.get(1).getLocalPort(),
                open.get(2).getLocalPort(),
                open.get(3).getLocalPort(),
                open.get(4).getLocalPort(),
                open.get(5).getLocalPort());
        for (ServerSocket socket : open) {
            socket.close();
        }
        return settings;
    }
}
