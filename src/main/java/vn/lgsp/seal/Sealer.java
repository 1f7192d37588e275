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

    private static final byte[] MAGIC = "LGSP-SEAL".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int WRAPPED_KEY = NONCE + AesKey.BYTES + TAG;

    private final KeyRing ring;
    private final SecureRandom random = new SecureRandom();

    public Sealer(KeyRing ring) {
        this.ring = ring;
    }

    /** What a ciphertext is, so that none passes for the other kind. */
    private enum Kind {
        KEY('K'),
        CONTENT('C'),
        RESULT('R');

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
                    encrypt(epoch.key(), bound(owner, epoch.number(), Kind.KEY), plainKey),
                    encrypt(key, bound(owner, epoch.number(), kind), content));
        } catch (InvalidKeyException forgotten) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the bus is stopping: send the message again later", forgotten);
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
            throw new BusException(
                    ErrorCode.INTEGRITY_BROKEN,
                    "the sealed content is of no form that this bus makes, so it was altered");
        }
        AesKey epochKey = ring.key(sealed.epoch()).orElseThrow(() -> keyMissing(sealed.epoch()));
        try {
            byte[] aad = bound(owner, sealed.epoch(), Kind.KEY);
            AesKey key = new AesKey(decrypt(epochKey, aad, sealed.wrappedKey()));
            try {
                return decrypt(key, bound(owner, sealed.epoch(), kind), sealed.content());
            } finally {
                key.destroy();
            }
        } catch (AEADBadTagException altered) {
            throw new BusException(
                    ErrorCode.INTEGRITY_BROKEN,
                    "the sealed content was altered, or is that of another exchange",
                    altered);
        } catch (InvalidKeyException forgotten) {
            throw keyMissing(sealed.epoch());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK has no AES-256-GCM", impossible);
        }
    }

    private static BusException keyMissing(long epoch) {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "the key of epoch " + epoch + " is not in the key ring: put its file back, and start the bus again");
    }

    /** What a ciphertext is bound to: it opens only with the same bytes beside it. */
    private static byte[] bound(UUID owner, long epoch, Kind kind) {
        return ByteBuffer.allocate(MAGIC.length + 1 + Integer.BYTES + 16 + Long.BYTES)
                .put(MAGIC)
                .put(kind.mark)
                .putInt(FORMAT)
                .putLong(owner.getMostSignificantBits())
                .putLong(owner.getLeastSignificantBits())
                .putLong(epoch)
                .array();
    }

    private byte[] encrypt(AesKey key, byte[] aad, byte[] plain) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, aad);
        byte[] sealed = Arrays.copyOf(nonce, NONCE + plain.length + TAG);
        cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
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
