package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lgsp test} runs, and how it ends. */
class TestCommandTest {
    @TempDir
    Path folder;

    private Home home;

    @BeforeEach
    void copy() throws IOException {
        home = Home.in(folder);
    }

    @Test
    void it_runs_the_samples_and_the_scenarios_of_the_service_that_is_named_and_of_no_other() {
        Called called = home.lgsp("test", "land-parcel-lookup");

        assertThat(called.status()).as(called.out() + called.err()).isZero();
        assertThat(called.out())
                .containsPattern("✓ ([0-9]+) of \\1 samples")
                .contains("✓ parcel-unknown", "All ", " passed")
                .doesNotContain("civil-birth-notify");
    }

    @Test
    void a_sample_that_comes_out_otherwise_is_told_with_its_place_and_ends_with_one() {
        home.edit("transforms/land/land-parcel-lookup/response-west.jq", ".chu_su_dung", ".chu_so_huu");

        Called called = home.lgsp("test", "land-parcel-lookup", "--lang=en");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(called.out())
                .contains("✗ sample ", "/parcel/holder", "samples/response-west.jq/parcel.out.json:")
                .containsPattern("[0-9]+ of [0-9]+ failed");
    }

    @Test
    void with_a_scenario_only_that_is_run() {
        Called called = home.lgsp("test", "land-parcel-lookup", "--scenario=parcel-unknown");

        assertThat(called.status()).as(called.out() + called.err()).isZero();
        assertThat(called.out()).contains("All 1 passed").doesNotContain("samples");
    }
}
