package vn.lgsp.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import vn.lgsp.failure.Refused;

/** The command line of the bus. */
@Command(
        name = "lgsp",
        description = "The LGSP bus: exchanges records between the information systems of a city.",
        mixinStandardHelpOptions = true,
        version = "lgsp 0.1.0",
        subcommands = {
            HashCommand.class,
            RunCommand.class,
            NewCommand.class,
            ValidateCommand.class,
            TestCommand.class,
            ExplainCommand.class,
            TryCommand.class,
            DeliveryCommand.class,
            RunsCommand.class,
            AgenciesCommand.class,
            EdocCommand.class,
            ListCommand.class,
            SystemsCommand.class,
            ServiceCommand.class,
            DeployCommand.class,
            CataloguesCommand.class,
            BenchCommand.class,
            TortureCommand.class,
            HubCommand.class,
            TrainCommand.class
        })
public final class Lgsp {

    private Lgsp() {}

    /** Runs a command; the process ends with one of {@link ExitCode}. */
    public static void main(String[] arguments) {
        CommandLine commands = commands();
        commands.setOut(writer(FileDescriptor.out)).setErr(writer(FileDescriptor.err));
        System.exit(commands.execute(arguments));
    }

    /** All commands; what they fail with is one line for a person, with a remedy. */
    public static CommandLine commands() {
        CommandLine commands = new CommandLine(new Lgsp());
        commands.registerConverter(Path.class, CallerFolder.ofProcess());
        commands.setParameterExceptionHandler((wrong, arguments) -> {
            wrong.getCommandLine().getErr().println("lgsp: " + calledWrongly(wrong));
            return ExitCode.CALLED_WRONGLY;
        });
        commands.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("lgsp: " + oneLine(failure, Language.of(command.getCommandSpec())));
            return failure instanceof Unreachable ? ExitCode.UNREACHABLE : ExitCode.NOT_DONE;
        });
        return commands;
    }

    private static PrintWriter writer(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), Terminal.charset()), true);
    }

    /** What cannot be understood, the nearest that could, and where all of it is told. */
    private static String calledWrongly(ParameterException wrong) {
        String text = String.valueOf(wrong.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        String near = wrong instanceof UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions().stream().limit(3).collect(Collectors.joining(" or "))
                : "";
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        return text + (near.isEmpty() ? "" : "; did you mean " + near + "?") + " (./" + command + " --help tells more)";
    }

    /** What went wrong, as a person reads it. */
    private static String oneLine(Throwable failure, Locale language) {
        if (failure instanceof Refused refused) {
            return refused.findings().stream()
                    .map(finding -> finding.text(language))
                    .collect(Collectors.joining("\n      "));
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist: mend its name";
        }
        if (failure.getMessage() == null
                || failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IndexOutOfBoundsException) {
            StackTraceElement[] trace = failure.getStackTrace();
            return "a fault of lgsp itself, please report it: "
                    + failure.getClass().getSimpleName() + (trace.length == 0 ? "" : " at " + trace[0]);
        }
        String text = failure.getMessage();
        return text.strip().replace("\n", "\n      ");
    }
}
