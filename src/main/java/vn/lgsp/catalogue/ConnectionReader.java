package vn.lgsp.catalogue;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;

/**
 * Reads how a system is reached. A host name must say which addresses it may have, so that no answer of a name server can
 * lead the bus elsewhere (BUS-20).
 */
final class ConnectionReader {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z0-9.-]+)(?::([^}]*))?}");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern PREFIX = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern PERCENT = Pattern.compile("([1-9][0-9]?|100) ?%");
    private static final Pattern TOKEN_PATH = Pattern.compile("(/[A-Za-z0-9._~-]{1,128}){1,16}");
    private static final String[] SESSION = {"scheme", "user", "secret", "loginPath", "life", "expired", "plain"};
    private static final List<String> LOCALHOST = List.of("127.0.0.1", "::1");

    /** Before the id of a system: the setting that says where it is, over what is registered. */
    static final String ADDRESS_SETTING = "lgsp.deliver.address.";

    /** Before the id of a system: the IP addresses that a host name in the setting may have. */
    static final String ADDRESSES_SETTING = "lgsp.deliver.addresses.";

    private final boolean sample;
    private final Function<String, Optional<String>> properties;
    private final Function<String, Optional<String>> environment;
    private final UnaryOperator<String> files;
    private final WsSecurityReader security;

    /**
     * @param files the secret in a file of this name
     * @param opensFiles whether keys and certificates are read too
     */
    ConnectionReader(
            boolean sample,
            Function<String, Optional<String>> properties,
            Function<String, Optional<String>> environment,
            UnaryOperator<String> files,
            boolean opensFiles) {
        this.sample = sample;
        this.properties = properties;
        this.environment = environment;
        this.files = files;
        this.security = new WsSecurityReader(this::secret, opensFiles);
    }

    /** Reads what else holds secrets, by the same rules. */
    WsSecurityReader security() {
        return security;
    }

    /**
     * How this system is reached.
     *
     * @param platform code of the platform, which stands where a partner wants one and none is written
     */
    Connection read(Section written, SystemId system, Optional<String> platform) {
        URI registered = written.value("address", text -> address(filled(text)));
        Optional<URI> chosen = chosen(written, system);
        URI address = chosen.orElse(registered);
        Optional<OutboundCredential> credential = credential(written);
        Optional<LgspAccess> lgspAccess = written.section(
                        "lgspAccessToken", "accessKey", "secretKey", "appName", "partnerCode", "partnerCodeCus")
                .map(access -> lgspAccess(access, platform));
        List<OutboundHeader> headers = headers(written);
        if (credential
                        .filter(shown -> shown instanceof OutboundCredential.OAuth2
                                || shown instanceof OutboundCredential.DocumentAxisRest
                                || (shown instanceof OutboundCredential.Session && !isPlain(written)))
                        .isPresent()
                || lgspAccess.isPresent()
                || headers.stream().anyMatch(OutboundHeader::secret)) {
            requireSecrecy(written, address);
        }
        if (lgspAccess.isEmpty()
                && credential.orElse(null) instanceof OutboundCredential.OAuth2 token
                && token.style() == OutboundCredential.TokenStyle.LGSPACCESSTOKEN) {
            throw written.missing("lgspAccessToken");
        }
        return new Connection(
                address,
                chosen.isPresent()
                        ? chosenAddresses(written, system, host(address))
                        : addresses(written, host(address)),
                written.quantity(
                        "connectTimeout",
                        Quantity.duration(Duration.ofMillis(100), Duration.ofSeconds(30)),
                        Connection.DEFAULT_CONNECT_TIMEOUT),
                written.quantity(
                        "answerTimeout",
                        Quantity.duration(Duration.ofMillis(100), Duration.ofSeconds(120)),
                        Connection.DEFAULT_ANSWER_TIMEOUT),
                written.quantity(
                        "idleTimeout",
                        Quantity.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                        Connection.DEFAULT_IDLE_TIMEOUT),
                written.optionalNumber("waitingCalls", 1, 100_000).orElse(Connection.DEFAULT_WAITING_CALLS),
                credential,
                breakerOf(written),
                retryOf(written),
                written.section("security", WsSecurityReader.OF_CONNECTION).map(security::ofConnection),
                lgspAccess,
                headers,
                written.optionalNumber("deliveryRate", 1, 10_000),
                written.flag("gzip", false));
    }

    /** Where a setting says that the system is; it may lead out of this machine, which the sample city's own addresses may not. */
    private Optional<URI> chosen(Section written, SystemId system) {
        return properties.apply(ADDRESS_SETTING + system).map(text -> {
            try {
                return new ConnectionReader(false, properties, environment, files, false).address(text);
            } catch (Invalid wrong) {
                throw new IllegalArgumentException(
                        "the setting " + ADDRESS_SETTING + system
                                + " is no address: write http:// or https://, host, port and path, without user and query",
                        wrong);
            }
        });
    }

    /** The registered ones are those of another place. */
    private List<String> chosenAddresses(Section written, SystemId system, String host) {
        written.list("addresses", this::allowed);
        if (isAddress(host)) {
            return List.of(host);
        }
        if (host.equals("localhost")) {
            return LOCALHOST;
        }
        List<String> given = properties
                .apply(ADDRESSES_SETTING + system)
                .map(text -> List.of(text.strip().split("\\s*,\\s*")))
                .orElse(List.of());
        ConnectionReader anywhere = new ConnectionReader(false, properties, environment, files, false);
        try {
            given.forEach(anywhere::allowed);
        } catch (Invalid wrong) {
            throw new IllegalArgumentException(
                    "the setting " + ADDRESSES_SETTING + system
                            + " is no list of IP addresses: 203.0.113.7,10.1.0.0/16",
                    wrong);
        }
        if (given.isEmpty()) {
            throw new IllegalArgumentException("the setting " + ADDRESS_SETTING + system
                    + " names a host: write the IP addresses that it may have in " + ADDRESSES_SETTING + system);
        }
        return given;
    }

    /** What opens a door goes through no wire that others read. */
    private void requireSecrecy(Section written, URI address) {
        String host = host(address);
        boolean here = isAddress(host) ? isLoopback(host) : host.equals("localhost");
        if (!here && !"https".equals(address.getScheme())) {
            throw written.refusal(Rule.ADDRESS_PLAIN, written.line("address"));
        }
    }

    private LgspAccess lgspAccess(Section written, Optional<String> platform) {
        String code = written.optionalText("partnerCode")
                .or(() -> platform)
                .orElseThrow(() -> written.missing("partnerCode"));
        return new LgspAccess(
                written.text("accessKey"),
                written.secret("secretKey", this::secret),
                written.text("appName"),
                code,
                written.optionalText("partnerCodeCus").orElse(code));
    }

    private List<OutboundHeader> headers(Section written) {
        List<OutboundHeader> headers = new ArrayList<>();
        Section.each(
                        written.sections("headers", "name", "value"),
                        header -> new OutboundHeader(
                                header.value("name", OutboundHeader::name),
                                header.secret("value", OutboundHeader::text),
                                false))
                .forEach(headers::add);
        Section.each(written.sections("secretHeaders", "name", "user", "secret"), header -> {
                    String name = header.value("name", OutboundHeader::name);
                    String secret = header.secret("secret", this::secret);
                    return new OutboundHeader(
                            name,
                            header.optionalText("user")
                                    .map(user -> Base64.getEncoder()
                                            .encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8)))
                                    .orElseGet(() -> header.secret("secret", text -> OutboundHeader.text(secret))),
                            true);
                })
                .forEach(headers::add);
        return List.copyOf(headers);
    }

    /** Of a connection, or of a queue. */
    static Connection.Breaker breakerOf(Section written) {
        return written.section("breaker", "failures", "of", "open", "trials")
                .map(ConnectionReader::breaker)
                .orElse(Connection.Breaker.DEFAULT);
    }

    /** Of a connection, or of a queue. */
    static Connection.Retry retryOf(Section written) {
        return written.section("retry", "attempts", "wait", "honoursIdempotencyKey")
                .map(ConnectionReader::retry)
                .orElse(Connection.Retry.NONE);
    }

    private static Connection.Breaker breaker(Section written) {
        Connection.Breaker otherwise = Connection.Breaker.DEFAULT;
        return new Connection.Breaker(
                written.quantity("failures", ConnectionReader::percent, otherwise.failures()),
                written.optionalNumber("of", 0, 1_000).orElse(otherwise.of()),
                written.quantity(
                        "open", Quantity.duration(Duration.ofMillis(100), Duration.ofMinutes(10)), otherwise.open()),
                written.optionalNumber("trials", 1, 100).orElse(otherwise.trials()));
    }

    private static Connection.Retry retry(Section written) {
        return new Connection.Retry(
                written.optionalNumber("attempts", 1, 5).orElse(Connection.Retry.NONE.attempts()),
                written.quantity(
                        "wait",
                        Quantity.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
                        Connection.Retry.NONE.pause()),
                written.flag("honoursIdempotencyKey", false));
    }

    private static Integer percent(String text) {
        Matcher matcher = PERCENT.matcher(text);
        if (!matcher.matches()) {
            throw new Invalid(Rule.VALUE_PERCENT, Section.brief(text));
        }
        return Integer.valueOf(matcher.group(1));
    }

    private String filled(String text) {
        String filled = PLACEHOLDER.matcher(text).replaceAll(found -> {
            String name = found.group(1);
            Optional<String> otherwise = Optional.ofNullable(found.group(2));
            return Matcher.quoteReplacement(properties
                    .apply(name)
                    .or(() -> otherwise)
                    .orElseThrow(() -> new Invalid(Rule.PLACEHOLDER_UNSET, name)));
        });
        if (filled.contains("${")) {
            throw new Invalid(Rule.PLACEHOLDER_FORM);
        }
        return filled;
    }

    private URI address(String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException wrong) {
            // Neither the text nor the cause is passed on: the text may hold a password.
            throw new Invalid(Rule.ADDRESS_FORM);
        }
        String scheme = address.getScheme();
        if (scheme == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new Invalid(Rule.ADDRESS_SCHEME);
        }
        if (address.getRawUserInfo() != null) {
            throw new Invalid(Rule.ADDRESS_USER);
        }
        if (address.getHost() == null || address.getPort() == 0 || address.getPort() > 65_535) {
            throw new Invalid(Rule.ADDRESS_HOST);
        }
        if (address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new Invalid(Rule.ADDRESS_TAIL);
        }
        String host = host(address);
        if (sample && !(isAddress(host) ? isLoopback(host) : host.equals("localhost"))) {
            throw new Invalid(Rule.ADDRESS_LOOPBACK, host);
        }
        return address;
    }

    private List<String> addresses(Section written, String host) {
        List<String> given = written.list("addresses", this::allowed);
        if (isAddress(host)) {
            if (!given.isEmpty()) {
                throw written.refusal(Rule.ADDRESSES_USELESS, written.line("addresses"));
            }
            return List.of(host);
        }
        if (given.isEmpty()) {
            if (!host.equals("localhost")) {
                throw written.refusal(Rule.ADDRESSES_MISSING, written.line("address"), host);
            }
            return LOCALHOST;
        }
        return given;
    }

    /** An IP address, or a block of them as address/prefix. */
    private String allowed(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String prefix = slash < 0 ? "1" : text.substring(slash + 1);
        boolean valid = isAddress(address)
                && PREFIX.matcher(prefix).matches()
                && Integer.parseInt(prefix) <= (address.contains(":") ? 128 : 32);
        if (!valid) {
            throw new Invalid(Rule.VALUE_IP, Section.brief(text));
        }
        if (sample && (slash >= 0 || !isLoopback(address))) {
            throw new Invalid(Rule.IP_LOOPBACK, text);
        }
        return text;
    }

    private Optional<OutboundCredential> credential(Section written) {
        return written.section(
                        "credential",
                        "scheme",
                        "user",
                        "secret",
                        "timestamp",
                        "signedAddress",
                        "style",
                        "tokenPath",
                        "tokenSystem",
                        "loginPath",
                        "life",
                        "expired",
                        "plain",
                        "login")
                .map(this::byScheme);
    }

    private OutboundCredential byScheme(Section written) {
        return switch (written.choice("scheme", OutboundCredential.Scheme.class)) {
            case OAUTH2 ->
                oauth2(written.only("scheme", "user", "secret", "style", "tokenPath", "tokenSystem", "timestamp"));
            case HASHED_BASIC -> hashedBasic(written.only("scheme", "user", "secret", "timestamp", "signedAddress"));
            case DOCUMENT_AXIS -> {
                Section axis = written.only("scheme", "user", "secret");
                yield new OutboundCredential.DocumentAxis(axis.text("user"), axis.secret("secret", this::secret));
            }
            case DOCUMENT_AXIS_REST -> {
                Section axis = written.only("scheme", "user", "secret", "login");
                yield new OutboundCredential.DocumentAxisRest(
                        axis.text("user"),
                        axis.secret("secret", this::secret),
                        axis.section("login", "user", "secret", "application", "life")
                                .map(this::login));
            }
            case SESSION -> session(written.only(SESSION));
        };
    }

    private OutboundCredential.Login login(Section written) {
        return new OutboundCredential.Login(
                written.text("user"),
                written.secret("secret", this::secret),
                written.optionalText("application").orElse(""),
                written.quantity(
                        "life",
                        Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                        Duration.ofMinutes(30)));
    }

    private OutboundCredential session(Section written) {
        written.flag("plain", false);
        return new OutboundCredential.Session(
                written.text("user"),
                written.secret("secret", this::secret),
                written.optional("loginPath", ConnectionReader::tokenPath).orElse("/mapi/login"),
                written.quantity(
                        "life", Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(24)), Duration.ofHours(1)),
                written.list("expired", text -> text));
    }

    /** The adapter of the public service portal speaks http inside of the city's own network (wire-formats 7.8): only who says so does. */
    private static boolean isPlain(Section written) {
        return written.section("credential", SESSION)
                .map(session -> session.flag("plain", false))
                .orElse(false);
    }

    private OutboundCredential hashedBasic(Section written) {
        return new OutboundCredential.HashedBasic(
                written.text("user"),
                written.secret("secret", this::secret),
                written.choice(
                        "timestamp", OutboundCredential.TimestampUnit.class, OutboundCredential.TimestampUnit.MILLIS),
                written.optional("signedAddress", text -> address(filled(text))));
    }

    private OutboundCredential oauth2(Section written) {
        return new OutboundCredential.OAuth2(
                written.choice("style", OutboundCredential.TokenStyle.class, OutboundCredential.TokenStyle.BASIC_FORM),
                written.text("user"),
                written.secret("secret", this::secret),
                written.optional("tokenPath", ConnectionReader::tokenPath).orElse("/token"),
                written.optional("tokenSystem", SystemId::new),
                written.has("timestamp")
                        ? Optional.of(written.choice("timestamp", OutboundCredential.TimestampUnit.class))
                        : Optional.empty());
    }

    private static String tokenPath(String text) {
        if (!TOKEN_PATH.matcher(text).matches() || text.contains("/..")) {
            throw new Invalid(Rule.VALUE_TOKEN_PATH, Section.brief(text));
        }
        return text;
    }

    String secret(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "" : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        String secret =
                switch (kind) {
                    case "env" -> environment.apply(rest).orElseThrow(() -> new Invalid(Rule.SECRET_UNSET));
                    case "file" -> files.apply(rest);
                    case "sample" -> {
                        if (!sample) {
                            throw new Invalid(Rule.SECRET_SAMPLE);
                        }
                        yield rest;
                    }
                    default -> throw new Invalid(Rule.SECRET_LITERAL);
                };
        if (secret.isBlank()) {
            throw new Invalid(Rule.SECRET_EMPTY);
        }
        return secret;
    }

    static String fromFile(String path) {
        try {
            return SourceFile.text(path, Path.of(path)).strip();
        } catch (IllegalArgumentException unreadable) {
            throw new Invalid(Rule.SECRET_FILE);
        }
    }

    private static String host(URI address) {
        String host = address.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Never asks a name server: only digits and dots, or what has a colon, reaches the JDK's parser. */
    private static boolean isAddress(String host) {
        return IPV4.matcher(host).matches()
                || (IPV6.matcher(host).matches() && parsed(host).isPresent());
    }

    static boolean isLoopback(String address) {
        return parsed(address).map(InetAddress::isLoopbackAddress).orElse(false);
    }

    private static Optional<InetAddress> parsed(String address) {
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException wrong) {
            return Optional.empty();
        }
    }
}
