package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;

class PerimeterTest {
    private static final String LIST = "{\"type\":\"list\"}";
    private static ManagedBus bus;

    @BeforeAll
    static void start() throws Exception {
        bus = new ManagedBus();
        bus.work(1);
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hawtio/jolokia",
                "/hawtio/jolokia/",
                "/hawtio/jolokia?p=read/java.lang:type=Memory",
                "/hawtio/jolokia/list",
                "/hawtio/jolokia/version",
                "/hawtio/jolokia/read/java.lang:type=Memory",
                "/hawtio/jolokia/read/java.lang:type=Memory/HeapMemoryUsage",
                "/jolokia",
                "/jolokia/list",
                "/hawtio/user",
                "/hawtio/refresh",
                "/hawtio/camel",
                "/hawtio/jmx/attributes",
                "/hawtio/connect/remote",
                "/hawtio/proxy",
                "/hawtio/proxy/127.0.0.1/8080/jolokia",
                "/records",
                "/records/0199d0b6-0000-7000-8000-000000000000",
                "/systems",
                "/systems/ndxp",
                "/actuator",
                "/observe",
                "/observe/info",
                "/q/dev",
                "/q/health",
                "/hawtio/..;/jolokia",
                "/hawtio/..;/hawtio/jolokia",
                "/;/hawtio/jolokia",
                "//hawtio/jolokia",
                "/hawtio//jolokia",
                "/hawtio/./jolokia",
                "/hawtio/x/../jolokia",
                "/hawtio/static/../jolokia",
                "/hawtio/static/..%2fjolokia",
                "/hawtio/%6aolokia",
                "/hawtio/jolokia%2flist",
                "/hawtio/jolokia;a=b",
                "/hawtio/jolokia%00",
                "/hawtio\\jolokia",
                "/HAWTIO/JOLOKIA",
                "/hawtio/static/js/../../../vn/lgsp/operate/ManagementServer.class",
                "/hawtio/static/js/main.cbde73c6.js.map",
                "/META-INF/MANIFEST.MF",
                "http://localhost/hawtio/jolokia",
            })
    void without_signing_in_nothing_is_shown(String path) {
        for (RawClient.Answer answer : new RawClient.Answer[] {
            bus.client.get(path), bus.client.post(path, LIST), bus.client.post(path, "[" + LIST + "]")
        }) {
            assertThat(answer.status()).isIn(400, 401, 404);
            assertThat(answer.body()).doesNotContain("land-parcel-lookup", "org.apache.camel", "HeapMemoryUsage");
            assertThat(answer.header("set-cookie")).isEmpty();
        }
    }

    @Test
    void without_signing_in_a_person_with_a_browser_is_led_to_the_sign_in_page() {
        for (String path : new String[] {"/hawtio/", "/hawtio/camel/routes", "/hawtio/jmx"}) {
            RawClient.Answer answer = bus.client.get(path, "Accept: text/html,*/*");
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.header("location")).contains("/hawtio/login");
        }
        assertThat(bus.client.get("/").header("location")).contains("/hawtio/");
        assertThat(bus.client.get("/hawtio/login").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/hawtio/plugin, []",
        "/hawtio/proxy/enabled, false",
        "/hawtio/preset-connections, []",
        "/hawtio/keycloak/enabled, false",
        "/hawtio/auth/config/login, []",
        "/hawtio/auth/config/oidc, []",
    })
    void what_the_sign_in_page_asks_gets_a_fixed_answer(String path, String expected) {
        assertThat(bus.client.get(path).body()).isEqualTo(expected);
    }

    @Test
    void a_person_who_is_not_an_operator_gets_no_records_and_an_operator_gets_them_by_session_or_password() {
        ExchangeId id = ExchangeId.at(1_772_000_000_000L);
        bus.records.put(id, Map.of("exchange", id.toString(), "outcome", "answered", "bytes", 17));
        String session = bus.signedIn();
        String basic = SignInTest.basic(ManagedBus.USER, ManagedBus.PASSWORD);

        assertThat(bus.client.get("/records/" + id).status()).isEqualTo(401);
        assertThat(bus.client
                        .get("/records/" + id, SignInTest.basic("nobody", "x"))
                        .status())
                .isEqualTo(401);
        assertThat(bus.client.get("/records/" + id, "Authorization: Basic ???").status())
                .isEqualTo(401);
        assertThat(new JsonObject(bus.client.get("/records/" + id, session).body()))
                .isEqualTo(
                        new JsonObject(bus.client.get("/records/" + id, basic).body()))
                .isEqualTo(new JsonObject(bus.records.get(id)));
        assertThat(new JsonArray(bus.client.get("/records", basic).body())).hasSize(1);
        assertThat(bus.client.get("/records/" + ExchangeId.at(1), session).status())
                .isEqualTo(404);
        assertThat(bus.client.get("/records/not-an-id", session).status()).isEqualTo(400);
    }

    @Test
    void records_are_filtered_and_a_wrong_filter_is_refused() {
        String session = bus.signedIn();
        bus.client.get(
                "/records?limit=7&service=land-parcel-lookup&system=tax-office&outcome=refused"
                        + "&onBehalfOf=VN/GOV/000.00.00.G22",
                session);

        RecordsView.Filter filter = bus.asked.get(bus.asked.size() - 1);
        assertThat(filter.limit()).isEqualTo(7);
        assertThat(filter.service().orElseThrow()).hasToString("land-parcel-lookup");
        assertThat(filter.system().orElseThrow()).hasToString("tax-office");
        assertThat(filter.outcome()).contains(Outcome.REFUSED);
        assertThat(filter.onBehalfOf().orElseThrow()).hasToString("VN/GOV/000.00.00.G22");
        for (String wrong : new String[] {
            "limit=0",
            "limit=501",
            "limit=x",
            "service=A_B",
            "system=%20",
            "onBehalfOf=1",
            "outcome=good",
            "corelation=1"
        }) {
            assertThat(bus.client.get("/records?" + wrong, session).status()).isEqualTo(400);
        }
    }

    @Test
    void a_password_in_http_basic_opens_records_only_and_not_the_console() {
        String basic = SignInTest.basic(ManagedBus.USER, ManagedBus.PASSWORD);
        assertThat(bus.client.post("/hawtio/jolokia", LIST, basic).status()).isEqualTo(401);
        assertThat(bus.client.get("/hawtio/user", basic).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "[::2]",
                "0x7f000001",
                "localhost@evil"
            })
    void a_host_name_that_is_not_ours_is_refused_even_with_a_session(String host) {
        String session = bus.signedIn();
        assertThat(bus.client
                        .get("/hawtio/user", "Host: " + host + ":" + bus.port, session)
                        .status())
                .isIn(400, 421);
        assertThat(bus.client.get("/hawtio/login", "Host: " + host).status()).isIn(400, 421);
    }

    @Test
    void two_host_names_or_none_are_refused() {
        assertThat(bus.client
                        .get("/hawtio/login", "Host: localhost", "Host: evil.example")
                        .status())
                .isIn(400, 421);
        assertThat(bus.client.get("/hawtio/login", "Host:").status()).isIn(400, 421);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8081", "127.0.0.1:8081", "[::1]:8081", "console.h99.example"})
    void our_own_names_are_served(String host) {
        assertThat(bus.client.get("/hawtio/login", "Host: " + host).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Origin: https://localhost:PORT",
                "Referer: http://evil.example/localhost:PORT",
                "X-Nothing: of the two",
            })
    void a_post_from_a_page_that_is_not_ours_is_refused(String header) {
        String origin = header.replace("PORT", Integer.toString(bus.port));
        String session = bus.signedIn();
        String json = "Content-Type: application/json";

        assertThat(bus.client
                        .send("POST", "/hawtio/jolokia", LIST, json, origin, session)
                        .status())
                .isEqualTo(403);
        assertThat(bus.client
                        .send("POST", "/hawtio/auth/login", "{}", json, origin)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void a_post_from_our_own_page_passes_by_referer_as_well() {
        String referer = "Referer: http://localhost:" + bus.port + "/hawtio/camel";
        RawClient.Answer answer =
                bus.client.send("POST", "/hawtio/jolokia", LIST, "Content-Type: text/json", referer, bus.signedIn());
        assertThat(answer.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=json",
                "Content-Type: text/plain; application/json",
                "X-No: content type",
            })
    void a_form_of_another_site_cannot_write_json(String type) {
        String origin = "Origin: http://localhost:" + bus.port;
        assertThat(bus.client
                        .send("POST", "/hawtio/jolokia", LIST, origin, type, bus.signedIn())
                        .status())
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "HEAD", "CONNECT"})
    void other_methods_are_refused_and_nothing_is_allowed_across_origins(String method) {
        RawClient.Answer answer = bus.client.send(
                method, "/hawtio/jolokia", "", "Origin: http://evil.example", "Access-Control-Request-Method: POST");
        assertThat(answer.status()).isIn(400, 405);
        assertThat(answer.header("access-control-allow-origin")).isEmpty();
    }

    @Test
    void every_answer_protects_the_browser_and_data_is_not_kept() {
        String session = bus.signedIn();
        for (RawClient.Answer answer : new RawClient.Answer[] {
            bus.client.get("/hawtio/login"),
            bus.client.get("/hawtio/user", session),
            bus.client.get("/hawtio/jolokia", session),
            bus.client.get("/nothing"),
            bus.client.get("/hawtio/%2e"),
            bus.client.get("/records", session)
        }) {
            assertThat(answer.header("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe-eval");
            assertThat(answer.header("x-frame-options")).contains("DENY");
            assertThat(answer.header("x-content-type-options")).contains("nosniff");
            assertThat(answer.header("referrer-policy")).contains("same-origin");
            assertThat(answer.header("server")).isEmpty();
        }
        assertThat(bus.client.get("/hawtio/user", session).header("cache-control"))
                .contains("no-store");
        assertThat(bus.client.get("/records", session).header("cache-control")).contains("no-store");
    }

    @Test
    void health_is_told_to_everybody_and_its_reasons_to_operators() {
        RawClient.Answer well = bus.client.get("/observe/health");
        assertThat(well.status()).isEqualTo(200);
        assertThat(new JsonObject(well.body()).getString("status")).isEqualTo("UP");

        bus.illness.set(Optional.of("journal is full"));
        RawClient.Answer ill = bus.client.get("/observe/health/ready");
        assertThat(ill.status()).isEqualTo(503);
        assertThat(ill.body()).contains("\"journal\"", "\"DOWN\"").doesNotContain("full");
        assertThat(bus.client.get("/observe/health", bus.signedIn()).body()).contains("journal is full");
        assertThat(bus.client.get("/observe/health/live").status()).isEqualTo(200);
        bus.illness.set(Optional.empty());
    }

    @Test
    void metrics_are_told_to_a_scraper_on_this_machine() {
        bus.signedIn();
        RawClient.Answer answer = bus.client.get("/observe/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body()).contains("lgsp_operate_sign_in_total{outcome=\"accepted\"}");
    }
}
