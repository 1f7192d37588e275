package vn.lgsp.transform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.function.Supplier;
import javax.xml.transform.TransformerException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.builder.ExpressionBuilder;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/**
 * One mapping or schema, run outside of any route as the routes run it: what a sample tries. A run ends soon after its thread is
 * interrupted, unless it is inside of a regular expression, or of a jq program that calls no function of jq.
 */
public final class SampleStep {
    /** The id of every exchange of a sample. */
    private static final ExchangeId EXCHANGE = ExchangeId.of("01919191-0000-7000-8000-000000000001");

    /** Never started: it only lends exchanges their surroundings. */
    private static final CamelContext SURROUNDINGS = new DefaultCamelContext(false);

    private static final String VALUES = ".values.yaml";

    /** The day on which every sample comes in, unless its variable {@value #DAY} says another one. */
    private static final LocalDate ITS_DAY = LocalDate.of(2026, 1, 1);

    private static final String DAY = "receivedOn";

    private final Work work;
    private final boolean answer;

    private SampleStep(Work work, boolean answer) {
        this.work = work;
        this.answer = answer;
    }

    /**
     * Makes the mapping or schema ready.
     *
     * @param transforms the folder of the mappings
     * @param file below it; a name that begins with {@code response} works on a provider's answer. {@code schema.xsd@Element} turns
     *     that element of the schema: JSON into XML, and XML into JSON
     * @throws IllegalArgumentException when the file is missing, or not a usable mapping or schema
     */
    public static SampleStep of(Path transforms, String file) {
        MappingFolder folder = new MappingFolder(transforms);
        Path path = folder.below(fileOf(file));
        return new SampleStep(
                work(folder, path, file), String.valueOf(path.getFileName()).startsWith("response"));
    }

    /** Whether a file of this name is something that a sample can try. */
    public static boolean isMapping(String name) {
        return name.endsWith(".jq") || name.endsWith(".xsl") || name.endsWith(VALUES) || isSchema(fileOf(name));
    }

    /** The file of what a sample tries: of {@code schema.xsd@Element} the schema. */
    public static String fileOf(String name) {
        return name.replaceFirst("(\\.xsd)@[^/@]+$", "$1");
    }

    /** Whether it lets content through as it is, or refuses it. */
    public static boolean isSchema(String name) {
        return name.endsWith(".schema.json") || name.endsWith(".xsd");
    }

    /**
     * Runs it once.
     *
     * @param body as it would come in; empty where there is none
     * @param json whether the body is JSON; a stylesheet gets it parsed
     * @param variables of the exchange
     * @return what comes out
     * @throws BusException as the way would tell it
     */
    public byte[] run(byte[] body, boolean json, Map<String, String> variables) {
        Passage passage = new Passage(
                EXCHANGE,
                day(variables).atStartOfDay(DateNotation.ZONE).toInstant(),
                0,
                "REST POST",
                "sample",
                Runnable::run);
        if (answer) {
            passage.calls(new SystemId("sample"));
        }
        Exchange exchange = new DefaultExchange(SURROUNDINGS);
        exchange.setProperty(Passage.PROPERTY, passage);
        exchange.getMessage().setBody(body);
        variables.forEach(exchange::setVariable);
        return work.on(exchange, json);
    }

    private static LocalDate day(Map<String, String> variables) {
        try {
            return LocalDate.parse(variables.getOrDefault(DAY, ITS_DAY.toString()));
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException("the variable " + DAY + " of the sample is no day such as " + ITS_DAY);
        }
    }

    private static Work work(MappingFolder folder, Path path, String file) {
        if (file.endsWith(".jq")) {
            JqStep step = new JqStep(ExpressionBuilder.bodyExpression(), program(path));
            return (exchange, json) -> Json.bytes((com.fasterxml.jackson.databind.JsonNode) step.evaluate(exchange));
        }
        if (file.endsWith(VALUES)) {
            ValuesForm form = ValuesForm.of(folder, file);
            return (exchange, json) -> {
                ValuesStep.turn(form, exchange);
                return exchange.getMessage().getBody() instanceof com.fasterxml.jackson.databind.JsonNode turned
                        ? Json.bytes(turned)
                        : exchange.getMessage().getBody(byte[].class);
            };
        }
        if (file.endsWith(".xsl")) {
            StylesheetStep watched = stylesheet(path, file, Stylesheets.watched(folder));
            StylesheetStep real = stylesheet(path, file, new Stylesheets(folder));
            return (exchange, json) -> {
                byte[] body = exchange.getMessage().getBody(byte[].class);
                Supplier<Object> content = () -> json ? Json.read(body, Side.of(JsonBodyStep.passage(exchange))) : body;
                // Whether it ends at all is found out first; what comes out is that of the stylesheet as the bus runs
                // it.
                map(watched, exchange, content.get());
                map(real, exchange, content.get());
                return exchange.getMessage().getBody(byte[].class);
            };
        }
        if (!fileOf(file).equals(file)) {
            SchemaForm form = new SchemaForm(folder, fileOf(file), file.substring(file.lastIndexOf('@') + 1));
            return (exchange, json) -> {
                if (json) {
                    SchemaStep.toXml(form, exchange);
                    return exchange.getMessage().getBody(byte[].class);
                }
                SchemaStep.toJson(form, exchange);
                return Json.bytes((com.fasterxml.jackson.databind.JsonNode)
                        exchange.getMessage().getBody());
            };
        }
        if (file.endsWith(".xsd")) {
            XmlContract contract = new XmlContract(folder, file);
            return (exchange, json) -> {
                byte[] body = exchange.getMessage().getBody(byte[].class);
                contract.check(body, JsonBodyStep.enter(exchange));
                return body;
            };
        }
        Contract contract = new Contract(folder, file);
        return (exchange, json) -> {
            byte[] body = exchange.getMessage().getBody(byte[].class);
            Side side = JsonBodyStep.enter(exchange);
            contract.check(Json.read(body, side), side);
            return body;
        };
    }

    private static JqProgram program(Path path) {
        try {
            return JqProgram.watched(Files.readString(path));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read as UTF-8", unreadable);
        }
    }

    private static StylesheetStep stylesheet(Path path, String file, Stylesheets stylesheets) {
        StylesheetStep step = new StylesheetStep(MappingFolder.name(file), stylesheets);
        step.setSource(ExpressionBuilder.bodyExpression());
        try {
            step.setTransformerSource(stylesheets.files().resolve("transforms/" + file, null));
        } catch (TransformerException outside) {
            throw new IllegalArgumentException(path.getFileName() + " cannot be read", outside);
        }
        return step;
    }

    private static void map(StylesheetStep step, Exchange exchange, Object content) {
        exchange.getMessage().setBody(content);
        try {
            step.process(exchange);
        } catch (BusException told) {
            throw told;
        } catch (Exception unexpected) {
            throw new IllegalStateException("the stylesheet did not run", unexpected);
        }
    }

    private interface Work {
        byte[] on(Exchange exchange, boolean json);
    }
}
