package vn.lgsp.guarantee;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;

/**
 * Seals what the route to a destination ended with, where the card keeps it for the steps after it; it is committed together with the end
 * of the attempt. Any other delivery passes by.
 *
 * <p>Fails with {@code result-unkeepable} when it is larger than 1 MiB or no text in UTF-8: the destination has the message then, so that
 * the delivery is parked and not repeated by itself. Fails with {@code guarantee-unavailable} when it cannot be sealed.
 *
 * @see "BUS-11, MSG-06"
 */
public final class KeepResultStep extends AsyncProcessorSupport {
    private static final int MOST_BYTES = 1 << 20;

    private final Deliveries deliveries;
    private final Executor workers;

    /** @param workers where content is sealed */
    public KeepResultStep(Deliveries deliveries, Executor workers) {
        this.deliveries = deliveries;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        UnderWay underWay = deliveries.underWay(attempt.delivery());
        if (!underWay.claim().keepsResult() || exchange.getException() != null) {
            callback.done(true);
            return true;
        }
        workers.execute(() -> {
            try {
                underWay.keeps(deliveries.sealer().sealResult(attempt.delivery(), result(exchange)));
            } catch (RuntimeException | Error failed) {
                exchange.setException(failed);
            }
            callback.done(false);
        });
        return false;
    }

    private static byte[] result(Exchange exchange) {
        Content left = Content.in(exchange.getMessage().getBody()).orElseGet(() -> Content.of(new byte[0]));
        if (left.length() > MOST_BYTES || !left.isInMemory()) {
            throw new BusException(
                    ErrorCode.RESULT_UNKEEPABLE,
                    "what is to be kept of the answer is larger than " + MOST_BYTES
                            + " bytes, or than may be in memory: let the route keep less of it");
        }
        byte[] result = left.bytes();
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(result));
        } catch (CharacterCodingException binary) {
            throw new BusException(
                    ErrorCode.RESULT_UNKEEPABLE, "what is to be kept of the answer is no text in UTF-8", binary);
        }
        return result;
    }
}
