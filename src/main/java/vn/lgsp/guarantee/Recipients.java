package vn.lgsp.guarantee;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;

/** Who gets a message: every destination of the card, or those that its route has chosen by the content (BUS-05). */
final class Recipients {
    /** The exchange variable in which the route names them. */
    static final String VARIABLE = "recipients";

    private static final Pattern LIST = Pattern.compile("\\[\\s*\"[a-z0-9-]+\"\\s*(,\\s*\"[a-z0-9-]+\"\\s*)*]");
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private Recipients() {}

    /**
     * The destinations of one message, in the order of the card.
     *
     * @param chosen what the route says, as a JSON list or with commas between
     * @throws BusException {@code message-invalid} when the route of a service that chooses names none, or one that is no destination
     */
    static List<SystemId> of(Guarantee guarantee, Optional<String> chosen) {
        List<SystemId> all =
                guarantee.receivers().stream().map(Guarantee.Receiver::system).toList();
        if (guarantee.recipients() == Guarantee.Recipients.ALL) {
            return all;
        }
        String text = chosen.orElse("").strip();
        String ids = LIST.matcher(text).matches() ? text.replaceAll("[\\[\\]\"\\s]", "") : text;
        Set<String> names = new LinkedHashSet<>(COMMA.splitAsStream(ids).toList());
        List<SystemId> found =
                all.stream().filter(system -> names.contains(system.value())).toList();
        if (found.isEmpty() || found.size() != names.size()) {
            // what the message names is content, and is not repeated
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    "the message names no recipient, or one that the service does not deliver to");
        }
        return found;
    }

    /**
     * The deliveries that are made of it. One that is left out leaves its place to what it would have come after, so that the others
     * keep their order (BUS-11).
     */
    static List<DeliveryStore.NewDelivery> deliveries(Guarantee guarantee, List<SystemId> recipients) {
        return guarantee.receivers().stream()
                .filter(receiver -> recipients.contains(receiver.system()))
                .map(receiver -> new DeliveryStore.NewDelivery(
                        receiver.system(), earlier(guarantee, receiver, recipients), receiver.keepsResult()))
                .toList();
    }

    private static List<SystemId> earlier(Guarantee guarantee, Guarantee.Receiver step, List<SystemId> recipients) {
        return step.after().stream()
                .flatMap(before -> recipients.contains(before)
                        ? Stream.of(before)
                        : earlier(guarantee, guarantee.receiver(before).orElseThrow(), recipients).stream())
                .distinct()
                .toList();
    }
}
