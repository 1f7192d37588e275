package vn.lgsp.edoc;

import java.util.Arrays;
import java.util.Optional;

/** What agencies tell each other of a document, under Decision 28/2018/QĐ-TTg. */
public enum StatusCode {
    /** It is there; nobody has handled it yet. */
    ARRIVED("01"),
    REJECTED("02"),
    /** Accepted, and entered in the register. */
    ACCEPTED("03"),
    ASSIGNED("04"),
    PROCESSING("05"),
    FINISHED("06"),
    /** The sender asks to take it back. */
    TAKE_BACK("13"),
    /** The receiver agrees to what was asked: to take it back, to revoke, update or replace it. */
    AGREED("15"),
    /** The receiver refuses what was asked. */
    REFUSED("16");

    private final String code;

    StatusCode(String code) {
        this.code = code;
    }

    /** As packets write it, two digits. */
    public String code() {
        return code;
    }

    /** Whether the sender of the document reports it, and not its receiver. */
    public boolean isOfSender() {
        return this == TAKE_BACK;
    }

    /** Whether the packet should say why. */
    public boolean needsReason() {
        return this == REJECTED || this == TAKE_BACK || this == REFUSED;
    }

    public static Optional<StatusCode> of(String code) {
        return Arrays.stream(values()).filter(each -> each.code.equals(code)).findFirst();
    }
}
