package vn.lgsp.city;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.cxf.binding.soap.Soap11;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.message.Message;
import org.apache.cxf.phase.AbstractPhaseInterceptor;
import org.apache.cxf.phase.Phase;

/**
 * Lets a call in whose {@code Authorization} is {@code Basic base64(user:H)}, H the lower-case hex SHA-256 of service URL,
 * user, {@code Timestamp} and secret, and whose {@code Timestamp}, in Unix milliseconds, is within five minutes (wire-formats
 * 7.1). Written apart from the bus's own code: a mistake in shared code would hide itself. The contract needs no credential.
 */
final class CredentialCheck extends AbstractPhaseInterceptor<Message> {
    private static final long MOST_MILLIS_APART = Duration.ofMinutes(5).toMillis();

    private final String url;
    private final Clock clock;

    CredentialCheck(String url, Clock clock) {
        super(Phase.RECEIVE);
        this.url = url;
        this.clock = clock;
    }

    @Override
    public void handleMessage(Message message) {
        if ("GET".equals(message.get(Message.HTTP_REQUEST_METHOD))) {
            return;
        }
        String timestamp = header(message, "Timestamp");
        if (!isNow(timestamp) || !isKnown(header(message, "Authorization"), timestamp)) {
            SoapFault refusal = new SoapFault(
                    "Thông tin xác thực không hợp lệ", Soap11.getInstance().getSender());
            refusal.setStatusCode(401);
            throw refusal;
        }
    }

    private boolean isNow(String timestamp) {
        return timestamp.matches("[0-9]{13}")
                && Math.abs(Long.parseLong(timestamp) - clock.millis()) <= MOST_MILLIS_APART;
    }

    private boolean isKnown(String authorization, String timestamp) {
        String user = PopulationPeer.USER;
        String hash = sha256(url + user + timestamp + PopulationPeer.SECRET);
        String expected =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + hash).getBytes(StandardCharsets.UTF_8));
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), authorization.getBytes(StandardCharsets.UTF_8));
    }

    private static String header(Message message, String name) {
        // CXF's map of headers ignores case.
        if (message.get(Message.PROTOCOL_HEADERS) instanceof Map<?, ?> headers
                && headers.get(name) instanceof List<?> values
                && values.size() == 1) {
            return String.valueOf(values.get(0));
        }
        return "";
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", impossible);
        }
    }
}
