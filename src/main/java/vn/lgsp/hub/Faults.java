package vn.lgsp.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The fault switches of one simulator. May be used by several threads. */
public final class Faults {
    /** How often a switch that stays on acts. */
    public static final int LASTING = 0;

    private final String simulator;
    private final Set<Fault> possible;
    private final List<Switch> switches = new ArrayList<>();

    Faults(String simulator, Set<Fault> possible) {
        this.simulator = simulator;
        this.possible = possible;
    }

    /** One switch that is on. */
    public final class Switch {
        private final Fault fault;
        private final String value;
        private int left = LASTING;
        private String operation = "";

        private Switch(Fault fault, String value) {
            this.fault = fault;
            this.value = value;
        }

        /**
         * Lets it act so often only.
         *
         * @param count 1 and more
         * @throws IllegalArgumentException for less
         */
        public Switch times(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("times is " + count + ": write 1 or more, or leave it out");
            }
            synchronized (Faults.this) {
                left = count;
            }
            return this;
        }

        /** Lets it act on calls only whose path holds this text, such as {@code token}. */
        public Switch on(String pathPart) {
            synchronized (Faults.this) {
                operation = pathPart;
            }
            return this;
        }

        Fault fault() {
            return fault;
        }

        String value() {
            return value;
        }

        int left() {
            return left;
        }

        String operation() {
            return operation;
        }
    }

    /** Turns a switch on, with its usual value, until it is cleared; what the same fault was set to is forgotten. */
    public Switch set(Fault fault) {
        return set(fault, fault.usual());
    }

    /**
     * The same with a value.
     *
     * @throws IllegalArgumentException when this simulator cannot have this fault, or the fault not this value
     */
    public synchronized Switch set(Fault fault, String value) {
        if (!possible.contains(fault)) {
            throw new IllegalArgumentException(simulator + " cannot have the fault " + fault.label() + ": write one of "
                    + possible.stream().map(Fault::label).collect(Collectors.joining(", ")));
        }
        if (!fault.takes(value)) {
            throw new IllegalArgumentException("the fault " + fault.label() + " does not take the value it was given: "
                    + (fault.hasValue() ? "write " + fault.words() : "it has none"));
        }
        switches.removeIf(known -> known.fault == fault);
        Switch made = new Switch(fault, value);
        switches.add(made);
        return made;
    }

    /** Turns all switches off. */
    public synchronized void clear() {
        switches.clear();
    }

    /** Turns on what was on before, and nothing else. */
    synchronized void restore(List<Switch> before) {
        switches.clear();
        switches.addAll(before);
    }

    /** What is on, in the order in which it was set. */
    synchronized List<Switch> on() {
        return List.copyOf(switches);
    }

    /** The value of a fault that is on for a call, which counts as one time. */
    synchronized Optional<String> take(Fault fault, String path) {
        Optional<Switch> found = switches.stream()
                .filter(known -> known.fault == fault
                        && path.toLowerCase(Locale.ROOT).contains(known.operation.toLowerCase(Locale.ROOT)))
                .findFirst();
        found.filter(known -> known.left != LASTING).ifPresent(known -> {
            if (--known.left == 0) {
                switches.remove(known);
            }
        });
        return found.map(Switch::value);
    }
}
