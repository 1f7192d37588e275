package vn.lgsp.axis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vn.lgsp.axis.HeaderSignature.Mistake;

/** The golden vectors of wire-formats 12.2, and the calls of 12.3.4. */
final class AxisVectorsTest {
    private static final String SECRET = "example-secret";
    private static final String TEXT =
            "{\"XroadVnpt-systemid\":\"SYS-TEST-01\",\"XroadVnpt-timestamp\":\"20112025T101500+0042\","
                    + "\"XroadVnpt-servicetype\":\"eDoc\",\"XroadVnpt-messagetype\":\"edoc\"}";
    private static final String HASH = "b470d0425572c80cf5d1bc77d1445e8ee7465adf20941347f603c649a499d1d7";
    private static final byte[] PACKET = "edxml-13".getBytes(US_ASCII);
    private static final String PADDED = "04afad61f23f07c59a50ecbc4fb1757d203ac95c1d001fabbcf35dea64012276";
    private static final String UNPADDED = "4afad61f23f7c59a50ecbc4fb1757d203ac95c1d01fabbcf35dea6412276";

    private static List<Map.Entry<String, String>> call() {
        return new ArrayList<>(List.of(
                Map.entry("XroadVnpt-systemid", "SYS-TEST-01"),
                Map.entry("XroadVnpt-timestamp", "20112025T101500+0042"),
                Map.entry("XroadVnpt-servicetype", "eDoc"),
                Map.entry("XroadVnpt-messagetype", "edoc"),
                Map.entry("XroadVnpt-sign-header", TEXT),
                Map.entry("XroadVnpt-sign-header-key", "systemid;timestamp;servicetype;messagetype"),
                Map.entry("XroadVnpt-hash-header", HASH),
                Map.entry("XroadVnpt-version", "3.0.201608"),
                Map.entry("Content-Type", "application/json")));
    }

    private static List<Map.Entry<String, String>> with(String name, String value) {
        List<Map.Entry<String, String>> call = call();
        call.removeIf(header -> header.getKey().equals(name));
        call.add(Map.entry(name, value));
        return call;
    }

    @Test
    void text_names_and_hash_are_those_of_the_vector() {
        HeaderSignature.Signed signed = HeaderSignature.sign(
                List.of(
                        Map.entry("systemid", "SYS-TEST-01"),
                        Map.entry("timestamp", "20112025T101500+0042"),
                        Map.entry("servicetype", "eDoc"),
                        Map.entry("messagetype", "edoc")),
                SECRET);

        assertThat(signed.text()).isEqualTo(TEXT);
        assertThat(signed.names()).isEqualTo("systemid;timestamp;servicetype;messagetype");
        assertThat(signed.hash()).isEqualTo(HASH);
    }

    @Test
    void a_call_is_good_with_headers_in_lower_case_and_in_any_order() {
        List<Map.Entry<String, String>> lower = new ArrayList<>();
        call().forEach(header -> lower.add(Map.entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue())));
        Collections.reverse(lower);

