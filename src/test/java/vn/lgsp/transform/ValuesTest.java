package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Codes and dates of partners at the places that a file names, in JSON and in XML (MDM-05). */
class ValuesTest {
    /** The same field means one thing at one partner and another thing at the other (wire-formats 7.8). */
    private static final String APPLICANTS = """
            name: Loại đối tượng
            version: "2026-01"
            codes:
              - { code: CITIZEN, partners: { portal: "1", ministry: "0" } }
              - { code: ENTERPRISE, partners: { portal: ["2", DN], ministry: "1" } }
              - { code: HOUSEHOLD, from: 2020-01-01, until: 2025-12-31, partners: { ministry: "2" } }
              - { code: COOPERATIVE, from: 2026-01-01, partners: { ministry: "2" } }
            """;

    private final Path folder;
    private final Workbench bench;

    ValuesTest(@TempDir Path outer) throws IOException {
        folder = Files.createDirectory(outer.resolve("transforms"));
        Files.createDirectories(folder.resolve("_codes"));
        Files.createDirectories(folder.resolve("test/service"));
        Files.writeString(folder.resolve("_codes/applicant.codes.yaml"), APPLICANTS);
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void form(String partner, String direction, String rest) throws Exception {
        Files.writeString(
                folder.resolve("test/service/a.values.yaml"),
                "partner: " + partner + "\ndirection: " + direction + "\n" + rest);
        bench.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(Workbench.IN).to("lgsp-values:test/service/a.values.yaml");
            }
        });
    }

    private Exchange on(String day, String body) throws Exception {
        return bench.send(body.getBytes(UTF_8), false, exchange -> exchange.setVariable("day", day));
    }

    private String result(String day, String body) throws Exception {
        return new String(on(day, body).getMessage().getBody(byte[].class), UTF_8);
    }

    private static String code(String at) {
        return "day: day\ncodes: [ { at: " + at + ", table: applicant, unknown: refuse } ]";
    }

    @ParameterizedTest
    @CsvSource({
        "portal, 1, CITIZEN",
        "portal, 2, ENTERPRISE",
        "portal, DN, ENTERPRISE",
        "ministry, 0, CITIZEN",
        "ministry, 1, ENTERPRISE"
    })
    void the_same_code_of_two_partners_is_two_things(String partner, String theirs, String ours) throws Exception {
        form(partner, "in", code("/loai"));

        assertThat(result("2026-03-01", "{\"loai\":\"" + theirs + "\"}")).isEqualTo("{\"loai\":\"" + ours + "\"}");
    }

    @Test
    void a_number_is_a_code_too_and_what_goes_out_is_one_where_the_file_says_so() throws Exception {
        form("portal", "in", code("/loai"));
        assertThat(result("2026-03-01", "{\"loai\":1,\"gia\":1.50}")).isEqualTo("{\"loai\":\"CITIZEN\",\"gia\":1.50}");
    }

    @Test
    void the_other_way_the_first_of_a_partners_codes_is_written() throws Exception {
        form("portal", "out", "day: day\ncodes: [ { at: /loai, table: applicant, number: true } ]");

        assertThat(result("2026-03-01", "{\"loai\":\"ENTERPRISE\"}")).isEqualTo("{\"loai\":2}");
        assertThatThrownBy(() -> result("2025-03-01", "{\"loai\":\"HOUSEHOLD\"}"))
                .hasMessageContaining(
                        "the request has at /loai a code that the table applicant does not have for portal");
    }

    @ParameterizedTest
    @CsvSource({
        "2019-12-31, ''",
        "2020-01-01, HOUSEHOLD",
        "2025-12-31, HOUSEHOLD",
        "2026-01-01, COOPERATIVE",
        "2199-01-01, COOPERATIVE"
    })
    void a_code_counts_from_its_first_to_its_last_day(String day, String ours) throws Exception {
        form("ministry", "in", code("/loai"));

        if (ours.isEmpty()) {
            assertThatThrownBy(() -> result(day, "{\"loai\":\"2\"}")).hasMessageContaining("on this day");
        } else {
            assertThat(result(day, "{\"loai\":\"2\"}")).isEqualTo("{\"loai\":\"" + ours + "\"}");
        }
    }

    @Test
    void without_a_variable_the_day_is_that_on_which_the_message_came_in() throws Exception {
        form("ministry", "in", "codes: [ { at: /loai, table: applicant } ]");

        // in tests messages come in on 1 January 1970
        assertThatThrownBy(() -> result("2026-03-01", "{\"loai\":\"2\"}")).isInstanceOf(BusException.class);
        assertThat(result("2026-03-01", "{\"loai\":\"1\"}")).isEqualTo("{\"loai\":\"ENTERPRISE\"}");
    }

    @Test
    void a_variable_that_is_no_day_is_refused() throws Exception {
        form("ministry", "in", code("/loai"));

        assertThatThrownBy(() -> result("hôm nay", "{\"loai\":\"1\"}")).hasMessageContaining("says no day");
        assertThatThrownBy(() -> bench.send("{}")).hasMessageContaining("says no day");
    }

    @Test
    void every_element_is_turned_and_what_is_absent_null_or_empty_stays_so() throws Exception {
        form("portal", "in", code("/nguoi/*/loai"));

        assertThat(
                        result(
                                "2026-03-01",
                                "{\"nguoi\":[{\"loai\":\"1\"},{},{\"loai\":null},{\"loai\":\"\"},{\"loai\":\"2\"}],\"loai\":\"9\"}"))
                .isEqualTo(
                        "{\"nguoi\":[{\"loai\":\"CITIZEN\"},{},{\"loai\":null},{\"loai\":\"\"},{\"loai\":\"ENTERPRISE\"}],\"loai\":\"9\"}");
        assertThat(result("2026-03-01", "{\"nguoi\":{\"a\":{\"loai\":\"1\"}}}")).contains("CITIZEN");
        assertThat(result("2026-03-01", "[]")).isEqualTo("[]");
        assertThatThrownBy(() -> result("2026-03-01", "{\"nguoi\":[{\"loai\":{}}]}"))
                .hasMessageContaining("/nguoi/*/loai");
    }

    @Test
    void an_unknown_code_is_refused_flagged_or_kept_as_the_file_says() throws Exception {
        form(
                "portal",
                "in",
                "day: day\ncodes:\n  - { at: /a, table: applicant, unknown: flag }\n"
                        + "  - { at: /b/*, table: applicant, unknown: flag }\n"
                        + "  - { at: /c, table: applicant, unknown: keep }\n"
                        + "  - { at: /d, table: applicant }\n");

        Exchange flagged = on("2026-03-01", "{\"a\":\"7\",\"b\":[\"8\",\"9\",\"1\"],\"c\":\"7\",\"d\":\"1\"}");
        assertThat(new String(flagged.getMessage().getBody(byte[].class), UTF_8))
                .isEqualTo("{\"a\":\"7\",\"b\":[\"8\",\"9\",\"CITIZEN\"],\"c\":\"7\",\"d\":\"CITIZEN\"}");
        assertThat(flagged.getVariable("unknownCodes", String.class)).isEqualTo("/a /b/*");
        assertThat(on("2026-03-01", "{\"a\":\"1\"}").getVariable("unknownCodes", String.class))
                .isEmpty();
        assertThatThrownBy(() -> on("2026-03-01", "{\"d\":\"BI-MAT\"}"))
                .hasMessageContaining("/d")
                .hasMessageNotContaining("BI-MAT");
    }

    @Test
    void a_mistake_in_an_answer_is_the_providers() throws Exception {
        form("portal", "in", code("/loai"));

        assertThatThrownBy(() ->
                        bench.send("{\"loai\":\"7\"}", true, exchange -> exchange.setVariable("day", "2026-03-01")))
                .extracting(failed -> ((BusException) failed).code())
                .isEqualTo(ErrorCode.PROVIDER_INVALID);
    }

    @Test
    void elements_and_attributes_of_xml_are_turned_whatever_their_namespace_and_all_else_stays() throws Exception {
        form(
                "portal",
                "in",
                "content: xml\nday: day\ncodes:\n  - { at: /DanhSach/Nguoi/Loai, table: applicant }\n"
                        + "  - { at: /DanhSach/Nguoi/@loai, table: applicant }\n"
                        + "dates:\n  - { at: /DanhSach/*/Sinh, notation: [yyyyMMdd, yyyy] }\n");
        String before = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>"
                + "<d:DanhSach xmlns:d=\"urn:x\"><!-- ghi chú --><d:Nguoi loai=\"2\" a=\"&#10;&quot;\"><d:Loai> 1 </d:Loai>"
                + "<d:Ten>Đỗ Thị Ánh &amp; 𠮷&#13;</d:Ten><d:Sinh>20000131</d:Sinh></d:Nguoi>"
                + "<d:Nguoi><d:Loai/><d:Sinh>1950</d:Sinh><Loai>1</Loai></d:Nguoi><Loai>9</Loai></d:DanhSach>";

        byte[] after = bench.send(
                        before.getBytes(java.nio.charset.StandardCharsets.UTF_16),
                        false,
                        exchange -> exchange.setVariable("day", "2026-03-01"))
                .getMessage()
                .getBody(byte[].class);

        assertThat(new String(after, UTF_8).replace("&#134071;", "𠮷"))
                .endsWith(
                        "<d:DanhSach xmlns:d=\"urn:x\"><!-- ghi chú -->"
                                + "<d:Nguoi a=\"&#10;&quot;\" loai=\"ENTERPRISE\"><d:Loai>CITIZEN</d:Loai>"
                                + "<d:Ten>Đỗ Thị Ánh &amp; 𠮷&#13;</d:Ten><d:Sinh>2000-01-31</d:Sinh></d:Nguoi>"
                                + "<d:Nguoi><d:Loai/><d:Sinh>1950</d:Sinh><Loai>CITIZEN</Loai></d:Nguoi><Loai>9</Loai></d:DanhSach>");
        for (String broken : new String[] {
            "<DanhSach><Nguoi><Loai>7</Loai></Nguoi></DanhSach>",
            "<DanhSach><Nguoi><Loai><x/></Loai></Nguoi></DanhSach>",
            "<DanhSach><Nguoi><Sinh>20000231</Sinh></Nguoi></DanhSach>",
            "<!DOCTYPE x><DanhSach/>",
            "{}"
        }) {
            assertThatThrownBy(() -> on("2026-03-01", broken))
                    .isInstanceOf(BusException.class)
                    .hasMessageStartingWith("the request ");
        }
    }

    @Test
    void dates_go_out_as_the_partner_writes_them_and_only_what_is_known_is_said() throws Exception {
        form(
                "portal",
                "out",
                "dates:\n  - { at: /sinh, notation: [dd/MM/yyyy, MM/yyyy, yyyy] }\n"
                        + "  - { at: /luc, notation: epoch-millis, number: true }\n");

        assertThat(result("", "{\"sinh\":\"2000-01-31\",\"luc\":\"2025-11-20T10:15:00+07:00\"}"))
                .isEqualTo("{\"sinh\":\"31/01/2000\",\"luc\":1763608500000}");
        assertThat(result("", "{\"sinh\":\"2000-01\"}")).isEqualTo("{\"sinh\":\"01/2000\"}");
        assertThat(result("", "{\"sinh\":\"2000\"}")).isEqualTo("{\"sinh\":\"2000\"}");
        assertThatThrownBy(() -> result("", "{\"sinh\":\"31/01/2000\"}"))
                .hasMessageContaining("/sinh no date that can be written");
    }
}
