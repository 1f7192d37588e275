package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of wire-formats 12.1 over the network, and the switches. */
class HubTest {
    /** When the vectors of 12.2 were signed. */
    private static final Instant SIGNED = Instant.parse("2025-11-20T03:15:00.042Z");

    private static final String APPLICATION = "lgspaccesstoken";
    private static final Time TIME = new Time();
    private static Hub hub;
    private static HubCaller call;

    /** A clock that stands. */
    private static final class Time extends Clock {
        private Instant now = SIGNED;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public synchronized Instant instant() {
            return now;
        }

        synchronized void pass(long seconds) {
            now = now.plusSeconds(seconds);
        }
    }

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

    // ---- gateway-token

    @Test
    void a_token_is_given_in_each_style_and_opens_an_api_until_it_expires() throws Exception {
        hub.settings("ndxp").put("token-life", "2");
        for (HttpResponse<String> given : List.of(
                call.post(
                        "/ndxp/token",
                        "grant_type=client_credentials",
                        "Authorization",
                        HubCaller.basic("ck-example:cs-example"),
                        "Content-Type",
                        HubCaller.FORM),
                call.post(
                        "/ndxp/token",
                        "{\"client_id\":\"ck-example\",\"client_secret\":\"cs-example\",\"grant_type\":\"client_credentials\"}",
                        "Content-Type",
                        "application/json"),
                call.post(
                        "/ndxp/token?client_id=ck-example&client_secret=cs-example&grant_type=client_credentials", ""),
                call.post(
                        "/ndxp/token",
                        "client_id=ck-example&client_secret=cs-example&grant_type=client_credentials",
                        "Content-Type",
                        HubCaller.FORM),
                call.post("/ndxp/token", "{\"client_id\":\"ck-example\",\"client_secret\":\"cs-example\"}"))) {
            JsonNode token = HubCaller.json(given);
            assertThat(token.path("scope").asText()).isEqualTo("am_application_scope default");
            assertThat(token.path("token_type").asText()).isEqualTo("Bearer");
            assertThat(token.path("expires_in").asInt()).isEqualTo(2);
            assertThat(company(token.path("access_token").asText()).statusCode())
                    .isEqualTo(200);
        }
        String token = call.token("ndxp", "ck-example:cs-example");
        TIME.pass(2);
        HttpResponse<String> expired = company(token);
        assertThat(expired.statusCode()).isEqualTo(401);
        assertThat(expired.headers().firstValue("www-authenticate")).contains("Bearer error=\"invalid_token\"");
        assertThat(last("ndxp").checks()).contains(new Received.Check("token", false, "expired"));
        assertThat(company("invented").statusCode()).isEqualTo(401);
    }

