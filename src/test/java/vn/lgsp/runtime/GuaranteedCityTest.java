package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped guaranteed service, from the source's request to both destinations. */
final class GuaranteedCityTest {
    @TempDir
    Path folder;

    @Test
    void a_birth_arrives_at_both_destinations_once_and_its_source_is_told_so() {
        try (GuaranteedCity city = GuaranteedCity.in(folder);
                TestBus bus = city.bus().start()) {
            HttpResponse<String> answer = city.send(bus.port(), 1);

            String exchange = GuaranteedCity.acknowledged(answer).orElseThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> city.state(bus.port(), exchange)
                    .path("state")
                    .asText()
                    .equals("delivered"));
            assertThat(city.atInsurance()).containsExactly("KS-2026-1");
            assertThat(city.atArchive()).containsExactly("KS-2026-1");
            assertThat(city.insurance().received().get(0).headers().get("Idempotency-Key"))
                    .isEqualTo(city.delivery(bus.port(), exchange, "social-insurance")
                            .path("delivery")
                            .asText());
            assertThat(city.archive().taken().get(0).exchange()).isEqualTo(exchange);
        }
    }
}
