package vn.lgsp.message;

import java.util.Map;

/**
 * The head of a request as it came, for the stages that need more of it than the record may know.
 *
 * <p>It lives as long as the exchange and is never logged or recorded: the path, the query and the headers may hold a person's
 * data. The credential is not in it any more.
 *
 * @param door by which address it came
 * @param method such as {@code GET}
 * @param service the service segment of the address, empty where the address is not of a service; not checked
 * @param version the version segment, 0 where there is none
 * @param path raw path below {@code /api/{service}/v{n}}, {@code /soap/{service}/v{n}} or {@code /exchanges}, beginning with a slash, or
 *     empty; the whole path where the address has no known form; a message of a queue has none
 * @param query raw query without the question mark, or empty
 * @param headers names and values in order, names in any case
 */
public record Inbound(
        Door door,
        String method,
        String service,
        int version,
        String path,
        String query,
        Iterable<Map.Entry<String, String>> headers) {
    /** The exchange property under which a stage finds it. */
    public static final String PROPERTY = "lgsp.inbound";

    /** The exchange property with the methods that an address offers, when the request used another (header {@code Allow}). */
    public static final String ALLOW = "lgsp.allow";

    @Override
    public String toString() {
        return method + " (path not shown)";
    }
}
