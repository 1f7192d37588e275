package vn.lgsp.soap;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.namespace.QName;

/** How an X-Road security server is told who calls which service: message protocol 4.0 and REST protocol r1 (wire-formats 8.1 to 8.3). */
public final class XRoad {
    private static final String HEADER = "http://x-road.eu/xsd/xroad.xsd";
    private static final String IDENTIFIERS = "http://x-road.eu/xsd/identifiers";
    private static final String REPRESENTATION = "http://x-road.eu/xsd/representation.xsd";
    private static final String PART = "[A-Za-z0-9'()+,.=?_-]{1,64}";
    private static final Pattern SERVICE = Pattern.compile("(" + PART + "/){3}(" + PART + ")?/" + PART);
    private static final Pattern CLIENT = Pattern.compile("(" + PART + "[/:]){2,3}" + PART);
    private static final List<String> NAMES =
            List.of("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion");

    private XRoad() {}

    /** Whether this says a service: instance, class, member, subsystem, which may be empty, and service code, with slashes between. */
    public static boolean isService(String text) {
        return SERVICE.matcher(text).matches();
    }

    /** Whether this may be one part of an identifier, such as a version or a member class. */
    public static boolean isPart(String text) {
        return text.matches(PART);
    }

    /** The service code, which is the name of the element in the body too. */
    public static String code(String service) {
        return service.substring(service.lastIndexOf('/') + 1);
    }

    /** Where the REST form has this service. */
    public static String path(String service) {
        return "/r1/"
                + Arrays.stream(service.split("/", -1))
                        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
                        .collect(Collectors.joining("/"));
    }

    /**
     * What a message is about.
     *
     * @param service as {@link #isService}
     * @param version of the service, if it has one
     * @param id of the message
     * @param issue what caused the call: the correlation id
     * @param user who acts
     * @param party whom the client asks for: member class and code
     */
    public record Head(
            String service,
            Optional<String> version,
            String id,
            String issue,
            Optional<String> user,
            Optional<Party> party) {}

    /** A party that is no member of X-Road itself. */
    public record Party(String memberClass, String code) {
        @Override
        public String toString() {
            return memberClass + "/" + code;
        }
    }

    /**
     * The header blocks of a request, in the order of the protocol.
     *
     * @param client as the header {@code X-Road-Client} has it, or with colons
     * @throws IllegalArgumentException when that is no identifier of a client
     */
    public static List<HeaderBlock> blocks(String client, Head head) {
        String plain = URLDecoder.decode(client.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (!CLIENT.matcher(plain).matches()) {
            throw new IllegalArgumentException("not an X-Road client: instance, class, member and subsystem");
        }
        List<String> parts = List.of(plain.split("[/:]", -1));
        List<HeaderBlock> blocks = new ArrayList<>();
        blocks.add(identifier("client", parts.size() == 4 ? "SUBSYSTEM" : "MEMBER", parts));
        List<String> service = new ArrayList<>(Arrays.asList(head.service().split("/", -1)));
        head.version().ifPresent(service::add);
        blocks.add(identifier("service", "SERVICE", service));
        head.party()
                .ifPresent(party -> blocks.add(new HeaderBlock(
                        new QName(REPRESENTATION, "representedParty"),
                        "<repr:representedParty xmlns:repr=\"" + REPRESENTATION + "\"><repr:partyClass>"
                                + XmlText.escaped(party.memberClass()) + "</repr:partyClass><repr:partyCode>"
                                + XmlText.escaped(party.code()) + "</repr:partyCode></repr:representedParty>",
                        false,
                        "")));
        head.user().ifPresent(user -> blocks.add(text("userId", user)));
        blocks.add(text("id", head.id()));
        blocks.add(text("issue", head.issue()));
        blocks.add(text("protocolVersion", "4.0"));
        return List.copyOf(blocks);
    }

    private static HeaderBlock identifier(String name, String type, List<String> parts) {
        StringBuilder xml = new StringBuilder("<xrd:" + name + " xmlns:xrd=\"" + HEADER + "\" xmlns:id=\"" + IDENTIFIERS
                + "\" id:objectType=\"" + type + "\">");
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).isEmpty()) {
                String element = "id:" + NAMES.get(i);
                xml.append('<')
                        .append(element)
                        .append('>')
                        .append(XmlText.escaped(parts.get(i)))
                        .append("</")
                        .append(element)
                        .append('>');
            }
        }
        return new HeaderBlock(
                new QName(HEADER, name),
                xml.append("</xrd:").append(name).append('>').toString(),
                false,
                "");
    }

    private static HeaderBlock text(String name, String text) {
        return new HeaderBlock(
                new QName(HEADER, name),
                "<xrd:" + name + " xmlns:xrd=\"" + HEADER + "\">" + XmlText.escaped(text) + "</xrd:" + name + ">",
                false,
                text);
    }
}
