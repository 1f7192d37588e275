package vn.lgsp.receive;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Gzip;
import vn.lgsp.message.Inbound;

/** Under which coding content travels (RFC 9110 section 8.4): the bus knows gzip, where it maps what is inside. */
final class Coding {
    /** A shorter answer gains nothing. */
    static final int WORTH_IT = 1 << 10;

    private Coding() {}

    /**
     * Whether the body of this request has to be unfolded.
     *
     * @throws BusException {@code media-type-unsupported} for another coding than gzip, or where the bytes are kept as they came
     */
    static boolean isPacked(Inbound request, ServiceCard.Mode mode) {
        String coding = "";
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("content-encoding")) {
                coding += (coding.isEmpty() ? "" : ",")
                        + header.getValue().strip().toLowerCase(Locale.ROOT);
            }
        }
        if (coding.isEmpty() || coding.equals("identity")) {
            return false;
        }
        if (mode == ServiceCard.Mode.MAPPED && (coding.equals("gzip") || coding.equals("x-gzip"))) {
            return true;
        }
        throw new BusException(
                ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                mode == ServiceCard.Mode.MAPPED
                        ? "send the body without a Content-Encoding, or with gzip"
                        : "send the body without a Content-Encoding");
    }

    /** @throws BusException {@code message-too-large}, {@code message-invalid} */
    static byte[] unfold(byte[] packed, long limit) {
        try {
            return Gzip.inflate(packed, limit)
                    .orElseThrow(() -> new BusException(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "the request body unfolds to more than the " + limit + " bytes that the service allows"));
        } catch (IOException broken) {
            // without the cause: its text may hold what was sent
            throw new BusException(ErrorCode.MESSAGE_INVALID, "the request body is not gzip, or is cut off");
        }
    }

    /** Whether an answer of this kind gains by it. */
    static boolean isWorthIt(int length, Optional<String> contentType) {
        String type = contentType.map(Acceptance::bare).orElse("");
        return length > WORTH_IT
                && (type.startsWith("text/")
                        || type.endsWith("json")
                        || type.endsWith("xml")
                        || type.equals("application/javascript"));
    }

    /** Whether the caller takes gzip: by its name, or else by the star; the last word on either counts. */
    static boolean isTaken(Inbound request) {
        Optional<Boolean> named = Optional.empty();
        boolean any = false;
        for (Map.Entry<String, String> header : request.headers()) {
            if (!header.getKey().equalsIgnoreCase("accept-encoding")) {
                continue;
            }
            for (String written : header.getValue().toLowerCase(Locale.ROOT).split(",", -1)) {
                List<String> parts = List.of(written.replace(" ", "").split(";", -1));
                boolean wanted = parts.stream().noneMatch(part -> part.matches("q=0(\\.0{0,3})?"));
                if (parts.get(0).equals("gzip") || parts.get(0).equals("x-gzip")) {
                    named = Optional.of(wanted);
                } else if (parts.get(0).equals("*")) {
                    any = wanted;
                }
            }
        }
        return named.orElse(any);
    }
}
