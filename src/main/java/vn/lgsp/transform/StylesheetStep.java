package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import javax.xml.transform.Source;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerConfigurationException;
import javax.xml.transform.TransformerException;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.component.xslt.XsltBuilder;

/** One stylesheet at its place in a route. */
final class StylesheetStep extends XsltBuilder {
    private final String name;
    private final Stylesheets stylesheets;

    StylesheetStep(String name, Stylesheets stylesheets) {
        this.name = name;
        this.stylesheets = stylesheets;
        setUriResolver(stylesheets.files());
        setSourceHandlerFactory(this::content);
        outputBytes(); // text would be turned into bytes by the platform's charset further on
    }

    @Override
    public void setTransformerSource(Source source) {
        setTemplate(stylesheets.compile(source, name));
    }

    @Override
    protected Transformer createTransformer() throws TransformerConfigurationException {
        return stylesheets.quiet(getTemplate());
    }

    /** Parameters are the exchange's variables; never headers, which the caller could write. */
    @Override
    protected void configureTransformer(Transformer transformer, Exchange exchange) {
        addParameters(transformer, exchange.getVariables());
        JsonBodyStep.exchangeId(exchange).ifPresent(id -> transformer.setParameter(JsonBodyStep.EXCHANGE_ID, id));
    }

    @Override
    protected void addParameters(Transformer transformer, Map<String, Object> values) {
        values.forEach((parameter, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                transformer.setParameter(parameter, value);
            }
        });
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Side side = JsonBodyStep.enter(exchange);
        try {
            super.process(exchange);
        } catch (TransformerException | StackOverflowError failed) {
            throw Stylesheets.failure(failed, name, side);
        }
    }

    private Source content(Exchange exchange, Expression source) {
        Side side = Side.of(JsonBodyStep.passage(exchange));
        Object body = source.evaluate(exchange, Object.class);
        if (body == null) {
            throw side.refuse("is empty, and the mapping " + name + " needs content");
        }
        if (body instanceof JsonNode json) {
            return JsonXml.source(json);
        }
        if (body instanceof String text) {
            return SafeXml.source(text);
        }
        return SafeXml.source(JsonBodyStep.bytes(exchange, body, side));
    }
}
