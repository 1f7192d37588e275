package vn.lgsp.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** A closed loop on one event loop, in a process of its own, for machines without wrk. */
final class OwnGenerator implements Generator {
    private final Children children;
    private final Jvm jvm;
    private final Path folder;

    /** @param folder for the results that its processes leave */
    OwnGenerator(Children children, Jvm jvm, Path folder) {
        this.children = children;
        this.jvm = jvm;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "own generator (wrk is not installed), one event loop";
    }

    @Override
    public Sample load(String name, int port, Load load) {
        Path result = folder.resolve(name + ".sample");
        List<String> arguments = new ArrayList<>(List.of(
                result.toString(),
                Integer.toString(port),
                load.path(),
                Integer.toString(load.connections()),
                Long.toString(load.run().toMillis())));
        Path body = folder.resolve(name + ".body");
        try {
            Files.writeString(body, load.body().orElse(""));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        arguments.add(body.toString());
        load.headers().forEach((header, value) -> arguments.addAll(List.of(header, value)));
        List<String> command = jvm.command(Caller.class.getName(), List.of(), arguments);
        children.run(name, command, load.run().plusSeconds(60));
        try {
            return Sample.from(Files.readString(result));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The process: a file for the result, port, path, connections, milliseconds, a file to be posted or an empty one, then header names and values. */
    static final class Caller {
        private final HttpClient client;
        private final RequestOptions request;
        private final Buffer body;
        private final long end;
        private final CountDownLatch running;
        private long[] micros = new long[1 << 16];
        private int answers;
        private int errors;

        private Caller(Vertx vertx, RequestOptions request, Buffer body, int connections, Duration run) {
            this.client = vertx.createHttpClient(new HttpClientOptions()
                    .setMaxPoolSize(connections)
                    .setConnectTimeout(5_000)
                    .setIdleTimeout(10));
            this.request = request;
            this.body = body;
            this.end = System.nanoTime() + run.toNanos();
            this.running = new CountDownLatch(connections);
        }

        // All on one event loop, so the counts need no lock.
        private void ask() {
            long from = System.nanoTime();
            if (from > end) {
                running.countDown();
                return;
            }
            client.request(request)
                    .compose(call -> body.length() == 0 ? call.send() : call.send(body))
                    .compose(answer -> answer.body().map(body -> answer.statusCode()))
                    .onComplete(result -> {
                        if (result.failed() || result.result() >= 400) {
                            errors++;
                        } else {
                            if (answers == micros.length) {
                                micros = Arrays.copyOf(micros, 2 * answers);
                            }
                            micros[answers++] = (System.nanoTime() - from) / 1_000;
                        }
                        ask();
                    });
        }

        private long percentile(double share) {
            return answers == 0 ? 0 : micros[(int) Math.min(answers - 1, Math.floor(answers * share))];
        }

        /** Writes {@link Sample#LINE}. */
        public static void main(String[] arguments) throws IOException, InterruptedException {
            Buffer body = Buffer.buffer(Files.readAllBytes(Path.of(arguments[5])));
            RequestOptions request = new RequestOptions()
                    .setMethod(body.length() == 0 ? HttpMethod.GET : HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(Integer.parseInt(arguments[1]))
                    .setURI(arguments[2]);
            for (int i = 6; i < arguments.length; i += 2) {
                request.putHeader(arguments[i], arguments[i + 1]);
            }
            int connections = Integer.parseInt(arguments[3]);
            Vertx vertx = Vertx.vertx();
            long from = System.nanoTime();
            Caller caller =
                    new Caller(vertx, request, body, connections, Duration.ofMillis(Long.parseLong(arguments[4])));
            vertx.getOrCreateContext().runOnContext(now -> {
                for (int i = 0; i < connections; i++) {
                    caller.ask();
                }
            });
            caller.running.await();
            long elapsed = (System.nanoTime() - from) / 1_000;
            Arrays.sort(caller.micros, 0, caller.answers);
            Files.writeString(
                    Path.of(arguments[0]),
                    String.format(
                            Locale.ROOT,
                            Sample.LINE,
                            caller.answers,
                            caller.errors,
                            elapsed,
                            caller.percentile(0.50),
                            caller.percentile(0.99)));
            vertx.close();
        }
    }
}
