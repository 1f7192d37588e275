package vn.lgsp.record;

/**
 * One line of the journal. Every entry holds all that is known of its exchange, so that none needs another to be understood.
 *
 * @param kind what happened to the exchange
 */
record Entry(Kind kind, ExchangeRecord exchange) {

    /** The codes are part of the format: add, never renumber. */
    enum Kind {
        /** The exchange began; the provider may be called from now on. */
        OPENED(1),
        /** The exchange ended; the answer may leave from now on. */
        CLOSED(2),
        /** The end that was written turned out otherwise: the caller had gone. */
        AMENDED(3),
        /** {@link #OPENED} once more, for an exchange that outlives the segment it began in. */
        CARRIED(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("journal entry of unknown kind " + code);
        }
    }
}
