package vn.lgsp.receive;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Passage;

/**
 * A failure as a caller of the document axis reads it: HTTP 200, and the code inside, in the form in which it called (wire-formats 3.3 and
 * 4.2). The record has the bus's own code.
 */
final class AxisProblem {
    private static final int OK = 200;

    private AxisProblem() {}

    /** @param sdk whether it called in the form of the SDK; otherwise in the REST form */
    static Reply of(Passage passage, Throwable failure, boolean sdk) {
        BusException known = Problem.known(failure);
        passage.failed(known.code(), known.partnerCode().orElse(null));
        passage.answersWith(OK);
        String code = known.partnerCode().orElseGet(() -> Integer.toString(AxisCode.of(known.code())));
        String text = known.code().code() + ": " + known.detail();
        JsonObject body = sdk
                ? new JsonObject().put("status", "FAIL").put("ErrorCode", code).put("ErrorDesc", text)
                : new JsonObject()
                        .put("success", false)
                        .put("message", text)
                        .put("data", new JsonObject().put("errorCode", code).put("errorDesc", text));
        return Reply.held(
                OK,
                List.of(Map.entry("Content-Type", "application/json"), Map.entry("Cache-Control", "no-store")),
                body.toBuffer());
    }

    /** Whether the exchange came in a form of the document axis, and in which: {@code true} for that of the SDK. */
    static Optional<Boolean> form(Passage passage) {
        return switch (passage.form()) {
            case "AXIS SDK" -> Optional.of(true);
            case "AXIS REST" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
