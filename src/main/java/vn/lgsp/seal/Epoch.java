package vn.lgsp.seal;

/** The key that wraps the data keys of some minutes of messages. */
record Epoch(long number, AesKey key) {}
