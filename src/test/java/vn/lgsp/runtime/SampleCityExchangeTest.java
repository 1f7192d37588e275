package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import vn.lgsp.FreePorts;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.record.RecordQuery;

/** The product's own services against the systems of the sample city, over the network (BUS-01, BUS-07, LOG-02, MSG-09). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SampleCityExchangeTest {
    private static final String CITIZENS = "/api/population-citizen-lookup/v1/citizens";
    private static final String PARCELS = "/api/land-parcel-lookup/v1/parcels";
    private static final String DOCUMENTS = "/api/archive-document-relay/v1/documents";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static Bus bus;
    private static int archivePort;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        List<Integer> free = FreePorts.some(7);
        archivePort = free.get(3);
        Map<String, String> settings = new HashMap<>(Map.of(
                "lgsp.data-folder", data.toString(),
                "lgsp.data-port", "0",
                "lgsp.management-port", "0",
                "lgsp.city.population-port", "" + free.get(0),
                "lgsp.city.land-east-port", "" + free.get(1),
                "lgsp.city.land-west-port", "" + free.get(2),
                "lgsp.city.archive-port", "" + archivePort,
                "lgsp.city.social-insurance-port", "" + free.get(4),
                "lgsp.city.civil-archive-port", "" + free.get(5),
                "lgsp.broker.port", "0"));
        settings.put("lgsp.city.hub-port", "" + free.get(6));
        Configuration configuration = Configuration.of(settings);
        bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bus.dataPort() + path))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private static HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    private static ExchangeRecord recordOf(HttpResponse<?> answer) {
        return bus.records()
                .find(ExchangeId.of(
                        answer.headers().firstValue("X-LGSP-Exchange").orElseThrow()))
                .orElseThrow();
    }

    @Test
    @Order(1)
    void every_service_of_the_product_is_deployed() {
        assertThat(bus.refusedServices()).isEmpty();
    }

    @Test
    @Order(1)
    void every_citizen_reads_by_path_and_by_body_the_same_with_every_zero_and_letter_intact() throws Exception {
        List<Element> citizens = citizens();
        assertThat(citizens).hasSizeGreaterThanOrEqualTo(12);
        for (Element citizen : citizens) {
            String number = child(citizen, "SoDinhDanh");

            HttpResponse<String> byPath = get(CITIZENS + "/" + number);
            HttpResponse<String> byBody = post(CITIZENS, "{\"id\":\"" + number + "\"}");

            assertThat(byPath.statusCode()).as(byPath.body()).isEqualTo(200);
            assertThat(byPath.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(byPath.headers().firstValue("X-LGSP-Result")).contains("00");
            assertThat(byBody.body()).isEqualTo(byPath.body());
            JsonNode answer = JSON.readTree(byPath.body());
            assertThat(answer.path("total").asInt()).isEqualTo(1);
            assertThat(answer.at("/citizens/0/id").textValue()).isEqualTo(number);
            assertThat(answer.at("/citizens/0/fullName/given").textValue())
                    .isEqualTo(child(
                            (Element) citizen.getElementsByTagNameNS("*", "HoVaTen")
                                    .item(0),
                            "Ten"));
            assertThat(texts(answer.path("citizens"))).containsExactlyInAnyOrderElementsOf(texts(citizen));
        }
        assertThat(get(CITIZENS + "/001099000001").body())
                .contains("\"province\":\"99\"", "\"ward\":\"00991\"", "\"gender\":\"2\"", "\"date\":\"1999-02-03\"")
                .contains("Số 05, ngõ 7 & 9, đường Thử Nghiệm", "Phòng 0301, nhà <B>, khu tập thể Tưởng Tượng");
    }

    /** What stands in the leaves of a citizen's entry; days in the form of the answer. */
    private static List<String> texts(Element element) {
        List<String> found = new ArrayList<>();
        boolean leaf = true;
        for (Node next = element.getFirstChild(); next != null; next = next.getNextSibling()) {
            if (next instanceof Element part) {
                leaf = false;
                found.addAll(texts(part));
            }
        }
        if (leaf) {
            String text = element.getTextContent();
            found.add(
                    "NgayThangNam".equals(element.getLocalName())
                            ? text.substring(0, 4) + "-" + text.substring(4, 6) + "-" + text.substring(6)
                            : text);
        }
        return found;
    }

    private static List<String> texts(JsonNode node) {
        List<String> found = new ArrayList<>();
        if (node.isContainerNode()) {
            node.forEach(part -> found.addAll(texts(part)));
        } else {
            assertThat(node.isTextual())
                    .as("codes and numbers stay text: " + node)
                    .isTrue();
            found.add(node.textValue());
        }
        return found;
    }

    private static List<Element> citizens() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        List<Element> found = new ArrayList<>();
        try (InputStream in = SampleCity.class.getResourceAsStream("citizens.xml")) {
            var entries = factory.newDocumentBuilder().parse(in).getElementsByTagNameNS("*", "CongDan");
            for (int i = 0; i < entries.getLength(); i++) {
                found.add((Element) entries.item(i));
            }
        }
        return found;
    }

    private static String child(Element parent, String name) {
        return parent.getElementsByTagNameNS("*", name).item(0).getTextContent();
    }

    @Test
    @Order(1)
    void nobodys_number_is_an_empty_list() throws Exception {
        HttpResponse<String> answer = get(CITIZENS + "/001099999999");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body())).isEqualTo(JSON.readTree("{\"total\":0,\"citizens\":[]}"));
    }

    @Test
    @Order(1)
    void a_fault_and_an_error_inside_a_200_are_the_providers_failures() throws Exception {
        for (Map.Entry<String, String> each : Map.of(
                        "001099009001", "Server", "001099009002", "Client", "001099009003", "DC-017")
                .entrySet()) {
            HttpResponse<String> answer = get(CITIZENS + "/" + each.getKey());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
            JsonNode problem = JSON.readTree(answer.body());
            assertThat(problem.path("code").asText()).isEqualTo("provider-failed");
            assertThat(problem.path("partnerCode").asText()).isEqualTo(each.getValue());
            assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("01");
            ExchangeRecord record = recordOf(answer);
            assertThat(record.outcome()).contains(Outcome.FAILED);
            assertThat(record.error()).contains("provider-failed");
            assertThat(record.partnerCode()).contains(each.getValue());
            assertThat(record.result()).contains("01");
        }
    }

    @Test
    @Order(1)
    void both_land_registries_answer_in_one_form() throws Exception {
        assertThat(JSON.readTree(get(PARCELS + "/01/0012-345").body())).isEqualTo(JSON.readTree("""
                {"parcel":{"number":"0012-345","district":"01","area":{"value":"123.450","unit":"m2"},
                 "landUse":"ODT","holder":"NGUYỄN THỊ VÍ DỤ","updatedOn":"2025-02-03"}}
                """));
        assertThat(JSON.readTree(post(PARCELS, "{\"district\":\"02\",\"number\":\"0099\"}")
                        .body()))
                .isEqualTo(JSON.readTree("""
                        {"parcel":{"number":"0099","district":"02","area":{"value":"1234.50","unit":"m2"},
                         "landUse":"CLN","holder":"PHẠM MẪU","updatedOn":"2026-05-01"}}
                        """));
        assertThat(recordOf(get(PARCELS + "/01/0013")).provider().orElseThrow().value())
                .isEqualTo("land-registry-east");
        assertThat(recordOf(get(PARCELS + "/02/0012")).provider().orElseThrow().value())
                .isEqualTo("land-registry-west");
        assertThat(get(PARCELS + "/01/0999").body()).contains("\"0.75\"").doesNotContain("holder");
    }

    @Test
    @Order(1)
    void a_parcel_that_is_not_there_is_a_record_not_found() throws Exception {
        for (String parcel : List.of("/01/0000", "/02/0000")) {
            HttpResponse<String> answer = get(PARCELS + parcel);

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("record-not-found");
            ExchangeRecord record = recordOf(answer);
            assertThat(record.outcome()).contains(Outcome.ANSWERED);
            assertThat(record.error()).contains("record-not-found");
            assertThat(record.result()).contains("01");
        }
    }

    @Test
    @Order(1)
    void documents_pass_to_the_archive_and_back_byte_for_byte() throws Exception {
        byte[] document = new byte[3 << 20];
        new Random(7).nextBytes(document);

        HttpResponse<String> stored = send(request(DOCUMENTS)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(document)));

        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        assertThat(JSON.readTree(stored.body()).path("sha256").asText()).isEqualTo(sha256);
        assertThat(JSON.readTree(stored.body()).path("bytes").asInt()).isEqualTo(document.length);
        // The answer streams, so its record is closed after its last byte.
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(recordOf(stored).request().map(Measured::bytes))
                        .contains((long) document.length));
        for (String name : List.of("doc-0001", "large-3mb")) {
            HttpResponse<byte[]> direct = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + archivePort + "/documents/" + name))
                            .build(),
                    BodyHandlers.ofByteArray());
            HttpResponse<byte[]> fetched =
                    HTTP.send(request(DOCUMENTS + "/" + name).build(), BodyHandlers.ofByteArray());
            assertThat(fetched.statusCode()).isEqualTo(200);
            assertThat(fetched.body()).isEqualTo(direct.body());
            assertThat(fetched.headers().firstValue("Content-Type"))
                    .isEqualTo(direct.headers().firstValue("Content-Type"));
            org.awaitility.Awaitility.await().untilAsserted(() -> {
                ExchangeRecord record = recordOf(fetched);
                assertThat(record.outcome()).contains(Outcome.ANSWERED);
                assertThat(record.answer().orElseThrow().bytes()).isEqualTo(direct.body().length);
            });
        }
        HttpResponse<String> missing = get(DOCUMENTS + "/nothing");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("Không có tài liệu này");
        assertThat(missing.headers().firstValue("X-LGSP-Result")).contains("01");
    }

    @Test
    @Order(1)
    void a_death_told_over_rest_and_over_soap_reaches_the_population_system_over_soap_and_the_insurance_office()
            throws Exception {
        String death = Files.readString(
                Path.of("transforms/civil/civil-death-notify/samples/death.xsd@ThongBaoKhaiTu/insured.in.xml"));

        HttpResponse<String> byRest = send(request("/api/civil-death-notify/v1/deaths")
                .setHeader("X-Api-Key", SampleKeys.CIVIL_REGISTRY.key())
                .header("Content-Type", "application/xml")
                .POST(BodyPublishers.ofString(death)));
        HttpResponse<String> bySoap = soap("civil-death-notify", death, SampleKeys.CIVIL_REGISTRY.key());

        assertThat(byRest.statusCode()).as(byRest.body()).isEqualTo(202);
        assertThat(bySoap.statusCode()).as(bySoap.body()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(byRest, bySoap)) {
            String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                JsonNode told = JSON.readTree(
                        send(request("/exchanges/" + exchange).setHeader("X-Api-Key", SampleKeys.CIVIL_REGISTRY.key()))
                                .body());
                assertThat(told.path("state").asText()).as(told.toString()).isEqualTo("delivered");
                assertThat(told.path("deliveries")).hasSize(2);
            });
        }
    }

    @Test
    @Order(1)
    void a_list_asked_over_soap_is_split_and_what_is_not_there_is_named() throws Exception {
        HttpResponse<String> answer = soap(
                "land-list-lookup",
                "<d:TraCuuDanhSach xmlns:d='urn:thanhphomau:datdai:danhsach:1.0'><d:SoThua>0012-345</d:SoThua>"
                        + "<d:SoThua>0000</d:SoThua><d:SoThua>0013</d:SoThua></d:TraCuuDanhSach>",
                SampleKeys.TAX_OFFICE.key());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body().replaceAll("</?[a-z]+[0-9]*:", "<"))
                .containsSubsequence("0012-345", "<DienTich>123.450<", "0013", "<DienTich>88<")
                .containsPattern("<KhongCo><SoThua>0000<.*record-not-found");
    }

    @Test
    @Order(1)
    void two_services_of_the_bus_are_called_by_a_third_and_each_call_is_an_exchange_of_its_own() throws Exception {
        HttpResponse<String> answer = post(
                "/api/land-dossier-check/v1/dossiers",
                "{\"district\":\"01\",\"number\":\"0012-345\",\"declarant\":\"001099000001\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode told = JSON.readTree(answer.body());
        assertThat(told.at("/parcel/area/value").asText()).isEqualTo("123.450");
        assertThat(told.at("/declarant/id").asText()).isEqualTo("001099000001");
        assertThat(told.path("missing")).isEmpty();
        String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
        assertThat(bus.records().list(RecordQuery.Filter.newest(50)).stream()
                        .filter(record -> record.form().equals("CALL")
                                && record.correlation().equals(exchange))
                        .map(record -> record.service().orElseThrow().toString()))
                .containsExactlyInAnyOrder("land-parcel-lookup/v1", "population-citizen-lookup/v1");
    }

    private static HttpResponse<String> soap(String service, String payload, String key) throws Exception {
        return send(request("/soap/" + service + "/v1")
                .setHeader("X-Api-Key", key)
                .header("Content-Type", "text/xml; charset=utf-8")
                .POST(BodyPublishers.ofString("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>"
                        + payload + "</s:Body></s:Envelope>")));
    }

    @Test
    @Order(1)
    void who_has_no_grant_reads_nothing() throws Exception {
        for (SampleKeys.SampleKey key : List.of(SampleKeys.HEALTH, SampleKeys.CONSTRUCTION)) {
            HttpResponse<String> answer =
                    send(request(CITIZENS + "/001099000001").setHeader("X-Api-Key", key.key()));

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("grant-missing");
            assertThat(recordOf(answer).system().orElseThrow().value()).isEqualTo(key.system());
        }
    }

    @Test
    @Order(2)
    void a_record_holds_what_the_law_asks() throws Exception {
        String question = "{\"id\":\"001099000001\"}";
        HttpResponse<String> answer = send(request(CITIZENS)
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "dossier-17")
                .POST(BodyPublishers.ofString(question)));

        ExchangeRecord record = recordOf(answer);

        assertThat(record.correlation()).isEqualTo("dossier-17");
        assertThat(record.form()).isEqualTo("REST POST");
        assertThat(record.agency().orElseThrow().value()).isEqualTo("H99.02");
        assertThat(record.system().orElseThrow().value()).isEqualTo("tax-office-portal");
        assertThat(record.account()).contains("tax-office-portal-key");
        assertThat(record.service().orElseThrow()).hasToString("population-citizen-lookup/v1");
        assertThat(record.operation()).contains("POST /citizens");
        assertThat(record.grant()).contains("tax-office-population");
        assertThat(record.unit().orElseThrow()).matches("[0-9a-f]{64}");
        assertThat(record.provider().orElseThrow().value()).isEqualTo("population");
        assertThat(record.providerAgency().orElseThrow().value()).isEqualTo("H99.03");
        assertThat(record.status()).isEqualTo(200);
        assertThat(record.result()).contains("00");
        assertThat(record.outcome()).contains(Outcome.ANSWERED);
        assertThat(record.error()).isEmpty();
        assertThat(record.closedAt().orElseThrow()).isAfterOrEqualTo(record.receivedAt());
        assertThat(record.duration().orElseThrow()).isPositive().isLessThan(Duration.ofSeconds(30));
        assertThat(record.request().orElseThrow().bytes()).isEqualTo(question.length());
        assertThat(record.answer().orElseThrow().bytes())
                .isEqualTo(answer.body().getBytes(StandardCharsets.UTF_8).length);
        assertThat(record.request().orElseThrow().hex()).matches("[0-9a-f]{64}");
        assertThat(record.answer().orElseThrow().hex()).matches("[0-9a-f]{64}");
        assertThat(record.salt()).hasSize(16);
        assertThat(recordOf(get(CITIZENS + "/001099000001")).operation()).contains("GET /citizens/{id}");
    }

    @Test
    @Order(3)
    void nothing_that_the_bus_wrote_holds_content() throws Exception {
        get(CITIZENS + "/001099000001");
        bus.close();

        List<Path> written;
        try (Stream<Path> files = Files.walk(data)) {
            written = files.filter(Files::isRegularFile).toList();
        }
        assertThat(written).hasSizeGreaterThan(1);
        Path units = data.resolve("units");
        for (Path file : written) {
            if (file.startsWith(units)) {
                // the product's own files, which hold invented samples
                Path copied = units.relativize(file);
                assertThat(file).hasSameBinaryContentAs(copied.subpath(1, copied.getNameCount()));
                continue;
            }
            String bytes = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            assertThat(bytes.contains("001099") || bytes.contains("NGUYỄN") || bytes.contains("0012-345"))
                    .as("content in " + file)
                    .isFalse();
        }
        assertThat(written.stream()
                        .map(SampleCityExchangeTest::text)
                        .filter(text -> text.contains("tax-office-portal")))
                .as("where the records are")
                .isNotEmpty();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
