package vn.lgsp.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One numbered part of the journal, in a file of fixed size: a header, then entries.
 *
 * <p>The file is written in full before its first entry, and used again under another number when it is released: a sync of
 * entries then never has to sync a size or a name as well, which costs twice as much on a busy disk.
 */
final class Segment {
    /** Opens a file to write, a new one too; a test may put a disk behind it that fails or hangs. */
    interface Opener {
        FileChannel open(Path file) throws IOException;
    }

    static final Opener ON_DISK = file -> FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    /** Where the first entry stands. */
    static final int HEADER = 40;

    private static final int CHECKED = 32;
    private static final int MAGIC = 0x4c475350; // "LGSP"
    private static final int FORMAT = 1;
    private static final int CHUNK = 1024 * 1024;
    private static final String ENDING = ".journal";

    private final long number;
    private final long run;
    private final long seed;
    private final Path file;
    private volatile long end;
    private volatile boolean finished;

    private Segment(long number, long run, long seed, Path file, long end, boolean finished) {
        this.number = number;
        this.run = run;
        this.seed = seed;
        this.file = file;
        this.end = end;
        this.finished = finished;
    }

    /** Rises with time. */
    long number() {
        return number;
    }

    /** The number of the first segment that the same process wrote. */
    long run() {
        return run;
    }

    /** What the checksums of its entries begin with: another for every use of a file. */
    long seed() {
        return seed;
    }

    Path file() {
        return file;
    }

    /** Everything before it is durable, or, in a segment of an earlier run that nobody has checked yet, may be. */
    long end() {
        return end;
    }

    void durableTo(long offset) {
        end = offset;
    }

    /** Whether nothing will be added any more. */
    boolean isFinished() {
        return finished;
    }

    void finish() {
        finished = true;
    }

    /** What a segment and the channel to write it are, before it is in use. */
    record Prepared(Segment segment, FileChannel channel) {}

    /** Makes a file of {@code size} bytes, or takes a released one, ready for its first entry. */
    static Prepared prepare(Path file, long number, long run, long size, Opener opener) throws IOException {
        boolean known = Files.exists(file) && Files.size(file) == size;
        long seed = ThreadLocalRandom.current().nextLong();
        FileChannel channel = opener.open(file);
        try {
            if (!known) {
                writeInFull(channel, size);
            }
            write(channel, header(number, run, seed), 0);
            channel.force(!known);
            if (!known) {
                syncFolder(file);
            }
        } catch (IOException failed) {
            channel.close();
            if (!known) {
                Files.deleteIfExists(file);
            }
            throw failed;
        }
        return new Prepared(new Segment(number, run, seed, file, HEADER, false), channel);
    }

    /** Says that nothing in this file counts any more. Without a sync: what is lost of it is only read once more. */
    static void free(Path file, Opener opener) throws IOException {
        try (FileChannel channel = opener.open(file)) {
            write(channel, header(0, 0, 0), 0);
        }
    }

    /** Writes all of {@code bytes} at {@code offset}. */
    static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static void writeInFull(FileChannel channel, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(CHUNK, size));
        for (long at = 0; at < size; at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            write(channel, zeros, at);
        }
        channel.truncate(size);
    }

    /** A new file survives a power cut only when its folder is synced too. */
    private static void syncFolder(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static ByteBuffer header(long number, long run, long seed) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putInt(MAGIC).putInt(FORMAT).putLong(number).putLong(run).putLong(seed);
        return header.putInt(crcOf(header)).rewind();
    }

    private static int crcOf(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(CHECKED));
        return (int) crc.getValue();
    }

    /** The file that is in this place of the folder. */
    static Path file(Path folder, int place) {
        return folder.resolve(String.format(Locale.ROOT, "%06d%s", place, ENDING));
    }

    /**
     * What earlier runs left in a folder.
     *
     * @param segments oldest first
     * @param free files that hold nothing that counts
     * @param places how many places of the folder are taken, or were
     */
    record Left(List<Segment> segments, List<Path> free, int places) {}

    static Left leftIn(Path folder) throws IOException {
        List<Segment> segments = new ArrayList<>();
        List<Path> free = new ArrayList<>();
        int places = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(ENDING)) {
                    places = Integer.parseInt(name.substring(0, name.length() - ENDING.length()));
                    left(file).ifPresentOrElse(segments::add, () -> free.add(file));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::number));
        return new Left(segments, free, places);
    }

    /** Empty where no entry that counts was ever written: the process ended while it prepared the file, or it was released. */
    private static Optional<Segment> left(Path file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
                // a short read goes on where it stopped
            }
            if (header.hasRemaining() || header.getInt(0) != MAGIC || header.getInt(CHECKED) != crcOf(header)) {
                return Optional.empty();
            }
            if (header.getInt(4) != FORMAT) {
                throw new IOException("journal file " + file.getFileName() + " has format " + header.getInt(4)
                        + ", this release reads " + FORMAT + ": start the release that wrote it once more");
            }
            long number = header.getLong(8);
            return number == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Segment(number, header.getLong(16), header.getLong(24), file, channel.size(), true));
        }
    }
}
