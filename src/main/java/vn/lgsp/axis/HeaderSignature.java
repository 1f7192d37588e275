package vn.lgsp.axis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vn.lgsp.parse.JsonParsers;

/**
 * How the SDK of the document axis signs a call: its parameters are headers, and an HMAC-SHA256 covers the JSON text that repeats them
 * (wire-formats 3.2).
 *
 * <p>The order of the parameters is the sender's, so the receiver hashes the text as it came, and holds each entry of it against the
 * header of the same name.
 *
 * @see "EXT-05, EXT-20"
 */
public final class HeaderSignature {
    /** What stands before the name of each parameter in its header. */
    public static final String PREFIX = "XroadVnpt-";

    /** The headers of the signature itself. */
    public static final String TEXT = PREFIX + "sign-header";

    public static final String NAMES = PREFIX + "sign-header-key";
    public static final String HASH = PREFIX + "hash-header";

    /** The parameters that every call has. */
    public static final String SYSTEM = "systemid";

    public static final String TIMESTAMP = "timestamp";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LONGEST_TEXT = 16 << 10;
    private static final Set<String> OWN = Set.of("sign-header", "sign-header-key", "hash-header", "version");

    private HeaderSignature() {}

    /**
     * The three headers of a signature.
     *
     * @param text the signed JSON
     * @param names of the parameters without prefix, with semicolons between
     * @param hash lower-case hex
     */
    public record Signed(String text, String names, String hash) {}

    /** Why a call is not taken as signed. No reason tells a value. */
    public enum Mistake {
        /** A header of the signature, or one of the parameters that every call has, is missing or twice there. */
        INCOMPLETE("lacks a header of the signature, or has one twice"),
        /** The text is no JSON object of strings, or its keys are not those that the list of names says. */
        UNREADABLE("has a sign-header that is no JSON object of strings, or does not fit the list of names"),
        /** The HMAC is another: the secret, or the text. */
        WRONG_HASH("is signed with another secret, or its text was changed"),
        /** A header does not say what was signed. */
        HEADER_CHANGED("has a header that does not say what was signed"),
        /** A parameter that is not covered by the signature. */
        HEADER_UNSIGNED("has a parameter that was not signed");

        private final String reason;

        Mistake(String reason) {
            this.reason = reason;
        }

        /** Goes on behind "the call". */
        public String reason() {
            return reason;
        }
    }

    /**
     * Signs these parameters.
     *
     * @param parameters names without prefix, in the order in which they are signed
     */
    public static Signed sign(List<Map.Entry<String, String>> parameters, String secret) {
        StringBuilder text = new StringBuilder("{");
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String> parameter : parameters) {
            text.append(names.isEmpty() ? "" : ",");
            quote(PREFIX + parameter.getKey(), text);
            text.append(':');
            quote(parameter.getValue(), text);
            names.add(parameter.getKey());
        }
        text.append('}');
        return new Signed(text.toString(), String.join(";", names), hash(text.toString(), secret));
    }

    /**
     * What is wrong with the signature of a call; empty when it is good. Whether its time is near is another question, {@link AxisTime}.
     *
     * @param headers as they came, names in any case
     */
    public static Optional<Mistake> verify(Iterable<Map.Entry<String, String>> headers, String secret) {
        AxisHeaders shown = AxisHeaders.of(headers);
        Optional<String> text = shown.signature("sign-header");
        Optional<String> names = shown.signature("sign-header-key");
        Optional<String> hash = shown.signature("hash-header");
        if (text.isEmpty() || names.isEmpty() || hash.isEmpty() || text.get().length() > LONGEST_TEXT) {
            return Optional.of(Mistake.INCOMPLETE);
        }
        if (!MessageDigest.isEqual(
                hash(text.get(), secret).getBytes(StandardCharsets.US_ASCII),
                hash.get().strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8))) {
            return Optional.of(Mistake.WRONG_HASH);
        }
        return covered(shown, text.get(), names.get());
    }

    /** The text is the sender's: does it say what the headers say? */
    private static Optional<Mistake> covered(AxisHeaders shown, String text, String names) {
        JsonNode signed;
        try {
            signed = JsonParsers.content().readTree(text);
        } catch (JsonProcessingException | JsonParsers.NumberTooWide notJson) {
            return Optional.of(Mistake.UNREADABLE);
        }
        if (signed == null || !signed.isObject()) {
            return Optional.of(Mistake.UNREADABLE);
        }
        Set<String> listed = new HashSet<>();
        for (String name : names.split(";", -1)) {
            listed.add(name.strip().toLowerCase(Locale.ROOT));
        }
        Set<String> covered = new HashSet<>();
        for (Map.Entry<String, JsonNode> entry : signed.properties()) {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!name.startsWith(AxisHeaders.PREFIX) || !entry.getValue().isTextual()) {
                return Optional.of(Mistake.UNREADABLE);
            }
            String bare = name.substring(AxisHeaders.PREFIX.length());
            if (!covered.add(bare) || !listed.contains(bare)) {
                return Optional.of(Mistake.UNREADABLE);
            }
            if (!shown.parameter(bare).equals(Optional.of(entry.getValue().textValue()))) {
                return Optional.of(Mistake.HEADER_CHANGED);
            }
        }
        if (!covered.containsAll(Set.of(SYSTEM, TIMESTAMP)) || covered.size() != listed.size()) {
            return Optional.of(Mistake.INCOMPLETE);
        }
        boolean unsigned = shown.names().stream().anyMatch(name -> !OWN.contains(name) && !covered.contains(name));
        return unsigned ? Optional.of(Mistake.HEADER_UNSIGNED) : Optional.empty();
    }

    private static String hash(String text, String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", impossible);
        }
    }

    /** As a compact writer does it: only what JSON demands is escaped. */
    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter == '"' || letter == '\\') {
                text.append('\\').append(letter);
            } else if (letter < ' ') {
                text.append(String.format("\\u%04x", (int) letter));
            } else {
                text.append(letter);
            }
        }
        text.append('"');
    }
}
