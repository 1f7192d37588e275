package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packet is checked by hand as the bus checks it (EXT-20). */
class EdocCommandTest {
    private static final String SAMPLES = "docs/reference/edxml/";

    @Test
    void a_good_packet_is_told_by_its_identifiers_and_not_by_its_content() {
        Called called = Called.lgsp("edoc", "check", SAMPLES + "document.edxml");

        assertThat(called.status()).isEqualTo(ExitCode.DONE);
        assertThat(called.out())
                .contains(
                        "document.edxml: new, 3,559 bytes",
                        "document    000.00.00.H99,2026/01/15,12/UBND-VP",
                        "from        000.00.00.H99",
                        "to          000.00.01.H99, 000.00.02.H99",
                        "attachment  1: packed, 124 bytes",
                        "signature   none",
                        "Nothing is wrong with 1 packet.")
                .doesNotContain("kiểm thử", "Cán bộ", "mau.txt", "Sở");
    }

    @Test
    void a_report_is_told_with_its_code() {
        assertThat(Called.lgsp("edoc", "check", SAMPLES + "status.edxml").out())
                .contains("status.edxml: status, ", "status      03 accepted", "to          000.00.00.H99");
    }

    @Test
    void what_is_unusual_is_told_and_is_no_reason_to_refuse() {
        Called called = Called.lgsp("edoc", "check", "--lang", "en", SAMPLES + "document-other-dialect.edxml");

        assertThat(called.status()).isEqualTo(ExitCode.DONE);
        assertThat(called.out())
                .contains(
                        "unusual, and taken all the same:",
                        "28.22.H99, which is in neither notation",
                        "[edoc-organ-notation]");
    }

    @Test
    void a_wrong_packet_is_told_in_the_language_that_is_asked_for_and_ends_with_one() {
        String file = SAMPLES + "wrong/flat-envelope.edxml";
        Called english = Called.lgsp("edoc", "check", "--lang", "en", file);
        Called vietnamese = Called.lgsp("edoc", "check", "--lang", "vi", file);

        assertThat(english.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(english.out())
                .contains(
                        file + ":2: this is the flat EdXMLEnvelope",
                        "[edoc-flat-envelope]",
                        "1 packet of 1 would be refused.");
        assertThat(vietnamese.out()).contains("đây là dạng EdXMLEnvelope phẳng");
    }

    @Test
    void settings_decide_what_is_taken(@TempDir Path folder) throws IOException {
        Path settings = Files.writeString(
                folder.resolve("city.properties"),
                "lgsp.edoc.namespaces = http://www.mic.gov.vn/TBT/QCVN_102_2016, http://www.e-doc.vn/Schema/\n");

        assertThat(Called.lgsp(
                                "edoc",
                                "check",
                                "--config",
                                settings.toString(),
                                SAMPLES + "wrong/older-namespace.edxml")
                        .status())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void without_a_file_or_with_one_that_is_not_there_it_was_called_wrongly() {
        assertThat(Called.lgsp("edoc", "check").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(Called.lgsp("edoc", "check", "nowhere.edxml").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(Called.lgsp("edoc").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
    }

    @Test
    void programs_get_one_document() throws IOException {
        Called called = Called.lgsp(
                "edoc",
                "check",
                "--json",
                SAMPLES + "document.edxml",
                SAMPLES + "wrong/doctype.edxml",
                SAMPLES + "status.edxml");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        JsonNode packets = new ObjectMapper().readTree(called.out()).path("packets");
        assertThat(packets.at("/0/packet/kind").asText()).isEqualTo("new");
        assertThat(packets.at("/0/packet/to/1").asText()).isEqualTo("000.00.02.H99");
        assertThat(packets.at("/0/packet/attachments/0/form").asText()).isEqualTo("packed");
        assertThat(packets.at("/0/packet/status").isNull()).isTrue();
        assertThat(packets.at("/1/packet").isNull()).isTrue();
        assertThat(packets.at("/1/findings/0/rule").asText()).isEqualTo("edoc-doctype");
        assertThat(packets.at("/2/packet/status").asText()).isEqualTo("03");
    }
}
