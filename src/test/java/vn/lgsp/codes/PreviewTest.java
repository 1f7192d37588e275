package vn.lgsp.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What a table would become, and the file that comes of it. */
final class PreviewTest {
    private static final LocalDate DAY = LocalDate.of(2026, 7, 1);
    private static final String COLUMNS = """
            [{"PropertyCode":"Ma","PropertyType":"String"},{"PropertyCode":"Ten","PropertyType":"String"},
             {"PropertyCode":"Cha","PropertyType":"String"},{"PropertyCode":"NgayBatDau","PropertyType":"DateTime"},
             {"PropertyCode":"NgayKetThuc","PropertyType":"DateTime"}]""";
    private static final String FILE = """
            # Bảng mẫu
            name: Bảng mẫu
            version: "2026-01"
            sources:
              - { catalogue: bangmau, code: Ma, name: Ten }
            sharing: [city-hall]
            codes:
              # as they were
              - { code: "01", name: Một, partners: { land-registry-west: ["1", L1] } }
              - { code: "02", name: Hai cũ, partners: { land-registry-west: "2" } } # renamed
              - { code: "03", name: Ba }
              - { code: "04", name: Bốn, until: 2026-01-31 }
              - { code: "05", name: Năm, from: 2026-12-01 }
              - { code: L9, name: Của riêng, local: "chợ nổi: no national code" }
            # end of the table
            """;

    private static CodeTable table(String text) {
        return CodeTable.read("bang.codes.yaml", "bang", text);
    }

    private static CatalogueRows rows(CodeTable table, String rows) {
        return CatalogueRows.of(
                table.sources().get(0),
                COLUMNS.getBytes(StandardCharsets.UTF_8),
                rows.getBytes(StandardCharsets.UTF_8));
    }

    private static Preview preview(String file, String rows) {
        CodeTable table = table(file);
        return Preview.of(table, file, rows(table, rows), DAY);
    }

    private static final String OFFERED = """
            [{"Ma":"01","Ten":"Một"},{"Ma":"02","Ten":"Hai"},{"Ma":"04","Ten":"Bốn"},{"Ma":" 06 ","Ten":"Sa\\u0301u: \\"mới\\""}]""";

    @Test
    void added_changed_ended_and_removed_are_told_apart_and_the_citys_own_stay() {
        Preview preview = preview(FILE, OFFERED);

        assertThat(preview.changes())
                .extracting(change -> change.kind() + " " + change.code())
                .containsExactly("CHANGED 02", "ENDED 03", "REMOVED 05", "ADDED 04", "ADDED 06");
        assertThat(preview.conflicts()).isEmpty();
        assertThat(preview.counting()).isEqualTo(3);
        assertThat(preview.lostPercent()).isEqualTo(67);
    }

    @Test
    void the_file_changes_where_the_preview_says_so_and_nowhere_else() {
        CodeTable table = table(FILE);
        Preview preview = preview(FILE, OFFERED);

        String text = TableText.of("bang.codes.yaml", FILE, table, preview, "van.a");

        assertThat(text).isEqualTo("""
                        # Bảng mẫu
                        name: Bảng mẫu
                        version: "2026-07-01"
                        taken: { on: 2026-07-01, by: van.a, preview: "%s" }
                        sources:
                          - { catalogue: bangmau, code: Ma, name: Ten }
                        sharing: [city-hall]
                        codes:
                          # as they were
                          - { code: "01", name: Một, partners: { land-registry-west: ["1", L1] } }
                          - { code: "02", name: Hai, partners: { land-registry-west: "2" } }
                          - { code: "03", name: Ba, until: 2026-06-30 }
                          - { code: "04", name: Bốn, until: 2026-01-31 }
                          - { code: L9, name: Của riêng, local: "chợ nổi: no national code" }
                          - { code: "04", name: Bốn, from: 2026-07-01 }
                          - { code: "06", name: "Sáu: \\"mới\\"", from: 2026-07-01 }
                        # end of the table
                        """.formatted(preview.digest()));
        CodeTable after = table(text);
        assertThat(after.taken())
                .hasValueSatisfying(taken -> assertThat(taken.by()).isEqualTo("van.a"));
        assertThat(after.index("city-hall", true)).containsKeys("01", "06");
        assertThat(Preview.of(after, text, rows(after, OFFERED), DAY).changes()).isEmpty();
    }

