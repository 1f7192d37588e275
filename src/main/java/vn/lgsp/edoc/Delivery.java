package vn.lgsp.edoc;

/** A packet on its way to one of its receivers; each of them is delivered to, and fails, on its own. */
public record Delivery(Organ receiver, DeduplicationKey key) {}
