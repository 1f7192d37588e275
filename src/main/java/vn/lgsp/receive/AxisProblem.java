package vn.lgsp.receive;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/**
 * A failure as a caller of the document axis reads it: HTTP 200, and the code inside, in the form in which it called (wire-formats 3.3 and
 * 4.2). Only who has to log in is told by HTTP 401. The record has the bus's own code.
 */
final class AxisProblem {
    /** The form of a login. */
    static final String LOGIN = "AXIS LOGIN";

    private static final int OK = 200;

    private AxisProblem() {}

    /** @param form that of the exchange */
    static Reply of(Passage passage, Throwable failure, Form form) {
        BusException known = Problem.known(failure);
        int status = known.code() == ErrorCode.LOGIN_NEEDED ? known.code().status() : OK;
        passage.failed(known.code(), known.partnerCode().orElse(null));
        passage.answersWith(status);
        String code = known.partnerCode().orElseGet(() -> Integer.toString(AxisCode.of(known.code())));
        String text = known.code().code() + ": " + known.detail();
        JsonObject body =
                switch (form) {
                    case SDK ->
                        new JsonObject()
                                .put("status", "FAIL")
                                .put("ErrorCode", code)
                                .put("ErrorDesc", text);
                    case REST ->
                        new JsonObject()
                                .put("success", false)
                                .put("message", text)
                                .put(
                                        "data",
                                        new JsonObject()
                                                .put("docId", "")
                                                .put("status", "FAIL")
                                                .put("errorCode", code)
                                                .put("errorDesc", text));
                    case LOGIN ->
                        new JsonObject()
                                .put("code", known.code().status())
                                .put("message", text)
                                .put("data", new JsonObject());
                };
        List<Map.Entry<String, String>> headers = new ArrayList<>(
                List.of(Map.entry("Content-Type", "application/json"), Map.entry("Cache-Control", "no-store")));
        if (status != OK) {
            headers.add(Map.entry("WWW-Authenticate", "Bearer"));
        }
        return Reply.held(status, List.copyOf(headers), body.toBuffer());
    }

    /** In which form of the document axis an exchange came. */
    enum Form {
        SDK,
        REST,
        LOGIN
    }

    /** That of this exchange; empty where it came in none. */
    static Optional<Form> form(Passage passage) {
        return switch (passage.form()) {
            case "AXIS SDK" -> Optional.of(Form.SDK);
            case "AXIS REST" -> Optional.of(Form.REST);
            case LOGIN -> Optional.of(Form.LOGIN);
            default -> Optional.empty();
        };
    }
}
