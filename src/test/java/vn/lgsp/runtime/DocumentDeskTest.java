package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.DeskCity.FAR;
import static vn.lgsp.runtime.DeskCity.ONE;
import static vn.lgsp.runtime.DeskCity.TWO;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.record.ExchangeRecord;

/** Document systems of agencies speak to the bus as to the document axis, in both forms (EXT-05, EXT-20). */
final class DocumentDeskTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String UPDATED =
            "<edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo><edXML:DocumentReceiver>0</edXML:DocumentReceiver></edXML:BussinessDocumentInfo>";

    @TempDir
    private static Path folder;

    private static DeskCity city;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        city = new DeskCity(folder);
        bus = city.bus().start();
    }

    @AfterAll
    static void stop() {
        bus.close();
        city.close();
    }

    private static JsonNode onlyItem(JsonNode list, String documentIdIn) {
        for (JsonNode item : list.path("data")) {
            JsonNode fetched = city.rest(
                    bus.port(), "/v1/getEdoc?docId=" + item.path("docId").asText());
            String packet = new String(
                    Base64.getDecoder().decode(fetched.at("/data/edxml").asText()), UTF_8);
            if (packet.contains(documentIdIn)) {
                return item;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private static JsonNode sentTo(String docId, String receiver) {
        for (JsonNode one : city.sdk(
                        bus.port(),
                        "/getSentEdocList",
                        Map.of("servicetype", "eDoc", "messagetype", "edoc", "docId", docId))
                .path("data")) {
            if (one.path("toCode").asText().equals(receiver)) {
                return one;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private static List<String> reports() {
        List<String> found = new java.util.ArrayList<>();
        city.sdk(bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "status"))
                .path("data")
                .forEach(one -> found.add(decoded(city.sdk(
                                bus.port(),
                                "/getEdoc",
                                Map.of("docId", one.path("docId").asText()))
                        .path("data"))));
        return found;
    }

    private static String decoded(JsonNode text) {
        return new String(Base64.getDecoder().decode(text.asText()), UTF_8);
    }

    @Test
    void a_document_flows_from_agency_to_agency_and_to_the_axis_and_states_flow_back() {
        String packet = EdocPackets.document(ONE, 11, TWO, FAR);
        JsonNode sent = city.sdkSend(bus.port(), "edoc", ONE, packet);
        assertThat(sent.path("status").asText()).as(sent.toString()).isEqualTo("OK");
        String docId = sent.path("DocId").asText();

        // the agency in the city, in the REST form
        JsonNode item = onlyItem(
                city.rest(
                        bus.port(),
                        "/v1/syncReceivedEdocList?messageType=edoc&fromDate=2026%2F01%2F01&toDate=2026%2F12%2F31"),
                EdocPackets.documentId(ONE, 11));
        assertThat(item.path("from").asText()).isEqualTo(ONE);
        assertThat(item.path("to").asText()).isEqualTo(TWO);
        assertThat(item.path("status").asText()).isEqualTo("initial");
        String entry = item.path("docId").asText();
        assertThat(decoded(city.rest(bus.port(), "/v1/getEdoc?docId=" + entry).at("/data/edxml")))
                .isEqualTo(packet);
        assertThat(city.restDone(bus.port(), entry, "processing")
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(city.restDone(bus.port(), entry, "done").path("success").asBoolean())
                .isTrue();
        assertThat(city.rest(bus.port(), "/v1/getEdoc?docId=" + entry)
                        .at("/data/errorCode")
                        .asText())
                .as("confirmed by its only receiver, so destroyed")
                .isEqualTo("21");

        // the organisation beyond the axis
        await().atMost(SOON).untilAsserted(() -> assertThat(city.axis.sent()).anySatisfy(doc -> {
            assertThat(doc.text()).isEqualTo(packet);
            assertThat(doc.to()).isEqualTo("[\"" + FAR + "\"]");
            assertThat(doc.from()).isEqualTo(ONE);
        }));
        assertThat(city.sdk(
                                bus.port(),
                                "/getSentEdocList",
                                Map.of("servicetype", "eDoc", "messagetype", "edoc", "docId", docId))
                        .path("data"))
                .extracting(one -> one.path("toCode").asText() + " "
                        + one.path("receiveStatus").asText())
                .containsExactly(FAR + " processing", TWO + " done");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        sentTo(docId, FAR).path("sendStatus").asText())
                .as("the axis has it")
                .isEqualTo("done"));

        // the agency reports, and so does the far organisation
        assertThat(city.restSend(bus.port(), "status", EdocPackets.status(TWO, ONE, 11, "03"))
                        .path("success")
                        .asBoolean())
                .isTrue();
        String far = city.axis.holds("status", ONE, EdocPackets.status(FAR, ONE, 11, "01"));
        assertThat(bus.post("/api/edoc-axis-collect/v1/collect", "application/json", "{}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(city.axis.told()).containsEntry(far, "done");
        assertThat(sentTo(docId, FAR).path("receiveStatus").asText())
                .as("who reports has it")
                .isEqualTo("done");
        assertThat(city.sdk(bus.port(), "/countReceiveStatus", Map.of("servicetype", "eDoc"))
                        .path("count")
                        .asInt())
                .isEqualTo(2);
        JsonNode reports =
                city.sdk(bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "status"));
        assertThat(reports.path("data"))
                .extracting(one -> decoded(city.sdk(
                                bus.port(),
                                "/getEdoc",
                                Map.of("docId", one.path("docId").asText()))
                        .path("data")))
                .containsExactly(EdocPackets.status(TWO, ONE, 11, "03"), EdocPackets.status(FAR, ONE, 11, "01"));
        for (JsonNode report : reports.path("data")) {
            assertThat(city.sdk(
                                    bus.port(),
                                    "/updateStatus",
                                    Map.of("docid", report.path("docId").asText(), "status", "done"))
                            .path("status")
                            .asText())
                    .isEqualTo("OK");
        }
        assertThat(city.sdk(bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "status"))
                        .path("data"))
                .isEmpty();
    }

    @Test
    void a_document_from_the_axis_waits_in_the_mailbox_of_its_receiver_and_is_there_once() {
        String packet = EdocPackets.document(FAR, 21, TWO);
        String first = city.axis.holds("edoc", TWO, packet);
        String again = city.axis.holds("edoc", TWO, packet);
        String nobody = city.axis.holds("edoc", "000.00.07.H99", EdocPackets.document(FAR, 22, "000.00.07.H99"));
        String broken = city.axis.holds("edoc", TWO, "<edXML");

        assertThat(bus.post("/api/edoc-axis-collect/v1/collect", "application/json", "{}")
                        .statusCode())
                .isEqualTo(200);

        assertThat(city.axis.told())
                .containsEntry(first, "done")
                .containsEntry(again, "done")
                .containsEntry(nobody, "fail")
                .containsEntry(broken, "fail");
        assertThat(city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc")
                        .path("data"))
                .filteredOn(item -> item.path("from").asText().equals(FAR))
                .hasSize(1);
    }

    @Test
    void a_packet_that_is_sent_again_has_the_id_of_the_first_time_and_another_one_under_its_name_is_refused() {
        String packet = EdocPackets.document(ONE, 31, TWO);
        String id = city.sdkSend(bus.port(), "edoc", ONE, packet).path("DocId").asText();

        assertThat(city.sdkSend(bus.port(), "edoc", ONE, packet).path("DocId").asText())
                .isEqualTo(id);
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, packet.replace("Công văn", "Công điện"))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("10");
    }

    @Test
    void revocation_update_and_replacement_reach_the_receiver_too() {
        String replacement =
                "<edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:DocumentId>%s</edXML:DocumentId><edXML:OrganIdList><edXML:OrganId>%s</edXML:OrganId></edXML:OrganIdList></edXML:ReplacementInfo></edXML:ReplacementInfoList>"
                        .formatted(EdocPackets.documentId(ONE, 41), TWO);
        assertThat(List.of(
                        EdocPackets.document(ONE, 41, TWO),
                        EdocPackets.document(ONE, 41, 1, "", List.of(TWO)),
                        EdocPackets.document(ONE, 41, 2, UPDATED, List.of(TWO)),
                        EdocPackets.document(ONE, 41, 2, UPDATED.replace(">0<", ">1<"), List.of(TWO)),
                        EdocPackets.document(ONE, 42, 3, replacement, List.of(TWO))))
                .allSatisfy(packet -> {
                    JsonNode answer = city.sdkSend(bus.port(), "edoc", ONE, packet);
                    assertThat(answer.path("status").asText())
                            .as(answer.toString())
                            .isEqualTo("OK");
                });

        List<String> got = new java.util.ArrayList<>();
        city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc")
                .path("data")
                .forEach(item -> got.add(decoded(city.rest(
                                bus.port(),
                                "/v1/getEdoc?docId=" + item.path("docId").asText())
                        .at("/data/edxml"))));
        assertThat(got.stream().filter(packet -> packet.contains(",41/VP</edXML:DocumentId><edXML:Code>")))
                .hasSize(4);
        assertThat(got).anyMatch(packet -> packet.contains("ReplacementInfo"));
    }

    @Test
    void a_call_that_is_not_signed_as_it_says_is_refused_and_recorded_and_keeps_nothing() {
        byte[] list = "{}".getBytes(UTF_8);
        Map<String, String> what = Map.of("servicetype", "eDoc", "messagetype", "edoc");
        Instant now = Instant.now();
        List<JsonNode> refused = List.of(
                city.sdk(
                        bus.port(),
                        "/getReceivedEdocList",
                        what,
                        list,
                        now,
                        all -> all.put("XroadVnpt-messagetype", "status")),
                city.sdk(bus.port(), "/getReceivedEdocList", what, list, now, all -> all.put("XroadVnpt-docId", "1")),
                city.sdk(
                        bus.port(),
                        "/getReceivedEdocList",
                        what,
                        list,
                        now,
                        all -> all.remove("XroadVnpt-messagetype")),
                city.sdk(
                        bus.port(),
                        "/getReceivedEdocList",
                        what,
                        list,
                        now,
                        all -> all.put("XroadVnpt-hash-header", "00")),
                city.sdk(
                        bus.port(),
                        "/getReceivedEdocList",
                        what,
                        list,
                        now,
                        all -> all.put("XroadVnpt-systemid", "SYS-SO-2")),
                city.sdk(bus.port(), "/getReceivedEdocList", what, list, now.minusSeconds(400), all -> {}),
                city.sdk(bus.port(), "/getReceivedEdocList", what, list, now.plusSeconds(400), all -> {}));

        assertThat(refused).allSatisfy(answer -> {
            assertThat(answer.path("status").asText()).isEqualTo("FAIL");
            assertThat(answer.path("ErrorCode").asText()).isEqualTo("15");
        });
        assertThat(city.sdk(bus.port(), "/getReceivedEdocList", what, list, now.minusSeconds(200), all -> {})
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        assertThat(city.rest(bus.port(), "GET", "/v1/syncReceivedEdocList?messageType=edoc", "", "", "another")
                        .at("/data/errorCode")
                        .asText())
                .isEqualTo("15");
        assertThat(bus.records())
                .filteredOn(record -> record.toString().contains("consumer-unknown"))
                .extracting(ExchangeRecord::toString)
                .anyMatch(text -> text.contains("AXIS SDK"))
                .anyMatch(text -> text.contains("AXIS REST"))
                .noneMatch(text -> text.contains(DeskCity.SECRET));
    }

    @Test
    void
            a_packet_that_is_not_what_was_signed_or_not_the_senders_own_or_no_packet_is_refused_with_the_code_of_the_axis() {
        byte[] packet = EdocPackets.document(ONE, 51, TWO).getBytes(UTF_8);
        Map<String, String> said =
                Map.of("from", ONE, "servicetype", "eDoc", "messagetype", "edoc", "hash-file", DeskCity.padded(packet));
        byte[] other = EdocPackets.document(ONE, 52, TWO).getBytes(UTF_8);
        byte[] lineBreak = (EdocPackets.document(ONE, 51, TWO) + "\r\n").getBytes(UTF_8);

        assertThat(city.sdk(bus.port(), "/sendEdoc", said, other, Instant.now(), all -> {})
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("10");
        JsonNode taken = city.sdk(bus.port(), "/sendEdoc", said, lineBreak, Instant.now(), all -> {});
        assertThat(taken.path("status").asText()).as(taken.toString()).isEqualTo("OK");
        assertThat(city.sdkSend(bus.port(), "edoc", TWO, EdocPackets.document(TWO, 53, ONE))
                        .path("ErrorCode")
                        .asText())
                .as("the organisation is another system's")
                .isEqualTo("19");
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, "<khong-phai-edxml/>")
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("22");
        assertThat(city.sdkSend(bus.port(), "status", ONE, EdocPackets.document(ONE, 54, TWO))
                        .path("ErrorCode")
                        .asText())
                .as("a document sent as a report")
                .isEqualTo("22");
        assertThat(city.restSend(bus.port(), "edoc", "x").at("/data/errorCode").asText())
                .isEqualTo("22");
        assertThat(city.restSend(bus.port(), "edoc", EdocPackets.document(TWO, 55, FAR))
                        .at("/data/errorCode")
                        .asText())
                .as("no grant to send to the axis")
                .isEqualTo("19");
    }

    @Test
    void a_signed_call_carries_nothing_that_its_signature_does_not_cover() {
        Instant now = Instant.now();
        byte[] packet = EdocPackets.document(ONE, 71, TWO).getBytes(UTF_8);
        Map<String, String> list = Map.of("servicetype", "eDoc", "messagetype", "edoc");
        String hash = AxisStub.unpadded("{}".getBytes(UTF_8));

        assertThat(city.sdk(bus.port(), "/sendEdoc", list, packet, now, all -> {})
                        .path("ErrorCode")
                        .asText())
                .as("no hash of the packet was signed")
                .isEqualTo("15");
        assertThat(city.sdk(
                                bus.port(),
                                "/v1/updateStatus",
                                list,
                                "{\"docId\":\"1\",\"status\":\"done\"}".getBytes(UTF_8),
                                now,
                                all -> {})
                        .path("ErrorCode")
                        .asText())
                .as("content of the other form")
                .isEqualTo("15");
        assertThat(city.sdk(bus.port(), "/v1/getEdoc?docId=1", list)
                        .path("ErrorCode")
                        .asText())
                .as("parameters in the address")
                .isEqualTo("15");
        assertThat(city.sdk(
                                bus.port(),
                                "/v1/updateStatus",
                                Map.of("hash-file", hash),
                                "{\"docId\":\"1\",\"status\":\"done\"}".getBytes(UTF_8),
                                now,
                                all -> {})
                        .path("ErrorCode")
                        .asText())
                .as("other content than was signed")
                .isEqualTo("10");
    }

    private static JsonNode registers(String system, String content) {
        return city.sdk(
                bus.port(),
                "/registerAgency",
                Map.of("systemid", system),
                content.getBytes(UTF_8),
                Instant.now(),
                all -> {});
    }

    private static JsonNode unit(String code) {
        for (JsonNode one :
                city.sdk(bus.port(), "/getSynchronizeUnit", Map.of()).path("data")) {
            if (one.path("code").asText().equals(code)) {
                return one;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    @Test
    void an_organisation_that_a_system_registers_has_its_mailbox_when_an_operator_has_agreed_and_until_it_is_deleted() {
        String five = "000.00.05.H99";
        String asks = "{\"id\":9905,\"pcode\":\"000.00.00.H99\",\"code\":\"" + five
                + "\",\"name\":\"Chi cục Thử\",\"mail\":\"chicuc@example.vn\",\"mobile\":\"\",\"fax\":\"\"}";
        int operators = bus.bus().managementPort();

        JsonNode asked = registers("SYS-SO-1", asks);
        assertThat(asked.path("status").asText()).as(asked.toString()).isEqualTo("OK");
        assertThat(asked.path("ErrorDesc").asText()).contains("cho phe duyet");
        assertThat(unit(five).isMissingNode()).as("nobody has agreed").isTrue();
        assertThat(city.sdkSend(bus.port(), "edoc", five, EdocPackets.document(five, 201, TWO))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("19");
        assertThat(registers("SYS-SO-2", asks).path("ErrorCode").asText())
                .as("another system asks for it")
                .isEqualTo("19");
        assertThat(registers("SYS-SO-2", asks.replace(five, ONE))
                        .path("ErrorCode")
                        .asText())
                .as("the registry says whose it is")
                .isEqualTo("19");
        assertThat(List.of(
                        "",
                        "{}",
                        "[]",
                        "{\"code\":" + "9".repeat(2_000) + "}",
                        asks.replace(five, "mã có dấu"),
                        asks.replace("Chi cục Thử", " "),
                        asks.replace("Thử", "\\u009b31mThử"),
                        asks.replace("Thử", "\\u202eửhT")))
                .allSatisfy(wrong -> assertThat(
                                registers("SYS-SO-1", wrong).path("ErrorCode").asText())
                        .isEqualTo("21"));
        assertThat(registers("SYS-SO-1", "x".repeat(5_000)).path("ErrorCode").asText())
                .as("more than anybody registers")
                .isEqualTo("15");

        assertThat(List.of("/agencies?status=asked", "/agencies?limit=0")).allSatisfy(wrong -> assertThat(
                        city.operator(operators, "looker", "GET", wrong).statusCode())
                .isEqualTo(400));
        JsonNode waits = TestBus.json(city.operator(operators, "looker", "GET", "/agencies?state=asked"));
        assertThat(waits).singleElement().satisfies(one -> {
            assertThat(one.path("system").asText()).isEqualTo("so-mot");
            assertThat(one.path("code").asText()).isEqualTo(five);
        });
        String id = waits.at("/0/agency").asText();
        assertThat(city.operator(operators, "looker", "POST", "/agencies/" + id + "/approve")
                        .statusCode())
                .isEqualTo(403);
        assertThat(TestBus.json(city.operator(operators, "operator", "POST", "/agencies/" + id + "/approve?reason=nam"))
                        .path("state")
                        .asText())
                .isEqualTo("in-force");
        assertThat(city.operator(operators, "operator", "POST", "/agencies/" + id + "/refuse?reason=nam")
                        .statusCode())
                .isEqualTo(404);

        assertThat(registers("SYS-SO-1", asks).path("ErrorDesc").asText()).isEqualTo("Thanh cong");
        assertThat(city.sdkSend(bus.port(), "edoc", five, EdocPackets.document(five, 202, TWO))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        assertThat(city.restSend(bus.port(), "edoc", EdocPackets.document(TWO, 203, five))
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(unit(five))
                .hasToString("{\"id\":\"9905\",\"pid\":\"000.00.00.H99\",\"code\":\"" + five
                        + "\",\"name\":\"Chi cục Thử\",\"mail\":\"chicuc@example.vn\",\"oldCode\":\"\",\"code102\":\""
                        + five + "\",\"version\":\"1\",\"centerCode\":\"so-mot\",\"deleted\":false,\"modifyDate\":\""
                        + unit(five).path("modifyDate").asText() + "\",\"isAgency\":true}");
        assertThat(unit(five).path("modifyDate").asText()).matches("[0-9/]{10} [0-9:]{8}");
        assertThat(city.sdk(bus.port(), "/getAgenciesList", Map.of()).path("data"))
                .extracting(one -> one.path("code").asText())
                .contains(five);

        assertThat(city.sdk(bus.port(), "/deleteAgency", Map.of("AgencyCode", five, "systemid", "SYS-SO-2"))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("18");
        assertThat(city.sdk(bus.port(), "/deleteAgency", Map.of("AgencyCode", ONE))
                        .path("ErrorCode")
                        .asText())
                .as("operators have registered it")
                .isEqualTo("18");
        assertThat(city.sdk(bus.port(), "/deleteAgency", Map.of("AgencyCode", five))
                        .path("status")
                        .asText())
                .isEqualTo("OK");
        assertThat(unit(five).path("deleted").asBoolean()).isTrue();
        assertThat(city.sdkSend(bus.port(), "edoc", five, EdocPackets.document(five, 204, TWO))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("19");
        assertThat(received(five, 203)).as("what waits there is still its").isEqualTo(1);
        assertThat(TestBus.json(city.operator(operators, "operator", "GET", "/agencies"))
                        .at("/0/state")
                        .asText())
                .isEqualTo("ended");
    }

    private static java.net.http.HttpResponse<String> logsIn(
            String user, String password, Map<String, String> headers) {
        return city.rest(
                bus.port(),
                "/v1/auth/login?allow_anonymous=true",
                "{\"username\":\"" + user + "\",\"password\":\"" + password
                        + "\",\"applicationCode\":\"van-thu\",\"otp\":\"\",\"twoFactorProvider\":\"\",\"typeObjs\":[0,1]}",
                headers);
    }

    private static String token(String user) {
        JsonNode said = TestBus.json(logsIn(user, DeskCity.PASSWORD, Map.of()));
        assertThat(said.path("code").asInt()).as(said.toString()).isEqualTo(200);
        return said.at("/data/token").asText();
    }

    private static java.net.http.HttpResponse<String> lists(String systemId, String token) {
        Map<String, String> headers =
                new java.util.HashMap<>(Map.of("X-SystemId", systemId, "X-SecretKey", DeskCity.SECRET));
        if (!token.isEmpty()) {
            headers.put("Authorization", "Bearer " + token);
        }
        return city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc", "", headers);
    }

    @Test
    void a_login_gives_a_token_that_counts_as_long_as_the_registry_says_and_for_its_account_alone() {
        String lasting = token("so-hai-b");
        String brief = token("van-thu-so-hai");

        assertThat(lists("SYS-SO-2B", lasting).body()).contains("\"success\":true");
        assertThat(lists("SYS-SO-2", "").body()).as("its account needs none").contains("\"success\":true");
        assertThat(List.of(
                        lists("SYS-SO-2B", ""),
                        lists("SYS-SO-2", lasting),
                        lists("SYS-SO-2B", "khong-phai-token"),
                        lists("SYS-SO-2B", lasting.substring(1) + "A")))
                .allSatisfy(refused -> {
                    assertThat(refused.statusCode()).isEqualTo(401);
                    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                    assertThat(TestBus.json(refused).path("success").asBoolean(true))
                            .isFalse();
                    assertThat(TestBus.json(refused).at("/data/errorCode").asText())
                            .isEqualTo("15");
                });
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(lists("SYS-SO-2", brief).statusCode()).isEqualTo(401));
        assertThat(bus.records())
                .extracting(ExchangeRecord::toString)
                .anyMatch(text -> text.contains("AXIS LOGIN") && text.contains("so-hai-dang-nhap"))
                .anyMatch(text -> text.contains("login-needed"))
                .noneMatch(text -> text.contains(lasting) || text.contains(DeskCity.PASSWORD));
    }

    @Test
    void a_login_with_another_password_is_refused_in_its_own_envelope_and_guessing_is_slowed_down() {
        java.net.http.HttpResponse<String> wrong = logsIn("nguoi-la", "x", Map.of());
        assertThat(wrong.statusCode()).isEqualTo(200);
        assertThat(TestBus.json(wrong).path("code").asInt()).isEqualTo(401);
        assertThat(TestBus.json(wrong).at("/data/token").isMissingNode()).isTrue();
        assertThat(TestBus.json(wrong).path("message").asText()).startsWith("consumer-unknown");
        assertThat(TestBus.json(logsIn(
                                "so-hai-b", DeskCity.PASSWORD, Map.of("X-SystemId", "SYS-SO-1", "X-SecretKey", "x")))
                        .path("code")
                        .asInt())
                .as("a pair that is another's")
                .isEqualTo(401);
        assertThat(TestBus.json(city.rest(bus.port(), "/v1/auth/login", "[]", Map.of()))
                        .path("code")
                        .asInt())
                .isEqualTo(400);
        assertThat(TestBus.json(city.rest(
                                bus.port(), "/v1/auth/login", "{\"password\":\"" + "x".repeat(5_000) + "\"}", Map.of()))
                        .path("code")
                        .asInt())
                .isEqualTo(413);

        token("so-hai-b");
        for (int i = 0; i < 5; i++) {
            assertThat(logsIn("so-hai-b", "x", Map.of()).body()).contains("no account in force");
        }
        assertThat(logsIn("so-hai-b", DeskCity.PASSWORD, Map.of()).body())
                .as("nobody learns who logs in here")
                .isEqualTo(wrong.body());
        assertThat(logsIn(
                                "so-hai-b",
                                DeskCity.PASSWORD,
                                Map.of("X-SystemId", "SYS-SO-2B", "X-SecretKey", DeskCity.SECRET))
                        .body())
                .as("nobody without the pair locks out who has it")
                .contains("\"code\":200");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        logsIn("so-hai-b", DeskCity.PASSWORD, Map.of()).body())
                .contains("\"code\":200"));
        assertThat(bus.records())
                .filteredOn(record -> record.toString().contains("AXIS LOGIN"))
                .extracting(ExchangeRecord::toString)
                .anyMatch(text -> text.contains("consumer-unknown"))
                .noneMatch(text -> text.contains(DeskCity.PASSWORD));
    }

    @Test
    void a_call_without_a_packet_is_refused_as_the_callers_mistake() {
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, "").path("ErrorCode").asText())
                .isEqualTo("22");
        assertThat(city.rest(
                                bus.port(),
                                "POST",
                                "/v1/sendEdoc",
                                "multipart/form-data; boundary=bien",
                                "",
                                DeskCity.SECRET)
                        .at("/data/errorCode")
                        .asText())
                .isEqualTo("22");
        assertThat(bus.records()).noneMatch(record -> record.toString().contains("bus-failed"));
    }

    @Test
    void a_call_that_shows_two_credentials_is_refused_whoever_they_belong_to() {
        Map<String, String> list = Map.of("servicetype", "eDoc", "messagetype", "edoc");
        byte[] nothing = "{}".getBytes(UTF_8);
        assertThat(List.of(
                        city.sdk(
                                bus.port(),
                                "/getReceivedEdocList",
                                list,
                                nothing,
                                Instant.now(),
                                all -> all.put("X-Api-Key", "key-so-hai")),
                        city.sdk(bus.port(), "/getReceivedEdocList", list, nothing, Instant.now(), all -> {
                            all.put("X-SystemId", "SYS-SO-2");
                            all.put("X-SecretKey", DeskCity.SECRET);
                        })))
                .extracting(answer -> answer.path("ErrorCode").asText())
                .containsOnly("22");
        assertThat(bus.send(bus.request("/api/edoc-document-desk/v1/v1/syncReceivedEdocList?messageType=edoc")
                                .header("X-SystemId", "SYS-SO-2")
                                .header("X-SecretKey", DeskCity.SECRET)
                                .GET()
                                .build())
                        .body())
                .contains("two credentials");
        assertThat(bus.send(bus.request("/api/edoc-document-desk/v1/v1/syncReceivedEdocList?messageType=edoc")
                                .header("X-SystemId", "SYS-SO-2")
                                .header("Authorization", "Bearer any-token")
                                .GET()
                                .build())
                        .body())
                .as("a token is a credential too")
                .contains("two credentials");
    }

    @Test
    void a_system_sends_to_the_axis_for_its_own_organisations_only_also_past_the_desk() {
        String slip = "application/octet-stream; from=\"" + ONE + "\"; to=\"" + FAR + "\"; messageType=\"edoc\"";
        String packet = EdocPackets.document(ONE, 91, FAR);
        int sentBefore = city.axis.sent().size();

        assertThat(forwarded(slip.replace(ONE, TWO), EdocPackets.document(TWO, 91, FAR))
                        .statusCode())
                .as("in the name of another")
                .isEqualTo(403);
        assertThat(List.of(
                        forwarded(slip.replace(ONE, TWO), packet),
                        forwarded(slip.replace("edoc\"", "status\""), packet),
                        forwarded(slip.replace(FAR, "000.00.01.H97"), packet),
                        forwarded("application/octet-stream", packet),
                        forwarded(slip, ""),
                        forwarded(slip, "khong phai goi tin")))
                .extracting(HttpResponse::statusCode)
                .containsOnly(400);
        assertThat(forwarded(slip, packet).statusCode()).isEqualTo(202);

        await().atMost(SOON).untilAsserted(() -> assertThat(city.axis.sent())
                .anyMatch(doc -> doc.text().equals(packet)));
        assertThat(city.axis.sent().stream().skip(sentBefore))
                .noneMatch(doc -> doc.from().equals(TWO))
                .noneMatch(doc -> doc.text().contains("khong phai"));
    }

    private static HttpResponse<String> forwarded(String type, String packet) {
        return bus.send(HttpRequest.newBuilder(bus.uri("/api/edoc-axis-forward/v1/documents"))
                .header("X-Api-Key", "key-so-mot")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(packet))
                .build());
    }

    @Test
    void names_of_headers_have_no_case_and_parameters_that_nobody_knows_count_for_nothing() {
        city.sdkSend(bus.port(), "edoc", TWO, EdocPackets.document(TWO, 401, ONE)); // not the caller's: refused
        assertThat(city.restSend(bus.port(), "edoc", EdocPackets.document(TWO, 401, ONE))
                        .path("success")
                        .asBoolean())
                .isTrue();
        JsonNode waits = city.sdk(
                bus.port(),
                "/getReceivedEdocList",
                Map.of("servicetype", "eDoc", "messagetype", "edoc", "filePath", "/tmp/van-ban.edxml"));
        String id = "";
        for (JsonNode one : waits.path("data")) {
            JsonNode fetched = city.sdk(
                    bus.port(),
                    "/getEdoc",
                    Map.of("docid", one.path("docId").asText(), "filePath", "/tmp/van-ban.edxml"),
                    "{}".getBytes(UTF_8),
                    Instant.now(),
                    DocumentDeskTest::inOtherCase);
            assertThat(fetched.path("status").asText()).as(fetched.toString()).isEqualTo("OK");
            if (decoded(fetched.path("data")).contains(EdocPackets.documentId(TWO, 401))) {
                id = one.path("docId").asText();
                assertThat(one.properties())
                        .extracting(Map.Entry::getKey)
                        .containsExactlyInAnyOrder(
                                "docId",
                                "serviceType",
                                "messageType",
                                "created_time",
                                "updated_time",
                                "from",
                                "to",
                                "status",
                                "status_desc");
            }
        }
        assertThat(city.sdk(
                                bus.port(),
                                "/updateStatus",
                                Map.of("docId", id, "status", "done"),
                                "{}".getBytes(UTF_8),
                                Instant.now(),
                                DocumentDeskTest::inOtherCase)
                        .path("status")
                        .asText())
                .isEqualTo("OK");
    }

    /** As another HTTP client would write them. */
    private static void inOtherCase(Map<String, String> headers) {
        Map<String, String> all = new java.util.LinkedHashMap<>(headers);
        headers.clear();
        all.forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
    }

    @Test
    void a_packet_of_the_rest_form_comes_with_its_head_and_its_attachments_and_is_listed_by_days() throws Exception {
        String packet = java.nio.file.Files.readString(Path.of("docs/reference/edxml/document.edxml"))
                .replace("000.00.00.H99", ONE)
                .replace("000.00.02.H99", TWO);
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, packet).path("status").asText())
                .isEqualTo("OK");
        java.time.LocalDate today =
                java.time.LocalDate.ofInstant(Instant.now(), java.time.ZoneId.of("Asia/Ho_Chi_Minh"));
        String list = "/v1/syncReceivedEdocList?messageType=edoc";
        String day = today.toString().replace("-", "%2F");
        String before = today.minusDays(1).toString().replace("-", "%2F");
        String after = today.plusDays(1).toString().replace("-", "%2F");

        JsonNode all = city.rest(bus.port(), list + "&fromDate=" + before + "&toDate=" + after);
        assertThat(all.path("count").asInt()).isPositive();
        assertThat(all.at("/data/0").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "serviceType",
                        "messageType",
                        "docId",
                        "from",
                        "to",
                        "status",
                        "statusDesc",
                        "createdTime",
                        "updatedTime");
        assertThat(city.rest(bus.port(), list + "&toDate=" + before)
                        .path("count")
                        .asInt())
                .isZero();
        assertThat(city.rest(bus.port(), list + "&fromDate=" + after)
                        .path("count")
                        .asInt())
                .isZero();
        assertThat(city.rest(bus.port(), list + "&fromDate=2026-01-15")
                        .at("/data/errorCode")
                        .asText())
                .isEqualTo("21");
        assertThat(city.rest(bus.port(), list + "&fromDate=0000%2F01%2F01&toDate=9999%2F12%2F31")
                        .path("count")
                        .asInt())
                .isPositive();
        assertThat(city.rest(bus.port(), list + "&fromDate=" + day)
                        .path("success")
                        .asBoolean())
                .isTrue();

        JsonNode data = com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        for (JsonNode one : all.path("data")) {
            JsonNode fetched = city.rest(
                            bus.port(), "/v1/getEdoc?docId=" + one.path("docId").asText())
                    .path("data");
            if (fetched.path("attachments").size() > 0) {
                data = fetched;
            }
        }
        assertThat(decoded(data.path("edxml"))).isEqualTo(packet);
        assertThat(data.path("from").asText()).isEqualTo(ONE);
        assertThat(data.path("fromName").asText()).isNotBlank();
        assertThat(packet)
                .contains(
                        data.path("fromName").asText(),
                        data.path("edocAbstract").asText());
        assertThat(data.path("edocCode").asText()).isEqualTo("12/UBND-VP");
        assertThat(data.path("attachments")).singleElement().satisfies(file -> assertThat(
                        file.path("fileName").asText() + " " + decoded(file.path("fileContent")))
                .isEqualTo("mau.txt noi dung thu"));

        JsonNode refused = city.restDone(bus.port(), "khong-co", "done");
        assertThat(refused.path("data").properties())
                .extracting(Map.Entry::getKey)
                .contains("docId", "status", "errorCode", "errorDesc");
    }

    @Test
    void what_became_of_a_packet_has_every_member_that_the_axis_gives() {
        String docId = city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 402, TWO))
                .path("DocId")
                .asText();
        assertThat(sentTo(docId, TWO).properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "serviceType",
                        "messageType",
                        "title",
                        "notation",
                        "fromCode",
                        "toCode",
                        "senderDocId",
                        "receiverDocId",
                        "sentTime",
                        "receivedTime",
                        "sendStatus",
                        "sendStatusDesc",
                        "receiveStatus",
                        "receiveStatusDesc");
    }

    @Test
    void nobody_takes_the_document_id_of_another_sender() {
        String squatter = EdocPackets.document(TWO, 81, TWO)
                .replace(EdocPackets.documentId(TWO, 81), EdocPackets.documentId(ONE, 81));
        assertThat(city.restSend(bus.port(), "edoc", squatter).path("success").asBoolean())
                .isTrue();

        JsonNode sent = city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 81, TWO));

        assertThat(sent.path("status").asText()).as(sent.toString()).isEqualTo("OK");
    }

    @Test
    void nobody_reads_or_confirms_what_is_anothers() {
        city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 61, TWO));
        JsonNode item = onlyItem(
                city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc"), EdocPackets.documentId(ONE, 61));
        String id = item.path("docId").asText();

        assertThat(city.sdk(bus.port(), "/getEdoc", Map.of("docId", id))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("21");
        assertThat(city.sdk(bus.port(), "/updateStatus", Map.of("docid", id, "status", "done"))
                        .path("ErrorCode")
                        .asText())
                .isEqualTo("21");
        assertThat(city.restDone(bus.port(), id, "99").at("/data/errorCode").asText())
                .isEqualTo("21");
        assertThat(city.restDone(bus.port(), id, "done").path("success").asBoolean())
                .isTrue();
        assertThat(city.restDone(bus.port(), id, "fail").at("/data/errorCode").asText())
                .as("what is done stays so")
                .isEqualTo("21");
    }

    @Test
    void nobody_has_a_packet_of_which_a_part_was_refused_and_its_sender_may_mend_it() {
        assertThat(city.restSend(bus.port(), "edoc", EdocPackets.document(TWO, 56, ONE, FAR))
                        .at("/data/errorCode")
                        .asText())
                .as("no grant to send to the axis")
                .isEqualTo("19");
        assertThat(received(ONE, 56)).as("not even its receiver in the city").isZero();

        assertThat(city.restSend(bus.port(), "edoc", EdocPackets.document(TWO, 56, ONE))
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(received(ONE, 56)).isEqualTo(1);
        assertThat(city.axis.sent()).noneMatch(doc -> doc.text().contains(EdocPackets.documentId(TWO, 56)));
    }

    @Test
    void a_mended_packet_is_refused_for_those_who_have_the_first_with_what_to_do_and_goes_to_the_others() {
        String near = "000.00.08.H98";
        String far = "000.00.09.H98";
        // somebody holds the message id of the second hand-on, so that is refused when the first is accepted
        String key = vn.lgsp.message.Sha256.hex(vn.lgsp.edoc.DeduplicationKey.of(
                                EdocPackets.documentId(ONE, 301),
                                new vn.lgsp.edoc.OrganId(far),
                                vn.lgsp.edoc.BusinessType.NEW)
                        .text()
                + ONE);
        assertThat(bus.send(java.net.http.HttpRequest.newBuilder(bus.uri("/api/edoc-axis-forward/v1/documents"))
                                .header("X-Api-Key", "key-so-mot")
                                .header("Idempotency-Key", "edoc:" + key)
                                .header(
                                        "Content-Type",
                                        "application/octet-stream;from=" + ONE + ";to=" + far + ";messageType=edoc")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                        EdocPackets.document(ONE, 302, far)))
                                .build())
                        .statusCode())
                .isEqualTo(202);
        String packet = EdocPackets.document(ONE, 301, TWO, near, far);
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, packet).path("status").asText())
                .isEqualTo("FAIL");
        assertThat(onlyItem(
                                city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc"),
                                EdocPackets.documentId(ONE, 301))
                        .isMissingNode())
                .as("nobody in the city has it")
                .isTrue();

        JsonNode refused = city.sdkSend(bus.port(), "edoc", ONE, packet.replace("V/v", "Về việc"));
        assertThat(refused.path("ErrorCode").asText()).isEqualTo("10");
        assertThat(refused.path("ErrorDesc").asText())
                .contains("for " + near + ":", "BussinessDocType 2 or 3")
                .doesNotContain(far, TWO);

        assertThat(city.sdkSend(
                                bus.port(),
                                "edoc",
                                ONE,
                                EdocPackets.document(ONE, 301, TWO).replace("V/v", "Về việc"))
                        .path("status")
                        .asText())
                .as("whoever has none")
                .isEqualTo("OK");
        assertThat(city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 301, 2, UPDATED, List.of(near)))
                        .path("status")
                        .asText())
                .as("an update, to whom has the first")
                .isEqualTo("OK");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        city.axis.sent().stream().filter(doc -> doc.text().contains(EdocPackets.documentId(ONE, 301))))
                .hasSize(2));
    }

    private static long received(String receiver, int number) {
        long found = 0;
        for (JsonNode one : city.sdk(
                        bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "edoc"))
                .path("data")) {
            if (one.path("to").asText().equals(receiver)
                    && decoded(city.sdk(
                                            bus.port(),
                                            "/getEdoc",
                                            Map.of("docId", one.path("docId").asText()))
                                    .path("data"))
                            .contains(EdocPackets.documentId(TWO, number))) {
                found++;
            }
        }
        return found;
    }

    @Test
    void what_the_axis_refuses_for_good_is_told_to_the_sender_in_its_list() {
        String nobody = "000.00.07.H98";
        city.axis.misbehaves(request -> request.path().equals("/sendEdoc")
                && String.valueOf(request.getHeader("XroadVnpt-to")).contains(nobody)
                && AxisCity.says(request, "{\"status\":\"FAIL\",\"ErrorCode\":\"18\",\"ErrorDesc\":\"no\"}"));

        String docId = city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 95, nobody))
                .path("DocId")
                .asText();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(sentTo(docId, nobody).path("sendStatus").asText()).isEqualTo("fail");
            assertThat(sentTo(docId, nobody).path("receiveStatus").asText()).isEqualTo("fail");
        });
        city.axis.misbehaves(request -> false);
    }

    @Test
    void a_code_of_two_digits_in_place_of_a_state_becomes_a_report_to_the_sender() {
        city.sdkSend(bus.port(), "edoc", ONE, EdocPackets.document(ONE, 96, TWO));
        String entry = onlyItem(
                        city.rest(bus.port(), "/v1/syncReceivedEdocList?messageType=edoc"),
                        EdocPackets.documentId(ONE, 96))
                .path("docId")
                .asText();

        assertThat(city.restDone(bus.port(), entry, "03").path("success").asBoolean())
                .isTrue();
        assertThat(city.restDone(bus.port(), entry, "03").path("success").asBoolean())
                .isTrue();

        assertThat(reports())
                .filteredOn(report -> report.contains(EdocPackets.documentId(ONE, 96)))
                .as("told twice, reported once")
                .singleElement()
                .asString()
                .contains("<edXML:StatusCode>03</edXML:StatusCode>", TWO);
        assertThat(city.restDone(bus.port(), entry, "done").path("success").asBoolean())
                .isTrue();
        assertThat(city.restDone(bus.port(), entry, "06").at("/data/errorCode").asText())
                .as("what is destroyed cannot be reported on")
                .isEqualTo("21");

        // a document from outside: it is downloaded as it is, and its report goes out by the axis
        String axisId = city.axis.holds("edoc", ONE, EdocPackets.document(FAR, 97, ONE));
        assertThat(bus.post("/api/edoc-axis-collect/v1/collect", "application/json", "{}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(city.axis.told()).containsEntry(axisId, "done");
        JsonNode waits =
                city.sdk(bus.port(), "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "edoc"));
        for (JsonNode one : waits.path("data")) {
            if (one.path("from").asText().equals(FAR)) {
                assertThat(city.download(bus.port(), one.path("docId").asText()))
                        .isEqualTo(EdocPackets.document(FAR, 97, ONE));
                assertThat(city.sdk(
                                        bus.port(),
                                        "/updateStatus",
                                        Map.of("docid", one.path("docId").asText(), "status", "05"))
                                .path("status")
                                .asText())
                        .isEqualTo("OK");
            }
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(city.axis.sent()).anySatisfy(doc -> {
            assertThat(doc.type()).isEqualTo("status");
            assertThat(doc.text()).contains("<edXML:StatusCode>05</edXML:StatusCode>", EdocPackets.documentId(FAR, 97));
        }));
    }

    @Test
    void each_partner_reads_codes_in_the_notation_that_is_set_for_it(@TempDir Path own) throws Exception {
        String table = "transforms/_codes/organisation.codes.yaml";
        try (DeskCity other = new DeskCity(own);
                TestBus there = other.bus()
                        .write(table, java.nio.file.Files.readString(Path.of(table)))
                        .setting("lgsp.edoc.notations", "axis-sdk=qd20, so-hai=qd20")
                        .start()) {
            assertThat(other.sdkSend(there.port(), "edoc", ONE, EdocPackets.document(ONE, 11, TWO, FAR))
                            .path("status")
                            .asText())
                    .isEqualTo("OK");

            JsonNode item = other.rest(there.port(), "/v1/syncReceivedEdocList?messageType=edoc")
                    .at("/data/0");
            assertThat(item.path("from").asText()).isEqualTo("H99.01");
            assertThat(other.sdk(
                                    there.port(),
                                    "/registerAgency",
                                    Map.of("systemid", "SYS-SO-2"),
                                    "{\"code\":\"h99.01\",\"name\":\"Sở Thử nghiệm\"}".getBytes(UTF_8),
                                    Instant.now(),
                                    all -> {})
                            .path("ErrorCode")
                            .asText())
                    .as("it is another system's in the other notation")
                    .isEqualTo("19");
            assertThat(other.sdk(there.port(), "/getAgenciesListQD20", Map.of("level", "1"))
                            .path("data"))
                    .singleElement()
                    .hasToString("{\"id\":\"H99\",\"pid\":\"\",\"code\":\"H99\",\"code102\":\"000.00.00.H99\","
                            + "\"name\":\"UBND tỉnh Mẫu\",\"mail\":\"\",\"oldCode\":\"\"}");
            assertThat(other.sdk(there.port(), "/getAgenciesList", Map.of()).path("data"))
                    .extracting(one -> one.path("code").asText())
                    .contains("000.00.01.H99", "000.00.31.H99")
                    .doesNotContain("000.00.22.H99");
            assertThat(decoded(other.rest(
                                    there.port(),
                                    "/v1/getEdoc?docId=" + item.path("docId").asText())
                            .at("/data/edxml")))
                    .contains("<edXML:OrganId>H99.02</edXML:OrganId>", EdocPackets.documentId(ONE, 11))
                    .doesNotContain("OrganId>" + ONE);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(other.axis.sent()).anySatisfy(doc -> {
                        assertThat(doc.from()).isEqualTo("H99.01");
                        assertThat(doc.text()).contains("<edXML:OrganId>H99.01</edXML:OrganId>", "OrganId>" + FAR);
                    }));
            assertThat(other.axis.complaints()).isEmpty();
        }
    }
}
