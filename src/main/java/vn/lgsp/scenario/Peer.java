package vn.lgsp.scenario;

import java.util.List;
import java.util.Set;

/** A stub in the place of one system. It plays one scenario after the other, and remembers what it has seen in the present one. */
interface Peer extends AutoCloseable {
    /**
     * Begins a scenario.
     *
     * @param answers in the order of calls, the last one for all further ones; empty when the scenario gives none
     * @param over exchanges of earlier scenarios, which may still be tried again: they are neither answered nor remembered
     */
    void play(List<PeerAnswer> answers, Set<String> over);

    /** Since the scenario began, in order. */
    List<Seen> seen();

    @Override
    void close();
}
