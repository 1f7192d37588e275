package vn.lgsp.deliver;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Producer;
import vn.lgsp.soap.AttachmentWriter;
import vn.lgsp.soap.AttachmentWriter.Packaging;
import vn.lgsp.soap.SoapVersion;
import vn.lgsp.soap.XRoad;

/**
 * One SOAP operation of a registered system. Options: {@code action}, {@code expectsNamespace}, {@code expectsName}, {@code version},
 * {@code oneWay}, {@code headers}, {@code attachments}, {@code attachmentsAs}, {@code passThrough}, {@code mediaType},
 * {@code empty}, {@code xRoad}, {@code xRoadVersion}, {@code xRoadParty}.
 */
public final class SoapEndpoint extends SystemEndpoint {
    private final Supplier<SoapSecurity> security;
    private String action = "";
    private String expectsNamespace = "";
    private String expectsName = "";
    private SoapVersion version = SoapVersion.SOAP_11;
    private boolean oneWay;
    private boolean headers;
    private boolean passThrough;
    private String xRoadVersion = "";
    private String mediaType = "";
    private String empty = "answer";
    private String emptyBody = "";
    private final Set<String> attachments = new LinkedHashSet<>();
    private Packaging attachmentsAs = Packaging.MTOM;

    SoapEndpoint(
            String uri,
            SoapComponent component,
            Supplier<OutboundClient> client,
            Supplier<SoapSecurity> security,
            HttpComponent.Target target) {
        super(uri, component, client, target);
        this.security = security;
    }

    SoapSecurity security() {
        return security.get();
    }

    @Override
    public Producer createProducer() {
        return passThrough ? new PassedSoapProducer(this) : new SoapProducer(this);
    }

    /** The SOAPAction; empty sends the empty one. */
    public String getAction() {
        return action;
    }

    public void setAction(String action) {
        this.action = action;
    }

    /** The namespace of the payload that a good answer holds. */
    public String getExpectsNamespace() {
        return expectsNamespace;
    }

    public void setExpectsNamespace(String expectsNamespace) {
        this.expectsNamespace = expectsNamespace;
    }

    /**
     * The local name of the payload that a good answer holds; another one inside a 200 is the provider's failure. Of a service of X-Road
     * that is known where nothing is written.
     */
    public String getExpectsName() {
        return expectsName.isEmpty() && !getXRoad().isEmpty() ? XRoad.code(getXRoad()) + "Response" : expectsName;
    }

    public void setExpectsName(String expectsName) {
        this.expectsName = expectsName;
    }

    /** The version of SOAP that the system is called in, 1.1 or 1.2; answers of either are read. */
    public String getVersion() {
        return version.label().replace("SOAP ", "");
    }

    public void setVersion(String version) {
        this.version = SoapVersion.numbered(version);
    }

    SoapVersion version() {
        return version;
    }

    /** Whether the contract promises no answer: a 200, 202 or 204 without a body is good. */
    public boolean isOneWay() {
        return oneWay;
    }

    public void setOneWay(boolean oneWay) {
        this.oneWay = oneWay;
    }

    /** Whether request and answer pass as they are, envelope and attachments: their bytes, media type and action. */
    public boolean isPassThrough() {
        return passThrough;
    }

    public void setPassThrough(boolean passThrough) {
        this.passThrough = passThrough;
    }

    /** The local names of the elements whose base64 travels as attachments, with commas between. */
    public String getAttachments() {
        return String.join(",", attachments);
    }

    public void setAttachments(String elements) {
        attachments.clear();
        for (String element : elements.split(",", -1)) {
            attachments.add(element.strip());
        }
    }

    /** How attachments travel: {@code mtom}, {@code swaRef}, or {@code mime}. */
    public String getAttachmentsAs() {
        return switch (attachmentsAs) {
            case MTOM -> "mtom";
            case SWA_REF -> "swaRef";
            case MIME -> "mime";
        };
    }

    public void setAttachmentsAs(String packaging) {
        attachmentsAs = switch (packaging) {
            case "mtom" -> Packaging.MTOM;
            case "swaRef" -> Packaging.SWA_REF;
            case "mime" -> Packaging.MIME;
            default -> throw new IllegalArgumentException("attachmentsAs is one of mtom, swaRef and mime");
        };
    }

    /** What travels beside the envelope; empty where all stays in it. */
    Optional<AttachmentWriter.Layout> layout() {
        return attachments.isEmpty()
                ? Optional.empty()
                : Optional.of(new AttachmentWriter.Layout(attachmentsAs, attachments));
    }

    /** The elements that come back as parts of this name, though nothing in the answer refers to them. */
    Set<String> namedParts() {
        return attachmentsAs == Packaging.MIME ? attachments : Set.of();
    }

    /** The media type under which SOAP 1.1 is sent, where a system wants another than {@code text/xml}; answers of any are read. */
    public String getMediaType() {
        return mediaType;
    }

    public void setMediaType(String mediaType) {
        this.mediaType = mediaType;
    }

    /** What a good answer without any element inside means: {@code answer}, or {@code record-not-found}. */
    public String getEmpty() {
        return empty;
    }

    public void setEmpty(String empty) {
        this.empty = empty;
    }

    /** Which message of the contract has nothing in its body: {@code request}, {@code answer} or {@code both}; none where it is not set. */
    public String getEmptyBody() {
        return emptyBody;
    }

    public void setEmptyBody(String emptyBody) {
        this.emptyBody = emptyBody;
    }

    boolean asksWithNothing() {
        return emptyBody.equals("request") || emptyBody.equals("both");
    }

    boolean expectsNothing() {
        return emptyBody.equals("answer") || emptyBody.equals("both");
    }

    boolean isNothingFound() {
        return empty.equals("record-not-found");
    }

    /** The version of the service of X-Road, if it has one. */
    public String getXRoadVersion() {
        return xRoadVersion;
    }

    public void setXRoadVersion(String xRoadVersion) {
        this.xRoadVersion = xRoadVersion;
    }

    /** Whether the header blocks that the card let in go on to the system. */
    public boolean isHeaders() {
        return headers;
    }

    public void setHeaders(boolean headers) {
        this.headers = headers;
    }
}
