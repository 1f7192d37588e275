package vn.lgsp.command;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Tells on the standard error what a command is at, on one changing line, once it has taken a while; not at all where that is no
 * terminal.
 */
final class Progress implements AutoCloseable {
    /** How long a person waits without wondering. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long REDRAW_MILLIS = 250;
    private static final String WIPE = "\r\033[K";

    private final PrintWriter err;
    private final long begun = System.nanoTime();
    private String what;
    private boolean drawn;
    private boolean ended;

    private Progress(PrintWriter err, String what) {
        this.err = err;
        this.what = what;
    }

    /** @param patience before the first line is drawn */
    static Progress begin(PrintWriter err, boolean terminal, Duration patience, String what) {
        Progress progress = new Progress(err, what);
        if (terminal) {
            Thread drawing = new Thread(() -> progress.drawUntilEnded(patience), "lgsp-progress");
            drawing.setDaemon(true);
            drawing.start();
        }
        return progress;
    }

    /** What it is at now, such as {@code civil-birth-notify, 3 of 40}. */
    synchronized void at(String now) {
        what = now;
    }

    /** Takes the line away, so that something else can be printed; it comes back by itself. */
    synchronized void wipe() {
        if (drawn) {
            err.print(WIPE);
            err.flush();
            drawn = false;
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        wipe();
        notifyAll();
    }

    private synchronized void drawUntilEnded(Duration patience) {
        try {
            long waiting = patience.toMillis();
            while (!ended) {
                wait(Math.max(1, waiting));
                if (!ended && System.nanoTime() - begun >= patience.toNanos()) {
                    err.printf("%s  %s … %d s", WIPE, what, (System.nanoTime() - begun) / 1_000_000_000);
                    err.flush();
                    drawn = true;
                    waiting = REDRAW_MILLIS;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
