package vn.lgsp.catalogue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;

/**
 * A path with named parts, such as {@code /citizens/{id}}. Records carry the template, never the path: the path may hold a
 * citizen's number.
 *
 * <p>A part matches one whole path segment; {@code {name+}} as the last part matches the rest of the path, at least one segment.
 * A path that could be read as another one, such as {@code /a/../b}, matches nothing (BUS-20).
 */
public final class PathTemplate {
    private static final Pattern FORM =
            Pattern.compile("(/([A-Za-z0-9._~-]+|\\{[a-z][A-Za-z0-9]*}))*(/\\{[a-z][A-Za-z0-9]*\\+})?|/");

    /**
     * Dots alone between slashes of either kind, also before a semicolon, climb the path where a provider reads them so; control
     * characters cut it, and U+FFFD stands for bytes that are not UTF-8.
     */
    private static final Pattern MISLEADING = Pattern.compile("(^|[/\\\\])\\.{1,2}($|[/\\\\;])|\\p{Cntrl}|\uFFFD");

    private final String text;
    private final List<String> parts;
    private final boolean openEnded;

    /** @throws Invalid when {@code text} is not a template */
    public PathTemplate(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_PATH, text);
        }
        this.text = text;
        this.parts = split(text);
        this.openEnded = text.endsWith("+}");
    }

    /**
     * The values of the named parts, percent-decoded, when {@code path} has this form.
     *
     * @param path raw, beginning with a slash, or empty
     */
    public Optional<Map<String, String>> match(String path) {
        List<String> segments = split(path);
        if (openEnded ? segments.size() < parts.size() : segments.size() != parts.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            String segment = segments.get(i);
            if (!part.startsWith("{")) {
                if (!part.equals(segment)) {
                    return Optional.empty();
                }
            } else if (part.endsWith("+}")) {
                List<String> rest = segments.subList(i, segments.size());
                if (!isRest(rest)) {
                    return Optional.empty();
                }
                values.put(part.substring(1, part.length() - 2), String.join("/", rest));
            } else {
                Optional<String> value = decode(segment);
                if (value.isEmpty() || value.get().isEmpty()) {
                    return Optional.empty();
                }
                values.put(part.substring(1, part.length() - 1), value.get());
            }
        }
        return Optional.of(values);
    }

    /** The names of the named parts, in order. */
    public List<String> names() {
        return parts.stream()
                .filter(part -> part.startsWith("{"))
                .map(part -> part.replaceAll("[{}+]", ""))
                .toList();
    }

    /** Segments that may follow one another; an empty one only as the last, which is a slash at the end of the path. */
    private static boolean isRest(List<String> segments) {
        for (int i = 0; i < segments.size(); i++) {
            if ((segments.get(i).isEmpty() && (i == 0 || i < segments.size() - 1))
                    || decode(segments.get(i)).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** The value of a segment; empty when it is not encoded correctly, or could lead whoever reads it to another place. */
    private static Optional<String> decode(String segment) {
        try {
            String value = segment.indexOf('%') < 0
                    ? segment
                    : URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
            return MISLEADING.matcher(value).find() ? Optional.empty() : Optional.of(value);
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static List<String> split(String path) {
        List<String> found = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        while (from < path.length()) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            found.add(path.substring(from, end));
            from = end + 1;
            if (slash == path.length() - 1 && slash > 0) {
                found.add("");
            }
        }
        return found;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathTemplate that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
