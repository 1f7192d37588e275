package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import vn.lgsp.TestClock;

/** All simulators on one port, as new before each case, and how their callers call them. */
abstract class HubUnderTest {
    /** When the vectors of 12.2 were signed. */
    static final Instant SIGNED = Instant.parse("2025-11-20T03:15:00.042Z");

    static final String APPLICATION = "lgspaccesstoken";
    static final TestClock TIME = new TestClock(SIGNED);
    /** The last one of each gateway. */
    static final Map<String, String> TOKENS = new LinkedHashMap<>();

    static Hub hub;
    static HubCaller call;

    @BeforeAll
    static void start() {
        hub = Hub.start(0, TIME);
        call = new HubCaller(hub);
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    void reset() {
        hub.reset();
        TIME.now = SIGNED;
    }

    static HttpResponse<String> company(String token) throws Exception {
        return call.get("/ndxp/apiCSDLDKDN/1.0/chiTietDoanhNghiep?msdn=0000000001", "Authorization", "Bearer " + token);
    }

    static JsonNode asked(String simulator, String method, String path, String body) throws Exception {
        TOKENS.put(
                simulator,
                simulator.equals("ndxp")
                        ? call.token("ndxp", "ck-example:cs-example")
                        : call.token("lgsp-other", "ck-other:cs-other", APPLICATION, HubVectorsTest.LGSP_ACCESS_TOKEN));
        return HubCaller.json(withToken(simulator, method, path, body));
    }

    static HttpResponse<String> withToken(String simulator, String method, String path, String body) throws Exception {
        return call.send(
                method,
                "/" + simulator + path,
                method.equals("GET") ? new byte[0] : body.getBytes(UTF_8),
                "Authorization",
                "Bearer " + TOKENS.get(simulator),
                APPLICATION,
                HubVectorsTest.LGSP_ACCESS_TOKEN);
    }

    static JsonNode send(byte[] packet, String hash) throws Exception {
        return call.axis(
                "sendEdoc",
                Map.of(
                        "from",
                        "000.00.00.H99",
                        "servicetype",
                        "eDoc",
                        "messagetype",
                        "edoc",
                        "hash-file",
                        hash,
                        "Content-Type",
                        "application/octet-stream"),
                packet);
    }

    static JsonNode partner(String operation, Map<String, String> parameters) throws Exception {
        return HubCaller.json(call.axisCall("SYS-TEST-02", "example-secret-2", operation, parameters, new byte[0]));
    }

    static String login() throws Exception {
        return portal("mapi/login", "{\"username\":\"lgsp-test\",\"password\":\"example-secret\"}")
                .path("session")
                .asText();
    }

    static JsonNode portal(String path, String body) throws Exception {
        return HubCaller.json(call.post(
                "/portal/XrdAdapter/RestService/forward/" + path + "?dstcode=VN%3AGOV%3A000.00.00.G22%3Aportal", body));
    }

    static HttpResponse<String> population(String body) throws Exception {
        hub.settings("population").put("service-url", HubVectorsTest.POPULATION_URL);
        return call.post(
                "/population",
                body,
                "Authorization",
                HubVectorsTest.POPULATION_HEADER,
                "Timestamp",
                HubVectorsTest.POPULATION_TIME);
    }

    static String question(String id, String name, String born) {
        return "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:dan=\"http://dancuquocgia.bca\"><soapenv:Header/><soapenv:Body><dan:TraCuuThongTinCongDan>"
                + "<dan:MaYeuCau>LGSP-20260115-000001</dan:MaYeuCau><dan:MaDVC>0.000000</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo>"
                + "<dan:SoDinhDanh>" + id + "</dan:SoDinhDanh><dan:HoVaTen>" + name
                + "</dan:HoVaTen><dan:NgayThangNamSinh>" + born
                + "</dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>";
    }

    static String xroad(String member, String service, String version) {
        return "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\"><soapenv:Header>"
                + "<xrd:client id:objectType=\"SUBSYSTEM\"><id:xRoadInstance>VN-test</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>"
                + member
                + "</id:memberCode><id:subsystemCode>lgsp</id:subsystemCode></xrd:client>"
                + "<xrd:service id:objectType=\"SERVICE\"><id:xRoadInstance>VN-test</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>000.00.00.G22</id:memberCode><id:subsystemCode>registry</id:subsystemCode><id:serviceCode>"
                + service
                + "</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xrd:service><xrd:id>7f0c9a3e-0000-4000-8000-000000000001</xrd:id><xrd:issue>H99.01-260115-0001</xrd:issue><xrd:protocolVersion>"
                + version + "</xrd:protocolVersion></soapenv:Header><soapenv:Body><r:" + service
                + " xmlns:r=\"http://registry.example.vn/v1\"><r:personId>001000000000</r:personId></r:" + service
                + "></soapenv:Body></soapenv:Envelope>";
    }

    static Received last(String simulator) {
        List<Received> all = hub.received(simulator);
        return all.get(all.size() - 1);
    }
}
