package vn.lgsp.command;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;

/**
 * Where the command was typed. The start script runs Java in the folder of the bus, so that settings and defaults mean the same from
 * everywhere; a file that is named on the command line is seen from where the person stands.
 */
final class CallerFolder implements ITypeConverter<Path> {
    /** Set by the start script. */
    private static final String VARIABLE = "LGSP_CALLED_FROM";

    private final Optional<Path> folder;

    /** @param folder empty where Java was started without the script */
    CallerFolder(Optional<Path> folder) {
        this.folder = folder;
    }

    static CallerFolder ofProcess() {
        return new CallerFolder(Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of));
    }

    /** The file that a person means by this name. */
    @Override
    public Path convert(String name) {
        Path path = Path.of(name);
        return name.isEmpty() || folder.isEmpty() || isHere(folder.get())
                ? path
                : folder.get().resolve(path);
    }

    /** Names stay as they were typed where they mean the same. */
    private static boolean isHere(Path folder) {
        return folder.equals(Path.of("").toAbsolutePath());
    }
}
