package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.SoapVersion;

/**
 * A failure as a SOAP caller reads it: a fault of the version that it speaks, with what a {@link Problem} tells in its detail.
 *
 * <p>The HTTP status is that of faults, not that of the error code: clients read the body of a 500 only, and take 400, 401, 404 or
 * 503 for a failure of the connection. So there is no challenge either.
 *
 * @see "API-03, API-04, BUS-03"
 */
final class SoapProblem {
    private SoapProblem() {}

    /** @param told what SOAP itself says of the failure; otherwise it is the sender's or the receiver's by who must act */
    static Reply of(Passage passage, Throwable failure, SoapVersion version, Optional<Fault> told) {
        BusException known = Problem.known(failure);
        ErrorCode code = known.code();
        Fault fault = told.orElse(code.party() == ErrorCode.Party.CALLER ? Fault.SENDER : Fault.RECEIVER);
        passage.failed(code, known.partnerCode().orElse(null));
        passage.answersWith(Fault.STATUS);

        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("code", code.code());
        detail.put("stage", passage.stage().label());
        detail.put("exchange", passage.id().toString());
        detail.put("result", "01");
        detail.put("retry", Boolean.toString(Problem.mayRetry(code, passage)));
        known.partnerCode().ifPresent(partner -> detail.put("partnerCode", partner));
        byte[] content = EnvelopeWriter.fault(version, fault, known.detail(), "urn:lgsp:error", detail, code.code());

        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("Content-Type", version.contentType()));
        headers.add(Map.entry("Cache-Control", "no-store"));
        if (code.status() == 503) {
            headers.add(Map.entry("Retry-After", Problem.retryAfter(code, passage)));
        }
        return Reply.held(Fault.STATUS, headers, Buffer.buffer(content));
    }
}
