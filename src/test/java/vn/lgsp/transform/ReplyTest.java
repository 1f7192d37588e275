package vn.lgsp.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Refused;

/** Every family of replies that partners were met with (wire-formats 6.5), of success and of failure; all invented. */
class ReplyTest {
    private static final MappingFolder FOLDER = new MappingFolder(Path.of("transforms"));

    private static ReplyForm family(String name) {
        return ReplyForm.of(
                FOLDER,
                "_replies/" + name + ".reply.yaml",
                name.equals("opencps") || name.startsWith("judicial-record")
                        ? List.of("1")
                        : Set.of("social-insurance", "civil-status-catalogue", "six-step-dossiers")
                                        .contains(name)
                                ? List.of("0")
                                : List.of());
    }

    private static JsonNode json(String text) {
        return Json.read(text, Side.ANSWER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "hanoi                 | {\"code\":\"00\",\"x\":1}                         | {\"code\":\"00\",\"x\":1}",
                "lgsp                  | {\"code\":\"200\",\"status\":\"1\",\"correlationId\":\"7f0c\",\"response\":{\"a\":1.50}} | {\"a\":1.50}",
                "lgsp                  | {\"code\":200,\"response\":null}                  | null",
                "opencps               | {\"Status\":\"1\",\"Message\":\"\"}               | {\"Status\":\"1\",\"Message\":\"\"}",
                "hcm                   | {\"response_code\":\"00\",\"response_data\":[]}   | []",
                "portal                | {\"error_code\":0,\"result\":[{\"MA\":\"1\"}]}    | {\"error_code\":0,\"result\":[{\"MA\":\"1\"}]}",
                "portal                | {\"session\":\"S\",\"error_code\":0}              | {\"session\":\"S\",\"error_code\":0}",
                "judicial-record       | {\"STATUS\":1,\"ID\":\"9\"}                       | {\"STATUS\":1,\"ID\":\"9\"}",
                "judicial-record-list  | [{\"ID\":\"01\"}]                              | [{\"ID\":\"01\"}]",
                "six-step-dossiers     | {\"error_code\":0,\"IdTepTin\":\"1\"}          | {\"error_code\":0,\"IdTepTin\":\"1\"}",
                "six-step-dossiers     | {\"IdTepTin\":\"1\"}                            | {\"IdTepTin\":\"1\"}",
                "business-registration | {\"Data\":{\"NAME\":\"CÔNG TY\"},\"DataCount\":1,\"Status\":\"1\",\"Message\":\"\"} | {\"NAME\":\"CÔNG TY\"}",
                "civil-status          | {\"status\":1}                                    | {\"status\":1}",
                "civil-status-state    | {\"status\":3}                                    | {\"status\":3}",
                "civil-status-list     | [{\"id\":\"0001\"}]                              | [{\"id\":\"0001\"}]",
                "civil-status-catalogue| {\"error_code0\":\"0\",\"data\":[{\"Code\":\"1\"}]} | [{\"Code\":\"1\"}]",
                "catalogue             | [{\"MA\":\"01\"}]                                | [{\"MA\":\"01\"}]",
                "postal-events         | {\"_embedded\":{\"rh:doc\":[{\"a\":1}]}}       | [{\"a\":1}]",
                "catalogue-upload      | {\"MSG\":\"Done\",\"Count\":3}                    | {\"MSG\":\"Done\",\"Count\":3}",
                "document-axis         | {\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"\"} | {\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"\"}",
                "document-axis         | {\"status\":\"OK\"}                               | {\"status\":\"OK\"}",
                "social-insurance      | {\"errorCode\":0,\"x\":1}                     | {\"errorCode\":0,\"x\":1}"
            })
    void a_success_hands_on_what_is_inside(String family, String answer, String payload) {
        assertThat(Json.text(
                        family(family).read(json(answer), Side.ANSWER, "office").payload()))
                .isEqualTo(payload);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "hanoi                 | {\"code\":\"01\",\"cause\":\"E-17\"}              | E-17",
                "hanoi                 | {\"code\":\"01\"}                                 | 01",
                "lgsp                  | {\"code\":\"500\",\"status\":\"-3\"}              | -3",
                "opencps               | {\"Status\":\"0\",\"Message\":\"Đỗ Thị Ánh\"}     | 0",
                "hcm                   | {\"response_code\":\"-1\"}                        | -1",
                "social-insurance      | {\"errorCode\":\"17\"}                            | 17",
                "portal                | {\"error_code\":7,\"message\":\"Đỗ Thị Ánh\"}     | 7",
                "judicial-record       | {\"STATUS\":0,\"DESCRIPTION\":\"Đỗ Thị Ánh\"}     | 0",
                "judicial-record-list  | {\"STATUS\":0,\"DESCRIPTION\":\"Đỗ Thị Ánh\"}     | 0",
                "six-step-dossiers     | {\"error_code\":6,\"message\":\"Đỗ Thị Ánh\"}     | 6",
                "business-registration | {\"Data\":null,\"Status\":\"0\"}                  | 0",
                "civil-status          | {\"status\":0,\"errorCode\":201}                  | 201",
                "civil-status          | {\"title\":\"Đỗ\",\"errors\":{},\"status\":500}   | 500",
                "civil-status-state    | {\"status\":0,\"errorCode\":201}                 | 201",
                "civil-status-list     | {\"status\":500}                                  | 500",
                "civil-status-catalogue| {\"error_code0\":\"5\",\"message\":\"Đỗ\"}          | 5",
                "catalogue             | {\"MSG\":\"DoThiAnh\"}                            |",
                "postal-events         | {\"Status\":\"100\",\"Message\":\"Đỗ\"}              | 100",
                "catalogue-upload      | {\"MSG\":\"dòng 3: Đỗ Thị Ánh\"}                  |",
                "catalogue-upload      | {\"MSG\":\"DoThiAnh\"}                            |",
                "document-axis         | {\"status\":\"FAIL\",\"ErrorCode\":\"12\"}        | 12",
                "document-axis         | {\"status\":\"OK\",\"ErrorCode\":\"12\"}          | 12"
            })
    void a_failure_inside_a_200_is_the_providers_with_its_code_and_never_its_text(
            String family, String answer, String code) {
        BusException failed = catchThrowableOfType(
                BusException.class, () -> family(family).read(json(answer), Side.ANSWER, "office"));

        assertThat(failed.code()).isEqualTo(ErrorCode.PROVIDER_FAILED);
        assertThat(failed.partnerCode().orElse(null)).isEqualTo(code);
        assertThat(failed.getMessage()).contains("office").doesNotContain("Đỗ", "DoThiAnh");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "portal                | {}",
                "portal                | []",
                "portal                | null",
                "portal                | {\"error_code\":null}",
                "portal                | {\"error_code\":{}}",
                "hcm                   | {\"response_code\":\"00\"}",
                "business-registration | {\"Status\":\"1\"}"
            })
    void what_is_no_reply_of_the_family_is_the_providers_mistake(String family, String answer) {
        assertThatThrownBy(() -> family(family).read(json(answer), Side.ANSWER, "office"))
                .isInstanceOf(BusException.class)
                .hasMessageContaining("is no reply of the family " + family)
                .extracting(failed -> ((BusException) failed).code())
                .isEqualTo(ErrorCode.PROVIDER_INVALID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "1     | {\"code\":\"200\",\"status\":\"1\",\"response\":{}} | ",
                "1,OK  | {\"code\":\"200\",\"status\":\"OK\",\"response\":{}} | ",
                "1     | {\"code\":\"200\",\"status\":\"-3\",\"response\":{}} | -3",
                "1     | {\"code\":\"500\",\"status\":\"1\",\"response\":{}} | 1"
            })
    void the_status_of_an_lgsp_envelope_counts_where_its_values_are_said(String values, String answer, String failure) {
        ReplyForm form = ReplyForm.of(FOLDER, "_replies/lgsp.reply.yaml", List.of(values.split(",")));

        if (failure == null) {
            assertThat(form.read(json(answer), Side.ANSWER, "office").payload().isObject())
                    .isTrue();
        } else {
            assertThat(catchThrowableOfType(BusException.class, () -> form.read(json(answer), Side.ANSWER, "office"))
                            .partnerCode())
                    .contains(failure);
        }
    }

    @Test
    void what_the_back_end_says_inside_of_an_lgsp_envelope_decides_too(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("_replies"));
        for (String family : List.of("lgsp", "civil-status")) {
            Files.copy(
                    Path.of("transforms/_replies/" + family + ".reply.yaml"),
                    folder.resolve("_replies/" + family + ".reply.yaml"));
        }
        try (Workbench bench = new Workbench(folder)) {
            bench.yaml(
                    "- from: { uri: \"direct:in\", steps: [ { to: \"lgsp-reply:lgsp\" }, { to: \"lgsp-reply:civil-status\" } ] }");
            String envelope = "{\"code\":200,\"status\":\"1\",\"correlationId\":\"7f0c\",\"response\":%s}";

            Exchange good = bench.send(envelope.formatted("{\"status\":1,\"so\":1.50}"), true, exchange -> {});
            BusException failed = catchThrowableOfType(
                    BusException.class,
                    () -> bench.send(envelope.formatted("{\"status\":0,\"errorCode\":201}"), true, exchange -> {}));

            assertThat(good.getMessage().getBody(String.class)).isEqualTo("{\"status\":1,\"so\":1.50}");
            assertThat(good.getVariable("partnerCorrelation")).isEqualTo("7f0c");
            assertThat(failed.code()).isEqualTo(ErrorCode.PROVIDER_FAILED);
            assertThat(failed.partnerCode()).contains("201");
        }
    }

    @Test
    void what_another_system_said_before_is_not_told_of_this_one(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("_replies"));
        for (String family : List.of("lgsp", "hcm")) {
            Files.copy(
                    Path.of("transforms/_replies/" + family + ".reply.yaml"),
                    folder.resolve("_replies/" + family + ".reply.yaml"));
        }
        try (Workbench bench = new Workbench(folder)) {
            bench.yaml(
                    "- from: { uri: \"direct:in\", steps: [ { to: \"lgsp-reply:lgsp\" }, { removeHeaders: { pattern: \"*\" } },"
                            + " { to: \"lgsp-reply:hcm\" } ] }"); // as a call does it

            Exchange good = bench.send(
                    "{\"code\":200,\"correlationId\":\"7f0c\",\"response\":{\"response_code\":\"00\",\"response_data\":{}}}",
                    true,
                    exchange -> {});

            assertThat(good.getVariable("partnerCorrelation")).isEqualTo("");
            assertThat(good.getVariable("partnerCode")).isEqualTo("00");
        }
    }

    @Test
    void the_code_and_the_correlation_of_a_success_are_told_too() {
        ReplyForm.Result result = family("lgsp")
                .read(
                        json("{\"code\":\"200\",\"status\":\"1\",\"correlationId\":\"7f0c-1\",\"response\":{}}"),
                        Side.ANSWER,
                        "office");

        assertThat(result.code()).contains("1");
        assertThat(result.correlation()).contains("7f0c-1");
    }

    @Test
    void every_family_of_the_product_is_met_here_and_one_without_a_success_is_refused() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("transforms/_replies"))) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".reply.yaml", "")))
                    .containsExactlyInAnyOrder(
                            "hanoi",
                            "lgsp",
                            "opencps",
                            "hcm",
                            "portal",
                            "judicial-record",
                            "business-registration",
                            "civil-status",
                            "civil-status-state",
                            "civil-status-list",
                            "civil-status-catalogue",
                            "catalogue",
                            "postal-events",
                            "catalogue-upload",
                            "document-axis",
                            "judicial-record-list",
                            "six-step-dossiers",
                            "social-insurance");
        }
        assertThatThrownBy(() -> ReplyForm.of(FOLDER, "_replies/opencps.reply.yaml", List.of()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("transforms/_replies/opencps.reply.yaml:3");
    }
}
