package vn.lgsp.transform;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.transform.ErrorListener;
import javax.xml.transform.Source;
import javax.xml.transform.SourceLocator;
import javax.xml.transform.Templates;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.URIResolver;
import net.sf.saxon.TransformerFactoryImpl;
import net.sf.saxon.expr.XPathContext;
import net.sf.saxon.jaxp.TransformerImpl;
import net.sf.saxon.lib.FeatureKeys;
import net.sf.saxon.lib.TraceListener;
import net.sf.saxon.trace.TraceCodeInjector;
import net.sf.saxon.trace.Traceable;
import net.sf.saxon.trans.UncheckedXPathException;
import net.sf.saxon.trans.XPathException;
import org.xml.sax.SAXParseException;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/**
 * Compiles XSLT 3.0 stylesheets that can do nothing but map: no network, no file outside the folder of the mappings, no Java, no
 * environment, no second output. What a stylesheet says ({@code xsl:message}) or trips over is content, and is not printed.
 */
final class Stylesheets {
    /** Saxon's own code for calls nested without end. */
    private static final String TOO_DEEP = "SXLM0001";

    private static final Pattern STANDARD_CODE = Pattern.compile("[A-Z]{4}[0-9]{4}");

    private final TransformerFactoryImpl factory = new TransformerFactoryImpl();
    private final URIResolver files;
    private final boolean watched;

    Stylesheets(MappingFolder folder) {
        this(folder, false);
    }

    /** Those whose runs an interrupt of their thread stops at the next expression; tail calls are calls like all others then. */
    static Stylesheets watched(MappingFolder folder) {
        return new Stylesheets(folder, true);
    }

    private Stylesheets(MappingFolder folder, boolean watched) {
        this.watched = watched;
        files = filesOf(folder);
        try {
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(FeatureKeys.DISABLE_XSL_EVALUATE, true);
        } catch (TransformerConfigurationException missing) {
            throw new IllegalStateException("this Saxon cannot be made safe", missing);
        }
        factory.setAttribute(FeatureKeys.ALLOWED_PROTOCOLS, "");
        factory.setURIResolver(files);
        if (watched) {
            factory.getConfiguration().getDefaultXsltCompilerInfo().setCodeInjector(new EveryExpression());
        }
    }

    /** Finds stylesheets, and what they import, below the folder and nowhere else. */
    URIResolver files() {
        return files;
    }

    /** @throws Refused naming the file and line of every mistake, also of one in a stylesheet that it imports */
    synchronized Templates compile(Source source, String name) {
        Mistakes mistakes = new Mistakes(source.getSystemId() == null ? name : source.getSystemId());
        factory.setErrorListener(mistakes);
        try {
            return factory.newTemplates(SafeXml.hardened(source));
        } catch (TransformerConfigurationException wrong) {
            throw mistakes.refusal(wrong);
        }
    }

    /** A run of a compiled stylesheet that keeps quiet. */
    Transformer quiet(Templates templates) throws TransformerConfigurationException {
        Transformer transformer = templates.newTransformer();
        ((TransformerImpl) transformer).getUnderlyingController().setMessageHandler(message -> {});
        transformer.setErrorListener(new Silence());
        transformer.setURIResolver(files);
        if (watched) {
            ((TransformerImpl) transformer).getUnderlyingController().setTraceListener(new Watch());
        }
        return transformer;
    }

    private static URIResolver filesOf(MappingFolder folder) {
        return (href, base) -> {
            try {
                Path file = Path.of(href.startsWith("file:") ? href.substring("file:".length()) : href);
                Path found = base == null || base.isEmpty()
                        ? folder.written(file)
                        : folder.inside(Path.of(URI.create(base)).resolveSibling(file), href);
                return SafeXml.file(found);
            } catch (IllegalArgumentException outside) {
                throw new TransformerException(outside.getMessage(), outside);
            }
        };
    }

    /** What the parties are told when a run failed: the code of the error and the line of the stylesheet, no content. */
    static BusException failure(Throwable problem, String name, Side side) {
        if (problem instanceof StackOverflowError
                || (problem instanceof XPathException error && error.hasErrorCode(TOO_DEEP))) {
            return new BusException(ErrorCode.BUS_FAILED, "the mapping " + name + " does not end");
        }
        return SafeXml.refusal(problem, side)
                .orElseGet(() -> side.refuse("does not fit the mapping " + name + where(problem)));
    }

    private static String where(Throwable problem) {
        if (!(problem instanceof XPathException error)
                || error.getErrorCodeQName() == null
                || !STANDARD_CODE
                        .matcher(error.getErrorCodeQName().getLocalPart())
                        .matches()) {
            return "";
        }
        SourceLocator place = error.getLocator();
        String line = place == null || place.getLineNumber() < 1 ? "" : " at its line " + place.getLineNumber();
        return " (" + error.getErrorCodeQName().getLocalPart() + line + ")";
    }

    /** Of a stylesheet under construction; these texts are the integrator's own. */
    private static final class Mistakes implements ErrorListener {
        private final String stylesheet;
        private final List<Finding> found = new ArrayList<>();

        Mistakes(String stylesheet) {
            this.stylesheet = stylesheet;
        }

        @Override
        public void warning(TransformerException exception) {}

        @Override
        public void error(TransformerException exception) {
            add(exception);
        }

        @Override
        public void fatalError(TransformerException exception) {
            add(exception);
        }

        private void add(TransformerException exception) {
            Optional<SAXParseException> broken = SafeXml.cause(exception, SAXParseException.class);
            if (broken.isPresent()) {
                String file = broken.get().getSystemId() == null
                        ? stylesheet
                        : broken.get().getSystemId();
                found.add(Mistake.in(
                        file,
                        broken.get().getLineNumber(),
                        Rule.BUILD_STYLESHEET,
                        XmlParsers.isDoctype(broken.get())
                                ? "it has a DOCTYPE: take it out"
                                : String.valueOf(broken.get().getMessage())));
                return;
            }
            SourceLocator place = exception.getLocator();
            String file = place == null || place.getSystemId() == null ? stylesheet : place.getSystemId();
            found.add(Mistake.in(
                    file,
                    place == null ? 0 : place.getLineNumber(),
                    Rule.BUILD_STYLESHEET,
                    String.valueOf(exception.getMessage())));
        }

        Refused refusal(TransformerException otherwise) {
            if (found.isEmpty()) {
                add(otherwise);
            }
            return new Refused(found.stream().distinct().toList());
        }
    }

    /** Of a run; the exception carries all that may be said. */
    private static final class Silence implements ErrorListener {
        @Override
        public void warning(TransformerException exception) {}

        @Override
        public void error(TransformerException exception) {}

        @Override
        public void fatalError(TransformerException exception) {}
    }

    private static final class EveryExpression extends TraceCodeInjector {
        @Override
        protected boolean isApplicable(net.sf.saxon.expr.Expression expression) {
            return true;
        }
    }

    private static final class Watch implements TraceListener {
        @Override
        public void enter(Traceable place, Map<String, Object> properties, XPathContext context) {
            if (Thread.currentThread().isInterrupted()) {
                // of Saxon's own kind: any other one it prints
                throw new UncheckedXPathException(new XPathException("the mapping was stopped"));
            }
        }
    }
}
