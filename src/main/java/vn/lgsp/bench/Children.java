package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The processes that the bench starts. Whatever happens, none of them outlives it. */
final class Children implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(10);

    private final Path folder;
    private final boolean pinned;
    private final List<Process> started = new ArrayList<>();
    private final Thread hook = new Thread(this::end);

    /**
     * @param folder for their output
     * @param pinned whether to bind each to one CPU
     */
    Children(Path folder, boolean pinned) {
        this.folder = folder;
        this.pinned = pinned;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Where a process runs: what is measured alone on one CPU, everything else on the other. */
    enum Cpu {
        SUBJECT,
        REST,
        /** Wherever there is room. */
        ANY
    }

    /**
     * A process that stays until the bench ends.
     *
     * @param ready asked again and again until it says yes
     * @throws IllegalStateException with the end of its output, when it ends or is not ready within a minute
     */
    Process start(String name, Cpu cpu, List<String> command, BooleanSupplier ready) {
        return start(name, cpu, command, ready, Duration.ofMinutes(1));
    }

    /** The same, for what may take longer. */
    Process start(String name, Cpu cpu, List<String> command, BooleanSupplier ready, Duration most) {
        Path output = folder.resolve(name + ".log");
        Process process = launch(cpu, command, output);
        long deadline = System.nanoTime() + most.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        name + (process.isAlive() ? " was not ready in time: " : " ended: ") + tail(output));
            }
            pause(100);
        }
        return process;
    }

    /**
     * Runs a process to its end.
     *
     * @return what it printed
     * @throws IllegalStateException with the end of its output, when it fails or takes longer than {@code most}
     */
    String run(String name, List<String> command, Duration most) {
        Path output = folder.resolve(name + ".log");
        Process process = launch(Cpu.REST, command, output);
        try {
            if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(name + " took longer than " + most.toSeconds() + " s");
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted", stopped);
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " failed: " + tail(output));
        }
        return text(output);
    }

    private synchronized Process launch(Cpu cpu, List<String> command, Path output) {
        List<String> whole = new ArrayList<>();
        if (pinned && cpu != Cpu.ANY) {
            whole.addAll(List.of("taskset", "-c", cpu == Cpu.SUBJECT ? "0" : "1"));
        }
        whole.addAll(command);
        try {
            Process process = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            started.add(process);
            return process;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private synchronized void end() {
        started.forEach(Process::destroy);
        for (Process process : started) {
            try {
                if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException hurried) {
                process.destroyForcibly();
            }
        }
        started.clear();
    }

    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the bench was interrupted", stopped);
        }
    }

    private static String tail(Path output) {
        List<String> lines = text(output).lines().toList();
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
