package vn.lgsp.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;

/**
 * Seals content before it touches a disk, and opens it for delivery: AES-256-GCM under a key of its own, which the key of the
 * epoch wraps. What was altered, cut or taken from another exchange does not open (MSG-01, MSG-06).
 *
 * <p>Any number of threads may use it. The bytes are those of {@code docs/reference/sealed-format.md}.
 */
public final class Sealer {
    /** The format of what {@link #seal} makes. */
    public static final int FORMAT = 1;

    /** The format of what {@link #inParts} makes: content that is too large to be sealed as one piece. */
    public static final int IN_PARTS = 2;

    /** How many bytes of content a part holds; the last one holds the rest. */
    public static final int PART = 256 << 10;

    private static final byte[] MAGIC = "LGSP-SEAL".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE = 12;
    private static final int TAG = 16;
    /** How many bytes a part is longer than its content. */
    public static final int LONGER = NONCE + TAG;

    private static final int WRAPPED_KEY = NONCE + AesKey.BYTES + TAG;
    private static final int BOUND = MAGIC.length + 1 + Integer.BYTES + 16 + Long.BYTES;

    private final KeyRing ring;
    private final SecureRandom random = new SecureRandom();

    public Sealer(KeyRing ring) {
        this.ring = ring;
    }

    /** What a ciphertext is, so that none passes for the other kind. */
    private enum Kind {
        KEY('K'),
        CONTENT('C'),
        RESULT('R'),
        PART('P');

        private final byte mark;

        Kind(char mark) {
            this.mark = (byte) mark;
        }
    }

    /**
     * The content, sealed for this exchange in the epoch of now.
     *
     * @throws BusException {@code guarantee-unavailable}, when a new epoch is due and its key cannot be stored
     */
    public Sealed seal(ExchangeId exchange, byte[] content) {
        return seal(exchange.value(), Kind.CONTENT, content);
    }

    /**
     * What a delivery has left for those after it, sealed for this delivery in the epoch of now.
     *
     * @throws BusException as {@link #seal} does
     */
    public Sealed sealResult(DeliveryId delivery, byte[] result) {
        return seal(delivery.value(), Kind.RESULT, result);
    }

    private Sealed seal(UUID owner, Kind kind, byte[] content) {
        Epoch epoch = ring.now();
        byte[] plainKey = new byte[AesKey.BYTES];
        random.nextBytes(plainKey);
        AesKey key = new AesKey(plainKey);
        try {
            return new Sealed(
                    FORMAT,
                    epoch.number(),
                    encrypt(epoch.key(), bound(FORMAT, owner, epoch.number(), Kind.KEY), plainKey),
                    encrypt(key, bound(FORMAT, owner, epoch.number(), kind), content));
        } catch (InvalidKeyException forgotten) {
            throw stopping(forgotten);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK has no AES-256-GCM", impossible);
        } finally {
            key.destroy();
        }
    }

    /**
     * The content that was sealed for this exchange.
     *
     * @throws BusException {@code integrity-broken}, when anything of it was altered, or it is another exchange's; {@code
     *     guarantee-unavailable}, naming the epoch, when the ring does not hold its key
     */
    public byte[] open(ExchangeId exchange, Sealed sealed) {
        return open(exchange.value(), Kind.CONTENT, sealed);
    }

    /**
     * What was sealed for this delivery.
     *
     * @throws BusException as {@link #open} does
     */
    public byte[] openResult(DeliveryId delivery, Sealed sealed) {
        return open(delivery.value(), Kind.RESULT, sealed);
    }

    private byte[] open(UUID owner, Kind kind, Sealed sealed) {
        if (sealed.format() != FORMAT
                || sealed.wrappedKey().length != WRAPPED_KEY
                || sealed.content().length < NONCE + TAG) {
            throw noForm();
        }
        AesKey key = unwrapped(owner, sealed);
        try {
            return decrypted(key, bound(FORMAT, owner, sealed.epoch(), kind), sealed.content(), sealed.epoch());
        } finally {
            key.destroy();
        }
    }

    private AesKey unwrapped(UUID owner, Sealed sealed) {
        AesKey epochKey = ring.key(sealed.epoch()).orElseThrow(() -> keyMissing(sealed.epoch()));
        byte[] aad = bound(sealed.format(), owner, sealed.epoch(), Kind.KEY);
        return new AesKey(decrypted(epochKey, aad, sealed.wrappedKey(), sealed.epoch()));
    }

    private static byte[] decrypted(AesKey key, byte[] aad, byte[] sealed, long epoch) {
        try {
            return decrypt(key, aad, sealed);
        } catch (AEADBadTagException altered) {
            throw new BusException(
                    ErrorCode.INTEGRITY_BROKEN,
                    "the sealed content was altered, or is that of another exchange",
                    altered);
        } catch (InvalidKeyException forgotten) {
            throw keyMissing(epoch);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK has no AES-256-GCM", impossible);
        }
    }

    private static BusException noForm() {
        return new BusException(
                ErrorCode.INTEGRITY_BROKEN, "the sealed content is of no form that this bus makes, so it was altered");
    }