    @Test
    void a_wrong_secret_and_a_style_that_is_not_offered_are_refused() throws Exception {
        assertThat(call.post(
                                "/ndxp/token",
                                "grant_type=client_credentials",
                                "Authorization",
                                HubCaller.basic("ck-example:cs-examplf"))
                        .statusCode())
                .isEqualTo(401);
        hub.settings("ndxp").put("token-styles", "json-body");
        assertThat(call.post(
                                "/ndxp/token",
                                "grant_type=client_credentials",
                                "Authorization",
                                HubCaller.basic("ck-example:cs-example"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void an_instance_that_wants_lgspaccesstoken_wants_it_on_the_token_call_and_on_every_later_call() throws Exception {
        assertThat(call.token("lgsp-other", "ck-other:cs-other")).isEmpty();
        String token = call.token("lgsp-other", "ck-other:cs-other", APPLICATION, HubVectorsTest.LGSP_ACCESS_TOKEN);
        String path = "/lgsp-other/dmdc/1.0/AllCategory";
        assertThat(call.get(path, "Authorization", "Bearer " + token).statusCode())
                .isEqualTo(401);
        assertThat(call.get(path, "Authorization", "Bearer " + token, APPLICATION, HubVectorsTest.LGSP_ACCESS_TOKEN)
                        .statusCode())
                .isEqualTo(200);
        assertThat(HubCaller.json(call.post(
                                "/ndxp-2/token",
                                "grant_type=client_credentials",
                                APPLICATION,
                                HubVectorsTest.LGSP_ACCESS_TOKEN))
                        .path("access_token")
                        .asText())
                .isNotEmpty();
    }

    // ---- population-soap

    @Test
    void the_population_vector_opens_and_one_byte_more_does_not() throws Exception {
        hub.settings("population").put("service-url", HubVectorsTest.POPULATION_URL);
        String question = question("001099000001", "nguyễn thị mẫu", "<dan:NgayThangNam>19990131</dan:NgayThangNam>");
        HttpResponse<String> good = call.post(
                "/population/dancu",
                question,
                "Authorization",
                HubVectorsTest.POPULATION_HEADER,
                "Timestamp",
                HubVectorsTest.POPULATION_TIME);
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.body())
                .contains("<ns1:SoDinhDanh>001099000001</ns1:SoDinhDanh>", "<ns1:MaPhuongXa>00991<", "NGUYỄN");
        assertThat(call.post(
                                "/population/dancu",
                                question,
                                "Authorization",
                                HubVectorsTest.POPULATION_HEADER,
                                "Timestamp",
                                "1763608500001")
                        .statusCode())
                .isEqualTo(401);
        TIME.pass(301);
        assertThat(call.post(
                                "/population/dancu",
                                question,
                                "Authorization",
                                HubVectorsTest.POPULATION_HEADER,
                                "Timestamp",
                                HubVectorsTest.POPULATION_TIME)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void population_has_a_hit_a_decomposed_hit_no_hit_and_a_fault_and_takes_each_writing_of_the_birth_date()
            throws Exception {
        String born = "<dan:NgayThangNam>20000101</dan:NgayThangNam>";
        HttpResponse<String> decomposed = population(question("001099000002", "TRẦN VĂN THỬ", born));
        assertThat(decomposed.body())
                .contains(Normalizer.normalize("TRẦN", Normalizer.Form.NFD))
                .doesNotContain("TRẦN");
        assertThat(population(question("001099000003", "LÊ ÁNH DƯƠNG", "<dan:Nam>1954</dan:Nam>"))
                        .body())
                .contains("<ns1:Nam>1954</ns1:Nam>");
        assertThat(population(question("001099000001", "NGUYỄN THỊ MẪU", "1999-01-31"))
                        .body())
                .contains("001099000001");
        HttpResponse<String> nobody = population(question("099000000000", "KHÔNG AI", born));
        assertThat(nobody.statusCode()).isEqualTo(200);
        assertThat(nobody.body()).contains("CongdanCollection").doesNotContain("<ns1:CongDan>");
        HttpResponse<String> fault = population(question("001099000009", "AI ĐÓ", born));
        assertThat(fault.statusCode()).isEqualTo(500);
        assertThat(fault.body()).contains("soapenv:Server", "LOI_HE_THONG");
        HttpResponse<String> wrong = population(question("1099000001", "NGUYỄN THỊ MẪU", born));
        assertThat(wrong.statusCode()).isEqualTo(500);
        assertThat(wrong.body()).contains("soapenv:Client", "SoDinhDanh");
        assertThat(population("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").statusCode())
                .isEqualTo(500);
    }

    @Test
    void population_is_asked_behind_the_national_gateway_and_behind_another_province() throws Exception {
        String question =
                question("001000000000", "NGƯỜI DÙNG THỬ NGHIỆM", "<dan:NgayThangNam>20000101</dan:NgayThangNam>");
        String path = "/ndxp/dancu/1.0/tracuu";
        String token = "Bearer " + call.token("ndxp", "ck-example:cs-example");
        assertThat(call.post(
                                path,
                                question,
                                "Authorization",
                                token,
                                "Timestamp",
                                "1763608500",
                                "X-Road-Client",
                                "VN-test/GOV/000.00.00.H99/lgsp",
                                "ApiKey",
                                "key-example")
                        .body())
                .contains("001000000000");
        hub.settings("ndxp").put("service-url", HubVectorsTest.POPULATION_URL);
        assertThat(call.post(
                                path,
                                question,
                                "Authorization",
                                HubVectorsTest.POPULATION_HEADER,
                                "Timestamp",
                                HubVectorsTest.POPULATION_TIME,
                                "X-Road-Client",
                                "VN-test/GOV/000.00.00.H99/lgsp",
                                "ApiKey",
                                "key-example")
                        .body())
                .contains("001000000000");
        assertThat(call.post(path, question, "Authorization", token, "Timestamp", "1763608500")
                        .statusCode())
                .isEqualTo(401);
        String other = call.token("lgsp-other", "ck-other:cs-other", APPLICATION, HubVectorsTest.LGSP_ACCESS_TOKEN);
        String[] province = {
            "Authorization",
            "Bearer " + other,
            APPLICATION,
            HubVectorsTest.LGSP_ACCESS_TOKEN,
            "AuthHash",
            HubCaller.basic("lgsp-test:example-secret").substring(6)
        };
        assertThat(call.post("/lgsp-other/dancu/1.0/tracuu", question, province).body())
                .contains("001000000000");
        province[5] = HubCaller.basic("lgsp-test:example-secreu").substring(6);
        assertThat(call.post("/lgsp-other/dancu/1.0/tracuu", question, province).statusCode())
                .isEqualTo(401);
    }

    // ---- what is behind the gateway

    @Test
    void business_registration_finds_a_company_and_lists_dossiers_of_at_most_five_days() throws Exception {
        String path = "/ndxp/apiCSDLDKDN/1.0/";
        JsonNode found = national("GET", path + "chiTietDoanhNghiep?msdn=0000000001", "");
        assertThat(found.path("Status").asText()).isEqualTo("1");
        assertThat(found.at("/Data/MainInformation/ENTERPRISE_GDT_CODE").asText())
                .isEqualTo("0000000001");
        assertThat(found.at("/Data/HOAdress/WardID").asText()).isEqualTo("00991");
        assertThat(national("GET", "/ndxp/apiCSDLDKDN/chiTietDoanhNghiep?msdn=0099000002", "")
                        .at("/Data/MainInformation/NAME")
                        .asText())
                .as("the version may be left out")
                .isEqualTo("HỘ KINH DOANH PHỞ MẪU");
        assertThat(national("GET", path + "chiTietDoanhNghiep?msdn=9999999999", "")
                        .path("Status")
                        .asText())
                .isEqualTo("0");
        assertThat(national("GET", path + "danhSachHoSo?from_date=15/01/2026&to_date=20/01/2026&offset=1&limit=9", "")
                        .path("DataCount")
                        .asInt())
                .isEqualTo(2);
        assertThat(national("GET", path + "danhSachHoSo?from_date=15/01/2026&to_date=21/01/2026", "")
                        .path("Status")
                        .asText())
                .isEqualTo("0");
        assertThat(national("GET", path + "danhSachHoSoTrongNgay?from_ts=08:00&to_ts=10:00", "")
                        .path("DataCount")
                        .asInt())
                .isEqualTo(2);
        assertThat(national("GET", path + "tinhTrangHoSo?in_journal_no=0009900001", "")
                        .at("/Data/PROCESS_STATUS")
                        .asText())
                .isEqualTo("3");
    }

    @Test
    void social_insurance_answers_deep_inside_an_envelope() throws Exception {
        JsonNode found =
                national("POST", "/ndxp/apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh", "{\"maSoBhxh\":\"0199000001\"}");
        assertThat(found.path("code").asText()).isEqualTo("200");
        JsonNode inner = found.at("/response/TST_GetTraCuuTtHgdByMaSoBhxhResponse/successful");
        assertThat(inner.at("/dataThongTinHgd/ngaySinh").asText()).isEqualTo("20000101");
        assertThat(inner.path("errorCode").asText()).isEqualTo("0");
        assertThat(national(
                                "POST",
                                "/ndxp/apiBHXH/1.0/getMaSoBhxhTheoTieuChi",
                                "{\"hoTen\":\"LÊ ÁNH DƯƠNG\",\"ngaySinh\":\"1954\",\"loaiNgaySinh\":\"1\",\"gioiTinh\":\"2\"}")
                        .findPath("maSoBhxh")
                        .asText())
                .isEqualTo("0199000002");
        assertThat(province("/ngsp/BaoHiemXaHoi/TraCuuThongTinHoGiaDinh", "{\"maSoBhxh\":\"0199000002\"}")
                        .findPath("hoTen")
                        .asText())
                .isEqualTo("Lê Ánh Dương");
        assertThat(national("POST", "/ndxp/apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh", "{\"maSoBhxh\":\"1\"}")
                        .findPath("errorCode")
                        .asText())
                .isEqualTo("2");
    }

    @Test
    void civil_status_takes_xml_in_json_and_a_dossier_goes_forward() throws Exception {
        String path = "/ndxp/hotich/1.0/";
        String dossier =
                "{\"maDonVi\":9900001,\"module\":\"LTKS\",\"maHoSo\":\"H99.01-260115-0001\",\"ngayTiepNhan\":\"15/01/2026\",\"data\":\"<hotich><hoso><nksHoTen>TRẺ THỬ NGHIỆM</nksHoTen></hoso></hotich>\"}";
        assertThat(national("POST", path + "dangKyHoTich", dossier)
                        .path("status")
                        .asInt())
                .isEqualTo(1);
        String asked = "{\"maDonVi\":9900001,\"maHoSo\":\"H99.01-260115-0001\",\"module\":\"LTKS\"}";
        assertThat(national("POST", path + "ketQuaDangKyHS", asked)
                        .path("errorCode")
                        .asInt())
                .isEqualTo(200);
        List<Integer> states = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            states.add(national("POST", path + "traTrangThaiHoSo", asked)
                    .path("status")
                    .asInt());
        }
        assertThat(states).containsExactly(1, 3, 4);
        assertThat(national("POST", path + "ketQuaDangKyHS", asked)
                        .at("/ketQua/hoTen")
                        .asText())
                .isEqualTo("TRẺ THỬ NGHIỆM");
        assertThat(national("POST", path + "dangKyHoTich", dossier.replace("9900001", "9"))
                        .path("errorCode")
                        .asInt())
                .isEqualTo(106);
        assertThat(national("POST", path + "dangKyHoTich", dossier.replace("</hoso>", ""))
                        .path("errorCode")
                        .asInt())
                .isEqualTo(500);
        assertThat(national("POST", path + "traHoSo", asked.replace("0001\"", "0002\""))
                        .path("errorCode")
                        .asInt())
                .isEqualTo(201);
        assertThat(national("POST", path + "danhMuc", "{\"loaiDanhMuc\":3}")
                        .at("/danhMuc/0/ma")
                        .asText())
                .isEqualTo("01");
    }

    @Test
    void judicial_record_takes_a_declaration_once() throws Exception {
        String path = "/ndxp/apiLyLichTuPhap/1.0/";
        String declaration =
                "{\"idReceivedDec\":\"H99-0001\",\"dateReceivedDec\":\"15/01/2026\",\"declarationWSForm\":{"
                        + "\"fullName\":\"NGƯỜI DÙNG THỬ NGHIỆM\",\"genderId\":1,\"birthDateStr\":\"01/01/2000\",\"nationalityId\":\"VN\","
                        + "\"idTypeId\":3,\"identifyNo\":\"001000000000\",\"phone\":\"0\",\"declareDate\":\"15/01/2026\","
                        + "\"declareTypeId\":3844,\"requestQty\":1,\"objectRequestId\":71,\"formType\":1}}";
        JsonNode first = national("POST", path + "nhanHoSoDangKy", declaration);
        assertThat(first.path("STATUS").asInt()).isEqualTo(1);
        assertThat(national("POST", path + "nhanHoSoDangKy", declaration).path("ID"))
                .isEqualTo(first.path("ID"));
        assertThat(national("POST", path + "traTrangThaiHs", "{\"idReceivedDec\":\"H99-0001\",\"infoType\":1}")
                        .path("DEC_STATUS_ID")
                        .asInt())
                .isEqualTo(3);
        assertThat(national("POST", path + "nhanHoSoDangKy", declaration.replace("identifyNo", "identityNo"))
                        .path("STATUS")
                        .asInt())
                .isZero();
        assertThat(national(
                                "POST",
                                path + "danhDauHsThanhCong",
                                "{\"declarationId\":\"" + first.path("ID").asText() + "\"}")
                        .path("STATUS")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void a_catalogue_tells_its_columns_and_rows_and_takes_an_upload_or_names_the_record_that_fails() throws Exception {
        assertThat(national("GET", "/ndxp/dmdc/Metadata/qlvanbandieuhanhcap1", "")
                        .findValuesAsText("PropertyType"))
                .contains("DateTime", "String");
        assertThat(national("GET", "/ndxp/dmdc/1.0/Category/madantoc", "").findValuesAsText("MaDanToc"))
                .containsExactly("01", "02", "05");
        JsonNode done =
                national("POST", "/ndxp/dmdc/Category/madantoc", "[{\"MaDanToc\":\"06\",\"TenDanToc\":\"Mường\"}]");
        assertThat(done.path("MSG").asText()).isEqualTo("Done");
        assertThat(done.path("Count").asInt()).isEqualTo(1);
        assertThat(national("GET", "/ndxp/dmdc/Category/madantoc", "").size()).isEqualTo(4);
        assertThat(national("POST", "/ndxp/dmdc/Category/madantoc", "[{\"MaDanToc\":\"07\"},{\"TenDanToc\":\"Nùng\"}]")
                        .path("MSG")
                        .asText())
                .isEqualTo("Bản ghi 2 không hợp lệ");
        assertThat(national("GET", "/ndxp/dmdc/1.0/AllCategory", "").findValuesAsText("Code"))
                .contains("madantoc");
    }

    @Test
    void vnpost_is_a_feed_over_several_pages_and_repeats_one_after_a_restart() throws Exception {
        String token = "Bearer " + call.token("vnpost", "ck-vnpost:cs-vnpost");
        List<String> seen = new ArrayList<>();
        String last = "0".repeat(24);
        for (JsonNode page = feed(token, last); page.path("_returned").asInt() > 0; page = feed(token, last)) {
            page.at("/_embedded/rh:doc")
                    .forEach(event -> seen.add(event.at("/_id/$oid").asText()));
            last = seen.get(seen.size() - 1);
        }
        assertThat(seen).hasSize(25).doesNotHaveDuplicates().isSorted();
        assertThat(HubCaller.json(call.post(
                                "/vnpost/order/post",
                                "{\"CustomerCode\":\"H99TEST\",\"OrderNumber\":\"H99.01-260115-0099\",\"SenderName\":\"a\",\"SenderAddress\":\"a\",\"ReceiverName\":\"b\",\"ReceiverAddress\":\"b\",\"ReceiverTel\":\"0\"}",
                                "Authorization",
                                token))
                        .path("Status")
                        .asText())
                .isEqualTo("0");
        assertThat(feed(token, last).findValuesAsText("OrderNumber"))
                .containsExactly("H99.01-260115-0099", "H99.01-260115-0099");

        hub.pause();
        assertThatThrownBy(() -> feed(token, seen.get(9))).isInstanceOf(ConnectException.class);
        hub.resume();

        assertThat(feed(token, seen.get(19)).findValuesAsText("$oid"))
                .as("ten that were read before")
                .containsExactlyElementsOf(seen.subList(10, 20));
        assertThat(feed(token, seen.get(19)).findValuesAsText("$oid")).startsWith(seen.get(20));
    }

    // ---- the axis

    @Test
    void the_axis_vector_opens_the_list_and_one_changed_header_does_not() throws Exception {
        String[] vector = {
            "XroadVnpt-systemid", "SYS-TEST-01",
            "XroadVnpt-timestamp", "20112025T101500+0042",
            "XroadVnpt-servicetype", "eDoc",
            "XroadVnpt-messagetype", "edoc",
            "XroadVnpt-sign-header", HubVectorsTest.SIGN_HEADER,
            "XroadVnpt-sign-header-key", "systemid;timestamp;servicetype;messagetype",
            "XroadVnpt-hash-header", HubVectorsTest.HASH_HEADER
        };
        assertThat(HubCaller.json(call.post("/axis/getReceivedEdocList", "{}", vector))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        vector[7] = "status";
        JsonNode refused = HubCaller.json(call.post("/axis/getReceivedEdocList", "{}", vector));
        assertThat(refused.path("status").asText()).isEqualTo("FAIL");
        assertThat(refused.path("ErrorCode").asText()).isEqualTo("15");
        assertThat(HubCaller.json(call.axisCall("SYS-TEST-09", "x", "countReceiveEdoc", Map.of(), new byte[0]))
                        .path("ErrorCode")
                        .asText())
                .as("a system that is not known")
                .isEqualTo("15");
        vector[7] = "edoc";
        TIME.pass(301);
        assertThat(HubCaller.json(call.post("/axis/getReceivedEdocList", "{}", vector))
                        .path("status")
                        .asText())
                .isEqualTo("FAIL");
        hub.settings("axis").put("clock-window", "off");
        assertThat(HubCaller.json(call.post("/axis/getReceivedEdocList", "{}", vector))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
    }

    @Test
    void a_document_goes_to_each_receiver_and_stays_in_his_list_until_he_confirms_it() throws Exception {
        byte[] packet = Packets.document("000.00.00.H99", "000.00.00.H98", "000.00.01.H98");
        JsonNode sent = send(packet, Packets.hash(packet, true));
        assertThat(sent.path("status").asText()).isEqualTo("OK");
        assertThat(send(packet, Packets.hash(packet, false)).path("status").asText())
                .isEqualTo("OK");
        JsonNode withLine = send((new String(packet, UTF_8) + "\r\n").getBytes(UTF_8), Packets.hash(packet, true));
        assertThat(withLine.path("status").asText()).isEqualTo("OK");
        assertThat(send(packet, Packets.hash(packet, true).replaceFirst("^.", "g"))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("10");

        List<JsonNode> waiting = partner("getReceivedEdocList", Map.of("messagetype", "edoc"))
                .path("data")
                .findParents("docId");
        assertThat(waiting).hasSize(6);
        assertThat(waiting.stream().map(entry -> entry.path("docId").asText()).distinct())
                .hasSize(6);
        assertThat(partner("getReceivedEdocList", Map.of("messagetype", "status"))
                        .path("data"))
                .isEmpty();
        String first = waiting.get(0).path("docId").asText();
        byte[] got = Base64.getDecoder()
                .decode(partner("getEdoc", Map.of("docId", first)).path("data").asText());
        assertThat(got).isEqualTo(packet);
        assertThat(call.axisCall("SYS-TEST-02", "example-secret-2", "downloadEdoc", Map.of("docId", first), new byte[0])
                        .body())
                .isEqualTo(new String(packet, UTF_8));
        assertThat(partner("updateStatus", Map.of("docid", first, "status", "processing"))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isEqualTo(6);
        partner("updateStatus", Map.of("docid", first, "status", "done"));
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isEqualTo(5);

        JsonNode mine = call.axis(
                "getSentEdocList",
                Map.of("messagetype", "edoc", "docId", sent.path("DocId").asText()),
                new byte[0]);
        assertThat(mine.path("data").findValuesAsText("receiverDocId"))
                .hasSize(2)
                .contains(first);
        assertThat(mine.path("data").findValuesAsText("receiveStatus")).containsExactly("done", "initial");
        assertThat(call.axis("getEdoc", Map.of("docId", first), new byte[0])
                        .path("status")
                        .asText())
                .as("the document of another centre")
                .isEqualTo("FAIL");
    }

    @Test
    void a_state_comes_back_in_a_list_of_its_own() throws Exception {
        byte[] packet = Packets.document("000.00.00.H99", "000.00.01.H98");
        String sent = send(packet, Packets.hash(packet, true)).path("DocId").asText();
        byte[] state = Packets.state("000.00.01.H98", "000.00.00.H99", "03");
        assertThat(HubCaller.json(call.axisCall(
                                "SYS-TEST-02",
                                "example-secret-2",
                                "sendEdoc",
                                Map.of(
                                        "from",
                                        "000.00.01.H98",
                                        "messagetype",
                                        "status",
                                        "hash-file",
                                        Packets.hash(state, true)),
                                state))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        assertThat(call.axis("getReceivedEdocList", Map.of("messagetype", "edoc"), new byte[0])
                        .path("data"))
                .isEmpty();
        assertThat(call.axis("countReceiveStatus", Map.of(), new byte[0])
                        .path("count")
                        .asInt())
                .isEqualTo(1);
        assertThat(call.axis("getSentEdocList", Map.of("messagetype", "edoc", "docId", sent), new byte[0])
                        .findPath("receiveStatus")
                        .asText())
                .isEqualTo("03");
    }

    @Test
    void agencies_are_listed_in_both_notations_registered_and_deleted() throws Exception {
        assertThat(call.axis("getAgenciesListQD20", Map.of("level", "1"), new byte[0])
                        .path("data")
                        .findValuesAsText("code102"))
                .containsExactly("000.00.00.H99", "000.00.00.H98");
        assertThat(call.axis("getAgenciesList", Map.of(), new byte[0])
                        .path("data")
                        .findValuesAsText("code"))
                .contains("000.00.01.H99");
        assertThat(call.axis("getSynchronizeUnit", Map.of(), new byte[0])
                        .path("data")
                        .findValuesAsText("centerCode"))
                .contains("SYS-TEST-01", "SYS-TEST-02");
        call.axis(
                "registerAgency",
                Map.of(),
                "{\"id\":\"9904\",\"pcode\":\"H99\",\"code\":\"000.00.03.H99\",\"name\":\"Sở Mẫu\"}".getBytes(UTF_8));
        byte[] packet = Packets.document("000.00.00.H99", "000.00.03.H99");
        assertThat(send(packet, Packets.hash(packet, true)).path("ErrorCode").asText())
                .isEqualTo("0");
        call.axis("deleteAgency", Map.of("AgencyCode", "000.00.03.H99"), new byte[0]);
        assertThat(send(packet, Packets.hash(packet, true)).path("ErrorCode").asText())
                .isEqualTo("18");
    }

    @ParameterizedTest
    @CsvSource({
        "000.00.00.H97, 000.00.00.H99, 18",
        "000.00.09.H98, 000.00.00.H99, 23",
        "000.00.00.H98, 000.00.00.H97, 19",
        "000.00.00.H98, 000.00.01.H98, 19"
    })
    void a_packet_with_a_wrong_party_is_refused_with_its_code(String to, String from, String code) throws Exception {
        byte[] packet = Packets.document(from, to);
        JsonNode refused = HubCaller.json(call.axisCall(
                "SYS-TEST-01",
                "example-secret",
                "sendEdoc",
                Map.of("from", from, "messagetype", "edoc", "hash-file", Packets.hash(packet, true)),
                packet));
        assertThat(refused.path("ErrorCode").asText()).isEqualTo(code);
    }

    @Test
    void a_packet_that_is_none_is_refused() throws Exception {
        for (String wrong : List.of(
                "no xml",
                "<a/>",
                "\u00ef<?xml version=\"1.0\"?><edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/>",
                "<EdXMLEnvelope xmlns=\"http://www.go.vn/eDoc\"/>",
                "<!DOCTYPE a><edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/>",
                "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/>",
                new String(Packets.document("000.00.00.H99", "000.00.00.H98"), UTF_8)
                        .replaceFirst("<Attachment>.*</Attachment>", ""))) {
            byte[] packet = wrong.getBytes(UTF_8);
            assertThat(send(packet, Packets.hash(packet, true))
                            .path("ErrorCode")
                            .asText())
                    .as(wrong.substring(0, Math.min(40, wrong.length())))
                    .isEqualTo("22");
        }
    }

    // ---- the axis, provincial REST form

    @Test
    void the_rest_form_shares_the_documents_and_hands_out_unpacked_attachments() throws Exception {
        String[] mine = {"X-SystemId", "SYS-TEST-01", "X-SecretKey", "example-secret"};
        String[] partner = {"X-SystemId", "SYS-TEST-02", "X-SecretKey", "example-secret-2"};
        HttpResponse<String> sent = upload(Packets.document("000.00.00.H99", "000.00.01.H98"), mine);
        assertThat(HubCaller.json(sent).path("success").asBoolean())
                .as(sent.body())
                .isTrue();
        JsonNode list = HubCaller.json(call.get(
                "/axis-rest/v1/syncReceivedEdocList?messageType=edoc&fromDate=2025%2F11%2F20&toDate=2025%2F11%2F20",
                partner));
        assertThat(list.path("count").asInt()).isEqualTo(1);
        String id = list.at("/data/0/docId").asText();
        assertThat(HubCaller.json(call.get(
                                "/axis-rest/v1/syncReceivedEdocList?messageType=edoc&fromDate=2025%2F11%2F21", partner))
                        .path("count")
                        .asInt())
                .isZero();
        JsonNode got = HubCaller.json(call.get("/axis-rest/v1/getEdoc?docId=" + id, partner))
                .path("data");
        assertThat(got.path("edocCode").asText()).isEqualTo("12/UBND-VP");
        assertThat(got.at("/attachments/0/fileName").asText()).isEqualTo("mau.txt");
        assertThat(Base64.getDecoder()
                        .decode(got.at("/attachments/0/fileContent").asText()))
                .isEqualTo("noi dung thu".getBytes(US_ASCII));

        assertThat(update(id, "01", partner).path("success").asBoolean()).isTrue();
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt())
                .as("a business state does not settle it")
                .isEqualTo(1);
        assertThat(update(id, "done", partner).path("success").asBoolean()).isTrue();
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isZero();
        assertThat(update(id, "99", partner).at("/data/errorCode").asText()).isEqualTo("20");
        JsonNode states = HubCaller.json(call.get("/axis-rest/v1/syncReceivedEdocList?messageType=status", mine));
        assertThat(new String(
                        Base64.getDecoder()
                                .decode(HubCaller.json(call.get(
                                                "/axis-rest/v1/getEdoc?docId="
                                                        + states.at("/data/0/docId")
                                                                .asText(),
                                                mine))
                                        .at("/data/edxml")
                                        .asText()),
                        UTF_8))
                .contains("<edXML:StatusCode>01</edXML:StatusCode>");
    }

    @Test
    void the_rest_form_has_a_login_whose_token_expires() throws Exception {
        hub.settings("axis-rest").put("login", "required").put("token-life", "60");
        String[] known = {"X-SystemId", "SYS-TEST-01", "X-SecretKey", "example-secret", "Authorization", "Bearer x"};
        String path = "/axis-rest/v1/syncReceivedEdocList?messageType=edoc";
        assertThat(call.get(path, known).statusCode()).isEqualTo(401);
        JsonNode login = HubCaller.json(
                call.post(
                        "/axis-rest/v1/auth/login?allow_anonymous=true",
                        "{\"username\":\"lgsp-test\",\"password\":\"example-secret\",\"applicationCode\":\"\",\"otp\":\"\",\"typeObjs\":[0,1]}"));
        known[5] = "Bearer " + login.at("/data/token").asText();
        assertThat(call.get(path, known).statusCode()).isEqualTo(200);
        TIME.pass(60);
        assertThat(call.get(path, known).statusCode()).isEqualTo(401);
        known[3] = "example-secreu";
        assertThat(HubCaller.json(call.get(path, known)).at("/data/errorCode").asText())
                .isEqualTo("15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "15", "18", "19", "20", "21", "22", "23"})
    void every_error_code_of_the_rest_form_comes_on_demand(String code) throws Exception {
        hub.faults("axis-rest").set(Fault.FAILURE_INSIDE_200, code).times(1);
        String[] mine = {"X-SystemId", "SYS-TEST-01", "X-SecretKey", "example-secret"};
        byte[] packet = Packets.document("000.00.00.H99", "000.00.01.H98");
        HttpResponse<String> failed = upload(packet, mine);
        assertThat(failed.statusCode()).isEqualTo(200);
        assertThat(HubCaller.json(failed).path("success").asBoolean()).isFalse();
        assertThat(HubCaller.json(failed).at("/data/errorCode").asText()).isEqualTo(code);
        assertThat(HubCaller.json(upload(packet, mine)).path("success").asBoolean())
                .isTrue();
    }

    // ---- portal, security server, status

    @Test
    void the_portal_has_sessions_that_expire_and_services_that_read_and_write() throws Exception {
        String session = login();
        String dossier =
                "{\"session\":\"%s\",\"madonvi\":\"000.00.00.H99\",\"service\":\"DongBoHoSoMC\",\"isUpdating\":\"False\",\"data\":[{\"MaHoSo\":\"000.00.01.H99-260115-0001\",\"MaTTHC\":\"0.000000\",\"ChuHoSo\":\"Người Dùng Thử Nghiệm\",\"LoaiDoiTuong\":\"1\",\"NgayTiepNhan\":\"20260115083000\",\"NgayHenTra\":\"20260120170000\",\"TrangThaiHoSo\":\"2\",\"TaiLieuNop\":[]}]}";
        assertThat(portal("mapi/integration", dossier.formatted(session))
                        .path("error_code")
                        .isNumber())
                .isTrue();
        assertThat(portal("mapi/integration", dossier.formatted(session))
                        .path("error_code")
                        .asInt())
                .isZero();
        String ask =
                "{\"session\":\"%s\",\"madonvi\":\"000.00.00.H99\",\"service\":\"TraCuuHoSo\",\"mahoso\":\"000.00.01.H99-260115-0001\"}";
        assertThat(portal("mapi/share", ask.formatted(session))
                        .at("/result/0/ChuHoSo")
                        .asText())
                .isEqualTo("Người Dùng Thử Nghiệm");
        assertThat(portal("mapi/share", ask.formatted(session).replace("TraCuuHoSo", "LayDanhMucCoQuan"))
                        .at("/result/0/MADONVI")
                        .asText())
                .isEqualTo("000.00.01.H99");
        assertThat(portal("mapi/integration", dossier.formatted(session).replace("20260115083000", "2026-01-15"))
                        .path("error_code")
                        .asInt())
                .isNotZero();
        assertThat(portal("mapi/share", dossier.formatted(session))
                        .path("error_code")
                        .asInt())
                .as("a service that writes, at the path of those that read")
                .isNotZero();
        TIME.pass(1800);
        assertThat(portal("mapi/share", ask.formatted(session))
                        .path("error_code")
                        .asInt())
                .isEqualTo(5);
        assertThat(HubCaller.json(call.post("/portal/XrdAdapter/RestService/forward/mapi/login", "{}"))
                        .path("error_code")
                        .asInt())
                .as("without dstcode")
                .isEqualTo(4);
    }

    @Test
    void the_portal_calls_the_platform_when_told_to_and_nobody_elsewhere() throws Exception {
        try (Hub platform = Hub.start(0, TIME)) {
            HttpResponse<String> done = call.post(
                    "/hub/portal/send",
                    "{\"url\":\"" + platform.url("status") + "/forward\",\"call\":\"nhanhsdvcqg\"}");
            assertThat(HubCaller.json(done).path("status").asInt()).isEqualTo(404);
            assertThat(platform.received("status")).singleElement().satisfies(seen -> {
                assertThat(seen.path()).isEqualTo("/forward/nhanhsdvcqg");
                assertThat(new String(seen.requestBody().bytes(), UTF_8)).contains("MaHoSo");
            });
        }
        assertThat(call.post("/hub/portal/send", "{\"url\":\"http://example.vn\",\"call\":\"nhanhsdvcqg\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void the_security_server_copies_soap_headers_in_order_and_hashes_the_request() throws Exception {
        String request = xroad("000.00.00.H99", "findPerson", "4.0");
        HttpResponse<String> answer = call.post("/security-server", request, "Content-Type", "text/xml;charset=utf-8");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String body = answer.body();
        assertThat(List.of("client", "service", "id", "issue", "protocolVersion", "requestHash"))
                .isSortedAccordingTo((one, other) -> body.indexOf(":" + one + ">") - body.indexOf(":" + other + ">"));
        assertThat(body)
                .contains("findPersonResponse", "001000000000", ">H99.01-260115-0001<", "algorithmId=")
                .contains(Base64.getEncoder().encodeToString(Digests.digest("SHA-512", request.getBytes(UTF_8))));
        assertThat(call.post("/security-server", xroad("000.00.00.H99", "findPerson", "3.0"))
                        .body())
                .contains("Client.InvalidSoap");
        assertThat(call.post("/security-server", xroad("000.00.00.H99", "findNobody", "4.0"))
                        .body())
                .contains("<faultcode>Server.ServerProxy.UnknownService<");
        assertThat(call.post("/security-server", xroad("000.00.00.H98", "findPerson", "4.0"))
                        .body())
                .contains("<faultcode>Server.ServerProxy.AccessDenied<");
        hub.settings("security-server").put("fault-style", "new");
        assertThat(call.post("/security-server", xroad("000.00.00.H98", "findPerson", "4.0"))
                        .body())
                .contains("<faultcode>server.serverproxy.access_denied<");
    }

    @Test
    void the_security_server_speaks_rest_with_its_headers_and_tells_metadata_in_snake_case() throws Exception {
        String path = "/r1/VN-test/GOV/000.00.00.G22/registry/persons/search";
        String body = "{\"personId\":\"001000000000\"}";
        String answer = call.raw("POST /security-server" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "X-Road-Client: VN-test/GOV/000.00.00.H26/lgsp\r\n"
                + "X-Road-Id: 7f0c9a3e-0000-4000-8000-000000000001\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
        assertThat(answer).startsWith("HTTP/1.1 200").contains("001000000000");
        String request = answer.split("X-Road-Request-Id: ", 2)[1].split("\r\n", 2)[0];
        byte[] head = ("POST\r\n" + path + "\r\nx-road-client:VN-test/GOV/000.00.00.H26/lgsp\r\n"
                        + "x-road-id:7f0c9a3e-0000-4000-8000-000000000001\r\ncontent-type:application/json\r\n"
                        + "x-road-request-id:" + request + "\r\n")
                .getBytes(US_ASCII);
        String hash = Base64.getEncoder()
                .encodeToString(Digests.digest(
                        "SHA-512",
                        Digests.digest("SHA-512", head),
                        Digests.digest("SHA-512", body.getBytes(US_ASCII))));
        assertThat(answer)
                .contains("X-Road-Request-Hash: " + hash, "X-Road-Id: 7f0c9a3e-0000-4000-8000-000000000001")
                .contains("X-Road-Service: VN-test/GOV/000.00.00.G22/registry/persons");

        String[] client = {"X-Road-Client", "VN-test/GOV/000.00.00.H99/lgsp", "Accept", "application/json"};
        HttpResponse<String> methods =
                call.get("/security-server/r1/VN-test/GOV/000.00.00.G22/registry/listMethods", client);
        assertThat(methods.body())
                .contains("xroad_instance", "service_type", "endpoint_list")
                .doesNotContain("xRoad");
        assertThat(call.get("/security-server/listClients", client).body()).contains("member_class", "subsystem_name");
        assertThat(call.get("/security-server/listClients").body()).contains("<id:memberClass>GOV</id:memberClass>");
        HttpResponse<String> few = call.get("/security-server/r1/VN-test/GOV/000.00.00.G22/registry", client);
        assertThat(few.statusCode()).isEqualTo(400);
        assertThat(few.headers().firstValue("x-road-error")).contains("Client.BadRequest");
        hub.settings("security-server").put("fails", "NetworkError");
        HttpResponse<String> failed =
                call.get("/security-server/r1/VN-test/GOV/000.00.00.G22/registry/persons/001000000000", client);
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(HubCaller.json(failed).path("type").asText()).isEqualTo("Server.ServerProxy.NetworkError");
        hub.settings("security-server").put("fault-style", "new");
        assertThat(call.get("/security-server/r1/VN-test/GOV/000.00.00.G22/registry/persons/1", client)
                        .headers()
                        .firstValue("x-road-error"))
                .contains("server.serverproxy.network_error");
    }

    @Test
    void status_has_two_levels_and_each_component_can_be_down() throws Exception {
        assertThat(HubCaller.json(call.get("/status")).path("code").asText()).isEqualTo("00");
        assertThat(HubCaller.json(call.get("/status/services")).findValuesAsText("code"))
                .containsOnly("00");
        hub.settings("status").put("down", "cache");
        JsonNode services = HubCaller.json(call.get("/status/services")).path("services");
        assertThat(services.findParents("cause")).singleElement().satisfies(service -> assertThat(
                        service.path("service").asText())
                .isEqualTo("findPerson"));
        hub.faults("axis").set(Fault.DOWN);
        assertThat(HubCaller.json(call.get("/status/services")).findValuesAsText("service"))
                .contains("axis");
        assertThat(HubCaller.json(call.get("/status")).path("code").asText()).isEqualTo("00");
    }

    // ---- switches

    /** A failure in an answer of success, in each family of 6.5: where it is called, and where in the answer it says so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lgsp-other | GET  | /apiDungChung/1.0/danhMucThuTuc | /code | 00 | 01",
                "ndxp | POST | /apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh | /response/TST_GetTraCuuTtHgdByMaSoBhxhResponse/successful/errorCode | 0 | 1",
                "lgsp-other | POST | /Document/SyncDocument | /Status | true | false",
                "lgsp-other | POST | /APITraCuuDanhMucThuTucHanhChinhTheoMaLinhVuc | /response_code | 00 | -1",
                "ndxp | POST | /apiLyLichTuPhap/1.0/traDsTrangThaiHs | /STATUS | 1 | 0",
                "ndxp | GET | /apiCSDLDKDN/1.0/chiTietDoanhNghiep?msdn=0000000001 | /Status | 1 | 0",
                "ndxp | POST | /hotich/1.0/danhMuc | /status | 1 | 0",
                "ndxp | POST | /dmdc/1.0/Category/madantoc | /MSG | Done | Hệ thống danh mục đang bận"
            })
    void each_family_of_envelopes_says_failure_in_its_own_way(
            String simulator, String method, String path, String place, String good, String failed) throws Exception {
        String body = path.contains("Category")
                ? "[]"
                : "{\"maSoBhxh\":\"0199000001\",\"DocCode\":\"H99-1\",\"loaiDanhMuc\":\"1\"}";
        JsonNode before = asked(simulator, method, path, body);
        hub.faults(simulator).set(Fault.FAILURE_INSIDE_200);
        // the token is there already, for the token endpoint fails as well
        HttpResponse<String> answer = withToken(simulator, method, path, body);

        assertThat(before.at(place).asText()).isEqualTo(good);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(HubCaller.json(answer).at(place).asText()).isEqualTo(failed);
        assertThat(last(simulator).fault()).isEqualTo("failure-inside-200");
    }

    @Test
    void axis_and_portal_say_failure_in_their_ways_too() throws Exception {
        hub.faults("axis").set(Fault.FAILURE_INSIDE_200, "23");
        JsonNode axis = call.axis("countReceiveEdoc", Map.of(), new byte[0]);
        assertThat(axis.path("status").asText() + axis.path("ErrorCode").asText())
                .isEqualTo("FAIL23");
        String session = login();
        hub.faults("portal").set(Fault.FAILURE_INSIDE_200, "7");
        assertThat(portal(
                                "mapi/share",
                                "{\"session\":\"" + session + "\",\"madonvi\":\"H99\",\"service\":\"LayThuTuc\"}")
                        .path("error_code")
                        .asInt())
                .isEqualTo(7);
        hub.faults("population").set(Fault.FAILURE_INSIDE_200);
        HttpResponse<String> soap = population(question("001099000001", "NGUYỄN THỊ MẪU", "<dan:Nam>1999</dan:Nam>"));
        assertThat(soap.statusCode()).isEqualTo(200);
        assertThat(soap.body()).contains("soapenv:Fault");
    }

    @Test
    void down_closes_the_connection_before_or_after_the_work_is_done() throws Exception {
        byte[] packet = Packets.document("000.00.00.H99", "000.00.01.H98");
        hub.faults("axis").set(Fault.DOWN).times(1);
        assertThatThrownBy(() -> send(packet, Packets.hash(packet, true))).isInstanceOf(IOException.class);
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isZero();
        hub.faults("axis").set(Fault.DOWN, "after").on("sendEdoc");
        assertThatThrownBy(() -> send(packet, Packets.hash(packet, true))).isInstanceOf(IOException.class);
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isEqualTo(1);
        assertThat(hub.received("axis"))
                .filteredOn(seen -> seen.fault().equals("down"))
                .hasSize(2)
                .allSatisfy(seen -> assertThat(seen.status()).isZero());
    }

    @Test
    void slow_answers_late_and_only_so_often() throws Exception {
        hub.faults("status").set(Fault.SLOW, "700").times(1);
        long begun = System.nanoTime();
        call.get("/status");
        assertThat((System.nanoTime() - begun) / 1_000_000).isGreaterThanOrEqualTo(700);
        assertThat(hub.faults("status").on()).isEmpty();
    }

    @Test
    void truncated_is_a_connection_that_ends_or_a_body_that_is_malformed() throws Exception {
        hub.faults("status").set(Fault.TRUNCATED);
        assertThatThrownBy(() -> call.get("/status")).isInstanceOf(IOException.class);
        hub.faults("status").set(Fault.TRUNCATED, "body");
        HttpResponse<String> half = call.get("/status");
        assertThat(half.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> HubCaller.json(half)).isInstanceOf(IOException.class);
    }

    @Test
    void wrong_signature_refuses_good_callers_and_falsifies_the_hash_of_the_security_server() throws Exception {
        for (String name : List.of("axis", "axis-rest", "population", "ndxp", "portal", "security-server")) {
            hub.faults(name).set(Fault.WRONG_SIGNATURE);
        }
        assertThat(call.axis("countReceiveEdoc", Map.of(), new byte[0])
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("15");
        assertThat(HubCaller.json(call.get(
                                "/axis-rest/v1/getEdoc?docId=1",
                                "X-SystemId",
                                "SYS-TEST-01",
                                "X-SecretKey",
                                "example-secret"))
                        .at("/data/errorCode")
                        .asText())
                .isEqualTo("15");
        assertThat(population(question("001099000001", "NGUYỄN THỊ MẪU", "1999"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(call.token("ndxp", "ck-example:cs-example")).isEmpty();
        assertThat(login()).isEmpty();
        String request = xroad("000.00.00.H99", "findPerson", "4.0");
        assertThat(call.post("/security-server", request).body())
                .contains("requestHash")
                .doesNotContain(Base64.getEncoder().encodeToString(Digests.digest("SHA-512", request.getBytes(UTF_8))));
    }

    @Test
    void an_expired_token_is_forgotten_once_and_a_new_one_opens() throws Exception {
        String token = call.token("ndxp", "ck-example:cs-example");
        hub.faults("ndxp").set(Fault.EXPIRED_TOKEN).times(1);
        assertThat(company(token).statusCode()).isEqualTo(401);
        assertThat(company(token).statusCode()).as("it has expired for good").isEqualTo(401);
        assertThat(company(call.token("ndxp", "ck-example:cs-example")).statusCode())
                .isEqualTo(200);
        String session = login();
        hub.faults("portal").set(Fault.EXPIRED_TOKEN).times(1);
        String ask = "{\"session\":\"" + session + "\",\"madonvi\":\"H99\",\"service\":\"LayThuTuc\"}";
        assertThat(portal("mapi/share", ask).path("error_code").asInt()).isEqualTo(5);
        assertThat(portal("mapi/share", ask).path("error_code").asInt()).isEqualTo(5);
    }

    @Test
    void duplicate_takes_in_and_hands_out_twice() throws Exception {
        byte[] packet = Packets.document("000.00.00.H99", "000.00.01.H98");
        hub.faults("axis").set(Fault.DUPLICATE).times(1);
        send(packet, Packets.hash(packet, true));
        assertThat(partner("countReceiveEdoc", Map.of()).path("count").asInt()).isEqualTo(2);
        hub.faults("axis").set(Fault.DUPLICATE);
        assertThat(partner("getReceivedEdocList", Map.of("messagetype", "edoc")).path("data"))
                .hasSize(4);
        hub.faults("population").set(Fault.DUPLICATE);
        assertThat(population(question("001099000001", "NGUYỄN THỊ MẪU", "1999"))
                        .body()
                        .split("<ns1:CongDan>", -1))
                .hasSize(3);
    }

    @Test
    void a_clock_that_drifts_finds_good_times_wrong_and_tokens_expired() throws Exception {
        String token = call.token("ndxp", "ck-example:cs-example");
        hub.faults("axis").set(Fault.CLOCK_DRIFT, "-301");
        hub.faults("population").set(Fault.CLOCK_DRIFT);
        hub.faults("ndxp").set(Fault.CLOCK_DRIFT, "3600");
        assertThat(call.axis("countReceiveEdoc", Map.of(), new byte[0])
                        .path("ErrorDesc")
                        .asText())
                .isEqualTo("timestamp");
        assertThat(population(question("001099000001", "NGUYỄN THỊ MẪU", "1999"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(company(token).statusCode()).isEqualTo(401);
    }

    @Test
    void faults_and_settings_that_cannot_be_are_refused_with_what_can() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hub.faults("status").set(Fault.WRONG_SIGNATURE))
                .withMessageContaining("status cannot have the fault wrong-signature: write one of down, slow");
        assertThatIllegalArgumentException().isThrownBy(() -> hub.faults("axis").set(Fault.SLOW, "soon"));
        assertThatIllegalArgumentException().isThrownBy(() -> hub.faults("nobody"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hub.settings("axis").put("token-life", "1"))
                .withMessageContaining("clock-window");
    }

    // ---- for programs

    @Test
    void programs_turn_switches_see_what_was_received_and_reset() throws Exception {
        HttpResponse<String> put = call.send(
                "PUT",
                "/hub/faults/status",
                "[{\"fault\":\"slow\",\"value\":\"1\",\"times\":3,\"operation\":\"services\"},{\"fault\":\"truncated\",\"value\":\"body\",\"times\":1}]"
                        .getBytes(UTF_8));
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        call.get("/status");
        assertThat(HubCaller.json(call.get("/hub/faults")).path("status"))
                .isEqualTo(HubCaller.json(
                        "[{\"fault\":\"slow\",\"value\":\"1\",\"times\":3,\"operation\":\"services\"}]"));
        HttpResponse<String> wrong =
                call.send("PUT", "/hub/faults/status", "[{\"fault\":\"down\"},{\"fault\":\"dwon\"}]".getBytes(UTF_8));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(HubCaller.json(wrong).path("detail").asText()).contains("write one of down, slow");
        assertThat(HubCaller.json(call.get("/hub/faults/status")))
                .as("what was set stays")
                .hasSize(1);
        call.send("DELETE", "/hub/faults/status", new byte[0]);
        assertThat(HubCaller.json(call.get("/hub/faults/status"))).isEmpty();
        call.send("PUT", "/hub/settings/ndxp", "{\"token-life\":\"7\"}".getBytes(UTF_8));
        assertThat(HubCaller.json(call.get("/hub/settings"))
                        .at("/ndxp/token-life")
                        .asText())
                .isEqualTo("7");

        call.token("ndxp", "ck-example:cs-example");
        JsonNode received =
                HubCaller.json(call.get("/hub/received?simulator=ndxp")).path("received");
        assertThat(received).hasSize(1);
        JsonNode one = received.get(0);
        assertThat(one.path("operation").asText()).isEqualTo("token");
        assertThat(one.path("requestBytes").asInt()).isEqualTo("grant_type=client_credentials".length());
        assertThat(one.path("requestDigest").asText())
                .isEqualTo(Digests.sha256("grant_type=client_credentials".getBytes(US_ASCII)));
        assertThat(one.path("right").asBoolean()).isTrue();
        assertThat(one.toString()).doesNotContain("cs-example", "access_token");
        long number = one.path("number").asLong();
        assertThat(call.get("/hub/received/" + number + "/response").body()).contains("access_token");
        assertThat(HubCaller.json(call.get("/hub/received?after=" + number)).path("received"))
                .isEmpty();

        HttpResponse<String> refused = call.post("/hub/axis/deliver", "<a/>");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(HubCaller.json(refused).path("detail").asText())
                .startsWith("the axis does not take this packet: the root");
        byte[] packet = Packets.document("000.00.00.H98", "000.00.00.H99", "000.00.02.H99");
        assertThat(HubCaller.json(call.send("POST", "/hub/axis/deliver", packet))
                        .path("docIds"))
                .hasSize(2);
        assertThat(call.axis("countReceiveEdoc", Map.of(), new byte[0])
                        .path("count")
                        .asInt())
                .isEqualTo(2);

        call.post("/hub/reset", "");
        assertThat(hub.received()).isEmpty();
        assertThat(HubCaller.json(call.get("/hub/settings"))
                        .at("/ndxp/token-life")
                        .asText())
                .isEqualTo("3600");
        assertThat(call.axis("countReceiveEdoc", Map.of(), new byte[0])
                        .path("count")
                        .asInt())
                .isZero();
    }

    @Test
    void pages_of_other_addresses_cannot_switch_anything_and_other_names_of_this_machine_are_not_heard()
            throws Exception {
        assertThat(call.post("/hub/reset", "", "Origin", "http://example.vn").statusCode())
                .isEqualTo(403);
        assertThat(call.post("/hub/reset", "", "Sec-Fetch-Site", "cross-site").statusCode())
                .isEqualTo(403);
        assertThat(call.raw("GET /status HTTP/1.1\r\nHost: example.vn\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(call.get("/nothing").statusCode()).isEqualTo(404);
        assertThat(call.get("/hub/nothing").statusCode()).isEqualTo(404);
    }

    // ---- callers

    private static HttpResponse<String> company(String token) throws Exception {
        return call.get("/ndxp/apiCSDLDKDN/1.0/chiTietDoanhNghiep?msdn=0000000001", "Authorization", "Bearer " + token);
    }

    private static JsonNode national(String method, String path, String body) throws Exception {
        return HubCaller.json(call.send(
                method,
                path,
                body.getBytes(UTF_8),
                "Authorization",
                "Bearer " + call.token("ndxp", "ck-example:cs-example")));
    }

    private static final Map<String, String> TOKENS = new LinkedHashMap<>();

    private static JsonNode asked(String simulator, String method, String path, String body) throws Exception {
        TOKENS.put(
                simulator,
                simulator.equals("ndxp")
                        ? call.token("ndxp", "ck-example:cs-example")
                        : call.token("lgsp-other", "ck-other:cs-other", APPLICATION, HubVectorsTest.LGSP_ACCESS_TOKEN));
        return HubCaller.json(withToken(simulator, method, path, body));
    }

    private static HttpResponse<String> withToken(String simulator, String method, String path, String body)
            throws Exception {
        return call.send(
                method,
                "/" + simulator + path,
                method.equals("GET") ? new byte[0] : body.getBytes(UTF_8),
                "Authorization",
                "Bearer " + TOKENS.get(simulator),
                APPLICATION,
                HubVectorsTest.LGSP_ACCESS_TOKEN);
    }

    private static JsonNode province(String path, String body) throws Exception {
        return asked("lgsp-other", "POST", path, body);
    }

    private static JsonNode feed(String token, String last) throws Exception {
        return HubCaller.json(call.get("/vnpost/tracking?pagesize=10&lastId=" + last, "Authorization", token));
    }

    private static JsonNode send(byte[] packet, String hash) throws Exception {
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

    private static JsonNode partner(String operation, Map<String, String> parameters) throws Exception {
        return HubCaller.json(call.axisCall("SYS-TEST-02", "example-secret-2", operation, parameters, new byte[0]));
    }

    private static HttpResponse<String> upload(byte[] packet, String... headers) throws Exception {
        String form = "--limit\r\nContent-Disposition: form-data; name=\"messageType\"\r\n\r\nedoc\r\n"
                + "--limit\r\nContent-Disposition: form-data; name=\"edocFile\"; filename=\"a.edxml\"\r\n"
                + "Content-Type: application/xml\r\n\r\n" + new String(packet, UTF_8) + "\r\n--limit--\r\n";
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", "multipart/form-data; boundary=limit"));
        return call.post("/axis-rest/v1/sendEdoc", form, all.toArray(String[]::new));
    }

    private static JsonNode update(String id, String status, String... headers) throws Exception {
        return HubCaller.json(call.post(
                "/axis-rest/v1/updateStatus", "{\"docId\":\"" + id + "\",\"status\":\"" + status + "\"}", headers));
    }

    private static String login() throws Exception {
        return portal("mapi/login", "{\"username\":\"lgsp-test\",\"password\":\"example-secret\"}")
                .path("session")
                .asText();
    }

    private static JsonNode portal(String path, String body) throws Exception {
        return HubCaller.json(call.post(
                "/portal/XrdAdapter/RestService/forward/" + path + "?dstcode=VN%3AGOV%3A000.00.00.G22%3Aportal", body));
    }

    private static HttpResponse<String> population(String body) throws Exception {
        hub.settings("population").put("service-url", HubVectorsTest.POPULATION_URL);
        return call.post(
                "/population",
                body,
                "Authorization",
                HubVectorsTest.POPULATION_HEADER,
                "Timestamp",
                HubVectorsTest.POPULATION_TIME);
    }

    private static String question(String id, String name, String born) {
        return "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:dan=\"http://dancuquocgia.bca\"><soapenv:Header/><soapenv:Body><dan:TraCuuThongTinCongDan>"
                + "<dan:MaYeuCau>LGSP-20260115-000001</dan:MaYeuCau><dan:MaDVC>0.000000</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo>"
                + "<dan:SoDinhDanh>" + id + "</dan:SoDinhDanh><dan:HoVaTen>" + name
                + "</dan:HoVaTen><dan:NgayThangNamSinh>" + born
                + "</dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>";
    }

    private static String xroad(String member, String service, String version) {
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

    private static Received last(String simulator) {
        List<Received> all = hub.received(simulator);
        return all.get(all.size() - 1);
    }
}
