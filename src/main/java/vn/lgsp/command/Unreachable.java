package vn.lgsp.command;

import java.io.IOException;

/** Nobody answers where a running bus should; a command that cannot go on ends with {@link ExitCode#UNREACHABLE}. */
final class Unreachable extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param wrongAndRemedy for a person, on one line */
    Unreachable(String wrongAndRemedy, Throwable cause) {
        super(wrongAndRemedy, cause);
    }
}
