package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.catalogue.WsSecurity.KeyReference;
import vn.lgsp.catalogue.WsSecurity.Part;
import vn.lgsp.wssecurity.TestKeys;

/** The WS-Security of a registry: every field of it, and every mistake (BUS-06). */
final class WsSecurityReaderTest {
    private static final RegistryFile READER = new RegistryFile(
            name -> Optional.empty(),
            name -> name.equals("KEY_PASSWORD") ? Optional.of(TestKeys.PASSWORD) : Optional.of("never-shown"));

    @TempDir
    static Path folder;

    private static TestKeys keys;

    @BeforeAll
    static void make() {
        keys = TestKeys.in(folder).rsa("bus", "other").ec("curve").weak("weak").done();
    }

    @Test
    void a_connection_says_what_the_bus_writes_and_what_it_demands() {
        WsSecurity read = connection("""
                usernameToken: { user: bus, password: 'env:TOKEN', type: text }
                        timestamp: 1m
                        signature:
                          keyStore: %s
                          password: env:KEY_PASSWORD
                          alias: bus
                          signs: [body, timestamp, certificate]
                        answer: { certificates: ['sha256:%s', 'file:%s'], timestamp: true }
                """.formatted(keys.file("bus"), "0".repeat(64), keys.pem("other")));

        assertThat(read.written().token()).hasValueSatisfying(token -> {
            assertThat(token.user()).isEqualTo("bus");
            assertThat(token.password()).isEqualTo("never-shown");
            assertThat(token.digest()).isFalse();
            assertThat(token).hasToString("bus:***");
        });
        assertThat(read.written().timestamp()).contains(Duration.ofMinutes(1));
        assertThat(read.written().signature()).hasValueSatisfying(signature -> {
            assertThat(signature.key().orElseThrow()).hasToString("RSA key ***");
            assertThat(signature.signs()).containsExactlyInAnyOrder(Part.BODY, Part.TIMESTAMP, Part.CERTIFICATE);
            assertThat(signature.reference()).isEqualTo(KeyReference.DIRECT);
        });
        assertThat(read.demanded().timestamp()).isTrue();
        assertThat(read.demanded().certificates())
                .extracting(WsSecurity.TrustedCertificate::fingerprint)
                .containsExactly("0".repeat(64), keys.fingerprint("other"));
        assertThat(read.demanded().certificates().get(1).certificate()).contains(keys.certificate("other"));
    }

    @Test
    void a_signature_covers_body_time_and_token_for_five_minutes_unless_the_registry_says_otherwise() {
        WsSecurity read = connection(
                "usernameToken: { user: bus, password: 'env:TOKEN' }%n        signature: { keyStore: %s, password: 'env:KEY_PASSWORD' }%n"
                        .formatted(keys.file("curve")));

        assertThat(read.written().token().orElseThrow().digest()).isTrue();
        assertThat(read.written().timestamp()).contains(Duration.ofMinutes(5));
        assertThat(read.written().signature().orElseThrow().signs())
                .containsExactlyInAnyOrder(Part.BODY, Part.TIMESTAMP, Part.USERNAME_TOKEN);
        assertThat(read.demanded().isEmpty()).isTrue();
    }

    @Test
    void an_account_is_found_by_its_user_and_by_its_certificate_until_it_expires() {
        Snapshot known = new Snapshot(
                read(
                        "answer: { timestamp: true }",
                        "security: { usernameToken: { user: hồ-sơ, password: 'env:TOKEN' }, certificates: ['sha256:"
                                + "a".repeat(64) + "'] }\n    expires: 2030-01-01T00:00:00Z"),
                List.of());
        Instant before = Instant.parse("2029-12-31T23:59:59Z");
        Instant after = Instant.parse("2030-01-01T00:00:00Z");

        assertThat(known.signing()).extracting(Account::id).containsExactly("desk-ws");
        assertThat(known.accountShowingToken("hồ-sơ", before)).isPresent();
        assertThat(known.accountSigningWith("a".repeat(64), before)).isPresent();
        assertThat(known.accountShowingToken("hồ-sơ", after)).isEmpty();
        assertThat(known.accountSigningWith("a".repeat(64), after)).isEmpty();
        assertThat(known.accountShowingToken("certificate:" + "a".repeat(64), before))
                .isEmpty();
        assertThat(known.accountWithKey("a".repeat(64))).isEmpty();
    }

