package vn.lgsp.soap;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code Content-Type} header, read.
 *
 * @param mediaType in lower case, empty where there is none
 * @param parameters by name in lower case, without quotes
 */
public record ContentType(String mediaType, Map<String, String> parameters) {
    private static final Pattern PARAMETER = Pattern.compile(
            "\\G\\s*;\\s*(?:([^\\s;=\"]+)\\s*=\\s*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s;\"]*)))?\\s*");

    /**
     * Reads the header.
     *
     * @throws IllegalArgumentException when it is not of the form, or says a parameter twice
     */
    public static ContentType of(String header) {
        int semicolon = header.indexOf(';');
        String mediaType = (semicolon < 0 ? header : header.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new LinkedHashMap<>();
        int end = semicolon < 0 ? header.length() : semicolon;
        Matcher next = PARAMETER.matcher(header).region(end, header.length());
        while (next.find()) {
            end = next.end();
            if (next.group(1) != null) {
                String value =
                        next.group(2) == null ? next.group(3) : next.group(2).replaceAll("\\\\(.)", "$1");
                if (parameters.put(next.group(1).toLowerCase(Locale.ROOT), value) != null) {
                    throw new IllegalArgumentException("a parameter of the Content-Type is there twice: send it once");
                }
            }
        }
        if (end < header.length()) {
            throw new IllegalArgumentException("the Content-Type is not of the form type/subtype; name=value");
        }
        return new ContentType(mediaType, Map.copyOf(parameters));
    }

    /** The encoding that it names. */
    public Optional<String> charset() {
        return parameter("charset");
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
