package vn.lgsp.command;

/** What a command ends with; scripts and CI rely on it ({@code docs/reference/command-line.md}). */
public final class ExitCode {
    /** All that was asked for is done, and right. */
    public static final int DONE = 0;
    /** Not done: files have findings, a test failed, the bus said no, something broke. */
    public static final int NOT_DONE = 1;
    /** Called wrongly; nothing was tried. */
    public static final int CALLED_WRONGLY = 2;
    /** No bus answers where it should. */
    public static final int UNREACHABLE = 3;

    private ExitCode() {}
}
