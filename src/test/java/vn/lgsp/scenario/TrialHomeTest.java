package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Agency;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.SystemId;

/** The registry of a trial says of a system at its queue what it says of one that is reached by HTTP. */
final class TrialHomeTest {
    @Test
    void a_queue_has_its_plan_and_no_breaker_that_one_scenario_could_open_for_the_next() {
        AgencyCode agency = new AgencyCode("H99");
        Connection.Retry plan = new Connection.Retry(3, Duration.ofMillis(50), true);
        Registry real = new Registry(
                false,
                List.of(new Agency(agency, "Cơ quan", Optional.empty(), Optional.empty())),
                List.of(new InformationSystem(
                        new SystemId("civil-archive"),
                        agency,
                        "Kho lưu trữ",
                        Optional.empty(),
                        Optional.of(new Queue(
                                "lgsp.civil-archive.in",
                                Duration.ofSeconds(1),
                                false,
                                Connection.Breaker.DEFAULT,
                                plan)))),
                List.of(),
                List.of(),
                List.of());
        try (TrialHome trial = TrialHome.make(Path.of(""), List.of(), Map.of())) {
            trial.registry(real, List.of(), 1, system -> Optional.empty());

            Queue queue = RegistryFile.withoutSecrets(name -> Optional.empty())
                    .read(Path.of(Objects.requireNonNull(trial.settings().get("lgsp.catalogue.registry"))
                            .substring("file:".length())))
                    .systems()
                    .stream()
                    .flatMap(system -> system.queue().stream())
                    .findFirst()
                    .orElseThrow();
            assertThat(queue.breaker().of()).isZero();
            assertThat(queue.retry()).isEqualTo(plan);
        }
    }
}
