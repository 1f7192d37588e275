package vn.lgsp.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker's port with a certificate, as it must be where other machines reach it (MSG-03). */
final class BrokerTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    @Test
    void a_port_with_a_certificate_speaks_tls_and_nothing_else() throws Exception {
        Path store = folder.resolve("store.p12");
        Path certificate = folder.resolve("chain.pem");
        Path key = folder.resolve("key.pem");
        makeCertificate(store, certificate, key);
        BrokerSettings settings = new BrokerSettings(
                Optional.empty(),
                "0.0.0.0",
                0,
                Optional.empty(),
                "",
                Optional.of(certificate),
                Optional.of(key),
                folder.resolve("broker"));
        try (Broker broker = Broker.start(settings, TestCity.catalogue(Duration.ofSeconds(5)), Clock.systemUTC())) {
            Connection trusted = TestCity.connect(
                    broker.port(),
                    TestCity.ARCHIVE_USER,
                    TestCity.ARCHIVE_KEY,
                    "&sslEnabled=true&verifyHost=false&trustStoreType=PKCS12&trustStorePath=" + store
                            + "&trustStorePassword=" + PASSWORD);
            assertThat(trusted.getClientID()).isNull();
            trusted.close();

            assertThatThrownBy(() -> TestCity.connect(broker.port(), TestCity.ARCHIVE_USER, TestCity.ARCHIVE_KEY))
                    .isInstanceOf(JMSException.class);
        }
        String secret = Files.readString(key).lines().skip(1).findFirst().orElseThrow();
        try (var files = Files.walk(folder.resolve("broker"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .filter(file -> read(file).contains(secret)))
                    .as("the key stays where it is")
                    .isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static void makeCertificate(Path store, Path certificate, Path key) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        write(certificate, "CERTIFICATE", keys.getCertificate("a").getEncoded());
        write(key, "PRIVATE KEY", keys.getKey("a", PASSWORD.toCharArray()).getEncoded());
        // What the client trusts: the certificate alone.
        keys.setCertificateEntry("trusted", keys.getCertificate("a"));
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, PASSWORD.toCharArray());
        }
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }
}
