package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The national gateway over the network, and what is behind it (wire-formats 12.1). */
final class GatewayHubTest extends HubUnderTest {
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
        TIME.pass(Duration.ofSeconds(2));
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
        TIME.pass(Duration.ofSeconds(301));
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

    // ---- callers

    private static JsonNode national(String method, String path, String body) throws Exception {
        return HubCaller.json(call.send(
                method,
                path,
                body.getBytes(UTF_8),
                "Authorization",
                "Bearer " + call.token("ndxp", "ck-example:cs-example")));
    }

    private static JsonNode province(String path, String body) throws Exception {
        return asked("lgsp-other", "POST", path, body);
    }

    private static JsonNode feed(String token, String last) throws Exception {
        return HubCaller.json(call.get("/vnpost/tracking?pagesize=10&lastId=" + last, "Authorization", token));
    }
}
