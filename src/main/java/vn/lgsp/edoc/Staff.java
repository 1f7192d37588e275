package vn.lgsp.edoc;

/** Whom to ask about a packet; a text that the packet leaves out is empty. */
public record Staff(String department, String name, String email, String mobile) {}
