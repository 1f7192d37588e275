package vn.lgsp.deploy;

import java.nio.file.Path;
import java.util.List;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import vn.lgsp.deliver.AxisComponent;
import vn.lgsp.deliver.HttpComponent;
import vn.lgsp.deliver.JmsComponent;
import vn.lgsp.deliver.SoapComponent;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.mailbox.MailboxComponent;
import vn.lgsp.receive.CallComponent;
import vn.lgsp.receive.HandOnComponent;
import vn.lgsp.transform.CsvComponent;
import vn.lgsp.transform.JsonPathLanguage;
import vn.lgsp.transform.MaskComponent;
import vn.lgsp.transform.ReplyComponent;
import vn.lgsp.transform.SchemaComponent;
import vn.lgsp.transform.StylesheetComponent;
import vn.lgsp.transform.TransformSettings;
import vn.lgsp.transform.ValidateComponent;
import vn.lgsp.transform.ValuesComponent;
import vn.lgsp.unit.Expansion;
import vn.lgsp.unit.Unit;

/**
 * Builds routes to see whether they can be built, far from the running bus: a Camel context of its own, with the same words and
 * components, that is thrown away. Every expression, mapping and schema is compiled. Nobody can enter a route, and nobody is called.
 *
 * <p>For one thread. It may build many units, one after the other.
 */
final class Workbench implements AutoCloseable {
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final RouteLoader loader;

    /** @param home of the units that are checked: their mappings are read where they stand */
    Workbench(Path home) {
        Path mappings = home.resolve("transforms");
        TransformSettings transform = new TransformSettings(mappings);
        Guard guard = new Guard((exchange, routeId) -> {});
        camel.getCamelContextExtension().setName("workbench");
        camel.disableJMX();
        camel.setLoadTypeConverters(true);
        camel.setStreamCaching(false);
        camel.setSourceLocationEnabled(true);
        camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
        camel.getRegistry().bind("guard", guard);
        camel.getRegistry().bind("transform-settings", transform);
        camel.getRegistry().bind("simple", Vocabulary.simple());
        camel.getRegistry().bind("jsonpath", new JsonPathLanguage());
        camel.addComponent("lgsp-http", HttpComponent.unconnected());
        camel.addComponent("lgsp-axis", AxisComponent.unconnected());
        camel.addComponent("lgsp-hand-on", HandOnComponent.unconnected());
        camel.addComponent("lgsp-mailbox", MailboxComponent.unconnected());
        camel.addComponent("lgsp-soap", SoapComponent.unconnected());
        camel.addComponent("lgsp-jms", JmsComponent.unconnected());
        camel.addComponent("lgsp-validate", new ValidateComponent(transform));
        camel.addComponent("lgsp-values", new ValuesComponent(transform));
        camel.addComponent("lgsp-reply", new ReplyComponent(transform));
        camel.addComponent("lgsp-json", SchemaComponent.json(transform));
        camel.addComponent("lgsp-xml", SchemaComponent.xml(transform));
        camel.addComponent("lgsp-call", CallComponent.unconnected());
        camel.addComponent("lgsp-csv", new CsvComponent());
        camel.addComponent("lgsp-mask", new MaskComponent());
        camel.addComponent("xslt", new StylesheetComponent(transform));
        camel.start();
        Vocabulary.limit(camel, mappings);
        loader = new RouteLoader(camel, guard);
    }

    /**
     * What stops this route from being built; empty when nothing does.
     *
     * @param route one of the unit's, by the name of its file below the home
     */
    List<Finding> build(Unit unit, String route) {
        String routeId = unit.id() + "/" + route;
        try {
            loader.build(Expansion.of(unit, route), routeId);
            return List.of();
        } catch (Refused refused) {
            return refused.findings();
        } finally {
            loader.discard(routeId);
        }
    }

    @Override
    public void close() {
        camel.stop();
    }
}
