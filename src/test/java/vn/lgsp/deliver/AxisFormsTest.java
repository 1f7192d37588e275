package vn.lgsp.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.axis.FileHash;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Content;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/** What calls of the document axis are made of, and what its answers mean, in each form (wire-formats 3 and 4). */
final class AxisFormsTest {
    private final AxisForm sdk = new AxisSdk(FileHash.Style.UNPADDED);
    private final AxisForm rest = new AxisRest(7, () -> Instant.parse("2026-03-01T18:00:00Z"), "ten-tep");

    private static AxisForm.Slip slip(String to) {
        return new AxisForm.Slip(
                "edoc",
                Optional.of("000.00.00.H99"),
                Optional.of(to).filter(text -> !text.isEmpty()),
                Optional.of("doc-1"),
                Optional.of("done"),
                Content.of("edxml-13".getBytes(UTF_8)));
    }

    private static String text(Content content) {
        java.io.ByteArrayOutputStream read = new java.io.ByteArrayOutputStream();
        content.read((piece, length) -> read.write(piece, 0, length));
        return read.toString(UTF_8);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    @Test
    void the_sdk_has_every_parameter_in_a_header() throws IOException {
        AxisForm.Sheet send = sdk.sheet(AxisForm.Task.SEND, slip("000.00.01.H99, 000.00.02.H99"));

        assertThat(send.path()).isEqualTo("/sendEdoc");
        assertThat(send.body().open().readAllBytes())
                .as("the SDK writes a line break behind the packet, of which no hash is")
                .isEqualTo("edxml-13\r\n".getBytes(UTF_8));
        assertThat(send.headers())
                .containsEntry("Content-Type", "application/octet-stream")
                .containsEntry("XroadVnpt-to", "[\"000.00.01.H99\",\"000.00.02.H99\"]")
                .containsEntry("XroadVnpt-servicetype", "eDoc")
                .containsEntry("XroadVnpt-hash-file", "4afad61f23f7c59a50ecbc4fb1757d203ac95c1d01fabbcf35dea6412276");
        assertThat(sdk.sheet(AxisForm.Task.SEND, slip("")).headers()).doesNotContainKey("XroadVnpt-to");
        assertThat(sdk.sheet(AxisForm.Task.SENT_LIST, slip("")).headers()).containsEntry("XroadVnpt-docId", "doc-1");
        assertThat(sdk.sheet(AxisForm.Task.AGENCIES, slip("")).path()).isEqualTo("/getAgenciesListQD20");
        assertThat(sdk.sheet(AxisForm.Task.AGENCIES, slip("")).headers()).containsEntry("XroadVnpt-level", "1");
        assertThat(sdk.sheet(AxisForm.Task.COUNT, slip("")))
                .satisfies(
                        count -> assertThat(count.method() + " " + count.path()).isEqualTo("GET /countReceiveEdoc"))
                .satisfies(count -> assertThat(count.headers()).containsEntry("XroadVnpt-messagetype", "edoc"));
        assertThat(sdk.answer(AxisForm.Task.COUNT, json("{\"status\":\"OK\",\"ErrorCode\":\"0\",\"count\":7}")))
                .hasValueSatisfying(answer ->
                        assertThat(answer.data().path("count").asInt()).isEqualTo(7));
        assertThat(sdk.sheet(AxisForm.Task.UPDATE_STATUS, slip("")).headers())
                .containsEntry("XroadVnpt-docid", "doc-1")
                .containsEntry("XroadVnpt-status", "done");
    }

    @Test
    void the_rest_form_lists_by_days_of_vietnam_and_sends_a_file_of_a_form() {
        assertThat(rest.sheet(AxisForm.Task.LIST, slip("")).path())
                .isEqualTo("/v1/syncReceivedEdocList?messageType=edoc&fromDate=2026%2F02%2F23&toDate=2026%2F03%2F02");
        assertThat(text(rest.sheet(AxisForm.Task.SEND, slip("")).body()))
                .contains("name=\"messagetype\"\r\n\r\nedoc\r\n", "filename=\"ten-tep.edxml\"", "\r\n\r\nedxml-13\r\n");
        assertThatThrownBy(() -> rest.sheet(AxisForm.Task.AGENCIES, slip(""))).isInstanceOf(BusException.class);
    }

    @Test
    void a_packet_cannot_end_its_part_of_the_form_and_go_on_with_another() {
        String boundary = boundary("edxml-13".getBytes(UTF_8));
        byte[] forged = ("edxml-13\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"edocFile\"\r\n\r\nx")
                .getBytes(UTF_8);

        assertThat(new String(forged, UTF_8)).doesNotContain(boundary(forged));
    }

    private String boundary(byte[] packet) {
        AxisForm.Slip slip = new AxisForm.Slip(
                "edoc", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Content.of(packet));
        String type = rest.sheet(AxisForm.Task.SEND, slip).headers().getOrDefault("Content-Type", "");
        return type.substring(type.indexOf("boundary=") + "boundary=".length());
    }

    @Test
    void the_signature_of_a_caller_goes_to_no_provider() {
        Passage passage = new Passage(ExchangeId.at(1), Instant.EPOCH, 0, "REST POST", "correlation", Runnable::run);
        Inbound request = new Inbound(
                Door.REST,
                "POST",
                "s",
                1,
                "/x",
                "",
                List.of(Map.entry("XroadVnpt-hash-header", "00"), Map.entry("X-Ho-So", "1")));
        assertThat(CallHeaders.passing(request, passage)).containsKeys("xroadvnpt-hash-header", "x-ho-so");

        passage.cameAs("AXIS SDK");

        assertThat(CallHeaders.passing(request, passage))
                .containsKey("x-ho-so")
                .doesNotContainKey("xroadvnpt-hash-header");
    }

    @Test
    void an_answer_is_what_its_envelope_says() {
        assertThat(sdk.answer(AxisForm.Task.SEND, json("{\"status\":\"OK\",\"ErrorCode\":\"0\",\"DocId\":\"7\"}"))
                        .orElseThrow()
                        .data()
                        .path("docId")
                        .asText())
                .isEqualTo("7");
        assertThat(sdk.answer(AxisForm.Task.SEND, json("{\"status\":\"FAIL\",\"ErrorCode\":\"22\"}"))
                        .orElseThrow()
                        .failure())
                .contains("22");
        assertThat(sdk.answer(AxisForm.Task.SEND, json("{\"status\":\"OK\",\"ErrorCode\":\"20\"}"))
                        .orElseThrow()
                        .failure())
                .contains("20");
        assertThat(sdk.answer(AxisForm.Task.SEND, json("{\"status\":\"OK\",\"ErrorCode\":\"0\"}")))
                .isEmpty();
        assertThat(sdk.answer(AxisForm.Task.LIST, json("{\"status\":\"OK\",\"data\":[{\"from\":\"x\"}]}")))
                .as("an entry without its id")
                .isEmpty();
        assertThat(sdk.answer(AxisForm.Task.SENT_LIST, json("{\"status\":\"OK\",\"data\":[{\"toCode\":\"x\"}]}"))
                        .orElseThrow()
                        .data())
                .hasSize(1);
        assertThat(rest.answer(AxisForm.Task.UPDATE_STATUS, json("{\"success\":false,\"data\":{\"errorCode\":\"23\"}}"))
                        .orElseThrow()
                        .failure())
                .contains("23");
        assertThat(rest.answer(
                                AxisForm.Task.LIST,
                                json(
                                        "{\"success\":true,\"data\":[{\"docId\":\"1\",\"status\":\"done\"},{\"docId\":\"2\",\"status\":\"initial\"}]}"))
                        .orElseThrow()
                        .data())
                .as("what is confirmed is listed by days too, and is no work")
                .hasSize(1);
        assertThat(rest.answer(AxisForm.Task.LIST, json("{\"success\":\"true\"}")))
                .isEmpty();
    }
}
