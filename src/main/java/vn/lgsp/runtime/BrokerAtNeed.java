package vn.lgsp.runtime;

import java.time.Clock;
import java.util.Optional;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.broker.BrokerSettings;
import vn.lgsp.broker.ContentSeal;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;

/** The broker of this process, from the moment that anything needs one: embedded, or the one that the settings name. */
final class BrokerAtNeed implements AutoCloseable {
    private final BrokerSettings settings;
    private final Catalogue catalogue;
    private final Clock clock;
    private final Broker.Doors doors;
    private volatile Optional<Broker> embedded = Optional.empty();
    private volatile Optional<BrokerLink> link = Optional.empty();

    BrokerAtNeed(BrokerSettings settings, Catalogue catalogue, Clock clock, Broker.Doors doors) {
        this.doors = doors;
        this.settings = settings;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /**
     * The link to it, with the queues that these parties and services need; an outside broker has them from its own operators.
     *
     * @throws IllegalStateException when it cannot be started; the text says what to do
     */
    synchronized BrokerLink open(Snapshot known) {
        if (link.isEmpty()) {
            if (settings.isEmbedded()) {
                Broker broker = Broker.start(settings, catalogue, clock, doors);
                embedded = Optional.of(broker);
                link = Optional.of(broker.link());
            } else {
                link = Optional.of(BrokerLink.outside(settings));
            }
        }
        embedded.ifPresent(broker -> broker.makeQueues(known));
        return link.get();
    }

    /** Empty while nothing has needed one. */
    Optional<BrokerLink> link() {
        return link;
    }

    /** Under which messages for services wait; an outside broker has none. */
    Optional<ContentSeal> seal() {
        return embedded.map(inside -> doors.seal());
    }

    boolean isUp() {
        return link.filter(BrokerLink::isUp).isPresent();
    }

    /** Why it cannot take messages now; empty while all is well, or nothing needs it. */
    Optional<String> problem() {
        if (embedded.isPresent()) {
            return embedded.get().problem();
        }
        return link.isEmpty() || isUp() ? Optional.empty() : Optional.of("the broker at lgsp.broker.url is away");
    }

    long refusals() {
        return embedded.map(Broker::refusals).orElse(0L);
    }

    /** The port of the embedded broker; 0 where there is none. */
    int port() {
        return embedded.map(Broker::port).orElse(0);
    }

    /** Safe to call twice. */
    @Override
    public synchronized void close() {
        link.ifPresent(BrokerLink::close);
        embedded.ifPresent(Broker::close);
    }
}
