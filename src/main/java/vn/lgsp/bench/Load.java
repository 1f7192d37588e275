package vn.lgsp.bench;

import java.time.Duration;
import java.util.Map;

/**
 * What a generator does: so many connections, each asking again as soon as it is answered.
 *
 * @param path with a leading slash
 */
record Load(String path, Map<String, String> headers, int connections, Duration run) {

    Load with(int otherConnections, Duration otherRun) {
        return new Load(path, headers, otherConnections, otherRun);
    }
}
