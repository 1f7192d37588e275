package vn.lgsp.scenario;

import java.time.Duration;
import java.util.List;
import vn.lgsp.failure.Finding;

/**
 * One scenario that was run.
 *
 * @param took without the start of the bus
 * @param findings each expectation that was not met; empty when all were
 */
public record ScenarioResult(Scenario scenario, Duration took, List<Finding> findings) {
    public ScenarioResult {
        findings = List.copyOf(findings);
    }
}
