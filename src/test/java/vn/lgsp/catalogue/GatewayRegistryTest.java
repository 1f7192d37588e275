package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.OutboundCredential.TimestampUnit;
import vn.lgsp.catalogue.OutboundCredential.TokenStyle;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.SystemId;

/** How the registry says what gateways want to see, and how a setting points a system to another address. */
final class GatewayRegistryTest {
    private static final Map<String, String> SECRETS = Map.of("S", "a-secret", "K", "a-key");
    private static final String TOKEN = "credential: { scheme: oauth2, user: ck, secret: \"env:S\" }";

    private static Connection read(String connection, Map<String, String> settings) {
        return registry("sample: false\nplatform: H99\n", connection, settings).systems().stream()
                .filter(system -> system.id().value().equals("gateway"))
                .findFirst()
                .flatMap(InformationSystem::connection)
                .orElseThrow();
    }

    private static Connection read(String connection) {
        return read(connection, Map.of());
    }

    private static Registry registry(String head, String connection, Map<String, String> settings) {
        return new RegistryFile(
                        name -> Optional.ofNullable(settings.get(name)), name -> Optional.ofNullable(SECRETS.get(name)))
                .read(
                        "registry.yaml",
                        head
                                + """
                        agencies: [{ code: H99, name: Thành phố Mẫu }]
                        systems:
                          - id: giver
                            agency: H99
                            name: Nơi cấp thẻ
                            connection: %s
                          - id: gateway
                            agency: H99
                            name: Cổng
                            connection:
                        %s""".formatted(
                                                head.contains("sample: true")
                                                        ? "{ address: \"http://127.0.0.1:1\" }"
                                                        : "{ address: \"http://giver.example.vn\", addresses: [203.0.113.9] }",
                                                connection.indent(6)));
    }

    @Test
    void a_token_has_the_style_and_path_of_most_gateways_unless_told_otherwise() {
        assertThat(read("address: http://127.0.0.1:1/ndxp\n" + TOKEN).credential())
                .contains(new OutboundCredential.OAuth2(
                        TokenStyle.BASIC_FORM, "ck", "a-secret", "/token", Optional.empty(), Optional.empty()));
        assertThat(read("""
                        address: http://127.0.0.1:1
                        credential: { scheme: oauth2, style: json-body, user: ck, secret: "env:S", tokenPath: /oauth/token, timestamp: seconds }""").credential())
                .contains(new OutboundCredential.OAuth2(
                        TokenStyle.JSON_BODY,
                        "ck",
                        "a-secret",
                        "/oauth/token",
                        Optional.empty(),
                        Optional.of(TimestampUnit.SECONDS)));
    }

    @Test
    void a_session_is_logged_in_for_below_the_address_and_lasts_an_hour_unless_told_otherwise() {
        assertThat(
                        read("address: http://127.0.0.1:1/portal\ncredential: { scheme: session, user: u, secret: \"env:S\" }")
                                .credential())
                .contains(
                        new OutboundCredential.Session("u", "a-secret", "/mapi/login", Duration.ofHours(1), List.of()));
        OutboundCredential.Session chosen =
                (OutboundCredential.Session) read("""
                        address: http://adapter.example.vn:8080/XrdAdapter/RestService/forward
                        addresses: [203.0.113.7]
                        credential: { scheme: session, user: u, secret: "env:S", loginPath: /bndp/public/v1/login, life: 15m, expired: ["5"], plain: true }""").credential().orElseThrow();

        assertThat(chosen.life()).isEqualTo(Duration.ofMinutes(15));
        assertThat(chosen.isExpired("5")).isTrue();
        assertThat(chosen.isExpired("2")).isFalse();
        assertThat(chosen).hasToString("SESSION u:***");
    }

