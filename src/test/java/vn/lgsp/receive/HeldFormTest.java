package vn.lgsp.receive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;

/** A form that is held is read as one in memory is. */
class HeldFormTest {
    private static final String TYPE = "multipart/form-data; boundary=bien";

    private HeldForm.Read read(String form, int memory) {
        return HeldForm.read(TYPE, Content.of(form.getBytes(UTF_8)), memory);
    }

    private static String part(String head, String content) {
        return "--bien\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
    }

    @Test
    void whatever_fits_in_memory_is_the_same_json() {
        for (String form : List.of(
                part("name=\"messagetype\"", "edoc") + part("name=\"edocFile\"; filename=\"a.edxml\"", "<x>Số</x>")
                        + "--bien--\r\n",
                "before\r\n" + part("name=\"a\"", "") + "--bien--",
                part("name=\"a\"", "\r\n--bie\r\n\r--bi\r\r\n-")
                        + "--bien  \r\nContent-Disposition: form-data; name=b\r\n\r\n1\r\n--bien--after",
                "--bien\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--bien--x",
                "--bien--")) {
            assertThat(new JsonObject(Buffer.buffer(read(form, 1 << 20).json())))
                    .as(form)
                    .isEqualTo(new JsonObject(Buffer.buffer(FormBody.json(TYPE, form.getBytes(UTF_8)))));
        }
    }

    @Test
    void a_file_that_does_not_fit_is_held_beside_with_its_length_in_its_place() {
        String large = "\r\n--bien".substring(0, 7).repeat(9_000) + "\r\n--bieN".repeat(3_000);
        HeldForm.Read read = read(
                part("name=\"messagetype\"", "edoc")
                        + part("name=\"edocFile\"; filename=\"a.edxml\"\r\nContent-Type: application/xml", large)
                        + part("name=\"small\"; filename=\"b\"", "123")
                        + "--bien--\r\n",
                1_000);

        JsonObject json = new JsonObject(Buffer.buffer(read.json()));
        assertThat(json.getString("messagetype")).isEqualTo("edoc");
        assertThat(json.getJsonObject("edocFile"))
                .isEqualTo(new JsonObject()
                        .put("name", "a.edxml")
                        .put("type", "application/xml")
                        .put("bytes", large.length()));
        assertThat(json.getJsonObject("small").getString("content")).isEqualTo("MTIz");
        assertThat(read.files()).containsOnlyKeys("edocFile");
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        Objects.requireNonNull(read.files().get("edocFile")).read((piece, length) -> held.write(piece, 0, length));
        assertThat(held.toString(ISO_8859_1)).isEqualTo(large);
    }

    @Test
    void what_is_no_form_is_refused_in_the_words_of_one_in_memory() {
        for (String form : List.of(
                "",
                part("name=\"a\"", "1"),
                part("name=\"a\"", "1") + part("name=\"a\"", "2") + "--bien--",
                part("name=\"a\"; filename=\"f\"", "1") + part("name=\"a\"; filename=\"f\"", "2") + "--bien--",
                part("filename=\"f\"", "1") + "--bien--",
                "--bien\r\n\r\n1\r\n--bien--",
                "--bienX\r\n1\r\n--bien--",
                "--bien\r\n" + "X: y\r\n".repeat(2_000) + "\r\n1\r\n--bien--")) {
            BusException inMemory = org.assertj.core.api.Assertions.catchThrowableOfType(
                    () -> FormBody.json(TYPE, form.getBytes(UTF_8)), BusException.class);
            assertThatThrownBy(() -> read(form, 1 << 20))
                    .as(form)
                    .isInstanceOf(BusException.class)
                    .hasMessage(inMemory.getMessage());
        }
        assertThatThrownBy(() -> read(part("name=\"a\"", "x".repeat(5_000)) + "--bien--", 1_000))
                .isInstanceOfSatisfying(
                        BusException.class, large -> assertThat(large.code()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE));
    }
}
