package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.ErrorCode;

/** Callers read the codes on a page, the bus has them in an enum: both are the same (API-04). */
final class ErrorsPageTest {

    @Test
    void the_page_has_the_codes_of_the_bus_with_who_acts_status_retry_and_meaning() {
        assertThat(Page.at("docs/reference/errors.md").rows())
                .extracting(row -> row.subList(0, 5))
                .containsExactlyElementsOf(Arrays.stream(ErrorCode.values())
                        .map(ErrorsPageTest::row)
                        .toList());
    }

    @Test
    void no_two_errors_have_one_code() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code)).doesNotHaveDuplicates();
    }

    private static List<String> row(ErrorCode error) {
        return List.of(
                "`" + error.code() + "`",
                error.party().name().toLowerCase(Locale.ROOT),
                Integer.toString(error.status()),
                error.retry() ? "yes" : "no",
                error.meaning());
    }
}
