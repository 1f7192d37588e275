package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Where the names of registered systems lead: looked up off the event loops, and kept for a while. */
final class Names {
    private static final Duration LIFE = Duration.ofSeconds(30);

    private record Name(InetAddress address, long until) {}

    private final Vertx vertx;
    private final Map<String, Name> names = new ConcurrentHashMap<>();
    private final Map<String, Future<InetAddress>> lookups = new ConcurrentHashMap<>();
    private final WorkerExecutor resolver;

    Names(Vertx vertx) {
        this.vertx = vertx;
        this.resolver = vertx.createSharedWorkerExecutor("lgsp-names", 16);
    }

    /**
     * Where the connection leads now.
     *
     * @return fails with {@code provider-unreachable} where its name has an address that is not registered for it
     */
    Future<InetAddress> of(Connection connection) {
        String host = connection.address().getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        long now = System.nanoTime();
        Name known = names.get(bare);
        if (known != null && known.until() - now > 0) {
            return allowed(connection, known.address());
        }
        Future<InetAddress> found =
                Addresses.isLiteral(bare) ? Future.succeededFuture(literal(bare)) : lookUp(bare, connection);
        return found.compose(address -> {
            names.put(bare, new Name(address, now + LIFE.toNanos()));
            return allowed(connection, address);
        });
    }

    /** Asks the name server, once however many calls wait for the name; one that hangs costs its own callers only. */
    private Future<InetAddress> lookUp(String host, Connection connection) {
        Promise<InetAddress> inTime = Promise.promise();
        long late = vertx.setTimer(
                connection.connectTimeout().toMillis(),
                now -> inTime.tryFail(new TimeoutException("the name server did not answer")));
        lookups.computeIfAbsent(host, name -> resolver.executeBlocking(() -> InetAddress.getByName(name), false)
                        .andThen(done -> vertx.runOnContext(now -> lookups.remove(name))))
                .onComplete(found -> {
                    vertx.cancelTimer(late);
                    if (found.succeeded()) {
                        inTime.tryComplete(found.result());
                    } else {
                        inTime.tryFail(found.cause());
                    }
                });
        return inTime.future();
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.getByAddress(Addresses.literal(host));
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    private static Future<InetAddress> allowed(Connection connection, InetAddress address) {
        return Addresses.allows(connection.addresses(), address)
                ? Future.succeededFuture(address)
                : Future.failedFuture(new BusException(
                        ErrorCode.PROVIDER_UNREACHABLE,
                        "the provider's name resolves to an address that is not registered for it"));
    }
}
