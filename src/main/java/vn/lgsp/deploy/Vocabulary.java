package vn.lgsp.deploy;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Set;
import org.apache.camel.BeanScope;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.TypeConversionException;
import org.apache.camel.language.simple.SimpleLanguage;
import org.apache.camel.spi.BeanProcessorFactory;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.Language;
import org.apache.camel.spi.LanguageResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.ResourceLoader;
import org.apache.camel.spi.VariableRepositoryFactory;
import org.apache.camel.support.TypeConverterSupport;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.unit.RouteRules;

/**
 * The words that routes of every origin can say: components and languages that see the exchange and the registered systems, and
 * nothing else, whatever lies on the class path. Code, files, timers, other hosts, and variables that outlive their exchange do
 * not exist (BUS-20).
 */
public final class Vocabulary {
    private static final Set<String> COMPONENTS = Set.of(
            "direct",
            "lgsp-axis",
            "lgsp-call",
            "lgsp-csv",
            "lgsp-hand-on",
            "lgsp-http",
            "lgsp-jms",
            "lgsp-json",
            "lgsp-mailbox",
            "lgsp-mask",
            "lgsp-reply",
            "lgsp-soap",
            "lgsp-validate",
            "lgsp-values",
            "lgsp-xml",
            "xslt");
    private static final Set<String> LANGUAGES =
            Set.of("constant", "exchangeProperty", "header", "jq", "jsonpath", "simple", "tokenize", "variable");

    private Vocabulary() {}

    /**
     * From now on {@code camel} knows no others; call it before the first route is loaded.
     *
     * @param units the folder of the deployed revisions, with their mappings
     */
    public static void limit(CamelContext camel, Path units) {
        ExtendedCamelContext inner = camel.getCamelContextExtension();
        ComponentResolver components = inner.getContextPlugin(ComponentResolver.class);
        LanguageResolver languages = inner.getContextPlugin(LanguageResolver.class);
        inner.addContextPlugin(ComponentResolver.class, (name, context) -> {
            if (!COMPONENTS.contains(name)) {
                throw refused("a route may not call '" + name + ":'");
            }
            return components.resolveComponent(name, context);
        });
        inner.addContextPlugin(LanguageResolver.class, (name, context) -> {
            if (!LANGUAGES.contains(name)) {
                throw refused("a route may not use the language '" + name + "'");
            }
            return languages.resolveLanguage(name, context);
        });
        inner.addContextPlugin(VariableRepositoryFactory.class, name -> {
            throw refused("a variable of '" + name + ":' would outlive the exchange");
        });
        inner.addContextPlugin(BeanProcessorFactory.class, new NoBeans());
        inner.addContextPlugin(
                ResourceLoader.class,
                new KnownFiles(
                        inner.getContextPlugin(ResourceLoader.class),
                        units.toAbsolutePath().normalize()));
        camel.getTypeConverterRegistry().addFallbackTypeConverter(new HeldStays(), false);
    }

    /** What is held outside memory becomes nothing that is in memory: a step that reads no streams says so. */
    private static final class HeldStays extends TypeConverterSupport {
        @Override
        public <T> @Nullable T convertTo(Class<T> type, @Nullable Exchange exchange, Object value) {
            if (value instanceof Content held) {
                throw new TypeConversionException(value, type, Content.tooLarge(held.length()));
            }
            return null;
        }
    }

    /**
     * The simple language as routes may speak it. A context asks for it when it starts, and keeps what it was given: bind it as {@code
     * simple} before.
     */
    public static Language simple() {
        return new MessageOnly();
    }

    /** The simple language without the functions that reach beyond the message: environment, settings, beans, the context. */
    private static final class MessageOnly extends SimpleLanguage {
        @Override
        public Expression createExpression(String expression) {
            String text = text(expression);
            return checked(super.createExpression(text), text);
        }

        @Override
        public Predicate createPredicate(String expression) {
            String text = text(expression);
            return checked(super.createPredicate(text), text);
        }

        private String text(String expression) {
            String text = loadResource(expression);
            if (text.startsWith("resource:")) {
                throw refused("an expression chooses a file at each call");
            }
            return text;
        }

        /** After it was read: what is misspelt is told in the words of the language. */
        private static <T> T checked(T made, String text) {
            if (!RouteRules.seesTheMessageOnly(text)) {
                throw refused("an expression reaches beyond the message");
            }
            return made;
        }
    }

    private static BusException refused(String what) {
        return new BusException(ErrorCode.ROUTE_REFUSED, what + ": the service's file must be mended");
    }

    /** The files of the deployed revisions; nothing is fetched from elsewhere, or from another machine. */
    private static final class KnownFiles implements ResourceLoader {
        private static final String FILE = "file:";

        private final ResourceLoader all;
        private final Path units;

        KnownFiles(ResourceLoader all, Path units) {
            this.all = all;
            this.units = units;
        }

        @Override
        public Resource resolveResource(String uri) {
            if (!uri.startsWith(FILE)) {
                throw refused("a route may not load '" + uri.replaceFirst(":.*", ":") + "'");
            }
            Path file = units.resolveSibling(uri.substring(FILE.length())).normalize();
            if (!file.startsWith(units)) {
                throw refused("a route may not load a file that is no mapping of its service");
            }
            return all.resolveResource(FILE + file);
        }

        @Override
        public CamelContext getCamelContext() {
            return all.getCamelContext();
        }

        @Override
        public void setCamelContext(CamelContext camel) {
            all.setCamelContext(camel);
        }
    }

    private static final class NoBeans implements BeanProcessorFactory {
        @Override
        public Processor createBeanProcessor(CamelContext context, Object bean, Method method) {
            throw refused("a route may not call a bean");
        }

        @Override
        public Processor createBeanProcessor(
                CamelContext context,
                @Nullable Object bean,
                @Nullable String beanType,
                @Nullable Class<?> beanClass,
                @Nullable String ref,
                @Nullable String method,
                BeanScope scope) {
            throw refused("a route may not call a bean");
        }
    }
}
