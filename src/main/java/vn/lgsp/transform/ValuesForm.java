package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * Which places of a content hold codes and dates in the notation of a partner, and what they are in that of the bus:
 * {@code *.values.yaml}. All else of the content stays as it is.
 *
 * @see "MDM-05"
 */
final class ValuesForm {
    /** Where shared tables lie, below the folder of the mappings. */
    private static final String TABLES = "../../_codes/";

    private static final String TABLE_SUFFIX = ".codes.yaml";
    private static final Pattern PLACE = Pattern.compile("(/[^/\\s]+)+");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    private final Optional<String> day;
    private final boolean xml;
    private final List<Change> changes;

    /** What is done with a code that its table does not have on the day. */
    enum Unknown {
        /** The whole content is refused. */
        REFUSE,
        /** It stays, and its place is told to the steps behind. */
        FLAG,
        /** It stays. */
        KEEP
    }

    enum Direction {
        /** From the partner's notation to that of the bus. */
        IN,
        OUT
    }

    enum Content {
        JSON,
        XML
    }

    /**
     * What is done at one place.
     *
     * @param number whether the result is a number in JSON
     */
    private record Change(
            String at, List<String> steps, boolean number, Mapping mapping, Unknown unknown, String refusal) {}

    /** The other notation of a value; empty where there is none. */
    private interface Mapping {
        Optional<String> of(String value, LocalDate day);
    }

    private ValuesForm(Optional<String> day, boolean xml, List<Change> changes) {
        this.day = day;
        this.xml = xml;
        this.changes = changes;
    }

    /** @throws IllegalArgumentException when a file is missing, or, as {@code Refused}, one of them is wrong */
    static ValuesForm of(MappingFolder folder, String reference) {
        Path file = folder.below(reference);
        String told = Mistake.told(file.toString());
        Section form = SourceFile.read(
                told, SourceFile.text(told, file), List.of("partner", "direction", "content", "day", "codes", "dates"));
        String partner = form.value("partner", Section::kebab);
        boolean in = form.choice("direction", Direction.class) == Direction.IN;
        boolean xml = form.choice("content", Content.class, Content.JSON) == Content.XML;
        List<Change> changes = new ArrayList<>();
        changes.addAll(Section.each(
                form.sections("codes", "at", "table", "unknown", "number"),
                entry -> code(folder, file, partner, in, entry)));
        changes.addAll(
                Section.each(form.sections("dates", "at", "notation", "number"), entry -> date(partner, in, entry)));
        if (changes.isEmpty()) {
            throw form.missing("codes");
        }
        return new ValuesForm(form.optional("day", ValuesForm::variable), xml, List.copyOf(changes));
    }

    private static Change code(MappingFolder folder, Path file, String partner, boolean in, Section entry) {
        String name = entry.value("table", Section::kebab);
        Path written = file.resolveSibling(TABLES + name + TABLE_SUFFIX);
        Path path;
        try {
            path = folder.inside(written, name);
        } catch (IllegalArgumentException missing) {
            throw entry.refusal(Rule.CODE_TABLE_MISSING, entry.line("table"), name);
        }
        CodeTable table = CodeTable.read(Mistake.told(path.toString()), path);
        if (!table.knows(partner)) {
            throw entry.refusal(
                    Rule.CODE_PARTNER_MISSING,
                    entry.line("table"),
                    name,
                    partner,
                    String.join(", ", table.partners().stream().sorted().toList()));
        }
        Map<String, List<CodeTable.Code>> index = table.index(partner, in);
        return change(
                entry,
                (value, on) -> index.getOrDefault(value, List.of()).stream()
                        .filter(code -> code.countsOn(on))
                        .map(code -> in ? code.code() : code.of(partner).get(0))
                        .findFirst(),
                entry.choice("unknown", Unknown.class, Unknown.REFUSE),
                "a code that the table " + name + " does not have for " + partner + " on this day");
    }

    private static Change date(String partner, boolean in, Section entry) {
        List<DateNotation> notations =
                entry.written("notation").filter(Value.Items.class::isInstance).isPresent()
                        ? entry.list("notation", DateNotation::new)
                        : List.of(entry.value("notation", DateNotation::new));
        if (notations.isEmpty()) {
            throw entry.missing("notation");
        }
        return change(
                entry,
                (value, on) -> notations.stream()
                        .map(notation -> in ? notation.in(value) : notation.out(value))
                        .flatMap(Optional::stream)
                        .findFirst(),
                Unknown.REFUSE,
                in ? "no date in a notation of " + partner : "no date that can be written in a notation of " + partner);
    }

