package vn.lgsp.guarantee;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.Sealed;

/** Messages to keep, and a clock to keep them by. */
final class Messages {
    static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    static final Instant END = NOON.plus(Duration.ofHours(72));
    static final ServiceKey SERVICE = new ServiceKey(new ServiceId("civil-birth-notify"), 1);
    static final Caller SOURCE = new Caller("registry-key", new SystemId("civil-registry"), new AgencyCode("H99.09"))
            .onBehalfOf(new PartyCode("VN/GOV/000.00.00.G22/registry"));
    static final SystemId INSURANCE = new SystemId("social-insurance");
    static final SystemId LAND = new SystemId("land-registry");
    static final SystemId ARCHIVE = new SystemId("civil-archive");

    private Messages() {}

    static ExchangeId id() {
        return ExchangeId.at(NOON.toEpochMilli());
    }

    static DeliveryStore.NewExchange message(Optional<String> messageId, int bytes, SystemId... destinations) {
        byte[] content = new byte[bytes];
        ExchangeId id = id();
        new Random(id.value().getLeastSignificantBits()).nextBytes(content);
        return new DeliveryStore.NewExchange(
                id,
                SERVICE,
                "unit-digest",
                SOURCE,
                messageId,
                "correlation-" + id,
                "text/xml",
                Door.SOAP,
                NOON.minusSeconds(1),
                END,
                new byte[] {1, 2, 3},
                new Measured(bytes, sha256(id.toString())),
                sha256("what it says"),
                new Sealed(1, 7, new byte[] {4, 5}, content),
                Stream.of(destinations)
                        .map(to -> new DeliveryStore.NewDelivery(to, List.of(), false))
                        .toList());
    }

    /** One that goes to these one after the other, each leaving a result to the next. */
    static DeliveryStore.NewExchange process(String messageId, SystemId... inOrder) {
        List<DeliveryStore.NewDelivery> steps = new ArrayList<>();
        for (int i = 0; i < inOrder.length; i++) {
            steps.add(new DeliveryStore.NewDelivery(
                    inOrder[i], i == 0 ? List.of() : List.of(inOrder[i - 1]), i < inOrder.length - 1));
        }
        return with(message(Optional.of(messageId), 100), steps);
    }

    static DeliveryStore.NewExchange with(
            DeliveryStore.NewExchange message, List<DeliveryStore.NewDelivery> deliveries) {
        return new DeliveryStore.NewExchange(
                message.id(),
                message.service(),
                message.unit(),
                message.source(),
                message.messageId(),
                message.correlation(),
                message.contentType(),
                message.door(),
                message.receivedAt(),
                message.expiresAt(),
                message.salt(),
                message.request(),
                message.meaning(),
                message.content(),
                deliveries);
    }

    static DeliveryStore.NewExchange message() {
        return message(Optional.empty(), 100, INSURANCE);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    static <T> T done(CompletableFuture<T> call) {
        try {
            return call.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw BusException.in(failed)
                    .<RuntimeException>map(known -> known)
                    .orElseGet(() -> new IllegalStateException(failed));
        }
    }

    /** All calls have ended, well or not. */
    static void ended(Stream<? extends CompletableFuture<?>> calls) {
        done(CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).exceptionally(failed -> null));
    }
}
