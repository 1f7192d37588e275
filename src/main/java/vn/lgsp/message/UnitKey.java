package vn.lgsp.message;

/**
 * One revision of a service, by the files that it is made of (BUS-09).
 *
 * @param digest of all its files, lower-case hexadecimal, 64 characters
 */
public record UnitKey(ServiceKey service, String digest) {
    private static final int SHOWN = 12;

    public UnitKey {
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "the digest of a revision of " + service + " is not valid: 64 hexadecimal digits are needed");
        }
    }

    /** As much of the digest as tells revisions apart for people, and in names. */
    public String brief() {
        return brief(digest);
    }

    /** The same of a digest as it was read somewhere; what is shorter stays as it is. */
    public static String brief(String digest) {
        return digest.length() > SHOWN ? digest.substring(0, SHOWN) : digest;
    }

    /** The name of the folder that its files are kept in, such as {@code civil-birth-notify-v1~0123456789ab}. */
    public String folder() {
        return service.id() + "-v" + service.version() + "~" + brief();
    }

    @Override
    public String toString() {
        return service + " " + brief();
    }
}
