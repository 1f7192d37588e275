package vn.lgsp.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.parse.JsonParsers;

/**
 * How a command tells its result: as text for people, coloured on a terminal only, or with {@code --json} as one document for
 * programs. A mixin of every command that has a result.
 */
public final class Output {
    @Option(
            names = "--json",
            description = "print one JSON document for programs; its fields are in docs/reference/command-line.md")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private Optional<Progress> progress = Optional.empty();

    boolean isJson() {
        return json;
    }

    /** One line, or several, of text. */
    void say(String text) {
        progress.ifPresent(Progress::wipe);
        out().println(text);
        out().flush();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no library that the product ships
    void say(String format, Object... values) {
        say(String.format(format, values));
    }

    /** The document that {@code --json} asks for. */
    void json(Object document) {
        write(document, mapper().writerWithDefaultPrettyPrinter());
    }

    /** One of many that come one after the other, each on a line. */
    void jsonLine(Object document) {
        write(document, mapper().writer());
    }

    /** Not a constant: most commands never need it, and shall begin at once. */
    private static ObjectMapper mapper() {
        return JsonParsers.own()
                .registerModule(new SimpleModule()
                        .addSerializer(Instant.class, ToStringSerializer.instance)
                        .addSerializer(new OptionalSerializer()));
    }

    private void write(Object document, ObjectWriter writer) {
        try {
            say(writer.writeValueAsString(document));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("the result cannot be written as JSON", impossible);
        }
    }

    /** Tells what the command is at, if it takes long. */
    Progress progress(String what) {
        Progress begun =
                Progress.begin(command.commandLine().getErr(), Terminal.showsProgress(), Progress.PATIENCE, what);
        progress = Optional.of(begun);
        return begun;
    }

    String good(String text) {
        return styled(text, Style.fg_green);
    }

    String bad(String text) {
        return styled(text, Style.fg_red, Style.bold);
    }

    String strong(String text) {
        return styled(text, Style.bold);
    }

    String faint(String text) {
        return styled(text, Style.faint);
    }

    /** Not by picocli's markup: what a file or a peer says could hold some. */
    private String styled(String text, IStyle... styles) {
        return command.commandLine().getColorScheme().ansi().enabled()
                ? Style.on(styles) + text + Style.off(styles)
                : text;
    }

    /** What is absent is null, so that every field is always there. */
    private static final class OptionalSerializer extends StdSerializer<Optional<?>> {
        private static final long serialVersionUID = 1L;

        OptionalSerializer() {
            super(Optional.class, false);
        }

        @Override
        public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                provider.defaultSerializeValue(value.get(), out);
            } else {
                out.writeNull();
            }
        }
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
