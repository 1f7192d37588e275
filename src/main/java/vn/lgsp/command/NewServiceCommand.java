package vn.lgsp.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.catalogue.Agency;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.soap.WsdlOperation;
import vn.lgsp.soap.WsdlReader;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Section;

/** {@code lgsp new service}: card, routes, mappings, schemas, samples and a scenario that are right from the first moment. */
@Command(
        name = "service",
        description = {
            "Makes the files of a new service: card, route, mappings, schemas, samples and a scenario. They pass"
                    + " ./lgsp validate and ./lgsp test as they are made; then you put your own in.",
            "",
            "With --version 2 of a service that is there, the files of the version before are copied under their own name,"
                    + " beside those. It never overwrites a file. At a terminal it asks for what is not given."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ./lgsp new service",
            "  ./lgsp new service land-owner-lookup --shape mapped --system land-registry-east --vi 'Tra cứu chủ sử dụng đất'",
            "  ./lgsp new service tax-notice-send --shape guaranteed-soap --system social-insurance --system civil-archive \\",
            "      --vi 'Gửi thông báo thuế'",
            "  ./lgsp new service population-citizen-find --from-wsdl tracuu.wsdl --operation TraCuuThongTinCongDan \\",
            "      --system population --vi 'Tra cứu công dân'",
            "  ./lgsp new service land-parcel-lookup --version 2"
        })
