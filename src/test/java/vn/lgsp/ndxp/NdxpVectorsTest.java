package vn.lgsp.ndxp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.LgspAccess;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.OutboundCredential.TimestampUnit;
import vn.lgsp.catalogue.OutboundCredential.TokenStyle;

/** The golden vectors of wire-formats 12.2, and what tokens look like. */
final class NdxpVectorsTest {
    private static final LgspAccess ACCESS =
            new LgspAccess("AK-EXAMPLE", "SK-EXAMPLE", "lgsp-test", "000.00.00.H26", "000.00.00.H26");

    @Test
    void the_header_lgspaccesstoken_is_that_of_the_vector() {
        assertThat(LgspAccessToken.value(ACCESS))
                .isEqualTo(
                        "eyJBY2Nlc3NLZXkiOiJBSy1FWEFNUExFIiwiU2VjcmV0S2V5IjoiU0stRVhBTVBMRSIsIkFwcE5hbWUiOiJsZ3NwLXRl"
                                + "c3QiLCJQYXJ0bmVyQ29kZSI6IjAwMC4wMC4wMC5IMjYiLCJQYXJ0bmVyQ29kZUN1cyI6IjAwMC4wMC4wMC5IMjYifQ==");
    }

    @Test
    void what_json_would_trip_over_is_escaped_and_vietnamese_stays() {
        LgspAccess odd = new LgspAccess("a\"b\\c", "kín", "tab\there", "H99", "H99");
        assertThat(new String(Base64.getDecoder().decode(LgspAccessToken.value(odd)), StandardCharsets.UTF_8))
                .isEqualTo("{\"AccessKey\":\"a\\\"b\\\\c\",\"SecretKey\":\"kín\",\"AppName\":\"tab\\u0009here\","
                        + "\"PartnerCode\":\"H99\",\"PartnerCodeCus\":\"H99\"}");
    }

    @Test
    void the_authorisation_of_the_population_database_is_that_of_the_vector() {
        OutboundCredential.HashedBasic credential = new OutboundCredential.HashedBasic(
                "lgsp-test", "example-secret", TimestampUnit.MILLIS, Optional.empty());
        assertThat(HashedBasic.authorization(credential, "https://ndxp.example.vn/dancu/1.0/tracuu", "1763608500000"))
                .isEqualTo("Basic bGdzcC10ZXN0OjRiMGQwOWU2NWRkNTc0NzgyN2U1YjVmYzVhZmRiYmE2ZjA5ZjQ3M2U0ZTkxNGYyMTA0"
                        + "ODBjM2RjNDYzMWY2NTk=");
        assertThat(TimestampUnit.MILLIS.text(1_763_608_500_999L)).isEqualTo("1763608500999");
        assertThat(TimestampUnit.SECONDS.text(1_763_608_500_999L)).isEqualTo("1763608500");
    }

    @Test
    void a_token_is_asked_for_in_the_style_of_the_partner() {
        TokenCall basic = TokenCall.of(oauth2(TokenStyle.BASIC_FORM, "ck-example", "cs-example"));
        assertThat(basic.body()).isEqualTo("grant_type=client_credentials");
        assertThat(basic.headers())
                .containsEntry("authorization", "Basic Y2stZXhhbXBsZTpjcy1leGFtcGxl")
                .containsEntry("content-type", "application/x-www-form-urlencoded");
        assertThat(TokenCall.of(oauth2(TokenStyle.LGSPACCESSTOKEN, "ck-example", "cs-example")))
                .isEqualTo(basic);

        TokenCall json = TokenCall.of(oauth2(TokenStyle.JSON_BODY, "ck", "q\"uote"));
        assertThat(json.body())
                .isEqualTo(
                        "{\"client_id\":\"ck\",\"client_secret\":\"q\\\"uote\",\"grant_type\":\"client_credentials\"}");
        assertThat(json.headers())
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("authorization");
        assertThat(TokenCall.of(oauth2(TokenStyle.JSON_PAIR, "ck", "cs")).body())
                .isEqualTo("{\"client_id\":\"ck\",\"client_secret\":\"cs\"}");
        assertThat(TokenCall.of(oauth2(TokenStyle.FORM_BODY, "ck", "a&b=c+d")).body())
                .isEqualTo("grant_type=client_credentials&client_id=ck&client_secret=a%26b%3Dc%2Bd");
    }

    @Test
    void what_holds_a_secret_does_not_show_it() {
        OutboundCredential.OAuth2 credential = oauth2(TokenStyle.BASIC_FORM, "ck", "a-secret");
        assertThat(credential + " " + ACCESS + " " + TokenCall.of(credential) + " "
                        + new AccessToken("a-secret", Duration.ofSeconds(1)))
                .doesNotContain("a-secret")
                .doesNotContain("SK-EXAMPLE");
    }

    @Test
    void a_token_is_read_with_its_life_and_renewed_at_nine_tenths_of_it() {
        AccessToken token = read("""
                {"access_token":"tok-1","scope":"am_application_scope default","token_type":"Bearer","expires_in":3600}""").orElseThrow();
        assertThat(token.value()).isEqualTo("tok-1");
        assertThat(token.life()).isEqualTo(Duration.ofHours(1));
        assertThat(token.renewedAfter()).isEqualTo(Duration.ofMinutes(54));
        assertThat(read("{\"access_token\":\"t\"}").orElseThrow().life()).isEqualTo(Duration.ofHours(1));
        assertThat(read("{\"access_token\":\"t\",\"expires_in\":\"120\"}")
                        .orElseThrow()
                        .life())
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(read("{\"access_token\":\"t\",\"expires_in\":-1}")
                        .orElseThrow()
                        .life())
                .isEqualTo(Duration.ZERO);
        assertThat(read("{\"access_token\":\"t\",\"expires_in\":9e18}")
                        .orElseThrow()
                        .life())
                .isEqualTo(AccessToken.LONGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html/>",
                "[]",
                "{\"access_token\":",
                "{\"access_token\":null}",
                "{\"access_token\":7}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":\"a b\"}",
                "{\"access_token\":\"a\\r\\nX-Evil: 1\"}",
                "{\"access_token\":\"t\",\"token_type\":\"mac\"}",
                "{\"error\":\"invalid_client\"}",
                "{\"access_token\":\"t\",\"expires_in\":1e999999}"
            })
    void what_is_no_token_is_none(String answer) {
        assertThat(read(answer)).isEmpty();
    }

    private static Optional<AccessToken> read(String answer) {
        return AccessToken.in(answer.getBytes(StandardCharsets.UTF_8));
    }

    private static OutboundCredential.OAuth2 oauth2(TokenStyle style, String user, String secret) {
        return new OutboundCredential.OAuth2(style, user, secret, "/token", Optional.empty(), Optional.empty());
    }
}
