package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The generator that most people know, where it is installed. */
final class WrkGenerator implements Generator {
    // wrk counts a status of 400 and more among its answers; a broken connection or a time-out it does not.
    private static final String DONE = """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("%s\\n", summary.requests - e.status,
                e.status + e.connect + e.read + e.write + e.timeout, summary.duration,
                latency:percentile(50), latency:percentile(99)))
            end
            """.formatted(Sample.LINE);

    private final Children children;
    private final Path folder;

    WrkGenerator(Children children, Path folder) {
        this.children = children;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "wrk, one thread";
    }

    @Override
    public Sample load(String name, int port, Load load) {
        StringBuilder script = new StringBuilder();
        load.headers()
                .forEach((header, value) -> script.append("wrk.headers[\"%s\"] = \"%s\"%n".formatted(header, value)));
        Path file = folder.resolve(name + ".lua");
        try {
            if (load.body().isPresent()) {
                Path body = folder.resolve(name + ".body");
                Files.writeString(body, load.body().get());
                script.append("wrk.method = \"POST\"%nwrk.body = io.open(\"%s\"):read(\"*a\")%n".formatted(body));
            }
            Files.writeString(file, script + DONE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        List<String> command = List.of(
                "wrk",
                "--threads=1",
                "--connections=" + load.connections(),
                "--duration=" + load.run().toSeconds() + "s",
                "--timeout=10s",
                "--script=" + file,
                "http://127.0.0.1:" + port + load.path());
        return Sample.from(children.run(name, command, load.run().plusSeconds(30)));
    }
}