public final class NewServiceCommand implements Callable<Integer> {
    private static final Pattern FOR_PEOPLE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} ,.()/'-]{0,199}");

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "{domain}-{thing}-{verb}, such as land-parcel-lookup")
    private @Nullable String name;

    @Option(names = "--shape", description = "${COMPLETION-CANDIDATES}")
    private Blueprint.@Nullable Shape shape;

    @Option(
            names = "--system",
            description =
                    "the provider, of those in the registry; for a guaranteed service a destination, once for each")
    private List<String> systems = List.of();

    @Option(names = "--vi", paramLabel = "TEXT", description = "its name in Vietnamese, with diacritics")
    private @Nullable String vi;

    @Option(names = "--en", paramLabel = "TEXT", description = "its name in English; otherwise made from NAME")
    private @Nullable String en;

    @Option(names = "--domain", description = "its folder; otherwise the first word of NAME")
    private @Nullable String domain;

    @Option(names = "--description", paramLabel = "TEXT", description = "the data that is shared, and what it is for")
    private @Nullable String description;

    @Option(
            names = "--contact",
            paramLabel = "TEXT",
            description = "whom a consumer may ask; otherwise the provider's office")
    private @Nullable String contact;

    @Option(
            names = "--from-wsdl",
            paramLabel = "FILE|URL",
            description =
                    "the contract of the provider's SOAP service: makes a REST service of one of its operations, with"
                            + " everything that its schemas say")
    private @Nullable String wsdl;

    @Option(
            names = "--operation",
            paramLabel = "NAME",
            description = "with --from-wsdl: which; a contract of one needs none")
    private @Nullable String operation;

    @Option(
            names = "--binding",
            paramLabel = "NAME",
            description = "with --from-wsdl: which, where several have the operation")
    private @Nullable String binding;

    @Option(
            names = "--fetch",
            description = "with --from-wsdl: fetch the contract and what it imports from another machine, too")
    private boolean fetch;

    // The usual --version, which tells the version of the product, is another one here.
    @Option(names = "--version", paramLabel = "N", description = "of the service, 1 to 999; otherwise 1")
    private @Nullable Integer version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help and end")
    @SuppressWarnings("UnusedVariable") // picocli asks for it by its annotation
    private boolean help;

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec command;

    private final Optional<Person> person;

    public NewServiceCommand() {
        this(Person.present());
    }

    /** @param person who is asked for what is not given */
    NewServiceCommand(Optional<Person> person) {
        this.person = person;
    }

    @Override
    public Integer call() throws IOException {
        Configuration configuration = home.configuration();
        BusSettings settings = BusSettings.from(configuration);
        Registry registry = RegistryDocument.readWithoutSecrets(settings, configuration);
        if (name == null && person.isEmpty()) {
            throw missing(List.of("NAME", "--shape", "--system", "--vi"));
        }
        ServiceId service = value("NAME", name, "Name, {domain}-{thing}-{verb}, in English", "", ServiceId::new);
        List<NextVersion> there = NextVersion.of(settings.home(), service);
        if (!there.isEmpty()) {
            return copy(settings.home(), registry, service, there);
        }
        if (wsdl != null) {
            return fromWsdl(settings.home(), registry, service, wsdl);
        }
        Blueprint blueprint = blueprint(registry, service);
        Map<String, byte[]> files = new TreeMap<>();
        blueprint.files().forEach((file, text) -> files.put(file, text.getBytes(StandardCharsets.UTF_8)));
        write(settings.home(), files);
        tell(registry, blueprint.service(), files, call(registry, blueprint));
        return ExitCode.DONE;
    }

    private int copy(Path folder, Registry registry, ServiceId service, List<NextVersion> there) throws IOException {
        Map<String, Object> useless = new LinkedHashMap<>();
        useless.put("--shape", shape);
        useless.put("--system", systems.isEmpty() ? null : systems);
        useless.put("--vi", vi);
        useless.put("--en", en);
        useless.put("--domain", domain);
        useless.put("--description", description);
        useless.put("--contact", contact);
        useless.put("--from-wsdl", wsdl);
        useless.forEach((flag, value) -> {
            if (value != null) {
                throw wrong(service + " is there, and another version of it is a copy: take " + flag
                        + " out, or choose another NAME");
            }
        });
        int next = there.get(there.size() - 1).version() + 1;
        if (version == null && person.isEmpty()) {
            throw wrong(
                    service + " is there: give --version " + next + " to make that beside it, or choose another NAME");
        }
        int number = value(
                "--version",
                version == null ? null : version.toString(),
                service + " is there; which version of it shall be made beside it",
                Integer.toString(next),
                NewServiceCommand::versionNumber);
        Optional<NextVersion> same =
                there.stream().filter(one -> one.version() == number).findFirst();
        if (same.isPresent()) {
            throw new IllegalArgumentException(service + "/v" + number + " is there already, in routes/"
                    + same.get().folder() + ": nothing was overwritten; give --version " + next + " for the next one");
        }
        NextVersion before = there.stream()
                .filter(one -> one.version() < number)
                .reduce((one, later) -> later)
                .orElse(there.get(0));
        Map<String, byte[]> files = before.files(number);
        write(folder, files);
        tell(registry, new ServiceKey(service, number), files, "./lgsp try " + service + "/v" + number);
        return ExitCode.DONE;
    }

    private int fromWsdl(Path folder, Registry registry, ServiceId service, String contract) throws IOException {
        if (shape != null) {
            throw wrong("take --shape out: --from-wsdl says what becomes of the content");
        }
        WsdlReader reader = FromWsdl.reader(contract, fetch);
        String chosen = operation;
        if (chosen == null && reader.operations().size() == 1) {
            chosen = reader.operations().iterator().next();
        }
        if (chosen == null) {
            throw wrong("give --operation, one of "
                    + (reader.operations().isEmpty() ? "none" : String.join(", ", reader.operations())));
        }
        WsdlOperation asked = reader.operation(chosen, Optional.ofNullable(binding));
        shape = Blueprint.Shape.SOAP; // what it is for people, and for the registry
        Blueprint about = blueprint(registry, service);
        FromWsdl made = new FromWsdl(
                about.service(), about.domain(), about.names(), about.systems().get(0), asked);
        Map<String, byte[]> files = new TreeMap<>();
        made.files().forEach((file, text) -> files.put(file, text.getBytes(StandardCharsets.UTF_8)));
        write(folder, files);
        // an operation whose body is empty is asked with nothing
        String content = files.keySet().stream()
                .filter(file -> file.endsWith("request.schema.json/example.in.json"))
                .findFirst()
                .map(sample -> "-H 'Content-Type: application/json' \\\n    --data-binary @" + sample)
                .orElse("-X POST");
        tell(
                registry,
                about.service(),
                files,
                curl(registry) + content + " http://localhost:8080/api/" + service + "/v"
                        + about.service().version() + made.path());
        if (!output.isJson()) {
            asked.notes().forEach(note -> output.say("  Note: " + note));
            asked.address()
                    .ifPresent(address -> output.say("  The contract names the address " + address
                            + "; the bus calls the one that the registry has for "
                            + about.systems().get(0).id()));
        }
        return ExitCode.DONE;
    }

    private Blueprint blueprint(Registry registry, ServiceId service) {
        if (person.isEmpty()) {
            List<String> missing = new ArrayList<>();
            if (shape == null) {
                missing.add("--shape");
            }
            if (systems.isEmpty()) {
                missing.add("--system");
            }
            if (vi == null) {
                missing.add("--vi");
            }
            if (!missing.isEmpty()) {
                throw missing(missing);
            }
        }
        String vietnamese = value("--vi", vi, "Name in Vietnamese, with diacritics", "", NewServiceCommand::forPeople);
        String words = service.value().replace('-', ' ');
        String english =
                ask("--en", en, "Name in English", words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1));
        String folder = value(
                "--domain",
                domain,
                "Domain, the folder that it stands in",
                service.value().replaceFirst("-.*", ""),
                Section::kebab);
        Blueprint.Shape chosen = shape != null ? shape : askShape();
        List<InformationSystem> parties = parties(registry, chosen);
        String people = parties.stream().map(InformationSystem::name).collect(Collectors.joining(", "));
        return new Blueprint(
                chosen,
                new ServiceKey(
                        service,
                        version == null
                                ? 1
                                : value("--version", version.toString(), "", "", NewServiceCommand::versionNumber)),
                folder,
                new Blueprint.Names(
                        vietnamese,
                        english,
                        ask(
                                "--description",
                                description,
                                "The data that is shared, and what it is for",
                                plain(english + (chosen.isGuaranteed() ? ", delivered to " : ", from ") + people)),
                        ask(
                                "--contact",
                                contact,
                                "Whom a consumer may ask",
                                plain("Bộ phận hỗ trợ, " + office(registry, parties.get(0))))),
                parties);
    }

    /** What a flag says, else what a person answers, else what is usual. */
    private String ask(String flag, @Nullable String given, String question, String usual) {
        return given == null && person.isEmpty()
                ? usual
                : value(flag, given, question, usual, NewServiceCommand::forPeople);
    }

    private <T> T value(String flag, @Nullable String given, String question, String usual, Function<String, T> make) {
        if (given == null && person.isPresent() && !question.isEmpty()) {
            return person.get().ask(question, usual, make);
        }
        try {
            return make.apply(given == null ? usual : given);
        } catch (IllegalArgumentException refused) {
            throw wrong(flag + ": " + refused.getMessage());
        }
    }

    private Blueprint.Shape askShape() {
        Person asked = person.orElseThrow();
        List<Blueprint.Shape> all = List.of(Blueprint.Shape.values());
        asked.tell("Shapes:");
        for (int i = 0; i < all.size(); i++) {
            asked.tell("  %d  %-16s %s".formatted(i + 1, all.get(i), all.get(i).meaning()));
        }
        return asked.ask("Shape", "2", answer -> all.stream()
                .filter(one -> answer.equals(one.toString()) || answer.equals(Integer.toString(all.indexOf(one) + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("write a number from 1 to " + all.size())));
    }

    private List<InformationSystem> parties(Registry registry, Blueprint.Shape chosen) {
        List<InformationSystem> known =
                registry.systems().stream().filter(chosen::fits).toList();
        if (known.isEmpty()) {
            throw new IllegalArgumentException(
                    "the registry has no system with a connection: connect one first (docs/how-to/connect-a-system.md)");
        }
        Function<String, List<InformationSystem>> make = text -> {
            List<InformationSystem> found = Arrays.stream(text.split("[ ,]+"))
                    .map(id -> system(known, id))
                    .distinct()
                    .toList();
            if (found.size() > 1 && !chosen.isGuaranteed()) {
                throw new IllegalArgumentException("a service of this shape has one provider");
            }
            return found;
        };
        if (systems.isEmpty() && person.isPresent()) {
            person.get()
                    .tell(
                            chosen.isGuaranteed()
                                    ? "Systems that it may be delivered to:"
                                    : "Systems that may answer it:");
            known.forEach(system -> person.get().tell("  %-24s %s".formatted(system.id(), system.name())));
        }
        return value(
                "--system",
                systems.isEmpty() ? null : String.join(",", systems),
                chosen.isGuaranteed() ? "Destinations, commas between" : "Provider",
                "",
                make);
    }

    private static InformationSystem system(List<InformationSystem> known, String id) {
        return known.stream()
                .filter(system -> system.id().value().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the registry has no system '" + Section.brief(id)
                        + "' that can be called; "
                        + Nearest.of(
                                        id,
                                        known.stream()
                                                .map(system -> system.id().value())
                                                .toList())
                                .map(near -> "did you mean " + near + "? ")
                                .orElse("")
                        + "Known are "
                        + known.stream().map(system -> system.id().value()).collect(Collectors.joining(", "))));
    }

    private static String office(Registry registry, InformationSystem system) {
        return registry.agencies().stream()
                .filter(agency -> agency.code().equals(system.agency()))
                .map(Agency::name)
                .findFirst()
                .orElse(system.name());
    }

    private static String forPeople(String text) {
        if (!FOR_PEOPLE.matcher(text).matches() || text.contains("--")) {
            throw new IllegalArgumentException(
                    "write a text of letters, digits and , . ( ) / ' -, at most 200, the first a letter or digit");
        }
        return text.strip();
    }

    /** The same text with a space for what {@link #forPeople} does not take. */
    private static String plain(String text) {
        String clean = text.replaceAll("[^\\p{L}\\p{M}\\p{N} ,.()/'-]|--+", " ")
                .replaceAll(" {2,}", " ")
                .strip();
        return clean.length() > 200 ? clean.substring(0, 200).strip() : clean;
    }

    private static Integer versionNumber(String text) {
        if (!text.matches("[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("write a number from 1 to 999");
        }
        return Integer.valueOf(text);
    }

    /** All of them, or none: a file that is there stays as it is. */
    private static void write(Path folder, Map<String, byte[]> files) throws IOException {
        for (String file : files.keySet()) {
            if (Files.exists(folder.resolve(file))) {
                throw new IllegalArgumentException(
                        file + " is there already: nothing was overwritten; choose another name, or move it away");
            }
        }
        List<Path> written = new ArrayList<>();
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.resolveSibling(""));
                Files.write(path, file.getValue(), StandardOpenOption.CREATE_NEW);
                written.add(path);
            }
        } catch (IOException failed) {
            for (Path path : written) {
                Files.delete(path);
            }
            throw failed;
        }
    }

    private void tell(Registry registry, ServiceKey service, Map<String, byte[]> files, String call) {
        Map<String, String> grant = new LinkedHashMap<>();
        String consumer = consumer(registry);
        grant.put(
                "id",
                (consumer + "-" + service.id()).replaceFirst("(.{60}).*", "$1").replaceFirst("-$", "") + "-v"
                        + service.version());
        grant.put("consumer", consumer);
        grant.put("service", service.toString());
        grant.put("purpose", vi == null ? service.id().value() : vi);
        boolean soap = files.keySet().stream().anyMatch(file -> file.matches("routes/.*\\.wsdl"));
        String contract = "http://localhost:8080"
                + (soap ? "/soap/" + service + "?wsdl" : "/api/" + service + CardFile.CONTRACT_PATH);
        if (output.isJson()) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("service", service.id().value());
            told.put("version", service.version());
            told.put("files", files.keySet());
            told.put("grant", grant);
            told.put("call", call);
            told.put("contract", contract);
            output.json(told);
            return;
        }
        output.say(output.good("Made " + files.size() + " files:"));
        files.keySet().forEach(file -> output.say("  " + file));
        output.say("");
        output.say(output.strong("Next:"));
        output.say(
                "  1. Put in what is your own: the card says whom it concerns and how large it may be, the route where");
        output.say("     it goes, the mappings what becomes of it. After each change: ./lgsp validate, ./lgsp test");
        output.say("       ./lgsp validate " + service.id());
        output.say("       ./lgsp test " + service.id());
        output.say("  2. Grant it in the registry (lgsp.catalogue.registry), under 'grants:'");
        output.say("       - "
                + grant.entrySet().stream()
                        .map(field -> field.getKey() + ": " + field.getValue())
                        .collect(Collectors.joining("\n         ")));
        output.say("  3. Call it");
        output.say("       " + call.replace("\n", "\n       "));
        output.say("  4. Tell others what it offers");
        output.say("       " + contract);
    }

    /** Whoever may call, has a key and supplies nothing himself, if there is one. */
    private static String consumer(Registry registry) {
        return registry.accounts().stream()
                .map(account -> account.system())
                .filter(system -> registry.systems().stream()
                        .anyMatch(one -> one.id().equals(system)
                                && one.connection().isEmpty()
                                && one.queue().isEmpty()))
                .map(system -> system.value())
                .findFirst()
                .orElse("the-consumer");
    }

    /** A call that can be pasted. */
    private static String call(Registry registry, Blueprint blueprint) {
        String curl = curl(registry);
        String things = blueprint.thing() + "s";
        String api = "http://localhost:8080/api/" + blueprint.service() + "/" + things;
        return switch (blueprint.shape()) {
            case PASS_THROUGH, MAPPED, SOAP -> curl + api + "/0012-345";
            case GUARANTEED_REST ->
                curl + "-H 'Content-Type: application/json' \\\n    -d '{\"id\":\"0012-345\",\"name\":\"Tên mẫu\"}' "
                        + api;
            case GUARANTEED_SOAP -> {
                String message = "transforms/" + blueprint.domain() + "/" + blueprint.base()
                        + "/samples/request.xsd/good.in.xml";
                yield "(echo '<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>'; cat "
                        + message
                        + "; \\\n    echo '</e:Body></e:Envelope>') | " + curl
                        + "-H 'Content-Type: text/xml; charset=utf-8' \\\n    --data-binary @- http://localhost:8080/soap/"
                        + blueprint.service();
            }
        };
    }

    private static String curl(Registry registry) {
        String consumer = consumer(registry);
        String key = SampleKeys.all().stream()
                .filter(known -> registry.sample() && known.system().equals(consumer))
                .map(SampleKeys.SampleKey::key)
                .findFirst()
                .orElse("the-key");
        return "curl -i -H 'X-Api-Key: " + key + "' ";
    }

    private ParameterException missing(List<String> flags) {
        return wrong("give " + String.join(", ", flags) + ": there is no terminal to ask at");
    }

    private ParameterException wrong(String text) {
        return new ParameterException(command.commandLine(), text);
    }
}
