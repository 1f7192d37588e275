package vn.lgsp.soap;

/** A contract says something of which no REST service can be made; the text names the construct and what to do. */
public final class Unimportable extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String construct;

    /** @param text what it is, and what to do */
    public Unimportable(String construct, String text) {
        super(text);
        this.construct = construct;
    }

    /** In few words, such as {@code soap:body use="encoded"}. */
    public String construct() {
        return construct;
    }
}
