package vn.lgsp.edoc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** ZIPs as other systems write them (wire-formats 2.5). */
final class AttachmentZipTest {
    private static byte[] zip(String name, Charset names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, names)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write("noi dung thu".getBytes(UTF_8));
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private static Attachment.Form inspected(byte[] zip) throws IOException {
        return AttachmentZip.inspect(new ByteArrayInputStream(zip), EdxmlSettings.defaults(), () -> {});
    }

    @Test
    void a_name_in_the_code_page_of_windows_hinders_nothing() throws IOException {
        // a single byte that is no UTF-8, as Windows writes it without a mark
        byte[] zip = zip("c\u00f4ng van.pdf", StandardCharsets.ISO_8859_1);

        assertThat(inspected(zip)).isEqualTo(Attachment.Form.PACKED);
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        AttachmentZip.unpack(
                Attachment.of(1, "a", "c\u00f4ng v\u0103n.pdf", "application/pdf", Attachment.Form.PACKED),
                new ByteArrayInputStream(zip),
                document,
                EdxmlSettings.defaults());
        assertThat(document.toString(UTF_8)).isEqualTo("noi dung thu");
        assertThat(inspected(zip("c\u00f4ng v\u0103n.pdf", UTF_8))).isEqualTo(Attachment.Form.PACKED);
    }

    @Test
    void a_name_that_leads_away_is_seen_in_any_code_page() throws IOException {
        byte[] zip = zip("../c\u00f4ng van.pdf", StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> inspected(zip)).isInstanceOf(Unfit.class);
    }
}
