package vn.lgsp.deliver;

import io.vertx.core.http.HttpClientRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vn.lgsp.axis.AxisTime;
import vn.lgsp.axis.HeaderSignature;
import vn.lgsp.catalogue.OutboundCredential;

/** Shows to the document axis who calls: by the header signature of its SDK, or by the two headers of the provincial form. */
final class AxisCall {
    private static final String VERSION = "3.0.201608";
    private static final String AGENT = "JAVASDKAgent/1.0.0 XRoad/VPCP";
    private static final String TYPE = "Content-Type";

    private AxisCall() {}

    /** The parameters are the {@code XroadVnpt-…} headers that the call has; each attempt is signed anew. */
    static void sign(HttpClientRequest request, OutboundCredential.DocumentAxis credential, Instant now) {
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        parameters.add(Map.entry(HeaderSignature.SYSTEM, credential.user()));
        parameters.add(Map.entry(HeaderSignature.TIMESTAMP, AxisTime.write(now)));
        String prefix = HeaderSignature.PREFIX.toLowerCase(Locale.ROOT);
        request.headers().forEach(header -> {
            if (header.getKey().toLowerCase(Locale.ROOT).startsWith(prefix)) {
                parameters.add(Map.entry(header.getKey().substring(prefix.length()), header.getValue()));
            }
        });
        String type = request.headers().get(TYPE);
        parameters.add(Map.entry(TYPE, type == null ? "application/json" : type));
        HeaderSignature.Signed signed = HeaderSignature.sign(parameters, credential.secret());
        parameters.forEach(
                parameter -> request.putHeader(HeaderSignature.PREFIX + parameter.getKey(), parameter.getValue()));
        request.putHeader(TYPE, parameters.get(parameters.size() - 1).getValue());
        request.putHeader(HeaderSignature.TEXT, signed.text());
        request.putHeader(HeaderSignature.NAMES, signed.names());
        request.putHeader(HeaderSignature.HASH, signed.hash());
        request.putHeader(HeaderSignature.PREFIX + "version", VERSION);
        request.putHeader("User-Agent", AGENT);
    }

    static void show(HttpClientRequest request, OutboundCredential.DocumentAxisRest credential) {
        request.putHeader("X-SystemId", credential.user());
        request.putHeader("X-SecretKey", credential.secret());
    }
}
