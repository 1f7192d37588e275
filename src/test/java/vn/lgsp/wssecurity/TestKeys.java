package vn.lgsp.wssecurity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import vn.lgsp.message.Sha256;

/** Keys that are made while a test runs, each in a PKCS#12 file of its own. */
public final class TestKeys {
    public static final String PASSWORD = "test-password";

    private final Path folder;
    private final List<Process> making = new ArrayList<>();

    private TestKeys(Path folder) {
        this.folder = folder;
    }

    public static TestKeys in(Path folder) {
        return new TestKeys(folder);
    }

    /** Makes a key of RSA 2048, with a certificate that is good for a year from yesterday. */
    public TestKeys rsa(String... names) {
        for (String name : names) {
            make(name, "-keyalg", "RSA", "-keysize", "2048", "-startdate", "-1d", "-validity", "365");
        }
        return this;
    }

    /** Makes a key on P-256. */
    public TestKeys ec(String name) {
        return make(name, "-keyalg", "EC", "-groupname", "secp256r1", "-startdate", "-1d", "-validity", "365");
    }

    /** Makes a key whose certificate ended a year ago. */
    public TestKeys expired(String name) {
        return make(name, "-keyalg", "RSA", "-keysize", "2048", "-startdate", "-2y", "-validity", "365");
    }

    /** Makes a key that is too short. */
    public TestKeys weak(String name) {
        return make(name, "-keyalg", "RSA", "-keysize", "1024", "-startdate", "-1d", "-validity", "365");
    }

    private TestKeys make(String name, String... how) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name + ", O=Test",
                "-storetype",
                "PKCS12",
                "-keystore",
                file(name).toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(how));
        try {
            making.add(new ProcessBuilder(command).redirectErrorStream(true).start());
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Returns when all of them are there; the password lies beside them in {@code password.txt}, and each certificate in {@code name.pem}. */
    public TestKeys done() {
        try {
            for (Process one : making) {
                if (!one.waitFor(60, TimeUnit.SECONDS) || one.exitValue() != 0) {
                    throw new IllegalStateException(
                            new String(one.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
                }
            }
            Files.writeString(passwordFile(), PASSWORD);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public Path file(String name) {
        return folder.resolve(name + ".p12");
    }

    public Path passwordFile() {
        return folder.resolve("password.txt");
    }

    /** The certificate of a key in a file of its own. */
    public Path pem(String name) {
        try {
            Path file = folder.resolve(name + ".pem");
            return Files.writeString(
                    file,
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(certificate(name).getEncoded())
                            + "\n-----END CERTIFICATE-----\n");
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public String fingerprint(String name) {
        try {
            return Sha256.hex(certificate(name).getEncoded());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public X509Certificate certificate(String name) {
        try {
            return (X509Certificate) store(name).getCertificate(name);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public PrivateKey key(String name) {
        try {
            return (PrivateKey) store(name).getKey(name, PASSWORD.toCharArray());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public KeyStore store(String name) {
        try (InputStream content = Files.newInputStream(file(name))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(content, PASSWORD.toCharArray());
            return store;
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** As WSS4J's own key store is described. */
    public Properties merlin(String name) {
        Properties merlin = new Properties();
        merlin.put("org.apache.wss4j.crypto.provider", "org.apache.wss4j.common.crypto.Merlin");
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.type", "PKCS12");
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.file", file(name).toString());
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.password", PASSWORD);
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.alias", name);
        return merlin;
    }
}
