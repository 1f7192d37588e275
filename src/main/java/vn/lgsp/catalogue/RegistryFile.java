package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;

/**
 * Reads the registry: agencies, systems, accounts, grants and operators, in one YAML document.
 *
 * <p>Mistakes are {@link Refused}, each with file, line, what is wrong and what to do; none shows
 * a secret, nor what stands where a hash should stand.
 *
 * @see "ORG-01, BUS-16, BUS-20"
 */
public final class RegistryFile {
    /** What an entry of each list may hold. */
    private static final Map<String, String[]> ENTRIES = Map.of(
            "agencies", new String[] {"code", "name", "validFrom", "validTo"},
            "systems", new String[] {"id", "agency", "name", "connection", "queue", "organs"},
            "accounts", new String[] {"id", "system", "keyHash", "security", "expires", "axis", "onBehalfOf"},
            "grants", new String[] {"id", "consumer", "service", "operations", "validFrom", "expires", "purpose"},
            "operators", new String[] {"user", "passwordHash", "rights"});

    private static final Pattern USER = Pattern.compile("[a-z][a-z0-9.-]{0,63}");
    private static final Pattern KEY_HASH = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final Pattern PASSWORD_HASH =
            Pattern.compile("pbkdf2-sha256:([0-9]{6,8}):([0-9a-f]{2}){16,64}:[0-9a-f]{64}");
    private static final Pattern QUEUE = Pattern.compile("lgsp\\.[a-z][a-z0-9]{0,63}(-[a-z0-9]{1,63}){0,15}\\.in");
    private static final Pattern ORGAN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,34}");
    private static final Pattern AXIS_SYSTEM = Pattern.compile("[\\x21-\\x7E]{1,64}");
    /** None that proves somebody or is an id: what it holds is in the record. */
    private static final Pattern CLAIM_HEADER = Pattern.compile(
            "(?i)(?!x-api-key$|x-secretkey$|x-lgsp-|x-request-id$|x-authentication-token$)x-[a-z0-9-]{1,60}");

    private static final String NO_SECRET = "not-read";
    private static final int LEAST_ITERATIONS = 210_000;

    private final Function<String, Optional<String>> properties;
    private final Function<String, Optional<String>> environment;
    private final UnaryOperator<String> files;
    private final boolean opensFiles;

    /**
     * @param properties for {@code ${name:default}} in addresses
     * @param environment for {@code env:NAME} in secrets
     */
    public RegistryFile(Function<String, Optional<String>> properties, Function<String, Optional<String>> environment) {
        this(properties, environment, ConnectionReader::fromFile, true);
    }

    private RegistryFile(
            Function<String, Optional<String>> properties,
            Function<String, Optional<String>> environment,
            UnaryOperator<String> files,
            boolean opensFiles) {
        this.properties = properties;
        this.environment = environment;
        this.files = files;
        this.opensFiles = opensFiles;
    }

    /**
     * Reads everything but secrets, for a machine that only checks files and has none: in their place stands a word that opens
     * nothing.
     *
     * @param properties for {@code ${name:default}} in addresses
     */
    public static RegistryFile withoutSecrets(Function<String, Optional<String>> properties) {
        return new RegistryFile(properties, name -> Optional.of(NO_SECRET), file -> NO_SECRET, false);
    }

    public Registry read(Path path) {
        return read(path.toString(), path);
    }

    /** @param file as it shall appear in refusals */
    public Registry read(String file, Path path) {
        return read(file, SourceFile.text(file, path));
    }

    /**
     * The registry in this text.
     *
     * @param file as it shall appear in refusals
     */
    public Registry read(String file, String text) {
        Section document = SourceFile.read(
                file, text, List.of("sample", "platform", "agencies", "systems", "accounts", "grants", "operators"));
        boolean sample = document.flag("sample", false);
        ConnectionReader connections = new ConnectionReader(sample, properties, environment, files, opensFiles);
        Section.all(
                () -> agencies(document),
                () -> systems(document, connections),
                () -> accounts(document, connections),
                () -> grants(document),
                () -> operators(document));
        Registry registry = new Registry(
                sample,
                agencies(document),
                systems(document, connections),
                accounts(document, connections),
                grants(document),
                operators(document));
        contradictions(document, registry);
        return registry;
    }

    private static List<Agency> agencies(Section document) {
        return once(written(document, "agencies"), "code", RegistryFile::agency, Agency::code);
    }

    private static List<InformationSystem> systems(Section document, ConnectionReader connections) {
        Optional<String> platform = document.optional("platform", text -> new AgencyCode(text).value());
        return once(
                written(document, "systems"),
                "id",
                section -> system(section, connections, platform),
                InformationSystem::id);
    }

    private static List<Account> accounts(Section document, ConnectionReader connections) {
        return once(written(document, "accounts"), "id", section -> account(section, connections), Account::id);
    }

    private static List<Grant> grants(Section document) {
        return once(written(document, "grants"), "id", RegistryFile::grant, Grant::id);
    }

    private static List<Operator> operators(Section document) {
        return once(written(document, "operators"), "user", RegistryFile::operator, Operator::user);
    }

    private static List<Section> written(Section document, String list) {
        return document.sections(list, ENTRIES.getOrDefault(list, new String[0]));
    }

    /** Every name that is used is also registered, and nobody has what is another's (BUS-16, ORG-01). */
    private static void contradictions(Section document, Registry registry) {
        List<Finding> wrong = new ArrayList<>();
        Set<String> agencies = registry.agencies().stream()
                .map(agency -> agency.code().value())
                .collect(Collectors.toSet());
        Set<String> systems =
                registry.systems().stream().map(system -> system.id().value()).collect(Collectors.toSet());
        Map<String, String> queues = new HashMap<>();
        Map<String, String> keys = new HashMap<>();
        List<Section> entries = written(document, "systems");
        for (int i = 0; i < entries.size(); i++) {
            InformationSystem system = registry.systems().get(i);
            Section entry = entries.get(i);
            String agency = system.agency().value();
            String id = system.id().value();
            if (!agencies.contains(agency)) {
                wrong.add(entry.finding(Rule.REGISTRY_AGENCY_UNKNOWN, entry.line("agency"), id, agency)
                        .near(Nearest.of(agency, agencies)));
            }
            tokenSystem(system).ifPresent(giver -> {
                if (!systems.contains(giver)) {
                    wrong.add(entry.finding(
                                    Rule.REGISTRY_SYSTEM_UNKNOWN,
                                    entry.line("connection"),
                                    Finding.word("system"),
                                    id,
                                    giver)
                            .near(Nearest.of(giver, systems)));
                } else if (!isSecret(registry, giver)) {
                    wrong.add(entry.finding(Rule.ADDRESS_PLAIN, entry.line("connection")));
                }
            });
            system.queue().ifPresent(queue -> {
                String other = queues.putIfAbsent(queue.name(), id);
                if (other != null) {
                    wrong.add(entry.finding(Rule.REGISTRY_QUEUE_TWICE, entry.line("queue"), other, id, queue.name()));
                }
            });
        }
        entries = written(document, "accounts");
        for (int i = 0; i < entries.size(); i++) {
            Account account = registry.accounts().get(i);
            Section entry = entries.get(i);
            registered(
                    entry, "account", account.id(), "system", account.system().value(), systems, wrong);
            for (String credential : Snapshot.credentials(account)) {
                String other = keys.putIfAbsent(credential, account.id());
                if (other != null) {
                    int line = entry.line(
                            account.keyHash().filter(credential::equals).isPresent()
                                    ? "keyHash"
                                    : credential.startsWith(Snapshot.AXIS) ? "axis" : "security");
                    wrong.add(entry.finding(Rule.REGISTRY_KEY_TWICE, line, other, account.id()));
                }
            }
        }
        entries = written(document, "grants");
        for (int i = 0; i < entries.size(); i++) {
            Grant grant = registry.grants().get(i);
            registered(
                    entries.get(i),
                    "grant",
                    grant.id(),
                    "consumer",
                    grant.consumer().value(),
                    systems,
                    wrong);
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
    }

    /** Whether nobody can read what goes to this system. */
    private static boolean isSecret(Registry registry, String system) {
        return registry.systems().stream()
                .filter(found -> found.id().value().equals(system))
                .flatMap(found -> found.connection().stream())
                .allMatch(connection -> "https".equals(connection.address().getScheme())
                        || connection.addresses().stream().allMatch(ConnectionReader::isLoopback));
    }

    /** Who gives the tokens for calls to this system, where it is another one. */
    private static Optional<String> tokenSystem(InformationSystem system) {
        return system.connection()
                .flatMap(Connection::credential)
                .filter(OutboundCredential.OAuth2.class::isInstance)
                .flatMap(credential -> ((OutboundCredential.OAuth2) credential).tokenSystem())
                .map(SystemId::value);
    }

    private static void registered(
            Section entry,
            String kind,
            String id,
            String field,
            String system,
            Set<String> systems,
            List<Finding> wrong) {
        if (!systems.contains(system)) {
            wrong.add(entry.finding(Rule.REGISTRY_SYSTEM_UNKNOWN, entry.line(field), Finding.word(kind), id, system)
                    .near(Nearest.of(system, systems)));
        }
    }

    private static <T> List<T> once(
            List<Section> written, String field, Function<Section, T> make, Function<T, ?> key) {
        Set<Object> seen = new HashSet<>();
        return Section.each(written, section -> {
            T made = make.apply(section);
            if (!seen.add(key.apply(made))) {
                throw section.refusal(
                        Rule.REGISTRY_TWICE,
                        section.line(field),
                        field,
                        key.apply(made).toString());
            }
            return made;
        });
    }

    private static Agency agency(Section written) {
        Optional<LocalDate> first = written.optional("validFrom", RegistryFile::day);
        Optional<LocalDate> last = written.optional("validTo", RegistryFile::day);
        if (first.isPresent() && last.isPresent() && last.get().isBefore(first.get())) {
            throw written.refusal(Rule.AGENCY_VALIDITY, written.line("validTo"));
        }
        return new Agency(written.value("code", AgencyCode::new), written.text("name"), first, last);
    }

    private static InformationSystem system(Section written, ConnectionReader connections, Optional<String> platform) {
        return new InformationSystem(
                written.value("id", SystemId::new),
                written.value("agency", AgencyCode::new),
                written.text("name"),
                written.section(
                                "connection",
                                "address",
                                "addresses",
                                "connectTimeout",
                                "answerTimeout",
                                "idleTimeout",
                                "waitingCalls",
                                "credential",
                                "breaker",
                                "retry",
                                "security",
                                "lgspAccessToken",
                                "headers",
                                "secretHeaders",
                                "deliveryRate",
                                "gzip")
                        .map(found -> connections.read(found, written.value("id", SystemId::new), platform)),
                written.section("queue", "name", "answerTimeout", "topic", "breaker", "retry")
                        .map(RegistryFile::queue),
                written.list("organs", RegistryFile::organ));
    }

    private static String organ(String text) {
        if (!ORGAN.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_ORGAN, Section.brief(text));
        }
        return text.toUpperCase(Locale.ROOT);
    }

    private static AxisAccess axis(Section written, ConnectionReader connections) {
        return new AxisAccess(
                written.value("systemId", RegistryFile::axisSystem),
                written.secret("secret", connections::secret),
                written.quantity(
                        "clockSkew",
                        Quantity.duration(Duration.ZERO, Duration.ofHours(24)),
                        AxisAccess.DEFAULT_CLOCK_SKEW),
                written.section("login", "user", "secret", "application", "life", "required")
                        .map(login -> axisLogin(login, connections)));
    }

    private static AxisAccess.Login axisLogin(Section written, ConnectionReader connections) {
        return new AxisAccess.Login(
                written.text("user"),
                written.secret("secret", connections::secret),
                written.optionalText("application"),
                written.quantity(
                        "life",
                        Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                        AxisAccess.Login.DEFAULT_LIFE),
                written.flag("required", false));
    }

    private static String axisSystem(String text) {
        if (!AXIS_SYSTEM.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_AXIS_SYSTEM, Section.brief(text));
        }
        return text;
    }

    private static Queue queue(Section written) {
        return new Queue(
                written.value("name", RegistryFile::queueName),
                written.quantity(
                        "answerTimeout",
                        Quantity.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                        Queue.DEFAULT_ANSWER_TIMEOUT),
                written.flag("topic", false),
                ConnectionReader.breakerOf(written),
                ConnectionReader.retryOf(written));
    }

    private static String queueName(String text) {
        if (!QUEUE.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_QUEUE, Section.brief(text));
        }
        return text;
    }

    private static Account account(Section written, ConnectionReader connections) {
        Account account = new Account(
                written.value("id", Section::kebab),
                written.value("system", SystemId::new),
                written.has("keyHash")
                        ? Optional.of(written.secret("keyHash", RegistryFile::keyHash))
                        : Optional.empty(),
                written.section("security", WsSecurityReader.OF_ACCOUNT).map(connections.security()::ofAccount),
                written.optional("expires", RegistryFile::instant),
                written.section("axis", "systemId", "secret", "clockSkew", "login")
                        .map(axis -> axis(axis, connections)),
                written.optional("onBehalfOf", RegistryFile::claimHeader));
        if (account.keyHash().isEmpty()
                && account.security().isEmpty()
                && account.axis().isEmpty()) {
            throw written.refusal(Rule.ACCOUNT_CREDENTIAL_MISSING, written.line());
        }
        return account;
    }

    private static String claimHeader(String text) {
        if (!CLAIM_HEADER.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_HEADER_CLAIM, Section.brief(text));
        }
        return text;
    }

    private static Grant grant(Section written) {
        Optional<Instant> first = written.optional("validFrom", RegistryFile::instant);
        Optional<Instant> end = written.optional("expires", RegistryFile::instant);
        if (first.isPresent() && end.isPresent() && !first.get().isBefore(end.get())) {
            throw written.refusal(Rule.GRANT_VALIDITY, written.line("expires"));
        }
        return new Grant(
                written.value("id", Section::kebab),
                written.value("consumer", SystemId::new),
                written.value("service", ServiceKey::of),
                Set.copyOf(written.list("operations", Section::kebab)),
                first,
                end,
                written.text("purpose"));
    }

    private static Operator operator(Section written) {
        return new Operator(
                written.value("user", RegistryFile::user),
                written.secret("passwordHash", RegistryFile::passwordHash),
                Set.copyOf(written.list("rights", RegistryFile::right)));
    }

    private static Operator.Right right(String text) {
        List<Operator.Right> rights = List.of(Operator.Right.values());
        List<String> labels = rights.stream().map(Operator.Right::label).toList();
        return rights.get(labels.indexOf(Section.choice(text, labels)));
    }

    private static String user(String text) {
        if (!USER.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_USER, Section.brief(text));
        }
        return text;
    }

    private static String keyHash(String text) {
        Matcher matcher = KEY_HASH.matcher(text);
        if (!matcher.matches()) {
            throw new Invalid(Rule.KEY_HASH);
        }
        return matcher.group(1);
    }

    private static String passwordHash(String text) {
        Matcher matcher = PASSWORD_HASH.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < LEAST_ITERATIONS) {
            throw new Invalid(Rule.PASSWORD_HASH, String.valueOf(LEAST_ITERATIONS));
        }
        return text;
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new Invalid(Rule.VALUE_DAY, Section.brief(text));
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException wrong) {
            throw new Invalid(Rule.VALUE_INSTANT, Section.brief(text));
        }
    }
}
