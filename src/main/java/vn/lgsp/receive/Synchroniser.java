package vn.lgsp.receive;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Synchronise;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;

/**
 * Reads a dataset page by page and hands each page on: two exchanges for each page, which walk the way like any other, and then one commit
 * that keeps how far it came (SHR-02). A page that was handed on and not committed is read and handed on once more under the same message
 * id, so that who guarantees takes it once.
 *
 * <p>One page of each service is in memory. Waiting holds no thread; the database is asked on the one thread of schedules.
 */
final class Synchroniser {
    private static final Logger LOG = LoggerFactory.getLogger(Synchroniser.class);
    private static final long SLICE_MILLIS = 250;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** How a run ended, with the last exchange that it made. */
    record End(Optional<ExchangeId> exchange, String result, Optional<ErrorCode> error) {}

    private final SynchroniseRows rows;
    private final Catalogue catalogue;
    private final Vertx vertx;
    private final Way way;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final BooleanSupplier closing;

    /** @param timer one thread, on which the database is asked */
    Synchroniser(
            SynchroniseRows rows,
            Catalogue catalogue,
            Vertx vertx,
            Way way,
            Clock clock,
            ScheduledExecutorService timer,
            BooleanSupplier closing) {
        this.rows = rows;
        this.catalogue = catalogue;
        this.vertx = vertx;
        this.way = way;
        this.clock = clock;
        this.timer = timer;
        this.closing = closing;
    }

    /**
     * Goes on with the dataset of this service from where it stands.
     *
     * @param over called once: with how the run ended, or with nothing when it is left as it is, for this bus stops, or another one goes on
     */
    void run(ServiceCard card, Schedule schedule, Synchronise how, Instant due, Consumer<Optional<End>> over) {
        new Run(card, schedule, how, due, over).begin();
    }

    /** What an exchange came to. */
    private record Answer(ExchangeId exchange, byte[] content, Optional<ErrorCode> error, Optional<Duration> pause) {}

    @FunctionalInterface
    private interface Asking<T> {
        T ask() throws SQLException;
    }

    private final class Run {
        private final ServiceCard card;
        private final Schedule schedule;
        private final Synchronise how;
        private final Instant due;
        private final Consumer<Optional<End>> over;
        private Optional<ExchangeId> exchange = Optional.empty();

        Run(ServiceCard card, Schedule schedule, Synchronise how, Instant due, Consumer<Optional<End>> over) {
            this.card = card;
            this.schedule = schedule;
            this.how = how;
            this.due = due;
            this.over = over;
        }

        void begin() {
            ask(() -> rows.open(card.key(), due, how.what()), round -> {
                if (round.complete()) {
                    finish(round);
                } else {
                    read(round, 1);
                }
            });
        }

        private void read(SynchroniseRows.Round round, int attempt) {
            if (closing.getAsBoolean()) {
                over.accept(Optional.empty());
                return;
            }
            if (round.pages() >= how.pages()) {
                end(Optional.of(ErrorCode.SOURCE_ENDLESS));
                return;
            }
            JsonObject question = new JsonObject()
                    .put("scheduledAt", due.toString())
                    .put("page", round.pages() + 1)
                    .put("count", round.items())
                    .put("watermark", round.watermark().orElse(null));
            Operation operation = operation(card, schedule.operation()).orElseThrow();
            walk(round, card, operation, question.toBuffer().getBytes(), Optional.empty(), answer -> {
                if (answer.error().isPresent()) {
                    failed(answer, attempt, () -> read(round, attempt + 1));
                    return;
                }
                SourcePage page;
                try {
                    page = SourcePage.read(answer.content());
                } catch (BusException invalid) {
                    LOG.atWarn()
                            .addKeyValue("event", "synchronise.page-invalid")
                            .addKeyValue("service", card.key())
                            .addKeyValue("exchange", answer.exchange())
                            .addKeyValue("reason", invalid.detail())
                            .log("");
                    end(Optional.of(invalid.code()));
                    return;
                }
                ask(() -> rows.isRepeated(round, page), repeated -> {
                    if (repeated) {
                        end(Optional.of(ErrorCode.SOURCE_REPEATS));
                    } else if (page.count() == 0) {
                        keep(round, page);
                    } else {
                        hand(round, page, 1);
                    }
                });
            });
        }

