package vn.lgsp.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.unit.Unit;

/**
 * What files tell about a change: which of them differ from what is in force, and whose they are. One that cannot be read counts as
 * changed.
 */
final class Traces {
    private final Standing standing;
    private final Copies copies;

    Traces(Standing standing, Copies copies) {
        this.standing = standing;
        this.copies = copies;
    }

    /** The files of the unit that differ from those of the revision in force, and those that are gone. */
    List<String> changed(Unit unit) {
        Map<String, Path> before = standing.inForce(unit.card().key())
                .flatMap(one -> copies.read(one.unit()))
                .map(Unit::files)
                .orElse(Map.of());
        List<String> differing = new ArrayList<>();
        unit.files().forEach((name, file) -> {
            Path old = before.get(name);
            if (old == null || !same(old, file)) {
                differing.add(name);
            }
        });
        before.keySet().stream().filter(name -> !unit.files().containsKey(name)).forEach(differing::add);
        return differing;
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.mismatch(one, other) < 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** The newest of those that differ: whose it is has changed the unit. */
    static Path newest(Unit unit, List<String> changed) {
        return changed.stream()
                .map(name -> unit.files().get(name))
                .filter(Objects::nonNull)
                .max(Comparator.comparing(Traces::modified))
                .orElse(unit.routeFile());
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    /** Whose file it is, as the operating system knows it. */
    static String owner(Path file) {
        try {
            return Files.getOwner(file).getName();
        } catch (IOException | UnsupportedOperationException unknown) {
            return "unknown";
        }
    }

    /** The file of its card below the home. */
    static String cardName(Unit unit) {
        return unit.files().keySet().stream()
                .filter(name -> name.endsWith(CardFile.SUFFIX))
                .findFirst()
                .orElseThrow();
    }

    /** Who has changed a file, as the ledger writes it: the operator who asked, or whose file it is. */
    static String who(Asked asked, Path file) {
        return asked.isFiles() ? "files:" + owner(file) : asked.who();
    }
}
