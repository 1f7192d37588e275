package vn.lgsp.edoc;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** How the code of an organisation is written. */
public enum Notation {
    /** QCVN 102:2016, such as {@code 001.00.20.H99}: what is largest comes last. */
    QCVN102("[0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Z][0-9]{2}"),
    /** Decision 20/2020/QĐ-TTg, such as {@code H99.20.001}: what is largest comes first. */
    QD20("[A-Z][0-9]{2}(\\.[A-Z0-9]+)*");

    private final Pattern form;

    Notation(String form) {
        this.form = Pattern.compile(form);
    }

    /** That of a code; empty where it has neither form. */
    public static Optional<Notation> of(String code) {
        return Arrays.stream(values())
                .filter(notation -> notation.form.matcher(code).matches())
                .findFirst();
    }
}
