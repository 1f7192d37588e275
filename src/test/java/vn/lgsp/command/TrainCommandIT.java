package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run that makes the start cache goes on beside a bus that has all the usual ports, as it does at the first start. */
class TrainCommandIT {
    private static final List<Integer> USUAL =
            List.of(8080, 8081, 18091, 18092, 18093, 18094, 18095, 18096, 18097, 61616);

    @Test
    void it_performs_the_sample_exchanges_while_another_bus_has_the_usual_ports(@TempDir Path data) throws Exception {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int port : USUAL) {
                try {
                    taken.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException elsewhere) {
                    // so much the better
                }
            }
            Called called = Called.lgsp("train", "--data-folder=" + data.resolve("data"));

            assertThat(called.status()).as(called.err()).isZero();
        } finally {
            for (ServerSocket socket : taken) {
                socket.close();
            }
        }
    }
}
