package vn.lgsp.deploy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployments.Action;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.Sha256;
import vn.lgsp.source.SourceFile;

/**
 * Brings another registry into force while exchanges run, as a whole or not at all: one that is wrong, or lacks what a service in force
 * needs, is refused with its findings, and the one before stays (BUS-14). Only the deployer's thread may use it; {@link #refused} is for
 * everybody.
 */
final class RegistryInForce {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    private final Catalogue catalogue;
    private final Services services;
    private final Deployments ledger;
    private final Deployer.Surroundings around;
    private final Clock clock;
    private final Standing standing;

    private volatile List<Finding> refused = List.of();
    private String digest;
    /** What stands there counts as not read yet, though the text is the same. */
    private boolean unread;

    RegistryInForce(House house, Standing standing) {
        this.catalogue = house.catalogue();
        this.services = house.services();
        this.ledger = house.ledger();
        this.around = house.around();
        this.clock = house.clock();
        this.standing = standing;
        this.digest = around.registryFile()
                .map(RegistryInForce::textOf)
                .map(Sha256::hex)
                .orElse("");
    }

    /** What is wrong with the registry as it lies there; what was read before is in force. */
    List<Finding> refused() {
        return refused;
    }

    /** Whether it has to be read though its file has not changed: the last time did not come to its end. */
    boolean isUnread() {
        return unread;
    }

    /** A registry that was refused because of services: these may be others now. */
    List<Entry> readInUse(Asked asked) {
        if (refused.stream().noneMatch(finding -> finding.rule() == Rule.REGISTRY_SYSTEM_IN_USE)) {
            return List.of();
        }
        unread = true;
        return read(asked);
    }

    /** Reads it if it is another than before, and brings it into force, or refuses it. */
    List<Entry> read(Asked asked) {
        if (around.registryFile().isEmpty()) {
            return List.of();
        }
        Path file = around.registryFile().get();
        String name = file.toString();
        List<Finding> wrong = new ArrayList<>();
        try {
            String before = digest;
            digest = "";
            digest = Sha256.hex(textOf(file));
            if (digest.equals(before) && !unread) {
                return List.of();
            }
            // until what comes of it is written down
            unread = true;
            Snapshot next = new Snapshot(around.registry().get(), List.of());
            for (Snapshot.Offer offer : standing.offers()) {
                for (Finding missing : next.missing(offer.card(), name)) {
                    wrong.add(Finding.of(
                            Rule.REGISTRY_SYSTEM_IN_USE,
                            name,
                            0,
                            offer.card().key().toString(),
                            missing.arguments().get(0)));
                }
            }
            if (wrong.isEmpty()) {
                Snapshot whole = standing.offering(next);
                around.prepare().accept(whole);
                List<Entry> done = List.of(entry(asked, Action.REGISTRY_CHANGED, name, List.of()));
                ledger.append(done);
                catalogue.replace(whole);
                unread = false;
                refused = List.of();
                services.tryAgain();
                LOG.atInfo().addKeyValue("event", "registry.changed").log("it holds from the next exchange on");
                return done;
            }
        } catch (Refused refusal) {
            wrong.addAll(refusal.findings());
        } catch (IllegalArgumentException | IllegalStateException unusable) {
            wrong.add(Finding.of(Rule.REGISTRY_UNUSABLE, name, 0, RouteLoader.reason(unusable)));
        }
        if (wrong.equals(refused)) {
            unread = false;
            return List.of();
        }
        refused = List.copyOf(wrong);
        LOG.atError()
                .addKeyValue("event", "registry.refused")
                .addKeyValue("reasons", wrong.stream().map(Finding::toString).toList())
                .log("what was known before stays in force");
        List<Entry> done = List.of(entry(
                asked,
                Action.REGISTRY_REFUSED,
                name,
                wrong.stream().map(Finding::toString).toList()));
        ledger.append(done);
        unread = false;
        return done;
    }

    private static String textOf(Path registry) {
        return SourceFile.text(registry.toString(), registry);
    }

    private Entry entry(Asked asked, Action action, String file, List<String> findings) {
        return new Entry(
                clock.instant(),
                Traces.who(asked, Path.of(file)),
                action,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                findings,
                asked.reason());
    }
}
