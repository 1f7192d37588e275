package vn.lgsp.torture;

/** Waiting, where time itself is what is waited for. */
final class Pause {
    private Pause() {}

    static void millis(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the torture was interrupted", stopped);
        }
    }
}
