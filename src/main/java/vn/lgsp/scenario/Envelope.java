package vn.lgsp.scenario;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** SOAP envelopes as a scenario sends and answers them. They are written by hand, so that nothing of the bus tests itself. */
final class Envelope {
    private static final Map<String, String> NAMESPACES = Map.of(
            "1.1", "http://schemas.xmlsoap.org/soap/envelope/",
            "1.2", "http://www.w3.org/2003/05/soap-envelope");
    private static final Map<String, String> TYPES =
            Map.of("1.1", "text/xml; charset=utf-8", "1.2", "application/soap+xml; charset=utf-8");
    private static final Set<String> STANDARD = Set.of("Client", "Server", "Sender", "Receiver");

    private Envelope() {}

    static String type(String version) {
        return TYPES.getOrDefault(version, "");
    }

    /** @param header the blocks of the header; none if it is empty */
    static String of(String version, String header, String payload) {
        String head = header.isEmpty() ? "" : "<soap:Header>" + header + "</soap:Header>";
        return "<soap:Envelope xmlns:soap=\"" + NAMESPACES.get(version) + "\">" + head + "<soap:Body>" + payload
                + "</soap:Body></soap:Envelope>";
    }

    static String messageId(String id) {
        return "<wsa:MessageID xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">" + escaped(id) + "</wsa:MessageID>";
    }

    static String fault(String version, Optional<String> code, String text) {
        boolean first = version.equals("1.1");
        String name = code.orElse(first ? "Server" : "Receiver");
        String qualified = escaped(STANDARD.contains(name) ? "soap:" + name : name);
        return of(
                version,
                "",
                first
                        ? "<soap:Fault><faultcode>" + qualified + "</faultcode><faultstring>" + escaped(text)
                                + "</faultstring></soap:Fault>"
                        : "<soap:Fault><soap:Code><soap:Value>" + qualified
                                + "</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang=\"vi\">" + escaped(text)
                                + "</soap:Text></soap:Reason></soap:Fault>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
