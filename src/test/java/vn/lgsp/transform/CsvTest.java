package vn.lgsp.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Tables as JSON and back: every zero, letter, line and empty field survives, and what is no table is refused (BUS-08, SEC-01). */
final class CsvTest {
    private static String read(char separator, String table) {
        return Json.text(new Csv(separator, List.of()).read(table.getBytes(StandardCharsets.UTF_8), Side.REQUEST));
    }

    private static String write(List<String> columns, String rows) {
        return new String(
                new Csv(',', columns).write(Json.read(rows, Side.REQUEST), Side.REQUEST), StandardCharsets.UTF_8);
    }

    private static void refused(Runnable work, String why) {
        assertThatThrownBy(work::run)
                .isInstanceOf(BusException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("bi-mat")
                .satisfies(
                        refused -> assertThat(((BusException) refused).code()).isEqualTo(ErrorCode.MESSAGE_INVALID));
    }

    @Test
    void a_table_is_an_array_of_objects_of_strings() {
        assertThat(read(',', "so,ten,\"ghi, chú\"\r\n001099000001,Đất ở,\"a \"\"b\"\"\r\nc\"\r\n1.50, x ,\r\n"))
                .isEqualTo("[{\"so\":\"001099000001\",\"ten\":\"Đất ở\",\"ghi, chú\":\"a \\\"b\\\"\\r\\nc\"},"
                        + "{\"so\":\"1.50\",\"ten\":\" x \",\"ghi, chú\":\"\"}]");
    }

    @Test
    void a_byte_order_mark_other_separators_and_a_missing_last_line_end_are_understood() {
        assertThat(read(';', "\uFEFFso;ten\n1;a,b")).isEqualTo("[{\"so\":\"1\",\"ten\":\"a,b\"}]");
        assertThat(read('\t', "so\tten\r\n1\t\r\n")).isEqualTo("[{\"so\":\"1\",\"ten\":\"\"}]");
        assertThat(read('|', "so\n\n1\n")).isEqualTo("[{\"so\":\"1\"}]");
        assertThat(read(',', "so,ten\n")).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            ``                        ~ has no header line
            a,b|1                     ~ has 1 fields in row 2, and 2 in its header line
            a,b|1,2|bi-mat,2,3        ~ has 3 fields in row 3
            a,a|1,2                   ~ has one name for two columns: column 2
            a,|1,2                    ~ has no name for column 2
            a,b|1,"bi-mat             ~ is not CSV
            a,b|1,"bi-mat"x           ~ is not CSV
            """)
    void what_is_no_table_is_refused_with_its_row_and_without_its_content(String table, String why) {
        refused(() -> read(',', table.replace("|", "\r\n")), why);
    }

    @Test
    void what_is_too_much_or_no_text_is_refused_at_once() {
        long start = System.nanoTime();
        refused(() -> read(',', "x".repeat(129) + "\n1\n"), "or one longer than 128");
        refused(() -> read(',', "a,".repeat(1_001) + "a\n"), "more than 1000 columns");
        String names = String.join(
                ",",
                java.util.stream.IntStream.range(0, 200)
                        .mapToObj(i -> "c".repeat(120) + i)
                        .toList());
        refused(() -> read(',', names + ("\n" + ",".repeat(199)).repeat(5_000)), "too large as JSON");
        refused(
                () -> new Csv(',', List.of()).read("t\u00ean\n1".getBytes(StandardCharsets.ISO_8859_1), Side.REQUEST),
                "not valid UTF-8");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void rows_are_written_with_a_header_line_and_quotes_where_they_are_needed() {
        assertThat(write(
                        List.of(),
                        "[{\"so\":\"0012\",\"m2\":1.50},{\"so\":\"a,\\\"b\\\"\\n\",\"đúng\":true,\"m2\":null}]"))
                .isEqualTo("so,m2,đúng\r\n0012,1.50,\r\n\"a,\"\"b\"\"\n\",,true\r\n");
        assertThat(write(List.of("ten", "so"), "[{\"so\":\"1\",\"khác\":\"2\"}]"))
                .isEqualTo("ten,so\r\n,1\r\n");
        assertThat(write(List.of("so"), "[]")).isEqualTo("so\r\n");
        assertThat(write(List.of(), "[{\"so\":\"\"}]")).isEqualTo("so\r\n\"\"\r\n");
    }

    @Test
    void what_is_written_is_read_again() {
        String rows = "[{\"a\":\" 0012 \",\"b\":\"Ố\\r\\n\\\"x\\\"\"},{\"a\":\"\",\"b\":\"🏠\"}]";
        assertThat(Json.read(read(',', write(List.of(), rows)), Side.REQUEST)).isEqualTo(Json.read(rows, Side.REQUEST));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {"a":1}          ~ is no JSON array of objects
            [1]              ~ has something in row 1 that is no object
            [{"a":{}}]       ~ has an object or an array inside of row 1
            [{"a":["1"]}]    ~ has an object or an array inside of row 1
            []               ~ has no row, and the columns are not named
            """)
    void what_no_table_can_show_is_refused(String rows, String why) {
        refused(() -> write(List.of(), rows), why);
    }

    @Test
    void rows_that_would_be_large_by_the_columns_of_others_are_refused() {
        StringBuilder others = new StringBuilder("[{}");
        for (int i = 0; i <= 1_000; i++) {
            others.append(",{\"c").append(i).append("\":1}");
        }
        refused(() -> write(List.of(), others + "]"), "more than 1000 names");
        String wide = others.toString().replace(",{\"c1000\":1}", "");

        refused(() -> write(List.of(), wide + ",{}".repeat(34_000) + "]"), "too large as CSV");
    }
}
