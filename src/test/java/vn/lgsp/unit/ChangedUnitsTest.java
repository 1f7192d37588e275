package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.bench.ServicesHome;

/** After an edit only the units that it may concern are read again, and what is found is what a whole look would find. */
final class ChangedUnitsTest {
    private static final int RELAY = numberOf("relay");
    private static final int PARCELS = numberOf("parcels");

    @TempDir
    private Path home;

    private ServicesHome services;
    private Unit.Found before;

    @BeforeEach
    void make() {
        services = ServicesHome.make(Path.of(""), home.resolve("home"), 20, "any key", 1);
        home = home.resolve("home");
        before = Unit.find(home);
    }

    private static int numberOf(String shape) {
        int number = 0;
        while (!ServicesHome.name(number).startsWith(shape)) {
            number++;
        }
        return number;
    }

    /** Looks after these files have changed, and compares with a whole look. */
    private Unit.Found after(Path... changed) {
        Unit.Found found = Unit.find(home, before, Arrays.stream(changed).collect(Collectors.toSet()), Set.of());
        Unit.Found whole = Unit.find(home);
        assertThat(digests(found)).isEqualTo(digests(whole));
        assertThat(found.refused()).isEqualTo(whole.refused());
        return found;
    }

    private static List<String> digests(Unit.Found found) {
        return found.units().stream()
                .map(unit -> unit.card().key() + " " + unit.digest() + " " + unit.files())
                .toList();
    }

    /** The services that were read again: the others are the very same objects. */
    private Set<String> readAgain(Unit.Found found) {
        return found.units().stream()
                .filter(unit -> before.units().stream().noneMatch(old -> old == unit))
                .map(unit -> unit.card().key().id().value())
                .collect(Collectors.toSet());
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, Files.readString(file) + line + "\n");
    }

    @Test
    void an_edited_route_is_read_again_and_no_other() throws IOException {
        append(services.routeFile(RELAY), "# edited");

        assertThat(readAgain(after(services.routeFile(RELAY)))).containsExactly(ServicesHome.name(RELAY));
    }

    @Test
    void an_edited_table_of_codes_makes_another_revision_of_each_that_uses_it_and_of_no_other() throws IOException {
        Path table = home.resolve("transforms/_codes/land-use.codes.yaml");
        append(table, "# edited");

        Unit.Found found = after(table);

        assertThat(readAgain(found)).isNotEmpty().allSatisfy(service -> assertThat(service)
                .startsWith("parcels"));
        assertThat(found.units().stream()
                        .filter(unit -> unit.files().containsKey("transforms/_codes/land-use.codes.yaml"))
                        .map(unit -> unit.card().key().id().value()))
                .containsExactlyInAnyOrderElementsOf(readAgain(found));
    }

    @Test
    void nothing_is_read_again_when_nothing_changed() {
        assertThat(readAgain(after())).isEmpty();
    }

    @Test
    void an_edited_a_new_and_a_deleted_mapping_belong_to_the_service_whose_folder_they_are_in() throws IOException {
        Path mapping = services.mappings(PARCELS).get(0);
        append(mapping, "# edited");
        assertThat(readAgain(after(mapping))).containsExactly(ServicesHome.name(PARCELS));

        Path added = mapping.resolveSibling("added.jq");
        Files.writeString(added, ".");
        assertThat(readAgain(after(mapping, added))).containsExactly(ServicesHome.name(PARCELS));

        Files.delete(mapping);
        assertThat(readAgain(after(mapping, added))).containsExactly(ServicesHome.name(PARCELS));
    }

    @Test
    void an_edited_connector_is_read_by_all_services_that_use_it_and_by_no_other() throws IOException {
        Path connector = home.resolve("connectors/land-registry-east-00-parcel.kamelet.yaml");
        append(connector, "# edited");

        assertThat(readAgain(after(connector))).hasSize(5).allSatisfy(service -> assertThat(service)
                .startsWith("parcels"));
    }

    @Test
    void a_deleted_connector_and_one_that_comes_again_are_noticed_by_those_who_use_it() throws IOException {
        Path connector = home.resolve("connectors/land-registry-east-00-parcel.kamelet.yaml");
        String text = Files.readString(connector);
        Files.delete(connector);
        before = after(connector);

        Files.writeString(connector, text);

        assertThat(readAgain(after(connector)))
                .anySatisfy(service -> assertThat(service).startsWith("parcels"));
    }

    @Test
    void a_card_that_goes_comes_or_breaks_is_noticed() throws IOException {
        Path card = services.routeFile(RELAY).resolveSibling(ServicesHome.name(RELAY) + ".card.yaml");
        String text = Files.readString(card);
        Files.delete(card);
        before = after(card);
        assertThat(before.units()).hasSize(19);

        Files.writeString(card, text);
        before = after(card);
        assertThat(before.units()).hasSize(20);

        Files.writeString(card, "service: [");
        before = after(card);
        assertThat(before.refused()).hasSize(1);

        Files.writeString(card, text);
        assertThat(after(card).refused()).isEmpty();
    }

    @Test
    void a_unit_that_may_lack_a_file_is_read_again_whatever_changed() {
        String card = "routes/domain-00/" + ServicesHome.name(RELAY) + ".card.yaml";

        assertThat(readAgain(Unit.find(home, before, Set.of(), Set.of(card))))
                .containsExactly(ServicesHome.name(RELAY));
    }
}
