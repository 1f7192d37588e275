package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the figures were measured on; never the machine's name. */
final class Machine {
    private static final int ENTRY = 300;
    private static final int PREPARED = 16;
    /** The field of {@code /proc/diskstats}, from 0, behind major, minor and name. */
    private static final int FLUSHES = 18;

    private Machine() {}

    static String description() {
        Runtime.Version java = Runtime.version();
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " CPUs, "
                + System.getProperty("os.name") + ", Java " + java + " (" + System.getProperty("java.vm.vendor") + ")";
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * How many entries of the size of a record's the disk under {@code folder} syncs in a second, one by one; into a file that has its
     * size already, as the journals of the bus and of Artemis have.
     */
    static long syncsPerSecond(Path folder) {
        Path file = folder.resolve("syncs");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            for (int i = 0; i < PREPARED; i++) {
                channel.write(ByteBuffer.allocate(1 << 20));
            }
            channel.force(true);
            channel.position(0);
            long end = System.nanoTime() + 1_000_000_000L;
            long syncs = 0;
            while (System.nanoTime() < end) {
                channel.write(ByteBuffer.allocate(ENTRY));
                channel.force(false);
                syncs++;
            }
            return syncs;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * How often the disk under {@code folder} was told to make everything lasting since the machine started, by whatever program; only
     * Linux tells, and only of a folder that lies on a disk of its own name.
     */
    static OptionalLong flushes(Path folder) {
        try {
            String device =
                    Path.of(Files.getFileStore(folder).name()).getFileName().toString();
            try (Stream<String> lines = Files.lines(Path.of("/proc/diskstats"))) {
                return lines.map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > FLUSHES && fields[2].equals(device))
                        .mapToLong(fields -> Long.parseLong(fields[FLUSHES]))
                        // Of a partition Linux counts none.
                        .filter(flushes -> flushes > 0)
                        .findFirst();
            }
        } catch (IOException | RuntimeException notTold) {
            return OptionalLong.empty();
        }
    }

    /** The memory of a process, now and at most, in MiB; only Linux tells. */
    static String memory(ProcessHandle process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            List<Long> megabytes = lines.filter(line -> line.startsWith("VmHWM:") || line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.split("\\s+")[1]) >> 10)
                    .toList();
            // Linux writes the most before what it is now.
            return "%,d MiB, at most %,d".formatted(megabytes.get(1), megabytes.get(0));
        } catch (IOException | RuntimeException notTold) {
            return "-";
        }
    }

    /** Whether a program of this name is on the path. */
    static boolean has(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(System.getProperty("path.separator"), -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
