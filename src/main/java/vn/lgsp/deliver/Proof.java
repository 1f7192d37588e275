package vn.lgsp.deliver;

import io.vertx.core.http.HttpClientRequest;
import java.net.URI;
import java.time.Instant;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.ndxp.HashedBasic;

/** How one call shows to a system who makes it, by the kind of the system's credential. Each attempt shows it anew. */
@FunctionalInterface
interface Proof {
    /**
     * Adds what the system wants to see, as the last of what is signed.
     *
     * @param address of the system, as it is registered
     * @param pathAndQuery of the call, below the address
     */
    void show(HttpClientRequest request, URI address, String pathAndQuery, Instant now);

    static Proof of(OutboundCredential credential) {
        return switch (credential.scheme()) {
            case HASHED_BASIC -> sign((OutboundCredential.HashedBasic) credential);
            case OAUTH2 -> tellTime((OutboundCredential.OAuth2) credential);
            case DOCUMENT_AXIS ->
                (request, address, pathAndQuery, now) ->
                        AxisCall.sign(request, (OutboundCredential.DocumentAxis) credential, now);
            case DOCUMENT_AXIS_REST ->
                (request, address, pathAndQuery, now) ->
                        AxisCall.show(request, (OutboundCredential.DocumentAxisRest) credential);
            // Its number is a member of the message.
            case SESSION -> (request, address, pathAndQuery, now) -> {};
        };
    }

    private static Proof sign(OutboundCredential.HashedBasic credential) {
        return (request, address, pathAndQuery, now) -> {
            String timestamp = credential.timestamp().text(now.toEpochMilli());
            URI known = credential.signedAddress().orElse(address);
            String url = known.getScheme() + "://" + known.getRawAuthority() + OutboundClient.uri(known, pathAndQuery);
            request.putHeader("Timestamp", timestamp);
            request.putHeader("Authorization", HashedBasic.authorization(credential, url, timestamp));
        };
    }

    /** The token itself is of the connection, and asked for before. */
    private static Proof tellTime(OutboundCredential.OAuth2 credential) {
        return (request, address, pathAndQuery, now) ->
                credential.timestamp().ifPresent(unit -> request.putHeader("Timestamp", unit.text(now.toEpochMilli())));
    }
}