        private void hand(SynchroniseRows.Round round, SourcePage page, int attempt) {
            Optional<ServiceCard> taker = catalogue.now().service(how.to());
            Optional<Operation> operation = taker.flatMap(found -> operation(found, how.operation()))
                    .filter(found -> found.isRest()
                            && !found.path().toString().contains("{")
                            && found.accepts().contains("application/json"));
            if (operation.isEmpty()) {
                end(Optional.of(ErrorCode.SERVICE_UNKNOWN));
                return;
            }
            String id = "synchronise-" + HexFormat.of().formatHex(round.digest('p', page.items()));
            walk(round, taker.orElseThrow(), operation.get(), content(round, page), Optional.of(id), answer -> {
                if (answer.error().isPresent()) {
                    failed(answer, attempt, () -> hand(round, page, attempt + 1));
                } else {
                    keep(round, page);
                }
            });
        }

        /** The same bytes whenever the page is the same. */
        private byte[] content(SynchroniseRows.Round round, SourcePage page) {
            byte[] head = ("{\"round\":\"" + round.id() + "\",\"page\":" + (round.pages() + 1) + ",\"items\":")
                    .getBytes(StandardCharsets.UTF_8);
            byte[] whole = Arrays.copyOf(head, head.length + page.items().length + 1);
            System.arraycopy(page.items(), 0, whole, head.length, page.items().length);
            whole[whole.length - 1] = '}';
            return whole;
        }

        private void keep(SynchroniseRows.Round round, SourcePage page) {
            ask(() -> rows.accepted(card.key(), due, round, page), after -> {
                if (after.isEmpty()) {
                    over.accept(Optional.empty());
                } else if (after.get().complete()) {
                    finish(after.get());
                } else {
                    read(after.get(), 1);
                }
            });
        }

        private void finish(SynchroniseRows.Round round) {
            boolean differs = round.total().isPresent() && round.total().getAsLong() != round.items();
            end(differs ? Optional.of(ErrorCode.SOURCE_COUNT_DIFFERS) : Optional.empty());
        }

        private void end(Optional<ErrorCode> error) {
            over.accept(Optional.of(new End(exchange, error.isEmpty() ? "00" : "01", error)));
        }

