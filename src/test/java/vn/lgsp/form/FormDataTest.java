package vn.lgsp.form;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What a form cannot be made of; what is made of the rest {@code FormOutTest} shows. */
class FormDataTest {
    private static final FormData.Refusal REFUSAL =
            what -> new BusException(ErrorCode.MESSAGE_INVALID, "the form " + what);

    @Test
    void a_media_type_of_any_length_is_refused_and_not_matched_part_by_part() {
        String type = "application/pdf" + "; a=b".repeat(200_000);

        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> write("{'tep':{'name':'a.pdf','content':'QQ==','type':'" + type + "'}}"))
                .withMessageContaining("the form would have in part 1 a file whose type is no media type");
    }

    @Test
    void a_file_keeps_the_parameters_of_its_media_type() {
        String form =
                write("{'tep':{'name':'a.csv','content':'QQ==','type':'text/csv; charset=utf-8; header=present'}}");

        assertThat(form).contains("Content-Type: text/csv; charset=utf-8; header=present\r\n\r\nA\r\n");
    }

    private static String write(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
        return new String(
                FormData.write(FormData.members(bytes, REFUSAL), REFUSAL).content(), UTF_8);
    }
}
