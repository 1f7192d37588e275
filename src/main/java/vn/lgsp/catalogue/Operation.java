package vn.lgsp.catalogue;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of a service: REST, SOAP or JMS. A SOAP operation has method POST, path {@code /}, no query and the two SOAP media
 * types; a JMS operation has method POST, path {@code /} and no query.
 *
 * @param id kebab-case, unique in the service
 * @param method GET, POST, PUT, PATCH or DELETE (BUS-07)
 * @param path template below {@code /api/{service}/v{n}}, such as {@code /citizens/{id}}; {@code {rest+}} as the last part takes all that follows
 * @param query documented query parameters; others are refused
 * @param accepts documented media types of the request, empty where it has no body
 * @param answers documented statuses of the answer that pass through, beside 2xx
 * @param soap how it is recognised, if it is a SOAP operation
 * @param jms how it is offered on a queue, if it is a JMS operation
 */
public record Operation(
        String id,
        String method,
        PathTemplate path,
        Set<String> query,
        List<String> accepts,
        Set<Integer> answers,
        Optional<SoapCall> soap,
        Optional<JmsCall> jms) {

    /** The exchange property under which a stage finds the operation that is asked for. */
    public static final String PROPERTY = "lgsp.operation";

    /** A REST or a SOAP operation. */
    public Operation(
            String id,
            String method,
            PathTemplate path,
            Set<String> query,
            List<String> accepts,
            Set<Integer> answers,
            Optional<SoapCall> soap) {
        this(id, method, path, query, accepts, answers, soap, Optional.empty());
    }

    /** Whether it is called over HTTP without an envelope. */
    public boolean isRest() {
        return soap.isEmpty() && jms.isEmpty();
    }

    /** What records and metrics carry instead of the path. */
    public String label() {
        if (jms.isPresent()) {
            return "JMS " + id;
        }
        return soap.isPresent() ? "SOAP " + id : method + " " + path;
    }
}
