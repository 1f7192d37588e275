package vn.lgsp.seal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.message.Sha256;

/**
 * One file of a key ring, {@code epoch-<number>.key}, mode 0600, 92 bytes, numbers big-endian:
 *
 * <pre>
 * at  length
 *  0       8  magic, "LGSP-KEY" in ASCII
 *  8       4  version of this layout: 1
 * 12       8  number of the epoch, the same as in the file's name
 * 20       8  when the key was made, in milliseconds since 1970-01-01T00:00Z
 * 28      32  the AES-256 key
 * 60      32  SHA-256 of the 60 bytes before it
 * </pre>
 */
record KeyFile(long epoch, Instant created, AesKey key) {
    private static final byte[] MAGIC = "LGSP-KEY".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int BEGIN = 12;
    private static final int CHECKED = 60;
    private static final int BYTES = 92;
    private static final Pattern NAME = Pattern.compile("epoch-([1-9][0-9]{0,17})\\.key");
    private static final Pattern UNFINISHED = Pattern.compile(NAME.pattern() + "\\.new");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** The epoch that a file's name stands for; none where it is no key file. */
    static Optional<Long> epochOf(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Optional.of(Long.valueOf(name.group(1))) : Optional.empty();
    }

    /** Whether this is what {@link #write} leaves behind when it is killed. No message was sealed with such a key. */
    static boolean isUnfinished(Path file) {
        return UNFINISHED.matcher(file.getFileName().toString()).matches();
    }

    static Path in(Path folder, long epoch) {
        return folder.resolve("epoch-" + epoch + ".key");
    }

    /** Writes the file so that it is there whole or not at all, and returns when no power cut can take it away. */
    void write(Path folder) throws IOException {
        Path file = in(folder, epoch);
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        byte[] content = encoded();
        try {
            // a file of this name would be what is left of a failed attempt, with who knows which permissions
            Files.deleteIfExists(unfinished);
            try (FileChannel channel = FileChannel.open(
                    unfinished, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** Makes sure that files which came into the folder, or went, survive a power cut so. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private byte[] encoded() throws IOException {
        byte[] bytes = key.getEncoded();
        if (bytes == null) {
            throw new IOException("the key is destroyed");
        }
        try {
            ByteBuffer content = ByteBuffer.allocate(BYTES);
            content.put(MAGIC)
                    .putInt(VERSION)
                    .putLong(epoch)
                    .putLong(created.toEpochMilli())
                    .put(bytes)
                    .put(Sha256.of(Arrays.copyOf(content.array(), CHECKED)));
            return content.array();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Reads a key file.
     *
     * @throws IllegalStateException in one line for people, naming the file and the remedy
     */
    static KeyFile read(Path file) throws IOException {
        refuseOpenToOthers(file, "600");
        byte[] content = Files.readAllBytes(file);
        try {
            return decoded(file, content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static KeyFile decoded(Path file, byte[] content) {
        ByteBuffer fields = ByteBuffer.wrap(content);
        if (content.length < BEGIN || !Arrays.equals(Arrays.copyOf(content, MAGIC.length), MAGIC)) {
            throw broken(file, "does not begin as a key file does");
        }
        int version = fields.position(MAGIC.length).getInt();
        if (version != VERSION) {
            throw new IllegalStateException("the key file " + file + " has version " + version
                    + ", this bus reads version " + VERSION + ": start the release that wrote it, or a later one");
        }
        if (content.length != BYTES) {
            throw broken(file, "has " + content.length + " bytes instead of " + BYTES);
        }
        long epoch = fields.getLong();
        Instant created = Instant.ofEpochMilli(fields.getLong());
        byte[] sum = Arrays.copyOfRange(content, CHECKED, BYTES);
        if (!MessageDigest.isEqual(sum, Sha256.of(Arrays.copyOf(content, CHECKED)))) {
            throw broken(file, "was altered: its checksum is not that of its content");
        }
        if (!epochOf(file).equals(Optional.of(epoch))) {
            throw broken(file, "holds the key of epoch " + epoch + ", so it was renamed");
        }
        byte[] key = new byte[AesKey.BYTES];
        fields.get(key);
        return new KeyFile(epoch, created, new AesKey(key));
    }

    private static IllegalStateException broken(Path file, String what) {
        return new IllegalStateException("the key file " + file + " " + what
                + ": put the file back as it was; without it, what was sealed in its epoch cannot be opened");
    }

    /** @throws IllegalStateException naming the path and the remedy, when its group or others may do anything with it */
    static void refuseOpenToOthers(Path path, String mode) throws IOException {
        String text = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        if (!text.endsWith("------")) {
            throw new IllegalStateException("others than the owner have rights at " + path + " (" + text
                    + "): find out who may have read it, then chmod " + mode + " " + path);
        }
    }
}
