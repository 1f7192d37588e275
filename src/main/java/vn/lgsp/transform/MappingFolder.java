package vn.lgsp.transform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The one folder that mappings and schemas come from; what lies outside does not exist. */
final class MappingFolder {
    private final Path root;

    MappingFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** @param relative as written below the folder, such as {@code land/land-parcel-lookup/request.schema.json} */
    Path below(String relative) {
        return inside(root.resolve(relative), relative);
    }

    /** @param reference as routes write it: relative to the folder that this one lies in, such as {@code transforms/land/…} */
    Path written(Path reference) {
        return inside(root.resolveSibling(reference), reference.toString());
    }

    Path inside(Path path, String asWritten) {
        Path file = path.toAbsolutePath().normalize();
        if (!file.startsWith(root) || !Files.isRegularFile(file)) {
            throw outside(asWritten);
        }
        try {
            if (!file.toRealPath().startsWith(root.toRealPath())) {
                throw outside(asWritten);
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(asWritten + " cannot be read", unreadable);
        }
        return file;
    }

    /** How people are told which mapping it was: service and file, such as {@code land-parcel-lookup/request.jq}. */
    static String name(String reference) {
        String path = reference.replace('\\', '/');
        int file = path.lastIndexOf('/');
        return path.substring(Math.max(path.lastIndexOf('/', file - 1), path.lastIndexOf(':')) + 1);
    }

    private static IllegalArgumentException outside(String asWritten) {
        return new IllegalArgumentException(
                asWritten + " is not a file in the folder of the mappings: put it there, or mend the name");
    }
}