    @Test
    void a_second_one_of_a_day_has_another_version() {
        Preview first = preview(FILE, OFFERED);
        String once = TableText.of("bang.codes.yaml", FILE, table(FILE), first, "a");
        Preview second = preview(once, "[{\"Ma\":\"01\",\"Ten\":\"Một\"}]");
        String twice = TableText.of("bang.codes.yaml", once, table(once), second, "a");

        assertThat(table(twice).version()).isEqualTo("2026-07-01.2");
        // what had begun on the day itself never counted, and goes
        assertThat(table(twice).codes()).extracting(CodeTable.Code::code).doesNotContain("06");
    }

    @Test
    void the_first_codes_of_a_table_have_always_counted() {
        String file = """
                name: Bảng mới
                version: "0"
                sources:
                  - { catalogue: bangmau, code: Ma, name: Ten }
                """;
        String text = TableText.of("bang.codes.yaml", file, table(file), preview(file, OFFERED), "a");

        assertThat(table(text).codes()).hasSize(4).allMatch(code -> code.first().isEmpty());
    }

    @Test
    void days_and_parents_of_the_catalogue_are_those_of_the_table() {
        String file = """
                name: Bảng ngày
                version: "0"
                sources:
                  - { catalogue: bangmau, code: Ma, name: Ten, parent: Cha, from: NgayBatDau, until: NgayKetThuc }
                codes:
                  - { code: A, name: Một, parent: Z, until: 2026-08-01 }
                """;
        Preview preview = preview(file, """
                [{"Ma":"A","Ten":"Một","Cha":"B","NgayBatDau":"05/01/2026","NgayKetThuc":""},
                 {"Ma":"B","Ten":"Hai","NgayBatDau":"2026-01-05T00:00:00","NgayKetThuc":"31/12/2027"},
                 {"Ma":"C","Ten":"Đã hết","NgayKetThuc":"31/12/2024"}]""");
        CodeTable after = table(TableText.of("bang.codes.yaml", file, table(file), preview, "a"));

        assertThat(after.codes())
                .extracting(code -> code.code() + code.parent() + code.first() + code.last())
                .containsExactly(
                        "ABOptional[2026-01-05]Optional.empty",
                        "BOptional[2026-01-05]Optional[2027-12-31]",
                        "COptional.emptyOptional[2024-12-31]");
    }

    @Test
    void the_code_of_a_partner_that_the_catalogue_has_is_the_one_to_write_and_the_old_one_is_still_read() {
        String file = """
                name: Bảng hai mã
                version: "0"
                sources:
                  - { catalogue: bangmau, code: Ma, name: Ten, partners: { qcvn102: Cha } }
                codes:
                  - { code: H99, name: Một, partners: { qcvn102: "000.00.00.H99" } }
                  - { code: H99.01, name: Hai, partners: { qcvn102: "28.22.H99", office: "7" } }
                  - { code: H99.02, name: Ba, partners: { qcvn102: "000.00.02.H99" } }
                """;
        Preview preview = preview(file, """
                [{"Ma":"H99","Ten":"Một","Cha":"000.00.00.H99"},{"Ma":"H99.01","Ten":"Hai","Cha":"000.28.22.H99"},
                 {"Ma":"H99.02","Ten":"Ba","Cha":""},{"Ma":"H99.03","Ten":"Bốn","Cha":"000.00.03.H99"}]""");
        CodeTable after = table(TableText.of("bang.codes.yaml", file, table(file), preview, "a"));

        assertThat(preview.changes()).extracting(Preview.Change::code).containsExactly("H99.01", "H99.03");
        assertThat(after.codes())
                .extracting(code -> code.code() + code.partners())
                .containsExactly(
                        "H99{qcvn102=[000.00.00.H99]}",
                        "H99.01{qcvn102=[000.28.22.H99, 28.22.H99], office=[7]}",
                        "H99.02{qcvn102=[000.00.02.H99]}",
                        "H99.03{qcvn102=[000.00.03.H99]}");
        Preview moved = preview(file, """
                [{"Ma":"H99","Ten":"Một","Cha":"000.00.02.H99"},{"Ma":"H99.01","Ten":"Hai","Cha":"28.22.H99"},
                 {"Ma":"H99.02","Ten":"Ba","Cha":"000.00.00.H99"}]""");
        assertThat(table(TableText.of("bang.codes.yaml", file, table(file), moved, "a"))
                        .codes())
                .as("a code that another has now is not read for the one before")
                .extracting(code -> code.code() + code.of("qcvn102"))
                .containsExactly("H99[000.00.02.H99]", "H99.01[28.22.H99]", "H99.02[000.00.00.H99]");
        assertThatThrownBy(() -> preview(file, """
                        [{"Ma":"A","Ten":"Một","Cha":"000.00.00.H99"},{"Ma":"B","Ten":"Hai","Cha":"000.00.00.H99"}]"""))
                .hasMessageContaining("row 2 has a code of qcvn102 that an earlier row has too");
        assertThatThrownBy(() -> preview(file.replace("Cha }", "Khac }"), OFFERED))
                .hasMessageContaining("no column Khac");
    }

