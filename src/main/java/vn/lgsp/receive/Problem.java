package vn.lgsp.receive;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/**
 * A failure as its caller reads it: {@code application/problem+json} (RFC 9457) with the code, the stage, a text for people and
 * the exchange id that finds the record. The one place that decides what is hidden: of a failure without a name, everything.
 *
 * @see "API-03, API-04, BUS-03"
 */
final class Problem {
    private Problem() {}

    /** An exchange whose end cannot be recorded may have been done by its provider: to send it again is not safe. */
    static boolean mayRetry(ErrorCode code, Passage passage) {
        return code.retry() && !(code == ErrorCode.RECORD_UNAVAILABLE && passage.isOpened());
    }

    /** In how many seconds it may fare better: people need longer than a busy moment does. */
    static String retryAfter(ErrorCode code, Passage passage) {
        return passage.retryAfter()
                .map(pause -> Long.toString(Math.max(1, (pause.toMillis() + 999) / 1_000)))
                .orElse(code == ErrorCode.SERVICE_STOPPED ? "30" : "1");
    }

    /** The failure with its name; of one without a name nothing is told. */
    static BusException known(Throwable failure) {
        return BusException.in(failure)
                .orElseGet(() -> new BusException(
                        ErrorCode.BUS_FAILED,
                        "the bus could not finish this exchange; its operators find it by its id",
                        failure));
    }

    /** @param allow the methods that the address offers, when another was used */
    static Reply of(Passage passage, Throwable failure, Optional<String> allow) {
        BusException known = known(failure);
        passage.failed(known.code(), known.partnerCode().orElse(null));
        ErrorCode code = known.code();
        passage.answersWith(code.status());

        JsonObject body = new JsonObject()
                .put("type", "urn:lgsp:error:" + code)
                .put("title", code.meaning())
                .put("status", code.status())
                .put("detail", known.detail())
                .put("instance", "urn:uuid:" + passage.id())
                .put("result", "01")
                .put("code", code.code())
                .put("stage", passage.stage().label())
                .put("retry", mayRetry(code, passage));
        known.partnerCode().ifPresent(partner -> body.put("partnerCode", partner));

        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("Content-Type", "application/problem+json"));
        headers.add(Map.entry("Cache-Control", "no-store"));
        if (code == ErrorCode.CONSUMER_UNKNOWN) {
            headers.add(Map.entry("WWW-Authenticate", "ApiKey realm=\"lgsp\""));
        }
        if (code.status() == 503
                || (code.party() == ErrorCode.Party.PROVIDER
                        && passage.retryAfter().isPresent())) {
            headers.add(Map.entry("Retry-After", retryAfter(code, passage)));
        }
        allow.ifPresent(methods -> headers.add(Map.entry("Allow", methods)));
        return Reply.held(code.status(), headers, body.toBuffer());
    }
}