        assertThat(HeaderSignature.verify(call(), SECRET)).isEmpty();
        assertThat(HeaderSignature.verify(lower, SECRET)).isEmpty();
    }

    @Test
    void a_parameter_in_vietnamese_is_read_as_it_was_signed() {
        List<Map.Entry<String, String>> parameters = List.of(
                Map.entry("systemid", "SYS-TEST-01"),
                Map.entry("timestamp", "20112025T101500+0042"),
                Map.entry("filePath", "C:\\Văn bản\\12.edxml"));
        HeaderSignature.Signed signed = HeaderSignature.sign(parameters, SECRET);
        List<Map.Entry<String, String>> call = new ArrayList<>();
        // a server reads each byte as a letter
        parameters.forEach(each -> call.add(Map.entry(
                "XroadVnpt-" + each.getKey(), new String(each.getValue().getBytes(UTF_8), ISO_8859_1))));
        call.add(Map.entry("XroadVnpt-sign-header", new String(signed.text().getBytes(UTF_8), ISO_8859_1)));
        call.add(Map.entry("XroadVnpt-sign-header-key", signed.names()));
        call.add(Map.entry("XroadVnpt-hash-header", signed.hash()));

        assertThat(HeaderSignature.verify(call, SECRET)).isEmpty();
    }

    @Test
    void a_call_is_bad_when_anything_of_it_is_not_what_was_signed() {
        List<Map.Entry<String, String>> twice = call();
        twice.add(Map.entry("xroadvnpt-MessageType", "status"));
        List<Map.Entry<String, String>> more = call();
        more.add(Map.entry("XroadVnpt-docId", "0001"));
        List<Map.Entry<String, String>> less = call();
        less.removeIf(header -> header.getKey().equals("XroadVnpt-messagetype"));

        assertThat(HeaderSignature.verify(with("XroadVnpt-messagetype", "status"), SECRET))
                .contains(Mistake.HEADER_CHANGED);
        assertThat(HeaderSignature.verify(twice, SECRET)).contains(Mistake.HEADER_CHANGED);
        assertThat(HeaderSignature.verify(less, SECRET)).contains(Mistake.HEADER_CHANGED);
        assertThat(HeaderSignature.verify(more, SECRET)).contains(Mistake.HEADER_UNSIGNED);
        assertThat(HeaderSignature.verify(call(), "another-secret")).contains(Mistake.WRONG_HASH);
        assertThat(HeaderSignature.verify(with("XroadVnpt-hash-header", HASH.replace('b', 'c')), SECRET))
                .contains(Mistake.WRONG_HASH);
        assertThat(HeaderSignature.verify(with("XroadVnpt-sign-header", TEXT + " "), SECRET))
                .contains(Mistake.WRONG_HASH);
        assertThat(HeaderSignature.verify(with("XroadVnpt-sign-header-key", "systemid;timestamp"), SECRET))
                .contains(Mistake.UNREADABLE);
        assertThat(HeaderSignature.verify(List.of(), SECRET)).contains(Mistake.INCOMPLETE);
    }

    @Test
    void a_text_that_is_signed_and_no_list_of_headers_is_not_taken() {
        for (String text : List.of("", "[]", "{", "{\"XroadVnpt-systemid\":1}", "{\"other\":\"x\"}")) {
            List<Map.Entry<String, String>> call = with("XroadVnpt-sign-header", text);
            call.removeIf(header -> header.getKey().equals("XroadVnpt-hash-header"));
            call.add(Map.entry("XroadVnpt-hash-header", hmac(text)));
            assertThat(HeaderSignature.verify(call, SECRET)).as(text).isPresent();
        }
        HeaderSignature.Signed withoutTime =
                HeaderSignature.sign(List.of(Map.entry("systemid", "SYS-TEST-01")), SECRET);
        assertThat(HeaderSignature.verify(
                        List.of(
                                Map.entry("XroadVnpt-systemid", "SYS-TEST-01"),
                                Map.entry("XroadVnpt-sign-header", withoutTime.text()),
                                Map.entry("XroadVnpt-sign-header-key", withoutTime.names()),
                                Map.entry("XroadVnpt-hash-header", withoutTime.hash())),
                        SECRET))
                .contains(Mistake.INCOMPLETE);
    }

    /** Not by the code that is tested. */
    private static String hmac(String text) {
        try {
            javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
            mac.init(new javax.crypto.spec.SecretKeySpec(SECRET.getBytes(US_ASCII), "HmacSHA256"));
            return java.util.HexFormat.of().formatHex(mac.doFinal(text.getBytes(US_ASCII)));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void the_hash_of_a_file_is_written_in_both_ways_and_read_in_either() {
        assertThat(FileHash.of(PACKET, FileHash.Style.PADDED)).isEqualTo(PADDED);
        assertThat(FileHash.of(PACKET, FileHash.Style.UNPADDED)).isEqualTo(UNPADDED);
        assertThat(proved(PADDED, PACKET)).contains(PACKET);
        assertThat(proved(UNPADDED.toUpperCase(Locale.ROOT), PACKET)).contains(PACKET);
        assertThat(proved(PADDED, "edxml-14".getBytes(US_ASCII))).isEmpty();
        assertThat(proved("", PACKET)).isEmpty();
    }

    @Test
    void the_line_break_that_the_sdk_writes_behind_a_file_is_not_part_of_it() {
        byte[] sent = "edxml-13\r\n".getBytes(US_ASCII);

        assertThat(proved(PADDED, sent)).contains(PACKET);
        assertThat(proved(FileHash.of(sent, FileHash.Style.PADDED), sent)).contains(sent);
    }

    @Test
    void time_has_its_day_first_and_milliseconds_behind_the_plus() {
        Instant at = Instant.parse("2025-11-20T03:15:00.042Z");

        assertThat(AxisTime.write(at)).isEqualTo("20112025T101500+0042");
        assertThat(AxisTime.read("20112025T101500+0042")).contains(at);
        for (String no : List.of(
                "", "20112025T101500", "20112025T101500+0700x", "31022025T101500+0042", "20112025T101500+4200")) {
            assertThat(AxisTime.read(no)).as(no).isEmpty();
        }
    }

    @Test
    void a_clock_may_drift_as_far_as_the_tolerance_to_either_side() {
        Instant now = Instant.parse("2025-11-20T03:20:00Z");
        Duration five = Duration.ofMinutes(5);

        assertThat(AxisTime.isNear("20112025T101500+0000", now, five)).isTrue();
        assertThat(AxisTime.isNear("20112025T102500+0000", now, five)).isTrue();
        assertThat(AxisTime.isNear("20112025T101459+0999", now, five)).isFalse();
        assertThat(AxisTime.isNear("20112025T102500+0001", now, five)).isFalse();
        assertThat(AxisTime.isNear("20112024T101500+0000", now, Duration.ZERO)).isTrue();
        assertThat(AxisTime.isNear("now", now, Duration.ZERO)).isFalse();
    }

    private static java.util.Optional<byte[]> proved(String hash, byte[] sent) {
        return FileHash.proves(hash, vn.lgsp.message.Content.of(sent)).map(vn.lgsp.message.Content::bytes);
    }
}
