package vn.lgsp.command;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import vn.lgsp.failure.Finding;

/** In which language findings are told. */
public final class Language {
    private static final String OPTION = "--lang";

    /** The languages that findings have. */
    enum Spoken {
        en,
        vi
    }

    @Option(
            names = OPTION,
            paramLabel = "LANG",
            description =
                    "language of the findings: ${COMPLETION-CANDIDATES}; otherwise that of the environment (LANG)")
    private @Nullable Spoken chosen;

    Locale locale() {
        return locale(Optional.ofNullable(chosen), Locale.getDefault(Locale.Category.DISPLAY));
    }

    /** That of a command which may have no such option. */
    static Locale of(CommandSpec command) {
        OptionSpec option = command.findOption(OPTION);
        Spoken chosen = option == null ? null : option.getValue();
        return locale(Optional.ofNullable(chosen), Locale.getDefault(Locale.Category.DISPLAY));
    }

    static Locale locale(Optional<Spoken> chosen, Locale environment) {
        boolean vietnamese = chosen.map(Spoken.vi::equals)
                .orElseGet(() -> environment.getLanguage().equals(Finding.VIETNAMESE.getLanguage()));
        return vietnamese ? Finding.VIETNAMESE : Locale.ENGLISH;
    }
}
