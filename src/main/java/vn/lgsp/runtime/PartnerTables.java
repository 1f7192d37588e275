package vn.lgsp.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.edoc.Notation;
import vn.lgsp.edoc.OrganCodes;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.SystemId;

/** The table of organisation codes below the home, read again when it has changed; a broken one changes nothing. */
final class PartnerTables {
    private static final Logger LOG = LoggerFactory.getLogger(PartnerTables.class);

    private final Path home;

    // guarded by this
    private Optional<OrganCodes> table;
    private FileTime changed;

    private PartnerTables(Path home, Optional<OrganCodes> table) {
        this.home = home;
        this.changed = changed(home);
        this.table = table;
    }

    /**
     * Organisation codes as each partner wants them.
     *
     * @throws Refused where a partner has a notation, and the table cannot be read
     */
    static PartnerCodes codes(Map<SystemId, Notation> notations, Path home, Clock clock) {
        Optional<OrganCodes> table = notations.isEmpty() && !Files.exists(home.resolve(OrganCodes.TABLE))
                ? Optional.empty()
                : Optional.of(OrganCodes.read(home));
        return new PartnerCodes(notations, new PartnerTables(home, table)::now, clock);
    }

    private synchronized Optional<OrganCodes> now() {
        FileTime found = changed(home);
        if (!found.equals(changed)) {
            changed = found;
            try {
                table = Optional.of(OrganCodes.read(home));
            } catch (Refused broken) {
                LOG.atWarn()
                        .addKeyValue("event", "codes.refused")
                        .addKeyValue("file", OrganCodes.TABLE)
                        .log("the table of organisation codes is broken; the one before stays in use");
            }
        }
        return table;
    }

    private static FileTime changed(Path home) {
        try {
            return Files.getLastModifiedTime(home.resolve(OrganCodes.TABLE));
        } catch (IOException missing) {
            return FileTime.fromMillis(0);
        }
    }
}
