package vn.lgsp.scenario;

import java.time.Duration;
import java.util.List;
import vn.lgsp.failure.Finding;

/**
 * One sample that was run.
 *
 * @param mapping the file that it tries, below the home of the bus
 * @param name of the case
 * @param took with the time to compile the mapping, for the first sample of each
 * @param findings empty when it came out as written
 */
public record SampleResult(String mapping, String name, Duration took, List<Finding> findings) {
    public SampleResult {
        findings = List.copyOf(findings);
    }
}
