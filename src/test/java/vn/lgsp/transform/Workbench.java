package vn.lgsp.transform;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/** A Camel context with the transform stage as the bus wires it. */
final class Workbench implements AutoCloseable {
    static final String IN = "direct:in";
    static final String EXCHANGE = "01919191-0000-7000-8000-000000000001";

    private final CamelContext camel = new DefaultCamelContext();
    private final ProducerTemplate sender;

    Workbench(Path transforms) {
        TransformSettings settings = new TransformSettings(transforms);
        camel.disableJMX();
        // as on the way, where failures travel up and nobody prints them
        camel.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
        camel.addComponent("xslt", new StylesheetComponent(settings));
        camel.addComponent("lgsp-validate", new ValidateComponent(settings));
        camel.addComponent("lgsp-values", new ValuesComponent(settings));
        camel.addComponent("lgsp-reply", new ReplyComponent(settings));
        camel.addComponent("lgsp-json", SchemaComponent.json(settings));
        camel.addComponent("lgsp-xml", SchemaComponent.xml(settings));
        camel.start();
        sender = camel.createProducerTemplate();
    }

    CamelContext camel() {
        return camel;
    }

    void route(RoutesBuilder routes) throws Exception {
        camel.addRoutes(routes);
    }

    void yaml(String text) throws Exception {
        Resource resource = ResourceHelper.fromString("test.yaml", text);
        PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
    }

    /** Sends one body; a failure is thrown as it is. */
    Exchange send(@Nullable Object body, boolean answer, Consumer<Exchange> prepare) throws Exception {
        Exchange done = sender.send(IN, exchange -> {
            Passage passage =
                    new Passage(ExchangeId.of(EXCHANGE), Instant.EPOCH, 0, "REST POST", "correlation", Runnable::run);
            if (answer) {
                passage.calls(new SystemId("some-system"));
            }
            exchange.setProperty(Passage.PROPERTY, passage);
            exchange.getMessage().setBody(body);
            prepare.accept(exchange);
        });
        if (done.getException() != null) {
            throw done.getException();
        }
        return done;
    }

    Exchange send(@Nullable Object body) throws Exception {
        return send(body, false, exchange -> {});
    }

    @Override
    public void close() throws Exception {
        camel.close();
    }
}
