package vn.lgsp.hub;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form of several parts.
 *
 * @param parts by the name of their field, in their order
 */
record Multipart(Map<String, List<byte[]>> parts) {
    private static final Pattern BOUNDARY = Pattern.compile("(?i)boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70}))");
    private static final Pattern NAME = Pattern.compile("(?i)[;\\s]name=\"([^\"]*)\"");
    private static final int MOST_PARTS = 20;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    /** Empty when the body is no such form. */
    static Optional<Multipart> read(String type, byte[] body) {
        Matcher given = BOUNDARY.matcher(type);
        if (!type.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/form-data") || !given.find()) {
            return Optional.empty();
        }
        String boundary = given.group(1) == null ? given.group(2) : given.group(1);
        byte[] line = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Map<String, List<byte[]>> parts = new HashMap<>();
        int count = 0;
        byte[] first = Arrays.copyOfRange(line, 2, line.length);
        if (!startsWith(body, 0, first)) {
            return Optional.empty();
        }
        int at = first.length;
        while (at + 1 < body.length && body[at] == '\r' && body[at + 1] == '\n' && count++ < MOST_PARTS) {
            int head = find(body, at, HEAD_END);
            int end = head < 0 ? -1 : find(body, head + 2, line);
            if (end < 0) {
                return Optional.empty();
            }
            Matcher name = NAME.matcher(new String(body, at, head - at, StandardCharsets.UTF_8));
            if (name.find()) {
                int begin = head + HEAD_END.length;
                parts.computeIfAbsent(name.group(1), none -> new ArrayList<>())
                        .add(Arrays.copyOfRange(body, Math.min(begin, end), end));
            }
            at = end + line.length;
        }
        return startsWith(body, at, new byte[] {'-', '-'}) ? Optional.of(new Multipart(parts)) : Optional.empty();
    }

    /** Of several with one name the last. */
    byte[] bytes(String name) {
        List<byte[]> all = all(name);
        return all.isEmpty() ? new byte[0] : all.get(all.size() - 1);
    }

    List<byte[]> all(String name) {
        return parts.getOrDefault(name, List.of());
    }

    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8).strip();
    }

    private static int find(byte[] body, int from, byte[] wanted) {
        for (int at = from; at + wanted.length <= body.length; at++) {
            if (body[at] == wanted[0] && startsWith(body, at, wanted)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] body, int at, byte[] wanted) {
        return at + wanted.length <= body.length
                && Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
