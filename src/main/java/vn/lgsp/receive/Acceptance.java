package vn.lgsp.receive;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;

/**
 * Which media types of an answer a request accepts (RFC 9110 section 12.5.1). Without the header {@code Accept} it takes any; a part of
 * the header that cannot be read accepts nothing.
 */
final class Acceptance {
    /** The exchange variable with the documented media type that suits the caller best. */
    static final String ANSWER_TYPE = "answerType";

    private static final Pattern QUALITY = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    private record Range(String type, double quality) {
        /** How closely it describes this media type: 3 exactly, 0 not at all. */
        int fits(String other) {
            if (type.equals(other)) {
                return 3;
            }
            String group = other.substring(0, other.indexOf('/'));
            return type.equals(group + "/*") ? 2 : type.equals("*/*") ? 1 : 0;
        }
    }

    private final Optional<List<Range>> ranges;

    private Acceptance(Optional<List<Range>> ranges) {
        this.ranges = ranges;
    }

    static Acceptance of(Inbound request) {
        List<Range> ranges = new ArrayList<>();
        boolean any = true;
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("accept")) {
                any = false;
                for (String written : header.getValue().toLowerCase(Locale.ROOT).split(",", -1)) {
                    range(written).ifPresent(ranges::add);
                }
            }
        }
        return new Acceptance(any ? Optional.empty() : Optional.of(ranges));
    }

    private static Optional<Range> range(String written) {
        String[] parts = written.split(";", -1);
        double quality = 1;
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                String value = parameter.substring(2).strip();
                if (!QUALITY.matcher(value).matches()) {
                    return Optional.empty();
                }
                quality = Double.parseDouble(value);
            }
        }
        return Optional.of(new Range(parts[0].strip(), quality));
    }

    /** How much the caller likes this media type: by the range that describes it most closely; 0 when it does not take it. */
    private double quality(String type) {
        if (ranges.isEmpty()) {
            return 1;
        }
        int closest = 0;
        double quality = 0;
        for (Range range : ranges.get()) {
            int fits = range.fits(type);
            if (fits > closest) {
                closest = fits;
                quality = range.quality();
            }
        }
        return quality;
    }

    boolean takes(String type) {
        return quality(type) > 0;
    }

    /** Whether the caller has said that it takes this media type; without {@code Accept} it has said nothing. */
    boolean names(String type) {
        return ranges.isPresent() && takes(type);
    }

    /**
     * The documented media type that suits the caller best; of two that suit alike, the one that stands first.
     *
     * @throws BusException {@code not-acceptable}, naming the documented ones
     */
    String best(List<String> documented) {
        String best = "";
        double liked = 0;
        for (String type : documented) {
            double quality = quality(type);
            if (quality > liked) {
                best = type;
                liked = quality;
            }
        }
        if (liked == 0) {
            throw new BusException(
                    ErrorCode.NOT_ACCEPTABLE,
                    "this operation answers in " + String.join(" or ", documented)
                            + ": name one of these in Accept, or leave Accept out");
        }
        return best;
    }

    /** The media type in a Content-Type, without its parameters. */
    static String bare(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
