package vn.lgsp.deploy;

import java.nio.file.Path;
import java.time.Clock;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.unit.UnitArchive;

/**
 * What the deployer works with; the same for as long as the bus runs.
 *
 * @param home the folder that holds {@code routes}, {@code transforms} and {@code connectors}
 * @param revisions builds them, and takes them away
 */
record House(
        Path home,
        Catalogue catalogue,
        Services services,
        Revisions revisions,
        UnitArchive archive,
        Deployments ledger,
        Deployer.Surroundings around,
        Clock clock) {}
