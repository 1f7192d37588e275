package vn.lgsp.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * When the bus is killed.
 *
 * @param when what is counted, since it was started the last time
 * @param count so many acknowledgements or arrivals, or milliseconds
 */
record Kill(When when, int count) {
    private static final int MOST_START_MILLIS = 6_000;

    enum When {
        ACKNOWLEDGED,
        ARRIVED,
        /** In the middle of its start, as likely as not. */
        STARTED
    }

    /** Three to five kills. */
    static List<Kill> plan(long seed, int messages) {
        Random random = Chance.of(seed, "kills");
        int kills = 3 + random.nextInt(3);
        List<Kill> plan = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            When when = When.values()[random.nextInt(When.values().length)];
            int most =
                    switch (when) {
                        case ACKNOWLEDGED -> Math.max(1, messages / kills);
                        case ARRIVED -> Math.max(1, 2 * messages / kills);
                        case STARTED -> MOST_START_MILLIS;
                    };
            plan.add(new Kill(when, 1 + random.nextInt(most)));
        }
        return List.copyOf(plan);
    }
}
