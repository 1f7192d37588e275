package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.catalogue.CodeTable.Code;
import vn.lgsp.catalogue.Grant;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.codes.Preview;
import vn.lgsp.codes.TableText;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.unit.Unit;

/**
 * Tables of codes that are taken from shared catalogues: what they would become is shown before anything is changed, and only what was
 * shown is taken over.
 *
 * @see "EXT-29, MDM-02"
 */
@Command(
        name = "catalogues",
        description =
                "Compares tables of codes with the shared catalogues that they are taken from, and takes changes over.",
        mixinStandardHelpOptions = true,
        subcommands = {CataloguesCommand.Tables.class, CataloguesCommand.Compare.class, CataloguesCommand.Apply.class},
        footer = {
            "",
            "Examples:",
            "  ./lgsp catalogues list",
            "  ./lgsp catalogues list --offered",
            "  ./lgsp catalogues compare ethnic-group",
            "  ./lgsp catalogues apply ethnic-group --preview 3f9a0c17e2d44b60 --reason \"decision 12/QĐ\""
        })
public final class CataloguesCommand implements Callable<Integer> {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: list, compare or apply");
    }

    private static LocalDate today() {
        return LocalDate.now(Clock.system(CITY));
    }

    /** What all of them share. */
    abstract static class OfTables implements Callable<Integer> {
        @Option(
                names = "--key",
                description =
                        "of the account that reads catalogues; in the sample city that of the one which has a grant,"
                                + " otherwise LGSP_KEY")
        private @Nullable String key;

        @Option(names = "--data-port", description = "of the bus on this machine (8080, or as --config says)")
        private @Nullable Integer dataPort;

        @Mixin
        HomeOptions home = new HomeOptions();

        @Mixin
        Output output = new Output();

        @Spec
        CommandSpec command;

        final BusSettings settings() {
            return BusSettings.from(home.configuration());
        }

        final CatalogueClient bus() {
            Configuration configuration = home.configuration();
            int port = Optional.ofNullable(dataPort).orElseGet(() -> configuration.number("lgsp.data-port", 8080));
            return new CatalogueClient(port, service -> keyFor(service, configuration));
        }

        private String keyFor(ServiceKey service, Configuration configuration) {
            return Optional.ofNullable(key)
                    .or(() -> Optional.ofNullable(System.getenv("LGSP_KEY")))
                    .or(() -> sampleKey(
                            service,
                            RegistryDocument.readWithoutSecrets(BusSettings.from(configuration), configuration)))
                    .orElseThrow(() -> new ParameterException(
                            command.commandLine(),
                            "give the key of one who has a grant for " + service + ": --key, or LGSP_KEY"));
        }

        private static Optional<String> sampleKey(ServiceKey service, Registry registry) {
            return registry.grants().stream()
                    .filter(grant -> registry.sample() && grant.service().equals(service))
                    .map(Grant::consumer)
                    .flatMap(consumer -> SampleKeys.all().stream()
                            .filter(known -> known.system().equals(consumer.value())))
                    .map(SampleKeys.SampleKey::key)
                    .findFirst();
        }
    }

    @Command(
            name = "list",
            description =
                    "Lists the tables of codes: where each is taken from, how many codes count today, and who uses it.",
            mixinStandardHelpOptions = true,
            footer = {"", "Examples:", "  ./lgsp catalogues list", "  ./lgsp catalogues list --offered --json"})
    static final class Tables extends OfTables {
        private static final String LINE = "%-20s  %-14s  %6s  %-34s  %s";

        @Option(names = "--offered", description = "list the catalogues that the running bus can read instead")
        private boolean offered;

        @Option(
                names = "--service",
                paramLabel = "SERVICE",
                defaultValue = "shared-catalogue-lookup/v1",
                description = "that reads them, with --offered (${DEFAULT-VALUE})")
        private String service = "";

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (offered) {
                return offered();
            }
            Path folder = settings().home();
            List<CodeTableFiles.Known> all = new CodeTableFiles(folder).all();
            List<Unit> units = Unit.find(folder).units();
            LocalDate today = today();
            List<Map<String, Object>> documents = new ArrayList<>();
            for (CodeTableFiles.Known known : all) {
                documents.add(document(known, units, today));
            }
            if (output.isJson()) {
                output.json(Map.of("tables", documents));
            } else {
                output.say(output.strong(LINE.formatted("table", "version", "codes", "taken from", "used by")));
                for (int i = 0; i < all.size(); i++) {
                    say(all.get(i).table(), documents.get(i));
                }
            }
            return ExitCode.DONE;
        }

        private void say(CodeTable table, Map<String, Object> document) {
            String from = table.sources().isEmpty()
                    ? "nowhere: the city's own"
                    : String.join(
                            ", ",
                            table.sources().stream()
                                    .map(CodeTable.Source::catalogue)
                                    .toList());
            String by = table.taken()
                    .map(taken -> " (" + taken.on() + ", " + taken.by() + ")")
                    .orElse("");
            output.say(LINE.formatted(
                            table.name(),
                            table.version(),
                            document.get("counting"),
                            from + by,
                            document.get("services") instanceof List<?> used && !used.isEmpty()
                                    ? String.join(
                                            ", ",
                                            used.stream().map(Object::toString).toList())
                                    : "no service")
                    .stripTrailing());
        }

        private static Map<String, Object> document(CodeTableFiles.Known known, List<Unit> units, LocalDate today) {
            CodeTable table = known.table();
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("table", table.name());
            document.put("name", table.title());
            document.put("version", table.version());
            document.put("file", known.told());
            document.put(
                    "counting",
                    table.codes().stream().filter(code -> code.countsOn(today)).count());
            document.put(
                    "sources",
                    table.sources().stream()
                            .map(source ->
                                    Map.of("service", source.service().toString(), "catalogue", source.catalogue()))
                            .toList());
            document.put(
                    "taken",
                    table.taken()
                            .map(taken ->
                                    Map.of("on", taken.on().toString(), "by", taken.by(), "preview", taken.preview())));
            document.put(
                    "services",
                    units.stream()
                            .filter(unit -> unit.files().containsKey(known.told()))
                            .map(unit -> unit.card().key().toString())
                            .toList());
            return document;
        }

        private int offered() throws IOException, InterruptedException {
            JsonNode all = bus().offered(ServiceKey.of(service));
            if (output.isJson()) {
                output.json(Map.of("offered", all));
            } else {
                // no text says what the fields of a catalogue are called: all of them are shown
                all.forEach(one -> output.say(String.join(
                        "  ",
                        StreamSupport.stream(one.spliterator(), false)
                                .map(JsonNode::asText)
                                .toList())));
            }
            return ExitCode.DONE;
        }
    }

    /** What compare and apply share: the same reading gives the same preview. */
    abstract static class OfOneTable extends OfTables {
        private static final int MOST_SHOWN = 200;

        @Parameters(
                paramLabel = "TABLE",
                description = "such as ethnic-group: transforms/_codes/ethnic-group.codes.yaml")
        private String table = "";

        @Option(
                names = "--from",
                paramLabel = "DAY",
                description = "the first day on which changes count, such as 2026-07-01; otherwise today")
        private @Nullable String from;

        final CodeTableFiles.Known known(BusSettings settings) throws IOException {
            CodeTableFiles.Known known = new CodeTableFiles(settings.home()).one(table);
            if (known.table().sources().isEmpty()) {
                throw new IllegalArgumentException(known.told()
                        + " is the city's own: name the catalogue that it is taken from in its field sources");
            }
            return known;
        }

        final Preview preview(CodeTableFiles.Known known) throws IOException, InterruptedException {
            LocalDate day = day();
            try (Progress progress = output.progress("reading the catalogue")) {
                return Preview.of(known.table(), known.text(), bus().rows(known.table()), day);
            }
        }

        private LocalDate day() {
            LocalDate today = today();
            if (from == null) {
                return today;
            }
            try {
                LocalDate day = LocalDate.parse(from);
                if (!day.isBefore(today)) {
                    return day;
                }
            } catch (DateTimeParseException noDay) {
                // said below
            }
            throw new ParameterException(
                    command.commandLine(), "--from is a day such as 2026-07-01, and not before today, " + today);
        }

        /** What an apply has to be told too, to see the same preview. */
        final String chosen() {
            return from == null ? "" : " --from " + from;
        }

        final void say(CodeTableFiles.Known known, Preview preview) {
            output.say("%s: %,d codes count on %s, %,d in %s"
                    .formatted(
                            output.strong(preview.table()),
                            preview.counting(),
                            preview.day(),
                            preview.rows(),
                            String.join(
                                    ", ",
                                    known.table().sources().stream()
                                            .map(CodeTable.Source::catalogue)
                                            .toList())));
            preview.changes().stream().limit(MOST_SHOWN).forEach(change -> output.say(line(change)));
            if (preview.changes().size() > MOST_SHOWN) {
                output.say("  and %,d more: --json has them all"
                        .formatted(preview.changes().size() - MOST_SHOWN));
            }
            preview.conflicts()
                    .forEach(code -> output.say("  " + output.bad("conflict") + "  " + code
                            + "  is said to be the city's own (local), and the catalogue has it too"));
            if (preview.changes().isEmpty()) {
                output.say("  nothing has changed");
            }
        }

        private String line(Preview.Change change) {
            String kind = "%-8s".formatted(word(change.kind()));
            String shown =
                    switch (change.kind()) {
                        case ADDED -> output.good(kind);
                        case CHANGED -> output.strong(kind);
                        case ENDED, REMOVED -> output.bad(kind);
                    };
            return "  " + shown + "  " + "%-14s".formatted(change.code()) + "  " + detail(change);
        }

        private static String detail(Preview.Change change) {
            return switch (change.kind()) {
                case ADDED ->
                    change.name()
                            + change.after()
                                    .flatMap(Code::first)
                                    .map(day -> ", from " + day)
                                    .orElse("");
                case REMOVED -> change.name() + ", which has not begun";
                case ENDED ->
                    change.name()
                            + change.after()
                                    .flatMap(Code::last)
                                    .map(day -> ", until " + day)
                                    .orElse("");
                case CHANGED ->
                    differences(change.before().orElseThrow(), change.after().orElseThrow());
            };
        }

        private static String differences(Code before, Code after) {
            List<String> told = new ArrayList<>();
            differs(told, "name", before.name(), after.name());
            differs(told, "parent", before.parent(), after.parent());
            differs(told, "from", before.first().map(LocalDate::toString).orElse("ever"), first(after));
            differs(told, "until", last(before), last(after));
            Stream.concat(before.partners().keySet().stream(), after.partners().keySet().stream())
                    .distinct()
                    .forEach(partner -> differs(
                            told, partner, String.join(" ", before.of(partner)), String.join(" ", after.of(partner))));
            return String.join("; ", told);
        }

        private static String first(Code code) {
            return code.first().map(LocalDate::toString).orElse("ever");
        }

        private static String last(Code code) {
            return code.last().map(LocalDate::toString).orElse("further notice");
        }

        private static void differs(List<String> told, String field, String before, String after) {
            if (!before.equals(after)) {
                told.add(field + " " + before + " becomes " + after);
            }
        }

        static String word(Preview.Kind kind) {
            return kind.name().toLowerCase(Locale.ROOT);
        }

        static Map<String, Object> document(Preview preview) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("table", preview.table());
            document.put("preview", preview.digest());
            document.put("day", preview.day().toString());
            document.put("counting", preview.counting());
            document.put("rows", preview.rows());
            document.put("lostPercent", preview.lostPercent());
            document.put(
                    "changes",
                    preview.changes().stream()
                            .map(change -> {
                                Map<String, Object> fields = new LinkedHashMap<>();
                                fields.put("kind", word(change.kind()));
                                fields.put("code", change.code());
                                fields.put("before", change.before().map(OfOneTable::code));
                                fields.put("after", change.after().map(OfOneTable::code));
                                return fields;
                            })
                            .toList());
            document.put("conflicts", preview.conflicts());
            return document;
        }

        private static Map<String, Object> code(Code code) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", code.name());
            fields.put("parent", code.parent());
            fields.put("from", code.first().map(LocalDate::toString));
            fields.put("until", code.last().map(LocalDate::toString));
            fields.put("partners", code.partners());
            return fields;
        }
    }

    @Command(
            name = "compare",
            description = "Shows what a table would become, and changes nothing.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Examples:",
                "  ./lgsp catalogues compare ethnic-group",
                "  ./lgsp catalogues compare ethnic-group --from 2026-07-01 --json"
            })
    static final class Compare extends OfOneTable {
        @Override
        public Integer call() throws IOException, InterruptedException {
            CodeTableFiles.Known known = known(settings());
            Preview preview = preview(known);
            if (output.isJson()) {
                output.json(document(preview));
                return ExitCode.DONE;
            }
            say(known, preview);
            if (!preview.changes().isEmpty() && preview.conflicts().isEmpty()) {
                output.say("Nothing is changed yet. To take it over: ./lgsp catalogues apply " + preview.table()
                        + " --preview " + preview.digest() + chosen());
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "apply",
            description = {
                "Takes over what compare has shown, and nothing else: into the file of the table, and with it into force in every"
                        + " service that uses it.",
                "",
                "Refused, with nothing changed: when catalogue, file or day are others than those of the preview; when more codes"
                        + " would end than --most-lost lets; when a service would not be right with it."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Examples:",
                "  ./lgsp catalogues apply ethnic-group --preview 3f9a0c17e2d44b60 --reason \"decision 12/QĐ\"",
                "  ./lgsp catalogues apply ethnic-group --preview 3f9a0c17e2d44b60 --most-lost 60"
            })
    static final class Apply extends OfOneTable {
        private static final Duration PATIENCE = Duration.ofSeconds(60);

        @Option(names = "--preview", required = true, paramLabel = "DIGEST", description = "what compare has shown")
        private String shown = "";

        @Option(names = "--reason", description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Option(
                names = "--most-lost",
                paramLabel = "PERCENT",
                defaultValue = "20",
                description = "how many of a hundred codes may end (${DEFAULT-VALUE}); more is consent that you give")
        private int mostLost;

        @Mixin
        private OperatorOptions operator = new OperatorOptions();

        @Mixin
        private Language language = new Language();

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (mostLost < 0 || mostLost > 100) {
                throw new ParameterException(command.commandLine(), "--most-lost is 0 to 100");
            }
            BusSettings settings = settings();
            ManagementClient management = operator.open(command, home.configuration());
            management.get("/deployments?limit=1"); // who is not let in shall not have changed a file
            CodeTableFiles.Known known = known(settings);
            Preview preview = preview(known);
            refuse(preview);
            if (preview.changes().isEmpty()) {
                tell(known, preview, false, List.of());
                return ExitCode.DONE;
            }
            String text = TableText.of(known.told(), known.text(), known.table(), preview, operator.user());
            List<Finding> findings = check(settings, known, text);
            if (!findings.isEmpty()) {
                if (output.isJson()) {
                    Map<String, Object> document = document(preview);
                    document.put("applied", false);
                    document.put("findings", Findings.json(language.locale(), findings));
                    output.json(document);
                } else {
                    Findings.say(output, language.locale(), findings);
                    output.say("With this table they would be refused: nothing was changed.");
                }
                return ExitCode.NOT_DONE;
            }
            List<Unit> users = takeOver(settings, management, known, text, preview);
            tell(known, preview, true, users);
            return ExitCode.DONE;
        }

        private void refuse(Preview preview) {
            if (!preview.digest().equals(shown)) {
                throw new IllegalArgumentException("what " + shown
                        + " has shown is no longer so: the catalogue, the file or the day is another one. Nothing was changed; look"
                        + " again with ./lgsp catalogues compare " + preview.table());
            }
            if (!preview.conflicts().isEmpty()) {
                throw new IllegalArgumentException("the catalogue has codes that the file says are the city's own: "
                        + String.join(", ", preview.conflicts())
                        + ". Nothing was changed; take their local out, or the codes");
            }
            if (preview.lostPercent() > mostLost) {
                throw new IllegalArgumentException(
                        preview.lostPercent() + " of a hundred codes that count would end, and "
                                + mostLost + " may: is the catalogue whole? Nothing was changed; --most-lost "
                                + preview.lostPercent() + " is your consent");
            }
        }

        private List<Finding> check(BusSettings settings, CodeTableFiles.Known known, String text) throws IOException {
            try (Progress progress = output.progress("checking the services that use it")) {
                return new CodeTableFiles(settings.home()).inCopy(known, text, copy -> {
                    Configuration configuration = home.configurationAt(copy);
                    return HomeCheck.of(
                                    BusSettings.from(configuration),
                                    configuration,
                                    file -> file.equals(known.told()),
                                    progress)
                            .findings();
                });
            }
        }

        /** Into force in all services that use it, or in none. */
        private List<Unit> takeOver(
                BusSettings settings,
                ManagementClient management,
                CodeTableFiles.Known known,
                String text,
                Preview preview)
                throws IOException, InterruptedException {
            if (!Files.readString(known.path()).equals(known.text())) {
                throw new IllegalArgumentException(
                        "somebody has just changed " + known.told() + ": look again with ./lgsp catalogues compare");
            }
            CodeTableFiles.write(known.path(), text);
            List<Unit> users = known.users(settings.home());
            String why = "catalogues apply " + preview.table() + " " + preview.digest()
                    + (reason.isBlank() ? "" : ": " + reason.strip());
            Map<String, String> wanted = new LinkedHashMap<>();
            users.forEach(unit -> wanted.put(unit.card().key().toString(), unit.digest()));
            try (Progress progress = output.progress("waiting for the bus")) {
                new TakeOver(management, known, wanted, PATIENCE).intoForce(why);
            }
            return users;
        }

        private void tell(CodeTableFiles.Known known, Preview preview, boolean applied, List<Unit> users) {
            if (output.isJson()) {
                Map<String, Object> document = document(preview);
                document.put("applied", applied);
                document.put("file", known.told());
                document.put(
                        "services",
                        users.stream()
                                .map(unit -> Map.of("service", unit.card().key().toString(), "unit", unit.digest()))
                                .toList());
                output.json(document);
                return;
            }
            say(known, preview);
            if (applied) {
                output.say("%s is written%s"
                        .formatted(
                                known.told(),
                                users.isEmpty()
                                        ? ". No service uses it."
                                        : "; in force: "
                                                + String.join(
                                                        ", ",
                                                        users.stream()
                                                                .map(unit -> unit.card()
                                                                                .key() + " "
                                                                        + UnitKey.brief(unit.digest()))
                                                                .toList())));
            }
        }
    }
}
