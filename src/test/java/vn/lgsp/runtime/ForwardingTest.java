package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.PartyCode;

/** What goes through the national platform and what it asks for itself, with a gateway on bare sockets (EXT-02, EXT-06). */
final class ForwardingTest {
    private static final String FOUND = """
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\
            <n:CongdanCollection xmlns:n="http://www.mic.gov.vn/dancu/1.0"><n:CongDan>\
            <n:SoDinhDanh>001000000000</n:SoDinhDanh><n:SoCMND>001000000</n:SoCMND>\
            <n:HoVaTen><n:Ho>NGƯỜI</n:Ho><n:ChuDem>DÙNG THỬ</n:ChuDem><n:Ten>NGHIỆM</n:Ten></n:HoVaTen>\
            <n:ThuongTru><n:MaTinhThanh>01</n:MaTinhThanh></n:ThuongTru>\
            </n:CongDan></n:CongdanCollection></s:Body></s:Envelope>""";

    private static final String QUESTION =
            "{\"id\":\"001000000000\",\"fullName\":\"Người Dùng Thử Nghiệm\",\"birthDate\":\"2000-01-01\"}";

    /** At so many a second the deliveries that have waited go out. */
    private static final int RATE = 40;

    @TempDir
    static Path folder;

    private static RawPeer gateway;
    private static RawPeer office;
    private static TestBus bus;
    private static final AtomicInteger tokens = new AtomicInteger();
    private static volatile boolean expired;
    private static volatile String asked = "";
    private static volatile RawPeer.Script behind = ForwardingTest::population;
    private static final Queue<Long> arrived = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws Exception {
        gateway = RawPeer.that(ForwardingTest::serve);
        office = RawPeer.that(talk -> {
            talk.body();
            talk.say(200, "application/json", "{\"so\":\"0012\"}");
        });
        String secret =
                Files.writeString(folder.resolve("secret"), "cs-example").toString();
        String off = "breaker: { of: 0 }";
        String token =
                "credential: { scheme: oauth2, user: ck-example, secret: \"file:" + secret + "\", timestamp: millis }";
        bus = TestBus.in(folder)
                .system(
                        "ndxp",
                        gateway.port(),
                        "answerTimeout: 700ms",
                        off,
                        token,
                        "headers: [{ name: X-Road-Client, value: VN/GOV/H99/lgsp }]",
                        "secretHeaders: [{ name: ApiKey, secret: \"file:" + secret + "\" }]")
                .system("drained", gateway.port(), "answerTimeout: 2s", off, token, "deliveryRate: " + RATE)
                .system("office", office.port(), off)
                .account("national-key", "national", "key-national", "onBehalfOf: X-Road-Client")
                .service("population", "population-resident-lookup")
                .passThrough("papers", "office")
                .service("notify", """
                        service: notify
                        version: 1
                        name: { vi: Báo, en: Notify }
                        description: Tells the national platform.
                        contact: the test
                        mode: guaranteed
                        deliveries: [ { to: drained, retry: { first: 100ms, longest: 300ms, attempts: 40 } } ]
                        criterion: near-real-time
                        personalData: false
                        operations:
                          - { id: tell, method: POST, path: "/tell", accepts: [application/json] }
                        """, TestBus.Builder.route("notify", """
                        - transform: { jq: { expression: "{ exchange: $exchangeId }" } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .write(
                        "routes/test/notify--to-drained.camel.yaml",
                        TestBus.Builder.route("notify--to-drained", "- to: lgsp-http:drained/tell?method=POST"))
                .service("file", """
                        service: file
                        version: 1
                        name: { vi: Nộp, en: File }
                        description: Takes in for the national platform.
                        contact: the test
                        mode: guaranteed
                        deliveries: [ { to: office, retry: { first: 100ms, longest: 300ms, attempts: 3 } } ]
                        criterion: near-real-time
                        personalData: false
                        operations:
                          - { id: take, method: POST, path: "/take", accepts: [application/json] }
                        """, TestBus.Builder.route("file", """
                        - transform: { jq: { expression: "{ exchange: $exchangeId }" } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .write(
                        "routes/test/file--to-office.camel.yaml",
                        TestBus.Builder.route("file--to-office", "- to: lgsp-http:office/take?method=POST"))
                .account("relay-key", "relay", "key-relay", "")
                .service("relay", """
                        service: relay
                        version: 1
                        name: { vi: Chuyển, en: Relay }
                        description: Hands on, and calls, for the national platform.
                        contact: the test
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        calls: { as: relay-key, services: [papers/v1] }
                        operations:
                          - { id: hand, method: POST, path: "/hand", accepts: [application/json] }
                          - { id: call, method: GET, path: "/call" }
                        """, TestBus.Builder.route("relay", """
                        - choice:
                            when:
                              - simple: "${body} != null"
                                steps:
                                  - setBody: { constant: '{"so":"0012"}' }
                                  - setHeader: { name: Content-Type, constant: application/json }
                                  - to: "lgsp-hand-on:file/v1"
                            otherwise:
                              steps:
                                - setVariable: { name: rest, constant: x }
                                - to: "lgsp-call:papers/v1/read"
                                - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .grant("relay", "papers", "")
                .grant("national", "relay", "")
                .grant("national", "file", "")
                .grant("population-resident-lookup")
                .grant("notify")
                .grant("national", "papers", "")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        gateway.close();
        office.close();
    }

    @BeforeEach
    void calm() {
        behind = ForwardingTest::population;
        expired = false;
    }

    private static void serve(RawPeer.Talk talk) throws IOException {
        if (talk.head().startsWith("POST /token ")) {
            talk.body();
            expired = false;
            talk.say(
                    200,
                    "application/json",
                    "{\"access_token\":\"t" + tokens.incrementAndGet() + "\",\"expires_in\":3600}");
        } else if (expired
                || !talk.head().toLowerCase(java.util.Locale.ROOT).contains("authorization: bearer t" + tokens.get())) {
            talk.body();
            talk.say(401, "application/json", "{\"code\":\"900901\"}");
        } else {
            behind.answer(talk);
        }
    }

    private static void population(RawPeer.Talk talk) throws IOException {
        asked = new String(talk.body(), StandardCharsets.UTF_8);
        talk.say(200, "text/xml; charset=utf-8", FOUND);
    }

    private static HttpResponse<String> ask() {
        return bus.send(bus.request("/api/population-resident-lookup/v1/residents")
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "ho-so-7")
                .POST(BodyPublishers.ofString(QUESTION))
                .build());
    }

    @Test
    void a_citizen_is_found_from_rest_to_soap_and_back_with_zeros_vietnamese_codes_and_correlation() {
        HttpResponse<String> answer = ask();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestBus.json(answer).at("/citizens/0/id").asText()).isEqualTo("001000000000");
        assertThat(TestBus.json(answer).at("/citizens/0/identityCard").asText()).isEqualTo("001000000");
        assertThat(TestBus.json(answer).at("/citizens/0/fullName/given").asText())
                .isEqualTo("NGHIỆM");
        assertThat(TestBus.json(answer)
                        .at("/citizens/0/permanentResidence/province")
                        .asText())
                .isEqualTo("01");
        assertThat(asked)
                .contains(":SoDinhDanh>001000000000<")
                .contains(":HoVaTen>NGƯỜI DÙNG THỬ NGHIỆM<")
                .contains(":NgayThangNam>20000101<")
                .contains(":MaTichHop>037<");
        assertThat(gateway.heads().get(gateway.heads().size() - 1))
                .startsWith("POST /dancu/1.0/tracuu ")
                .containsPattern("(?im)^content-type: application/xml; charset=utf-8$")
                .containsPattern("(?im)^soapaction: \"\"$")
                .containsPattern("(?im)^timestamp: [0-9]{13}$")
                .containsPattern("(?im)^x-road-client: VN/GOV/H99/lgsp$")
                .containsPattern("(?im)^apikey: cs-example$")
                .containsPattern("(?im)^x-request-id: ho-so-7$")
                .containsPattern("(?im)^x-lgsp-consumer-agency: T01$");
        assertThat(gateway.heads().get(gateway.heads().size() - 1))
                .containsPattern("(?im)^x-lgsp-provider-agency: T02$");
        assertThat(bus.recordOf(answer).correlation()).isEqualTo("ho-so-7");
        assertThat(bus.recordOf(answer).providerAgency())
                .hasValueSatisfying(agency -> assertThat(agency).hasToString("T02"));
        assertThat(bus.recordOf(answer).provider())
                .hasValueSatisfying(system -> assertThat(system).hasToString("ndxp"));
    }

    @Test
    void a_token_that_ends_in_flight_costs_a_soap_call_nothing_but_time() {
        assertThat(ask().statusCode()).isEqualTo(200);
        int before = tokens.get();
        expired = true;

        assertThat(ask().statusCode()).isEqualTo(200);

        assertThat(tokens.get()).isEqualTo(before + 1);
    }

    @Test
    void a_fault_silence_and_half_an_answer_are_told_apart() {
        behind = talk -> {
            talk.body();
            talk.say(
                    500,
                    "text/xml",
                    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>"
                            + "<faultcode>s:Client</faultcode><faultstring>Sai chữ ký của Nguyễn</faultstring></s:Fault></s:Body></s:Envelope>");
        };
        HttpResponse<String> fault = ask();
        assertThat(TestBus.code(fault)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(fault).partnerCode()).hasValue("Client");
        assertThat(TestBus.json(fault).at("/partnerCode").asText()).isEqualTo("Client");
        assertThat(fault.body()).doesNotContain("Nguyễn");

        behind = RawPeer.Talk::hang;
        assertThat(TestBus.code(ask())).isEqualTo("provider-timeout");

        behind = talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: " + FOUND.length() * 2 + "\r\n\r\n")
                    .say(FOUND.substring(0, 300))
                    .close();
        };
        assertThat(TestBus.code(ask())).isEqualTo("provider-unreachable");

        behind = talk -> {
            talk.body();
            talk.say(200, "text/xml", FOUND.substring(0, 300));
        };
        assertThat(TestBus.code(ask())).isEqualTo("provider-invalid");
    }

    @Test
    void the_national_platform_enters_as_a_member_and_what_it_asks_for_is_authorised_and_recorded() {
        HttpRequest.Builder call =
                HttpRequest.newBuilder(bus.uri("/api/papers/v1/x")).header("X-Request-Id", "ndxp-0007");
        HttpResponse<String> nobody = bus.send(call.copy().GET().build());
        HttpResponse<String> member =
                bus.send(call.copy().header("X-Api-Key", "key-national").GET().build());
        HttpResponse<String> elsewhere = bus.send(HttpRequest.newBuilder(bus.uri("/api/notify/v1/tell"))
                .header("X-Api-Key", "key-national")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());

        assertThat(TestBus.code(nobody)).isEqualTo("consumer-unknown");
        assertThat(member.statusCode()).isEqualTo(200);
        assertThat(member.body()).isEqualTo("{\"so\":\"0012\"}");
        assertThat(TestBus.code(elsewhere)).isEqualTo("grant-missing");
        assertThat(bus.recordOf(member).system())
                .hasValueSatisfying(system -> assertThat(system).hasToString("national"));
        assertThat(bus.recordOf(member).agency())
                .hasValueSatisfying(agency -> assertThat(agency).hasToString("T01"));
        assertThat(bus.recordOf(member).correlation()).isEqualTo("ndxp-0007");
        assertThat(office.heads().get(office.heads().size() - 1))
                .containsPattern("(?im)^x-request-id: ndxp-0007$")
                .containsPattern("(?im)^x-lgsp-consumer-agency: T01$")
                .containsPattern("(?im)^x-lgsp-consumer-system: national$");
    }

    private static HttpResponse<String> nationalAsks(String... behind) {
        HttpRequest.Builder call =
                HttpRequest.newBuilder(bus.uri("/api/papers/v1/x")).header("X-Api-Key", "key-national");
        for (String party : behind) {
            call.header("X-Road-Client", party);
        }
        return bus.send(call.GET().build());
    }

    @Test
    void whom_the_platform_asks_for_is_in_the_record_as_its_claim_and_goes_on_to_the_provider() {
        HttpResponse<String> asked = nationalAsks("VN/GOV/000.00.00.G22/ho%2Dtich");

        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(bus.recordOf(asked).onBehalfOf()).hasValue(new PartyCode("VN/GOV/000.00.00.G22/ho-tich"));
        assertThat(bus.recordOf(asked).system())
                .hasValueSatisfying(system -> assertThat(system).hasToString("national"));
        assertThat(office.heads().get(office.heads().size() - 1))
                .containsPattern("(?im)^x-lgsp-on-behalf-of: VN/GOV/000.00.00.G22/ho-tich$")
                .containsPattern("(?im)^x-lgsp-consumer-system: national$")
                .containsPattern("(?im)^x-lgsp-provider-agency: T02$");
        assertThat(bus.recordOf(nationalAsks()).onBehalfOf()).isEmpty();
        HttpResponse<String> another = bus.send(bus.request("/api/population-resident-lookup/v1/residents")
                .header("Content-Type", "application/json")
                .header("X-Road-Client", "VN/GOV/000.00.00.G22/ho-tich")
                .header("X-LGSP-On-Behalf-Of", "VN/GOV/000.00.00.G22/ho-tich")
                .POST(BodyPublishers.ofString(QUESTION))
                .build());
        assertThat(another.statusCode()).isEqualTo(200);
        assertThat(bus.recordOf(another).onBehalfOf())
                .as("whose account may not say so")
                .isEmpty();
        assertThat(gateway.heads().get(gateway.heads().size() - 1)).doesNotContain("ho-tich");
    }

    @Test
    void a_message_of_the_platform_is_delivered_under_both_codes_too() {
        HttpResponse<String> taken = bus.send(HttpRequest.newBuilder(bus.uri("/api/file/v1/take"))
                .header("X-Api-Key", "key-national")
                .header("X-Road-Client", "VN:GOV:000.00.00.G22:registry")
                .header("X-Request-Id", "ndxp-0008")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());

        assertThat(taken.statusCode()).isEqualTo(202);
        assertThat(bus.recordOf(taken).onBehalfOf()).hasValue(new PartyCode("VN:GOV:000.00.00.G22:registry"));
        await().untilAsserted(() -> assertThat(office.heads()).anySatisfy(head -> assertThat(head)
                .startsWith("POST /take ")
                .containsPattern("(?im)^x-request-id: ndxp-0008$")
                .containsPattern("(?im)^x-lgsp-consumer-system: national$")
                .containsPattern("(?im)^x-lgsp-on-behalf-of: VN:GOV:000.00.00.G22:registry$")
                .containsPattern("(?im)^x-lgsp-provider-agency: T02$")));
    }

    private static HttpRequest.Builder national(String path, String id) {
        return HttpRequest.newBuilder(bus.uri(path))
                .header("X-Api-Key", "key-national")
                .header("X-Request-Id", id);
    }

    /** What the office saw of the exchange of this correlation. */
    private static String seen(String correlation) {
        return office.heads().stream()
                .filter(head -> head.contains(correlation))
                .findFirst()
                .orElse("");
    }

    @Test
    void whom_the_platform_asks_for_is_handed_on_with_the_message_and_is_in_its_record_and_its_rows() {
        HttpResponse<String> taken = bus.send(national("/api/relay/v1/hand", "ndxp-0009")
                .header("X-Road-Client", "VN/GOV/000.00.00.G22/registry")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());

        assertThat(taken.statusCode()).as("%s", taken.body()).isEqualTo(200);
        String accepted = TestBus.json(taken).path("exchange").asText();
        assertThat(bus.records())
                .filteredOn(record -> record.id().toString().equals(accepted))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.form()).isEqualTo("INSIDE");
                    assertThat(record.onBehalfOf()).hasValue(new PartyCode("VN/GOV/000.00.00.G22/registry"));
                    assertThat(record.account()).hasValue("national-key");
                });
        await().untilAsserted(() -> assertThat(seen("ndxp-0009"))
                .as("the row of the delivery has it too")
                .startsWith("POST /take ")
                .containsPattern("(?im)^x-lgsp-on-behalf-of: VN/GOV/000.00.00.G22/registry$")
                .containsPattern("(?im)^x-lgsp-consumer-system: national$"));

        HttpResponse<String> own = bus.send(national("/api/relay/v1/hand", "ndxp-0010")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());
        assertThat(own.statusCode()).isEqualTo(200);
        await().untilAsserted(() ->
                assertThat(seen("ndxp-0010")).startsWith("POST /take ").doesNotContain("behalf"));
    }

    @Test
    void whom_the_platform_asks_for_is_known_to_the_services_that_are_called() {
        HttpResponse<String> asked = bus.send(national("/api/relay/v1/call", "ndxp-0011")
                .header("X-Road-Client", "VN/GOV/000.00.00.G22/registry")
                .GET()
                .build());

        assertThat(asked.statusCode()).as("%s", asked.body()).isEqualTo(200);
        String outer = bus.recordOf(asked).id().toString();
        assertThat(bus.records())
                .filteredOn(record -> record.correlation().equals(outer))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.form()).isEqualTo("CALL");
                    assertThat(record.account()).hasValue("relay-key");
                    assertThat(record.onBehalfOf()).hasValue(new PartyCode("VN/GOV/000.00.00.G22/registry"));
                });
        assertThat(seen(outer))
                .containsPattern("(?im)^x-lgsp-on-behalf-of: VN/GOV/000.00.00.G22/registry$")
                .containsPattern("(?im)^x-lgsp-consumer-system: relay$");

        HttpResponse<String> own =
                bus.send(national("/api/relay/v1/call", "ndxp-0012").GET().build());
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(seen(bus.recordOf(own).id().toString())).startsWith("GET /").doesNotContain("behalf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "001000000000",
                "VN/GOV/Nguyễn Văn A",
                "VN//GOV",
                "VN/GOV/%00",
                "VN/GOV/a b",
                "a/b/c/d/e/f/g",
                "VN/GOV/000.00.00.G22/registry,",
                ""
            })
    void a_claim_that_is_no_code_of_a_party_is_refused_and_is_nowhere(String claim) {
        HttpResponse<String> refused = claim.endsWith(",")
                ? nationalAsks(claim.substring(0, claim.length() - 1), "H98.01")
                : nationalAsks(new String(claim.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));

        assertThat(TestBus.code(refused)).isEqualTo("message-invalid");
        assertThat(bus.recordOf(refused).onBehalfOf()).isEmpty();
        assertThat(bus.recordOf(refused).account()).hasValue("national-key");
        if (!claim.isEmpty()) {
            assertThat(refused.body()).doesNotContain(claim);
        }
    }

    @Test
    void what_waited_while_the_platform_was_down_goes_out_at_the_agreed_rate() {
        int waiting = 60;
        behind = RawPeer.Talk::close;
        for (int i = 0; i < waiting; i++) {
            HttpResponse<String> taken = bus.post("/api/notify/v1/tell", "application/json", "{\"so\":\"" + i + "\"}");
            assertThat(taken.statusCode()).isBetween(200, 202);
        }
        int tokensBefore = tokens.get();
        arrived.clear();
        behind = talk -> {
            talk.body();
            arrived.add(System.nanoTime());
            talk.say(200, "application/json", "{}");
        };

        await().atMost(Duration.ofSeconds(60)).until(() -> arrived.size() >= waiting);

        List<Long> times = List.copyOf(arrived);
        for (int i = 0; i + RATE + 5 < times.size(); i++) {
            assertThat(Duration.ofNanos(times.get(i + RATE + 5) - times.get(i)))
                    .as("so many and five more need longer than a second at this rate")
                    .isGreaterThan(Duration.ofMillis(900));
        }
        assertThat(tokens.get() - tokensBefore).isLessThanOrEqualTo(1);
    }
}
