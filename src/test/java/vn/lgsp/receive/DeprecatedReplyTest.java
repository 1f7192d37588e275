package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Deprecation;

class DeprecatedReplyTest {
    @Test
    void what_a_provider_links_to_stays_beside_the_version_that_comes() {
        Reply reply = Reply.held(
                200,
                List.of(Map.entry("link", "</papers?trang=2>; rel=\"next\""), Map.entry("sunset", "soon")),
                Buffer.buffer("{}"));
        Deprecation ending =
                new Deprecation(LocalDate.of(2026, 1, 1), Optional.of(LocalDate.of(2026, 7, 1)), Optional.of(2));

        assertThat(reply.with(ending.headers("/api/papers/v")).headers())
                .containsExactly(
                        Map.entry("link", "</papers?trang=2>; rel=\"next\""),
                        Map.entry("Deprecation", "@1767200400"),
                        Map.entry("Sunset", "Wed, 01 Jul 2026 16:59:59 GMT"),
                        Map.entry("Link", "</api/papers/v2>; rel=\"successor-version\""));
    }
}
