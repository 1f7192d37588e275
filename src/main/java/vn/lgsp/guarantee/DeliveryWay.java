package vn.lgsp.guarantee;

/** The way of a delivery, as guaranteed delivery sees it: the route {@code way-deliver} stands behind it. */
public interface DeliveryWay {

    /**
     * Walks one attempt, whose beginning is committed, to its settled end. Never throws.
     *
     * @param salt of the exchange, so that digests can be compared
     * @param correlation of the exchange
     * @param ended told once, after the way has settled the attempt, or could not
     */
    void walk(Attempt attempt, byte[] salt, String correlation, Runnable ended);
}
