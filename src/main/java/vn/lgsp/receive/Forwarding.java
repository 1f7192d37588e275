package vn.lgsp.receive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address that a request was sent to before proxies took it, as they tell it in {@code Forwarded} (RFC 7239), or else in
 * {@code X-Forwarded-…}. Each proxy adds what it saw at the end; so an entry counts when all that come after it are of proxies that are
 * trusted, and the first of those that count is the one of the outermost proxy.
 */
final class Forwarding {
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");
    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]{1,64}){0,8}");
    private static final Pattern PAIR =
            Pattern.compile("\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(\"(?:[^\"\\\\]++|\\\\.)*+\"|[^\\s\",;]*)\\s*([;,]|$)");

    private final TrustedProxies trusted;

    Forwarding(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    /** Whether this header is the word of a proxy. */
    static boolean isOfAProxy(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.equals("forwarded") || name.startsWith("x-forwarded-");
    }

    /** Whether this is a host, with a port or without. */
    static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    /**
     * Scheme, host, port and path below which the outermost trusted proxy offers the bus; empty where none says it, or says what is no
     * host.
     *
     * @param headers of a request that came from a trusted proxy
     * @param scheme where none is told
     */
    Optional<String> address(Iterable<Map.Entry<String, String>> headers, String scheme) {
        Map<String, String> told = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : headers) {
            if (isOfAProxy(header.getKey())) {
                told.merge(header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (a, b) -> a + "," + b);
            }
        }
        Map<String, String> outermost =
                told.containsKey("forwarded") ? standard(told.getOrDefault("forwarded", "")) : customary(told);
        String host = outermost.getOrDefault("host", "");
        String proto = outermost.getOrDefault("proto", scheme).toLowerCase(Locale.ROOT);
        String prefix = last(told.getOrDefault("x-forwarded-prefix", "")).replaceFirst("/+$", "");
        if (!isHost(host) || !proto.matches("https?") || !PREFIX.matcher(prefix).matches()) {
            return Optional.empty();
        }
        String port = outermost.getOrDefault("port", "");
        boolean named = host.matches(".*:[0-9]+") || !port.matches("[0-9]{1,5}");
        String usual = proto.equals("https") ? "443" : "80";
        return Optional.of(proto + "://" + host + (named || port.equals(usual) ? "" : ":" + port) + prefix);
    }

    private Map<String, String> standard(String forwarded) {
        List<Map<String, String>> entries = new ArrayList<>();
        Map<String, String> entry = new LinkedHashMap<>();
        Matcher pair = PAIR.matcher(forwarded);
        int end = 0;
        while (end < forwarded.length() && pair.find() && pair.start() == end) {
            String value = pair.group(2);
            entry.put(
                    pair.group(1).toLowerCase(Locale.ROOT),
                    value.startsWith("\"")
                            ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
                            : value);
            end = pair.end();
            if (!pair.group(3).equals(";")) {
                entries.add(entry);
                entry = new LinkedHashMap<>();
            }
        }
        if (end < forwarded.length() || entries.isEmpty()) {
            return Map.of(); // who writes this cannot be understood
        }
        int outermost = entries.size() - 1;
        while (outermost > 0 && trusted.hold(address(entries.get(outermost).getOrDefault("for", "")))) {
            outermost--;
        }
        return entries.get(outermost);
    }

    /** Without port and brackets. */
    private static String address(String node) {
        return node.startsWith("[")
                ? node.replaceFirst("^\\[([^]]*)].*$", "$1")
                : node.chars().filter(c -> c == ':').count() == 1 ? node.replaceFirst(":.*", "") : node;
    }

    private Map<String, String> customary(Map<String, String> told) {
        List<String> nodes = list(told.getOrDefault("x-forwarded-for", ""));
        int outermost = nodes.size() - 1;
        while (outermost > 0 && trusted.hold(address(nodes.get(outermost)))) {
            outermost--;
        }
        Map<String, String> entry = new LinkedHashMap<>();
        for (String name : List.of("host", "proto", "port")) {
            List<String> values = list(told.getOrDefault("x-forwarded-" + name, ""));
            if (!values.isEmpty()) {
                // A proxy that replaces what it was told leaves one; proxies that add to it leave one each.
                entry.put(name, values.get(values.size() == nodes.size() ? outermost : values.size() - 1));
            }
        }
        return entry;
    }

    private static String last(String values) {
        List<String> all = list(values);
        return all.isEmpty() ? "" : all.get(all.size() - 1);
    }

    private static List<String> list(String values) {
        return values.isBlank() ? List.of() : List.of(values.strip().split("\\s*,\\s*", -1));
    }
}
