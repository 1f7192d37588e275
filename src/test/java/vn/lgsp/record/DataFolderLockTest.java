package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderLockTest {
    @Test
    void a_second_taker_is_told_in_one_line_that_the_folder_is_in_use(@TempDir Path folder) {
        Path data = folder.resolve("data");
        try (DataFolderLock held = DataFolderLock.take(data)) {
            assertThat(held).isNotNull();
            assertThatIllegalStateException()
                    .isThrownBy(() -> DataFolderLock.take(data))
                    .withMessageContaining(data + " is in use by another instance")
                    .withMessageNotContaining("\n");
        }
        DataFolderLock.take(data).close();
    }
}
