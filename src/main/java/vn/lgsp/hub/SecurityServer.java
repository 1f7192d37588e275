package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/** An X-Road security server, seen from the information system: SOAP, REST and metadata. */
final class SecurityServer implements Simulator {
    private static final String HEADER = "http://x-road.eu/xsd/xroad.xsd";
    private static final String IDENTIFIERS = "http://x-road.eu/xsd/identifiers";
    private static final String SERVICE_SPACE = "http://registry.example.vn/v1";
    private static final String SHA_512 = "http://www.w3.org/2001/04/xmlenc#sha512";
    private static final List<String> PROVIDER = List.of("VN-test", "GOV", "000.00.00.G22", "registry");
    private static final List<String> CLIENTS =
            List.of("VN-test/GOV/000.00.00.H99/lgsp", "VN-test/GOV/000.00.00.H26/lgsp");
    private static final List<String> PARTS = List.of("xRoadInstance", "memberClass", "memberCode", "subsystemCode");
    /** A system that is known and may not call. */
    private static final String STRANGER = "VN-test/GOV/000.00.00.H98/lgsp";

    private static final String SERVER = "Server.ServerProxy.";
    private static final String WRONG_HASH =
            Base64.getEncoder().encodeToString(Digests.digest("SHA-512", new byte[] {0}));

    private final Settings settings;

    SecurityServer(Settings settings) {
        this.settings = settings;
    }

