package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.DeliveriesView.Delivery;
import vn.lgsp.operate.DeliveriesView.State;

class DeliveriesTest {
    private static final String JSON = "Accept: application/json";
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
    private static final String NOBODY = "00000000-0000-8000-8000-000000000000";

    private static ManagedBus bus;
    private static String session;
    private Delivery parked;
    private Delivery waiting;

    @BeforeAll
    static void start() throws Exception {
        bus = new ManagedBus();
        session = bus.signedIn();
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
    }

    @BeforeEach
    void deliveries() {
        bus.deliveries.all.clear();
        bus.deliveries.asked.clear();
        bus.deliveries.away = false;
        parked = bus.deliveries.add(1, "social-insurance", State.PARKED);
        waiting = bus.deliveries.add(2, "civil-archive", State.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/deliveries", "/deliveries/" + NOBODY})
    void nobody_sees_deliveries_without_signing_in(String path) {
        RawClient.Answer program = bus.client.get(path, JSON);
        RawClient.Answer browser = bus.client.get(path, BROWSER);

        assertThat(program.status()).isEqualTo(401);
        assertThat(browser.status()).isEqualTo(302);
        assertThat(browser.header("location")).contains("/hawtio/login");
        assertThat(program.body() + browser.body()).doesNotContain("social-insurance");
    }

    @Test
    void a_program_reads_them_as_json() {
        JsonArray all =
                new JsonArray(bus.client.get("/deliveries", JSON, basic()).body());
        JsonObject one = new JsonObject(
                bus.client.get("/deliveries/" + parked.id(), session).body());

        assertThat(all).hasSize(2).contains(one);
        assertThat(one).isEqualTo(new JsonObject("""
                {
                  "delivery": "%s",
                  "exchange": "01890000-0000-7000-8000-000000000001",
                  "service": "civil-birth-notify/v1",
                  "unit": "4f9a01c2d3e4",
                  "source": "civil-registry",
                  "destination": "social-insurance",
                  "state": "parked",
                  "attempts": 20,
                  "acceptedAt": "2026-03-01T05:01:00Z",
                  "lastAttemptAt": "2026-03-01T05:01:03Z",
                  "endedAt": "2026-03-01T05:01:04Z",
                  "reason": { "code": "provider-failed", "meaning": "the provider reported an error of its own" },
                  "partnerCode": "<b>E\\"17</b>"
                }
                """.formatted(parked.id())));
    }

    @Test
    void they_are_chosen_by_state_destination_and_exchange() {
        bus.client.get(
                "/deliveries?limit=7&state=parked&destination=social-insurance&exchange=" + parked.exchange(), session);
        bus.client.get("/deliveries?state=&destination=", session);

        assertThat(bus.deliveries.asked)
                .containsExactly(
                        new DeliveriesView.Filter(
                                7,
                                Optional.of(State.PARKED),
                                Optional.of(new SystemId("social-insurance")),
                                Optional.of(parked.exchange())),
                        new DeliveriesView.Filter(50, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state=lost", "limit=0", "limit=501", "limit=x", "exchange=1", "destination=A%20B"})
    void a_wrong_filter_is_refused_with_what_it_may_be(String query) {
        RawClient.Answer answer = bus.client.get("/deliveries?" + query, session);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("parked, accepted, waiting, delivering, delivered, expired");
        assertThat(bus.deliveries.asked).isEmpty();
    }

    @Test
    void a_filter_that_is_misspelt_is_not_passed_over() {
        RawClient.Answer answer = bus.client.get("/deliveries?stat=parked", session);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("limit, state, destination, exchange");
        assertThat(bus.deliveries.asked).isEmpty();
    }

    @Test
    void a_browser_gets_a_page_on_which_nothing_foreign_is_markup() {
        RawClient.Answer list = bus.client.get("/deliveries", BROWSER, session);
        RawClient.Answer one = bus.client.get("/deliveries/" + parked.id(), BROWSER, session);

        assertThat(list.header("content-type")).contains("text/html; charset=utf-8");
        assertThat(list.body()).contains("Chuyển phát bảo đảm", "Chờ xử lý", "social-insurance", "Gửi lại");
        assertThat(one.body())
                .contains("&lt;b&gt;E&quot;17&lt;/b&gt;", "12:01:00 01/03/2026", "Gửi lại")
                .doesNotContain("<b>");
    }

    @Test
    void a_parked_delivery_is_sent_again() {
        RawClient.Answer answer = retry(parked.id().toString(), session);

        assertThat(answer.status()).isEqualTo(202);
        assertThat(new JsonObject(answer.body()).getString("result")).isEqualTo("queued");
        assertThat(state(parked)).isEqualTo(State.ACCEPTED);
    }

    @Test
    void one_that_is_not_parked_is_refused_with_the_reason() {
        RawClient.Answer answer = retry(waiting.id().toString(), basic());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("is not parked, so it was not sent again");
    }

    @Test
    void one_that_nobody_knows_is_said_to_be_unknown() {
        assertThat(retry(NOBODY, session).status()).isEqualTo(404);
        assertThat(bus.client.get("/deliveries/" + NOBODY, session).status()).isEqualTo(404);
        assertThat(retry("17", session).status()).isEqualTo(400);
        assertThat(bus.client.get("/deliveries/17", session).status()).isEqualTo(400);
    }

    @Test
    void nobody_sends_again_without_signing_in_or_from_a_foreign_page() {
        String path = "/deliveries/" + parked.id() + "/retry";

        assertThat(retry(parked.id().toString(), JSON).status()).isEqualTo(401);
        assertThat(bus.client
                        .send("POST", path, "", "Origin: https://evil.example", session)
                        .status())
                .isEqualTo(403);
        assertThat(bus.client.send("POST", path, "", session).status()).isEqualTo(403);
        assertThat(bus.client.get(path, session).status()).isEqualTo(404);
        assertThat(state(parked)).isEqualTo(State.PARKED);
    }

    @Test
    void a_browser_comes_back_to_the_delivery_and_reads_what_was_done() {
        RawClient.Answer queued = retry(parked.id().toString(), session, BROWSER);
        RawClient.Answer shown = bus.client.get(queued.header("location").orElseThrow(), session, BROWSER);
        RawClient.Answer again = retry(parked.id().toString(), session, BROWSER);
        RawClient.Answer refused = bus.client.get(again.header("location").orElseThrow(), session, BROWSER);

        assertThat(queued.status()).isEqualTo(303);
        assertThat(shown.body()).contains("Đã xếp hàng để gửi lại.").doesNotContain("<button");
        assertThat(refused.body()).contains("Not sent again: it is not parked.");
    }

    @Test
    void a_database_that_does_not_answer_is_said_to_be_away() {
        bus.deliveries.away = true;

        for (RawClient.Answer answer : List.of(
                bus.client.get("/deliveries", session),
                bus.client.get("/deliveries", session, BROWSER),
                bus.client.get("/deliveries/" + parked.id(), session),
                retry(parked.id().toString(), session))) {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("the database does not answer: try again");
        }
    }

    private static RawClient.Answer retry(String delivery, String... headers) {
        return bus.client.post("/deliveries/" + delivery + "/retry", "", headers);
    }

    private static State state(Delivery delivery) {
        return bus.deliveries.find(delivery.id()).orElseThrow().state();
    }

    private static String basic() {
        return "Authorization: Basic "
                + Base64.getEncoder()
                        .encodeToString((ManagedBus.USER + ":" + ManagedBus.PASSWORD).getBytes(StandardCharsets.UTF_8));
    }
}
