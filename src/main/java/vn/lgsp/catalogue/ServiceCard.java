package vn.lgsp.catalogue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * The card of a service: what the way must know of it before its own route runs.
 *
 * @param key service and version
 * @param domain the folder that it lives in
 * @param name in Vietnamese, with diacritics
 * @param providers the systems that the service's routes may call, at least one unless it calls services: those that supply the data, or the destinations of a
 *     guaranteed service; their waiting-call limits and addresses come from the registry
 * @param mode whether content passes untouched or is mapped
 * @param answer whether {@code closed} precedes the answer or follows its last byte
 * @param requestLimit largest request body in bytes; 0 to 10 GiB
 * @param answerLimit largest answer body in bytes; 1 KiB to 10 GiB
 * @param bodyTimeout longest time for the whole request body; 1 s to 1 h
 * @param personalData whether the service carries personal data (MSG-13)
 * @param operations at least one
 * @param guarantee to whom it is delivered whatever dies; present exactly for mode {@code guaranteed}
 * @param entry what the catalogue tells people beside that (CAT-01)
 * @param schedule when the bus starts an operation of it by itself, if it does
 * @param calls the services of the bus that its route may call, if it may
 * @see "CAT-03"
 */
public record ServiceCard(
        ServiceKey key,
        String domain,
        String name,
        List<SystemId> providers,
        Mode mode,
        AnswerMode answer,
        long requestLimit,
        long answerLimit,
        Duration bodyTimeout,
        boolean personalData,
        List<Operation> operations,
        Optional<Guarantee> guarantee,
        Entry entry,
        Optional<Schedule> schedule,
        Optional<Calls> calls) {

    /** The exchange property under which a stage finds the card of the service that is asked for. */
    public static final String PROPERTY = "lgsp.card";

    /** The operation that is offered on a queue, if one is. */
    public Optional<Operation> onQueue() {
        return operations.stream()
                .filter(operation -> operation.jms().isPresent())
                .findFirst();
    }

    /** What happens to content on the way. */
    public enum Mode {
        /** Bytes pass as they came, streamed (BUS-15, MSG-01). */
        PASS_THROUGH,
        /** The service's route maps the content, on a worker. */
        MAPPED,
        /**
         * The request is accepted and delivered later, whatever dies (DLV-03). The service's own route checks it and makes the
         * acknowledgement, on a worker; each destination has a route of its own.
         */
        GUARANTEED
    }

    /** When the record is closed. */
    public enum AnswerMode {
        /** The whole answer is here, and {@code closed} durable, before its first byte leaves. */
        HELD,
        /** The answer streams, and {@code closed} follows its last byte. */
        STREAMED
    }

    /**
     * What the law asks a card to tell, and the way does not need (CAT-01).
     *
     * @param englishName the name in English
     * @param content the data that is shared, and what it is for (API-01)
     * @param criterion what the provider promises (DLV-01)
     * @param contact whom a consumer may ask; an office, not a person
     * @param source the consumers that it was made for, if that was agreed
     * @param deprecation that this version is going to end, if it is (VER-04)
     */
    public record Entry(
            String englishName,
            String content,
            Criterion criterion,
            String contact,
            Optional<String> source,
            Optional<Deprecation> deprecation) {}

    /** How quickly content must reach the other side. */
    public enum Criterion {
        REAL_TIME,
        NEAR_REAL_TIME
    }
}
