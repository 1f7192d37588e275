package vn.lgsp.transform;

import java.net.URI;
import java.nio.file.Path;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** What an integrator is told of a mapping or a schema that cannot be used: its file and line, and what its compiler says. */
final class Mistake {
    private static final String FOLDER = "transforms/";
    private static final int LONGEST = 240;

    private Mistake() {}

    /**
     * A mistake in a file.
     *
     * @param file path or URL, of which the part below the home is told
     * @param line 0 where it is not known
     */
    static Finding in(String file, int line, Rule rule, String reason) {
        return Finding.of(rule, told(file), Math.max(0, line), "", plain(reason));
    }

    /** The same, of a rule that takes these arguments. */
    static Finding at(Path file, int line, Rule rule, String... arguments) {
        return Finding.of(rule, told(file.toString()), Math.max(0, line), arguments);
    }

    static Refused refusal(Path file, int line, Rule rule, String reason) {
        return new Refused(in(file.toString(), line, rule, reason));
    }

    /** The file as its author knows it, whatever copy of it is read. */
    static String told(String file) {
        String path =
                (file.startsWith("file:") ? String.valueOf(URI.create(file).getPath()) : file).replace('\\', '/');
        int folder = path.lastIndexOf("/" + FOLDER);
        return folder < 0 ? MappingFolder.name(path) : path.substring(folder + 1);
    }

    /** One line without names of classes and places on this machine: these say nothing to an author. */
    static String plain(String reason) {
        String line = reason.lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("it cannot be read")
                .replaceAll("(?:[a-z][a-z0-9]*\\.){2,}[A-Z]\\w*[:;]?\\s*", "")
                .replaceAll("\\b[A-Z]\\w*(?:Exception|Error)\\b[:;]?\\s*", "")
                .replaceAll("(?:SystemID: )?file:/\\S*[/;]\\s*", "");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
