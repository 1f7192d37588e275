package vn.lgsp.hub;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The hash of a REST request as a security server computes it. */
final class RequestHash {
    private static final Set<String> NOT_HASHED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "user-agent",
            "server",
            "content-length",
            "expect");

    private RequestHash() {}

    /**
     * @param path with query
     * @param headers as they came, with {@code x-road-request-id} behind them
     */
    static String of(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
        String head = method + "\r\n" + path + "\r\n"
                + headers.stream()
                        .filter(header -> !NOT_HASHED.contains(header.getKey().toLowerCase(Locale.ROOT)))
                        .map(header -> header.getKey().toLowerCase(Locale.ROOT) + ":" + header.getValue() + "\r\n")
                        .collect(Collectors.joining());
        byte[] first = Digests.digest("SHA-512", head.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder()
                .encodeToString(
                        body.length == 0 ? first : Digests.digest("SHA-512", first, Digests.digest("SHA-512", body)));
    }
}
