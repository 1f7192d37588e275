package vn.lgsp.command;

import java.io.IOException;

/** The bus has answered that it does not do what it was asked for. */
final class Declined extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param reason of the bus, for a person */
    Declined(String reason, int status) {
        super(reason);
        this.status = status;
    }

    /** Whether it has done nothing of it: whoever says that it is too busy, or has failed, may have begun. */
    boolean hasDoneNothing() {
        return status / 100 == 4;
    }
}
