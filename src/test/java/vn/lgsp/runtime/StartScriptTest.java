package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.WINDOWS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import vn.lgsp.command.Lgsp;

/** The start script, in a folder with a space in its name, with Javas and a Maven that only say how they were called. */
@DisabledOnOs(WINDOWS)
class StartScriptTest {
    private static final Path SCRIPT = Path.of("lgsp").toAbsolutePath();
    private static final List<String> TOOLS = List.of(
            "bash",
            "cat",
            "cksum",
            "dirname",
            "find",
            "grep",
            "head",
            "locale",
            "ls",
            "mkdir",
            "mv",
            "nice",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "tail",
            "touch",
            "tr");

    private final Path temp;
    private final Path clone;
    private final Map<String, String> environment = new TreeMap<>();

    private record Result(int status, String out, String err) {}

    StartScriptTest(@TempDir Path temp) throws IOException {
        this.temp = temp;
        clone = Files.createDirectories(temp.resolve("my clone"));
        Files.createDirectories(clone.resolve("src/main/java"));
        Files.writeString(clone.resolve("pom.xml"), "<project/>");
        // The Javas of this machine must not take part.
        String text = Files.readString(SCRIPT)
                .replace("/usr/lib/jvm/", temp + "/jvm/")
                .replace("/Library/Java/", temp + "/Library/")
                .replace("/opt/homebrew/", temp + "/homebrew/");
        executable(clone.resolve("lgsp"), text);
        executable(clone.resolve("mvnw"), """
                #!/bin/sh
                echo "[INFO] --- compiler:3.14.0:compile (default-compile) @ lgsp ---"
                echo "$JAVA_HOME" >> built-with
                mkdir -p target/lib && echo "$(cat pom.xml)" > target/lgsp.jar
                """);
        Path tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : TOOLS) {
            Path found = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            executable(tools.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", temp.resolve("home").toString());
    }

    @Test
    void help_needs_neither_a_java_nor_a_build() throws Exception {
        Result result = lgsp("--help");

        assertThat(result.status).isZero();
        assertThat(result.out).contains("run ", "try ", "bench ", "LGSP_JAVA_HOME");
        assertThat(clone.resolve("target")).doesNotExist();
    }

    @Test
    void help_names_every_command_that_the_bus_knows() throws Exception {
        String help = lgsp("--help").out;

        new CommandLine(Lgsp.class).getSubcommands().forEach((name, command) -> assertThat(
                        help.contains("\n  " + name + " "))
                .as(name)
                .isNotEqualTo(command.getCommandSpec().usageMessage().hidden()));
    }

    @Test
    void without_any_java_it_says_so_in_one_line() throws Exception {
        Result result = lgsp("run");

        assertThat(result.status).isEqualTo(1);
        assertThat(result.err)
                .isEqualTo("lgsp: no Java found; install a JDK 17 or newer, or set LGSP_JAVA_HOME to one\n");
    }

    @Test
    void a_java_that_is_too_old_is_named_in_one_line() throws Exception {
        environment.put("JAVA_HOME", java("1.8.0_402").toString());

        Result result = lgsp("run");

        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).hasLineCount(1).contains("newest Java found is 8", "needs 17 or newer");
    }

