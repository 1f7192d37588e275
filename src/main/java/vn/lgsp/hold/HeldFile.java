package vn.lgsp.hold;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import vn.lgsp.message.Content;
import vn.lgsp.message.Discardable;
import vn.lgsp.message.Sha256;

/**
 * Content in a file: AES-256-GCM under a key that exists only in memory. The file has no name from the moment that it is open, so that
 * nothing of it is left when the process dies, whatever kills it (MSG-05).
 *
 * <p>Frames are numbered: the number is the nonce, and the key is used for one file only.
 */
final class HeldFile implements Content, Discardable {
    private static final int FRAME = 128 << 10;
    private static final int TAG = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final FileChannel file;
    private final SecretKeySpec key;
    private final long length;
    private final byte[] sha256;

    private HeldFile(FileChannel file, SecretKeySpec key, long length, byte[] sha256) {
        this.file = file;
        this.key = key;
        this.length = length;
        this.sha256 = sha256;
    }

    /** Known since it was written. */
    @Override
    public byte[] sha256() {
        return sha256.clone();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open() {
        return new Reading();
    }

    /** Gives the room on the disk back; whoever reads it still fails. */
    @Override
    public void discard() {
        close(file);
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Override
    public String toString() {
        return length + " bytes (content not shown)";
    }

    private static Cipher cipher(int mode, SecretKeySpec key, long frame) throws IOException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(12).putLong(4, frame).array();
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
            return cipher;
        } catch (GeneralSecurityException impossible) {
            throw new IOException("this JDK has no AES-256-GCM", impossible);
        }
    }

    /** Takes the content in. */
    static final class Writing extends OutputStream {
        private final FileChannel file;
        private final SecretKeySpec key;
        private final byte[] frame = new byte[FRAME];
        private final ByteBuffer sealed = ByteBuffer.allocate(FRAME + TAG);
        private final MessageDigest digest = Sha256.digest();
        private int filled;
        private long frames;

        Writing(Path folder) throws IOException {
            Files.createDirectories(folder);
            Path path = folder.resolve(UUID.randomUUID() + ".held");
            file = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.delete(path);
            byte[] random = new byte[32];
            RANDOM.nextBytes(random);
            key = new SecretKeySpec(random, "AES");
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int count) throws IOException {
            int done = 0;
            while (done < count) {
                int some = Math.min(count - done, FRAME - filled);
                System.arraycopy(from, offset + done, frame, filled, some);
                filled += some;
                done += some;
                if (filled == FRAME) {
                    writeFrame();
                }
            }
        }

        private void writeFrame() throws IOException {
            sealed.clear();
            digest.update(frame, 0, filled);
            try {
                cipher(Cipher.ENCRYPT_MODE, key, frames).doFinal(ByteBuffer.wrap(frame, 0, filled), sealed);
            } catch (GeneralSecurityException impossible) {
                throw new IOException("a frame cannot be encrypted", impossible);
            }
            sealed.flip();
            long at = frames * (FRAME + TAG);
            while (sealed.hasRemaining()) {
                at += file.write(sealed, at);
            }
            frames++;
            filled = 0;
        }

        /** Ends the writing. */
        HeldFile done() throws IOException {
            long length = frames * FRAME + filled;
            if (filled > 0) {
                writeFrame();
            }
            return new HeldFile(file, key, length, digest.digest());
        }

        /** Nobody wants it any more. */
        void discard() {
            HeldFile.close(file);
        }
    }

    private final class Reading extends InputStream {
        private final ByteBuffer sealed = ByteBuffer.allocate(FRAME + TAG);
        private final ByteBuffer plain = ByteBuffer.allocate(FRAME + TAG).limit(0);
        private long frames;

        @Override
        public int read() throws IOException {
            return fill() ? plain.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int some = Math.min(count, plain.remaining());
            plain.get(to, offset, some);
            return some;
        }

        @Override
        public int available() {
            return plain.remaining();
        }

        /** Whole frames are passed over without being read. */
        @Override
        public long skip(long count) throws IOException {
            long left = count - plain.remaining();
            if (left <= 0) {
                plain.position(plain.position() + (int) Math.max(0, count));
                return Math.max(0, count);
            }
            plain.position(plain.limit());
            long some = Math.min(left, Math.max(0, length - frames * FRAME));
            frames += some / FRAME;
            int rest = (int) (some % FRAME);
            if (rest > 0 && fill()) {
                plain.position(rest);
            }
            return count - left + some;
        }

        private boolean fill() throws IOException {
            if (plain.hasRemaining()) {
                return true;
            }
            long left = length - frames * FRAME;
            if (left <= 0) {
                return false;
            }
            sealed.clear().limit((int) Math.min(left, FRAME) + TAG);
            long at = frames * (FRAME + TAG);
            while (sealed.hasRemaining()) {
                int read = file.read(sealed, at);
                if (read < 0) {
                    throw new EOFException("held content is cut off");
                }
                at += read;
            }
            sealed.flip();
            plain.clear();
            try {
                cipher(Cipher.DECRYPT_MODE, key, frames).doFinal(sealed, plain);
            } catch (GeneralSecurityException altered) {
                throw new IOException("held content was altered", altered);
            } finally {
                plain.flip();
            }
            frames++;
            return true;
        }
    }
}
