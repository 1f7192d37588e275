package vn.lgsp.guarantee;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Meter;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;

/**
 * Takes a message over: from here on the bus answers for it. The acknowledgement that the service's route made leaves only after the
 * message is on the disk of the database, sealed, and every delivery has its reference on the disk of the broker (DLV-03). A service
 * that is not guaranteed passes by.
 *
 * <p>The same message id with the same bytes gets the acknowledgement of the first time, and so does a SOAP message with the same
 * payload and let-in header blocks, signed anew or not; with another content it is refused (DLV-05).
 * Fails with {@code message-conflict}, {@code guarantee-unavailable} (nothing is kept) or {@code acceptance-unknown}.
 */
public final class AcceptStep extends AsyncProcessorSupport {
    /** The exchange variable with the id that the acknowledgement names. */
    public static final String EXCHANGE_ID = "exchangeId";

    private final Deliveries deliveries;
    private final AsyncProcessor acknowledge;
    private final Executor workers;

    /**
     * @param acknowledge makes the acknowledgement of the original once more, under the variable {@link #EXCHANGE_ID}
     * @param workers where content is sealed
     */
    public AcceptStep(Deliveries deliveries, AsyncProcessor acknowledge, Executor workers) {
        this.deliveries = deliveries;
        this.acknowledge = acknowledge;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        Optional<Guarantee> guarantee = card.guarantee();
        if (guarantee.isEmpty()) {
            callback.done(true);
            return true;
        }
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Original original = exchange.getProperty(Original.PROPERTY, Original.class);
        passage.enter(Stage.DELIVER);
        Door door = exchange.getProperty(Inbound.PROPERTY, Inbound.class).door();
        List<SystemId> recipients;
        try {
            recipients = Recipients.of(
                    guarantee.get(), Optional.ofNullable(exchange.getVariable(Recipients.VARIABLE, String.class)));
        } catch (BusException nobody) {
            exchange.setException(nobody);
            callback.done(true);
            return true;
        }
        deliveries.reached(ProtocolStep.ACCEPT_BEGINS);
        workers.execute(() -> {
            CompletableFuture<ExchangeId> taken;
            try {
                taken = take(
                        message(card, guarantee.get(), recipients, passage, original, door), passage, original, true);
            } catch (RuntimeException | Error broken) {
                taken = CompletableFuture.failedFuture(broken);
            }
            if (!original.content().isInMemory()) {
                taken.whenComplete((id, failed) -> forgetUnneeded(passage.id(), Optional.ofNullable(id)));
            }
            taken.whenComplete((id, failed) -> passage.home().execute(() -> {
                if (failed != null) {
                    exchange.setException(BusException.in(failed)
                            .<Throwable>map(known -> known)
                            .orElse(failed));
                    callback.done(false);
                } else {
                    Thrown.by(() -> answer(exchange, passage, original, id, callback))
                            .ifPresent(broken -> {
                                exchange.setException(broken);
                                callback.done(false);
                            });
                }
            }));
        });
        return false;
    }

    /** Parts of a message that was not accepted under its own id open nothing. */
    private void forgetUnneeded(ExchangeId own, Optional<ExchangeId> accepted) {
        if (!accepted.equals(Optional.of(own))) {
            workers.execute(() -> deliveries.parts().forget(own));
        }
    }

    private DeliveryStore.NewExchange message(
            ServiceCard card,
            Guarantee guarantee,
            List<SystemId> recipients,
            Passage passage,
            Original original,
            Door door) {
        Instant now = deliveries.clock().instant();
        return new DeliveryStore.NewExchange(
                passage.id(),
                card.key(),
                passage.unit().orElseThrow(),
                passage.caller().orElseThrow(),
                original.messageId(),
                passage.correlation(),
                original.contentType(),
                door,
                passage.receivedAt(),
                now.plus(guarantee.life()),
                passage.salt(),
                original.content().isInMemory()
                        ? digest(original, passage.salt())
                        : passage.request().orElseThrow(), // it came as it is, and was measured then
                meaning(original, passage.salt()),
                deliveries.sealed(passage.id(), original.content()),
                Recipients.deliveries(guarantee, recipients));
    }

    private static Measured digest(Original original, byte[] salt) {
        return original.content().measured(Meter.under(salt));
    }

    private static byte[] meaning(Original original, byte[] salt) {
        return original.meaning()
                .map(meaning -> {
                    Meter meter = Meter.under(salt);
                    meter.add(meaning);
                    return meter.done().digest();
                })
                .orElse(new byte[0]);
    }