    @Test
    void a_machine_without_secrets_checks_the_form_only() {
        Registry read = RegistryFile.withoutSecrets(name -> Optional.empty())
                .read(
                        "r.yaml",
                        text(
                                "signature: { keyStore: nowhere.p12, password: 'env:NOBODY' }",
                                "security: { certificates: ['file:nowhere.pem'] }"));

        assertThat(read.systems().get(0).connection().orElseThrow().security()).isPresent();
        assertThat(read.accounts().get(0).security()).isPresent();
    }

    @Test
    void one_user_or_certificate_cannot_be_that_of_two_accounts() {
        for (String shared : List.of(
                "usernameToken: { user: x, password: 'env:TOKEN' }",
                "certificates: ['sha256:" + "b".repeat(64) + "']")) {
            String account = "security: { " + shared + " }\n  - id: desk-two\n    system: desk\n    security: { "
                    + shared + " }";
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> read("answer: { timestamp: true }", account))
                    .withMessageContaining("accounts 'desk-ws' and 'desk-two' have the same key")
                    .withMessageNotContaining("never-shown");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            answer: { timestamp: false }                                              | demands nothing and writes nothing
            signature: { keyStore: nowhere.p12, password: 'env:KEY_PASSWORD' }        | 'keyStore' cannot be used
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:WRONG' }          | 'keyStore' cannot be used
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:KEY_PASSWORD', alias: other } | 'keyStore' cannot be used
            signature: { keyStore: 'FOLDER/weak.p12', password: 'env:KEY_PASSWORD' }  | RSA 2048 or EC 256 bits at least
            signature: { keyStore: 'FOLDER/bus.p12', password: never-shown }          | does not say where the secret is
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:KEY_PASSWORD', signs: [username-token] } | a part that the message does not have
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:KEY_PASSWORD', signs: [certificate], reference: thumbprint } | a part that the message does not have
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:KEY_PASSWORD', signs: [header] } | write one of body, timestamp, username-token, certificate
            signature: { keyStore: 'FOLDER/bus.p12', password: 'env:KEY_PASSWORD', reference: name } | direct, issuer-serial, thumbprint, subject-key
            timestamp: 5s                                                             | 10s to 1h
            usernameToken: { user: bus, password: 'env:TOKEN', type: plain }          | write one of digest, text
            answer: { certificates: ['sha1:00'] }                                     | names no certificate that can be trusted
            answer: { certificates: ['file:nowhere.pem'] }                            | names no certificate that can be trusted
            answer: { certificates: ['file:FOLDER/weak.pem'] }                        | names no certificate that can be trusted
            certificates: ['sha256:00']                                               | field 'certificates' is not known
            """)
    void a_mistake_is_refused_with_line_and_remedy_and_no_secret(String written, String told) {
        keys.pem("weak");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection(written.replace("FOLDER", folder.toString())))
                .withMessageStartingWith("r.yaml:10")
                .withMessageContaining(told)
                .withMessageNotContainingAny("never-shown", TestKeys.PASSWORD, "Exception");
    }

    @Test
    void an_account_needs_something_to_be_known_by() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("answer: { timestamp: true }", ""))
                .withMessageContaining("the account has nothing to be known by: write 'keyHash', 'security' or 'axis'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("answer: { timestamp: true }", "security: { answer: { timestamp: 5m } }"))
                .withMessageContaining("demands nothing");
    }

    private static WsSecurity connection(String security) {
        return read(security, "security: { certificates: ['sha256:" + "c".repeat(64) + "'] }")
                .systems()
                .get(0)
                .connection()
                .flatMap(Connection::security)
                .orElseThrow();
    }

    private static Registry read(String connection, String account) {
        return READER.read("r.yaml", text(connection, account));
    }

    private static String text(String connection, String account) {
        return """
                agencies:
                  - { code: T01, name: Một cơ quan }
                systems:
                  - id: desk
                    agency: T01
                    name: Bàn tiếp nhận
                    connection:
                      address: http://127.0.0.1:1
                      security:
                        %s
                accounts:
                  - id: desk-ws
                    system: desk
                    %s
                grants: []
                operators: []
                """.formatted(connection, account);
    }
}
