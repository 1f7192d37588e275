package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.bench.ServicesHome;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;

/** What lies in a home and is no file of a service, or cannot be read: it is nobody else's business (BUS-05, BUS-12). */
final class FilesOfUnitTest {
    private static final int SERVICES = 4;

    @TempDir
    private Path folder;

    private Path home;
    private Path card;
    private Path mapping;
    private List<String> before;

    @BeforeEach
    void make() throws IOException {
        home = folder.resolve("home");
        ServicesHome.make(Path.of(""), home, SERVICES, "any key", 1);
        before = digests();
        card = Unit.find(home).units().get(0).routeFile().resolveSibling(names().get(0));
        mapping = files("transforms").get(0);
    }

    private List<String> names() {
        return files("routes").stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".card.yaml"))
                .toList();
    }

    private List<Path> files(String below) {
        try (var all = Files.walk(home.resolve(below))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private List<String> digests() {
        Unit.Found found = Unit.find(home);
        assertThat(found.refused()).isEmpty();
        assertThat(found.units()).hasSize(SERVICES);
        return found.units().stream().map(Unit::digest).toList();
    }

    @Test
    void what_editors_leave_beside_the_files_is_no_part_of_a_service() throws IOException {
        // Emacs locks a file with a link to nowhere, vim keeps a swap file
        Files.createSymbolicLink(card.resolveSibling(".#" + card.getFileName()), Path.of("somebody@machine.17:1"));
        Files.copy(card, card.resolveSibling("._" + card.getFileName()));
        Files.writeString(card.resolveSibling(card.getFileName() + "~"), "before");
        Files.writeString(mapping.resolveSibling("." + mapping.getFileName() + ".swp"), "swap");
        Files.writeString(mapping.resolveSibling(mapping.getFileName() + "~"), "before");
        Files.createDirectories(mapping.resolveSibling(".idea"));
        Files.writeString(mapping.resolveSibling(".idea/workspace.xml"), "<project/>");

        assertThat(digests()).isEqualTo(before);
    }

    @Test
    void a_card_that_cannot_be_read_keeps_no_other_service_from_being_read() throws IOException {
        Files.createDirectories(card.resolveSibling("paper-folder.card.yaml"));

        Unit.Found found = Unit.find(home);

        assertThat(found.units()).hasSize(SERVICES);
        String name =
                home.relativize(card.resolveSibling("paper-folder.card.yaml")).toString();
        assertThat(found.refused()).containsOnlyKeys(name);
        assertThat(found.refused().get(name)).containsExactly(Finding.of(Rule.FILE_UNREADABLE, name, 0));
    }

    @Test
    void the_folder_of_the_routes_may_be_a_link() throws IOException {
        Path elsewhere = folder.resolve("release-7");
        Files.move(home.resolve("routes"), elsewhere);
        Files.createSymbolicLink(home.resolve("routes"), elsewhere);

        assertThat(digests()).isEqualTo(before);
    }

    @Test
    void a_link_out_of_the_routes_leads_to_nothing() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "of the machine");
        Path contract = card.resolveSibling(card.getFileName().toString().replace(".card.yaml", Unit.CONTRACT_SUFFIX));
        Files.createSymbolicLink(contract, secret);
        Files.createSymbolicLink(card.resolveSibling("paper-link.card.yaml"), secret);

        Unit.Found found = Unit.find(home);

        assertThat(found.units().stream().map(Unit::digest).toList()).isEqualTo(before);
        assertThat(found.refused().values())
                .containsExactly(List.of(Finding.of(
                        Rule.FILE_UNREADABLE,
                        home.relativize(card.resolveSibling("paper-link.card.yaml"))
                                .toString(),
                        0)));
    }
}
