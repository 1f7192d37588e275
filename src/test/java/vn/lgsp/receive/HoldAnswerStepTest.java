package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/** What breaks in the moment that an answer is here ends its exchange (BUS-03). */
final class HoldAnswerStepTest {
    private static final String CARD = """
            service: paper-relay
            version: 1
            name: { vi: a, en: a }
            description: a
            contact: a
            providers: [archive]
            mode: pass-through
            criterion: real-time
            personalData: false
            operations:
              - { id: read, method: GET, path: / }
            """;

    @TempDir
    private Path folder;

    /** One piece, then the end, as soon as they are asked for. */
    private static final class Piece implements ReadStream<Buffer> {
        private final Runnable beforeTheEnd;
        private @Nullable Handler<Buffer> handler;
        private @Nullable Handler<Void> end;

        Piece(Runnable beforeTheEnd) {
            this.beforeTheEnd = beforeTheEnd;
        }

        @Override
        public Piece exceptionHandler(@Nullable Handler<Throwable> taker) {
            return this;
        }

        @Override
        public Piece handler(@Nullable Handler<Buffer> taker) {
            handler = taker;
            return this;
        }

        @Override
        public Piece pause() {
            return this;
        }

        @Override
        public Piece resume() {
            return fetch(1);
        }

        @Override
        public Piece fetch(long amount) {
            Handler<Buffer> taker = handler;
            if (taker != null && end != null) {
                Thrown.by(() -> taker.handle(Buffer.buffer("piece"))); // Vert.x logs it, and goes on
                beforeTheEnd.run();
                end.handle(null);
            }
            return this;
        }

        @Override
        public Piece endHandler(@Nullable Handler<Void> taker) {
            end = taker;
            return this;
        }
    }

    private ReceiveSettings settings() {
        return new ReceiveSettings(
                "127.0.0.1",
                0,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                4 << 10,
                4 << 10,
                folder,
                Duration.ZERO,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Duration.ofHours(24));
    }

    @Test
    void a_piece_that_cannot_be_taken_ends_the_taking_and_is_not_left_out() {
        Vertx vertx = Vertx.vertx();

        Future<Holder.Held> held = new Holder(
                        vertx,
                        settings(),
                        next -> {
                            throw new IllegalStateException("breaks");
                        },
                        Long.MAX_VALUE)
                .hold(new Piece(() -> {}));

        assertThat(held.failed()).isTrue();
        assertThat(held.cause()).hasMessage("breaks");
        vertx.close();
    }

    @Test
    void what_nobody_thought_of_is_the_failure_of_the_exchange_and_nobody_waits_for_ever() throws Exception {
        Vertx vertx = Vertx.vertx();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(
                Passage.PROPERTY, new Passage(ExchangeId.at(0), Instant.EPOCH, 0, "REST GET", "x", Runnable::run));
        exchange.setProperty(Inbound.PROPERTY, new Inbound(Door.REST, "GET", "paper-relay", 1, "/", "", List.of()));
        exchange.setProperty(ServiceCard.PROPERTY, CardFile.read("routes/papers/paper-relay.card.yaml", CARD));
        exchange.getMessage().setBody(new Piece(() -> exchange.removeProperty(Inbound.PROPERTY)));

        new HoldAnswerStep(vertx, settings()).process(exchange, sync -> ended.complete(exchange.getException()));

        assertThat(String.valueOf(ended.get(30, TimeUnit.SECONDS))).contains("NullPointerException");
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
