package vn.lgsp.deploy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;

/**
 * What a {@code multicast} or {@code split} with {@code aggregationStrategy: "#parts"} does: each branch has a copy of the exchange and a
 * view of its passage, and what it gives becomes a part of one document; a branch that fails, or is late, is named as missing (BUS-10).
 * When every part is missing, the exchange fails as a part did.
 *
 * <p>Branches run where the service's steps run, and one that waits for a provider holds no thread. At most {@link #AT_ONCE} run side by
 * side. After the time-out what a branch asks for is given up and what it brings is dropped. A branch enters no route: it carries no
 * {@link Mark}.
 */
final class CollectPartsStep extends AsyncProcessorSupport {
    /** Branches of one exchange that run at a time; the others wait for their turn. */
    static final int AT_ONCE = 16;

    /** Items of one list: each is a branch, which costs more than its text. */
    static final int MOST_ITEMS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(CollectPartsStep.class);

    private final Plan plan;
    private final Optional<Items> items;
    private final List<AsyncProcessor> branches;

    /**
     * How parts are collected.
     *
     * @param names of the branches, in order; empty for the items of a list
     * @param sideBySide whether branches run side by side, or one after the other
     * @param timeoutMillis until what is not here is missing; 0 for none
     */
    record Plan(List<String> names, boolean sideBySide, long timeoutMillis) {}

    /**
     * What is split.
     *
     * @param delimiter of a text; empty for the comma
     */
    record Items(Expression expression, Optional<String> delimiter) {
        List<Object> of(Exchange exchange) {
            Object value = expression.evaluate(exchange, Object.class);
            Iterator<?> each = value == null
                    ? List.of().iterator()
                    : delimiter.isPresent()
                            ? ObjectHelper.createIterator(value, delimiter.get())
                            : ObjectHelper.createIterator(value);
            List<Object> found = new ArrayList<>();
            while (each.hasNext()) {
                if (found.size() == MOST_ITEMS) {
                    throw tooMany(exchange);
                }
                found.add(each.next());
            }
            return found;
        }
    }

    /** Whose list it is tells whether a provider has been asked before. */
    private static BusException tooMany(Exchange exchange) {
        boolean answer =
                exchange.getProperty(Passage.PROPERTY, Passage.class).provider().isPresent();
        return new BusException(
                answer ? ErrorCode.PROVIDER_INVALID : ErrorCode.MESSAGE_INVALID,
                "there are more than " + MOST_ITEMS + " items in the list of which each would be a part");
    }

