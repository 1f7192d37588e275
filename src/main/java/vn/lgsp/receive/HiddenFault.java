package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.soap.ContentType;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapMessage;

/** A SOAP fault under a good status, in an answer that passes through as it is: it is a failure all the same, and recorded as one. */
final class HiddenFault {
    /** A fault is small; what is larger is not looked at. */
    private static final int LARGEST = 64 << 10;

    private HiddenFault() {}

    /** What the provider says of its failure, if the answer is a fault that can be read. */
    static Optional<BusException> in(Buffer answer, List<Map.Entry<String, String>> headers) {
        if (answer.length() > LARGEST
                || !answer.toString(StandardCharsets.ISO_8859_1).contains("Fault")) {
            return Optional.empty();
        }
        String written = headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
        Refusal unreadable = (fault, what) -> new BusException(ErrorCode.PROVIDER_INVALID, "the answer " + what);
        try {
            ContentType type = SoapMessage.type(written, unreadable);
            SoapMessage message = SoapMessage.of(answer.getBytes(), type, unreadable);
            return EnvelopeReader.read(message.envelope(), message.type().charset(), unreadable, envelope -> {
                envelope.toPayload();
                return envelope.isFault() ? Optional.of(failed(envelope.faultCode())) : Optional.empty();
            });
        } catch (BusException noEnvelope) {
            return Optional.empty();
        }
    }

    private static BusException failed(String code) {
        return new BusException(
                ErrorCode.PROVIDER_FAILED,
                "the provider answered with a SOAP fault",
                Fault.plain(code).orElse(null),
                null);
    }
}
