package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The document axis over the network, in both forms (wire-formats 12.1). */
final class AxisHubTest extends HubUnderTest {
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
        TIME.pass(Duration.ofSeconds(301));
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
        TIME.pass(Duration.ofSeconds(60));
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

    // ---- callers

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
}
