package vn.lgsp.edoc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.message.SystemId;

/** One organisation has two codes, and not for ever. */
class OrganCodesTest {
    private static final OrganCodes CODES = OrganCodes.read(Path.of(""));
    private static final LocalDate BEFORE = LocalDate.of(2025, 6, 30);
    private static final LocalDate AFTER = LocalDate.of(2025, 7, 1);

    @ParameterizedTest
    @CsvSource({
        "2025-06-30, 000.00.01.H99, H99.01, 000.00.01.H99",
        "2025-06-30, h99.01, H99.01, 000.00.01.H99",
        "2025-06-30, 28.22.H99, H99.22.028, 000.28.22.H99",
        "2025-06-30, 000.28.22.h99, H99.22.028, 000.28.22.H99",
        "2025-07-01, 28.22.H99, , ",
        "2025-06-30, H99.31, , ",
        "2025-07-01, H99.31, H99.31, 000.00.31.H99",
        "2025-07-01, vxp.saas.03, , ",
    })
    void a_code_is_found_in_whatever_notation_on_the_days_on_which_it_counts(
            LocalDate day, String code, String qd20, String qcvn102) {
        assertThat(CODES.in(Notation.QD20, new OrganId(code), day).map(OrganId::value))
                .isEqualTo(Optional.ofNullable(qd20));
        assertThat(CODES.in(Notation.QCVN102, new OrganId(code), day).map(OrganId::value))
                .isEqualTo(Optional.ofNullable(qcvn102));
    }

    @Test
    void an_organisation_has_a_name_and_one_above_it() {
        assertThat(CODES.find(new OrganId("000.00.01.H99"), AFTER))
                .contains(new OrganCodes.Organisation(
                        new OrganId("H99.01"),
                        Optional.of(new OrganId("000.00.01.H99")),
                        "Sở Thử nghiệm",
                        Optional.of(new OrganId("H99"))));
    }

    @Test
    void a_packet_is_written_in_the_notation_of_its_partner_and_identifiers_stay() {
        for (String name :
                new String[] {"document.edxml", "update.edxml", "replacement.edxml", "revocation.edxml", "status.edxml"
                }) {
            byte[] packet = Samples.text(name).getBytes(UTF_8);

            byte[] other = CODES.in(Notation.QD20, packet, BEFORE);

            String text = new String(other, UTF_8);
            assertThat(text.replaceAll("<edXML:DocumentId>.*", ""))
                    .as(name)
                    .contains("<edXML:OrganId>H99</edXML:OrganId>", "<edXML:OrganId>H99.01</edXML:OrganId>")
                    .doesNotContain("000.00.");
            assertThat(Samples.read(text).packet().documentId())
                    .isEqualTo(Samples.read(Samples.text(name)).packet().documentId());
            assertThat(CODES.in(Notation.QCVN102, other, BEFORE)).isEqualTo(packet);
        }
    }

    @Test
    void a_packet_that_streams_becomes_the_same_wherever_it_is_cut() throws IOException {
        String packet = Samples.text("document.edxml");
        for (String text : List.of(
                packet,
                "",
                "<",
                "<<",
                "a<OrganId>000.00.01.H99<",
                "a<OrganId>000.00.01.H99</",
                "<<x:OrganId >000.00.01.H99</x<OrganId>000.00.01.H99</<OrganId>000.00.01.H99<OrganId>",
                "<a>" + "x".repeat(5_000) + "<OrganId>000.00.01.H99</OrganId>" + "y".repeat(5_000) + "<b")) {
            byte[] whole = text.getBytes(UTF_8);
            for (int piece : new int[] {1, 2, 3, 7, 1_000_000}) {
                ByteArrayOutputStream streamed = new ByteArrayOutputStream();
                InputStream from = new ByteArrayInputStream(whole) {
                    @Override
                    public long transferTo(OutputStream to) throws IOException {
                        for (int at = 0; at < whole.length; at += piece) {
                            to.write(whole, at, Math.min(piece, whole.length - at));
                        }
                        return whole.length;
                    }
                };
                CODES.in(Notation.QD20, from, streamed, AFTER);

                assertThat(streamed.toByteArray())
                        .as("%s in pieces of %d", text.substring(0, Math.min(60, text.length())), piece)
                        .isEqualTo(CODES.in(Notation.QD20, whole, AFTER));
            }
        }
        assertThat(new String(CODES.in(Notation.QD20, packet.getBytes(UTF_8), AFTER), UTF_8))
                .isNotEqualTo(packet);
    }

    @Test
    void codes_that_the_table_does_not_know_stay_in_a_packet() {
        byte[] packet = Samples.text("document-other-dialect.edxml").getBytes(UTF_8);

        assertThat(Samples.read(new String(CODES.in(Notation.QD20, packet, AFTER), UTF_8))
                        .packet()
                        .from()
                        .id()
                        .value())
                .isEqualTo("28.22.H99");
    }

    @Test
    void each_partner_has_its_notation_by_a_setting() {
        assertThat(EdxmlSettings.notations(" axis=qcvn102 , ministry=qd20"))
                .isEqualTo(Map.of(new SystemId("axis"), Notation.QCVN102, new SystemId("ministry"), Notation.QD20));
        assertThat(EdxmlSettings.notations("")).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EdxmlSettings.notations("axis=new"))
                .withMessageContaining("lgsp.edoc.notations");
    }
}
