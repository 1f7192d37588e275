package vn.lgsp.command;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What stands at the other end of the standard streams. */
final class Terminal {
    /** Set by the start script, which can tell; Java knows nothing of the standard error. */
    private static final String STDERR = "LGSP_STDERR";

    private Terminal() {}

    /** A person who can be asked: standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // isTerminal says for later Javas what null says for this one
    static Optional<Console> person() {
        Console console = System.console();
        return console != null && isTerminal(console) ? Optional.of(console) : Optional.empty();
    }

    /** Whether a changing line may be drawn on the standard error. */
    static boolean showsProgress() {
        return "terminal".equals(System.getenv(STDERR));
    }

    /** Java 22 to 24 give a console though there is no terminal; it can be asked since then. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException older) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException("the console does not tell what it is", impossible);
        }
    }

    /** What the terminal reads; UTF-8 where that could not show Vietnamese, as in a bare container. */
    static Charset charset() {
        String named = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "UTF-8"));
        Charset own = Charset.isSupported(named) ? Charset.forName(named) : StandardCharsets.UTF_8;
        return own.newEncoder().canEncode("Ệ → …") ? own : StandardCharsets.UTF_8;
    }
}