    private static BusException stopping(InvalidKeyException forgotten) {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE, "the bus is stopping: send the message again later", forgotten);
    }

    /**
     * Begins to seal a content for this exchange part by part, in the epoch of now.
     *
     * @throws BusException as {@link #seal} does
     */
    public Sealing inParts(ExchangeId exchange) {
        return new Sealing(exchange.value(), ring.now());
    }

    /** One content that is sealed in parts. Used by one thread; to be closed. */
    public final class Sealing implements AutoCloseable {
        private final UUID owner;
        private final long epoch;
        private final AesKey key;
        private final byte[] wrappedKey;
        private int number;
        private long length;

        private Sealing(UUID owner, Epoch epoch) {
            this.owner = owner;
            this.epoch = epoch.number();
            byte[] plainKey = new byte[AesKey.BYTES];
            random.nextBytes(plainKey);
            this.key = new AesKey(plainKey);
            try {
                wrappedKey = encrypt(epoch.key(), bound(IN_PARTS, owner, this.epoch, Kind.KEY), plainKey);
            } catch (InvalidKeyException forgotten) {
                throw stopping(forgotten);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("this JDK has no AES-256-GCM", impossible);
            }
        }

        /**
         * The next part, 28 bytes longer than its content.
         *
         * @param count how many bytes of {@code from} it holds: {@link #PART}, or less for the last one
         */
        public byte[] next(byte[] from, int count, boolean last) {
            byte[] aad = boundPart(owner, epoch, number++, last);
            length += count;
            try {
                return encrypt(key, aad, from, count);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("this JDK has no AES-256-GCM", impossible);
            }
        }

        /** What opens the parts; call it behind the last one. Its content is the length of what was sealed. */
        public Sealed sealed() {
            return new Sealed(
                    IN_PARTS,
                    epoch,
                    wrappedKey,
                    ByteBuffer.allocate(Long.BYTES).putLong(length).array());
        }

        @Override
        public void close() {
            key.destroy();
        }
    }

    /**
     * Begins to open a content that was sealed in parts for this exchange.
     *
     * @throws BusException as {@link #open(ExchangeId, Sealed)} does
     */
    public Opening parts(ExchangeId exchange, Sealed sealed) {
        if (sealed.format() != IN_PARTS
                || sealed.wrappedKey().length != WRAPPED_KEY
                || sealed.content().length != Long.BYTES
                || ByteBuffer.wrap(sealed.content()).getLong() <= 0) {
            throw noForm();
        }
        return new Opening(exchange.value(), sealed);
    }

    /** One content that is opened part by part, in any order. Used by one thread at a time; to be closed. */
    public final class Opening implements AutoCloseable {
        private final UUID owner;
        private final long epoch;
        private final AesKey key;
        private final long length;

        private Opening(UUID owner, Sealed sealed) {
            this.owner = owner;
            this.epoch = sealed.epoch();
            this.key = unwrapped(owner, sealed);
            this.length = ByteBuffer.wrap(sealed.content()).getLong();
        }

        /** How many bytes the content has, if it opens to its end. */
        public long length() {
            return length;
        }

        /** How many parts it has. */
        public long count() {
            return (length + PART - 1) / PART;
        }

        /**
         * The content of one part.
         *
         * @param number from 0
         * @throws BusException {@code integrity-broken}, when it was altered or cut, or is another part or another exchange's
         */
        public byte[] open(int number, byte[] part) {
            boolean last = number == count() - 1;
            long expected = last ? length - (long) number * PART : PART;
            if (part.length != expected + NONCE + TAG) {
                throw noForm();
            }
            return decrypted(key, boundPart(owner, epoch, number, last), part, epoch);
        }

        @Override
        public void close() {
            key.destroy();
        }
    }

    private static BusException keyMissing(long epoch) {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "the key of epoch " + epoch + " is not in the key ring: put its file back, and start the bus again");
    }

    /** What a ciphertext is bound to: it opens only with the same bytes beside it. */
    private static byte[] bound(int format, UUID owner, long epoch, Kind kind) {
        return bound(new byte[BOUND], format, owner, epoch, kind).array();
    }

    /** What a part is bound to beside: its place, and whether it is the last. */
    private static byte[] boundPart(UUID owner, long epoch, int number, boolean last) {
        return bound(new byte[BOUND + Integer.BYTES + 1], IN_PARTS, owner, epoch, Kind.PART)
                .putInt(number)
                .put((byte) (last ? 1 : 0))
                .array();
    }

    private static ByteBuffer bound(byte[] to, int format, UUID owner, long epoch, Kind kind) {
        return ByteBuffer.wrap(to)
                .put(MAGIC)
                .put(kind.mark)
                .putInt(format)
                .putLong(owner.getMostSignificantBits())
                .putLong(owner.getLeastSignificantBits())
                .putLong(epoch);
    }

    private byte[] encrypt(AesKey key, byte[] aad, byte[] plain) throws GeneralSecurityException {
        return encrypt(key, aad, plain, plain.length);
    }

    private byte[] encrypt(AesKey key, byte[] aad, byte[] plain, int count) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, aad);
        byte[] sealed = Arrays.copyOf(nonce, NONCE + count + TAG);
        cipher.doFinal(plain, 0, count, sealed, NONCE);
        return sealed;
    }

    private static byte[] decrypt(AesKey key, byte[] aad, byte[] sealed) throws GeneralSecurityException {
        byte[] nonce = Arrays.copyOf(sealed, NONCE);
        return cipher(Cipher.DECRYPT_MODE, key, nonce, aad).doFinal(sealed, NONCE, sealed.length - NONCE);
    }

    /** A new one each time: one that is kept saves 2 µs of 5, and would keep a copy of its last key. */
    private static Cipher cipher(int mode, AesKey key, byte[] nonce, byte[] aad) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(aad);
        return cipher;
    }
}
