package vn.lgsp.city;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.Source;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The systems of the city answer over the network as their contracts say. */
class SampleCityTest {
    private static final Path CONNECTORS = Path.of("connectors");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static CitySettings ports;
    private static SampleCity city;

    @BeforeAll
    static void start() throws Exception {
        ports = Ports.free();
        city = SampleCity.start(ports, CONNECTORS, Clock.fixed(NOW, ZoneOffset.UTC), () -> 0);
    }

    @AfterAll
    static void stop() {
        city.close();
    }

    @Test
    void a_citizen_is_found_with_every_zero_and_letter() throws Exception {
        HttpResponse<byte[]> answer = lookup("<dan:SoDinhDanh>001099000001</dan:SoDinhDanh>");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElseThrow().toLowerCase(Locale.ROOT))
                .startsWith("text/xml")
                .contains("charset=utf-8");
        String text = new String(answer.body(), UTF_8);
        assertThat(text)
                .contains("CongdanCollection", "http://www.mic.gov.vn/dancu/1.0")
                .contains(">001099000001<", ">009900001<", ">01<", ">00991<", ">NGUYỄN<", "Tưởng Tượng")
                .contains("ngõ 7 &amp; 9", "nhà &lt;B>")
                .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<dan:SoDinhDanh>001099000002</dan:SoDinhDanh>",
                "<dan:SoCMND>009900003</dan:SoCMND>",
                "<dan:SoDinhDanh>001099000003</dan:SoDinhDanh><dan:HoVaTen>Trần Văn Thử Nghiệm</dan:HoVaTen>",
                "<dan:SoDinhDanh>001099000003</dan:SoDinhDanh><dan:NgayThangNamSinh><dan:NgayThangNam>19880101"
                        + "</dan:NgayThangNam></dan:NgayThangNamSinh>",
                "<dan:SoDinhDanh>001099000002</dan:SoDinhDanh><dan:NgayThangNamSinh><dan:Nam>1950</dan:Nam></dan:NgayThangNamSinh>"
            })
    void a_citizen_is_found_by_either_number_and_by_what_else_is_sent(String fields) throws Exception {
        assertThat(text(lookup(fields))).contains("<CongDan");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<dan:SoDinhDanh>001099999999</dan:SoDinhDanh>",
                "<dan:SoDinhDanh>001099000003</dan:SoDinhDanh><dan:HoVaTen>NGƯỜI KHÁC</dan:HoVaTen>",
                "<dan:SoDinhDanh>001099000003</dan:SoDinhDanh><dan:NgayThangNamSinh><dan:NgayThangNam>19880102"
                        + "</dan:NgayThangNam></dan:NgayThangNamSinh>"
            })
    void whom_nobody_knows_is_an_empty_collection(String fields) throws Exception {
        HttpResponse<byte[]> answer = lookup(fields);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer)).contains("CongdanCollection").doesNotContain("<CongDan");
    }

    @ParameterizedTest
    @CsvSource({
        "001099009001, Server, DC-503, Hệ thống đang bận",
        "001099009002, Client, DC-403, không được phép tra cứu",
        "12345, Client, DC-400, 12 chữ số"
    })
    void some_numbers_and_wrong_requests_bring_a_soap_fault(String id, String code, String ownCode, String words)
            throws Exception {
        HttpResponse<byte[]> answer = lookup("<dan:SoDinhDanh>" + id + "</dan:SoDinhDanh>");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(text(answer))
                .containsPattern("<faultcode>\\w+:" + code + "</faultcode>")
                .contains("<dc:MaLoi>" + ownCode + "</dc:MaLoi>", words)
                .doesNotContain("Exception", "\tat ");
    }

    @Test
    void one_number_brings_an_error_inside_a_200() throws Exception {
        HttpResponse<byte[]> answer = lookup("<dan:SoDinhDanh>001099009003</dan:SoDinhDanh>");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer))
                .contains("<LoiXuLy", "<MaLoi>DC-017</MaLoi>", "<MoTaLoi>Dữ liệu của công dân đang được cập nhật")
                .doesNotContain("CongdanCollection", "Fault");
    }

    @Test
    void a_request_that_lacks_a_field_is_a_fault_that_names_it() throws Exception {
        String request = envelope("<dan:SoDinhDanh>001099000001</dan:SoDinhDanh>")
                .replace("<dan:MaCanBo>CB0001</dan:MaCanBo>", "");

        HttpResponse<byte[]> answer = post(request, authorization(NOW, "sample-secret-population"), NOW);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(text(answer)).contains("Thiếu trường MaCanBo");
    }

    @Test
    void another_operation_is_a_fault() throws Exception {
        String request = envelope("").replace("TraCuuThongTinCongDan", "XoaCongDan");

        HttpResponse<byte[]> answer = post(request, authorization(NOW, "sample-secret-population"), NOW);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(text(answer)).contains("Fault");
    }

    @Test
    void a_document_type_is_refused() throws Exception {
        String request = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:/etc/hostname'>]>"
                + envelope("<dan:SoDinhDanh>001099000001</dan:SoDinhDanh>");

        HttpResponse<byte[]> answer = post(request, authorization(NOW, "sample-secret-population"), NOW);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(text(answer)).contains("Fault").doesNotContain("CongDan>");
    }

    @Test
    void a_wrong_secret_an_old_or_future_timestamp_and_no_credential_are_refused() throws Exception {
        String request = envelope("<dan:SoDinhDanh>001099000001</dan:SoDinhDanh>");
        Instant old = NOW.minus(Duration.ofMinutes(5)).minusMillis(1);
        Instant future = NOW.plus(Duration.ofMinutes(5)).plusMillis(1);
        Instant late = NOW.minus(Duration.ofMinutes(5));

        assertThat(post(request, authorization(NOW, "another"), NOW).statusCode())
                .isEqualTo(401);
        assertThat(post(request, authorization(NOW, "sample-secret-population"), late)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post(request, authorization(old, "sample-secret-population"), old)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post(request, authorization(future, "sample-secret-population"), future)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post(request, "Basic bm9ib2R5", NOW).statusCode()).isEqualTo(401);
        assertThat(post(request, authorization(late, "sample-secret-population"), late)
                        .statusCode())
                .isEqualTo(200);
        assertThat(text(post(request, "Basic bm9ib2R5", NOW)))
                .contains("Thông tin xác thực không hợp lệ")
                .doesNotContain("CongDan>", "Exception");
    }

    @Test
    void the_contract_is_served_and_its_schema_holds_for_every_citizen() throws Exception {
        HttpResponse<byte[]> wsdl = get(ports.populationPort(), PopulationPeer.PATH + "?wsdl");

        assertThat(wsdl.statusCode()).isEqualTo(200);
        assertThat(text(wsdl))
                .contains("TraCuuThongTinCongDan", "http://127.0.0.1:" + ports.populationPort() + PopulationPeer.PATH);
        Schema schema = schema(wsdl.body());
        schema.newValidator().validate(new StreamSource(SampleCity.class.getResourceAsStream("citizens.xml")));
        String request = envelope("<dan:SoDinhDanh>001099000001</dan:SoDinhDanh>")
                .replaceAll("(?s).*<soapenv:Body>(.*)</soapenv:Body>.*", "$1")
                .replace(
                        "<dan:TraCuuThongTinCongDan>",
                        "<dan:TraCuuThongTinCongDan xmlns:dan='" + CitizenLookup.REQUEST + "'>");
        schema.newValidator().validate(new StreamSource(new StringReader(request)));
        assertThat(Citizen.invented()).hasSize(12).allMatch(citizen -> citizen.number()
                .startsWith("001099"));
    }

    @Test
    void a_death_under_the_same_id_is_taken_once_and_another_one_under_it_is_a_fault() throws Exception {
        String death = deathNotice("d-1", "001099000002");

        String first = text(tell(death));

        assertThat(first).contains("GhiNhanKhaiTuResponse", "<BienNhan>DC-KT-1</BienNhan>");
        assertThat(text(tell(death))).contains("DC-KT-1");
        assertThat(text(tell(deathNotice("d-2", "001099000002")))).contains("DC-KT-2");
        assertThat(text(tell(deathNotice("d-1", "001099000003")))).contains("Fault", "DC-409");
        assertThat(text(tell(deathNotice("", "001099000003")))).contains("Fault", "Thiếu trường MaYeuCau");
        assertThat(post(PopulationPeer.DEATHS, death, authorization(NOW, "sample-secret-population"), NOW)
                        .statusCode())
                .as("the hash is of the address that is called")
                .isEqualTo(401);
        assertThat(text(get(ports.populationPort(), PopulationPeer.DEATHS + "?wsdl")))
                .contains("GhiNhanKhaiTu", "http://127.0.0.1:" + ports.populationPort() + PopulationPeer.DEATHS);
    }

    private static String deathNotice(String id, String number) {
        return "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><k:GhiNhanKhaiTu xmlns:k='"
                + DeathRegister.NAMESPACE + "'><k:MaYeuCau>" + id + "</k:MaYeuCau><k:SoDinhDanh>" + number
                + "</k:SoDinhDanh><k:HoVaTen>TRẦN THỊ THỬ</k:HoVaTen><k:NgayMat>20260225</k:NgayMat>"
                + "<k:SoDangKy>KT-2026-000009</k:SoDangKy></k:GhiNhanKhaiTu></s:Body></s:Envelope>";
    }

    private static HttpResponse<byte[]> tell(String death) throws Exception {
        String credential = authorization(PopulationPeer.DEATHS, NOW, "sample-secret-population");
        return post(PopulationPeer.DEATHS, death, credential, NOW);
    }

    @Test
    void each_land_registry_answers_in_its_own_words() throws Exception {
        assertThat(text(get(ports.landEastPort(), "/parcels/0012-345")))
                .contains("\"parcelNo\":\"0012-345\"", "\"areaM2\":123.450", "NGUYỄN THỊ VÍ DỤ");
        assertThat(text(get(ports.landWestPort(), "/parcels/0012")))
                .contains("\"so_thua\":\"0012\"", "\"dien_tich\":\"240,00\"", "TRẦN THỊ TƯỞNG TƯỢNG");
        HttpResponse<byte[]> east = get(ports.landEastPort(), "/parcels/0000");
        HttpResponse<byte[]> west = get(ports.landWestPort(), "/parcels/0000");
        assertThat(east.statusCode()).isEqualTo(404);
        assertThat(text(east)).isEqualTo("{\"maLoi\":\"DD-404\",\"thongBao\":\"Không tìm thấy thửa đất\"}");
        assertThat(west.statusCode()).isEqualTo(404);
        assertThat(text(west)).isEqualTo("{\"error\":{\"code\":\"parcel-not-found\"}}");
        assertThat(east.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void the_archive_takes_a_document_and_says_what_it_took() throws Exception {
        byte[] document = new byte[3_000_000];
        new Random(7).nextBytes(document);

        HttpResponse<byte[]> answer = send(
                ports.archivePort(),
                "/documents",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(document)));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(text(answer)).isEqualTo("{\"bytes\":3000000,\"sha256\":\"" + sha256(document) + "\"}");
        assertThat(text(send(ports.archivePort(), "/documents", BodyPublishers.noBody())))
                .isEqualTo("{\"bytes\":0,\"sha256\":\"" + sha256(new byte[0]) + "\"}");
    }

    @Test
    void the_archive_gives_a_small_document_of_one_kibibyte_and_large_ones_that_stay_the_same() throws Exception {
        HttpResponse<byte[]> small = get(ports.archivePort(), "/documents/doc-0001");
        assertThat(small.body()).hasSize(1024);
        assertThat(text(small)).startsWith("{\"maTaiLieu\":\"doc-0001\"");

        assertThat(sha256OfLarge(20)).isEqualTo(sha256OfLarge(20));
        assertThat(get(ports.archivePort(), "/documents/large-2mb").body()).hasSize(2 * 1024 * 1024);
        assertThat(get(ports.archivePort(), "/documents/large-4097mb").statusCode())
                .isEqualTo(404);
        assertThat(get(ports.archivePort(), "/documents/unknown").statusCode()).isEqualTo(404);
    }

    @Test
    void a_port_that_is_taken_is_named_with_the_property_that_changes_it() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CitySettings free = Ports.free();
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> SampleCity.start(
                            new CitySettings(
                                    true, port, free.landEastPort(), free.landWestPort(), free.archivePort(), 0, 0, 0),
                            CONNECTORS,
                            Clock.systemUTC(),
                            () -> 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the sample city's population system cannot open port " + port
                            + " on 127.0.0.1: free the port, or set lgsp.city.population-port to another");
            assertThatThrownBy(() -> SampleCity.start(
                            new CitySettings(
                                    true,
                                    free.populationPort(),
                                    free.landEastPort(),
                                    free.landWestPort(),
                                    port,
                                    0,
                                    0,
                                    0),
                            CONNECTORS,
                            Clock.systemUTC(),
                            () -> 0))
                    .hasMessageContaining("archive cannot open port " + port)
                    .hasMessageContaining("lgsp.city.archive-port");
        }
    }

    @Test
    void a_contract_that_is_not_there_is_named() throws Exception {
        CitySettings free = Ports.free();

        assertThatThrownBy(() -> SampleCity.start(free, Path.of("elsewhere"), Clock.systemUTC(), () -> 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("elsewhere/population/contract/population-v1.wsdl is not there: start in");
    }

    @Test
    void a_city_that_was_closed_starts_again_on_the_same_ports() throws Exception {
        CitySettings free = Ports.free();

        SampleCity.start(free, CONNECTORS, Clock.systemUTC(), () -> 0).close();
        try (SampleCity again = SampleCity.start(free, CONNECTORS, Clock.systemUTC(), () -> 0)) {
            assertThat(get(free.populationPort(), PopulationPeer.PATH + "?wsdl").statusCode())
                    .isEqualTo(200);
            assertThat(get(free.archivePort(), "/documents/doc-0001").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no second loopback address")
    void the_systems_listen_on_loopback_only() throws Exception {
        for (int port : new int[] {
            ports.populationPort(),
            ports.landEastPort(),
            ports.landWestPort(),
            ports.archivePort(),
            ports.socialInsurancePort(),
            ports.civilArchivePort()
        }) {
            // Were the system listening on all addresses, this one would be taken too.
            try (ServerSocket other = new ServerSocket()) {
                other.setReuseAddress(false);
                other.bind(new InetSocketAddress("127.0.0.2", port));
                assertThat(other.isBound()).isTrue();
            }
        }
    }

    private static HttpResponse<byte[]> lookup(String fields) throws Exception {
        return post(envelope(fields), authorization(NOW, "sample-secret-population"), NOW);
    }

    private static String envelope(String fields) {
        return "<soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/' xmlns:dan='"
                + CitizenLookup.REQUEST + "'><soapenv:Header/><soapenv:Body><dan:TraCuuThongTinCongDan>"
                + "<dan:MaYeuCau>LGSP-20260115-000001</dan:MaYeuCau><dan:MaDVC>0.000000</dan:MaDVC>"
                + "<dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo>" + fields
                + "</dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>";
    }

    private static String authorization(Instant at, String secret) throws Exception {
        return authorization(PopulationPeer.PATH, at, secret);
    }

    private static String authorization(String path, Instant at, String secret) throws Exception {
        String url = uri(ports.populationPort(), path).toString();
        String hash = sha256((url + "lgsp-h99" + at.toEpochMilli() + secret).getBytes(UTF_8));
        return "Basic " + Base64.getEncoder().encodeToString(("lgsp-h99:" + hash).getBytes(UTF_8));
    }

    private static HttpResponse<byte[]> post(String body, String authorization, Instant at) throws Exception {
        return post(PopulationPeer.PATH, body, authorization, at);
    }

    private static HttpResponse<byte[]> post(String path, String body, String authorization, Instant at)
            throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri(ports.populationPort(), path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/xml; charset=utf-8")
                        .header("SOAPAction", "\"\"")
                        .header("Timestamp", Long.toString(at.toEpochMilli()))
                        .header("Authorization", authorization)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> get(int port, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri(port, path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> send(int port, String path, BodyPublisher body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri(port, path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/octet-stream")
                        .POST(body)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static String sha256OfLarge(int mib) throws Exception {
        HttpResponse<InputStream> answer = CLIENT.send(
                HttpRequest.newBuilder(uri(ports.archivePort(), "/documents/large-" + mib + "mb"))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            byte[] all = in.readAllBytes();
            assertThat(all).hasSize(mib * 1024 * 1024);
            return sha256(all);
        }
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), UTF_8);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static Schema schema(byte[] wsdl) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(wsdl));
        NodeList schemas = document.getElementsByTagNameNS(XMLConstants.W3C_XML_SCHEMA_NS_URI, "schema");
        assertThat(schemas.getLength()).isEqualTo(2);
        return SchemaFactory.newDefaultInstance()
                .newSchema(new Source[] {new DOMSource(schemas.item(0)), new DOMSource(schemas.item(1))});
    }
}
