package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import vn.lgsp.failure.Finding;

/** What every command has in common: ends, errors, languages, colours and progress. */
class LgspTest {
    static Stream<CommandSpec> commands() {
        List<CommandSpec> all = new ArrayList<>();
        collect(Lgsp.commands().getCommandSpec(), all);
        return all.stream().filter(command -> !command.usageMessage().hidden());
    }

    private static void collect(CommandSpec command, List<CommandSpec> all) {
        command.subcommands().values().forEach(sub -> {
            all.add(sub.getCommandSpec());
            collect(sub.getCommandSpec(), all);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_describes_itself_and_its_options_and_has_help_with_examples(CommandSpec command) {
        String help = command.commandLine().getUsageMessage(Ansi.OFF);

        assertThat(command.usageMessage().description()).isNotEmpty();
        assertThat(help).contains("--help");
        assertThat(command.options()).allSatisfy(option -> assertThat(option.description())
                .as(option.longestName())
                .isNotEmpty());
        CommandSpec withExamples = command.parent() == command.root() ? command : command.parent();
        assertThat(String.join("\n", withExamples.usageMessage().footer()))
                .contains("Examples:", "./" + command.qualifiedName());
    }

    @Test
    void a_call_that_is_wrong_ends_with_two_and_one_line_that_names_the_nearest_and_the_help() {
        Called called = Called.lgsp("run", "--confg", "city.properties");

        assertThat(called.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(called.err())
                .hasLineCount(1)
                .startsWith("lgsp: ")
                .contains("'--confg'", "did you mean --config", "./lgsp run --help");
        assertThat(called.out()).isEmpty();
    }

    @Test
    void a_file_that_is_not_there_is_named_in_one_line() {
        Called called = Called.lgsp("delivery", "list", "--user", "van-hanh", "--password-file", "no-such-file");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(called.err()).isEqualTo("lgsp: no-such-file does not exist: mend its name\n");
    }

    @Test
    void where_no_bus_answers_a_command_ends_with_three() {
        Called called = Called.lgsp("try", "--data-port", "1");

        assertThat(called.status()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(called.err()).hasLineCount(1).contains("nothing answers at localhost:1", "./lgsp run");
    }

    @Test
    void findings_are_told_in_the_language_that_is_asked_for_or_else_in_that_of_the_environment() {
        Locale vietnam = Locale.forLanguageTag("vi-VN");

        assertThat(Language.locale(Optional.empty(), vietnam)).isEqualTo(Finding.VIETNAMESE);
        assertThat(Language.locale(Optional.empty(), Locale.FRANCE)).isEqualTo(Locale.ENGLISH);
        assertThat(Language.locale(Optional.of(Language.Spoken.en), vietnam)).isEqualTo(Locale.ENGLISH);
        assertThat(Language.locale(Optional.of(Language.Spoken.vi), Locale.ROOT))
                .isEqualTo(Finding.VIETNAMESE);
    }

    @Test
    void a_file_on_the_command_line_is_seen_from_where_the_command_was_typed() {
        Path here = Path.of("").toAbsolutePath();
        CallerFolder elsewhere = new CallerFolder(Optional.of(Path.of("/home/lan")));

        assertThat(elsewhere.convert("city.properties")).isEqualTo(Path.of("/home/lan/city.properties"));
        assertThat(elsewhere.convert("/etc/city.properties")).isEqualTo(Path.of("/etc/city.properties"));
        assertThat(new CallerFolder(Optional.of(here)).convert("city.properties"))
                .isEqualTo(Path.of("city.properties"));
        assertThat(new CallerFolder(Optional.empty()).convert("city.properties"))
                .isEqualTo(Path.of("city.properties"));
    }

    @Test
    void progress_shows_what_it_is_at_once_patience_is_over_and_is_gone_at_the_end() {
        StringWriter err = new StringWriter();
        try (Progress progress = Progress.begin(new PrintWriter(err), true, Duration.ofMillis(50), "reading")) {
            assertThat(err.toString()).isEmpty();
            progress.at("service 3 of 40");
            await().atMost(Duration.ofSeconds(10)).until(() -> err.toString().contains("service 3 of 40 … 0 s"));
        }
        assertThat(err.toString()).endsWith("\r\033[K");
    }

    @Test
    void what_is_quick_shows_no_progress_nor_does_anything_where_there_is_no_terminal() {
        StringWriter quick = new StringWriter();
        Progress.begin(new PrintWriter(quick), true, Duration.ofMinutes(1), "reading")
                .close();
        StringWriter redirected = new StringWriter();
        Progress.begin(new PrintWriter(redirected), false, Duration.ZERO, "reading")
                .close();

        assertThat(quick.toString()).isEmpty();
        assertThat(redirected.toString()).isEmpty();
    }

    @Test
    void colour_is_for_terminals_only_and_text_with_markup_of_its_own_stays_as_it_is() {
        assertThat(shown(Ansi.OFF, "@|red text|@")).isEqualTo("@|red text|@\n");
        assertThat(shown(Ansi.ON, "@|red text|@")).startsWith("\033[").contains("@|red text|@");
    }

    private static String shown(Ansi colour, String text) {
        StringWriter out = new StringWriter();
        Painted painted = new Painted(text);
        new CommandLine(painted)
                .setOut(new PrintWriter(out))
                .setColorScheme(CommandLine.Help.defaultColorScheme(colour))
                .execute();
        return out.toString();
    }

    @Command(name = "painted")
    private static final class Painted implements Runnable {
        @Mixin
        private Output output = new Output();

        private final String text;

        Painted(String text) {
            this.text = text;
        }

        @Override
        public void run() {
            output.say(output.bad(text));
        }
    }
}
