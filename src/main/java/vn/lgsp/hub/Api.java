package vn.lgsp.hub;

import java.util.Optional;

/** One API behind a gateway. */
interface Api {
    /**
     * @param operation what follows name and version of the API in the path
     * @return empty when there is no such operation
     */
    Optional<Answer> answer(Call call, String operation);

    /** The hub's port was closed for a time and is open again. */
    default void resumed() {}
}
