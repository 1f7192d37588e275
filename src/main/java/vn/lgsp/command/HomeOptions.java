package vn.lgsp.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import vn.lgsp.runtime.Configuration;

/** With which settings, and on which folder of routes, a command works. */
public final class HomeOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "a properties file with settings")
    private @Nullable Path config;

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description =
                    "that holds routes, transforms and connectors; otherwise as lgsp.home says, or that of the bus")
    private @Nullable Path home;

    Configuration configuration() {
        return configuration(Map.of());
    }

    /** The same settings for a copy of the home. */
    Configuration configurationAt(Path copy) {
        return Configuration.ofProcess(Optional.ofNullable(config), Map.of("lgsp.home", copy.toString()));
    }

    /** @param chosen settings that the command line makes, over all others */
    Configuration configuration(Map<String, String> chosen) {
        Map<String, String> all = new LinkedHashMap<>(chosen);
        if (home != null) {
            all.put("lgsp.home", home.toString());
        }
        return Configuration.ofProcess(Optional.ofNullable(config), all);
    }
}
