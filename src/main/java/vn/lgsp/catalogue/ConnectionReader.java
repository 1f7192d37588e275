package vn.lgsp.catalogue;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
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
    private static final List<String> LOCALHOST = List.of("127.0.0.1", "::1");

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

    Connection read(Section written) {
        URI address = written.value("address", text -> address(filled(text)));
        return new Connection(
                address,
                addresses(written, host(address)),
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
                written.section("credential", "scheme", "user", "secret").map(this::credential),
                written.section("breaker", "failures", "of", "open", "trials")
                        .map(ConnectionReader::breaker)
                        .orElse(Connection.Breaker.DEFAULT),
                written.section("retry", "attempts", "wait")
                        .map(ConnectionReader::retry)
                        .orElse(Connection.Retry.NONE),
                written.section("security", WsSecurityReader.OF_CONNECTION).map(security::ofConnection));
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
                        Connection.Retry.NONE.pause()));
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

    private OutboundCredential credential(Section written) {
        return new OutboundCredential(
                written.choice("scheme", OutboundCredential.Scheme.class),
                written.text("user"),
                written.secret("secret", this::secret));
    }

    private String secret(String text) {
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

    private static boolean isLoopback(String address) {
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
