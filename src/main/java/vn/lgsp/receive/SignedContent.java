package vn.lgsp.receive;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.axis.AxisHeaders;
import vn.lgsp.axis.FileHash;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/**
 * What the header signature of the document axis' SDK leaves open. It covers {@code XroadVnpt-…} headers alone: whoever saw one signed call
 * could send anything under its headers, as long as their time lasts. So such a call has no parameters in its address, and no content but
 * {@code {}} or what the signed {@code hash-file} is of. Only {@code registerAgency} has another, of which nothing is believed.
 *
 * @see "EXT-20"
 */
final class SignedContent {
    private static final int NOTHING = 16;

    /** The one call of the SDK whose content nothing signs (wire-formats 3.1). It asks, and an operator decides. */
    private static final String ASKS = "/registerAgency";

    private static final int MOST_ASKED = 4 << 10;

    private SignedContent() {}

    /** Whether the caller of this exchange proved itself so. */
    static boolean isAskedOf(Passage passage) {
        return AxisProblem.form(passage).equals(Optional.of(AxisProblem.Form.SDK));
    }

    /**
     * Before content is read.
     *
     * @param operation that it asks for
     * @param held whether the content will be in memory, where it can be held against the hash
     * @throws BusException {@code consumer-unknown}
     */
    static void checkHead(Inbound request, Operation operation, boolean held) {
        if (!request.query().isEmpty() || !operation.path().names().isEmpty()) {
            throw unsigned("has parameters in its address, which are not signed");
        }
        if (!held) {
            throw unsigned("has content that streams, of which no hash can be compared");
        }
    }

    /** @throws BusException {@code consumer-unknown}, {@code message-invalid} */
    static void check(Inbound request, Operation operation, Content content) {
        if (operation.path().toString().equals(ASKS) && content.length() <= MOST_ASKED) {
            return;
        }
        if (content.length() <= NOTHING) {
            String text = new String(content.bytes(), StandardCharsets.ISO_8859_1).strip();
            if (text.isEmpty() || text.equals("{}")) {
                return;
            }
        }
        Optional<String> hash = AxisHeaders.of(request.headers()).parameter("hash-file");
        if (hash.isEmpty()) {
            throw unsigned("has content of which no hash was signed");
        }
        if (FileHash.proves(hash.get(), content).isEmpty()) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the packet is not the one whose hash was signed",
                    Integer.toString(AxisCode.INVALID_FILE),
                    null);
        }
    }

    private static BusException unsigned(String what) {
        return new BusException(
                ErrorCode.CONSUMER_UNKNOWN, "the call " + what, Integer.toString(AxisCode.WRONG_KEY), null);
    }
}
