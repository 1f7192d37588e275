package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of a call in the header-signed protocol. */
final class AxisSignature {
    static final String PREFIX = "xroadvnpt-";

    private static final Pattern TIMESTAMP = Pattern.compile("([0-9]{8}T[0-9]{6})\\+([0-9]{4})");
    private static final DateTimeFormatter DAY_FIRST =
            DateTimeFormatter.ofPattern("ddMMuuuu'T'HHmmss").withResolverStyle(ResolverStyle.STRICT);
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    /**
     * What came of the checks.
     *
     * @param wrong blank when the call is signed
     * @param signed the parameters that are, by their names in lower case without prefix
     */
    record Verdict(String wrong, Map<String, String> signed) {
        boolean isRight() {
            return wrong.isEmpty();
        }

        String value(String name) {
            return signed.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private AxisSignature() {}

    /** Of the headers as they were received, whose bytes stand one in a character. */
    static Verdict verdict(MultiMap headers, String secret) {
        String text = one(headers, "sign-header");
        if (text.isEmpty()) {
            return wrong("there is no XroadVnpt-sign-header");
        }
        byte[] received = text.getBytes(StandardCharsets.ISO_8859_1);
        if (!Digests.same(Digests.hmacSha256(secret, received), one(headers, "hash-header"))) {
            return wrong("hash-header is not the HMAC of sign-header");
        }
        Optional<ObjectNode> json = Json.object(received);
        if (json.isEmpty()) {
            return wrong("sign-header is no JSON object");
        }
        Map<String, String> signed = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.get().properties()) {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!name.startsWith(PREFIX) || !entry.getValue().isTextual()) {
                return wrong("sign-header names something that is no header of the axis");
            }
            String plain = name.substring(PREFIX.length());
            if (!Call.utf8(one(headers, plain)).equals(entry.getValue().asText().strip())) {
                return wrong("the header " + plain + " is not what was signed");
            }
            signed.put(plain, entry.getValue().asText());
        }
        List<String> keys = Arrays.asList(
                one(headers, "sign-header-key").toLowerCase(Locale.ROOT).split(";", -1));
        if (keys.size() != signed.size() || !new HashSet<>(keys).equals(signed.keySet())) {
            return wrong("sign-header-key does not name what was signed");
        }
        if (!signed.containsKey("systemid") || !signed.containsKey("timestamp")) {
            return wrong("systemid and timestamp are not signed");
        }
        return new Verdict("", Map.copyOf(signed));
    }

    /**
     * Whether a timestamp {@code ddMMyyyy'T'HHmmss+SSSS} is near enough; what follows the plus are milliseconds.
     *
     * @param window {@code off}, or seconds
     */
    static boolean isNow(String timestamp, String window, Instant now) {
        Matcher form = TIMESTAMP.matcher(timestamp);
        if (!form.matches()) {
            return false;
        }
        try {
            Instant at = LocalDateTime.parse(form.group(1), DAY_FIRST)
                    .atZone(CITY)
                    .toInstant()
                    .plusMillis(Long.parseLong(form.group(2)));
            return window.equals("off")
                    || Duration.between(at, now).abs().compareTo(Duration.ofSeconds(Long.parseLong(window))) <= 0;
        } catch (DateTimeParseException notATime) {
            return false;
        }
    }

    /**
     * The packet in a body; some senders put an end of line behind it.
     *
     * @param hash with or without the zeros of small bytes
     * @return empty when the hash is of neither
     */
    static Optional<byte[]> packet(byte[] body, String hash) {
        if (isHash(body, hash)) {
            return Optional.of(body);
        }
        int end = body.length - 2;
        if (end >= 0 && body[end] == '\r' && body[end + 1] == '\n') {
            byte[] before = Arrays.copyOf(body, end);
            return Optional.of(before).filter(packet -> isHash(packet, hash));
        }
        return Optional.empty();
    }

    private static boolean isHash(byte[] packet, String hash) {
        byte[] digest = Digests.digest("SHA-256", packet);
        return Digests.same(hash, java.util.HexFormat.of().formatHex(digest))
                || Digests.same(hash, Digests.withoutZeros(digest));
    }

    private static String one(MultiMap headers, String name) {
        List<String> all = headers.getAll(PREFIX + name);
        return all.size() == 1 ? all.get(0).strip() : "";
    }

    private static Verdict wrong(String why) {
        return new Verdict(why, Map.of());
    }
}
