package vn.lgsp.hub;

/** Something that plays a system of the nation. It is asked by one thread at a time. */
interface Simulator {
    Answer answer(Call call);

    /** The hub's port was closed for a time and is open again. */
    default void resumed() {}
}
