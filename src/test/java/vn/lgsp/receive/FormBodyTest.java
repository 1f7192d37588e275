package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Forms as a mapping sees them, and what no form is (BUS-08, SEC-01). */
final class FormBodyTest {
    private static final String MULTIPART = "multipart/form-data; boundary=ranh-gioi";

    private static String json(String type, String form) {
        return new String(FormBody.json(type, form.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static String form(String fields) {
        return json("application/x-www-form-urlencoded", fields);
    }

    private static String parts(String text) {
        return json(MULTIPART, text.replace("\n", "\r\n"));
    }

    private static void refused(String type, String form, String why) {
        assertThatThrownBy(() -> FormBody.json(type, form.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BusException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("bi-mat")
                .satisfies(
                        refused -> assertThat(((BusException) refused).code()).isEqualTo(ErrorCode.MESSAGE_INVALID));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            so=001099000001&ten=Nguy%E1%BB%85n+An   | {"so":"001099000001","ten":"Nguyễn An"}
            a=1&b=2&a=3&a=                          | {"a":["1","3",""],"b":"2"}
            a&b=&&c=1%3D2=3                         | {"a":"","b":"","c":"1=2=3"}
            %C4%91=%F0%9F%8F%A0%2B%00               | {"đ":"\\uD83C\\uDFE0+\\u0000"}
            đ=ố                                     | {"đ":"ố"}
            ``                                      | {}
            """)
    void a_form_of_the_address_kind_is_an_object_and_what_repeats_an_array(String form, String json) {
        assertThat(form(form)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "a=%zz-bi-mat, percent-encoded",
        "a=bi-mat%4, percent-encoded",
        "a=%ff, not valid UTF-8",
        "=bi-mat, without a name"
    })
    void what_is_not_encoded_correctly_is_refused_without_being_shown(String form, String why) {
        refused("application/x-www-form-urlencoded", form, why);
    }

    @Test
    void a_form_of_more_fields_than_anybody_fills_in_is_refused() {
        refused("application/x-www-form-urlencoded", "a=1&".repeat(1_001), "more than 1000 fields");
    }

    @Test
    void parts_are_fields_and_files_with_name_media_type_and_content() {
        assertThat(parts("""
                preamble that nobody reads
                --ranh-gioi
                Content-Disposition: form-data; name="ho ten"

                Trần Thị Ố
                hai dòng
                --ranh-gioi  \s
                content-disposition: FORM-DATA; filename="đơn \\"1\\".pdf"; name=don
                Content-Type: application/pdf

                %PDF
                --ranh-gioi
                Content-Disposition: form-data; name="trong"

                --ranh-gioi--
                epilogue"""))
                .isEqualTo("{\"ho ten\":\"Trần Thị Ố\\r\\nhai dòng\","
                        + "\"don\":{\"name\":\"đơn \\\"1\\\".pdf\",\"type\":\"application/pdf\",\"content\":\"JVBERg==\"},"
                        + "\"trong\":\"\"}");
    }

    @Test
    void a_form_without_parts_is_empty() {
        assertThat(parts("--ranh-gioi--\n")).isEqualTo("{}");
    }

    @Test
    void bytes_of_a_file_survive_whatever_they_are() {
        byte[] every = new byte[512];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        byte[] head = "--ranh-gioi\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8);
        byte[] tail = "\r\n--ranh-gioi--".getBytes(StandardCharsets.UTF_8);
        byte[] form = new byte[head.length + every.length + tail.length];
        System.arraycopy(head, 0, form, 0, head.length);
        System.arraycopy(every, 0, form, head.length, every.length);
        System.arraycopy(tail, 0, form, head.length + every.length, tail.length);

        String content = new io.vertx.core.json.JsonObject(
                        new String(FormBody.json(MULTIPART, form), StandardCharsets.UTF_8))
                .getJsonObject("f")
                .getString("content");

        assertThat(java.util.Base64.getDecoder().decode(content)).isEqualTo(every);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=\"a\u00e0\"",
                "multipart/form-data; boundary=\"ends with a blank \"",
                "multipart/form-data; charset=utf-8"
            })
    void a_form_without_a_boundary_is_refused(String type) {
        refused(type, "--ranh-gioi--", "names no boundary");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing                                                          | ends before its last boundary
            --ranh-gioi                                                      | not a line of its own
            --ranh-gioi-khac~                                                | not a line of its own
            --ranh-gioi~Content-Disposition: form-data; name=a               | header lines do not end
            --ranh-gioi~Content-Disposition: form-data; name=a~~bi-mat       | ends before its last boundary
            --ranh-gioi~Content-Disposition: form-data; name=a~~bi-mat~--ranh-gioi | not a line of its own
            --ranh-gioi~Content-Disposition: form-data; name=a~~1~--ranh-gioi~Content-Disposition: form-data; name=a~~2~--ranh-gioi-- | two parts with one name
            --ranh-gioi~Content-Disposition: form-data; name=a; name=b~~1~--ranh-gioi-- | says name twice
            --ranh-gioi~Content-Disposition: form-data; name=a~Content-Disposition: form-data; name=b~~1~--ranh-gioi-- | two Content-Disposition
            --ranh-gioi~Content-Disposition: form-data~~1~--ranh-gioi--      | without a name
            --ranh-gioi~Content-Disposition: attachment; name=a~~1~--ranh-gioi-- | without Content-Disposition: form-data
            --ranh-gioi~~1~--ranh-gioi--                                     | without Content-Disposition: form-data
            --ranh-gioi~no header line~~1~--ranh-gioi--                      | a header line that is none
            --ranh-gioi~Content-Disposition: form-data; name=a~Content-Transfer-Encoding: base64~~1~--ranh-gioi-- | Content-Transfer-Encoding
            --ranh-gioi~Content-Disposition: form-data; name=a; filename*=utf-8''a~~1~--ranh-gioi-- | filename*
            --ranh-gioi~Content-Disposition: form-data; name=a~Content-Type: text/plain; charset=utf-16~~1~--ranh-gioi-- | not in UTF-8
            """)
    void parts_that_are_none_are_refused_without_being_shown(String form, String why) {
        refused(MULTIPART, form.replace("~", "\r\n"), why);
    }

    @Test
    void parts_without_end_and_too_many_of_them_are_refused_at_once() {
        long start = System.nanoTime();
        String part = "--ranh-gioi\r\nContent-Disposition: form-data; name=n%d\r\n\r\n1\r\n";
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 101; i++) {
            many.append(part.formatted(i));
        }
        refused(MULTIPART, many.toString(), "more than 100 parts");
        refused(MULTIPART, "--ranh-gioi\r\nX: " + "x".repeat(5_000) + "\r\n\r\n", "header lines do not end within");
        refused(MULTIPART, part.formatted(0) + "\r\n--ranh-gio".repeat(80_000), "ends before its last boundary");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void a_form_in_another_charset_is_refused() {
        assertThatThrownBy(() -> json("application/x-www-form-urlencoded; charset=windows-1258", "a=1"))
                .isInstanceOf(BusException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void a_content_type_that_is_as_long_as_a_head_may_be_is_read_to_its_end() {
        String type = "multipart/form-data; boundary=\"" + "a".repeat(15_000) + "\"";

        refused(type, "", "names no boundary");
    }
}
