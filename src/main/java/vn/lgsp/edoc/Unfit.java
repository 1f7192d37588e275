package vn.lgsp.edoc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import vn.lgsp.failure.Rule;

/** The content of one attachment cannot be taken; what stands behind it can still be read. */
final class Unfit extends IOException {
    private static final long serialVersionUID = 1L;

    private final Rule rule;
    private final transient List<String> arguments;

    Unfit(Rule rule, String... arguments) {
        super(rule.id());
        this.rule = rule;
        this.arguments = List.of(arguments);
    }

    Rule rule() {
        return rule;
    }

    /** Those of the rule's texts, the first being which attachment it is. */
    String[] arguments(int number) {
        List<String> all = new ArrayList<>(List.of(Integer.toString(number)));
        all.addAll(arguments);
        return all.toArray(String[]::new);
    }
}
