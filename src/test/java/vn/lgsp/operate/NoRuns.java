package vn.lgsp.operate;

import java.util.List;
import vn.lgsp.message.ServiceKey;

/** A bus on which no service has a schedule. */
public final class NoRuns implements RunsView {
    @Override
    public List<Run> list(ServiceKey service, int limit) {
        return List.of();
    }

    @Override
    public boolean begin(ServiceKey service, String operator, boolean whole) {
        return false;
    }
}
