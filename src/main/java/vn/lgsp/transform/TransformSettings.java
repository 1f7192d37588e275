package vn.lgsp.transform;

import java.nio.file.Path;

/**
 * Where mappings and schemas live.
 *
 * @param folder of the deployed revisions, each with its {@code transforms}: no mapping or schema outside of it is ever read
 */
public record TransformSettings(Path folder) {
    public TransformSettings {
        folder = folder.toAbsolutePath().normalize();
    }
}
