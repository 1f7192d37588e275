package vn.lgsp.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A boundary is never inside of what it bounds (BUS-18). */
final class MultipartTest {
    @Test
    void a_boundary_that_a_part_holds_is_not_used() {
        Iterator<String> boundaries = List.of("lgsp-1", "lgsp-2", "lgsp-3").iterator();
        Multipart.Part first = new Multipart.Part(List.of("A: 1"), "\r\n--lgsp-1--\r\n".getBytes(UTF_8));
        Multipart.Part second = new Multipart.Part(List.of("A: 2", "B: 2"), "xlgsp-2".getBytes(UTF_8));

        Multipart.Written written = Multipart.write(List.of(first, second), boundaries::next);

        assertThat(written.boundary()).isEqualTo("lgsp-3");
        assertThat(new String(written.content(), UTF_8))
                .isEqualTo("--lgsp-3\r\nA: 1\r\n\r\n\r\n--lgsp-1--\r\n\r\n--lgsp-3\r\nA: 2\r\nB: 2\r\n\r\nxlgsp-2\r\n"
                        + "--lgsp-3--\r\n");
    }

    @Test
    void boundaries_differ_from_body_to_body() {
        Multipart.Part part = new Multipart.Part(List.of("A: 1"), new byte[0]);

        assertThat(Multipart.write(List.of(part)).boundary())
                .isNotEqualTo(Multipart.write(List.of(part)).boundary());
    }
}
