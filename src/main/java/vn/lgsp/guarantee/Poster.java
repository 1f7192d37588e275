package vn.lgsp.guarantee;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQNonExistentQueueException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.jspecify.annotations.Nullable;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * Posts references to the broker, those that wait together in one transaction: one sync of its journal serves many exchanges.
 *
 * <p>A post that fails may have happened all the same; whoever waits for it treats it as not done, and a reference too many does no
 * harm: the row decides.
 */
final class Poster implements AutoCloseable {
    private static final int MOST_AT_ONCE = 1_000;

    private record Post(List<Reference> references, CompletableFuture<Void> done) {}

    private final BrokerLink link;
    private final LinkedBlockingQueue<Post> waiting = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "lgsp-poster");
    private volatile boolean closing;
    private @Nullable ClientSession session;
    private @Nullable ClientProducer producer;

    Poster(BrokerLink link) {
        this.link = link;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Completes when the broker has all of them on its disk; fails with {@code guarantee-unavailable}. */
    CompletableFuture<Void> post(List<Reference> references) {
        Post post = new Post(references, new CompletableFuture<>());
        waiting.add(post);
        if (closing) {
            post.done.completeExceptionally(away(null));
        }
        return post.done;
    }

    private void run() {
        List<Post> batch = new ArrayList<>();
        while (!closing || !waiting.isEmpty()) {
            try {
                Post first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                waiting.drainTo(batch, MOST_AT_ONCE);
                send(batch);
                batch.forEach(post -> post.done.complete(null));
            } catch (ActiveMQDuplicateIdException | ActiveMQNonExistentQueueException ofOne) {
                oneByOne(batch);
            } catch (ActiveMQException | RuntimeException | Error failed) {
                // An error too: without this thread nobody who waits for it would ever be answered.
                forget();
                // Who came meanwhile has waited as long: one silence of the broker is enough for all of them.
                waiting.drainTo(batch);
                batch.forEach(post -> post.done.completeExceptionally(away(failed)));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                closing = true;
            }
            batch.clear();
        }
        forget();
    }

    /** One of them is there already, or has no queue, and the broker threw the whole transaction away. */
    private void oneByOne(List<Post> batch) {
        forget();
        for (Post post : batch) {
            try {
                for (Reference reference : post.references) {
                    try {
                        send(List.of(new Post(List.of(reference), post.done)));
                    } catch (ActiveMQDuplicateIdException known) {
                        forget(); // it is there already
                    }
                }
                post.done.complete(null);
            } catch (ActiveMQException | RuntimeException | Error failed) {
                forget();
                post.done.completeExceptionally(away(failed));
            }
        }
    }

    private void send(List<Post> posts) throws ActiveMQException {
        ClientSession open = session;
        if (open == null || open.isClosed()) {
            open = link.transactedSession();
            // The commit tells about all of them; without a listener each send would wait for its own answer.
            open.setSendAcknowledgementHandler(taken -> {});
            session = open;
            producer = open.createProducer();
        }
        ClientProducer out = java.util.Objects.requireNonNull(producer);
        for (Post post : posts) {
            for (Reference reference : post.references) {
                ClientMessage message = open.createMessage(true);
                message.putStringProperty(
                        Reference.DELIVERY, reference.delivery().toString());
                message.putStringProperty(Message.HDR_DUPLICATE_DETECTION_ID, SimpleString.of(reference.duplicateId()));
                out.send(SimpleString.of(Reference.queue(reference.destination())), message);
            }
        }
        open.commit();
    }

    private void forget() {
        ClientSession open = session;
        session = null;
        producer = null;
        if (open != null) {
            try {
                open.close();
            } catch (ActiveMQException gone) {
                // the connection was lost, and the session with it
            }
        }
    }

    private static BusException away(@Nullable Throwable cause) {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "the broker does not answer, so nothing was accepted: try again",
                cause);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
