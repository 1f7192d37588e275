package vn.lgsp.city;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.Grant;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** The city's registry, the cards that ship with the product and the sample keys belong together. */
class SampleRegistryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Registry REGISTRY = new RegistryFile(name -> Optional.empty(), name -> Optional.empty())
            .read("h99.yaml", SampleCity.registry());
    private static final List<ServiceCard> CARDS = cards();
    private static final Snapshot SNAPSHOT = new Snapshot(REGISTRY, CARDS);

    @Test
    void each_service_may_be_used_by_the_systems_that_it_is_for_and_nobody_else() {
        assertThat(CARDS).hasSizeGreaterThanOrEqualTo(4);
        for (ServiceCard card : CARDS) {
            boolean documents = card.key().id().value().startsWith("edoc-");
            boolean portal = card.domain().equals("portal");
            boolean notice = card.mode() == ServiceCard.Mode.GUARANTEED && !documents && !portal;
            assertThat(inForce("office-documents", card.key())).isEqualTo(documents);
            assertThat(inForce("civil-registry", card.key())).isEqualTo(notice);
            boolean catalogue = card.domain().equals("shared");
            assertThat(inForce("tax-office-portal", card.key()))
                    .isEqualTo(!notice && !catalogue && !documents && !portal);
            assertThat(inForce("one-stop", card.key()) || inForce("portal", card.key()))
                    .isEqualTo(portal);
            assertThat(inForce("city-catalogues", card.key())).isEqualTo(catalogue);
            assertThat(inForce("civil-archive", card.key())).isFalse();
            assertThat(inForce("health-records", card.key())).isFalse();
            assertThat(inForce("construction-permits", card.key())).isFalse();
        }
        ServiceKey population = new ServiceKey(new ServiceId("population-citizen-lookup"), 1);
        assertThat(SNAPSHOT.grants(new SystemId("health-records"), population)).isEmpty();
        assertThat(SNAPSHOT.grants(new SystemId("construction-permits"), population))
                .singleElement()
                .extracting(Grant::expires)
                .isEqualTo(Optional.of(Instant.parse("2023-12-31T17:00:00Z")));
    }

    @Test
    void every_sample_key_opens_the_account_of_its_system_and_every_account_has_one() throws Exception {
        for (SampleKeys.SampleKey sample : SampleKeys.all()) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(sample.key().getBytes(UTF_8));
            assertThat(SNAPSHOT.accountWithKey(HexFormat.of().formatHex(hash)))
                    .hasValueSatisfying(account -> assertThat(account.system()).hasToString(sample.system()));
        }
        assertThat(REGISTRY.accounts())
                .filteredOn(account -> account.keyHash().isPresent())
                .hasSameSizeAs(SampleKeys.all());
    }

    @Test
    void the_operators_sample_password_is_the_one_that_is_hashed() throws Exception {
        String[] parts = SNAPSHOT.operator(SampleKeys.OPERATOR)
                .orElseThrow()
                .passwordHash()
                .split(":", 4);
        PBEKeySpec spec = new PBEKeySpec(
                SampleKeys.OPERATOR_PASSWORD.toCharArray(),
                HexFormat.of().parseHex(parts[2]),
                Integer.parseInt(parts[1]),
                256);

        assertThat(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(spec)
                        .getEncoded())
                .isEqualTo(HexFormat.of().parseHex(parts[3]));
    }

    @Test
    void the_registry_leads_to_the_systems_of_the_city() {
        CitySettings defaults = CitySettings.defaults();

        assertThat(SNAPSHOT.isSample()).isTrue();
        assertThat(connection("population").address())
                .hasToString("http://127.0.0.1:" + defaults.populationPort() + "/dancu/1.0");
        assertThat(connection("population").credential()).hasValueSatisfying(credential -> {
            assertThat(credential.user()).isEqualTo(PopulationPeer.USER);
            assertThat(credential.secret()).isEqualTo(PopulationPeer.SECRET);
        });
        assertThat(connection("land-registry-east").address().getPort()).isEqualTo(defaults.landEastPort());
        assertThat(connection("land-registry-west").address().getPort()).isEqualTo(defaults.landWestPort());
        assertThat(connection("city-archive").address().getPort()).isEqualTo(defaults.archivePort());
        assertThat(connection("social-insurance").address().getPort()).isEqualTo(defaults.socialInsurancePort());
        assertThat(SNAPSHOT.system(new SystemId("civil-archive")).orElseThrow().queue())
                .hasValueSatisfying(queue -> assertThat(queue.name()).isEqualTo(CivilArchivePeer.QUEUE));
        assertThat(REGISTRY.accounts())
                .filteredOn(account -> account.id().equals(CivilArchivePeer.USER))
                .singleElement()
                .satisfies(account -> assertThat(account.system()).hasToString("civil-archive"));
    }

    @Test
    void a_port_outside_its_range_is_refused_with_property_and_range() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CitySettings(true, 18091, 0, 18093, 18094, 0, 0, 0))
                .withMessage("lgsp.city.land-east-port is 0: write 1 to 65535");
    }

    private static Connection connection(String system) {
        return SNAPSHOT.system(new SystemId(system)).orElseThrow().connection().orElseThrow();
    }

    private static boolean inForce(String consumer, ServiceKey service) {
        return SNAPSHOT.grants(new SystemId(consumer), service).stream().anyMatch(grant -> grant.covers("any", NOW));
    }

    private static List<ServiceCard> cards() {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(CardFile.SUFFIX))
                    .map(CardFile::read)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
