package vn.lgsp.message;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The name of one delivery: an exchange on its way to one destination. The same through every attempt, restart and repetition, so
 * that a destination can tell what it has seen (DLV-05).
 *
 * <p>A UUID of version 8, made from exchange and destination.
 */
public record DeliveryId(UUID value) {

    /** The delivery of this exchange to this system; always the same one. */
    public static DeliveryId of(ExchangeId exchange, SystemId destination) {
        ByteBuffer bits = ByteBuffer.wrap(Sha256.of(exchange + ">" + destination));
        long high = (bits.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
        long low = (bits.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new DeliveryId(new UUID(high, low));
    }

    /** @throws IllegalArgumentException when the text is not a UUID */
    public static DeliveryId of(String text) {
        return new DeliveryId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
