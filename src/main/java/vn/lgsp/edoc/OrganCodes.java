package vn.lgsp.edoc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.catalogue.CodeTable.Code;
import vn.lgsp.failure.Refused;

/**
 * The codes of organisations in both notations: the table {@value #TABLE}, a table of codes like any other. Its codes are those of
 * Decision 20/2020; the partner {@value #QCVN102} has those of QCVN 102, the first of them the one that is written.
 *
 * @see "EXT-20"
 */
public final class OrganCodes {
    /** Below the home of the bus. */
    public static final String TABLE = "transforms/_codes/organisation.codes.yaml";

    /** The partner whose codes are those of QCVN 102. */
    public static final String QCVN102 = "qcvn102";

    /** From the beginning of an element with a code to its end. */
    private static final int LONGEST_ELEMENT = 1_024;

    private static final Pattern ORGAN_ID =
            Pattern.compile("<(?:[A-Za-z_][A-Za-z0-9_.-]*:)?OrganId\\s*>([^<>&]{1,200})</");

    private final Map<String, List<Code>> codes = new HashMap<>();
    private final CodeTable table;

    private OrganCodes(CodeTable table) {
        this.table = table;
        for (Code code : table.codes()) {
            Stream.concat(
                            Stream.of(code.code()),
                            code.partners().values().stream().flatMap(List::stream))
                    .map(each -> each.toUpperCase(Locale.ROOT))
                    .distinct()
                    .forEach(each -> codes.computeIfAbsent(each, first -> new ArrayList<>())
                            .add(code));
        }
    }

    /**
     * Reads the table of a bus.
     *
     * @throws Refused naming file and line of each mistake
     */
    public static OrganCodes read(Path home) {
        return new OrganCodes(CodeTable.read(TABLE, home.resolve(TABLE)));
    }

    /** The organisation that a code, in whatever notation, stands for on a day. */
    public Optional<Organisation> find(OrganId code, LocalDate day) {
        return codes.getOrDefault(code.key(), List.of()).stream()
                .filter(each -> each.countsOn(day))
                .map(OrganCodes::organisation)
                .findFirst();
    }

    /** All organisations that count on a day, in the order of the table. */
    public List<Organisation> on(LocalDate day) {
        return table.codes().stream()
                .filter(each -> each.countsOn(day))
                .map(OrganCodes::organisation)
                .toList();
    }

    /** All organisations, in the order of the table, and how each stands on a day. */
    public List<Dated> all(LocalDate day) {
        return table.codes().stream()
                .map(each -> new Dated(
                        organisation(each),
                        each.countsOn(day),
                        each.last().filter(day::isAfter).or(each::first)))
                .toList();
    }

    private static Organisation organisation(Code each) {
        return new Organisation(
                new OrganId(each.code()),
                each.of(QCVN102).stream().findFirst().map(OrganId::new),
                each.name(),
                Optional.of(each.parent()).filter(parent -> !parent.isEmpty()).map(OrganId::new));
    }

    /** The same code in a notation; empty where the table has none for it on the day. */
    public Optional<OrganId> in(Notation notation, OrganId code, LocalDate day) {
        Optional<Organisation> found = find(code, day);
        return notation == Notation.QD20 ? found.map(Organisation::code) : found.flatMap(Organisation::code102);
    }

    /**
     * A packet with its codes in a notation, those of its trace too; codes that the table does not know stay. All else keeps its bytes:
     * identifiers of documents, whatever codes they look like, and a signature, which may fit no longer.
     *
     * @param packet in an encoding that holds ASCII as it is; one in another stays as it is
     */
    public byte[] in(Notation notation, byte[] packet, LocalDate day) {
        String text = new String(packet, StandardCharsets.ISO_8859_1);
        Matcher organ = ORGAN_ID.matcher(text);
        StringBuilder recoded = new StringBuilder();
        int written = 0;
        while (organ.find()) {
            String code = organ.group(1).strip();
            Optional<OrganId> other = code.isEmpty() || code.length() > OrganId.LONGEST
                    ? Optional.empty()
                    : in(notation, new OrganId(code), day)
                            .filter(one -> !one.value().equals(code));
            if (other.isPresent()) {
                recoded.append(text, written, organ.start(1))
                        .append(organ.group(1).replace(code, other.get().value()));
                written = organ.end(1);
            }
        }
        return written == 0
                ? packet
                : recoded.append(text, written, text.length()).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The same of a packet that streams.
     *
     * @throws IOException when {@code from} or {@code to} fail; both stay open
     */
    public void in(Notation notation, InputStream from, OutputStream to, LocalDate day) throws IOException {
        ElementStream elements = new ElementStream(to, LONGEST_ELEMENT, element -> in(notation, element, day));
        from.transferTo(elements);
        elements.flush();
    }

    /**
     * One organisation of the table.
     *
     * @param code that of Decision 20/2020
     * @param code102 that of QCVN 102
     */
    public record Organisation(OrganId code, Optional<OrganId> code102, String name, Optional<OrganId> parent) {}

    /**
     * An organisation as it stands on a day.
     *
     * @param changed its last day where that is over, otherwise its first; empty where the table says none
     */
    public record Dated(Organisation organisation, boolean counts, Optional<LocalDate> changed) {}
}
