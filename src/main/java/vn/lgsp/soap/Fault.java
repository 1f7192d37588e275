package vn.lgsp.soap;

import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.namespace.QName;

/**
 * Why SOAP itself refuses an envelope, in its own words.
 *
 * @param header the header block that is not understood, with {@link Code#MUST_UNDERSTAND} only
 * @param finer the code that a standard of its own has for it, such as that of WS-Security
 */
public record Fault(Code code, Optional<QName> header, Optional<QName> finer) {
    /**
     * The HTTP status that carries a fault, in either version. SOAP 1.2 would say 400 where the sender has to act, but widespread
     * clients (CXF 4.1 among them) read the fault out of a 500 only.
     */
    public static final int STATUS = 500;

    /** The exchange property under which a stage finds it, when an envelope was refused in SOAP's own words. */
    public static final String PROPERTY = "lgsp.soap-fault";

    /** The sender has to act. */
    public static final Fault SENDER = new Fault(Code.SENDER, Optional.empty(), Optional.empty());
    /** The provider or the bus has to act. */
    public static final Fault RECEIVER = new Fault(Code.RECEIVER, Optional.empty(), Optional.empty());
    /** The envelope is in a version of SOAP that is not spoken here. */
    public static final Fault VERSION_MISMATCH = new Fault(Code.VERSION_MISMATCH, Optional.empty(), Optional.empty());

    private static final Pattern PLAIN_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** A fault code as a record may hold it: a plain name; empty when it is none, and so may be content. */
    public static Optional<String> plain(String code) {
        return PLAIN_CODE.matcher(code).matches() ? Optional.of(code) : Optional.empty();
    }

    /** A header block that must be understood, and is not. */
    public static Fault notUnderstood(QName header) {
        return new Fault(Code.MUST_UNDERSTAND, Optional.of(header), Optional.empty());
    }

    /** The sender has to act, for a reason that a standard of its own has this code for. */
    public static Fault sender(QName finer) {
        return new Fault(Code.SENDER, Optional.empty(), Optional.of(finer));
    }

    /** The fault codes of both versions. */
    public enum Code {
        SENDER("Client", "Sender"),
        RECEIVER("Server", "Receiver"),
        MUST_UNDERSTAND("MustUnderstand", "MustUnderstand"),
        VERSION_MISMATCH("VersionMismatch", "VersionMismatch");

        private final String in11;
        private final String in12;

        Code(String in11, String in12) {
            this.in11 = in11;
            this.in12 = in12;
        }

        /** The local name in this version. */
        public String in(SoapVersion version) {
            return version == SoapVersion.SOAP_11 ? in11 : in12;
        }
    }
}
