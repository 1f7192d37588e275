package vn.lgsp.operate;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the console: scripts, pictures and the page that holds them. They say nothing about this bus, so the sign-in page
 * may load them.
 *
 * <p>A file is read and compressed once, off the event loop, and kept; there are about a hundred.
 */
final class ConsoleFiles {
    private static final Pattern NAME = Pattern.compile(
            "(?:static/[a-z]+/|img/)?[A-Za-z0-9][A-Za-z0-9._-]*\\.(js|css|svg|ico|png|ttf|woff2|html|json)");
    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "ico", "image/x-icon",
            "png", "image/png",
            "ttf", "font/ttf",
            "woff2", "font/woff2",
            "html", "text/html; charset=utf-8",
            "json", "application/json");
    private static final String OURS = "vn/lgsp/operate/console/";
    private static final String HAWTIO = "hawtio-static/";

    private final Map<String, File> files = new ConcurrentHashMap<>();
    private final WorkerExecutor workers;

    ConsoleFiles(WorkerExecutor workers) {
        this.workers = workers;
    }

    /**
     * @param compressed gzip
     * @param unchanging whether its name says its content, so that a browser may keep it
     */
    record File(String type, Buffer compressed, boolean unchanging) {}

    /** @param name below {@code /hawtio/}; a file of ours goes before Hawtio's of the same name */
    Future<Optional<File>> find(String name) {
        Matcher form = NAME.matcher(name);
        if (!form.matches()) {
            return Future.succeededFuture(Optional.empty());
        }
        File known = files.get(name);
        return known != null
                ? Future.succeededFuture(Optional.of(known))
                : workers.executeBlocking(() -> read(name, form.group(1)), false);
    }

    private Optional<File> read(String name, String extension) {
        ClassLoader loader = ConsoleFiles.class.getClassLoader();
        for (String folder : new String[] {OURS, HAWTIO}) {
            try (InputStream in = loader.getResourceAsStream(folder + name)) {
                if (in != null) {
                    String type = TYPES.getOrDefault(extension, "application/octet-stream");
                    File file = new File(type, compress(in), name.startsWith("static/"));
                    files.put(name, file);
                    return Optional.of(file);
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException("cannot read the console's " + name, unreadable);
            }
        }
        return Optional.empty();
    }

    private static Buffer compress(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            in.transferTo(gzip);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
