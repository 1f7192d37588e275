package vn.lgsp.message;

/** A body that holds something outside memory, and must be told when nobody will read it to its end. */
public interface Discardable {
    void discard();
}
