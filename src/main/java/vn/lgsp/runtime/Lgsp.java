package vn.lgsp.runtime;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the bus. */
@Command(
        name = "lgsp",
        description = "The LGSP bus: exchanges records between the information systems of a city.",
        mixinStandardHelpOptions = true,
        version = "lgsp 0.1.0",
        subcommands = {
            HashCommand.class,
            RunCommand.class,
            TryCommand.class,
            DeliveryCommand.class,
            BenchCommand.class,
            TortureCommand.class,
            TrainCommand.class
        })
public final class Lgsp {

    private Lgsp() {}

    /** Runs a command; the process ends with 0 when it did all that was asked, 1 when not, 2 when it was called wrongly. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs a command and gives back its exit status. */
    static int execute(String... arguments) {
        return commands().execute(arguments);
    }

    /** All commands; what they fail with is one line for a person. */
    static CommandLine commands() {
        CommandLine commands = new CommandLine(new Lgsp());
        commands.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("lgsp: " + oneLine(failure));
            return 1;
        });
        return commands;
    }

    /** What went wrong, as a person reads it. */
    private static String oneLine(Throwable failure) {
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return text.strip().replace("\n", "\n      ");
    }
}
