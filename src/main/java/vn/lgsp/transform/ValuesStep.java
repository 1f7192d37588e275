package vn.lgsp.transform;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import vn.lgsp.message.Passage;

/** Turns the codes and dates of one body after the other. */
final class ValuesStep {
    /** Names the places whose codes are not in their tables, with a blank between; each once. */
    static final String UNKNOWN_CODES = "unknownCodes";

    private ValuesStep() {}

    static void turn(ValuesForm form, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        LocalDate day = day(form, exchange, side);
        Set<String> flagged = new LinkedHashSet<>();
        Object body = exchange.getMessage().getBody();
        if (form.isXml()) {
            byte[] xml = body instanceof String text
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : body == null ? new byte[0] : JsonBodyStep.bytes(exchange, body, side);
            exchange.getMessage().setBody(form.xml(xml, day, side, flagged::add));
        } else {
            exchange.getMessage().setBody(form.json(JsonBodyStep.read(exchange, body, side), day, side, flagged::add));
        }
        exchange.setVariable(UNKNOWN_CODES, String.join(" ", flagged));
    }

    private static LocalDate day(ValuesForm form, Exchange exchange, Side side) {
        if (form.day().isPresent()) {
            try {
                return LocalDate.parse(
                        String.valueOf(exchange.getVariable(form.day().get(), String.class)));
            } catch (DateTimeParseException none) {
                throw side.refuse("says no day on which its codes count");
            }
        }
        Optional<Instant> received = JsonBodyStep.passage(exchange).map(Passage::receivedAt);
        return LocalDate.ofInstant(
                received.orElseThrow(() -> new IllegalStateException("no message came in")), DateNotation.ZONE);
    }
}
