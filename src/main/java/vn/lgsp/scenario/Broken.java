package vn.lgsp.scenario;

/** A text that is not the XML or JSON that it should be. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;
    private final int line;

    Broken(int line, String reason) {
        super(reason);
        this.line = line;
    }

    int line() {
        return line;
    }
}
