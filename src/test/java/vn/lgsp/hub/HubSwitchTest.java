package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The switches of the simulators: each misbehaves as it is told, whoever tells it (wire-formats 12.1). */
final class HubSwitchTest extends HubUnderTest {
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

    @Test
    void what_the_forms_of_the_page_send_sets_settings_and_switches() throws Exception {
        assertThat(call.post(
                                "/hub/setting",
                                "simulator=security-server&name=fault-style&value=new",
                                "Content-Type",
                                HubCaller.FORM)
                        .statusCode())
                .isEqualTo(303);
        assertThat(hub.settings("security-server").get("fault-style")).isEqualTo("new");
        assertThat(call.get("/hub").body())
                .contains("<tr class=\"set\"><th scope=\"row\"><code>/security-server</code>");
        call.post("/hub/setting", "simulator=security-server&name=fault-style&value=", "Content-Type", HubCaller.FORM);
        assertThat(hub.settings("security-server").get("fault-style")).isEqualTo("legacy");
        for (String wrong : List.of(
                "simulator=security-server&name=fault-style&value=old",
                "simulator=security-server&name=nothing&value=1",
                "simulator=nobody&name=fault-style&value=new")) {
            assertThat(call.post("/hub/setting", wrong, "Content-Type", HubCaller.FORM)
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(call.post(
                                "/hub/setting",
                                "simulator=security-server&name=fault-style&value=new",
                                "Content-Type",
                                HubCaller.FORM,
                                "Origin",
                                "http://example.vn")
                        .statusCode())
                .isEqualTo(403);

        call.post(
                "/hub/switch",
                "simulator=ndxp&fault=down&value=&times=&operation=token",
                "Content-Type",
                HubCaller.FORM);
        assertThat(HubCaller.json(call.get("/hub/faults/ndxp"))
                        .at("/0/operation")
                        .asText())
                .isEqualTo("token");
        assertThat(call.get("/hub").body()).contains("down=before · token");
        assertThat(call.post("/hub/switch", "simulator=ndxp&fault=slow&times=x", "Content-Type", HubCaller.FORM)
                        .statusCode())
                .isEqualTo(400);
        assertThat(HubCaller.json(call.get("/hub/faults/ndxp")).findValuesAsText("fault"))
                .as("a wrong one changes nothing")
                .containsExactly("down");
    }

    @Test
    void a_switch_that_is_written_wrong_is_refused_in_words_and_not_guessed() throws Exception {
        for (String wrong : List.of(
                "{\"fault\":\"slow\",\"valeu\":\"30\"}",
                "{\"fault\":\"slow\",\"times\":1.5}",
                "{\"fault\":\"slow\",\"times\":\"2\"}",
                "{\"fault\":\"slow\",\"value\":\"soon\"}")) {
            HttpResponse<String> answer = call.send("PUT", "/hub/faults/ndxp", wrong.getBytes(UTF_8));
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(answer.body()).contains("write ").doesNotContain("[0-9]");
        }
        assertThat(hub.faults("ndxp").on()).isEmpty();
        assertThat(call.send("PUT", "/hub/settings/ndxp", "{\"token-life\":\"soon\"}".getBytes(UTF_8))
                        .body())
                .contains("write seconds from 1 to 999999");
    }

    @Test
    void two_hubs_do_not_keep_their_documents_in_one_folder(@TempDir Path folder) {
        try (Hub first = Hub.start(0, Clock.systemUTC(), Optional.of(folder))) {
            assertThat(first.port()).isPositive();
            assertThatThrownBy(() -> Hub.start(0, Clock.systemUTC(), Optional.of(folder)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another hub");
        }
        Hub.start(0, Clock.systemUTC(), Optional.of(folder)).close();
    }
}
