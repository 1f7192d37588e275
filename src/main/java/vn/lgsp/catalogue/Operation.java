package vn.lgsp.catalogue;

import java.util.List;
import java.util.Locale;
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
 * @param headers names of the request headers that are parameters of it; each is an exchange variable, {@link #variable}
 * @param produces documented media types of a good answer, the one preferred first; empty where the card does not say
 * @param schemas of a REST operation, as far as the card names them
 */
public record Operation(
        String id,
        String method,
        PathTemplate path,
        Set<String> query,
        List<String> accepts,
        Set<Integer> answers,
        Optional<SoapCall> soap,
        Optional<JmsCall> jms,
        List<String> headers,
        List<String> produces,
        Schemas schemas) {

    /**
     * The schemas of what is exchanged, by their names in the service's folder of mappings; of those that the card does not name the
     * contract tells what the route shows.
     *
     * @param answer of a good answer
     */
    public record Schemas(Optional<String> request, Optional<String> answer) {
        public static final Schemas UNNAMED = new Schemas(Optional.empty(), Optional.empty());
    }

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

    /** One whose card documents neither headers nor media types of the answer. */
    public Operation(
            String id,
            String method,
            PathTemplate path,
            Set<String> query,
            List<String> accepts,
            Set<Integer> answers,
            Optional<SoapCall> soap,
            Optional<JmsCall> jms) {
        this(id, method, path, query, accepts, answers, soap, jms, List.of(), List.of(), Schemas.UNNAMED);
    }

    /** The exchange variable that a request header of this name becomes: {@code X-Ho-So} is {@code xHoSo}. */
    public static String variable(String header) {
        StringBuilder name = new StringBuilder();
        for (String word : header.toLowerCase(Locale.ROOT).split("-", -1)) {
            name.append(
                    name.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    /** Whether a request with this method asks for it: what can be got can also be asked for its head. */
    public boolean takes(String requestMethod) {
        return method.equals(requestMethod) || (method.equals("GET") && requestMethod.equals("HEAD"));
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
