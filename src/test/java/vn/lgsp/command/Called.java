package vn.lgsp.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What a command line ended with and said. */
record Called(int status, String out, String err) {

    static Called lgsp(String... arguments) {
        return lgsp(Ansi.OFF, arguments);
    }

    static Called lgsp(Ansi colour, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = Lgsp.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(colour));
        int status = commands.execute(arguments);
        return new Called(status, out.toString(), err.toString());
    }
}
