package vn.lgsp.failure;

import java.util.List;
import java.util.stream.Collectors;

/** Files of an integrator are refused, with every reason that could be found. */
public final class Refused extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    /** @param findings at least one */
    public Refused(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    public Refused(Finding finding) {
        this(List.of(finding));
    }

    public List<Finding> findings() {
        return findings;
    }
}