    @Test
    void a_chosen_java_that_is_too_old_is_refused_though_a_newer_one_is_there() throws Exception {
        java("21.0.1");
        environment.put("LGSP_JAVA_HOME", java("11.0.2").toString());

        Result result = lgsp("run");

        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).hasLineCount(1).contains("is Java 11", "needs 17 or newer");
    }

    @Test
    void the_newest_java_runs_the_bus() throws Exception {
        java("17.0.15");
        environment.put("JAVA_HOME", java("21.0.1").toString());
        Path newest = java("23.0.2");

        assertThat(lgsp("try").out.lines())
                .first()
                .isEqualTo(newest.resolve("bin/java").toString());
    }

    @Test
    void the_java_on_the_path_is_found_through_its_link() throws Exception {
        Path home = java("21.0.1");
        Files.move(home, temp.resolve("elsewhere"));
        Files.createSymbolicLink(temp.resolve("tools/java"), temp.resolve("elsewhere/bin/java"));

        assertThat(lgsp("try").out.lines())
                .first()
                .isEqualTo(temp.resolve("elsewhere/bin/java").toRealPath().toString());
    }

    @Test
    void the_chosen_java_runs_the_bus_and_another_one_may_build_it() throws Exception {
        Path jdk = java("21.0.1");
        Path jre = java("17.0.15");
        Files.delete(jre.resolve("bin/javac"));
        environment.put("LGSP_JAVA_HOME", jre.toString());

        Result result = lgsp("try");

        assertThat(result.out.lines()).first().isEqualTo(jre.resolve("bin/java").toString());
        assertThat(clone.resolve("built-with")).hasContent(jdk.toString());
    }

    @Test
    void a_build_takes_the_newest_jdk_that_the_build_knows() throws Exception {
        java("17.0.15");
        Path known = java("25.0.3");
        Path unknown = java("31");

        Result result = lgsp("try");

        assertThat(result.out.lines())
                .first()
                .isEqualTo(unknown.resolve("bin/java").toString());
        assertThat(clone.resolve("built-with")).hasContent(known.toString());
    }

    @Test
    void it_builds_when_there_is_no_jar_or_a_source_is_newer_and_only_then() throws Exception {
        java("17.0.15");

        assertThat(lgsp("try").err).contains("Building the bus", "compiler:3.14.0:compile", "Built.");
        assertThat(lgsp("try").err).isEmpty();
        Path source = Files.writeString(clone.resolve("src/main/java/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(lgsp("try").err).contains("Building the bus");
    }

    @Test
    void a_failed_build_shows_its_errors_keeps_the_log_and_leaves_no_jar() throws Exception {
        java("17.0.15");
        executable(clone.resolve("mvnw"), """
                #!/bin/sh
                echo "[INFO] a flood"
                mkdir -p target/lib && touch target/lgsp.jar
                echo "[ERROR] New.java:[3,1] ';' expected"
                exit 1
                """);

        Result result = lgsp("run");

        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).contains("New.java:[3,1]", "lgsp-build.log").doesNotContain("a flood");
        assertThat(clone.resolve("target/lgsp-build.log")).content().contains("a flood");
        assertThat(clone.resolve("target/lgsp.jar")).doesNotExist();
        assertThat(clone.resolve("target/lgsp-build.lock")).doesNotExist();
    }

    @Test
    void the_lock_of_a_build_that_was_killed_does_not_stop_the_next() throws Exception {
        java("17.0.15");
        Files.createDirectories(clone.resolve("target/lgsp-build.lock"));
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(clone.resolve("target/lgsp-build.lock/pid"), dead.pid() + "\n");

        assertThat(lgsp("try").err).contains("Built.");
    }

    @Test
    void options_and_arguments_arrive_as_they_were_given() throws Exception {
        java("17.0.15");
        environment.put("LGSP_JAVA_OPTS", "-Xmx256m -Dlgsp.data-port=0");

        Result result = lgsp("run", "--config", "my city.properties", "two words");

        assertThat(result.out.lines().skip(1))
                .containsExactly(
                        "-Xmx256m",
                        "-Dlgsp.data-port=0",
                        "-jar",
                        "target/lgsp.jar",
                        "run",
                        "--config",
                        "my city.properties",
                        "two words");
    }

    @Test
    void a_setting_on_the_line_reaches_java_and_not_the_command_wherever_it_stands() throws Exception {
        environment.put("JAVA_HOME", java("21.0.1").toString());

        List<String> words = lgsp(
                        "run", "-Dlgsp.deliver.address.ndxp=https://203.0.113.7:8243", "--watch", "-Dlgsp.node=nút một")
                .out
                .lines()
                .toList();

        assertThat(words.subList(0, words.indexOf("-jar")))
                .contains("-Dlgsp.deliver.address.ndxp=https://203.0.113.7:8243", "-Dlgsp.node=nút một");
        assertThat(words.subList(words.indexOf("-jar") + 2, words.size())).startsWith("run", "--watch");
        assertThat(words.subList(words.indexOf("-jar"), words.size())).noneMatch(word -> word.startsWith("-D"));
        assertThat(lgsp("-Dlgsp.data-port=9080").status).isEqualTo(2);
    }

    @Test
    void the_command_knows_from_where_it_was_called_and_that_no_terminal_shows_its_progress() throws Exception {
        Path home = java("17.0.15");
        lgsp("try");
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$LGSP_CALLED_FROM:$LGSP_STDERR:$PWD\"\n");

        assertThat(lgsp("validate").out.strip()).isEqualTo(temp.toRealPath() + "::" + clone.toRealPath());
    }

    @Test
    void vietnamese_is_read_where_the_locale_is_none_or_is_not_installed_and_its_language_is_kept() throws Exception {
        Path home = java("17.0.15");
        lgsp("try");
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$LC_ALL\" \"$@\"\n");
        environment.put("LANG", "C");
        assertThat(lgsp("validate").out).startsWith("C.UTF-8 ").doesNotContain("user.language");

        environment.put("LANG", "vi_NOWHERE.UTF-8");
        assertThat(lgsp("validate").out).startsWith("C.UTF-8 ").contains("-Duser.language=vi");

        environment.put("LANG", "C.UTF-8");
        assertThat(lgsp("validate").out).startsWith(" ");
    }

    @Test
    void a_command_that_ends_in_seconds_does_without_the_compiler_for_long_runs_and_the_bus_has_it() throws Exception {
        java("17.0.15");

        assertThat(lgsp("validate").out).contains("-XX:TieredStopAtLevel=1");
        assertThat(lgsp("run").out).doesNotContain("Tiered");
        assertThat(lgsp("bench").out).doesNotContain("Tiered");
    }

    @Test
    void the_bus_takes_the_place_of_the_script_so_that_signals_reach_it() throws Exception {
        java("17.0.15");
        lgsp("try");
        Process script = start("pid");

        String pid = new String(script.getInputStream().readAllBytes(), UTF_8).strip();

        assertThat(pid).isEqualTo(Long.toString(script.pid()));
    }

    @Test
    void it_works_through_a_link_from_another_folder() throws Exception {
        java("17.0.15");
        Path link = Files.createSymbolicLink(temp.resolve("tools/lgsp"), Path.of("../my clone/lgsp"));

        Process script = process(List.of(link.toString(), "try")).start();

        assertThat(finish(script).status).isZero();
        assertThat(clone.resolve("target/lgsp.jar")).exists();
    }

    @ParameterizedTest
    @CsvSource({"25.0.3, -XX:AOTCache=", "21.0.1, -XX:SharedArchiveFile=", "17.0.15, -XX:SharedArchiveFile="})
    void a_start_cache_is_made_once_and_replaced_with_the_jar(String version, String option) throws Exception {
        java(version);

        assertThat(lgsp("build").err).contains("Preparing the faster start");
        List<Path> first = caches();
        assertThat(first).hasSize(1);
        assertThat(lgsp("try").out)
                .contains(option + "target/" + first.get(0).getFileName())
                .contains(version.startsWith("25") ? "--sun-misc-unsafe-memory-access=allow" : "-Xlog:cds*=off");

        Files.writeString(clone.resolve("pom.xml"), "<project>changed</project>");
        Files.setLastModifiedTime(
                clone.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(lgsp("try").out).doesNotContain(option);
        assertThat(caches()).isEmpty();
    }

    @Test
    void what_java_17_crashes_on_is_left_out_of_its_start_cache() throws Exception {
        java("17.0.15");

        lgsp("build");

        assertThat(Files.readString(caches().get(0))).isEqualTo("java/lang/Object id: 0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"25.0.3", "17.0.15"})
    void a_start_cache_that_cannot_be_made_is_not_tried_again_and_breaks_nothing(String version) throws Exception {
        Path home = java(version);
        lgsp("try");
        executable(
                home.resolve("bin/java"),
                Files.readString(home.resolve("bin/java")).replace("#!/bin/sh", """
                #!/bin/sh
                case "$*" in *AOTMode* | *Xshare:dump*) exit 1 ;; esac"""));

        assertThat(lgsp("build").status).isZero();
        assertThat(lgsp("build").err).isEmpty();
        assertThat(lgsp("run").out).contains("run").doesNotContain("AOTCache", "SharedArchiveFile");
    }

    @Test
    void older_javas_are_not_told_options_that_they_do_not_know() throws Exception {
        java("21.0.1");

        assertThat(lgsp("run").out).doesNotContain("AOT", "unsafe");
    }

    @Test
    void only_the_bench_fetches_what_only_the_bench_needs() throws Exception {
        java("17.0.15");
        lgsp("try");
        executable(clone.resolve("mvnw"), "#!/bin/sh\necho \"$@\" >> asked && mkdir -p target/bench-lib\n");

        lgsp("bench", "--help");
        lgsp("try");
        assertThat(clone.resolve("asked")).doesNotExist();
        lgsp("bench", "--quick");
        assertThat(lgsp("bench", "--quick").err).isEmpty();

        assertThat(clone.resolve("asked")).content().hasLineCount(1).contains("-Pbench");
    }

    @Test
    void a_bench_whose_libraries_cannot_be_fetched_goes_on_without_them() throws Exception {
        java("17.0.15");
        lgsp("try");
        executable(clone.resolve("mvnw"), "#!/bin/sh\nexit 1\n");

        Result result = lgsp("bench", "--quick");

        assertThat(result.status).isZero();
        assertThat(result.err).contains("goes on without the bare Camel route");
        assertThat(result.out).contains("bench");
    }

    private List<Path> caches() throws IOException {
        try (var files = Files.list(clone.resolve("target"))) {
            return files.filter(file -> file.toString().contains(".cache")).toList();
        }
    }

    /** A Java that prints its own path and then its arguments, each on a line. */
    private Path java(String version) throws IOException {
        Path home = temp.resolve("jvm/java-" + version);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), """
                #!/bin/sh
                for last; do :; done
                [ "$last" != pid ] || { echo $$; exit 0; }
                echo "$0"
                for argument; do
                    echo "$argument"
                    case "$argument" in
                        -XX:AOTCache=*.cache) ;;
                        -XX:AOTCache=*) echo cache > "${argument#-XX:AOTCache=}" ;;
                        -XX:DumpLoadedClassList=*)
                            printf 'java/lang/Object id: 0\\n@lambda-proxy A run\\n' > "${argument#*=}" ;;
                        -XX:SharedClassListFile=*) list=${argument#*=} ;;
                        -XX:SharedArchiveFile=*.cache) ;;
                        -XX:SharedArchiveFile=*) cat "$list" > "${argument#*=}" ;;
                    esac
                done
                """);
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        return home;
    }

    private Result lgsp(String... arguments) throws Exception {
        return finish(start(arguments));
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(clone.resolve("lgsp").toString()));
        command.addAll(List.of(arguments));
        return process(command).start();
    }

    private ProcessBuilder process(List<String> command) throws IOException {
        Files.createDirectories(temp.resolve("home"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(temp.resolve("err").toFile());
        return builder;
    }

    private Result finish(Process script) throws Exception {
        String out = new String(script.getInputStream().readAllBytes(), UTF_8);
        assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(script.exitValue(), out, Files.readString(temp.resolve("err")));
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
