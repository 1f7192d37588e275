package vn.lgsp.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the bench starts further processes of the Java that it runs on itself, with the same class path. */
final class Jvm {
    private static final int NEEDS_LEAVE = 24;

    private final String classPath;

    /** @param furtherLibraries a folder of jars to go behind the bench's own class path */
    Jvm(Path furtherLibraries) {
        classPath = System.getProperty("java.class.path") + System.getProperty("path.separator") + furtherLibraries
                + System.getProperty("file.separator") + "*";
    }

    List<String> command(String mainClass, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= NEEDS_LEAVE) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of("-Xms512m", "-Xmx1g"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return command;
    }
}