    private static Change change(Section entry, Mapping mapping, Unknown unknown, String refusal) {
        String at = entry.value("at", ValuesForm::place);
        return new Change(
                at, List.of(at.substring(1).split("/")), entry.flag("number", false), mapping, unknown, refusal);
    }

    private static String place(String text) {
        if (!PLACE.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_PLACE, Section.brief(text));
        }
        return text;
    }

    private static String variable(String text) {
        if (!VARIABLE.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_VARIABLE, Section.brief(text));
        }
        return text;
    }

    /** The exchange variable that says on which day codes count; without one it is the day on which the message came in. */
    Optional<String> day() {
        return day;
    }

    boolean isXml() {
        return xml;
    }

    /**
     * The same content in the other notation.
     *
     * @param flagged is told the place of each code that stays though its table does not have it
     * @throws BusException by side, naming the place and never the value
     */
    JsonNode json(JsonNode content, LocalDate on, Side side, Consumer<String> flagged) {
        JsonNode changed = content.deepCopy();
        for (Change change : changes) {
            new Run(change, on, side, flagged).json(changed, 0);
        }
        return changed;
    }

    /** The same of XML, in UTF-8. */
    byte[] xml(byte[] content, LocalDate on, Side side, Consumer<String> flagged) {
        Document document = SafeXml.tree(content, side);
        for (Change change : changes) {
            new Run(change, on, side, flagged).xml(document, 0);
        }
        return SafeXml.bytes(document);
    }

    /** One change in one content. */
    private record Run(Change change, LocalDate on, Side side, Consumer<String> flagged) {
        void json(JsonNode node, int depth) {
            String step = change.steps.get(depth).replace("~1", "/").replace("~0", "~");
            boolean last = depth + 1 == change.steps.size();
            if (node instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    if (step.equals("*") || step.equals(Integer.toString(i))) {
                        int index = i;
                        enter(array.get(i), depth, last, value -> array.set(index, value));
                    }
                }
            } else if (node instanceof ObjectNode object) {
                List<String> names = new ArrayList<>();
                object.fieldNames().forEachRemaining(names::add);
                for (String name : names) {
                    if (step.equals("*") || step.equals(name)) {
                        enter(object.get(name), depth, last, value -> object.set(name, value));
                    }
                }
            }
        }

        private void enter(JsonNode child, int depth, boolean last, Consumer<JsonNode> put) {
            if (!last) {
                json(child, depth + 1);
            } else if (child.isContainerNode()) {
                throw refusal();
            } else if (!child.isNull() && !child.asText().isEmpty()) {
                changed(child.asText()).ifPresent(value -> put.accept(node(value)));
            }
        }

        private JsonNode node(String value) {
            if (!change.number) {
                return TextNode.valueOf(value);
            }
            if (!INTEGER.matcher(value).matches()) {
                throw refusal();
            }
            return DecimalNode.valueOf(new BigDecimal(value));
        }

        void xml(Node node, int depth) {
            String step = change.steps.get(depth);
            boolean last = depth + 1 == change.steps.size();
            if (last && step.startsWith("@") && node instanceof Element element) {
                for (int i = 0; i < element.getAttributes().getLength(); i++) {
                    Attr attribute = (Attr) element.getAttributes().item(i);
                    if (step.equals("@" + attribute.getLocalName())
                            && !attribute.getValue().isEmpty()) {
                        changed(attribute.getValue()).ifPresent(attribute::setValue);
                    }
                }
                return;
            }
            for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
                if (child instanceof Element element && (step.equals("*") || step.equals(element.getLocalName()))) {
                    if (last) {
                        text(element);
                    } else {
                        xml(element, depth + 1);
                    }
                }
            }
        }

        private void text(Element element) {
            for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
                if (child instanceof Element) {
                    throw refusal();
                }
            }
            if (!element.getTextContent().isBlank()) {
                changed(element.getTextContent().strip()).ifPresent(element::setTextContent);
            }
        }

        /** Empty where the value stays. */
        private Optional<String> changed(String value) {
            Optional<String> found = change.mapping.of(value, on);
            if (found.isEmpty() && change.unknown == Unknown.REFUSE) {
                throw refusal();
            }
            if (found.isEmpty() && change.unknown == Unknown.FLAG) {
                flagged.accept(change.at);
            }
            return found;
        }

        private BusException refusal() {
            return side.refuse("has at " + change.at + " " + change.refusal);
        }
    }
}
