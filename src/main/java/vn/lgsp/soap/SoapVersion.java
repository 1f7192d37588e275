package vn.lgsp.soap;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The two versions of SOAP that are spoken here. */
public enum SoapVersion {
    SOAP_11(
            "SOAP 1.1",
            "http://schemas.xmlsoap.org/soap/envelope/",
            "text/xml",
            "actor",
            Set.of("", "http://schemas.xmlsoap.org/soap/actor/next")),
    SOAP_12(
            "SOAP 1.2",
            "http://www.w3.org/2003/05/soap-envelope",
            "application/soap+xml",
            "role",
            Set.of(
                    "",
                    "http://www.w3.org/2003/05/soap-envelope/role/next",
                    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"));

    /** The exchange property under which a stage finds the version that an exchange is in. */
    public static final String PROPERTY = "lgsp.soap-version";

    private final String label;
    private final String namespace;
    private final String mediaType;
    private final String roleAttribute;
    private final Set<String> ownRoles;

    SoapVersion(String label, String namespace, String mediaType, String roleAttribute, Set<String> ownRoles) {
        this.label = label;
        this.namespace = namespace;
        this.mediaType = mediaType;
        this.roleAttribute = roleAttribute;
        this.ownRoles = ownRoles;
    }

    /**
     * The version with this number.
     *
     * @throws IllegalArgumentException when it is neither 1.1 nor 1.2
     */
    public static SoapVersion numbered(String number) {
        return Arrays.stream(values())
                .filter(version -> version.label.equals("SOAP " + number))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the version of SOAP is 1.1 or 1.2"));
    }

    /** The name in records, such as {@code SOAP 1.1}. */
    public String label() {
        return label;
    }

    /** The namespace of its envelope. */
    public String namespace() {
        return namespace;
    }

    /** The media type that carries its envelopes over HTTP. */
    public String mediaType() {
        return mediaType;
    }

    /** The whole {@code Content-Type} of an envelope that the bus writes. */
    public String contentType() {
        return mediaType + "; charset=utf-8";
    }

    /** The same with the action, where this version says it here. */
    public String contentType(String action) {
        return this == SOAP_11 || action.isEmpty() ? contentType() : contentType() + "; action=\"" + action + "\"";
    }

    String roleAttribute() {
        return roleAttribute;
    }

    /** Whether a header block with this actor or role is for the one who reads the body. */
    boolean isOwnRole(String role) {
        return ownRoles.contains(role);
    }

    static Optional<SoapVersion> ofNamespace(String uri) {
        return Arrays.stream(values())
                .filter(version -> version.namespace.equals(uri))
                .findFirst();
    }

    /**
     * The version in which to answer a request of which only this {@code Content-Type} is known; a multipart one names it in a
     * parameter. SOAP 1.1 when it names none.
     */
    public static SoapVersion named(String contentType) {
        return contentType.toLowerCase(java.util.Locale.ROOT).contains(SOAP_12.mediaType) ? SOAP_12 : SOAP_11;
    }
}
