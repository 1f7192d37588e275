package vn.lgsp.edoc;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.message.Range;
import vn.lgsp.message.SystemId;

/**
 * What is taken as a packet.
 *
 * @param namespaces that elements may stand in; at least one
 * @param profile what becomes of what is unusual
 * @param errorLists what becomes of an {@code ErrorList}, whose structure nobody has published
 * @param signatures what becomes of a signature in the namespace of XML-DSig
 * @param packetLimit bytes of a whole packet, 1 MiB to 4 GiB
 * @param attachmentLimit bytes of one attachment, packed and unpacked, 1 KiB to 2 GiB
 * @param attachments of one packet, 1 to 1000
 * @param zipEntries of a ZIP, 1 to 100,000
 * @param zipRatio how many times larger than packed an entry beyond 1 MiB may be, 1 to 1000
 * @param notations in which organisation codes are written for a partner; for others they stay as they are
 * @see "EXT-20"
 */
public record EdxmlSettings(
        Set<String> namespaces,
        Profile profile,
        ErrorLists errorLists,
        Signatures signatures,
        long packetLimit,
        long attachmentLimit,
        int attachments,
        int zipEntries,
        int zipRatio,
        Map<SystemId, Notation> notations) {
    /** Of QCVN 102:2016. */
    public static final String NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

    /** Of one vendor's earlier packets. */
    public static final String OLDER_NAMESPACE = "http://www.e-doc.vn/Schema/";

    /** What becomes of what is unusual. */
    public enum Profile {
        /** It is a warning. */
        QCVN102_2016_LENIENT,
        /** It is refused. */
        QCVN102_2016_STRICT;

        /** As settings write it, such as {@code qcvn102-2016-lenient}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /**
         * That of a word.
         *
         * @throws IllegalArgumentException naming the setting and what may be written
         */
        public static Profile of(String word) {
            return Arrays.stream(values())
                    .filter(profile -> profile.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("lgsp.edoc.profile is " + word + ": write "
                            + QCVN102_2016_LENIENT.word() + " or " + QCVN102_2016_STRICT.word()));
        }
    }

    /** What becomes of an {@code ErrorList}. It is never written. */
    public enum ErrorLists {
        /** It is passed over. */
        IGNORED,
        /** It is passed over, and told as unusual. */
        TOLD;

        /** As settings write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * That of a word.
         *
         * @throws IllegalArgumentException naming the setting and what may be written
         */
        public static ErrorLists of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "lgsp.edoc.error-list is " + word + ": write " + IGNORED.word() + " or " + TOLD.word()));
        }
    }

    /** What becomes of a signature in the namespace of XML-DSig. It is passed on with the bytes of the packet whatever it is. */
    public enum Signatures {
        /** It is told, and not looked at. */
        PRESERVE,
        /** One that does not fit the packet is refused. */
        VERIFY;

        /** As settings write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * That of a word.
         *
         * @throws IllegalArgumentException naming the setting and what may be written
         */
        public static Signatures of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "lgsp.edoc.signature is " + word + ": write " + PRESERVE.word() + " or " + VERIFY.word()));
        }
    }

    public EdxmlSettings {
        namespaces = Set.copyOf(namespaces);
        notations = Map.copyOf(notations);
        if (namespaces.isEmpty() || namespaces.contains("")) {
            throw new IllegalArgumentException(
                    "lgsp.edoc.namespaces must name at least one namespace, such as " + NAMESPACE);
        }
        Range.within("lgsp.edoc.packet-limit", packetLimit, 1 << 20, 4L << 30);
        Range.within("lgsp.edoc.attachment-limit", attachmentLimit, 1 << 10, 2L << 30);
        Range.within("lgsp.edoc.attachments", attachments, 1, 1_000);
        Range.within("lgsp.edoc.zip-entries", zipEntries, 1, 100_000);
        Range.within("lgsp.edoc.zip-ratio", zipRatio, 1, 1_000);
    }

    /**
     * Partners with their notations, as settings write them.
     *
     * @param written such as {@code axis=qcvn102, ministry=qd20}
     * @throws IllegalArgumentException naming the setting
     */
    public static Map<SystemId, Notation> notations(String written) {
        Map<SystemId, Notation> found = new LinkedHashMap<>();
        for (String pair : written.isBlank() ? new String[0] : written.strip().split("\\s*,\\s*")) {
            int sign = pair.indexOf('=');
            Optional<Notation> notation = Arrays.stream(Notation.values())
                    .filter(each -> pair.substring(sign + 1).equals(each.name().toLowerCase(Locale.ROOT)))
                    .findFirst();
            if (sign < 1 || notation.isEmpty()) {
                throw new IllegalArgumentException(
                        "lgsp.edoc.notations is no list of systems with qcvn102 or qd20, such as axis=qcvn102");
            }
            found.put(new SystemId(pair.substring(0, sign)), notation.get());
        }
        return found;
    }

    /** What counts when nothing is set. */
    public static EdxmlSettings defaults() {
        return new EdxmlSettings(
                Set.of(NAMESPACE),
                Profile.QCVN102_2016_LENIENT,
                ErrorLists.IGNORED,
                Signatures.PRESERVE,
                256L << 20,
                50L << 20,
                50,
                1_000,
                200,
                Map.of());
    }
}
