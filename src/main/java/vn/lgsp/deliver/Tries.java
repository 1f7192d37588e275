package vn.lgsp.deliver;

import java.time.Duration;
import java.util.Optional;
import vn.lgsp.catalogue.Connection;

/** How often one call has been made, by the plan of its system. */
final class Tries {
    private final Connection.Retry plan;
    private int made = 1;

    Tries(Connection.Retry plan) {
        this.plan = plan;
    }

    /**
     * One more, if there is one: the pause before it, which doubles each time.
     *
     * @param asked for by the system
     * @param longest that the bus keeps; a longer one is left to the caller
     */
    Optional<Duration> next(Duration asked, Duration longest) {
        if (made >= plan.attempts() || asked.compareTo(longest) > 0) {
            return Optional.empty();
        }
        Duration pause = plan.pause().multipliedBy(1L << (made - 1));
        made++;
        return Optional.of(pause.compareTo(asked) < 0 ? asked : pause);
    }
}
