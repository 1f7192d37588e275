package vn.lgsp.edoc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** What is found in one packet. */
final class Findings {
    private static final int MOST = 200;

    private final String file;
    private final List<Finding> wrong = new ArrayList<>();
    private final List<Finding> unusual = new ArrayList<>();

    Findings(String file) {
        this.file = file;
    }

    void wrong(Rule rule, int line, String... arguments) {
        add(wrong, rule, line, Arrays.asList(arguments));
    }

    void wrong(Rule rule, int line, List<String> arguments) {
        add(wrong, rule, line, arguments);
    }

    void unusual(Rule rule, int line, String... arguments) {
        add(unusual, rule, line, Arrays.asList(arguments));
    }

    private void add(List<Finding> list, Rule rule, int line, List<String> arguments) {
        if (list.size() < MOST) {
            list.add(new Finding(rule, file, line, arguments));
        }
    }

    boolean has(Rule rule) {
        return wrong.stream().anyMatch(finding -> finding.rule() == rule);
    }

    List<Finding> unusual() {
        return unusual;
    }

    /** @throws Refused with all that is wrong, if anything is */
    void refuse(EdxmlSettings.Profile profile) {
        if (profile == EdxmlSettings.Profile.QCVN102_2016_STRICT) {
            wrong.addAll(unusual);
            unusual.clear();
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
    }

    /** A piece of a file that may be told: an identifier or a name, never content. */
    static String brief(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 40 ? plain.substring(0, 40) + "…" : plain;
    }
}
