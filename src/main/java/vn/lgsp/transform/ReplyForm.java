package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;

/**
 * How one family of providers tells success and failure inside of an answer that is HTTP 200 either way: {@code
 * transforms/_replies/{family}.reply.yaml}.
 *
 * @param payload what goes on; the whole where nothing is named
 * @see "API-03, API-04"
 */
record ReplyForm(
        String family,
        List<Condition> success,
        List<JsonPointer> codes,
        Optional<JsonPointer> payload,
        Optional<JsonPointer> correlation) {
    /** A partner's text that is no code may be content. */
    private static final Pattern CODE = Pattern.compile("-?[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}");

    private static final Pattern POINTER = Pattern.compile("(/[^/\\s]+)+");

    /**
     * One of the conditions that all hold of a success.
     *
     * @param optional whether it holds, too, where nothing stands at the place
     */
    record Condition(JsonPointer at, List<String> is, boolean optional) {}

    /** What a provider said that was successful. */
    record Result(JsonNode payload, Optional<String> code, Optional<String> correlation) {}

    /**
     * Reads a family.
     *
     * @param success values that mean success at the place for which the file names none
     * @throws IllegalArgumentException when the file is missing, or, as {@code Refused}, wrong
     */
    static ReplyForm of(MappingFolder folder, String reference, List<String> success) {
        Path file = folder.below(reference);
        String told = Mistake.told(file.toString());
        Section form = SourceFile.read(
                told, SourceFile.text(told, file), List.of("success", "code", "payload", "correlation"));
        List<Section> written = form.sections("success", "at", "is", "optional", "whereSaid");
        if (written.isEmpty()) {
            throw form.missing("success");
        }
        List<Section> counting = written.stream()
                .filter(entry -> !entry.flag("whereSaid", false) || !success.isEmpty())
                .toList();
        List<Condition> conditions = new ArrayList<>(Section.each(counting, entry -> {
            List<String> is = entry.list("is", text -> text);
            if (is.isEmpty() && success.isEmpty()) {
                throw entry.refusal(Rule.REPLY_SUCCESS, entry.line("at"));
            }
            return new Condition(
                    entry.value("at", ReplyForm::pointer), is.isEmpty() ? success : is, entry.flag("optional", false));
        }));
        String name = String.valueOf(file.getFileName());
        return new ReplyForm(
                name.substring(0, name.indexOf('.')),
                List.copyOf(conditions),
                form.list("code", ReplyForm::pointer),
                form.optional("payload", ReplyForm::pointer),
                form.optional("correlation", ReplyForm::pointer));
    }

    private static JsonPointer pointer(String text) {
        if (!POINTER.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_PLACE, Section.brief(text));
        }
        return JsonPointer.compile(text);
    }

    /**
     * What the provider's answer says.
     *
     * @throws BusException {@code provider-failed} with the provider's own code where it tells a failure; {@code provider-invalid} where
     *     it is no answer of this family
     */
    Result read(JsonNode answer, Side side, String provider) {
        for (Condition condition : success) {
            JsonNode told = answer.at(condition.at);
            boolean absent = told.isMissingNode() || told.isNull();
            if (told.isContainerNode() || (absent && !condition.optional)) {
                throw side.refuse("is no reply of the family " + family + ": no value stands at " + condition.at);
            }
            if (!absent && !condition.is.contains(told.asText())) {
                throw new BusException(
                        ErrorCode.PROVIDER_FAILED,
                        provider + " reported an error of its own",
                        code(answer).orElse(null),
                        null);
            }
        }
        JsonNode found = payload.map(answer::at).orElse(answer);
        if (found.isMissingNode()) {
            throw side.refuse("is no reply of the family " + family + ": nothing stands at " + payload.get());
        }
        return new Result(found, code(answer), correlation.map(answer::at).flatMap(ReplyForm::shown));
    }

    private Optional<String> code(JsonNode answer) {
        return codes.stream()
                .map(answer::at)
                .flatMap(node -> shown(node).stream())
                .findFirst();
    }

    private static Optional<String> shown(JsonNode node) {
        return Optional.of(node)
                .filter(JsonNode::isValueNode)
                .map(JsonNode::asText)
                .filter(text -> CODE.matcher(text).matches());
    }
}
