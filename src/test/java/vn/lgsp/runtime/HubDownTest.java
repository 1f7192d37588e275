package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;

/**
 * The national platform stops and comes back, under calls that wait for an answer and under messages that are to arrive, and operators
 * see which systems are connected (EXT-02, EXT-15).
 */
final class HubDownTest {
    /** At so many a second the deliveries that have waited go out. */
    private static final int RATE = 20;

    private static final int WAITING = 50;
    private static final String CATALOGUES = "/api/catalogues/v1/dmdc/1.0/AllCategory";
    private static final String SECRET = "cs-example";

    @TempDir
    static Path folder;

    private static Hub hub;
    private static TestBus bus;
    private static Switchboard operator;

    @BeforeAll
    static void start() throws Exception {
        hub = Hub.start(0, Clock.systemUTC());
        String secret = Files.writeString(folder.resolve("secret"), SECRET).toString();
        String token = "credential: { scheme: oauth2, user: ck-example, secret: \"file:" + secret + "\" }";
        bus = Switchboard.with(TestBus.in(folder)
                        .systemAt(
                                "ndxp",
                                hub.url("ndxp"),
                                "answerTimeout: 2s",
                                token,
                                "breaker: { of: 4, failures: 50%, open: 1s, trials: 1 }",
                                "secretHeaders: [{ name: ApiKey, secret: \"file:" + secret + "\" }]",
                                "deliveryRate: " + RATE)
                        .passThrough("catalogues", "ndxp")
                        .service("orders", """
                                service: orders
                                version: 1
                                name: { vi: Gửi đơn, en: Orders }
                                description: Sends orders behind the national platform.
                                contact: the test
                                mode: guaranteed
                                deliveries: [ { to: ndxp, retry: { first: 100ms, longest: 500ms, attempts: 200 } } ]
                                criterion: near-real-time
                                personalData: false
                                operations:
                                  - { id: order, method: POST, path: "/orders", accepts: [application/json] }
                                """, TestBus.Builder.route("orders", """
                                - transform: { jq: { expression: "{ exchange: $exchangeId }" } }
                                - setHeader: { name: Content-Type, constant: application/json }
                                """))
                        .write(
                                "routes/test/orders--to-ndxp.camel.yaml",
                                TestBus.Builder.route(
                                        "orders--to-ndxp",
                                        "- to: lgsp-http:ndxp/apiVNPostNGSP/p1.0/order/post?method=POST"))
                        .setting("lgsp.guarantee.sweep", "100ms")
                        .grant("catalogues")
                        .grant("orders"))
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
        operator = Switchboard.of(bus);
        assertThat(ndxp().path("link").asText()).isEqualTo("unused");
    }

    @AfterAll
    static void stop() {
        bus.close();
        hub.close();
    }

    private static JsonNode ndxp() {
        return operator.read("/systems/ndxp");
    }

    @Test
    void calls_fail_at_once_and_messages_wait_and_go_out_at_the_agreed_rate() {
        assertThat(bus.get(CATALOGUES).statusCode()).isEqualTo(200);
        assertThat(ndxp().path("link").asText()).isEqualTo("up");
        assertThat(ndxp().at("/lastAnswer/status").asInt()).isEqualTo(200);

        hub.pause();
        Instant away = Instant.now();
        Set<String> codes = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            HttpResponse<String> answer = bus.get(CATALOGUES);
            codes.add(TestBus.code(answer));
            assertThat(bus.recordOf(answer).error())
                    .hasValueSatisfying(code -> assertThat(code).hasToString(TestBus.code(answer)));
        }
        assertThat(codes).containsExactlyInAnyOrder("provider-unreachable", "provider-suspended");
        assertThat(Duration.between(away, Instant.now())).as("nobody waits").isLessThan(Duration.ofSeconds(5));
        assertThat(ndxp().path("link").asText()).isEqualTo("down");
        assertThat(ndxp().path("breaker").asText()).isIn("open", "trials");
        assertThat(ndxp().at("/lastFailure/error").asText()).isEqualTo("provider-unreachable");

