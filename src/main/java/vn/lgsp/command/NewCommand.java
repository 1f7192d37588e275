package vn.lgsp.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes what an integrator would otherwise write from nothing. */
@Command(
        name = "new",
        description = "Makes the files of a new service, or of the next version of one.",
        mixinStandardHelpOptions = true,
        subcommands = NewServiceCommand.class,
        footer = {
            "",
            "Examples:",
            "  ./lgsp new service                       asks for everything",
            "  ./lgsp new service land-owner-lookup --shape mapped --system land-registry-east --vi 'Tra cứu chủ sử dụng đất'"
        })
public final class NewCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to make: ./lgsp new service");
    }
}
