package vn.lgsp.deploy;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.message.UnitKey;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;

/** The copies of units that revisions are built from: made, or read, one by one, and for many units at a time while the bus starts. */
final class Copies {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    private final UnitArchive archive;
    private final Revisions revisions;
    /** While it starts: copies that were made, or read, for many units at a time. */
    private final Map<UnitKey, Unit> ahead = new ConcurrentHashMap<>();

    Copies(UnitArchive archive, Revisions revisions) {
        this.archive = archive;
        this.revisions = revisions;
    }

    /**
     * Copies, or reads the copies, and compiles the mappings, of many units by all processors. What fails is left to be done again in its
     * turn, and to be told there.
     *
     * @param wanted what lies in the home of each, where that is what shall come into force
     */
    void goAhead(Map<UnitKey, Optional<Unit>> wanted) {
        wanted.entrySet().parallelStream().forEach(one -> {
            try {
                Unit copy =
                        one.getValue().isPresent() ? archive.keep(one.getValue().get()) : archive.read(one.getKey());
                revisions.prepare(copy);
                ahead.put(one.getKey(), copy);
            } catch (IOException | RuntimeException inItsTurn) {
                LOG.atDebug()
                        .addKeyValue("event", "service.unprepared")
                        .addKeyValue("service", one.getKey().service())
                        .log();
            }
        });
    }

    /**
     * The copy of a unit.
     *
     * @param lying what lies in its home, where that is what is asked for; it is copied
     */
    Unit kept(UnitKey key, Optional<Unit> lying) throws IOException {
        Unit done = ahead.remove(key);
        if (done != null) {
            return done;
        }
        return lying.isPresent() ? archive.keep(lying.get()) : archive.read(key);
    }

    /** The copy of a revision, if it is there as it was made. */
    Optional<Unit> read(UnitKey key) {
        try {
            return Optional.of(archive.read(key));
        } catch (IllegalArgumentException altered) {
            return Optional.empty();
        }
    }

    /** It has started: what was made ahead and not asked for is not needed. */
    void started() {
        ahead.clear();
    }
}
