package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a schema takes in from another folder is part of the service. */
final class SchemaPartsTest {
    @TempDir
    private Path home;

    @Test
    void a_schema_that_others_share_is_in_the_digest_of_whoever_takes_it_in() throws IOException {
        write("routes/papers/paper-lookup.card.yaml", Files.readString(good("routes/papers/paper-lookup.card.yaml")));
        write("routes/papers/paper-lookup.camel.yaml", Files.readString(good("routes/papers/paper-copy.camel.yaml")));
        write(
                "transforms/papers/paper-lookup/paper.xsd",
                "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include\n schemaLocation='../shared/all.xsd'/></xs:schema>");
        write("transforms/papers/shared/all.xsd", "<a:schema><a:import schemaLocation=\"more.xsd\"/></a:schema>");
        write("transforms/papers/shared/more.xsd", "<a:schema/>");
        write("transforms/papers/shared/nobodys.xsd", "<a:schema/>");
        Unit before = Unit.all(home).get(0);

        write("transforms/papers/shared/more.xsd", "<a:schema version='2'/>");
        Unit after = Unit.all(home).get(0);

        assertThat(before.files().keySet())
                .contains("transforms/papers/shared/all.xsd", "transforms/papers/shared/more.xsd")
                .doesNotContain("transforms/papers/shared/nobodys.xsd");
        assertThat(after.digest()).isNotEqualTo(before.digest());
    }

    private static Path good(String file) {
        return Path.of("src/test/resources/broken/good").resolve(file);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(home.resolve(file).resolveSibling(""));
        Files.writeString(home.resolve(file), text);
    }
}
