package vn.lgsp.operate;

import java.util.List;
import java.util.Optional;
import vn.lgsp.message.SystemId;

/** A registry without a system. */
public final class NoSystems implements SystemsView {
    @Override
    public List<Member> list() {
        return List.of();
    }

    @Override
    public Optional<Member> find(SystemId id) {
        return Optional.empty();
    }
}
