package vn.lgsp.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The vectors of wire-formats 12.2, by the simulators' own checks: the good one is accepted, one with a byte changed is not. */
class HubVectorsTest {
    static final String SIGN_HEADER = "{\"XroadVnpt-systemid\":\"SYS-TEST-01\","
            + "\"XroadVnpt-timestamp\":\"20112025T101500+0042\",\"XroadVnpt-servicetype\":\"eDoc\","
            + "\"XroadVnpt-messagetype\":\"edoc\"}";
    static final String HASH_HEADER = "b470d0425572c80cf5d1bc77d1445e8ee7465adf20941347f603c649a499d1d7";
    static final String LGSP_ACCESS_TOKEN = "eyJBY2Nlc3NLZXkiOiJBSy1FWEFNUExFIiwiU2VjcmV0S2V5IjoiU0stRVhBTVBMRSIsIkFw"
            + "cE5hbWUiOiJsZ3NwLXRlc3QiLCJQYXJ0bmVyQ29kZSI6IjAwMC4wMC4wMC5IMjYiLCJQYXJ0bmVyQ29kZUN1cyI6IjAwMC4wMC4wMC"
            + "5IMjYifQ==";
    static final String POPULATION_URL = "https://ndxp.example.vn/dancu/1.0/tracuu";
    static final String POPULATION_TIME = "1763608500000";
    static final String POPULATION_HEADER = "Basic bGdzcC10ZXN0OjRiMGQwOWU2NWRkNTc0NzgyN2U1YjVmYzVhZmRiYmE2ZjA5ZjQ3M2U"
            + "0ZTkxNGYyMTA0ODBjM2RjNDYzMWY2NTk=";
    private static final LgspAccessToken APPLICATION =
            new LgspAccessToken(List.of("AK-EXAMPLE", "SK-EXAMPLE", "lgsp-test", "000.00.00.H26", "000.00.00.H26"));

    @Test
    void lgspaccesstoken() {
        assertThat(APPLICATION.wrong(LGSP_ACCESS_TOKEN)).isEmpty();
        String text = new String(Base64.getDecoder().decode(LGSP_ACCESS_TOKEN), UTF_8);
        assertThat(APPLICATION.wrong(base64(text.replace("SK-EXAMPLE", "SK-EXAMPLF"))))
                .contains("SecretKey is not known");
        assertThat(APPLICATION.wrong(base64(text.replaceFirst("(\"AccessKey\":[^,]*),(\"SecretKey\":[^,]*)", "$2,$1"))))
                .contains("its keys are not the five ones, in their order");
        assertThat(APPLICATION.wrong("%%%")).contains("it is not base64");
        assertThat(APPLICATION.wrong("")).isPresent();
    }

    @Test
    void axis_header_signature() {
        AxisSignature.Verdict good = AxisSignature.verdict(signed(), "example-secret");
        assertThat(good.isRight()).isTrue();
        assertThat(good.signed())
                .containsOnly(
                        Map.entry("systemid", "SYS-TEST-01"),
                        Map.entry("timestamp", "20112025T101500+0042"),
                        Map.entry("servicetype", "eDoc"),
                        Map.entry("messagetype", "edoc"));
        assertThat(AxisSignature.verdict(signed(), "example-secreu").wrong())
                .isEqualTo("hash-header is not the HMAC of sign-header");
        assertThat(AxisSignature.verdict(
                                signed().set("XroadVnpt-sign-header", SIGN_HEADER.replace("eDoc", "eDod")),
                                "example-secret")
                        .isRight())
                .isFalse();
        assertThat(AxisSignature.verdict(
                                signed().set("XroadVnpt-hash-header", HASH_HEADER.replace("b470", "b471")),
                                "example-secret")
                        .isRight())
                .isFalse();
        assertThat(AxisSignature.verdict(signed().set("XroadVnpt-messagetype", "status"), "example-secret")
                        .wrong())
                .isEqualTo("the header messagetype is not what was signed");
        assertThat(AxisSignature.verdict(
                                signed().set("XroadVnpt-sign-header-key", "systemid;timestamp"), "example-secret")
                        .wrong())
                .isEqualTo("sign-header-key does not name what was signed");
    }

    @Test
    void an_axis_call_with_lower_case_names_in_another_order_is_the_same_call_and_what_is_not_signed_is_not_heard() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        List<Map.Entry<String, String>> all = signed().entries();
        for (int i = all.size() - 1; i >= 0; i--) {
            headers.add(
                    all.get(i).getKey().toLowerCase(java.util.Locale.ROOT),
                    all.get(i).getValue());
        }
        headers.add("xroadvnpt-docid", "not-signed");

        AxisSignature.Verdict verdict = AxisSignature.verdict(headers, "example-secret");

