package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Catalogue;

class OperateSettingsTest {
    private static final Optional<Path> CERTIFICATE = Optional.of(Path.of("certificate.pem"));

    @Test
    void a_wrong_value_is_refused_with_property_and_range() {
        assertThatThrownBy(() -> settings("127.0.0.1", Duration.ofSeconds(1), Optional.empty(), Optional.empty()))
                .hasMessageContaining("lgsp.operate.session-timeout")
                .hasMessageContaining("60s to 43200s");
    }

    @Test
    void a_certificate_without_its_key_is_refused() {
        assertThatThrownBy(() -> settings("127.0.0.1", Duration.ofMinutes(15), CERTIFICATE, Optional.empty()))
                .hasMessageContaining("lgsp.operate.key");
    }

    @Test
    void the_port_is_not_opened_to_the_network_without_tls() {
        OperateSettings open = settings("0.0.0.0", Duration.ofMinutes(15), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> server(open)).hasMessageContaining("needs TLS");
    }

    @Test
    void the_sample_city_is_not_opened_to_the_network_at_all() {
        OperateSettings open =
                settings("0.0.0.0", Duration.ofMinutes(15), CERTIFICATE, Optional.of(Path.of("key.pem")));
        assertThatThrownBy(() -> server(open)).hasMessageContaining("sample city");
    }

    private static OperateSettings settings(
            String host, Duration timeout, Optional<Path> certificate, Optional<Path> key) {
        return new OperateSettings(host, 0, List.of(), timeout, 5, Duration.ofMinutes(5), certificate, key);
    }

    private static void server(OperateSettings settings) {
        Vertx vertx = Vertx.vertx();
        try {
            new ManagementServer(
                    vertx,
                    settings,
                    new Catalogue(ManagedBus.snapshot()),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                    new NoRecords(),
                    new ManyDeliveries(),
                    new FewServices(),
                    new NoRuns(),
                    new NoDeployments(),
                    new NoSystems(),
                    new NoAgencies(),
                    List.of(),
                    Clock.systemUTC());
        } finally {
            vertx.close();
        }
    }
}
