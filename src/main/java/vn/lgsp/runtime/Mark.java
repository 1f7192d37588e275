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
    private final Optional<String> unit;
    private final Mark way;
    private boolean over;

    private Mark(Passage passage) {
        this.passage = passage;
        this.unit = Optional.empty();
        this.way = this;
    }

    private Mark(Mark way, String unit) {
        this.passage = way.passage;
        this.unit = Optional.of(unit);
        this.way = way;
    }

    /** For the way itself. */
    static Mark ofTheWay(Passage passage) {
        return new Mark(passage);
    }

    /** For the stretch inside one revision of one service. */
    Mark inside(String unitId) {
        return new Mark(this, unitId);
    }

    Passage passage() {
        return passage;
    }

    /** The revision that the exchange is inside of, as {@code service~digest}; empty on the way itself. */
    Optional<String> unit() {
        return unit;
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
