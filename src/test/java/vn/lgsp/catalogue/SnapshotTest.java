package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** A snapshot holds together: every name that is used is also registered (BUS-16, ORG-01). */
final class SnapshotTest {
    private static final String CARD = """
            service: paper-lookup
            version: 1
            name: { vi: Tra cứu giấy, en: Paper lookup }
            description: Papers.
            contact: the test
            providers: [%s]
            mode: mapped
            criterion: real-time
            personalData: false
            operations:
              - { id: read, method: GET, path: "/papers/{id}" }
            """;

    private static final String REGISTRY = """
            agencies:
              - { code: T01, name: Một }
            systems:
              - { id: asker, agency: %s, name: Người hỏi }
              - id: archive
                agency: T01
                name: Kho
                connection: { address: "http://127.0.0.1:9" }
            accounts:
              - { id: asker-key, system: %s, keyHash: sha256:%s }
            grants:
              - { id: g1, consumer: %s, service: paper-lookup/v1, purpose: a test }
            operators: []
            """;

    private static Snapshot snapshot(String agency, String accountOf, String consumer, String provider) {
        Registry registry = new RegistryFile(name -> Optional.empty(), name -> Optional.empty())
                .read("registry.yaml", REGISTRY.formatted(agency, accountOf, "0".repeat(64), consumer));
        ServiceCard card = CardFile.read("routes/test/paper-lookup.card.yaml", CARD.formatted(provider));
        return new Snapshot(registry, List.of(card));
    }

    @Test
    void what_is_registered_is_found() {
        Snapshot known = snapshot("T01", "asker", "asker", "archive");

        ServiceKey paper = new ServiceKey(new ServiceId("paper-lookup"), 1);
        assertThat(known.service(paper)).isPresent();
        assertThat(known.service(new ServiceKey(paper.id(), 2))).isEmpty();
        assertThat(known.isSample()).isFalse();
    }

    @Test
    void a_card_whose_provider_is_not_registered_is_refused() {
        assertThatThrownBy(() -> snapshot("T01", "asker", "asker", "archives"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("paper-lookup/v1")
                .hasMessageContaining("archives")
                .hasMessageContaining("register it, or mend the name");
    }

    @Test
    void a_system_of_an_agency_that_is_not_registered_is_refused() {
        assertThatThrownBy(() -> snapshot("T09", "asker", "asker", "archive"))
                .hasMessageContaining("system 'asker'")
                .hasMessageContaining("T09");
    }

    @Test
    void an_account_and_a_grant_of_a_system_that_is_not_registered_are_refused() {
        assertThatThrownBy(() -> snapshot("T01", "nobody", "asker", "archive"))
                .hasMessageContaining("account 'asker-key'");
        assertThatThrownBy(() -> snapshot("T01", "asker", "nobody", "archive")).hasMessageContaining("grant 'g1'");
    }

    @Test
    void the_same_service_on_two_cards_is_refused() {
        ServiceCard card = CardFile.read("routes/test/paper-lookup.card.yaml", CARD.formatted("archive"));
        Registry registry = new RegistryFile(name -> Optional.empty(), name -> Optional.empty())
                .read("registry.yaml", REGISTRY.formatted("T01", "asker", "0".repeat(64), "asker"));

        assertThatThrownBy(() -> new Snapshot(registry, List.of(card, card))).hasMessageContaining("written twice");
    }

    private static final String NOTICE = """
            service: paper-notify
            version: 1
            name: { vi: Báo giấy, en: Paper notice }
            description: Papers.
            contact: the test
            mode: guaranteed
            deliveries: [ { to: %s } ]
            criterion: near-real-time
            personalData: false
            operations:
              - { id: notify, method: POST, path: /papers, accepts: [application/json] }
            """;

    private static Snapshot delivering(String destination) {
        Registry read = new RegistryFile(name -> Optional.empty(), name -> Optional.empty())
                .read("registry.yaml", REGISTRY.formatted("T01", "asker", "0".repeat(64), "asker"));
        List<InformationSystem> systems = new ArrayList<>(read.systems());
        systems.add(new InformationSystem(
                new SystemId("queued"),
                new AgencyCode("T01"),
                "Hàng đợi",
                Optional.empty(),
                Optional.of(new Queue("lgsp.queued.in", Queue.DEFAULT_ANSWER_TIMEOUT))));
        return new Snapshot(
                new Registry(read.sample(), read.agencies(), systems, read.accounts(), read.grants(), read.operators()),
                List.of(
                        CardFile.read("routes/test/paper-notify.card.yaml", NOTICE.formatted(destination)),
                        CardFile.read("routes/test/paper-lookup.card.yaml", CARD.formatted("archive"))));
    }

    @Test
    void a_destination_has_a_connection_or_a_queue() {
        assertThat(delivering("archive").isReachable(new SystemId("archive"))).isTrue();
        assertThat(delivering("queued").isReachable(new SystemId("queued"))).isTrue();
        assertThatThrownBy(() -> delivering("asker"))
                .hasMessageContaining("paper-notify/v1: the card delivers to the system 'asker'")
                .hasMessageContaining(
                        "neither a connection nor a queue: write one of them in the registry, or mend the name");
        assertThatThrownBy(() -> delivering("nobody")).hasMessageContaining("register it, or mend the name");
    }
}
