package vn.lgsp.edoc;

import java.util.Arrays;
import java.util.Optional;

/** What a document packet does, its {@code BussinessDocType}. */
public enum BusinessType {
    NEW("0"),
    REVOCATION("1"),
    UPDATE("2"),
    REPLACEMENT("3");

    private final String code;

    BusinessType(String code) {
        this.code = code;
    }

    /** As packets write it. */
    public String code() {
        return code;
    }

    public static Optional<BusinessType> of(String code) {
        return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
    }

    /** Whether the receiver has to answer with {@link StatusCode#AGREED} or {@link StatusCode#REFUSED}. */
    public boolean asks() {
        return this != NEW;
    }
}
