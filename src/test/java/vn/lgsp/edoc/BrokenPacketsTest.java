package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;

/** Each form that is wrong is refused with a sentence of its own (EXT-20). */
class BrokenPacketsTest {
    private static final EdxmlSettings SMALL = new EdxmlSettings(
            Set.of(EdxmlSettings.NAMESPACE),
            EdxmlSettings.Profile.QCVN102_2016_LENIENT,
            EdxmlSettings.ErrorLists.IGNORED,
            EdxmlSettings.Signatures.PRESERVE,
            6 << 20,
            3 << 20,
            3,
            10,
            100,
            Map.of());

    private static final byte[] BIT = "nội dung".getBytes(StandardCharsets.UTF_8);

    /** Rules that no packet breaks that is read: of states, of writing, of signatures, and what is only unusual. */
    private static final Set<Rule> ELSEWHERE = EnumSet.of(
            Rule.EDOC_TRANSPORT_STEP,
            Rule.EDOC_STATUS_STEP,
            Rule.EDOC_CHARACTER,
            Rule.EDOC_ELEMENT_FOREIGN,
            Rule.EDOC_ELEMENT_EXPECTED,
            Rule.EDOC_ORGAN_NOTATION,
            Rule.EDOC_REFERENCE_MISSING,
            Rule.EDOC_ATTACHMENT_EMPTY,
            Rule.EDOC_ZIP_CLOSED,
            Rule.EDOC_SIGNATURE,
            Rule.EDOC_ERROR_LIST,
            Rule.EDOC_SIGNATURE_WRONG,
            Rule.EDOC_SIGNATURE_UNKNOWN);

    private record Broken(String name, Set<Rule> rules, Supplier<byte[]> packet) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The rules, then what is done to a sample. */
    private static final Map<String, Broken> CORPUS = new LinkedHashMap<>();

