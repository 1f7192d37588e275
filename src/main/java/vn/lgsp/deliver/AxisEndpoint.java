package vn.lgsp.deliver;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Producer;
import vn.lgsp.axis.FileHash;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;

/** One operation of a document axis. Its options are those that can be set; each takes a text, or a variable as {@code {name}}. */
public final class AxisEndpoint extends SystemEndpoint {
    private final AxisComponent component;
    private final AxisForm.Task task;
    private String messageType = "";
    private String from = "";
    private String to = "";
    private String docId = "";
    private String state = "";
    private String agencyCode = "";
    private FileHash.Style hashFile = FileHash.Style.UNPADDED;
    private int limit = 100;
    private int days = 7;
    private String level = "";

    /** Those of wire-formats 4.3 that are not retried; the national axis' own are not known, {@code axis.errorMap}. */
    private List<String> finalCodes = List.of("10", "15", "18", "19", "22", "23");

    AxisEndpoint(String uri, AxisComponent component, Supplier<OutboundClient> client, HttpComponent.Target target) {
        super(uri, component, client, target);
        this.component = component;
        String name =
                target.path().replaceFirst("^/", "").toUpperCase(Locale.ROOT).replace('-', '_');
        task = Arrays.stream(AxisForm.Task.values())
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BusException(
                        ErrorCode.ROUTE_REFUSED,
                        "the document axis has the operations send, list, fetch, update-status, sent-list, count, agencies,"
                                + " register-agency, delete-agency, synchronise-units"));
    }

    @Override
    public Producer createProducer() {
        return new AxisProducer(this);
    }

    AxisForm.Task task() {
        return task;
    }

    /** A code of an organisation as this axis reads it. */
    String code(String code) {
        return component.codes().map(codes -> codes.code(system(), code)).orElse(code);
    }

    /** A packet with its codes as this axis reads them; another one than was given is to be given back. */
    Content coded(Content packet) {
        Optional<PartnerCodes> codes = component.codes().filter(known -> known.writesFor(system()));
        if (codes.isEmpty()) {
            return packet;
        }
        return packet.isInMemory()
                ? Content.of(codes.get().packet(system(), packet.bytes()))
                : client().holding().copy(to -> {
                    try (InputStream from = packet.open()) {
                        codes.get().packet(system(), from, to);
                    }
                });
    }

    AxisPatience patience() {
        return component.patience();
    }

    /** {@code edoc} for documents, {@code status} for status packets. */
    public String getMessageType() {
        return messageType;
    }

    public void setMessageType(String messageType) {
        this.messageType = messageType;
    }

    /** The code of the sending organisation. */
    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from;
    }

    /** The codes of the receivers, with commas between. */
    public String getTo() {
        return to;
    }

    public void setTo(String to) {
        this.to = to;
    }

    /** The axis' own id of the document. */
    public String getDocId() {
        return docId;
    }

    public void setDocId(String docId) {
        this.docId = docId;
    }

    /** What {@code update-status} says: {@code processing}, {@code done} or {@code fail}. */
    public String getState() {
        return state;
    }

    public void setState(String state) {
        this.state = state;
    }

    /** The code of the organisation that {@code delete-agency} is about. */
    public String getAgencyCode() {
        return agencyCode;
    }

    public void setAgencyCode(String agencyCode) {
        this.agencyCode = agencyCode;
    }

    /** How the hash of a packet is written: {@code unpadded} as the SDK does it, or {@code padded}. */
    public String getHashFile() {
        return hashFile.name().toLowerCase(Locale.ROOT);
    }

    public void setHashFile(String style) {
        hashFile = FileHash.Style.valueOf(style.toUpperCase(Locale.ROOT));
    }

    FileHash.Style hashFileStyle() {
        return hashFile;
    }

    /** The codes, with commas between, with which the axis refuses a packet for good; another one may go better later. */
    public String getFinalCodes() {
        return String.join(",", finalCodes);
    }

    public void setFinalCodes(String codes) {
        finalCodes = List.of(codes.split(",", -1));
    }

    /** Whether the same packet will get this code again. */
    boolean isFinal(String code) {
        return finalCodes.contains(code);
    }

    /** How many entries of a list are taken at most; the others come with the next call. */
    public int getLimit() {
        return limit;
    }

    public void setLimit(int limit) {
        this.limit = limit;
    }

    /** Of which level {@code agencies} lists organisations: 1 and so on, or {@code all}. */
    public String getLevel() {
        return level;
    }

    public void setLevel(String level) {
        this.level = level;
    }

    /** How many days back the REST form lists. */
    public int getDays() {
        return days;
    }

    public void setDays(int days) {
        this.days = days;
    }
}
