package vn.lgsp.operate;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A bus at which no system asks for an organisation. */
public final class NoAgencies implements AgenciesView {
    @Override
    public List<Agency> list(Optional<String> state, int limit) {
        return List.of();
    }

    @Override
    public Optional<Agency> decide(UUID id, boolean agreed, String operator, String reason) {
        return Optional.empty();
    }
}
