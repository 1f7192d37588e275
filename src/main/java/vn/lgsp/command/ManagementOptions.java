package vn.lgsp.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import vn.lgsp.runtime.Configuration;

/** The same for a command that needs nothing else of the settings. */
public final class ManagementOptions extends OperatorOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "the properties file of the bus: for its port")
    private @Nullable Path config;

    /** @throws ParameterException when what is given does not fit together */
    ManagementClient open(CommandSpec command) throws IOException {
        return open(command, Configuration.ofProcess(Optional.ofNullable(config)));
    }
}