    static {
        file("flat-envelope", Rule.EDOC_FLAT_ENVELOPE);
        file("older-namespace", Rule.EDOC_NAMESPACE_OLDER);
        file("unknown-namespace", Rule.EDOC_NAMESPACE_UNKNOWN);
        file("soap-wrapped", Rule.EDOC_SOAP_WRAPPED);
        file("stray-before", Rule.EDOC_STRAY_BEFORE);
        file("attachment-missing", Rule.EDOC_ATTACHMENT_MISSING);
        file("attachments-inside", Rule.EDOC_ATTACHMENTS_INSIDE);
        file("doctype", Rule.EDOC_DOCTYPE);
        file("path-traversal", Rule.EDOC_ZIP_PATH);

        document("empty", text -> "", Rule.EDOC_EMPTY);
        document("base64 of a packet", text -> "PD94bWwgdmVyc2lvbj0iMS4wIj8+", Rule.EDOC_NO_XML);
        document("JSON", text -> "{\"edxml\":\"\"}", Rule.EDOC_NO_XML);
        document("a blank before the declaration", text -> " " + text, Rule.EDOC_STRAY_BEFORE);
        document("cut in the head", text -> text.substring(0, 900), Rule.EDOC_NOT_WELL_FORMED);
        document(
                "cut in an attachment",
                text -> text.substring(0, text.indexOf("UEsDB") + 40),
                Rule.EDOC_NOT_WELL_FORMED);
        document("something behind the root", text -> text + "<more/>", Rule.EDOC_NOT_WELL_FORMED);
        document("tags crossed", text -> text.replace("</edXML:To>", "</edXML:From>"), Rule.EDOC_NOT_WELL_FORMED);
        document(
                "prefix without namespace",
                text -> text.replaceFirst("xmlns:edXML=\"[^\"]*\"", ""),
                Rule.EDOC_NOT_WELL_FORMED);
        document("bytes of no character", text -> text, bytes -> bytes[400] = (byte) 0xff, Rule.EDOC_ENCODING);
        document("a declaration that lies", text -> text.replace("UTF-8", "US-ASCII"), Rule.EDOC_ENCODING);
        document("an encoding that nobody knows", text -> text.replace("UTF-8", "TCVN-5712"), Rule.EDOC_ENCODING);
        document("an entity that nobody declared", text -> text.replace("V/v", "&vv;"), Rule.EDOC_NOT_WELL_FORMED);
        document(
                "an entity of a file",
                text -> text.replaceFirst(
                                "<edXML ", "<!DOCTYPE edXML [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><edXML ")
                        .replace("V/v", "&e;"),
                Rule.EDOC_DOCTYPE);
        document("100,000 levels", text -> text.replace("V/v", "<a>".repeat(100_000)), Rule.EDOC_BOUNDS);
        document(
                "1,000 attributes",
                text -> text.replaceFirst(
                        "<edXML ",
                        "<edXML "
                                + IntStream.range(0, 1_000)
                                        .mapToObj(i -> "a" + i + "=\"\" ")
                                        .collect(Collectors.joining())),
                Rule.EDOC_BOUNDS);
        document(
                "a comment of 5 MB",
                text -> text.replace("V/v", "<!--" + "x".repeat(5 << 20) + "-->"),
                Rule.EDOC_PIECE_LONG);
        document(
                "an attachment in one CDATA section of 5 MB",
                text -> text.replace(">UEsD", "><![CDATA[" + "x".repeat(5 << 20) + "]]>UEsD"),
                Rule.EDOC_PIECE_LONG);
        document("a subject of 3 MB", text -> text.replace("V/v", "mẫu ".repeat(800_000)), Rule.EDOC_HEADER_LARGE);
        document(
                "60,000 receivers",
                text -> text.replace(
                        "<edXML:DocumentId>",
                        "<edXML:To><edXML:OrganId>H99</edXML:OrganId></edXML:To>".repeat(30_000)
                                + "<edXML:DocumentId>"),
                Rule.EDOC_HEADER_LARGE);
        document("7 MB", text -> text.replace("</edXML>", "\n".repeat(7 << 20) + "</edXML>"), Rule.EDOC_PACKET_LARGE);
        document(
                "the envelope alone",
                text -> text.replaceAll("(?s)(<\\?.*?\\?>).*(<edXML:edXMLEnvelope.*</edXML:edXMLEnvelope>).*", "$1$2"),
                Rule.EDOC_ROOT_MISSING);
        document("another document", text -> "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", Rule.EDOC_ROOT);
        document(
                "no namespace at all",
                text -> text.replaceAll(" xmlns(:edXML)?=\"[^\"]*\"", "").replace("edXML:", ""),
                Rule.EDOC_NAMESPACE_NONE);
        document(
                "attachments in no namespace",
                text -> text.replace("<AttachmentEncoded>", "<AttachmentEncoded xmlns=\"\">"),
                Rule.EDOC_NAMESPACE_NONE);
        document(
                "no envelope",
                text -> text.replaceAll("(?s)<edXML:edXMLEnvelope.*</edXML:edXMLEnvelope>", ""),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "no header",
                text -> text.replaceAll("(?s)<edXML:edXMLHeader.*</edXML:edXMLHeader>", ""),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "no sender", text -> text.replaceAll("(?s)<edXML:From>.*</edXML:From>", ""), Rule.EDOC_ELEMENT_MISSING);
        document("no receiver", text -> text.replaceAll("(?s)<edXML:To>.*</edXML:To>", ""), Rule.EDOC_ELEMENT_MISSING);
        document(
                "no DocumentId",
                text -> text.replaceAll("<edXML:DocumentId>.*</edXML:DocumentId>", ""),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "an empty DocumentId",
                text -> text.replaceAll("(<edXML:DocumentId>).*(</edXML:DocumentId>)", "$1 $2"),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "two DocumentIds",
                text -> text.replaceAll("(<edXML:DocumentId>.*</edXML:DocumentId>)", "$1$1"),
                Rule.EDOC_ELEMENT_TWICE);
        document(
                "two envelopes",
                text -> text.replaceAll("(?s)(<edXML:edXMLEnvelope.*</edXML:edXMLEnvelope>)", "$1$1"),
                Rule.EDOC_ELEMENT_TWICE);
        document(
                "two lists of attachments",
                text -> text.replace("</edXML>", "<AttachmentEncoded/></edXML>"),
                Rule.EDOC_ELEMENT_TWICE);
        document(
                "two contents of an attachment",
                text -> text.replaceAll("(<edXML:ContentTransferEncoded.*)", "$1$1"),
                Rule.EDOC_ELEMENT_TWICE);
        document(
                "a code of 36 characters", text -> text.replaceFirst("000.00.01.H99", "H".repeat(36)), Rule.EDOC_ORGAN);
        document("an empty code", text -> text.replaceFirst("000.00.01.H99", ""), Rule.EDOC_ORGAN);
        document(
                "a report with a document",
                text -> text.replace(
                        "<edXML:SteeringType>", "<edXML:StatusCode>03</edXML:StatusCode><edXML:SteeringType>"),
                Rule.EDOC_KIND,
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "a type of packet that nobody knows",
                text -> text.replace("Type>0</edXML:BussinessDocType", "Type>4</edXML:BussinessDocType"),
                Rule.EDOC_BUSINESS_TYPE);
        document(
                "no type of packet",
                text -> text.replaceAll("<edXML:BussinessDocType>.*</edXML:BussinessDocType>", ""),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "an update of nothing",
                text -> text.replace("Type>0</edXML:BussinessDocType", "Type>2</edXML:BussinessDocType"),
                Rule.EDOC_UPDATE);
        document(
                "a replacement of nothing",
                text -> text.replace("Type>0</edXML:BussinessDocType", "Type>3</edXML:BussinessDocType"),
                Rule.EDOC_REPLACEMENT);
        document(
                "a revocation of nothing",
                text -> text.replace("Type>0</edXML:BussinessDocType", "Type>1</edXML:BussinessDocType"),
                Rule.EDOC_REVOCATION);
        document(
                "a reference twice",
                text -> text.replaceAll("(?s)(<edXML:Reference>.*</edXML:Reference>)", "$1$1"),
                Rule.EDOC_CONTENT_ID_TWICE);
        document(
                "an attachment twice, once without cid",
                text -> text.replaceAll("(?s)(<Attachment>.*</Attachment>)", "$1$1")
                        .replaceFirst("<ContentId>cid:", "<ContentId>"),
                Rule.EDOC_CONTENT_ID_TWICE);
        document(
                "an attachment without id",
                text -> text.replaceAll("<ContentId>.*</ContentId>", ""),
                Rule.EDOC_ELEMENT_MISSING,
                Rule.EDOC_ATTACHMENT_MISSING);
        document(
                "an attachment without content",
                text -> text.replaceAll("<edXML:ContentTransferEncoded.*", ""),
                Rule.EDOC_ELEMENT_MISSING);
        document(
                "four attachments",
                text -> text.replaceAll("(?s)(<Attachment>.*</Attachment>)", "$1$1$1$1"),
                Rule.EDOC_ATTACHMENT_COUNT);
        document(
                "a name that leads upwards",
                text -> text.replace("mau.txt", "../../mau.txt"),
                Rule.EDOC_ATTACHMENT_NAME);
        document("a name on a drive", text -> text.replace("mau.txt", "C:mau.txt"), Rule.EDOC_ATTACHMENT_NAME);
        document(
                "a name with a line break",
                text -> text.replace("mau.txt", "mau&#10;x.txt"),
                Rule.EDOC_ATTACHMENT_NAME);
        content("characters outside of the alphabet", "bm9p!ZHVuZw==", Rule.EDOC_BASE64);
        content("the alphabet for addresses", "-_-_", Rule.EDOC_BASE64);
        content("one character too few", "bm9pI", Rule.EDOC_BASE64);
        content("too much padding", "bm9pIA===", Rule.EDOC_BASE64);
        content("something behind the padding", "bm9pIA==bm9p", Rule.EDOC_BASE64);
        content("an element in the content", "bm9p<b/>", Rule.EDOC_BASE64);
        content("an attachment of 4 MB", "QUFB".repeat(1_400_000), Rule.EDOC_ATTACHMENT_LARGE);
        zip("a bomb", Samples.zip(new byte[3 << 20], "mau.txt"), Rule.EDOC_ZIP_RATIO);
        zip("a bomb in its third entry", Samples.zip(new byte[1 << 20], "a", "b", "c"), Rule.EDOC_ZIP_RATIO);
        zip("a document that unfolds to 4 MB", Samples.zip(noise(4 << 20), "mau.txt"), Rule.EDOC_ATTACHMENT_LARGE);
        zip(
                "eleven entries",
                Samples.zip(BIT, IntStream.range(0, 11).mapToObj(i -> "e" + i).toArray(String[]::new)),
                Rule.EDOC_ZIP_ENTRIES);
        zip("an absolute path", Samples.zip(BIT, "/etc/mau"), Rule.EDOC_ZIP_PATH);
        zip("a path with back slashes", Samples.zip(BIT, "a\\..\\mau"), Rule.EDOC_ZIP_PATH);
        zip("a path in the second entry", Samples.zip(BIT, "a", "../mau"), Rule.EDOC_ZIP_PATH);
        zip("a ZIP cut off", Arrays.copyOf(Samples.zip(noise(1000), "mau.txt"), 500), Rule.EDOC_ZIP_BROKEN);
        zip("a ZIP with a wrong sum", changed(Samples.zip(BIT, "mau.txt"), 40), Rule.EDOC_ZIP_BROKEN);
        zip("the begin of a ZIP only", new byte[] {'P', 'K', 3, 4}, Rule.EDOC_ZIP_BROKEN);

        status("a code that nobody knows", text -> text.replace(">03<", ">07<"), Rule.EDOC_STATUS_CODE);
        status("a code of one digit", text -> text.replace(">03<", ">3<"), Rule.EDOC_STATUS_CODE);
        status(
                "a report on nothing",
                text -> text.replaceAll("(?s)<edXML:ResponseFor>.*</edXML:ResponseFor>", ""),
                Rule.EDOC_ELEMENT_MISSING);
        status(
                "a report to nobody",
                text -> text.replaceAll("(?s)(ResponseFor>\\s*)<edXML:OrganId>.*?</edXML:OrganId>", "$1"),
                Rule.EDOC_ELEMENT_MISSING);
        status(
                "a report with a receiver",
                text -> text.replace(
                        "<edXML:ResponseFor>",
                        "<edXML:To><edXML:OrganId>H99</edXML:OrganId></edXML:To><edXML:ResponseFor>"),
                Rule.EDOC_KIND);
    }