    /** A failure of X-Road itself. */
    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        Failure(String code, String text) {
            super(text);
            this.code = code;
        }
    }

    @Override
    public Answer answer(Call call) {
        String path = call.path();
        if (path.equals("/listClients")) {
            return clients(call);
        }
        if (path.startsWith("/r1/")) {
            try {
                return rest(call);
            } catch (Failure failed) {
                String code = spelled(failed.code);
                ObjectNode body = Json.object()
                        .put("type", code)
                        .put("message", String.valueOf(failed.getMessage()))
                        .put("detail", UUID.randomUUID().toString());
                return Answer.json(failed.code.startsWith("Client.") ? 400 : 500, body)
                        .with("X-Road-Error", code);
            }
        }
        if (!path.isEmpty() && !path.equals("/")) {
            return Answer.notFound();
        }
        call.operation("SOAP");
        if (!call.isPost()) {
            return Answer.notAllowed("POST");
        }
        try {
            return soap(call);
        } catch (Failure failed) {
            return Answer.xml(
                    500,
                    Xml.fault(
                            spelled(failed.code),
                            String.valueOf(failed.getMessage()),
                            Xml.element("faultDetail", UUID.randomUUID().toString())));
        }
    }

    /** In the spelling of 7.8.0, where that is set: lower case, words joined by underscores. */
    private String spelled(String code) {
        if (settings.get("fault-style").equals("legacy")) {
            return code;
        }
        return Arrays.stream(code.split("\\.", -1))
                .map(part -> part.equals("ServerProxy") || part.equals("ClientProxy")
                        ? part.toLowerCase(Locale.ROOT)
                        : part.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("."));
    }

    /** What the settings want to go wrong. */
    private void failAsSet() throws Failure {
        String wanted = settings.get("fails");
        if (!wanted.isEmpty()) {
            throw new Failure(SERVER + wanted, "as the hub was told");
        }
    }

    private Answer soap(Call call) throws Failure {
        Element root = Xml.read(call.body())
                .filter(element -> Xml.is(element, Xml.SOAP, "Envelope"))
                .orElseThrow(() -> failed(call, "SOAP 1.1", "Client.InvalidSoap", "not SOAP 1.1"));
        Element header = Xml.child(root, Xml.SOAP, "Header")
                .orElseThrow(() -> failed(call, "X-Road headers", "Client.InvalidSoap", "there is no header"));
        Element body = Xml.child(root, Xml.SOAP, "Body")
                .flatMap(found -> Xml.children(found).stream().findFirst())
                .orElseThrow(() -> failed(call, "body", "Client.MissingBody", "there is no body"));
        List<Element> headers = Xml.children(header).stream()
                .filter(element -> HEADER.equals(element.getNamespaceURI()))
                .toList();
        if (headers.stream().anyMatch(element -> "requestHash".equals(element.getLocalName()))) {
            throw failed(call, "requestHash", "Client.InvalidSoap", "parties do not send requestHash");
        }
        Element client = one(call, headers, "client");
        Element service = one(call, headers, "service");
        one(call, headers, "id");
        if (!one(call, headers, "protocolVersion").getTextContent().strip().equals("4.0")) {
            throw failed(call, "protocolVersion", "Client.InvalidSoap", "protocolVersion is not 4.0");
        }
        call.check("X-Road headers", true, "client, service, id, protocolVersion 4.0");
        allow(call, identifier(client));
        String code = Xml.text(service, IDENTIFIERS, "serviceCode");
        if (!identifier(service).equals(String.join("/", PROVIDER))
                || !List.of("findPerson", "listMethods", "allowedMethods").contains(code)) {
            throw failed(call, "service", SERVER + "UnknownService", "no such service");
        }
        call.operation(code);
        if (!code.equals(body.getLocalName())) {
            throw failed(call, "body", "Client.InvalidSoap", "the body is not named as the service");
        }
        failAsSet();
        if (call.fails()) {
            return Answer.xml(
                    200, Xml.fault(spelled(SERVER + call.failure("ServiceFailed")), "Hệ thống cung cấp đang bận", ""));
        }
        StringBuilder copied = new StringBuilder();
        headers.forEach(element -> copied.append(Xml.written(element)));
        String hash = call.has(Fault.WRONG_SIGNATURE)
                ? WRONG_HASH
                : Base64.getEncoder().encodeToString(Digests.digest("SHA-512", call.body()));
        copied.append("<xrd:requestHash xmlns:xrd=\"")
                .append(HEADER)
                .append("\" algorithmId=\"")
                .append(SHA_512)
                .append("\">")
                .append(hash)
                .append("</xrd:requestHash>");
        return Answer.xml(200, Xml.envelope(copied.toString(), reply(code, body)));
    }

    private static String reply(String code, Element body) {
        if (code.equals("findPerson")) {
            String id = Xml.children(body).stream()
                    .filter(element -> "personId".equals(element.getLocalName()))
                    .map(element -> element.getTextContent().strip())
                    .findFirst()
                    .orElse("");
            String found = id.equals("001000000000")
                    ? Xml.element("r:personId", id) + Xml.element("r:name", "NGƯỜI DÙNG THỬ NGHIỆM")
                    : "";
            return "<r:findPersonResponse xmlns:r=\"" + SERVICE_SPACE + "\">" + found + "</r:findPersonResponse>";
        }
        return "<xrd:" + code + "Response xmlns:xrd=\"" + HEADER + "\" xmlns:id=\"" + IDENTIFIERS + "\">"
                + "<xrd:service id:objectType=\"SERVICE\">" + identifierXml() + "<id:serviceCode>findPerson"
                + "</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xrd:service></xrd:" + code
                + "Response>";
    }

    private static String identifierXml() {
        StringBuilder xml = new StringBuilder();
        for (int i = 0; i < PARTS.size(); i++) {
            xml.append(Xml.element("id:" + PARTS.get(i), PROVIDER.get(i)));
        }
        return xml.toString();
    }

    private static Element one(Call call, List<Element> headers, String name) throws Failure {
        List<Element> found = headers.stream()
                .filter(element -> name.equals(element.getLocalName()))
                .toList();
        if (found.size() != 1) {
            throw failed(call, name, "Client.InvalidSoap", "there is not one " + name);
        }
        return found.get(0);
    }

    private static String identifier(Element element) {
        return PARTS.stream()
                .map(part -> Xml.text(element, IDENTIFIERS, part))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
    }

    private static void allow(Call call, String client) throws Failure {
        boolean known = CLIENTS.contains(client) || client.equals(STRANGER);
        if (!known) {
            throw failed(call, "client", "Server.ClientProxy.UnknownMember", "the client is not known");
        }
        if (client.equals(STRANGER)) {
            throw failed(call, "client", SERVER + "AccessDenied", "the client may not call this service");
        }
        call.check("client", true, "may call");
    }

    private static Failure failed(Call call, String check, String code, String text) {
        call.check(check, false, text);
        return new Failure(code, text);
    }

    private Answer rest(Call call) throws Failure {
        List<String> parts = Arrays.stream(call.path().substring(4).split("/", -1))
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        String client = call.header("X-Road-Client");
        int clientParts = client.split("/", -1).length;
        if (client.isEmpty() || clientParts < 3 || clientParts > 4) {
            throw failed(call, "X-Road-Client", "Client.BadRequest", "X-Road-Client has no three or four parts");
        }
        boolean metadata = parts.size() == 5
                && List.of("listMethods", "allowedMethods", "getOpenAPI").contains(parts.get(4));
        if (parts.size() < 5) {
            throw failed(call, "path", "Client.BadRequest", "the path has less than five parts");
        }
        call.operation(parts.get(4));
        allow(call, URLDecoder.decode(client.replace("+", "%2B"), StandardCharsets.UTF_8));
        if (!parts.subList(0, 4).equals(PROVIDER) || !metadata && !parts.get(4).equals("persons")) {
            throw failed(call, "service", SERVER + "UnknownService", "no such service");
        }
        failAsSet();
        Answer answer = metadata ? metadata(parts.get(4)) : persons(call, parts.subList(5, parts.size()));
        String request = UUID.randomUUID().toString();
        List<Map.Entry<String, String>> headers = new ArrayList<>(call.headers().entries());
        headers.add(Map.entry("x-road-request-id", request));
        String query = call.rawQuery().isEmpty() ? "" : "?" + call.rawQuery();
        String hash = call.has(Fault.WRONG_SIGNATURE)
                ? WRONG_HASH
                : RequestHash.of(call.method(), call.path() + query, headers, call.body());
        String id = call.header("X-Road-Id");
        return answer.with("X-Road-Client", client)
                .with("X-Road-Id", id.isEmpty() ? UUID.randomUUID().toString() : id)
                .with("X-Road-Service", String.join("/", parts.subList(0, 5)))
                .with("X-Road-Request-Id", request)
                .with("X-Road-Request-Hash", hash);
    }

    private static Answer persons(Call call, List<String> path) {
        if (call.fails()) {
            return Answer.json(Json.object().put("code", "01").put("cause", call.failure("DATABASE_UNREACHABLE")));
        }
        String id = path.equals(List.of("search"))
                ? Json.object(call.body())
                        .map(body -> Json.text(body, "personId"))
                        .orElse("")
                : String.join("/", path);
        return id.equals("001000000000")
                ? Answer.json(Json.object().put("personId", id).put("name", "NGƯỜI DÙNG THỬ NGHIỆM"))
                : Answer.json(404, Json.object().put("error", "not found"));
    }

    private static Answer metadata(String service) {
        if (service.equals("getOpenAPI")) {
            ObjectNode api = Json.object().put("openapi", "3.0.3");
            api.putObject("info").put("title", "persons").put("version", "v1");
            api.putObject("paths").putObject("/{personId}").putObject("get").putObject("responses");
            return Answer.json(api);
        }
        ObjectNode reply = Json.object();
        ObjectNode one = reply.putArray("service").addObject();
        identifierJson(one.put("object_type", "SERVICE"), PROVIDER).put("service_code", "persons");
        one.put("service_type", "OPENAPI");
        ArrayNode endpoints = one.putArray("endpoint_list");
        endpoints.addObject().put("method", "GET").put("path", "/*");
        endpoints.addObject().put("method", "POST").put("path", "/search");
        return Answer.json(reply);
    }

    private static ObjectNode identifierJson(ObjectNode node, List<String> parts) {
        return node.put("xroad_instance", parts.get(0))
                .put("member_class", parts.get(1))
                .put("member_code", parts.get(2))
                .put("subsystem_code", parts.get(3));
    }

    private static Answer clients(Call call) {
        call.operation("listClients");
        if (!call.isGet()) {
            return Answer.notAllowed("GET");
        }
        if (call.header("Accept").contains("application/json")) {
            ObjectNode reply = Json.object();
            ArrayNode members = reply.putArray("member");
            for (String client : CLIENTS) {
                ObjectNode member = members.addObject();
                identifierJson(
                        member.putObject("id").put("object_type", "SUBSYSTEM"), Arrays.asList(client.split("/", -1)));
                member.put("name", "UBND thành phố Mẫu").put("subsystem_name", "lgsp");
            }
            return Answer.json(reply);
        }
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><xrd:clientList xmlns:xrd=\""
                + HEADER + "\" xmlns:id=\"" + IDENTIFIERS + "\">");
        for (String client : CLIENTS) {
            List<String> parts = Arrays.asList(client.split("/", -1));
            xml.append("<xrd:member><xrd:id id:objectType=\"SUBSYSTEM\">");
            for (int i = 0; i < PARTS.size(); i++) {
                xml.append(Xml.element("id:" + PARTS.get(i), parts.get(i)));
            }
            xml.append("</xrd:id><xrd:name>UBND thành phố Mẫu</xrd:name></xrd:member>");
        }
        return Answer.xml(200, xml.append("</xrd:clientList>").toString());
    }
}