    @Test
    void a_provincial_axis_has_a_login_where_the_registry_has_one_for_half_an_hour_unless_told_otherwise() {
        String plain =
                "address: http://127.0.0.1:1\ncredential: { scheme: document-axis-rest, user: u, secret: \"env:S\"%s }";
        assertThat(read(plain.formatted("")).credential())
                .contains(new OutboundCredential.DocumentAxisRest("u", "a-secret", Optional.empty()));
        assertThat(read(plain.formatted(", login: { user: l, secret: \"env:K\" }"))
                        .credential())
                .contains(new OutboundCredential.DocumentAxisRest(
                        "u",
                        "a-secret",
                        Optional.of(new OutboundCredential.Login("l", "a-key", "", Duration.ofMinutes(30)))));
        OutboundCredential.DocumentAxisRest chosen = (OutboundCredential.DocumentAxisRest)
                read(plain.formatted(", login: { user: l, secret: \"env:K\", application: van-thu, life: 10m }"))
                        .credential()
                        .orElseThrow();

        assertThat(chosen.login())
                .contains(new OutboundCredential.Login("l", "a-key", "van-thu", Duration.ofMinutes(10)))
                .hasValueSatisfying(login -> assertThat(login).hasToString("login l:***"));
        assertThat(chosen).hasToString("DOCUMENT_AXIS_REST u:***");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "document-axis-rest | login: { user: l } | secret",
                "document-axis-rest | login: { secret: \"env:K\" } | user",
                "document-axis-rest | login: { user: l, secret: a-key } | secret",
                "document-axis-rest | login: { user: l, secret: \"env:K\", life: 0s } | life",
                "document-axis-rest | login: { user: l, secret: \"env:K\", otp: 1 } | otp",
                "document-axis-rest | login: yes | login",
                "document-axis | login: { user: l, secret: \"env:K\" } | login"
            })
    void a_login_that_is_wrong_or_of_another_scheme_is_refused_by_its_field(String scheme, String login, String field) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> read("""
                        address: http://127.0.0.1:1
                        credential: { scheme: %s, user: u, secret: "env:S", %s }""".formatted(scheme, login)))
                .withMessageContaining(field)
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("a-key"));
    }

    @Test
    void a_password_goes_over_http_only_where_the_registry_says_that_it_may() {
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> read("""
                        address: http://adapter.example.vn:8080
                        addresses: [203.0.113.7]
                        credential: { scheme: session, user: u, secret: "env:S" }""")).withMessageContaining("address is http");
    }

    @ParameterizedTest
    @CsvSource({
        "basic-form, BASIC_FORM",
        "json-body, JSON_BODY",
        "form-body, FORM_BODY",
        "json-pair, JSON_PAIR",
        "lgspaccesstoken, LGSPACCESSTOKEN"
    })
    void each_style_has_its_name(String written, TokenStyle style) {
        assertThat(read("""
                        address: http://127.0.0.1:1
                        credential: { scheme: oauth2, style: %s, user: ck, secret: "env:S" }
                        lgspAccessToken: { accessKey: AK, secretKey: "env:K", appName: app }""".formatted(written)).credential())
                .hasValueSatisfying(credential -> assertThat(((OutboundCredential.OAuth2) credential).style())
                        .isEqualTo(style));
    }

    @Test
    void the_partner_codes_are_those_of_the_platform_unless_they_are_written() {
        assertThat(read("""
                        address: http://127.0.0.1:1
                        lgspAccessToken: { accessKey: AK, secretKey: "env:K", appName: app }""").lgspAccess()).contains(new LgspAccess("AK", "a-key", "app", "H99", "H99"));
        assertThat(read("""
                        address: http://127.0.0.1:1
                        lgspAccessToken: { accessKey: AK, secretKey: "env:K", appName: app, partnerCode: 000.00.00.H26, partnerCodeCus: 000.01.00.H26 }""").lgspAccess())
                .contains(new LgspAccess("AK", "a-key", "app", "000.00.00.H26", "000.01.00.H26"));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> registry("sample: false\n", """
                        address: http://127.0.0.1:1
                        lgspAccessToken: { accessKey: AK, secretKey: "env:K", appName: app }""", Map.of()))
                .withMessageContaining("partnerCode");
    }

    @Test
    void headers_are_plain_secret_or_a_pair_in_base64() {
        assertThat(read("""
                        address: http://127.0.0.1:1
                        headers: [{ name: X-Road-Client, value: VN/GOV/H99/lgsp }]
                        secretHeaders: [{ name: ApiKey, secret: "env:K" }, { name: AuthHash, user: name, secret: "env:S" }]""").headers())
                .containsExactly(
                        new OutboundHeader("x-road-client", "VN/GOV/H99/lgsp", false),
                        new OutboundHeader("apikey", "a-key", true),
                        new OutboundHeader("authhash", "bmFtZTphLXNlY3JldA==", true))
                .asString()
                .doesNotContain("a-key")
                .doesNotContain("bmFtZTp");
    }

    @Test
    void hashed_basic_has_milliseconds_unless_seconds_are_written() {
        assertThat(read("address: http://127.0.0.1:1\ncredential: { scheme: hashed-basic, user: u, secret: \"env:S\" }")
                        .credential())
                .contains(new OutboundCredential.HashedBasic("u", "a-secret", TimestampUnit.MILLIS, Optional.empty()));
        assertThat(read("""
                        address: http://127.0.0.1:1
                        credential: { scheme: hashed-basic, user: u, secret: "env:S", timestamp: seconds, signedAddress: "https://ndxp.example.vn/dancu/1.0" }""").credential())
                .contains(new OutboundCredential.HashedBasic(
                        "u",
                        "a-secret",
                        TimestampUnit.SECONDS,
                        Optional.of(URI.create("https://ndxp.example.vn/dancu/1.0"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "credential: { scheme: oauth2, user: u, secret: \"env:S\", signedAddress: \"http://127.0.0.1\" }",
                "credential: { scheme: hashed-basic, user: u, secret: \"env:S\", style: basic-form }",
                "credential: { scheme: oauth2, style: lgspaccesstoken, user: u, secret: \"env:S\" }",
                "credential: { scheme: oauth2, user: u, secret: a-secret }",
                "credential: { scheme: oauth2, user: u, secret: \"env:S\", tokenSystem: nobody }",
                "credential: { scheme: oauth2, user: u, secret: \"env:S\", tokenSystem: giver }",
                "secretHeaders: [{ name: ApiKey, secret: a-secret }]",
                "headers: [{ name: \"X Y\", value: v }]",
                "deliveryRate: 0"
            })
    void what_contradicts_itself_or_shows_a_secret_is_refused_without_showing_it(String line) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> read("address: http://127.0.0.1:1\n" + line))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("a-secret"));
    }

    @Test
    void what_opens_a_door_goes_over_tls_or_stays_on_this_machine() {
        String there = "address: %s://gateway.example.vn\naddresses: [203.0.113.7]\n";
        assertThat(read(there.formatted("https") + TOKEN).credential()).isPresent();
        for (String line : new String[] {
            TOKEN,
            "lgspAccessToken: { accessKey: AK, secretKey: \"env:K\", appName: app }",
            "secretHeaders: [{ name: ApiKey, secret: \"env:K\" }]"
        }) {
            assertThatExceptionOfType(Refused.class)
                    .isThrownBy(() -> read(there.formatted("http") + line))
                    .withMessageContaining("https");
        }
    }

    @Test
    void a_setting_points_a_system_to_another_address_also_out_of_the_sample_city() {
        String registered = "address: http://127.0.0.1:1/ndxp\n" + TOKEN;
        Connection there = read(registered, Map.of("lgsp.deliver.address.gateway", "https://203.0.113.7:8243/ndxp"));
        assertThat(there.address()).hasToString("https://203.0.113.7:8243/ndxp");
        assertThat(there.addresses()).containsExactly("203.0.113.7");

        Connection named = registry(
                        "sample: true\n",
                        registered,
                        Map.of(
                                "lgsp.deliver.address.gateway",
                                "https://ndxp.example.vn",
                                "lgsp.deliver.addresses.gateway",
                                "203.0.113.7, 10.1.0.0/16",
                                "lgsp.deliver.address.giver",
                                "http://localhost:2"))
                .systems()
                .stream()
                .filter(system -> system.id().equals(new SystemId("gateway")))
                .findFirst()
                .orElseThrow()
                .connection()
                .orElseThrow();
        assertThat(named.address()).hasToString("https://ndxp.example.vn");
        assertThat(named.addresses()).containsExactly("203.0.113.7", "10.1.0.0/16");
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://203.0.113.7, , lgsp.deliver.address.gateway",
        "https://user:secret@203.0.113.7, , lgsp.deliver.address.gateway",
        "https://ndxp.example.vn, , lgsp.deliver.addresses.gateway",
        "https://ndxp.example.vn, everybody, lgsp.deliver.addresses.gateway"
    })
    void a_setting_that_is_no_address_stops_the_start_and_names_itself(String address, String addresses, String named) {
        Map<String, String> settings = addresses == null
                ? Map.of("lgsp.deliver.address.gateway", address)
                : Map.of("lgsp.deliver.address.gateway", address, "lgsp.deliver.addresses.gateway", addresses);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("address: http://127.0.0.1:1", settings))
                .withMessageContaining(named)
                .satisfies(wrong -> assertThat(wrong.getMessage()).doesNotContain("secret"));
    }

    @Test
    void a_token_over_a_setting_needs_tls_too() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> read(
                        "address: http://127.0.0.1:1\n" + TOKEN,
                        Map.of("lgsp.deliver.address.gateway", "http://203.0.113.7")));
    }
}
