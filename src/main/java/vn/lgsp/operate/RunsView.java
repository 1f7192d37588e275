package vn.lgsp.operate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;

/**
 * The runs of services that the bus starts by itself, as an operator may see them, and the one thing that he may do: begin one. Never
 * content, but for the watermark of a dataset.
 *
 * <p>Both may block, and throw {@link vn.lgsp.failure.BusException} while the database does not answer.
 *
 * @see "SHR-02, DLV-08"
 */
public interface RunsView {
    /** The longest list. */
    int LONGEST_LIST = 500;

    /**
     * One run.
     *
     * @param due the instant that it was planned for, or wished at
     * @param by {@code schedule}, or {@code operator:} with his name
     * @param state {@code running}, {@code resumed} (running again after its node died or stopped), {@code done}, {@code failed},
     *     {@code interrupted}
     * @param exchange the only one, or the last one of a synchronisation
     * @param error code of what failed
     */
    record Run(
            Instant due,
            String by,
            Instant begun,
            Optional<Instant> ended,
            String state,
            Optional<ExchangeId> exchange,
            Optional<String> error,
            Optional<Reading> reading) {}

    /**
     * What a run of a synchronisation read.
     *
     * @param round one reading of the dataset, which correlates its exchanges
     * @param resumed how often the run was gone on with after its node died or stopped
     * @param pages accepted in this run
     * @param items of them
     * @param total how many the source says that the round has
     */
    record Reading(
            String round,
            boolean whole,
            int resumed,
            long pages,
            long items,
            Optional<String> watermark,
            OptionalLong total) {}

    /** The newest runs of this service, at most {@code limit}. */
    List<Run> list(ServiceKey service, int limit);

    /**
     * A run begins as soon as none is under way.
     *
     * @param whole whether a dataset is read from its beginning
     * @return false when the service has no schedule
     */
    boolean begin(ServiceKey service, String operator, boolean whole);
}
