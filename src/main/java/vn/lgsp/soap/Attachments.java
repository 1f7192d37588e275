package vn.lgsp.soap;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.namespace.QName;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * What came beside an envelope, by Content-ID, and where it belongs: an {@code xop:Include} of MTOM, and of SOAP with Attachments an
 * attribute {@code href="cid:…"} or a text {@code cid:…}, is replaced by the base64 of the part, so that whoever reads the payload sees
 * xs:base64Binary alone.
 *
 * <p>Nothing is lost and nothing grows: a reference without its part, a part without a reference, and one that is referred to twice are
 * refused (BUS-18, SEC-01).
 */
public final class Attachments implements Replacement {
    /** Of an envelope that came alone. */
    public static final Attachments NONE =
            new Attachments(Map.of(), false, 0, (fault, what) -> new BusException(ErrorCode.BUS_FAILED, what));

    static final QName INCLUDE = new QName("http://www.w3.org/2004/08/xop/include", "Include");

    private final Map<String, byte[]> parts;
    private final boolean xop;
    private final int nameless;
    private final Refusal refusal;
    private final Set<String> used = new HashSet<>();

    /** @param nameless how many parts there are that nothing can refer to */
    Attachments(Map<String, byte[]> parts, boolean xop, int nameless, Refusal refusal) {
        this.parts = parts;
        this.xop = xop;
        this.nameless = nameless;
        this.refusal = refusal;
    }

    @Override
    public boolean applies() {
        return this != NONE;
    }

    @Override
    public boolean isElement(QName name) {
        return xop && name.equals(INCLUDE);
    }

    @Override
    public String ofElement(String href) {
        if (!href.startsWith("cid:")) {
            throw refusal.of(Fault.SENDER, "has an xop:Include that names no part of the message");
        }
        return part(href);
    }

    @Override
    public Optional<String> ofHref(String href) {
        return xop || !href.startsWith("cid:") ? Optional.empty() : Optional.of(part(href));
    }

    @Override
    public Optional<String> ofText(String element, String text) {
        String reference = text.strip();
        return xop || !reference.startsWith("cid:") || reference.matches("(?s).*\\s.*")
                ? Optional.empty()
                : Optional.of(part(reference));
    }

    /**
     * The same, and parts that nothing refers to come back as elements at the end of the payload, in its namespace and in this order: a
     * part whose Content-ID is the element's name, or begins with it and {@code =}.
     *
     * @param elements their local names
     */
    Replacement withNamed(Set<String> elements) {
        Attachments all = this;
        return elements.isEmpty() || !applies()
                ? this
                : new Replacement() {
                    @Override
                    public boolean applies() {
                        return true;
                    }

                    @Override
                    public boolean isElement(QName name) {
                        return all.isElement(name);
                    }

                    @Override
                    public String ofElement(String href) {
                        return all.ofElement(href);
                    }

                    @Override
                    public Optional<String> ofHref(String href) {
                        return all.ofHref(href);
                    }

                    @Override
                    public Optional<String> ofText(String element, String text) {
                        return all.ofText(element, text);
                    }

                    @Override
                    public String atEnd(String prefix) {
                        StringBuilder named = new StringBuilder();
                        elements.forEach(element -> named.append(all.named(element, prefix)));
                        return named.toString();
                    }
                };
    }

    private String named(String element, String prefix) {
        List<Map.Entry<String, byte[]>> found = parts.entrySet().stream()
                .filter(part -> !used.contains(part.getKey()))
                .filter(part -> part.getKey().equals(element) || part.getKey().startsWith(element + "="))
                .toList();
        if (found.size() > 1) {
            throw refusal.of(Fault.SENDER, "has two attachments named after one part of its contract");
        }
        if (found.isEmpty()) {
            return "";
        }
        used.add(found.get(0).getKey());
        String name = prefix.isEmpty() ? element : prefix + ":" + element;
        return "<" + name + ">"
                + Base64.getEncoder().encodeToString(found.get(0).getValue()) + "</" + name + ">";
    }

    /** All of the payload has been read: nothing may be left over. */
    public void end() {
        if (nameless > 0 || used.size() < parts.size()) {
            throw refusal.of(
                    Fault.SENDER, "has an attachment that nothing in its SOAP body refers to, and that would be lost");
        }
    }

    /** Of a message whose parts were not kept: that this element refers to one that is there. */
    void check(QName element, String href) {
        if (isElement(element)) {
            ofElement(href);
        }
    }

    private String part(String reference) {
        String id = reference.substring("cid:".length());
        byte[] content = parts.get(id);
        if (content == null) {
            id = unescaped(id);
            content = parts.get(id);
        }
        if (content == null) {
            throw refusal.of(Fault.SENDER, "refers to an attachment that it does not have");
        }
        if (!used.add(id)) {
            throw refusal.of(Fault.SENDER, "refers to one attachment twice: send it twice, or refer to it once");
        }
        return Base64.getEncoder().encodeToString(content);
    }

    private static String unescaped(String id) {
        try {
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEscaped) {
            return id;
        }
    }

    /** What this text of base64, with or without white space, stands for. */
    static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64.replaceAll("[ \t\r\n]+", "")));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }
}
