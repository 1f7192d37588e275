package vn.lgsp.runtime;

import java.util.Optional;
import vn.lgsp.message.Passage;

/**
 * What an exchange carries to show that it walks the way: an object that only this package can make, and that no route file
 * can name, copy into another exchange's hands, or bend. Copies that Camel makes for split, multicast or enrich carry the same
 * mark, and it ends with its exchange.
 */
final class Mark {
    /** The exchange property that holds it. */
    static final String PROPERTY = "lgsp.mark";

    private final Passage passage;
    private final Optional<String> route;
    private final Mark way;
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
    static Mark ofTheWay(Passage passage) {
        return new Mark(passage);
    }

    /** For the stretch inside one route of one revision of a service. */
    Mark inside(String routeId) {
        return new Mark(this, routeId);
    }

    Passage passage() {
        return passage;
    }

    /** The route that the exchange was sent into, as {@code service~digest}; empty on the way itself. */
    Optional<String> route() {
        return route;
    }

    boolean isAlive() {
        synchronized (way) {
            return !way.over;
        }
    }

    void end() {
        synchronized (way) {
            way.over = true;
        }
    }
}
