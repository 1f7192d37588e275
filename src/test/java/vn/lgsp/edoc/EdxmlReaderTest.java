package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** Packets as different writers make them are read for what they say (EXT-20). */
class EdxmlReaderTest {
    private static final byte[] TEXT = "nội dung thử".getBytes(StandardCharsets.UTF_8);

    @Test
    void a_document_of_the_axis_sdk_is_read() {
        DocumentPacket packet = Samples.document(Samples.text("document.edxml"));

        assertThat(packet.from()).isEqualTo(Organ.of("000.00.00.H99", "UBND tỉnh Mẫu", "UBND tỉnh Mẫu"));
        assertThat(packet.to())
                .extracting(organ -> organ.id().value())
                .containsExactly("000.00.01.H99", "000.00.02.H99");
        assertThat(packet.documentId()).isEqualTo("000.00.00.H99,2026/01/15,12/UBND-VP");
        assertThat(packet.code()).isEqualTo(new DocumentPacket.Code("12", "UBND-VP"));
        assertThat(packet.promulgation()).isEqualTo(new DocumentPacket.Promulgation("Tỉnh Mẫu", "2026/01/15"));
        assertThat(packet.type()).isEqualTo(DocumentPacket.DocumentType.LETTER);
        assertThat(packet.subject()).isEqualTo("V/v kiểm thử liên thông");
        assertThat(packet.steeringType()).isEqualTo("0");
        assertThat(packet.traces()).containsExactly(new Trace(new OrganId("000.00.00.H99"), "2026/01/15 08:30:00"));
        assertThat(packet.business().orElseThrow().staff()).contains(new Staff("Văn thư", "Cán bộ thử nghiệm", "", ""));
        assertThat(packet.businessType()).isEqualTo(BusinessType.NEW);
        assertThat(Samples.documents(Samples.text("document.edxml"))).containsExactly("noi dung thu");
        assertThat(Samples.read(Samples.text("document.edxml")).warnings()).isEmpty();
    }

