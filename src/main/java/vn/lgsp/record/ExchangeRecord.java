package vn.lgsp.record;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * What is kept of one exchange: who, what, when, how it ended, sizes and digests; never content, a path, a query or a header
 * value (MSG-09, LOG-03).
 *
 * <p>Codes are kept as text, so that a record written by a newer release stays readable.
 *
 * @param correlation links the records of one exchange across systems (LOG-04)
 * @param receivedAt when the request came, to the microsecond
 * @param closedAt when the exchange ended; empty while it is under way, and when the bus stopped in the middle of it
 * @param duration from receipt to end, by the monotonic clock
 * @param form how the request came, such as {@code REST GET}
 * @param operation the path template with its method; never the path
 * @param unit digest of the service revision that handled it
 * @param provider the last registered system that was called
 * @param status of the answer, or 0 where there was none
 * @param result {@code 00} or {@code 01} (API-03); empty while it is under way or unknown
 * @param outcome how it ended; empty while it is under way
 * @param error the bus's code of the failure, such as {@code grant-missing}
 * @param partnerCode the provider's own code of the failure
 * @param failedAt the stage at which it failed
 * @param salt under which both digests were made; empty (no bytes) where the release that wrote it kept none
 * @param count how many equal refusals this record stands for; 1 for every other exchange
 * @param onBehalfOf whom the system said that it asks for: claimed, not proved (EXT-02)
 * @see "LOG-02"
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record ExchangeRecord(
        ExchangeId id,
        String correlation,
        Instant receivedAt,
        Optional<Instant> closedAt,
        Optional<Duration> duration,
        String form,
        Optional<AgencyCode> agency,
        Optional<SystemId> system,
        Optional<String> account,
        Optional<ServiceKey> service,
        Optional<String> operation,
        Optional<String> grant,
        Optional<String> unit,
        Optional<SystemId> provider,
        Optional<AgencyCode> providerAgency,
        int status,
        Optional<String> result,
        Optional<Outcome> outcome,
        Optional<String> error,
        Optional<String> partnerCode,
        Optional<String> failedAt,
        Optional<Measured> request,
        Optional<Measured> answer,
        byte[] salt,
        int count,
        Optional<PartyCode> onBehalfOf) {
    /** Longer text is cut: an entry has to fit, whatever a partner sends as its code. */
    static final int LONGEST_TEXT = 256;

    public ExchangeRecord {
        salt = salt.clone();
    }

    /** The exchange as far as it is known when it is opened. */
    static ExchangeRecord opened(Passage passage, Snapshot known) {
        return of(passage, known, Optional.empty(), Optional.empty());
    }

    /** The exchange at its end. */
    static ExchangeRecord closed(Passage passage, Snapshot known, Instant now, long nanoTime) {
        return of(
                passage,
                known,
                Optional.of(now.truncatedTo(ChronoUnit.MICROS)),
                Optional.of(Duration.ofNanos(nanoTime - passage.startedNanos()).truncatedTo(ChronoUnit.MICROS)));
    }

    private static ExchangeRecord of(
            Passage passage, Snapshot known, Optional<Instant> closedAt, Optional<Duration> duration) {
        boolean ended = closedAt.isPresent();
        Optional<Caller> caller = passage.caller();
        Optional<ErrorCode> error = passage.error();
        return new ExchangeRecord(
                passage.id(),
                text(passage.correlation()),
                passage.receivedAt().truncatedTo(ChronoUnit.MICROS),
                closedAt,
                duration,
                text(passage.form()),
                caller.map(Caller::agency),
                caller.map(Caller::system),
                caller.map(Caller::account).map(ExchangeRecord::text),
                passage.service(),
                passage.operation().map(ExchangeRecord::text),
                passage.grant().map(ExchangeRecord::text),
                passage.unit().map(ExchangeRecord::text),
                passage.provider(),
                passage.provider().flatMap(known::system).map(InformationSystem::agency),
                passage.status(),
                ended ? Optional.of(passage.result()) : Optional.empty(),
                ended ? Optional.of(passage.outcome()) : Optional.empty(),
                error.map(ErrorCode::code),
                passage.partnerCode().map(ExchangeRecord::text),
                error.map(failure -> passage.stage().label()),
                passage.request(),
                passage.answer(),
                passage.salt(),
                1,
                caller.flatMap(Caller::onBehalfOf));
    }

    /** Cut to length and free of control characters: PostgreSQL refuses some of them, and one such row would stop all others. */
    private static String text(String given) {
        String cut = given.length() <= LONGEST_TEXT ? given : given.substring(0, LONGEST_TEXT);
        for (int i = 0; i < cut.length(); i++) {
            if (Character.isISOControl(cut.charAt(i))) {
                return cut.replaceAll("\\p{Cntrl}", "?");
            }
        }
        return cut;
    }

    /** The same exchange with another end. */
    ExchangeRecord endedAs(Outcome end) {
        return with(Optional.of(end), count, closedAt, service, operation, onBehalfOf);
    }

    /** The same refusal, standing for {@code many} equal ones of which the last was refused at {@code last}. */
    ExchangeRecord times(int many, Instant last) {
        return with(outcome, many, Optional.of(last.truncatedTo(ChronoUnit.MICROS)), service, operation, onBehalfOf);
    }

    /** The same refusal, whatever service it asked for. */
    ExchangeRecord ofAnyService() {
        return with(outcome, count, closedAt, Optional.empty(), Optional.empty(), onBehalfOf);
    }

    /** The same refusal, whoever it was that the system asked for. */
    ExchangeRecord ofAnyParty() {
        return with(outcome, count, closedAt, service, operation, Optional.empty());
    }

    private ExchangeRecord with(
            Optional<Outcome> end,
            int many,
            Optional<Instant> closed,
            Optional<ServiceKey> asked,
            Optional<String> askedOperation,
            Optional<PartyCode> party) {
        return new ExchangeRecord(
                id,
                correlation,
                receivedAt,
                closed,
                duration,
                form,
                agency,
                system,
                account,
                asked,
                askedOperation,
                grant,
                unit,
                provider,
                providerAgency,
                status,
                result,
                end,
                error,
                partnerCode,
                failedAt,
                request,
                answer,
                salt,
                many,
                party);
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExchangeRecord that && Arrays.equals(salt, that.salt) && fields().equals(that.fields());
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, receivedAt, outcome);
    }

    private java.util.List<Object> fields() {
        return java.util.List.of(
                id,
                correlation,
                receivedAt,
                closedAt,
                duration,
                form,
                agency,
                system,
                account,
                service,
                operation,
                grant,
                unit,
                provider,
                providerAgency,
                status,
                result,
                outcome,
                error,
                partnerCode,
                failedAt,
                request,
                answer,
                count,
                onBehalfOf);
    }
}