        /** Once more after a while, where that may help. */
        private void failed(Answer answer, int attempt, Runnable again) {
            ErrorCode error = answer.error().orElseThrow();
            if (attempt >= how.tries() || !mayHelp(error)) {
                end(Optional.of(error));
                return;
            }
            Duration pause = answer.pause().orElse(FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 6)));
            long until = System.nanoTime() + (pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause).toNanos();
            sleep(until, again);
        }

        /** In slices, so that a bus that stops is not waited for. */
        private void sleep(long until, Runnable then) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (closing.getAsBoolean()) {
                over.accept(Optional.empty());
            } else if (left <= 0) {
                onTimer(then, 0);
            } else {
                onTimer(() -> sleep(until, then), Math.min(left, SLICE_MILLIS));
            }
        }

        private void onTimer(Runnable work, long delayMillis) {
            try {
                timer.schedule(() -> alone(work), delayMillis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                over.accept(Optional.empty());
            }
        }

        /** What breaks ends the run, which would stay under way for ever otherwise. */
        private void alone(Runnable work) {
            Thrown.by(work).ifPresent(this::broke);
        }

        private void broke(Throwable broken) {
            LOG.atError()
                    .addKeyValue("event", "synchronise.broke")
                    .addKeyValue("service", card.key())
                    .addKeyValue("kind", broken.getClass().getName())
                    .log("a failure without a name: give it one");
            end(Optional.of(ErrorCode.BUS_FAILED));
        }

        /** Asks the database until it answers. */
        private <T> void ask(Asking<T> question, Consumer<T> then) {
            onTimer(
                    () -> {
                        T answer;
                        try {
                            answer = question.ask();
                        } catch (SQLException away) {
                            sleep(System.nanoTime() + FIRST_PAUSE.toNanos(), () -> ask(question, then));
                            return;
                        }
                        then.accept(answer);
                    },
                    0);
        }

        /** @param then on the thread of schedules, for content is read there */
        private void walk(
                SynchroniseRows.Round round,
                ServiceCard service,
                Operation operation,
                byte[] content,
                Optional<String> messageId,
                Consumer<Answer> then) {
            Context loop = vertx.getOrCreateContext();
            Passage passage = new Passage(
                    ExchangeId.at(clock.millis()),
                    clock.instant(),
                    System.nanoTime(),
                    "SCHEDULE",
                    round.id().toString(),
                    work -> loop.runOnContext(now -> work.run()));
            exchange = Optional.of(passage.id());
            Arrival arrival = arrival(passage, schedule, service.key(), operation, content, messageId);
            loop.runOnContext(now -> way.walk(arrival, (reply, ended) -> {
                Consumer<Boolean> left = whole -> Thrown.by(() -> {
                            ended.with(whole);
                            Answer answer = answer(passage, reply, whole, messageId.isPresent());
                            onTimer(() -> then.accept(answer), 0);
                        })
                        .ifPresent(broken -> onTimer(() -> broke(broken), 0));
                reply.stream().ifPresentOrElse(stream -> drain(stream, left), () -> left.accept(true));
            }));
        }
    }

    /** @param content of an operation that takes any */
    static Arrival arrival(
            Passage passage,
            Schedule schedule,
            ServiceKey service,
            Operation operation,
            byte[] content,
            Optional<String> messageId) {
        passage.sentUnder(schedule.account());
        return new Arrival(
                passage,
                new Inbound(
                        Door.SCHEDULE,
                        operation.method(),
                        service.id().value(),
                        service.version(),
                        operation.path().toString(),
                        "",
                        messageId
                                .map(id -> List.of(Map.entry("Idempotency-Key", id)))
                                .orElse(List.of())),
                MessageBody.of(content, passage),
                operation.accepts().isEmpty() ? Optional.empty() : Optional.of("application/json"));
    }

    static Optional<Operation> operation(ServiceCard card, String id) {
        return card.operations().stream().filter(one -> one.id().equals(id)).findFirst();
    }

    /** @param dropped whether nobody needs what has streamed, which is not held */
    private static Answer answer(Passage passage, Reply reply, boolean whole, boolean dropped) {
        Optional<ErrorCode> error = passage.error();
        if (error.isEmpty() && !whole) {
            error = Optional.of(ErrorCode.PROVIDER_UNREACHABLE);
        } else if (error.isEmpty() && reply.status() >= 300) {
            error = Optional.of(ErrorCode.PROVIDER_REFUSED);
        } else if (error.isEmpty() && !dropped && reply.stream().isPresent()) {
            error = Optional.of(ErrorCode.PROVIDER_INVALID);
        }
        return new Answer(passage.id(), reply.content().getBytes(), error, passage.retryAfter());
    }

    private static void drain(ReadStream<Buffer> stream, Consumer<Boolean> then) {
        AtomicBoolean told = new AtomicBoolean();
        Consumer<Boolean> once = whole -> {
            if (told.compareAndSet(false, true)) {
                then.accept(whole);
            }
        };
        stream.exceptionHandler(broken -> once.accept(false));
        stream.handler(next -> {});
        stream.endHandler(end -> once.accept(true));
        stream.resume();
    }

    private static boolean mayHelp(ErrorCode error) {
        return error.retry() || error == ErrorCode.PROVIDER_FAILED;
    }
}
