package vn.lgsp.deploy;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.camel.model.ProcessorDefinition;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Place;
import vn.lgsp.source.Section;
import vn.lgsp.source.Value;
import vn.lgsp.transform.JqLanguage;
import vn.lgsp.unit.RouteTree;

/** What an integrator is told of a route that Camel could not build. */
final class BuildFailure {
    private static final String RESOURCE = "resource:file:";
    private static final Pattern LINE = Pattern.compile("at line ([0-9]{1,6})");

    private BuildFailure() {}

    /**
     * Names the node of the route that the failure speaks of, or the lines of the mapping that it calls.
     *
     * @param text what Camel was given of {@code tree}
     * @param steps the steps of the route as Camel understood them; none when it did not come so far
     * @param mappings the text of a mapping, by its name as the route writes it behind {@code resource:file:}
     */
    static List<Finding> of(
            Exception broken,
            RouteTree tree,
            RouteTree.Text text,
            List<ProcessorDefinition<?>> steps,
            Function<String, Optional<String>> mappings) {
        List<Throwable> causes = causes(broken);
        Optional<Refused> told = causes.stream()
                .filter(Refused.class::isInstance)
                .map(Refused.class::cast)
                .findFirst();
        if (told.isPresent()) {
            return told.get().findings();
        }
        Value step = step(causes, tree, steps).orElse(tree.root());
        List<String> messages = causes.stream()
                .filter(cause -> !(cause instanceof FailedToCreateRouteException))
                // Camel writes xslt://file:… for xslt:file:…
                .map(cause -> String.valueOf(cause.getMessage()).replace("://", ":"))
                .toList();
        Place place = marked(causes, text).or(() -> spokenOf(step, messages)).orElse(step.place());
        for (Throwable cause : causes) {
            if (cause instanceof Invalid invalid) {
                return List.of(inMapping(step, mappings)
                        .orElseGet(() -> invalid.at(place.file(), place.line() + linesInside(invalid.reason()), "")));
            }
            if (cause instanceof SimpleIllegalSyntaxException syntax) {
                return List.of(Finding.of(
                        Rule.BUILD_SIMPLE,
                        place.file(),
                        place.line(),
                        Section.brief(syntax.getExpression()),
                        Section.brief(String.valueOf(cause.getMessage())).replaceFirst("…$", "")));
            }
        }
        return List.of(Finding.of(Rule.BUILD_FAILED, place.file(), place.line(), RouteTree.unpinned(reason(causes))));
    }

    /** The program in a file that is none, if this step calls one; Camel tells the text of it only. */
    private static Optional<Finding> inMapping(Value step, Function<String, Optional<String>> mappings) {
        List<Value.Scalar> texts = new ArrayList<>();
        collect(step, texts);
        for (Value.Scalar scalar : texts) {
            if (scalar.text().startsWith(RESOURCE)) {
                String file = scalar.text().substring(RESOURCE.length());
                try {
                    mappings.apply(file).ifPresent(JqLanguage::check);
                } catch (Invalid broken) {
                    int line = Math.max(1, linesInside(broken.reason()));
                    return Optional.of(broken.at(RouteTree.unpinned(file), line, ""));
                }
            }
        }
        return Optional.empty();
    }

    /** How far below the beginning of a text its compiler stumbled: the first line of a block stands below its sign. */
    private static int linesInside(String reason) {
        Matcher line = LINE.matcher(reason);
        int found = line.find() ? Integer.parseInt(line.group(1)) : 1;
        return found > 1 ? found : 0;
    }

    private static List<Throwable> causes(Throwable broken) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable next = broken; next != null && !causes.contains(next); next = next.getCause()) {
            causes.add(next);
        }
        return causes;
    }

    private static Optional<Place> marked(List<Throwable> causes, RouteTree.Text text) {
        return causes.stream()
                .filter(MarkedYamlEngineException.class::isInstance)
                .flatMap(cause -> ((MarkedYamlEngineException) cause).getProblemMark().stream())
                .map(mark -> text.place(mark.getLine() + 1))
                .findFirst();
    }

    /** The step of the route that failed: Camel writes it between arrows, as it understood it. */
    private static Optional<Value> step(List<Throwable> causes, RouteTree tree, List<ProcessorDefinition<?>> steps) {
        Optional<List<Value>> written = tree.root().items().stream()
                .findFirst()
                .flatMap(entry -> entry.at("route"))
                .flatMap(route -> route.at("from"))
                .flatMap(from -> from.at("steps"))
                .map(Value::items);
        String failed = causes.stream()
                .filter(FailedToCreateRouteException.class::isInstance)
                .map(cause -> String.valueOf(cause.getMessage()))
                .findFirst()
                .orElse("");
        for (int i = 0; i < steps.size() && i < written.map(List::size).orElse(0); i++) {
            if (failed.contains(">>> " + steps.get(i) + " <<<")) {
                return Optional.of(written.get().get(i));
            }
        }
        return Optional.empty();
    }

    /** The longest text of the step that stands in one of these. */
    private static Optional<Place> spokenOf(Value step, List<String> messages) {
        List<Value.Scalar> texts = new ArrayList<>();
        collect(step, texts);
        return texts.stream()
                .filter(scalar -> {
                    String text = scalar.text().replaceFirst("^resource:", "").replace("://", ":");
                    return text.length() > 2 && messages.stream().anyMatch(message -> message.contains(text));
                })
                .max(Comparator.comparingInt(scalar -> scalar.text().length()))
                .map(Value.Scalar::place);
    }

    private static void collect(Value value, List<Value.Scalar> texts) {
        if (value instanceof Value.Scalar scalar) {
            texts.add(scalar);
        }
        value.items().forEach(item -> collect(item, texts));
        value.fields().values().forEach(field -> collect(field.value(), texts));
    }

    /** The first line of the outermost text that says more than that something failed. */
    private static String reason(List<Throwable> causes) {
        Throwable telling = causes.stream()
                .filter(cause -> cause.getMessage() != null)
                .filter(cause -> !cause.getClass().equals(RuntimeCamelException.class) || cause.getCause() == null)
                .filter(cause -> !(cause instanceof FailedToCreateRouteException)
                        && !(cause instanceof ResolveEndpointFailedException && cause.getCause() != null))
                .findFirst()
                .orElse(causes.get(causes.size() - 1));
        if (causes.get(causes.size() - 1) instanceof FileNotFoundException) {
            return "a file that it names does not exist";
        }
        String text = telling instanceof MarkedYamlEngineException marked
                ? marked.getProblem()
                : String.valueOf(telling.getMessage());
        return text.lines().findFirst().orElse("").replaceAll("(SystemID: )?file:/\\S*[/;]", "");
    }
}