    @Test
    void the_other_dialect_says_the_same_in_another_order_with_other_prefixes() {
        String text = Samples.text("document-other-dialect.edxml");
        DocumentPacket packet = Samples.document(text);

        assertThat(packet.documentId()).isEqualTo("6f0c2f7e-0000-4000-8000-000000000007");
        assertThat(packet.from().id()).isEqualTo(new OrganId("28.22.H99"));
        assertThat(packet.promulgation().date()).as("an impossible day").isEqualTo("2026/02/30");
        assertThat(packet.type()).isEqualTo(new DocumentPacket.DocumentType("18", "0", "Công văn"));
        assertThat(packet.business().orElseThrow().paper()).isEqualTo("1");
        assertThat(packet.traces()).hasSize(1);
        assertThat(packet.attachments())
                .extracting(Attachment::contentId, Attachment::name, Attachment::contentType, Attachment::form)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "bao-cao", "bao-cao.txt", "text/plain", Attachment.Form.PACKED),
                        org.assertj.core.groups.Tuple.tuple(
                                "so-lieu", "so-lieu.csv", "application/zip", Attachment.Form.PLAIN));
        assertThat(Samples.documents(text)).containsExactly("bao cao mau", "thang;so\n1;12\n");
        assertThat(Samples.read(text).signature()).isEqualTo(Signature.EMPTY);
        assertThat(rules(Samples.read(text).warnings())).containsExactly(Rule.EDOC_ORGAN_NOTATION);
    }

    @Test
    void a_report_is_read() {
        StatusPacket report =
                (StatusPacket) Samples.read(Samples.text("status.edxml")).packet();

        assertThat(report.code()).isEqualTo(StatusCode.ACCEPTED);
        assertThat(report.documentId()).isEqualTo("000.00.00.H99,2026/01/15,12/UBND-VP");
        assertThat(report.from().id().value()).isEqualTo("000.00.01.H99");
        assertThat(report.to().value()).isEqualTo("000.00.00.H99");
        assertThat(report.description()).isEqualTo("Đã tiếp nhận");
    }

    @Test
    void revocation_update_and_replacement_say_what_they_are_about() {
        DocumentPacket revocation = Samples.document(Samples.text("revocation.edxml"));
        assertThat(revocation.businessType()).isEqualTo(BusinessType.REVOCATION);
        assertThat(revocation.responseFor())
                .extracting(ResponseFor::documentId)
                .containsExactly("000.00.00.H99,2026/01/15,12/UBND-VP");
        assertThat(revocation.attachments()).isEmpty();

        Business update =
                Samples.document(Samples.text("update.edxml")).business().orElseThrow();
        assertThat(update.update())
                .contains(new Business.Update(
                        "0", "1", List.of(new Business.Receiver(new OrganId("000.00.02.H99"), "0"))));

        Business replacement =
                Samples.document(Samples.text("replacement.edxml")).business().orElseThrow();
        assertThat(replacement.replacements())
                .containsExactly(new Business.Replacement(
                        "000.00.00.H99,2026/01/15,12/UBND-VP", List.of(new OrganId("000.00.01.H99"))));
    }

    @Test
    void what_follows_the_mended_spelling_is_read_too() {
        String mended = Samples.text("update.edxml").replace("Bussiness", "Business");

        assertThat(Samples.document(mended)).isEqualTo(Samples.document(Samples.text("update.edxml")));
    }

    @Test
    void older_namespaces_are_taken_where_they_are_configured() {
        EdxmlSettings both = new EdxmlSettings(
                Set.of(EdxmlSettings.NAMESPACE, EdxmlSettings.OLDER_NAMESPACE),
                EdxmlSettings.Profile.QCVN102_2016_LENIENT,
                EdxmlSettings.ErrorLists.IGNORED,
                EdxmlSettings.Signatures.PRESERVE,
                1 << 20,
                1 << 20,
                5,
                5,
                100,
                Map.of());
        byte[] older = Samples.text("wrong/older-namespace.edxml").getBytes(StandardCharsets.UTF_8);

        assertThat(Samples.read(older, both).packet()).isEqualTo(Samples.document(Samples.text("document.edxml")));
    }

    @Test
    void the_strict_profile_refuses_what_is_only_unusual() {
        EdxmlSettings strict = new EdxmlSettings(
                Set.of(EdxmlSettings.NAMESPACE),
                EdxmlSettings.Profile.QCVN102_2016_STRICT,
                EdxmlSettings.ErrorLists.IGNORED,
                EdxmlSettings.Signatures.PRESERVE,
                1 << 20,
                1 << 20,
                5,
                5,
                100,
                Map.of());
        byte[] unusual = Samples.text("document-other-dialect.edxml").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Samples.read(unusual, strict))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(rules(refused.findings()))
                        .containsExactly(Rule.EDOC_ORGAN_NOTATION));
    }

    @Test
    void a_file_that_is_a_zip_itself_stays_as_it_is() {
        byte[] table = Samples.zip(TEXT, "[Content_Types].xml", "xl/workbook.xml");

        Attachment attachment =
                Samples.document(Samples.with(table)).attachments().get(0);

        assertThat(attachment.form()).isEqualTo(Attachment.Form.PLAIN);
        assertThat(attachment.size()).isEqualTo(table.length);
    }

    @Test
    void a_packed_document_takes_its_name_from_the_packet_and_not_from_the_entry() {
        String text = Samples.with(Samples.zip(TEXT, "6f0c2f7e-0000-4000-8000-000000000001"));

        assertThat(Samples.document(text).attachments().get(0).fileName()).isEqualTo("mau.txt");
        assertThat(Samples.documents(text)).containsExactly("nội dung thử");
    }

    @Test
    void a_zip_that_nobody_can_look_into_is_a_document_with_a_warning() {
        byte[] password = Samples.zip(TEXT, "mau.txt");
        password[6] |= 1;
        byte[] method = Samples.zip(TEXT, "mau.txt");
        method[8] = 12;
        byte[] stored = Samples.zip(TEXT, "mau.txt");
        stored[8] = 0;
        for (byte[] closed : List.of(password, method, stored)) {
            Received received = Samples.read(Samples.with(closed));

            assertThat(rules(received.warnings())).containsExactly(Rule.EDOC_ZIP_CLOSED);
            assertThat(((DocumentPacket) received.packet()).attachments())
                    .extracting(Attachment::form, Attachment::size)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(Attachment.Form.PLAIN, (long) closed.length));
        }
    }

    @Test
    void a_report_with_a_trace_or_a_body_is_taken_and_told() {
        String text = Samples.text("status.edxml")
                .replace(
                        "</edXML:edXMLHeader>",
                        "<edXML:TraceHeaderList/></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest/></edXML:edXMLBody>");

        assertThat(rules(Samples.read(text).warnings()))
                .containsExactly(Rule.EDOC_ELEMENT_FOREIGN, Rule.EDOC_ELEMENT_FOREIGN);
        assertThat(Samples.read(text).packet())
                .isEqualTo(Samples.read(Samples.text("status.edxml")).packet());
    }

    @Test
    void base64_may_be_broken_into_lines_and_lie_in_a_cdata_section_with_comments_around() {
        String base64 = java.util.Base64.getMimeEncoder()
                .encodeToString("mẫu ".repeat(100).getBytes(StandardCharsets.UTF_8));

        assertThat(Samples.documents(Samples.withText("\n  " + base64.replace("\r\n", "\n\t ") + "\n")))
                .containsExactly("mẫu ".repeat(100));
        assertThat(Samples.documents(Samples.withText("<!-- x --><![CDATA[" + base64 + "]]><?y z?>")))
                .containsExactly("mẫu ".repeat(100));
        assertThat(Samples.documents(Samples.withText("bcOgbw")))
                .as("without padding")
                .containsExactly("mào");
    }

    @Test
    void an_attachment_that_the_manifest_does_not_name_is_taken_with_a_warning() {
        String text = Samples.text("document.edxml").replaceAll("(?s)<edXML:Reference>.*</edXML:Reference>", "");

        Received received = Samples.read(text);

        assertThat(rules(received.warnings())).containsExactly(Rule.EDOC_REFERENCE_MISSING);
        assertThat(((DocumentPacket) received.packet()).attachments()).hasSize(1);
    }

    @Test
    void a_signature_is_told_and_never_believed() {
        String text = Samples.text("document.edxml");
        String samples = "<Signature><SignedInfo/><SignatureValue>AA==</SignatureValue></Signature>";

        assertThat(signature(text, samples)).isEqualTo(Signature.NOT_VERIFIABLE);
        assertThat(signature(
                        text,
                        samples.replaceFirst("Signature", "Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"")))
                .isEqualTo(Signature.XML_DSIG);
        assertThat(signature(text, "<edXML:DigitalSignature> </edXML:DigitalSignature>"))
                .isEqualTo(Signature.EMPTY);
        assertThat(signature(text, "")).isEqualTo(Signature.NONE);
    }

    private static Signature signature(String text, String signature) {
        return Samples.read(text.replace("</edXML:edXMLHeader>", signature + "</edXML:edXMLHeader>"))
                .signature();
    }

    @Test
    void error_lists_are_passed_over_wherever_they_stand_and_told_where_that_is_set() {
        String list = "<edXML:ErrorList xmlns:edXML=\"" + EdxmlSettings.NAMESPACE + "\"><x/></edXML:ErrorList>";
        EdxmlSettings usual = EdxmlSettings.defaults();
        EdxmlSettings telling = new EdxmlSettings(
                usual.namespaces(),
                usual.profile(),
                EdxmlSettings.ErrorLists.TOLD,
                EdxmlSettings.Signatures.PRESERVE,
                usual.packetLimit(),
                usual.attachmentLimit(),
                usual.attachments(),
                usual.zipEntries(),
                usual.zipRatio(),
                Map.of());
        for (String before : List.of("</edXML:edXMLHeader>", "<AttachmentEncoded>", "<Attachment>", "</edXML>")) {
            String text = Samples.text("document.edxml").replace(before, list + before);

            assertThat(Samples.read(text).warnings()).as(before).isEmpty();
            assertThat(Samples.read(text).packet()).isEqualTo(Samples.document(Samples.text("document.edxml")));
            assertThat(rules(Samples.read(text.getBytes(StandardCharsets.UTF_8), telling)
                            .warnings()))
                    .as(before)
                    .containsExactly(Rule.EDOC_ERROR_LIST);
        }
    }

    @Test
    void packets_in_other_encodings_say_so() {
        String text = Samples.text("document.edxml");
        DocumentPacket packet = Samples.document(text);

        assertThat(Samples.read(
                                text.replace("UTF-8", "UTF-16").getBytes(StandardCharsets.UTF_16),
                                EdxmlSettings.defaults())
                        .packet())
                .isEqualTo(packet);
        assertThat(Samples.document("\uFEFF" + text)).isEqualTo(packet);
    }

    @Test
    void each_receiver_gets_a_delivery_of_its_own_and_none_gets_two() {
        String text = Samples.text("document.edxml").replace("000.00.02.H99", "000.00.01.h99");
        DocumentPacket both = Samples.document(Samples.text("document.edxml"));
        DocumentPacket twice = Samples.document(text);

        assertThat(both.deliveries())
                .extracting(delivery -> delivery.receiver().id().value())
                .containsExactly("000.00.01.H99", "000.00.02.H99");
        assertThat(both.deliveries()).extracting(Delivery::key).doesNotHaveDuplicates();
        assertThat(twice.deliveries()).hasSize(1);
        assertThat(twice.deliveries().get(0).key())
                .isEqualTo(both.deliveries().get(0).key());
    }

    @Test
    void keys_tell_apart_what_is_not_the_same() {
        OrganId receiver = new OrganId("000.00.01.H99");
        DeduplicationKey key = DeduplicationKey.of("a", receiver, BusinessType.NEW);

        assertThat(List.of(
                        key,
                        DeduplicationKey.of("b", receiver, BusinessType.NEW),
                        DeduplicationKey.of("a", new OrganId("000.00.02.H99"), BusinessType.NEW),
                        DeduplicationKey.of("a", receiver, BusinessType.UPDATE),
                        DeduplicationKey.ofAxis("a")))
                .doesNotHaveDuplicates();
        assertThat(DeduplicationKey.of("a", new OrganId("000.00.01.h99"), BusinessType.NEW))
                .isEqualTo(key);
    }

    @Test
    void what_a_packet_prints_says_nothing_of_the_document() {
        assertThat(Samples.read(Samples.text("document.edxml")).toString())
                .contains("000.00.00.H99")
                .doesNotContain("kiểm thử", "Cán bộ", "mau.txt");
        assertThat(Samples.read(Samples.text("status.edxml")).toString()).doesNotContain("tiếp nhận", "Cán bộ");
    }

    @Test
    void names_of_files_lead_nowhere() {
        assertThat(Attachment.of(3, "a", "12/UBND\\VP:?.pdf", "", Attachment.Form.PLAIN)
                        .fileName())
                .isEqualTo("12_UBND_VP__.pdf");
        assertThat(Attachment.of(3, "a", "..", "", Attachment.Form.PLAIN).fileName())
                .isEqualTo("_");
        assertThat(Attachment.of(3, "a", "", "", Attachment.Form.PLAIN).fileName())
                .isEqualTo("attachment-3");
    }

    @Test
    void codes_are_recognised_in_both_notations_and_taken_in_none() {
        assertThat(new OrganId("001.00.20.H99").notation()).contains(Notation.QCVN102);
        assertThat(new OrganId("H99.20.001").notation()).contains(Notation.QD20);
        assertThat(new OrganId("28.22.H99").notation()).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> new OrganId("H".repeat(36))).hasMessageContaining("36 characters");
    }

    private static List<Rule> rules(List<Finding> findings) {
        return findings.stream().map(Finding::rule).toList();
    }
}
