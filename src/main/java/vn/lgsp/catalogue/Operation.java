package vn.lgsp.catalogue;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of a service, REST or SOAP. A SOAP operation has method POST, path {@code /}, no query and the two SOAP media types.
 *
 * @param id kebab-case, unique in the service
 * @param method GET, POST, PUT, PATCH or DELETE (BUS-07)
 * @param path template below {@code /api/{service}/v{n}}, such as {@code /citizens/{id}}; {@code {rest+}} as the last part takes all that follows
 * @param query documented query parameters; others are refused
 * @param accepts documented media types of the request, empty where it has no body
 * @param answers documented statuses of the answer that pass through, beside 2xx
 * @param soap how it is recognised, if it is a SOAP operation
 */
public record Operation(
        String id,
        String method,
        PathTemplate path,
        Set<String> query,
        List<String> accepts,
        Set<Integer> answers,
        Optional<SoapCall> soap) {

    /** The exchange property under which a stage finds the operation that is asked for. */
    public static final String PROPERTY = "lgsp.operation";

    /** What records and metrics carry instead of the path. */
    public String label() {
        return soap.isPresent() ? "SOAP " + id : method + " " + path;
    }
}
