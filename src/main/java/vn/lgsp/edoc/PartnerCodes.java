package vn.lgsp.edoc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import vn.lgsp.message.SystemId;

/**
 * Organisation codes as each partner wants them written: {@code lgsp.edoc.notations}. For a partner that it does not name, and a code that
 * the table does not know today, they stay as they are.
 *
 * @see "EXT-20"
 */
public final class PartnerCodes {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    private final Map<SystemId, Notation> notations;
    private final Supplier<Optional<OrganCodes>> table;
    private final Clock clock;

    /** @param table as it is now */
    public PartnerCodes(Map<SystemId, Notation> notations, Supplier<Optional<OrganCodes>> table, Clock clock) {
        this.notations = Map.copyOf(notations);
        this.table = table;
        this.clock = clock;
    }

    /** A code as this partner wants it. */
    public String code(SystemId partner, String code) {
        Notation wanted = notations.get(partner);
        if (wanted == null || code.isBlank() || code.length() > OrganId.LONGEST) {
            return code;
        }
        return table.get()
                .flatMap(codes -> codes.in(wanted, new OrganId(code), today()))
                .map(OrganId::value)
                .orElse(code);
    }

    /** A packet as this partner wants it; the same bytes where nothing is to change. */
    public byte[] packet(SystemId partner, byte[] packet) {
        Notation wanted = notations.get(partner);
        return wanted == null
                ? packet
                : table.get().map(codes -> codes.in(wanted, packet, today())).orElse(packet);
    }

    /** Whether packets are another one for this partner than they are for others. */
    public boolean writesFor(SystemId partner) {
        return notations.containsKey(partner) && table.get().isPresent();
    }

    /**
     * The same of a packet that streams.
     *
     * @throws IOException when {@code from} or {@code to} fail; both stay open
     */
    public void packet(SystemId partner, InputStream from, OutputStream to) throws IOException {
        Notation wanted = notations.get(partner);
        Optional<OrganCodes> codes = table.get();
        if (wanted == null || codes.isEmpty()) {
            from.transferTo(to);
        } else {
            codes.get().in(wanted, from, to, today());
        }
    }

    /** The organisations of the table that count today; empty where there is no table. */
    public List<OrganCodes.Organisation> organisations() {
        return table.get().map(codes -> codes.on(today())).orElse(List.of());
    }

    /** The organisations of the table, those that do not count today too. */
    public List<OrganCodes.Dated> everyOrganisation() {
        return table.get().map(codes -> codes.all(today())).orElse(List.of());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), CITY);
    }
}
