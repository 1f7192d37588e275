package vn.lgsp.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;

/** The registry that the settings name: in a file, or the sample city's inside the product. */
public final class RegistryDocument {
    private RegistryDocument() {}

    /**
     * Reads it without its secrets, which a machine that only checks files does not have.
     *
     * @throws IllegalArgumentException when it is wrong, naming file, line and remedy
     */
    public static Registry readWithoutSecrets(BusSettings settings, Configuration configuration) {
        return read(settings, RegistryFile.withoutSecrets(configuration::text));
    }

    static Registry read(BusSettings settings, RegistryFile file) {
        Optional<Path> path = settings.registryFile();
        if (path.isPresent()) {
            return file.read(path.get());
        }
        Optional<String> resource = settings.registryResource();
        try (InputStream in = RegistryDocument.class.getClassLoader().getResourceAsStream(resource.orElseThrow())) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "lgsp.catalogue.registry is " + settings.registry() + ", which is not there");
            }
            return file.read(settings.registry(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("lgsp.catalogue.registry cannot be read", unreadable);
        }
    }
}