    private static void file(String name, Rule... rules) {
        add(name, Samples.text("wrong/" + name + ".edxml").getBytes(StandardCharsets.UTF_8), rules);
    }

    private static void document(String name, UnaryOperator<String> change, Rule... rules) {
        add(name, change.apply(Samples.text("document.edxml")).getBytes(StandardCharsets.UTF_8), rules);
    }

    private static void document(
            String name, UnaryOperator<String> change, java.util.function.Consumer<byte[]> then, Rule... rules) {
        byte[] bytes = change.apply(Samples.text("document.edxml")).getBytes(StandardCharsets.UTF_8);
        then.accept(bytes);
        add(name, bytes, rules);
    }

    private static void status(String name, UnaryOperator<String> change, Rule... rules) {
        add(name, change.apply(Samples.text("status.edxml")).getBytes(StandardCharsets.UTF_8), rules);
    }

    private static void content(String name, String base64, Rule rule) {
        add(name, Samples.withText(base64).getBytes(StandardCharsets.UTF_8), rule);
    }

    private static void zip(String name, byte[] content, Rule rule) {
        add(name, Samples.with(content).getBytes(StandardCharsets.UTF_8), rule);
    }

    private static void add(String name, byte[] packet, Rule... rules) {
        CORPUS.put(name, new Broken(name, EnumSet.copyOf(List.of(rules)), () -> packet));
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        // a tenth of it is chance, so that it packs to about as much
        new java.util.Random(9).nextBytes(bytes);
        for (int i = 0; i < size; i++) {
            bytes[i] = i % 4 == 0 ? bytes[i] : (byte) 'x';
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, int at) {
        bytes[at] ^= 1;
        return bytes;
    }

    static Stream<Broken> corpus() {
        return CORPUS.values().stream();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void it_is_refused_with_its_own_reason(Broken broken) {
        long begun = Samples.spent();
        List<Finding> findings = findings(broken.packet().get());

        assertThat(EnumSet.copyOf(findings.stream().map(Finding::rule).toList()))
                .isEqualTo(broken.rules());
        assertThat(Duration.ofNanos(Samples.spent() - begun)).isLessThan(Duration.ofSeconds(5));
        for (Finding finding : findings) {
            assertThat(finding.text(Locale.ENGLISH)).startsWith("packet.edxml").doesNotContain("kiểm thử", "null");
            assertThat(finding.text(Finding.VIETNAMESE)).doesNotContain("null", "{");
        }
    }

    private static List<Finding> findings(byte[] packet) {
        try {
            Samples.read(packet, SMALL);
        } catch (Refused refused) {
            return refused.findings();
        }
        return fail("taken as a packet");
    }

    @Test
    void every_rule_of_packets_is_broken_here_and_the_corpus_is_large() {
        Set<Rule> shown = corpus().flatMap(broken -> broken.rules().stream()).collect(Collectors.toSet());
        Set<Rule> all = Arrays.stream(Rule.values())
                .filter(rule -> rule.id().startsWith("edoc-") && !ELSEWHERE.contains(rule))
                .collect(Collectors.toSet());

        assertThat(shown).isEqualTo(all);
        assertThat(CORPUS).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void all_that_is_wrong_is_told_at_once_with_its_lines() {
        String text = Samples.text("document.edxml")
                .replaceFirst("000.00.01.H99", "H".repeat(36))
                .replaceAll("<edXML:DocumentId>.*</edXML:DocumentId>", "")
                .replace(">UEsD", ">!UEsD");

        assertThat(findings(text.getBytes(StandardCharsets.UTF_8)))
                .extracting(Finding::rule, Finding::line)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(Rule.EDOC_BASE64, 75),
                        org.assertj.core.groups.Tuple.tuple(Rule.EDOC_ORGAN, 12),
                        org.assertj.core.groups.Tuple.tuple(Rule.EDOC_ELEMENT_MISSING, 5));
    }

    @Test
    void what_the_sender_and_the_disk_fail_with_is_no_finding() {
        byte[] packet = Samples.text("document.edxml").getBytes(StandardCharsets.UTF_8);
        InputStream breaking =
                new java.io.SequenceInputStream(new java.io.ByteArrayInputStream(packet, 0, 2_000), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the line broke");
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) throws IOException {
                        throw new IOException("the line broke");
                    }
                });

        assertThatThrownBy(() -> new EdxmlReader(SMALL).read("x", breaking, AttachmentSink.NOWHERE))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the line broke");
        assertThatThrownBy(() -> new EdxmlReader(SMALL).read("x", new java.io.ByteArrayInputStream(packet), number -> {
                    throw new IOException("the disk is full");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the disk is full");
    }

    @Test
    void a_text_that_no_xml_can_hold_is_not_written() {
        StatusPacket packet = new StatusPacket(
                Organ.of("H99", "", ""),
                new ResponseFor(java.util.Optional.of(new OrganId("H99.01")), "", "", "1"),
                java.util.Optional.empty(),
                StatusCode.REJECTED,
                "a\u0001b",
                "");

        assertThatThrownBy(() -> EdxmlWriter.write(packet, new ByteArrayOutputStream()))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.findings())
                        .extracting(Finding::rule)
                        .containsExactly(Rule.EDOC_CHARACTER));
    }
}