    @Test
    void a_code_that_the_catalogue_keeps_and_says_is_over_is_lost_too() {
        String file = """
                name: Bảng ngày
                version: "0"
                sources:
                  - { catalogue: bangmau, code: Ma, name: Ten, from: NgayBatDau, until: NgayKetThuc }
                codes:
                  - { code: A, name: Một }
                  - { code: B, name: Hai }
                  - { code: C, name: Ba }
                """;
        Preview preview = preview(file, """
                [{"Ma":"A","Ten":"Một","NgayKetThuc":"30/06/2026"},{"Ma":"B","Ten":"Hai","NgayBatDau":"01/01/2030"},
                 {"Ma":"C","Ten":"Ba","NgayKetThuc":"01/07/2026"}]""");

        assertThat(preview.count(Preview.Kind.CHANGED)).isEqualTo(3);
        assertThat(preview.lostPercent()).isEqualTo(67);
    }

    @Test
    void a_code_of_the_city_that_the_catalogue_has_too_is_a_conflict() {
        assertThat(preview(FILE, "[{\"Ma\":\"L9\",\"Ten\":\"Chín\"}]").conflicts())
                .containsExactly("L9");
    }

    @Test
    void the_digest_is_of_file_rows_and_day() {
        CodeTable table = table(FILE);
        String digest = preview(FILE, OFFERED).digest();

        assertThat(preview(FILE, OFFERED).digest()).isEqualTo(digest).hasSize(16);
        assertThat(preview(FILE + "\n", OFFERED).digest()).isNotEqualTo(digest);
        assertThat(preview(FILE, OFFERED.replace("Hai", "Hải")).digest()).isNotEqualTo(digest);
        assertThat(Preview.of(table, FILE, rows(table, OFFERED), DAY.plusDays(1))
                        .digest())
                .isNotEqualTo(digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|has no rows",
                "{}|has no list of rows",
                "[{\"Ma\":\"01\"|has no list of rows",
                "[{\"Ma\":\"01\",\"Ten\":\"a\"},{\"Ma\":\"01\",\"Ten\":\"a\"}]|row 2 has a code that an earlier row has too",
                "[{\"Ma\":\"01\"},{\"Ten\":\"a\"}]|row 2 has no Ma",
                "[{\"Ma\":1,\"Ten\":\"a\"}]|row 1 has in Ma no text",
                "[{\"Ma\":\"01\",\"Ten\":\"a\\u0007\"}]|row 1 has in Ten a text that is longer"
            })
    void what_is_doubtful_is_refused_whole_and_without_a_value(String rows, String why) {
        assertThatThrownBy(() -> rows(table(FILE), rows))
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.PROVIDER_INVALID))
                .hasMessageContaining("the catalogue bangmau " + why)
                .hasMessageEndingWith("nothing was taken over");
    }

    @Test
    void a_column_that_the_catalogue_does_not_have_is_named() {
        String file = FILE.replace("name: Ten }", "name: TenDanToc }");
        assertThatThrownBy(() -> rows(table(file), OFFERED)).hasMessageContaining("it has no column TenDanToc");
    }

    @Test
    void a_code_that_two_catalogues_of_a_table_have_is_refused() {
        CatalogueRows rows = rows(table(FILE), OFFERED);
        assertThatThrownBy(() -> rows.and("bangkhac", rows)).hasMessageContaining("bangkhac row 1");
    }

    @Test
    void a_file_that_cannot_be_changed_line_by_line_stays_as_it_is() {
        for (String file : List.of(
                "{ name: a, version: b, sources: [{ catalogue: c, code: Ma, name: Ten }], codes: [{ code: x }] }\n",
                "name: a\nversion: b\nsources: [{ catalogue: c, code: Ma, name: Ten }]\ncodes: [{ code: x }, { code: y }]\n")) {
            assertThatThrownBy(() -> TableText.of("bang.codes.yaml", file, table(file), preview(file, OFFERED), "a"))
                    .hasMessageContaining("line by line");
        }
    }
}
