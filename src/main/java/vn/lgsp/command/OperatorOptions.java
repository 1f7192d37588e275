package vn.lgsp.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.runtime.Configuration;

/** Where the management port of the running bus is, and as which operator a command speaks to it. */
class OperatorOptions {
    private static final String PASSWORD = "LGSP_OPERATOR_PASSWORD";
    private static final int PORT = 8081;

    @Option(names = "--management-port", description = "of the bus on this machine (8081, or as --config says)")
    private @Nullable Integer port;

    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "of the bus, where it is not http://localhost: such as https://bus.example:8081")
    private @Nullable URI address;

    @Option(names = "--user", defaultValue = SampleKeys.OPERATOR, description = "the operator (${DEFAULT-VALUE})")
    private String user = SampleKeys.OPERATOR;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "his password; without it " + PASSWORD + ", or that of the sample city's operator")
    private @Nullable Path passwordFile;

    /** @throws ParameterException when what is given does not fit together */
    final ManagementClient open(CommandSpec command, Configuration configuration) throws IOException {
        return new ManagementClient(place(command, configuration), user, password(command));
    }

    /** The operator in whose name the command speaks. */
    final String user() {
        return user;
    }

    final int port(Configuration configuration) {
        return Optional.ofNullable(port).orElseGet(() -> configuration.number("lgsp.management-port", PORT));
    }

    private URI place(CommandSpec command, Configuration configuration) {
        if (address != null) {
            boolean plain = address.getHost() != null
                    && String.valueOf(address.getRawPath()).matches("/?");
            if (!plain || !String.valueOf(address.getScheme()).matches("https?")) {
                throw new ParameterException(
                        command.commandLine(), "--management is an address such as https://bus.example:8081");
            }
            return address;
        }
        return URI.create("http://localhost:" + port(configuration));
    }

    private String password(CommandSpec command) throws IOException {
        if (passwordFile != null) {
            return Files.readString(passwordFile).strip();
        }
        Optional<String> given = Optional.ofNullable(System.getenv(PASSWORD));
        if (given.isEmpty() && !user.equals(SampleKeys.OPERATOR)) {
            throw new ParameterException(
                    command.commandLine(), "give the password of " + user + ": --password-file, or " + PASSWORD);
        }
        return given.orElse(SampleKeys.OPERATOR_PASSWORD);
    }
}
