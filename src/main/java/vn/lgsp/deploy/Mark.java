package vn.lgsp.deploy;

import java.util.Optional;
import vn.lgsp.message.Passage;

/**
 * What an exchange carries to show that it walks the way: an object that only this package can make, and that no route file
 * can name, copy into another exchange's hands, or bend. Copies that Camel makes for split, multicast or enrich carry the same
 * mark, and it ends with its exchange.
 */
public final class Mark {
    /** The exchange property that holds it. */
    public static final String PROPERTY = "lgsp.mark";

    private final Passage passage;
    private final Optional<String> route;
    private final Mark way;
    private Optional<Revision> revision = Optional.empty();
    private boolean over;

    private Mark(Passage passage) {
        this.passage = passage;
        this.route = Optional.empty();
        this.way = this;
    }

    private Mark(Mark way, String route) {
        this.passage = way.passage;
        this.route = Optional.of(route);
        this.way = way;
    }

    /** For the way itself. */
    public static Mark ofTheWay(Passage passage) {
        return new Mark(passage);
    }

    /** For the stretch inside one route of one revision of a service. */
    Mark inside(String routeId) {
        return new Mark(this, routeId);
    }

    public Passage passage() {
        return passage;
    }

    /** The route that the exchange was sent into, as {@code service~digest}; empty on the way itself. */
    public Optional<String> route() {
        return route;
    }

    boolean isAlive() {
        synchronized (way) {
            return !way.over;
        }
    }

    /** The exchange is inside this revision from now until it ends. */
    void entered(Revision inside) {
        synchronized (way) {
            if (way.over || way.revision.isPresent()) {
                throw new IllegalStateException("an exchange enters one revision, once");
            }
            way.revision = Optional.of(inside);
        }
    }

    /** The revision that the exchange is inside. */
    Optional<Revision> revision() {
        synchronized (way) {
            return way.revision;
        }
    }

    /** The exchange has ended: nothing lets it in any more, and it is inside no revision. */
    public void end() {
        synchronized (way) {
            if (!way.over) {
                way.over = true;
                way.revision.ifPresent(inside -> inside.occupancy().leave());
            }
        }
    }
}
