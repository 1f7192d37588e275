package vn.lgsp.source;

/**
 * Where something is written.
 *
 * @param file as people know it
 * @param line the first is 1
 */
public record Place(String file, int line) {
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
