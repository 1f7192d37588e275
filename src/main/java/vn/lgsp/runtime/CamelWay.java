package vn.lgsp.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.deploy.Mark;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.receive.AnswerFailureStep;
import vn.lgsp.receive.Arrival;
import vn.lgsp.receive.Reply;
import vn.lgsp.receive.Way;
import vn.lgsp.record.Recorder;

/**
 * Carries what receive took in through the routes of the way, and their answer back.
 *
 * <p>The unit of work of the exchange is made here and ends after the last byte of the answer, so that nothing of the answer is
 * closed before it has left. If no step of the way could answer, this is the last writer: nobody is left without an answer.
 */
final class CamelWay implements Way {
    private static final Logger LOG = LoggerFactory.getLogger(CamelWay.class);

    private final CamelContext camel;
    private final Recorder recorder;
    private final Consumer<Passage> ended;
    private volatile Map<String, AsyncProcessor> entrances = Map.of();

    /** @param ended hears of every exchange that has ended */
    CamelWay(CamelContext camel, Recorder recorder, Consumer<Passage> ended) {
        this.camel = camel;
        this.recorder = recorder;
        this.ended = ended;
    }

    /** Opens the way: the processors of its routes by their ids, {@code way-sync} among them. */
    void open(Map<String, AsyncProcessor> routes) {
        entrances = Map.copyOf(routes);
    }

    /** Where exchanges of this door go in; a door without a way of its own leads to the one that refuses what nobody offers. */
    private AsyncProcessor entrance(Door door) {
        String own =
                switch (door) {
                    case CONTRACT -> "way-contract";
                    case EXCHANGES -> "way-state";
                    case LOGIN -> "way-login";
                    case OPTIONS, SOAP_OPTIONS -> "way-options";
                    case REST, SOAP, JMS, SCHEDULE, CALL, NONE -> "way-sync";
                };
        return Optional.ofNullable(entrances.get(own))
                .or(() -> Optional.ofNullable(entrances.get("way-sync")))
                .orElseThrow();
    }

    @Override
    public void walk(Arrival arrival, Departure departure) {
        Exchange exchange = exchange(arrival);
        Mark mark = Mark.ofTheWay(arrival.passage());
        exchange.setProperty(Mark.PROPERTY, mark);
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(camel).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        AtomicBoolean left = new AtomicBoolean();
        try {
            entrance(arrival.head().door()).process(exchange, sync -> {
                if (left.compareAndSet(false, true)) {
                    leave(exchange, mark, work, departure);
                }
            });
        } catch (RuntimeException | Error broken) {
            if (left.compareAndSet(false, true)) {
                exchange.setException(broken);
                leave(exchange, mark, work, departure);
            }
        }
    }

    @Override
    public void refuse(Arrival arrival, BusException why, Departure departure) {
        Exchange exchange = exchange(arrival);
        AnswerFailureStep.answer(exchange, why);
        recorder.close(arrival.passage(), failure -> {
            failure.ifPresent(unrecorded -> AnswerFailureStep.answer(exchange, unrecorded));
            departure.leave(
                    exchange.getProperty(Reply.PROPERTY, Reply.class), delivered -> ended.accept(arrival.passage()));
        });
    }

    private Exchange exchange(Arrival arrival) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.setProperty(Passage.PROPERTY, arrival.passage());
        exchange.setProperty(Inbound.PROPERTY, arrival.head());
        exchange.getMessage().setBody(arrival.body());
        arrival.contentType().ifPresent(type -> exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type));
        return exchange;
    }

    private void leave(Exchange exchange, Mark mark, UnitOfWork work, Departure departure) {
        Passage passage = mark.passage();
        mark.end();
        Throwable failure = exchange.getException();
        Reply ready = exchange.getProperty(Reply.PROPERTY, Reply.class);
        boolean whole = failure == null && ready != null;
        if (!whole) {
            AnswerFailureStep.answer(
                    exchange,
                    failure != null
                            ? failure
                            : new BusException(ErrorCode.BUS_FAILED, "the way ended without an answer"));
            ready = exchange.getProperty(Reply.PROPERTY, Reply.class);
        }
        Reply reply = ofItsAge(exchange, ready);
        if (passage.isStreamed() || (whole && passage.isClosed())) {
            departure.leave(reply, delivered -> ended(exchange, passage, work, delivered));
            return;
        }
        // The way broke, and its record does not say so yet: what cannot be recorded does not leave.
        recorder.close(passage, unrecorded -> {
            unrecorded.ifPresent(refusal -> AnswerFailureStep.answer(exchange, refusal));
            departure.leave(
                    unrecorded.isEmpty() ? reply : exchange.getProperty(Reply.PROPERTY, Reply.class),
                    delivered -> ended(exchange, passage, work, delivered));
        });
    }

    /** What a service that is going to end says with every answer over HTTP (VER-04). */
    private static Reply ofItsAge(Exchange exchange, Reply reply) {
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        Door door = exchange.getProperty(Inbound.PROPERTY, Inbound.class).door();
        if (card == null || (door != Door.REST && door != Door.SOAP)) {
            return reply;
        }
        String address = (door == Door.SOAP ? "/soap/" : "/api/") + card.key().id() + "/v";
        return card.entry()
                .deprecation()
                .map(ending -> reply.with(ending.headers(address)))
                .orElse(reply);
    }

    private void ended(Exchange exchange, Passage passage, UnitOfWork work, boolean delivered) {
        UnitOfWorkHelper.doneUow(work, exchange);
        // What streamed was opened before its provider was called; only the bench's bus without a record opens nothing.
        if (passage.isStreamed() && passage.isOpened()) {
            recorder.close(passage, failure -> failure.ifPresent(this::unrecorded));
        } else if (!delivered && passage.isClosed()) {
            passage.callerGone();
            recorder.amend(passage);
        }
        ended.accept(passage);
    }

    private void unrecorded(BusException failure) {
        LOG.atError()
                .addKeyValue("event", "record.failed")
                .addKeyValue("error", failure.code())
                .log("a streamed answer has left, and its end could not be recorded");
    }
}
