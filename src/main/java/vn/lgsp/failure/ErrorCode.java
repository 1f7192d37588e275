package vn.lgsp.failure;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every way in which an exchange can fail: who must act, and whether the same exchange may be sent again.
 *
 * <p>The table in {@code docs/reference/errors.md} has the same rows; a test holds them equal. The finer cause of a result
 * {@code 01} is one of these codes, never a further value of the two-value result (API-04).
 */
public enum ErrorCode {
    CONSUMER_UNKNOWN(401, Party.CALLER, false, "no credential, or one that is not known"),
    LOGIN_NEEDED(
            401, Party.CALLER, false, "the caller has to log in: it shows no token, or one that is over or not ours"),
    GRANT_MISSING(403, Party.CALLER, false, "known, but no grant for this service and operation is in force"),
    SERVICE_UNKNOWN(404, Party.CALLER, false, "no registered service or operation has this address"),
    RECORD_NOT_FOUND(404, Party.CALLER, false, "the provider has no such record"),
    METHOD_NOT_ALLOWED(405, Party.CALLER, false, "the service does not offer this method here"),
    REQUEST_TIMEOUT(408, Party.CALLER, true, "the request did not arrive in time"),
    MESSAGE_TOO_LARGE(413, Party.CALLER, false, "the request is larger than the service allows"),
    MEDIA_TYPE_UNSUPPORTED(415, Party.CALLER, false, "the request has a media type that the service does not document"),
    NOT_ACCEPTABLE(406, Party.CALLER, false, "the service answers in no media type that the request accepts"),
    MESSAGE_INVALID(400, Party.CALLER, false, "the request breaks the contract of the service"),
    CALLER_GONE(499, Party.CALLER, true, "the caller went away before the answer"),
    MESSAGE_CONFLICT(409, Party.CALLER, false, "another message was accepted under this message id before"),
    EXCHANGE_UNKNOWN(404, Party.CALLER, false, "the system that asks has sent no guaranteed exchange with this id"),
    PROVIDER_REFUSED(
            502,
            Party.PROVIDER,
            false,
            "the provider refused the bus, or answered with a status that it does not document"),
    PROVIDER_FAILED(502, Party.PROVIDER, false, "the provider reported an error of its own"),
    PROVIDER_INVALID(502, Party.PROVIDER, false, "the provider's answer breaks the contract"),
    PROVIDER_UNREACHABLE(502, Party.PROVIDER, true, "no connection to the provider, or it was cut"),
    PROVIDER_TIMEOUT(504, Party.PROVIDER, true, "the provider did not answer in time"),
    PROVIDER_BUSY(503, Party.PROVIDER, true, "too many calls already wait for this provider"),
    PROVIDER_SUSPENDED(503, Party.PROVIDER, true, "the provider failed too often, so it is not called for a while"),
    SOURCE_REPEATS(
            502,
            Party.PROVIDER,
            false,
            "of a dataset that is synchronised, the source gave a page, or the place of the next one, a second time"),
    SOURCE_ENDLESS(
            502,
            Party.PROVIDER,
            false,
            "of a dataset that is synchronised, the source has more pages than the card allows"),
    SOURCE_COUNT_DIFFERS(
            502,
            Party.PROVIDER,
            false,
            "of a dataset that is synchronised, the source gave another number of items than it says to have"),
    TOKEN_UNAVAILABLE(
            503, Party.PROVIDER, true, "the provider gave the bus no token that could be used, so it was not called"),
    TOKEN_STALE(
            503,
            Party.PROVIDER,
            true,
            "the provider no longer took the bus's token, and content that had streamed could not be sent a second time"),
    RECORD_UNAVAILABLE(503, Party.US, true, "the exchange cannot be recorded, so it does not take place"),
    GUARANTEE_UNAVAILABLE(
            503,
            Party.US,
            true,
            "the message cannot be kept safely now, so it is not accepted and nothing of it is kept; of a delivery, the key"
                    + " of its epoch is missing"),
    ACCEPTANCE_UNKNOWN(
            503,
            Party.US,
            true,
            "whether the message was accepted cannot be told now: send it again under the same message id"),
    REVISION_UNAVAILABLE(
            500, Party.US, false, "the revision of the service that accepted the message cannot be built any more"),
    DELIVERY_EXPIRED(500, Party.US, false, "the message was not delivered within its life, and its content is erased"),
    BUS_BUSY(503, Party.US, true, "the bus has no room for another exchange"),
    SERVICE_UNAVAILABLE(503, Party.US, true, "the service is registered, but no good revision of it is deployed"),
    SERVICE_STOPPED(503, Party.US, true, "operators have stopped the service for a time; what it accepted waits"),
    SERVICE_DISABLED(403, Party.US, false, "operators have switched the service off"),
    INTEGRITY_BROKEN(
            500, Party.US, false, "the content to deliver is not the content received, so it was not delivered"),
    RESULT_UNKEEPABLE(
            500,
            Party.US,
            false,
            "the destination has the message, but what its route ended with cannot be kept for the steps after it"),
    ROUTE_REFUSED(500, Party.US, false, "a route tried to leave the way"),
    BUS_FAILED(500, Party.US, true, "anything that has no name yet");

    /** Who must act. */
    public enum Party {
        CALLER,
        PROVIDER,
        US
    }

    private final String code;
    private final int status;
    private final Party party;
    private final boolean retry;
    private final String meaning;

    ErrorCode(int status, Party party, boolean retry, String meaning) {
        this.code = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        this.status = status;
        this.party = party;
        this.retry = retry;
        this.meaning = meaning;
    }

    /** The code as callers, records and logs see it, such as {@code grant-missing}. */
    public String code() {
        return code;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }

    public Party party() {
        return party;
    }

    /** Whether the same exchange, under the same id, may be sent again. */
    public boolean retry() {
        return retry;
    }

    /** When it happens, in one phrase. */
    public String meaning() {
        return meaning;
    }

    /** The error with this code, if there is one. */
    public static Optional<ErrorCode> of(String code) {
        return Arrays.stream(values()).filter(error -> error.code.equals(code)).findFirst();
    }

    @Override
    public String toString() {
        return code;
    }
}
