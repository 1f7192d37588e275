package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command to the running bus: through its management port, as an operator. */
abstract class OperatorCommand implements Callable<Integer> {
    @Mixin
    private ManagementOptions management = new ManagementOptions();

    @Mixin
    final Output output = new Output();

    @Spec
    private CommandSpec command;

    /**
     * Does it.
     *
     * @return the exit code
     * @throws IOException when the bus cannot be reached, or says no, with its reason
     */
    abstract int ask(ManagementClient bus) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        return ask(management.open(command));
    }

    final CommandSpec command() {
        return command;
    }

    /** The command was called wrongly. */
    final ParameterException wrong(String why) {
        return new ParameterException(command.commandLine(), why);
    }

    /** What a field of an answer holds; empty when it is not there. */
    static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    /** A command that is about one service. */
    abstract static class OfService extends OperatorCommand {
        @Parameters(paramLabel = "SERVICE", description = "such as land-parcel-lookup, or land-parcel-lookup/v1")
        private String service = "";

        /** Service and version, as they stand in an address. */
        final String service(ManagementClient bus) throws IOException, InterruptedException {
            return ServiceCommand.resolved(bus, service, command());
        }
    }
}
