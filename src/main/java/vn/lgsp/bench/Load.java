package vn.lgsp.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a generator does: so many connections, each asking again as soon as it is answered.
 *
 * @param path with a leading slash
 * @param body to be posted; without one it is a GET
 */
record Load(String path, Map<String, String> headers, Optional<String> body, int connections, Duration run) {

    Load with(int otherConnections, Duration otherRun) {
        return new Load(path, headers, body, otherConnections, otherRun);
    }
}
