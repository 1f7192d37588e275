package vn.lgsp.transform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Expression;
import org.apache.camel.support.SingleInputTypedLanguageSupport;
import vn.lgsp.failure.Invalid;

/**
 * The jq language in routes, with the options of Camel's own model ({@code source}, {@code resultType}).
 *
 * <p>Input is the body as JSON, an empty body is {@code null}; {@code $name} is the exchange variable of that name, {@code null}
 * when it is not set; the one result becomes a {@code JsonNode}. A program is compiled when the route is built. Where the
 * context has {@link TransformSettings}, a program in a file comes from their folder and from nowhere else.
 *
 * @see "BUS-09"
 */
public final class JqLanguage extends SingleInputTypedLanguageSupport {
    private static final String FILE = "resource:file:";

    /** @throws Invalid when this is not a jq program */
    public static void check(String program) {
        new JqProgram(program);
    }

    @Override
    public Expression createExpression(Expression source, String expression, Object[] properties) {
        return new JqStep(source, new JqProgram(expression));
    }

    @Override
    protected String loadResource(String expression) {
        TransformSettings settings = getCamelContext().getRegistry().findSingleByType(TransformSettings.class);
        if (settings == null || !expression.startsWith(FILE)) {
            return super.loadResource(expression);
        }
        try {
            return Files.readString(
                    new MappingFolder(settings.folder()).written(Path.of(expression.substring(FILE.length()))));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(expression + " cannot be read", unreadable);
        }
    }
}
