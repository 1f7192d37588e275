package vn.lgsp.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A value is refused, wherever it stands: whoever knows the place makes the finding of it. */
public final class Invalid extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final Rule rule;
    private final transient List<String> arguments;
    private final transient Optional<String> nearest;

    /** @param arguments those of the rule's texts behind the first, which says where the value stands */
    public Invalid(Rule rule, String... arguments) {
        this(rule, Optional.empty(), arguments);
    }

    /** @param nearest the right one that was probably meant */
    public Invalid(Rule rule, Optional<String> nearest, String... arguments) {
        super(said(rule, nearest, List.of(arguments)));
        this.rule = rule;
        this.arguments = List.of(arguments);
        this.nearest = nearest;
    }

    /** What is wrong in particular: the first of the arguments; empty where there is none. */
    public String reason() {
        return arguments.isEmpty() ? "" : arguments.get(0);
    }

    /** @param where the first argument of the rule's texts */
    public Finding at(String file, int line, String where) {
        List<String> all = new ArrayList<>(List.of(where));
        all.addAll(arguments);
        return new Finding(rule, file, line, all, nearest);
    }

    private static String said(Rule rule, Optional<String> nearest, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(""));
        all.addAll(arguments);
        Finding finding = new Finding(rule, "", 0, all, nearest);
        return finding.wrong(Locale.ENGLISH) + ": " + finding.remedy(Locale.ENGLISH);
    }
}
