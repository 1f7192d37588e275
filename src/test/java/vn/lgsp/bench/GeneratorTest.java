package vn.lgsp.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both generators against a server that counts, and refuses every fourth request. */
class GeneratorTest {
    private final Path folder;
    private final Children children;
    private final Jvm jvm;
    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong asked = new AtomicLong();
    private static final String POSTED = "<giấy tờ=\"1\">\\n]]</giấy>";

    private final HttpServer server;

    GeneratorTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        children = new Children(folder, false);
        jvm = new Jvm(folder);
        server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    boolean right = "k".equals(request.getHeader("X-Api-Key"))
                            && request.method().name().equals(request.path().equals("/posted") ? "POST" : "GET")
                            && body.toString().equals(request.path().equals("/posted") ? POSTED : "");
                    boolean refused = asked.incrementAndGet() % 4 == 0 || !right;
                    request.response().setStatusCode(refused ? 503 : 200).end("answer");
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    @AfterEach
    void end() {
        children.close();
        vertx.close();
    }

    @Test
    void the_own_generator_counts_answers_and_errors_apart() {
        counts(new OwnGenerator(children, jvm, folder));
    }

    @Test
    void wrk_counts_answers_and_errors_apart() {
        assumeTrue(Machine.has("wrk"), "wrk is not installed");

        counts(new WrkGenerator(children, folder));
    }

    private void counts(Generator generator) {
        counts(generator, "/x", Optional.empty());
        counts(generator, "/posted", Optional.of(POSTED));
    }

    private void counts(Generator generator, String path, Optional<String> body) {
        asked.set(0);
        Load load = new Load(path, Map.of("X-Api-Key", "k"), body, 4, Duration.ofSeconds(1));

        Sample sample = generator.load("test", server.actualPort(), load);

        assertThat(sample.rate()).isPositive();
        assertThat(sample.p99()).isGreaterThanOrEqualTo(sample.p50()).isPositive();
        // Those under way at the end are answered, but not counted.
        assertThat((double) sample.errors()).isBetween(asked.get() / 4.0 - 5, asked.get() / 4.0 + 5);
    }

    @Test
    void a_process_that_does_not_become_ready_is_told_with_its_last_words_and_ended() {
        assertThatThrownBy(() -> children.start(
                        "broken",
                        Children.Cpu.SUBJECT,
                        jvm.command("vn.lgsp.NotThere", List.of(), List.of()),
                        () -> false))
                .hasMessageContaining("broken ended")
                .hasMessageContaining("vn.lgsp.NotThere");
    }

    @Test
    void no_process_outlives_the_bench() {
        Process provider = children.start(
                "provider",
                Children.Cpu.REST,
                jvm.command(BackEnd.class.getName(), List.of(), List.of("0")),
                () -> Subject.answers(server.actualPort()));
        assertThat(provider.isAlive()).isTrue();

        children.close();

        assertThat(provider.isAlive()).isFalse();
    }
}
