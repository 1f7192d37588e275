package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.UnitKey;

/** What a running bus refuses, as it tells it: shown as {@link Findings} shows what a command finds itself. */
final class Refusals {
    private Refusals() {}

    /** One line for each service, then its findings. */
    static void say(Output output, Locale language, JsonNode refused) {
        for (JsonNode refusal : refused) {
            String serving = refusal.has("unit")
                    ? "revision " + UnitKey.brief(refusal.path("unit").asText()) + " serves on"
                    : "nothing of it is in force";
            output.say("%s is refused; %s", output.bad(refusal.path("name").asText()), serving);
            for (JsonNode finding : refusal.path("findings")) {
                int line = finding.path("line").asInt();
                output.say(
                        "  %s: %s: %s %s",
                        output.strong(finding.path("file").asText() + (line > 0 ? ":" + line : "")),
                        text(finding, "wrong", language),
                        text(finding, "remedy", language),
                        output.faint("[" + finding.path("rule").asText() + "]"));
            }
        }
    }

    /** The same for programs, in one language. */
    static ArrayNode json(ArrayNode list, Locale language, JsonNode refused) {
        for (JsonNode refusal : refused) {
            ObjectNode shown = list.addObject().put("name", refusal.path("name").asText());
            if (refusal.has("unit")) {
                shown.put("unit", refusal.path("unit").asText());
            }
            ArrayNode findings = shown.putArray("findings");
            refusal.path("findings").forEach(finding -> findings.addObject()
                    .put("file", finding.path("file").asText())
                    .put("line", finding.path("line").asInt())
                    .put("rule", finding.path("rule").asText())
                    .put("wrong", text(finding, "wrong", language))
                    .put("remedy", text(finding, "remedy", language)));
        }
        return list;
    }

    private static String text(JsonNode finding, String name, Locale language) {
        boolean vietnamese = language.getLanguage().equals(Finding.VIETNAMESE.getLanguage());
        return finding.path(vietnamese ? name + "Vi" : name).asText();
    }
}
