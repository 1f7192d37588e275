package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** The way of a question about an exchange, from the edge and back. */
class WayStateTest {
    private static final String NEVER_SENT = "/exchanges/01890000-0000-7000-8000-000000000009";

    private static TestBus bus;

    @BeforeAll
    static void start(@TempDir Path folder) {
        bus = TestBus.in(folder).start();
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    @Test
    void an_exchange_that_was_never_sent_is_unknown_and_the_question_is_recorded() {
        HttpResponse<String> answer = bus.get(NEVER_SENT);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestBus.code(answer)).isEqualTo("exchange-unknown");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.operation()).contains("GET /exchanges/{id}");
        assertThat(record.service()).isEmpty();
        assertThat(record.outcome()).contains(Outcome.REFUSED);
        assertThat(record.error()).contains("exchange-unknown");
        assertThat(record.system().map(Object::toString)).contains("asker");
    }

    @Test
    void nobody_is_told_anything_without_a_key() {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri(NEVER_SENT))
                .timeout(Duration.ofSeconds(30))
                .build());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(TestBus.code(answer)).isEqualTo("consumer-unknown");
        assertThat(bus.recordOf(answer).error()).contains("consumer-unknown");
    }

    @Test
    void it_can_only_be_read_and_the_answer_says_so() {
        HttpResponse<String> answer = bus.send(
                bus.request(NEVER_SENT).POST(BodyPublishers.ofString("x")).build());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET");
        assertThat(TestBus.code(answer)).isEqualTo("method-not-allowed");
        assertThat(bus.recordOf(answer).error()).contains("method-not-allowed");
    }
}
