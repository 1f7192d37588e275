package vn.lgsp.receive;

import vn.lgsp.failure.BusException;

/** The way that an exchange walks, as receive sees it: the routes under {@code routes/_way/} stand behind it. */
public interface Way {

    /**
     * Walks an exchange to its answer. Never throws; a failure is an answer too.
     *
     * @param departure called once, on the event loop of the exchange
     */
    void walk(Arrival arrival, Departure departure);

    /** Records an exchange that could not enter the way (broken HTTP, no room), and answers it. */
    void refuse(Arrival arrival, BusException why, Departure departure);

    /** Takes the answer of an exchange. */
    @FunctionalInterface
    interface Departure {

        /**
         * @param reply may leave: its record is durable, or follows its last byte
         * @param ended to be told once how the sending ended
         */
        void leave(Reply reply, Ended ended);
    }

    /** Hears how the sending of an answer ended. */
    @FunctionalInterface
    interface Ended {

        /** @param delivered whether the last byte was handed over to the caller's connection */
        void with(boolean delivered);
    }
}
