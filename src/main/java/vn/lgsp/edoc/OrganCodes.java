package vn.lgsp.edoc;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

    private final Map<String, List<Code>> codes = new HashMap<>();

    private OrganCodes(CodeTable table) {
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
                .map(each -> new Organisation(
                        new OrganId(each.code()),
                        each.of(QCVN102).stream().findFirst().map(OrganId::new),
                        each.name(),
                        Optional.of(each.parent())
                                .filter(parent -> !parent.isEmpty())
                                .map(OrganId::new)))
                .findFirst();
    }

    /** The same code in a notation; empty where the table has none for it on the day. */
    public Optional<OrganId> in(Notation notation, OrganId code, LocalDate day) {
        Optional<Organisation> found = find(code, day);
        return notation == Notation.QD20 ? found.map(Organisation::code) : found.flatMap(Organisation::code102);
    }

    /**
     * A packet with its codes in a notation, those of its trace too; codes that the table does not know stay. Identifiers of documents are
     * not touched, whatever codes they look like.
     */
    public Packet in(Notation notation, Packet packet, LocalDate day) {
        return new Recoded(code -> in(notation, code, day).orElse(code)).of(packet);
    }

    /**
     * One organisation of the table.
     *
     * @param code that of Decision 20/2020
     * @param code102 that of QCVN 102
     */
    public record Organisation(OrganId code, Optional<OrganId> code102, String name, Optional<OrganId> parent) {}
}
