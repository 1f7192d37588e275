package vn.lgsp.soap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentTypeTest {

    @Test
    void parameters_are_read_quoted_or_not_in_any_case() {
        assertThat(ContentType.of("Application/SOAP+XML;charset=\"UTF-8\" ; Action=\"urn:a;b=\\\"c\\\"\";"))
                .isEqualTo(
                        new ContentType("application/soap+xml", Map.of("charset", "UTF-8", "action", "urn:a;b=\"c\"")));
        assertThat(ContentType.of("text/xml")).isEqualTo(new ContentType("text/xml", Map.of()));
        assertThat(ContentType.of("").mediaType()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/xml; charset=utf-8; CHARSET=utf-16",
                "text/xml; charset=\"utf-8",
                "text/xml; charset",
                "text/xml; =x",
                "text/xml; a=\"b\"c"
            })
    void what_can_be_read_in_two_ways_is_refused(String header) {
        assertThatIllegalArgumentException().isThrownBy(() -> ContentType.of(header));
    }

    @Test
    void a_parameter_may_be_as_long_as_a_head() {
        assertThat(ContentType.of("text/xml; a=\"" + "\\\"b".repeat(5_000) + "\"; charset=utf-8")
                        .charset())
                .contains("utf-8");
    }
}
