package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;
import vn.lgsp.runtime.Bus;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;

/** Commands that speak to a bus, against a running sample city. */
class RunningCityIT {
    @TempDir
    static Path folder;

    private static Home home = new Home(Path.of(""));
    private static Bus bus;

    @BeforeAll
    static void start() throws IOException {
        home = Home.in(folder);
        Map<String, String> settings = new TreeMap<>();
        settings.put("lgsp.home", folder.toString());
        settings.put("lgsp.deploy.watch", "false");
        for (String port : List.of(
                "lgsp.data-port",
                "lgsp.management-port",
                "lgsp.city.population-port",
                "lgsp.city.land-east-port",
                "lgsp.city.land-west-port",
                "lgsp.city.archive-port",
                "lgsp.city.social-insurance-port",
                "lgsp.city.civil-archive-port",
                "lgsp.city.hub-port",
                "lgsp.broker.port")) {
            settings.put(port, Integer.toString(FreePorts.one()));
        }
        Configuration configuration = Configuration.of(settings);
        bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    @Test
    void try_sends_the_sample_of_a_service_with_the_key_of_one_who_may_and_shows_answer_and_record() {
        Called called = lgsp("try", "land-parcel-lookup");

        assertThat(called.status()).as(called.err()).isZero();
        assertThat(called.out())
                .containsSubsequence(
                        "from transforms/land/land-parcel-lookup/samples/request.jq/",
                        "POST /api/land-parcel-lookup/v1/parcels",
                        "X-Api-Key: (the key)",
                        "\n200\n",
                        "X-LGSP-Exchange: ",
                        "\"parcel\"",
                        "What the bus keeps of it",
                        "tax-office-land")
                .doesNotContain("sample-key");
    }

    @Test
    void try_waits_for_the_deliveries_of_a_guaranteed_service() throws IOException {
        Called called = lgsp("try", "civil-birth-notify", "--json");
        JsonNode told = new ObjectMapper().readTree(called.out());

        assertThat(called.status()).as(called.out()).isZero();
        assertThat(told.at("/request/path").asText()).isEqualTo("/soap/civil-birth-notify/v1");
        assertThat(told.at("/answer/status").asInt()).isEqualTo(200);
        assertThat(told.path("deliveries"))
                .hasSize(2)
                .allMatch(delivery -> delivery.path("state").asText().equals("delivered"));
        assertThat(told.at("/record/outcome").asText()).isEqualTo("answered");
    }

    @Test
    void try_sends_what_a_scenario_sends_where_a_service_has_no_sample() {
        Called called = lgsp("try", "archive-document-relay", "--scenario", "store");

        assertThat(called.status()).as(called.err()).isZero();
        assertThat(called.out()).contains("POST /api/archive-document-relay/v1/documents", "Biên bản thử", "\n201\n");
    }

    @Test
    void try_with_the_key_of_one_who_may_not_shows_the_refusal_and_ends_with_one() {
        Called called = lgsp("try", "land-parcel-lookup", "--key", "sample-key-health");

        assertThat(called.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(called.out()).contains("\n403\n", "grant-missing");
    }

    @Test
    void explain_says_whether_the_bus_runs_the_files_that_lie_there() {
        assertThat(lgsp("explain", "population-citizen-lookup").out()).contains("as the bus runs them");

        String mapping = "transforms/population/population-citizen-lookup/request.jq";
        home.write(mapping, home.read(mapping) + "# edited\n");
        assertThat(lgsp("explain", "population-citizen-lookup").out()).contains("but the bus runs others, ");
    }

    @Test
    void systems_tells_which_are_connected_and_how() throws IOException {
        assertThat(lgsp("try", "land-parcel-lookup").status()).isZero();

        Called all = lgsp("systems");
        assertThat(all.status()).as(all.err()).isZero();
        assertThat(all.out()).contains("tax-office-portal").containsPattern("land-registry-(east|west) +up +closed ");
        assertThat(all.out().lines().filter(line -> line.contains("Hệ thống")).map(line -> line.indexOf("Hệ thống")))
                .as("names stand below each other, however long a failure is")
                .containsOnly(all.out().indexOf("name"));
        Called one = lgsp("systems", "ndxp");
        assertThat(one.out())
                .contains("oauth2, secret-headers")
                .contains("/ndxp")
                .contains("population-resident-lookup/v1")
                .doesNotContain("cs-example", "key-example");
        Called json = lgsp("systems", "ndxp", "--json");
        assertThat(new ObjectMapper().readTree(json.out()).at("/systems/0/link").asText())
                .isEqualTo("unused");
        assertThat(lgsp("systems", "nobody").status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(lgsp("systems", "No One").status()).isEqualTo(ExitCode.CALLED_WRONGLY);
    }

    private static Called lgsp(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--management-port=" + bus.managementPort());
        if (arguments[0].equals("try")) {
            all.add("--data-port=" + bus.dataPort());
        }
        return arguments[0].equals("systems")
                ? Called.lgsp(all.toArray(String[]::new))
                : home.lgsp(all.toArray(String[]::new));
    }
}
