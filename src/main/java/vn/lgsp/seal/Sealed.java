package vn.lgsp.seal;

/**
 * Content that only its key ring opens, as it is stored; the bytes are those of {@code docs/reference/sealed-format.md}.
 *
 * @param format of the two fields of bytes: {@link Sealer#FORMAT}, or {@link Sealer#IN_PARTS}
 * @param epoch whose key wraps the data key
 * @param wrappedKey the data key of this one content, wrapped; 60 bytes
 * @param content 28 bytes longer than what was sealed; of a content in parts, which lie elsewhere, its length
 * @see "MSG-06"
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record Sealed(int format, long epoch, byte[] wrappedKey, byte[] content) {
    @Override
    public String toString() {
        return content.length + " bytes sealed in epoch " + epoch + " (not shown)";
    }
}
