package vn.lgsp.edoc;

import java.io.IOException;
import java.util.List;
import vn.lgsp.failure.Rule;

/** Nothing more of the packet can be read. */
final class Stopped extends IOException {
    private static final long serialVersionUID = 1L;

    private final Rule rule;
    private final transient List<String> arguments;

    Stopped(Rule rule, String... arguments) {
        super(rule.id());
        this.rule = rule;
        this.arguments = List.of(arguments);
    }

    Rule rule() {
        return rule;
    }

    List<String> arguments() {
        return arguments;
    }
}
