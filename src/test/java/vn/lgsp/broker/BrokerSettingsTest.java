package vn.lgsp.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BrokerSettingsTest {
    private static BrokerSettings settings(String url, String user, String password, String certificate, String key) {
        return new BrokerSettings(
                given(url),
                "127.0.0.1",
                61616,
                given(user),
                password,
                given(certificate).map(Path::of),
                given(key).map(Path::of),
                Path.of("data/broker"));
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static void refused(
            String naming, String url, String user, String password, String certificate, String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(url, user, password, certificate, key))
                .withMessageContaining(naming);
    }

    @Test
    void what_belongs_together_is_refused_apart() {
        refused("lgsp.broker.user", "tcp://broker:61616", "", "", "", "");
        refused("lgsp.broker.url", "", "lgsp", "", "", "");
        refused("lgsp.broker.password", "", "", "secret", "", "");
        refused("lgsp.broker.key", "", "", "", "chain.pem", "");
        refused("lgsp.broker.certificate", "", "", "", "", "key.pem");
        refused("lgsp.broker.url", "http://broker:61616", "lgsp", "", "", "");
    }

    @Test
    void neither_the_password_nor_what_follows_the_address_is_shown() {
        BrokerSettings settings =
                settings("tcp://broker:61616?trustStorePassword=hidden-one", "lgsp", "hidden-two", "", "");
        assertThat(settings.toString()).contains("tcp://broker:61616").doesNotContain("hidden");
    }
}