    /** The id of the exchange under which the message is accepted. */
    private CompletableFuture<ExchangeId> take(
            DeliveryStore.NewExchange message, Passage passage, Original original, boolean once) {
        return deliveries.store().insert(message).thenCompose(insertion -> {
            if (insertion instanceof DeliveryStore.Insertion.Known known) {
                // what is held is read to be compared, and this thread commits for everybody
                return CompletableFuture.supplyAsync(
                                () -> repeated(known, message, passage, original, once),
                                original.content().isInMemory() ? Runnable::run : workers)
                        .thenCompose(accepted -> accepted);
            }
            deliveries.reached(ProtocolStep.ACCEPTING_COMMITTED);
            return hand(message.id(), message.first()).thenApply(accepted -> {
                if (!accepted) {
                    throw withdrawn();
                }
                deliveries.countAccepted();
                return message.id();
            });
        });
    }

    private CompletableFuture<ExchangeId> repeated(
            DeliveryStore.Insertion.Known known,
            DeliveryStore.NewExchange message,
            Passage passage,
            Original original,
            boolean once) {
        boolean same = digest(original, known.salt()).equals(known.request())
                || (known.meaning().length > 0
                        && MessageDigest.isEqual(meaning(original, known.salt()), known.meaning()));
        if (!same) {
            throw new BusException(
                    ErrorCode.MESSAGE_CONFLICT,
                    "exchange " + known.first() + " has this message id and other content:"
                            + " give a new message an id of its own");
        }
        if (known.accepted()) {
            // It may be so by a commit that is not synced yet, and the acknowledgement that leaves now relies on it.
            return promote(known.first()).thenApply(done -> known.first());
        }
        // The first time did not get its acknowledgement: what was left open is done now (never success from the row
        // alone).
        return hand(known.first(), known.destinations()).thenCompose(accepted -> {
            if (accepted) {
                return CompletableFuture.completedFuture(known.first());
            }
            if (once) {
                return take(message, passage, original, false);
            }
            throw withdrawn();
        });
    }

    private static BusException withdrawn() {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "accepting took too long and was given up, nothing is kept: try again");
    }

    /** Steps 2 and 3: references to the broker, then {@code accepted}; false when the row was withdrawn meanwhile. */
    private CompletableFuture<Boolean> hand(ExchangeId id, List<SystemId> destinations) {
        List<Reference> references = destinations.stream()
                .map(destination -> Reference.first(DeliveryId.of(id, destination), destination))
                .toList();
        return deliveries
                .poster()
                .post(references)
                .handle((posted, failed) -> failed)
                .thenCompose(failed -> {
                    if (failed == null) {
                        deliveries.reached(ProtocolStep.REFERENCES_POSTED);
                        return promote(id);
                    }
                    return withdraw(id, failed);
                })
                .whenComplete((accepted, failed) -> {
                    if (failed == null && accepted) {
                        deliveries.reached(ProtocolStep.ACCEPTED_COMMITTED);
                    }
                });
    }

    /** The references are out, so a consumer may accept it although this could not be committed: nobody may call it refused. */
    private CompletableFuture<Boolean> promote(ExchangeId id) {
        return deliveries.store().promote(id).exceptionallyCompose(failed -> {
            throw new BusException(
                    ErrorCode.ACCEPTANCE_UNKNOWN,
                    "the database went away while the message was accepted; whether it was is told by its state, or by"
                            + " sending it again under the same id",
                    failed);
        });
    }

    /** The broker may have taken the references all the same, and a consumer may have begun: then it is accepted. */
    private CompletableFuture<Boolean> withdraw(ExchangeId id, Throwable why) {
        return deliveries.store().withdraw(id).handle((gone, unknown) -> {
            if (unknown != null) {
                throw new BusException(
                        ErrorCode.ACCEPTANCE_UNKNOWN,
                        "neither broker nor database answer; whether the message was accepted is told by its state,"
                                + " or by sending it again under the same id",
                        unknown);
            }
            if (gone) {
                throw BusException.in(why)
                        .orElseGet(() -> new BusException(
                                ErrorCode.GUARANTEE_UNAVAILABLE, "the broker does not answer, nothing is kept", why));
            }
            return true;
        });
    }

    private void answer(
            Exchange exchange, Passage passage, Original original, ExchangeId accepted, AsyncCallback callback) {
        passage.acceptedUnder(accepted);
        boolean plain = exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() != Door.SOAP;
        if (plain && exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) == null) {
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
        }
        if (accepted.equals(passage.id())) {
            callback.done(false);
            return;
        }
        exchange.setVariable(EXCHANGE_ID, accepted.toString());
        exchange.getMessage().setBody(original.content().body());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, original.contentType());
        acknowledge.process(exchange, sync -> callback.done(false));
    }
}
