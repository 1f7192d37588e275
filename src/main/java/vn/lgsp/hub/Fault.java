package vn.lgsp.hub;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a simulator can be told to do wrong. */
public enum Fault {
    /** Closes the connection: {@code before} anything is done, or {@code after} all is done and nothing is answered. */
    DOWN("down", "before|after", "before", "không kết nối được", "connection closed"),
    /** Answers that many milliseconds late; the work is done at once. */
    SLOW("slow", "[0-9]{1,7}", "3000", "trả lời chậm (ms)", "answers late (ms)"),
    /** Finds the caller's signature or credential wrong; the security server answers with a wrong hash. */
    WRONG_SIGNATURE("wrong-signature", "", "", "sai chữ ký", "wrong signature"),
    /** Finds that a token or a session has expired, which then it has. */
    EXPIRED_TOKEN("expired-token", "", "", "mã truy cập hết hạn", "expired token"),
    /** Answers 200 with a failure in the envelope of its family; a value is the failure's code, where the family has some. */
    FAILURE_INSIDE_200(
            "failure-inside-200", "[A-Za-z0-9_.-]{0,64}", "", "báo lỗi trong trả lời 200", "failure inside 200"),
    /** Hands out or takes in everything twice. */
    DUPLICATE("duplicate", "", "", "gửi lặp", "duplicate"),
    /** Half of an answer: the {@code connection} is closed in the middle, or the {@code body} only looks whole. */
    TRUNCATED("truncated", "connection|body", "connection", "trả lời bị cắt", "truncated"),
    /** The simulator's clock is that many seconds fast; slow with a minus. */
    CLOCK_DRIFT("clock-drift", "-?[0-9]{1,8}", "600", "lệch đồng hồ (giây)", "clock drift (s)");

    private final String label;
    private final Pattern form;
    private final String usual;
    private final String vietnamese;
    private final String english;

    Fault(String label, String form, String usual, String vietnamese, String english) {
        this.label = label;
        this.form = Pattern.compile(form);
        this.usual = usual;
        this.vietnamese = vietnamese;
        this.english = english;
    }

    /** As people and programs write it. */
    public String label() {
        return label;
    }

    /** The fault with this label. */
    public static Optional<Fault> labelled(String label) {
        return Arrays.stream(values())
                .filter(fault -> fault.label.equals(label))
                .findFirst();
    }

    /** All labels. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Fault::label).toList();
    }

    /** What holds when no value is given; blank for a fault that has none. */
    String usual() {
        return usual;
    }

    String vietnamese() {
        return vietnamese;
    }

    String english() {
        return english;
    }

    boolean takes(String value) {
        return form.matcher(value).matches();
    }

    boolean hasValue() {
        return !form.pattern().isEmpty();
    }

    /** What a value may look like, for a person. */
    String words() {
        return switch (this) {
            case SLOW -> "milliseconds, from 0 to 9999999";
            case FAILURE_INSIDE_200 -> "a code of at most 64 letters, digits, dots, dashes and underscores";
            case CLOCK_DRIFT -> "seconds, such as 600, or -600 for a clock that is slow";
            case DOWN, TRUNCATED, WRONG_SIGNATURE, EXPIRED_TOKEN, DUPLICATE ->
                form.pattern().replace("|", " or ");
        };
    }
}
