package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The portal, the security server and the status page over the network (wire-formats 12.1). */
final class PortalHubTest extends HubUnderTest {
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
        TIME.pass(Duration.ofMinutes(30));
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

    private static final String SIX_TOKEN = "{\"client_id\":\"ck-six\",\"client_secret\":\"cs-six\"}";

    private static JsonNode six(String token, String path, String body) throws Exception {
        return HubCaller.json(call.post("/six-step/" + path, body, "Authorization", "Bearer " + token));
    }

    @Test
    void a_dossier_is_made_in_six_steps_once_under_its_number() throws Exception {
        String token = HubCaller.json(call.post("/six-step/token", SIX_TOKEN))
                .path("access_token")
                .asText();
        assertThat(call.post(
                                "/six-step/token",
                                "grant_type=client_credentials",
                                "Authorization",
                                HubCaller.basic("ck-six:cs-six"))
                        .statusCode())
                .as("another style of token")
                .isEqualTo(400);
        String number = six(token, "next-number", "{\"MaDonVi\":\"H99.01\"}")
                .path("MaHoSo")
                .asText();
        assertThat(number).isEqualTo("H99.01-20251120-0000001");
        String form =
                "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n\r\nedxml-13\r\n--b--";
        HttpResponse<String> uploaded = call.post(
                "/six-step/files",
                form,
                "Authorization",
                "Bearer " + token,
                "Content-Type",
                "multipart/form-data; boundary=b");
        String hash = HubCaller.json(uploaded).path("HashTepTin").asText();
        assertThat(hash).isEqualTo(Digests.sha256("edxml-13".getBytes(UTF_8)));
        String dossier =
                "{\"MaHoSo\":\"%s\",\"MaTTHC\":\"0.000000\",\"LoaiDoiTuong\":\"0\",\"NgayTiepNhan\":\"2026-01-15 08:30:00\",\"TrangThaiHoSo\":\"2\",\"ThongTinNguoiNop\":{\"ThongTinChiTiet\":{}},\"ThanhPhanHoSo\":[{\"LoaiBan\":\"2\",\"GiayToDinhKem\":[{\"IdGiayTo\":\"%s\",\"MaKetQua\":\"\",\"TenGiayTo\":\"a.pdf\",\"HashTepTin\":\"%s\"}]}]}"
                        .formatted(
                                number,
                                HubCaller.json(uploaded).path("IdTepTin").asText(),
                                hash);
        String id = six(token, "dossiers", dossier).path("IdHoSo").asText();
        assertThat(six(token, "dossiers", dossier).path("IdHoSo").asText())
                .isEqualTo(id)
                .isNotEmpty();
        List<String> wrong = List.of(
                dossier.replace("a.pdf", "b.pdf"),
                dossier.replace(hash, "00"),
                dossier.replace("0000001", "0000002"),
                dossier.replace("2026-01-15 08:30:00", "20260115083000"),
                dossier.replace("\"LoaiDoiTuong\":\"0\"", "\"LoaiDoiTuong\":\"3\""));
        assertThat(wrong)
                .extracting(
                        body -> six(token, "dossiers", body).path("error_code").asInt())
                .containsExactly(6, 4, 3, 2, 2);
        String step =
                "[{\"IdHoSo\":\"%s\",\"MaHoSo\":\"%s\",\"TrangThai\":\"4\",\"ThoiDiemXuLy\":\"2026-01-15T08:30:00.000+07:00\"}]"
                        .formatted(id, number);
        assertThat(List.of(
                        step,
                        step.replace("IdHoSo", "IDHoSo"),
                        step.replace(id, "x"),
                        step.replace(".000", ""),
                        step.replace("\"4\"", "\"11\"")))
                .extracting(body ->
                        six(token, "CapNhatTienTrinh", body).path("error_code").asInt())
                .containsExactly(0, 0, 5, 2, 2);
        assertThat(six(token, "CapNhatTrangThai", step).path("error_code").asInt())
                .isZero();

        hub.settings("six-step").put("same-dossier", "refuse");
        assertThat(six(token, "dossiers", dossier).path("error_code").asInt()).isEqualTo(6);
        hub.settings("six-step").put("same-dossier", "each").put("path-create", "mapi/taoHoSo");
        assertThat(six(token, "mapi/taoHoSo", dossier).path("IdHoSo").asText()).isNotEqualTo(id);
        hub.faults("six-step").set(Fault.DUPLICATE);
        assertThat(six(token, "next-number", "{\"MaDonVi\":\"H99.01\"}")
                        .path("MaHoSo")
                        .asText())
                .isEqualTo(number);
        hub.faults("six-step").set(Fault.EXPIRED_TOKEN);
        assertThat(call.post("/six-step/next-number", "{}", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(401);
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
        for (String down : List.of(
                "database findCompany,findPerson DATABASE_UNREACHABLE",
                "cache findPerson CACHE_UNREACHABLE",
                "http findCompany DEPENDENCY_UNREACHABLE")) {
            String[] parts = down.split(" ");
            hub.settings("status").put("down", parts[0]);
            JsonNode services = HubCaller.json(call.get("/status/services"));
            assertThat(services.path("services").findParents("cause"))
                    .extracting(service -> service.path("service").asText())
                    .as(down)
                    .containsExactly(parts[1].split(","));
            assertThat(services.findValuesAsText("cause")).as(down).containsOnly(parts[2]);
            assertThat(HubCaller.json(call.get("/status")).path("code").asText())
                    .as("level 1 looks at nothing")
                    .isEqualTo("00");
        }
        hub.faults("axis").set(Fault.DOWN);
        assertThat(HubCaller.json(call.get("/status/services")).findValuesAsText("service"))
                .contains("axis");
        assertThat(HubCaller.json(call.get("/status")).path("code").asText()).isEqualTo("00");
    }
}
