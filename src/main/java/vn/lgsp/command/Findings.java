package vn.lgsp.command;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vn.lgsp.failure.Finding;

/** How commands show what is wrong with files, all in the same way and order. */
final class Findings {
    static final Comparator<Finding> BY_PLACE = Comparator.comparing(Finding::file)
            .thenComparingInt(Finding::line)
            .thenComparing(Finding::rule)
            .thenComparing(finding -> finding.text(Locale.ENGLISH));

    private Findings() {}

    /** One line each: place, what is wrong, what to do, and the rule that can be looked up. */
    static void say(Output output, Locale language, List<Finding> findings) {
        findings.stream().sorted(BY_PLACE).distinct().forEach(finding -> {
            String place = finding.file() + (finding.line() > 0 ? ":" + finding.line() : "");
            output.say("%s: %s: %s %s"
                    .formatted(
                            output.strong(place),
                            output.bad(finding.wrong(language)),
                            finding.remedy(language),
                            output.faint("[" + finding.rule().id() + "]")));
        });
    }

    /** The same for programs. */
    static List<Map<String, Object>> json(Locale language, List<Finding> findings) {
        return findings.stream()
                .sorted(BY_PLACE)
                .distinct()
                .map(finding -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("file", finding.file());
                    fields.put("line", finding.line());
                    fields.put("rule", finding.rule().id());
                    fields.put("wrong", finding.wrong(language));
                    fields.put("remedy", finding.remedy(language));
                    return fields;
                })
                .toList();
    }
}
