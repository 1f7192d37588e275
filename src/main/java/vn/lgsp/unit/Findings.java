package vn.lgsp.unit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Place;

/** What was found so far, each thing once. */
final class Findings {
    private final Set<Finding> found = new LinkedHashSet<>();

    void add(Rule rule, Place at, String... arguments) {
        found.add(Finding.of(rule, at.file(), at.line(), arguments));
    }

    /** @param nearest the right one that was probably meant */
    void add(Rule rule, Place at, Optional<String> nearest, String... arguments) {
        found.add(Finding.of(rule, at.file(), at.line(), arguments).near(nearest));
    }

    void addAll(List<Finding> others) {
        found.addAll(others);
    }

    /** Runs this, and keeps what it is refused for. */
    void of(Runnable reading) {
        try {
            reading.run();
        } catch (Refused refused) {
            addAll(refused.findings());
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of files and lines. */
    List<Finding> sorted() {
        List<Finding> all = new ArrayList<>(found);
        all.sort(Comparator.comparing(Finding::file).thenComparing(Finding::line));
        return List.copyOf(all);
    }
}
