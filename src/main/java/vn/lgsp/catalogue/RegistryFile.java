package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Reads the registry: agencies, systems, accounts, grants and operators, in one YAML document.
 *
 * <p>Every mistake is an {@link IllegalArgumentException} that names file, line, what is wrong and what to do; it never shows
 * a secret, nor what stands where a hash should stand.
 *
 * @see "ORG-01, BUS-16, BUS-20"
 */
public final class RegistryFile {
    private static final Pattern USER = Pattern.compile("[a-z][a-z0-9.-]{0,63}");
    private static final Pattern KEY_HASH = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final Pattern PASSWORD_HASH =
            Pattern.compile("pbkdf2-sha256:([0-9]{6,8}):([0-9a-f]{2}){16,64}:[0-9a-f]{64}");
    private static final Pattern SERVICE = Pattern.compile("([^/]+)/v([1-9][0-9]{0,2})");
    private static final Pattern QUEUE = Pattern.compile("lgsp\\.[a-z][a-z0-9]{0,63}(-[a-z0-9]{1,63}){0,15}\\.in");
    private static final int LEAST_ITERATIONS = 210_000;

    private final Function<String, Optional<String>> properties;
    private final Function<String, Optional<String>> environment;

    /**
     * @param properties for {@code ${name:default}} in addresses
     * @param environment for {@code env:NAME} in secrets
     */
    public RegistryFile(Function<String, Optional<String>> properties, Function<String, Optional<String>> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    public Registry read(Path path) {
        return read(path.toString(), YamlFile.text(path));
    }

    /**
     * The registry in this text.
     *
     * @param file as it shall appear in refusals
     */
    public Registry read(String file, String text) {
        YamlSection document =
                YamlFile.read(file, text, List.of("sample", "agencies", "systems", "accounts", "grants", "operators"));
        boolean sample = document.flag("sample", false);
        ConnectionReader connections = new ConnectionReader(sample, properties, environment);
        return new Registry(
                sample,
                once(
                        document.sections("agencies", "code", "name", "validFrom", "validTo"),
                        "code",
                        RegistryFile::agency,
                        Agency::code),
                once(
                        document.sections("systems", "id", "agency", "name", "connection", "queue"),
                        "id",
                        section -> system(section, connections),
                        InformationSystem::id),
                once(
                        document.sections("accounts", "id", "system", "keyHash", "expires"),
                        "id",
                        RegistryFile::account,
                        Account::id),
                once(
                        document.sections(
                                "grants", "id", "consumer", "service", "operations", "validFrom", "expires", "purpose"),
                        "id",
                        RegistryFile::grant,
                        Grant::id),
                once(
                        document.sections("operators", "user", "passwordHash"),
                        "user",
                        RegistryFile::operator,
                        Operator::user));
    }

    private static <T> List<T> once(
            List<YamlSection> written, String field, Function<YamlSection, T> make, Function<T, ?> key) {
        Set<Object> seen = new HashSet<>();
        return written.stream()
                .map(section -> {
                    T made = make.apply(section);
                    if (!seen.add(key.apply(made))) {
                        throw section.refusal(
                                section.line(field),
                                field + " '" + key.apply(made) + "' is written twice: keep one of them");
                    }
                    return made;
                })
                .toList();
    }

    private static Agency agency(YamlSection written) {
        Optional<LocalDate> first = written.optional("validFrom", RegistryFile::day);
        Optional<LocalDate> last = written.optional("validTo", RegistryFile::day);
        if (first.isPresent() && last.isPresent() && last.get().isBefore(first.get())) {
            throw written.refusal(
                    written.line("validTo"),
                    "field 'validTo' is before 'validFrom': write a later day, or take one out");
        }
        return new Agency(written.value("code", AgencyCode::new), written.text("name"), first, last);
    }

    private static InformationSystem system(YamlSection written, ConnectionReader connections) {
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
                                "credential")
                        .map(connections::read),
                written.section("queue", "name", "answerTimeout").map(RegistryFile::queue));
    }

    private static Queue queue(YamlSection written) {
        return new Queue(
                written.value("name", RegistryFile::queueName),
                written.quantity(
                        "answerTimeout",
                        Quantity.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                        Queue.DEFAULT_ANSWER_TIMEOUT));
    }

    private static String queueName(String text) {
        if (!QUEUE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + YamlSection.brief(text)
                    + "' is not valid: write lgsp.<name>.in, the name in kebab-case, such as lgsp.civil-archive.in");
        }
        return text;
    }

    private static Account account(YamlSection written) {
        return new Account(
                written.value("id", YamlSection::kebab),
                written.value("system", SystemId::new),
                written.secret("keyHash", RegistryFile::keyHash),
                written.optional("expires", RegistryFile::instant));
    }

    private static Grant grant(YamlSection written) {
        Optional<Instant> first = written.optional("validFrom", RegistryFile::instant);
        Optional<Instant> end = written.optional("expires", RegistryFile::instant);
        if (first.isPresent() && end.isPresent() && !first.get().isBefore(end.get())) {
            throw written.refusal(
                    written.line("expires"),
                    "field 'expires' is not after 'validFrom': write a later instant, or take one out");
        }
        return new Grant(
                written.value("id", YamlSection::kebab),
                written.value("consumer", SystemId::new),
                written.value("service", RegistryFile::service),
                Set.copyOf(written.list("operations", YamlSection::kebab)),
                first,
                end,
                written.text("purpose"));
    }

    private static Operator operator(YamlSection written) {
        return new Operator(
                written.value("user", RegistryFile::user), written.secret("passwordHash", RegistryFile::passwordHash));
    }

    private static String user(String text) {
        if (!USER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + YamlSection.brief(text)
                            + "' is not valid: write a letter, then letters a-z, digits, dots and hyphens, at most 64 characters");
        }
        return text;
    }

    private static String keyHash(String text) {
        Matcher matcher = KEY_HASH.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "is not a hash: write sha256: and the 64 lower-case hex digits of the key's SHA-256, never the key");
        }
        return matcher.group(1);
    }

    private static String passwordHash(String text) {
        Matcher matcher = PASSWORD_HASH.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < LEAST_ITERATIONS) {
            throw new IllegalArgumentException(
                    "is not a password hash: write pbkdf2-sha256:iterations:salt:hash with at"
                            + " least " + LEAST_ITERATIONS
                            + " iterations, a salt of 16 to 64 bytes and a hash of 32 bytes in lower-case hex, never the password");
        }
        return text;
    }

    private static ServiceKey service(String text) {
        Matcher matcher = SERVICE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + YamlSection.brief(text)
                    + "' is not valid: write service and version, such as land-parcel-lookup/v1");
        }
        return new ServiceKey(new ServiceId(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(
                    "'" + YamlSection.brief(text) + "' is not valid: write a day, such as 2026-03-01", wrong);
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(
                    "'" + YamlSection.brief(text)
                            + "' is not valid: write day, time and offset, such as 2026-03-01T00:00:00+07:00",
                    wrong);
        }
    }
}
