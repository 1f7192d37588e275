package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lgsp explain}: the files and the registry, told as the way of a message. */
class ExplainCommandTest {
    @TempDir
    Path folder;

    @Test
    void the_way_its_own_steps_and_the_steps_of_connectors_are_told_in_order_with_file_and_line() throws IOException {
        Called called = Home.in(folder).lgsp("explain", "land-parcel-lookup", "--management-port=1");

        assertThat(called.status()).isZero();
        assertThat(called.out())
                .containsSubsequence(
                        "GET /api/land-parcel-lookup/v1/parcels/{district}/{number}",
                        "tax-office-portal",
                        "identify",
                        "consumer-unknown",
                        "at most 64KB, within 30s",
                        "call-service",
                        "transform jq transforms/land/land-parcel-lookup/request.jq",
                        "routes/land/land-parcel-lookup.camel.yaml:9",
                        "when jsonpath",
                        "to lgsp-http:land-registry-east/parcels/{number} method GET answers 404",
                        "connectors/land-registry-east-parcel.kamelet.yaml:18",
                        "otherwise",
                        "hold-answer",
                        "at most 1MB",
                        "close-record",
                        "Systems that are called",
                        "land-registry-east",
                        "http, loopback network, not signed; connects within 3s; answers within 10s")
                .contains("no bus answers");
    }

    @Test
    void a_guaranteed_service_has_the_way_plan_and_route_of_each_delivery() throws IOException {
        JsonNode told = json(Home.in(folder).lgsp("explain", "civil-birth-notify", "--json", "--management-port=1"))
                .at("/services/0");

        assertThat(told.at("/operations/0/element").asText())
                .isEqualTo("{urn:thanhphomau:hotich:khaisinh:1.0}ThongBaoKhaiSinh");
        assertThat(names(told.at("/way"), "step")).contains("unwrap", "accept");
        assertThat(names(told.at("/deliveries"), "to")).containsExactly("social-insurance", "civil-archive");
        assertThat(told.at("/deliveries/0/attempts").asInt()).isEqualTo(20);
        assertThat(told.at("/deliveries/0/longest").asText()).isEqualTo("5m");
        assertThat(names(told.at("/deliveries/0/way"), "step")).contains("open-original", "settle-attempt");
        assertThat(names(told.at("/deliveries/1/route"), "what")).contains("lgsp-jms:civil-archive");
        assertThat(told.at("/systems/1/network").asText()).isEqualTo("broker");
        assertThat(told.at("/bus").isNull()).isTrue();
    }

    @Test
    void a_service_that_is_called_is_told_with_its_name_its_systems_and_the_grant_that_allows_it() throws IOException {
        Home home = Home.in(folder);
        Called text = home.lgsp("explain", "land-dossier-check", "--management-port=1");
        home.edit("routes/land/land-dossier-check.card.yaml", "as: tax-office-portal-key", "as: civil-registry-key");
        JsonNode calls = json(home.lgsp("explain", "land-dossier-check", "--json", "--management-port=1"))
                .at("/services/0/calls");

        assertThat(text.out())
                .containsSubsequence(
                        "to lgsp-call:land-parcel-lookup/v1/by-number",
                        "Services of this bus that are called",
                        "land-parcel-lookup/v1/by-number",
                        "Tra cứu thửa đất",
                        "as tax-office-portal, by the grant tax-office-land; it calls land-registry-east, land-registry-west",
                        "population-citizen-lookup/v1/by-id",
                        "Tra cứu thông tin công dân",
                        "as tax-office-portal, by the grant tax-office-population; it calls population")
                .doesNotContain("no grant is in force", "tax-office-portal-key");
        assertThat(names(calls, "service")).containsExactly("land-parcel-lookup/v1", "population-citizen-lookup/v1");
        assertThat(names(calls, "operation")).containsExactly("by-number", "by-id");
        assertThat(calls.at("/0/as").asText()).isEqualTo("civil-registry");
        assertThat(calls.at("/0/grant").isNull()).isTrue();
    }

    @Test
    void who_takes_over_from_it_when_it_starts_and_the_axis_are_told() throws IOException {
        Home home = Home.in(folder);
        JsonNode desk = json(home.lgsp("explain", "edoc-document-desk", "--json", "--management-port=1"))
                .at("/services/0");
        JsonNode collector = json(home.lgsp("explain", "edoc-axis-collect", "--json", "--management-port=1"))
                .at("/services/0");

        assertThat(desk.at("/handsOn/0/service").asText()).isEqualTo("edoc-axis-forward/v1");
        assertThat(desk.at("/handsOn/0/by").asText()).isEqualTo("hand-on");
        assertThat(collector.at("/schedule/timing").asText()).isEqualTo("every 60s");
        assertThat(collector.at("/schedule/as").asText()).isEqualTo("office-documents");
        assertThat(names(collector.at("/systems"), "system")).containsExactly("axis-sdk");
        assertThat(home.lgsp("explain", "land-change-gather", "--management-port=1")
                        .out())
                .contains("archive-document-relay/v1", "by synchronise", "the bus itself, ");
    }

    @Test
    void every_step_of_the_way_says_what_it_does() throws IOException {
        JsonNode told = json(Home.in(folder).lgsp("explain", "civil-birth-notify", "--json", "--management-port=1"));

        for (String way : List.of("/services/0/way", "/services/0/deliveries/0/way")) {
            assertThat(names(told.at(way), "does")).hasSizeGreaterThan(4).doesNotContain("");
        }
    }

    @Test
    void neither_a_secret_nor_an_account_nor_an_address_is_told_and_a_grant_that_ended_is_none() throws IOException {
        Called text = Home.in(folder).lgsp("explain", "population-citizen-lookup", "--management-port=1");
        Called json = new Home(folder).lgsp("explain", "population-citizen-lookup", "--json", "--management-port=1");

        assertThat(text.out()).contains("signed by hashed-basic");
        assertThat(text.out() + json.out())
                .doesNotContain("sample-secret", "lgsp-h99", "127.0.0.1", "18091", "construction-permits");
    }

    @Test
    void a_service_that_is_not_there_is_told_with_the_nearest_or_with_those_that_are() throws IOException {
        Home home = Home.in(folder);
        Called misspelt = home.lgsp("explain", "land-parcel-look");
        Called unknown = home.lgsp("explain", "weather");

        assertThat(misspelt.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(misspelt.err()).hasLineCount(1).contains("land-parcel-look:", "did you mean land-parcel-lookup?");
        assertThat(unknown.err()).hasLineCount(1).contains("there are ", "land-parcel-lookup/v1");
    }

    private static JsonNode json(Called called) throws IOException {
        assertThat(called.status()).as(called.err()).isZero();
        return new ObjectMapper().readTree(called.out());
    }

    private static List<String> names(JsonNode list, String field) {
        List<String> names = new ArrayList<>();
        list.forEach(entry -> names.add(entry.path(field).asText()));
        return names;
    }
}