    /**
     * @param items of a split, whose one branch takes each of them
     * @param branches with a unit of work each
     */
    CollectPartsStep(Plan plan, Optional<Items> items, List<AsyncProcessor> branches) {
        this.plan = plan;
        this.items = items;
        this.branches = List.copyOf(branches);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            if (!(exchange.getProperty(Passage.PROPERTY) instanceof Passage whole)) {
                throw new BusException(ErrorCode.ROUTE_REFUSED, "parts are collected for exchanges of the way only");
            }
            ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
            Optional<List<Object>> list = items.map(all -> all.of(exchange));
            if (list.isEmpty() && exchange.getMessage().getBody() != null) {
                // read once, so that each branch reads the same
                exchange.getMessage().setBody(exchange.getMessage().getMandatoryBody(byte[].class));
            }
            int count = list.map(List::size).orElse(branches.size());
            Parts parts = new Parts(plan.names(), count, card.answerLimit());
            new Collection(exchange, callback, whole, list, parts).begin();
            return false;
        } catch (Exception | Error unusable) {
            exchange.setException(unusable);
            callback.done(true);
            return true;
        }
    }

    /** The branches of one exchange. */
    private final class Collection {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final Passage whole;
        private final Optional<List<Object>> list;
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        // guarded by this
        private final Parts parts;
        private final List<Passage> views = new ArrayList<>();
        private int next;
        private boolean over;

        Collection(Exchange exchange, AsyncCallback callback, Passage whole, Optional<List<Object>> list, Parts parts) {
            this.exchange = exchange;
            this.callback = callback;
            this.whole = whole;
            this.list = list;
            this.parts = parts;
        }

        void begin() {
            whole.home().execute(() -> whole.whenCallerGone(() -> unfinished().forEach(Passage::callerGone)));
            if (plan.timeoutMillis() > 0) {
                end.completeOnTimeout(null, plan.timeoutMillis(), TimeUnit.MILLISECONDS);
            }
            end.whenCompleteAsync(
                    (nothing, failure) -> {
                        Thrown.by(() -> finish(Optional.ofNullable(failure))).ifPresent(exchange::setException);
                        callback.done(false);
                    },
                    whole.work());
            int atOnce = plan.sideBySide() ? AT_ONCE : 1;
            for (int i = 0; i < atOnce; i++) {
                startNext();
            }
            if (parts.size() == 0) {
                end.complete(null);
            }
        }

        private synchronized void startNext() {
            if (over || next == parts.size()) {
                return;
            }
            int index = next++;
            Passage view = whole.branch();
            views.add(view);
            Exchange branch = ExchangeHelper.createCorrelatedCopy(exchange, false);
            branch.setProperty(Passage.PROPERTY, view);
            branch.removeProperty(Mark.PROPERTY);
            list.ifPresent(all -> branch.getMessage().setBody(all.get(index)));
            AsyncProcessor steps = branches.get(list.isPresent() ? 0 : index);
            whole.work().execute(() -> run(steps, branch, index));
        }

        private void run(AsyncProcessor steps, Exchange branch, int index) {
            try {
                steps.process(branch, sync -> ended(branch, index));
            } catch (RuntimeException | Error broken) {
                branch.setException(broken);
                ended(branch, index);
            }
        }

        /** On a worker: what the branch ended with is read here, where that may take its time. */
        private void ended(Exchange branch, int index) {
            byte[] part = {};
            Throwable failure = branch.getException();
            if (failure == null) {
                try {
                    part = part(branch.getMessage());
                } catch (Exception | Error unreadable) {
                    failure = unreadable;
                }
            }
            synchronized (this) {
                if (over) {
                    return;
                }
                if (failure != null) {
                    parts.missing(index, failure);
                } else {
                    try {
                        parts.here(index, part);
                    } catch (BusException tooMuch) {
                        end.completeExceptionally(tooMuch);
                        return;
                    }
                }
                if (parts.toCome() == 0) {
                    end.complete(null);
                    return;
                }
            }
            startNext();
        }

        /** All parts are here or missing, or the time is over. */
        private void finish(Optional<Throwable> tooMuch) {
            Optional<Throwable> failed = tooMuch;
            synchronized (this) {
                over = true;
                for (int i = 0; i < parts.size(); i++) {
                    parts.missing(i, late());
                }
            }
            whole.home().execute(() -> unfinished().forEach(Passage::abandon));
            Optional<SystemId> before = whole.provider();
            views.forEach(view -> view.provider()
                    .filter(called -> before.filter(called::equals).isEmpty())
                    .ifPresent(whole::calls));
            if (failed.isEmpty()) {
                log();
                Optional<Integer> first = parts.failed();
                first.ifPresent(index -> whole.enter(stage(index)));
                failed = first.flatMap(parts::missing).map(Parts.Missing::why);
            }
            if (failed.isPresent()) {
                exchange.setException(failed.get());
            } else {
                exchange.getMessage().setBody(parts.document());
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
            }
        }

        private Stage stage(int index) {
            return index < views.size() ? views.get(index).stage() : whole.stage();
        }

        private BusException late() {
            return new BusException(
                    ErrorCode.PROVIDER_TIMEOUT, "not one part was here after " + plan.timeoutMillis() + " ms");
        }

        /** What branches still wait for; those that have ended wait for nothing. */
        private synchronized List<Passage> unfinished() {
            return List.copyOf(views);
        }

        private void log() {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.missing(i).isPresent()) {
                    ErrorCode code = parts.missing(i).get().code();
                    (code.party() == ErrorCode.Party.CALLER ? LOG.atInfo() : LOG.atWarn())
                            .addKeyValue("event", "part.missing")
                            .addKeyValue("exchange", whole.id())
                            .addKeyValue("part", parts.name(i))
                            .addKeyValue("error", code.code())
                            .log("a part of an answer is missing");
                }
            }
        }
    }

    /** @throws BusException {@code provider-refused} for a status that the provider documents as a refusal */
    private static byte[] part(Message message) throws Exception {
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status != null && status >= 400) {
            throw new BusException(ErrorCode.PROVIDER_REFUSED, "a branch ended with a status of a refusal");
        }
        byte[] body = message.getBody() == null ? new byte[0] : message.getMandatoryBody(byte[].class);
        return Parts.json(body, message.getHeader(Exchange.CONTENT_TYPE, "", String.class));
    }
}
