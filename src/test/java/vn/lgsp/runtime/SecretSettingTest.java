package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSettingTest {
    private static final String NAME = "lgsp.database.password";

    @Test
    void a_secret_may_stand_in_a_file_of_its_own(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "s3cret with space\n");

        assertThat(Configuration.of(Map.of(NAME, "file:" + file)).secret(NAME, ""))
                .isEqualTo("s3cret with space");
        assertThat(Configuration.of(Map.of(NAME, "plain")).secret(NAME, "")).isEqualTo("plain");
        assertThat(Configuration.of(Map.of()).secret(NAME, "default")).isEqualTo("default");
    }

    @Test
    void a_secret_whose_file_is_not_there_stops_the_start_and_names_the_setting(@TempDir Path folder) {
        Configuration given = Configuration.of(Map.of(NAME, "file:" + folder.resolve("none")));

        assertThatThrownBy(() -> given.secret(NAME, ""))
                .hasMessageStartingWith(NAME)
                .hasMessageContaining("cannot be read");
    }
}