        for (int i = 0; i < WAITING; i++) {
            assertThat(order(i).statusCode()).isEqualTo(202);
        }
        assertThat(ndxp().at("/deliveries/waiting").asInt()
                        + ndxp().at("/deliveries/delivering").asInt())
                .isEqualTo(WAITING);
        assertThat(orders()).isEmpty();

        hub.resume();
        await().atMost(Duration.ofSeconds(60)).until(() -> orders().size() >= WAITING);
        await().atMost(Duration.ofSeconds(30)).until(() -> bus.get(CATALOGUES).statusCode() == 200);

        List<Received> orders = orders();
        assertThat(orders).as("each once").hasSize(WAITING).allSatisfy(order -> assertThat(order.isRight())
                .as(order.checks().toString())
                .isTrue());
        for (int i = 0; i + RATE + 5 < orders.size(); i++) {
            assertThat(Duration.between(
                            orders.get(i).at(), orders.get(i + RATE + 5).at()))
                    .as("so many and five more need longer than a second at this rate")
                    .isGreaterThan(Duration.ofMillis(900));
        }
        assertThat(hub.received("ndxp"))
                .filteredOn(call -> call.path().endsWith("/token"))
                .as("no storm for tokens")
                .hasSizeLessThanOrEqualTo(2);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(ndxp().at("/deliveries/waiting").asInt()).isZero());
        assertThat(ndxp().path("link").asText()).isEqualTo("up");
        assertThat(ndxp().path("breaker").asText()).isEqualTo("closed");
    }

    private static HttpResponse<String> order(int number) {
        return bus.post("/api/orders/v1/orders", "application/json", """
                        {"CustomerCode":"KH01","OrderNumber":"DON-%d","SenderName":"Sở Mẫu","SenderAddress":"1 Phố Mẫu",\
                        "ReceiverName":"Người Thử","ReceiverAddress":"2 Phố Mẫu","ReceiverTel":"0"}""".formatted(number));
    }

    private static List<Received> orders() {
        return hub.received("ndxp").stream()
                .filter(call -> call.method().equals("POST") && call.path().endsWith("order/post"))
                .toList();
    }

    @Test
    void which_systems_are_connected_is_told_without_a_secret() {
        JsonNode all = operator.read("/systems");

        assertThat(all).extracting(system -> system.path("system").asText()).contains("asker", "ndxp");
        assertThat(all.toString()).doesNotContain(SECRET, "secret\":", "apikey");
        JsonNode ndxp = ndxp();
        assertThat(ndxp.path("agency").asText()).isEqualTo("T02");
        assertThat(ndxp.path("protocol").asText()).isEqualTo("http");
        assertThat(ndxp.path("address").asText()).isEqualTo(hub.url("ndxp"));
        assertThat(ndxp.path("credentials")).extracting(JsonNode::asText).containsExactly("oauth2", "secret-headers");
        assertThat(ndxp.path("deliveryRate").asInt()).isEqualTo(RATE);
        assertThat(ndxp.path("provides")).extracting(JsonNode::asText).containsExactly("catalogues/v1", "orders/v1");
        assertThat(bus.get("/api/catalogues/v1/nothing-is-there").statusCode()).isEqualTo(404);
        assertThat(TestBus.code(bus.get("/api/catalogues/v1/apiVNPostNGSP/p1.0/order/post")))
                .isEqualTo("provider-refused");
        await().untilAsserted(() ->
                assertThat(ndxp().at("/lastFailure/partnerCode").asText()).isEqualTo("HTTP 405"));
        assertThat(ndxp().at("/lastFailure/error").asText()).isEqualTo("provider-refused");
        assertThat(ndxp().path("link").asText()).as("it answers").isEqualTo("up");
        JsonNode asker = operator.read("/systems/asker");
        assertThat(asker.path("link").asText()).isEqualTo("none");
        assertThat(asker.has("address")).isFalse();
        assertThat(asker.path("accounts")).extracting(JsonNode::asText).containsExactly("asker-key");
        assertThat(asker.path("consumes")).extracting(JsonNode::asText).containsExactly("catalogues/v1", "orders/v1");
        assertThat(asker.at("/lastRequest/outcome").asText()).isEqualTo("failed");
    }
}
