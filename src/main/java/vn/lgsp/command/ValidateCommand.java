package vn.lgsp.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.failure.Finding;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.source.Nearest;

/** {@code lgsp validate}: what is wrong with the files, before any bus sees them. */
@Command(
        name = "validate",
        description = {
            "Checks files without a bus, in seconds: cards, routes, connectors, mappings, schemas, contracts and samples, by the same"
                    + " rules as the bus when it deploys. Tells every finding of every file, with line, remedy and rule.",
            "",
            "Ends with 0 when nothing is wrong, with 1 when something is. docs/reference/rules.md explains each rule."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp validate                                  everything",
            "  ./lgsp validate land-parcel-lookup               a service, all its versions",
            "  ./lgsp validate routes/land                      the services that have files there",
            "  ./lgsp validate transforms/land/land-parcel-lookup/request.jq",
            "  ./lgsp validate --lang vi --config city.properties --home ../my-services",
            "  ./lgsp validate --json"
        })
public final class ValidateCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "WHAT",
            description = "a service, or a file or folder of services; otherwise everything")
    private @Nullable String what;

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Mixin
    private Language language = new Language();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        long begun = System.nanoTime();
        Configuration configuration = home.configuration();
        BusSettings settings = BusSettings.from(configuration);
        HomeCheck check;
        try (Progress progress = output.progress("reading the files")) {
            check = HomeCheck.of(settings, configuration, meant(settings.home()), progress);
        }
        List<Finding> findings =
                check.findings().stream().sorted(Findings.BY_PLACE).distinct().toList();
        if (output.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("services", check.services());
            document.put("files", check.files());
            document.put("findings", Findings.json(language.locale(), findings));
            output.json(document);
        } else {
            Findings.say(output, language.locale(), findings);
            String services = counted(check.services(), "service") + ", " + counted(check.files(), "file");
            if (findings.isEmpty()) {
                output.say(output.good("Nothing is wrong") + " with " + services
                        + String.format(Locale.ROOT, ", checked in %.1f s.", (System.nanoTime() - begun) / 1e9));
            } else {
                output.say(output.bad(counted(findings.size(), "finding")) + " in "
                        + findings.stream().map(Finding::file).distinct().count() + " of "
                        + counted(check.files(), "file") + ".");
            }
        }
        return findings.isEmpty() ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static String counted(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /** Which files are asked for, by their names below the home. */
    private Predicate<String> meant(Path folder) throws IOException {
        if (what == null) {
            return file -> true;
        }
        Optional<ServiceChoice> choice = ServiceChoice.of(what);
        if (choice.isPresent()) {
            List<String> cards = new ArrayList<>();
            for (NextVersion version : NextVersion.of(
                    folder, new vn.lgsp.message.ServiceId(choice.get().name()))) {
                if (choice.get()
                        .version()
                        .map(number -> number == version.version())
                        .orElse(true)) {
                    cards.add("routes/" + version.folder() + "/" + version.base() + CardFile.SUFFIX);
                }
            }
            if (!cards.isEmpty()) {
                return cards::contains;
            }
        }
        Path below = folder.toAbsolutePath().normalize();
        Path typed = CallerFolder.ofProcess().convert(what).toAbsolutePath().normalize();
        Path path = typed.startsWith(below) && Files.exists(typed)
                ? typed
                : below.resolve(what).normalize();
        if (!path.startsWith(below) || !Files.exists(path)) {
            throw new ParameterException(
                    command.commandLine(),
                    "there is no service, and below " + below + " no file or folder " + what
                            + Nearest.of(what, services(folder))
                                    .map(near -> "; did you mean " + near + "?")
                                    .orElse(""));
        }
        String name = below.relativize(path).toString().replace('\\', '/');
        if (name.isEmpty()) {
            return file -> true;
        }
        if (Files.isDirectory(path)) {
            return file -> file.startsWith(name + "/")
                    || card(name + "/").filter(file::equals).isPresent();
        }
        return file -> file.equals(name) || card(name).filter(file::equals).isPresent();
    }

    /** The card that a file belongs to by its name: where that card is wrong, nothing else is known of its service. */
    private static Optional<String> card(String file) {
        String[] parts = file.split("[/]", 4);
        if (parts.length < 3 || !parts[0].matches("routes|transforms")) {
            return Optional.empty();
        }
        String base = parts[2].replaceFirst("(\\.|--to-).*", "");
        return Optional.of("routes/" + parts[1] + "/" + base + CardFile.SUFFIX);
    }

    private static List<String> services(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("routes"), 2)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(CardFile.SUFFIX))
                    .map(name -> name.substring(0, name.length() - CardFile.SUFFIX.length()))
                    .collect(Collectors.toList());
        }
    }
}
