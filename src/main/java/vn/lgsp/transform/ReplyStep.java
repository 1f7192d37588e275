package vn.lgsp.transform;

import java.util.Optional;
import org.apache.camel.Exchange;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/** Reads one answer after the other by its family. */
final class ReplyStep {
    /** The provider's own code of a success, such as that of an empty result. */
    static final String PARTNER_CODE = "partnerCode";

    /** The id under which the provider finds the exchange again. */
    static final String PARTNER_CORRELATION = "partnerCorrelation";

    /** The header that the answer has from its first envelope on; the next call drops it, as it drops all headers. */
    private static final String OPENED = "LgspReplyOpened";

    private ReplyStep() {}

    static void read(ReplyForm form, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        String provider = JsonBodyStep.passage(exchange)
                .flatMap(Passage::provider)
                .map(SystemId::value)
                .orElse("the provider");
        ReplyForm.Result result =
                form.read(JsonBodyStep.read(exchange, exchange.getMessage().getBody(), side), side, provider);
        exchange.getMessage().setBody(result.payload());
        // of an envelope inside of another one the outer may say what the inner does not
        boolean inside = exchange.getMessage().getHeader(OPENED) != null;
        keep(exchange, PARTNER_CODE, result.code(), inside);
        keep(exchange, PARTNER_CORRELATION, result.correlation(), inside);
        exchange.getMessage().setHeader(OPENED, true);
    }

    private static void keep(Exchange exchange, String variable, Optional<String> told, boolean inside) {
        if (told.isPresent() || !inside) {
            exchange.setVariable(variable, told.orElse(""));
        }
    }
}
