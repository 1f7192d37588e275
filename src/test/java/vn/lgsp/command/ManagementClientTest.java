package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A bus that is long about something is not a bus that is not there. */
final class ManagementClientTest {
    @Test
    void a_bus_that_is_still_about_it_is_not_said_to_be_away() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ManagementClient client = new ManagementClient(
                    URI.create("http://127.0.0.1:" + silent.getLocalPort()), "operator", "any", Duration.ofMillis(200));

            assertThatThrownBy(() -> client.post("/deployments/apply", Map.of()))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(Unreachable.class)
                    .hasMessageContaining("may still be about it")
                    .hasMessageContaining("./lgsp deploy history");
        }
    }
}
