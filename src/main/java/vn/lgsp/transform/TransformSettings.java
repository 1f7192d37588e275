package vn.lgsp.transform;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where mappings and schemas live.
 *
 * @param folder {@code transforms} below {@code lgsp.home}: no mapping or schema outside of it is ever read
 */
public record TransformSettings(Path folder) {
    public TransformSettings {
        folder = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("the folder of the mappings, " + folder
                    + ", is not there: start in the folder of the bus, or set lgsp.home");
        }
    }
}
