package vn.lgsp.transform;

import org.apache.camel.component.xslt.XsltBuilder;
import org.apache.camel.component.xslt.XsltEndpoint;
import org.apache.camel.component.xslt.XsltOutput;
import org.apache.camel.support.builder.ExpressionBuilder;

/** One {@code xslt:} endpoint, with the bus's own way of compiling and running its stylesheet. */
final class StylesheetEndpoint extends XsltEndpoint {
    private final Stylesheets stylesheets;

    StylesheetEndpoint(String uri, StylesheetComponent component, Stylesheets stylesheets) {
        super(uri, component);
        this.stylesheets = stylesheets;
    }

    @Override
    public void setAllowTemplateFromHeader(boolean allow) {
        if (allow) {
            throw new IllegalArgumentException(
                    "allowTemplateFromHeader would let a caller choose the mapping: leave it out");
        }
    }

    @Override
    public void setOutput(XsltOutput output) {
        if (output != XsltOutput.bytes) {
            throw new IllegalArgumentException("the output of a mapping is bytes: leave the option out");
        }
    }

    @Override
    protected XsltBuilder createXsltBuilder() {
        StylesheetStep step = new StylesheetStep(MappingFolder.name(getResourceUri()), stylesheets);
        step.setSource(ExpressionBuilder.singleInputExpression(getSource()));
        return step;
    }
}
