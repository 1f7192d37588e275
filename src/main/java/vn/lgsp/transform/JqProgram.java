package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/**
 * A jq mapping: compiled once, run many times, by any thread. The same input and variables always give the same result: the
 * clock and the environment of the process cannot be asked.
 */
final class JqProgram {
    private static final Version VERSION = Versions.JQ_1_7;
    private static final Set<String> WITHHELD = Set.of("now/0", "env/0", "debug_scope/0");
    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final Scope BUILTINS = builtins(false);

    private final JsonQuery query;
    private final Set<String> variables;
    private final Scope functions;

    /** @throws Invalid when {@code text} is not a jq program */
    JqProgram(String text) {
        this(text, BUILTINS);
    }

    private JqProgram(String text, Scope functions) {
        this.functions = functions;
        try {
            query = JsonQuery.compile(text, VERSION);
        } catch (JsonQueryException wrong) {
            throw new Invalid(Rule.BUILD_JQ, reason(wrong));
        }
        Set<String> found = new LinkedHashSet<>();
        Matcher mention = VARIABLE.matcher(text);
        while (mention.find()) {
            found.add(mention.group(1));
        }
        variables = Set.copyOf(found);
    }

    /** One that an interrupt of its thread stops, wherever it calls a function of jq, or one of them gives a result. */
    static JqProgram watched(String text) {
        return new JqProgram(text, Watched.FUNCTIONS);
    }

    /**
     * Maps one input to one output.
     *
     * @param values gives the value of a variable that the program mentions
     * @throws BusException when the content does not fit the program, by side; {@code bus-failed} when the program does not give
     *     exactly one result, or does not end
     */
    JsonNode run(JsonNode input, Function<String, JsonNode> values, Side side) {
        Scope scope = Scope.newChildScope(functions);
        for (String variable : variables) {
            scope.setValue(variable, values.apply(variable));
        }
        List<JsonNode> results = new ArrayList<>(1);
        try {
            query.apply(scope, input, result -> {
                if (!results.isEmpty()) {
                    throw new BusException(
                            ErrorCode.BUS_FAILED,
                            "the jq mapping of the service gave several results; it must give one");
                }
                results.add(result);
            });
        } catch (JsonQueryException unfit) {
            // its text and its cause quote content, so neither goes on
            throw side.refuse("does not fit the jq mapping of the service");
        } catch (StackOverflowError endless) {
            throw new BusException(ErrorCode.BUS_FAILED, "the jq mapping of the service does not end");
        }
        if (results.isEmpty()) {
            throw new BusException(
                    ErrorCode.BUS_FAILED, "the jq mapping of the service gave no result; it must give one");
        }
        return results.get(0);
    }

    private static String reason(JsonQueryException wrong) {
        Throwable deepest = wrong;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return Mistake.plain(String.valueOf(deepest.getMessage()));
    }

    private static Scope builtins(boolean watched) {
        Scope scope = Scope.newEmptyScope();
        Map<String, net.thisptr.jackson.jq.Function> functions =
                BuiltinFunctionLoader.getInstance().listFunctions(VERSION, scope);
        functions.forEach((signature, function) -> {
            if (!WITHHELD.contains(signature)) {
                scope.addFunction(signature, watched ? watched(function) : function);
            }
        });
        // the library's own two read numbers as doubles
        scope.addFunction(
                "fromjson",
                0,
                (in, arguments, input, path, output, version) -> output.emit(parse(input, "fromjson"), null));
        scope.addFunction("tonumber", 0, (in, arguments, input, path, output, version) -> {
            JsonNode number = input.isNumber() ? input : parse(input, "tonumber");
            if (!number.isNumber()) {
                throw new JsonQueryException("tonumber takes a number");
            }
            output.emit(number, null);
        });
        return scope;
    }

    private static net.thisptr.jackson.jq.Function watched(net.thisptr.jackson.jq.Function function) {
        return (in, arguments, input, path, output, version) -> {
            stopIfInterrupted();
            function.apply(
                    in,
                    arguments,
                    input,
                    path,
                    (result, at) -> {
                        stopIfInterrupted();
                        output.emit(result, at);
                    },
                    version);
        };
    }

    /** @throws BusException when the thread was interrupted: jq itself never asks */
    private static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new BusException(ErrorCode.BUS_FAILED, "the mapping was stopped");
        }
    }

    private static JsonNode parse(JsonNode text, String function) throws JsonQueryException {
        try {
            if (text.isTextual() && !text.textValue().isEmpty()) {
                return Json.read(text.textValue(), Side.REQUEST);
            }
        } catch (BusException notJson) {
            throw new JsonQueryException(function + " takes JSON text", notJson);
        }
        throw new JsonQueryException(function + " takes JSON text");
    }

    /** Made when the first sample runs. */
    private static final class Watched {
        static final Scope FUNCTIONS = builtins(true);
    }
}
