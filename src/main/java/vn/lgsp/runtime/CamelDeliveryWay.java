package vn.lgsp.runtime;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.deploy.Mark;
import vn.lgsp.deploy.Workers;
import vn.lgsp.guarantee.Attempt;
import vn.lgsp.guarantee.DeliveryWay;
import vn.lgsp.message.Passage;

/** Carries each attempt at a delivery through the route {@code way-deliver}. The mapping runs on a worker, calls on an event loop. */
final class CamelDeliveryWay implements DeliveryWay {
    private static final Logger LOG = LoggerFactory.getLogger(CamelDeliveryWay.class);

    private final CamelContext camel;
    private final AsyncProcessor entrance;
    private final Workers workers;
    private final Clock clock;
    private final Consumer<Passage> watcher;
    private final List<Context> loops = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param entrance the processor of the route {@code way-deliver}
     * @param watcher hears of every attempt that has ended
     */
    CamelDeliveryWay(
            CamelContext camel, AsyncProcessor entrance, Workers workers, Clock clock, Consumer<Passage> watcher) {
        this.camel = camel;
        this.entrance = entrance;
        this.workers = workers;
        this.clock = clock;
        this.watcher = watcher;
    }

    /** Finds the event loops that calls are made on. */
    Future<String> start(Vertx vertx, int eventLoops) {
        return vertx.deployVerticle(
                () -> new AbstractVerticle() {
                    @Override
                    public void start() {
                        loops.add(context);
                    }
                },
                new DeploymentOptions().setInstances(eventLoops));
    }

    @Override
    public void walk(Attempt attempt, byte[] salt, String correlation, Runnable ended) {
        Context loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
        Executor home = work -> loop.runOnContext(now -> work.run());
        Passage passage = new Passage(
                attempt.exchange(), clock.instant(), System.nanoTime(), "DELIVERY", correlation, home, salt);
        passage.identified(attempt.source());
        passage.asksFor(attempt.service(), "deliver to " + attempt.destination());
        passage.handledBy(attempt.unit());
        passage.attempts(attempt.delivery());
        Mark mark = Mark.ofTheWay(passage);
        Exchange exchange = new DefaultExchange(camel);
        exchange.setProperty(Passage.PROPERTY, passage);
        exchange.setProperty(Attempt.PROPERTY, attempt);
        exchange.setProperty(Mark.PROPERTY, mark);
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(camel).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        AtomicBoolean over = new AtomicBoolean();
        Runnable end = () -> {
            if (over.compareAndSet(false, true)) {
                mark.end();
                if (exchange.getException() != null) {
                    broke(attempt, exchange.getException());
                }
                UnitOfWorkHelper.doneUow(work, exchange);
                watcher.accept(passage);
                ended.run();
            }
        };
        workers.execute(() -> {
            try {
                entrance.process(exchange, sync -> end.run());
            } catch (RuntimeException | Error broken) {
                exchange.setException(broken);
                end.run();
            }
        });
    }

    private static void broke(Attempt attempt, Throwable why) {
        LOG.atError()
                .addKeyValue("event", "attempt.unsettled")
                .addKeyValue("exchange", attempt.exchange())
                .addKeyValue("delivery", attempt.delivery())
                .addKeyValue("kind", why.getClass().getName())
                .log("the way of deliveries broke; the attempt is made again when its lease is over");
    }
}