        assertThat(verdict.isRight()).isTrue();
        assertThat(verdict.value("docId")).isEmpty();
    }

    @Test
    void axis_timestamp_has_the_day_first_and_milliseconds_behind_the_plus() {
        Instant now = Instant.parse("2025-11-20T03:15:00.042Z");
        assertThat(AxisSignature.isNow("20112025T101500+0042", "1", now)).isTrue();
        assertThat(AxisSignature.isNow("20112025T101500+0042", "300", now.plusSeconds(300)))
                .isTrue();
        assertThat(AxisSignature.isNow("20112025T101500+0042", "300", now.plusMillis(300_001)))
                .isFalse();
        assertThat(AxisSignature.isNow("20112025T101500+0042", "off", now.plusSeconds(9_000)))
                .isTrue();
        assertThat(AxisSignature.isNow("31022025T101500+0042", "off", now)).isFalse();
        assertThat(AxisSignature.isNow("2025-11-20T10:15:00", "off", now)).isFalse();
    }

    @Test
    void axis_file_hash_with_and_without_zeros() {
        byte[] body = "edxml-13".getBytes(US_ASCII);
        String padded = "04afad61f23f07c59a50ecbc4fb1757d203ac95c1d001fabbcf35dea64012276";
        String unpadded = "4afad61f23f7c59a50ecbc4fb1757d203ac95c1d01fabbcf35dea6412276";
        assertThat(AxisSignature.packet(body, padded)).isPresent();
        assertThat(AxisSignature.packet(body, unpadded)).isPresent();
        assertThat(AxisSignature.packet("edxml-13\r\n".getBytes(US_ASCII), unpadded))
                .hasValue(body);
        assertThat(AxisSignature.packet("edxml-13\n".getBytes(US_ASCII), unpadded))
                .isEmpty();
        assertThat(AxisSignature.packet("edxml-14".getBytes(US_ASCII), padded)).isEmpty();
        assertThat(AxisSignature.packet(body, "05" + padded.substring(2))).isEmpty();
        assertThat(AxisSignature.packet(body, "")).isEmpty();
    }

    @Test
    void population_authorisation() {
        HashedBasic known = new HashedBasic("lgsp-test", "example-secret");
        assertThat(known.matches(POPULATION_URL, POPULATION_TIME, POPULATION_HEADER))
                .isTrue();
        assertThat(known.matches(POPULATION_URL + "x", POPULATION_TIME, POPULATION_HEADER))
                .isFalse();
        assertThat(known.matches(POPULATION_URL, "1763608500001", POPULATION_HEADER))
                .isFalse();
        assertThat(known.matches(POPULATION_URL, POPULATION_TIME, POPULATION_HEADER.replace("bGdz", "bGdy")))
                .isFalse();
        assertThat(new HashedBasic("lgsp-test", "example-secreu")
                        .matches(POPULATION_URL, POPULATION_TIME, POPULATION_HEADER))
                .isFalse();
        Instant now = Instant.ofEpochMilli(1_763_608_500_000L);
        assertThat(HashedBasic.isNow(POPULATION_TIME, "300", now)).isTrue();
        assertThat(HashedBasic.isNow("1763608500", "300", now)).isTrue();
        assertThat(HashedBasic.isNow(POPULATION_TIME, "300", now.plusSeconds(301)))
                .isFalse();
    }

    @Test
    void x_road_request_hash() {
        List<Map.Entry<String, String>> headers = List.of(
                Map.entry("X-Road-Client", "VN-test/GOV/000.00.00.H26/lgsp"),
                Map.entry("Host", "127.0.0.1"),
                Map.entry("X-Road-Id", "7f0c9a3e-0000-4000-8000-000000000001"),
                Map.entry("User-Agent", "test"),
                Map.entry("Content-Type", "application/json"),
                Map.entry("Content-Length", "27"),
                Map.entry("x-road-request-id", "7f0c9a3e-0000-4000-8000-000000000002"));
        String path = "/r1/VN-test/GOV/000.00.00.G22/registry/persons/search";
        byte[] body = "{\"personId\":\"001000000000\"}".getBytes(US_ASCII);
        assertThat(RequestHash.of("POST", path, headers, new byte[0]))
                .isEqualTo("4KUOPXTH4LXOMK/YE1sFoFekYWVQfqus7F/zFxpbEOWZ/qyHhgfHFAZzMrFFAT4Kh4q3Vyde4l+Z3fZoLnBEUQ==");
        assertThat(RequestHash.of("POST", path, headers, body))
                .isEqualTo("RHz+THamw2lCl2kKfpxTMu8o9PC8nBpKy1C3AvDt3r/jg2rCTtvGNcSUjhALfW6tdlg0+Hb9h30SvPpFVLUtpA==");
        body[5]++;
        assertThat(RequestHash.of("POST", path, headers, body)).doesNotStartWith("RHz+");
    }

    private static MultiMap signed() {
        return MultiMap.caseInsensitiveMultiMap()
                .add("XroadVnpt-systemid", "SYS-TEST-01")
                .add("XroadVnpt-timestamp", "20112025T101500+0042")
                .add("XroadVnpt-servicetype", "eDoc")
                .add("XroadVnpt-messagetype", "edoc")
                .add("XroadVnpt-sign-header", SIGN_HEADER)
                .add("XroadVnpt-sign-header-key", "systemid;timestamp;servicetype;messagetype")
                .add("XroadVnpt-hash-header", HASH_HEADER);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
