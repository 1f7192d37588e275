package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import vn.lgsp.wssecurity.TestKeys;

/** The parts of a test registry that speak WS-Security. */
final class SignedCity {
    static final String TOKEN_PASSWORD = "mật-khẩu-thử";

    static final String OTHER_PASSWORD = "mật-khẩu-khác";

    private SignedCity() {}

    /** The keys of all who sign here, and of one who is a stranger. */
    static TestKeys keys(Path folder) {
        return TestKeys.in(folder)
                .rsa("bus", "signer", "both", "stranger")
                .ec("curve")
                .expired("late")
                .done();
    }

    /**
     * The service {@code greeter}, which these systems may use, each with one account of the same name: {@code token} by a digest,
     * {@code signer} by a signature, {@code both} by the two, {@code curve} by ECDSA, {@code late} by an expired certificate.
     */
    static TestBus.Builder addTo(TestBus.Builder builder, StubPeer provider, TestKeys keys) {
        Path token = write(keys.passwordFile().resolveSibling("token.txt"), TOKEN_PASSWORD);
        Path other = write(keys.passwordFile().resolveSibling("other.txt"), OTHER_PASSWORD);
        String answer = "answer: { signature: { keyStore: %s, password: 'file:%s' } }"
                .formatted(keys.file("bus"), keys.passwordFile());
        String shown = "usernameToken: { user: %s, password: 'file:" + token + "' }";
        String accounts = account("token", shown.formatted("người-dùng"))
                + account("signer", "certificates: ['sha256:" + keys.fingerprint("signer") + "']", answer)
                + account(
                        "both",
                        shown.replace(token.toString(), other.toString()).formatted("cả-hai"),
                        "certificates: ['file:" + keys.pem("both") + "', 'sha256:" + "0".repeat(64) + "']",
                        answer)
                + account("curve", "certificates: ['sha256:" + keys.fingerprint("curve") + "']")
                + account("late", "certificates: ['sha256:" + keys.fingerprint("late") + "']");
        String systems = "";
        for (String system : new String[] {"token", "signer", "both", "curve", "late"}) {
            systems += "  - { id: %s, agency: T01, name: %s }%n".formatted(system, system);
            builder.grant(system, "greeter", "operations: [greet]");
        }
        String added = systems;
        return SoapService.addTo(builder, provider).registry(text -> text.replace("systems:\n", "systems:\n" + added)
                .replace("accounts:\n", "accounts:\n" + accounts));
    }

    private static String account(String id, String... security) {
        return "  - id: %s%n    system: %s%n    security:%n      ".formatted(id, id)
                + String.join(System.lineSeparator() + "      ", security)
                + System.lineSeparator();
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
