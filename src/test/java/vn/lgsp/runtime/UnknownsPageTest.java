package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.AxisAccess;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.docs.Page;
import vn.lgsp.hub.Hub;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/** What nobody has published is a setting, with the default that the page tells, and the page names them all (wire-formats 11). */
final class UnknownsPageTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** One thing that can be set: where the page says so, and what it says counts without. */
    private record Setting(int number, String name, String fallback) {}

    private static List<List<String>> rows() {
        return Page.at("docs/reference/unknowns.md").rows();
    }

    private static List<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        for (List<String> row : rows()) {
            List<String> names = CODE.matcher(row.get(3))
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .toList();
            String[] fallbacks = row.get(4).split(", ");
            for (int i = 0; i < names.size(); i++) {
                String fallback = fallbacks[Math.min(i, fallbacks.length - 1)].replace("`", "");
                all.add(new Setting(Integer.parseInt(row.get(0)), names.get(i), fallback));
            }
        }
        return all;
    }

    @Test
    void each_unknown_has_a_row_with_a_setting_or_a_reason_why_there_is_none() {
        assertThat(rows().stream().map(row -> row.get(0)))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 29).mapToObj(String::valueOf).toList());
        assertThat(rows()).allSatisfy(row -> {
            assertThat(row.get(5)).isNotEmpty();
            assertThat(CODE.matcher(row.get(3)).find() || row.get(3).equals("none"))
                    .as(row.toString())
                    .isTrue();
        });
        assertThat(settings()).hasSizeGreaterThan(25);
    }

    @Test
    void settings_of_the_bus_are_there_with_these_defaults() {
        Configuration asked = Configuration.of(Map.of());
        BusSettings untouched = BusSettings.from(asked);
        List<Setting> ours = settings().stream()
                .filter(setting -> setting.name().startsWith("lgsp."))
                .toList();

        assertThat(ours).hasSizeGreaterThan(2).allSatisfy(setting -> {
            assertThat(asked.asked()).contains(setting.name());
            assertThat(BusSettings.from(Configuration.of(Map.of(setting.name(), setting.fallback()))))
                    .isEqualTo(untouched);
        });
    }

    @Test
    void parameters_of_connectors_are_there_with_these_defaults() {
        List<Setting> parameters = settings().stream()
                .filter(setting -> setting.name().contains("?"))
                .toList();

        assertThat(parameters).hasSizeGreaterThan(10).allSatisfy(setting -> {
            String[] parts = setting.name().split("\\?", 2);
            String file = "connectors/" + parts[0] + ".kamelet.yaml";
            Optional<Value> parameter = SourceFile.value(file, SourceFile.text(file, Path.of(file)))
                    .at("spec")
                    .flatMap(spec -> spec.at("definition"))
                    .flatMap(definition -> definition.at("properties"))
                    .flatMap(properties -> properties.at(parts[1]));
            assertThat(parameter).as(setting.name()).isPresent();
            String fallback = parameter.orElseThrow().textAt("default");
            assertThat(setting.fallback())
                    .isIn(fallback.isEmpty() ? List.of("must be set", "the variable state") : List.of(fallback));
        });
    }

    @Test
    void variables_of_sample_routes_are_there_with_these_values() {
        assertThat(settings().stream().filter(setting -> setting.name().contains("$")))
                .hasSize(2)
                .allSatisfy(setting -> {
                    String[] parts = setting.name().split("\\$", 2);
                    assertThat(Files.readString(Path.of("routes/population", parts[0] + ".camel.yaml"))
                                    .replace("\"", ""))
                            .contains("name: " + parts[1] + ", constant: " + setting.fallback() + " ");
                });
    }

    @Test
    void the_simulators_have_those_that_only_they_need() {
        try (Hub hub = Hub.start(0, java.time.Clock.systemUTC())) {
            assertThat(settings().stream().filter(setting -> setting.name().contains("/")))
                    .hasSize(1)
                    .allSatisfy(setting -> {
                        String[] parts = setting.name().split("/", 2);
                        assertThat(hub.settings(parts[0]).get(parts[1])).isEqualTo(setting.fallback());
                    });
        }
    }

    @Test
    void fields_of_the_registry_are_there_with_these_defaults() {
        Map<String, String> defaults = Map.of(
                "axis.clockSkew",
                AxisAccess.DEFAULT_CLOCK_SKEW.toSeconds() + "s",
                "credential.style",
                word(token().style()),
                "lgspAccessToken.partnerCode",
                partner().partnerCode().equals("H99") ? "platform" : "?",
                "lgspAccessToken.partnerCodeCus",
                partner().partnerCodeCus().equals("H99") ? "platform" : "?",
                "credential.timestamp",
                word(hashed().timestamp()),
                "credential.loginPath",
                session().loginPath(),
                "credential.life",
                session().life().toHours() + "h",
                "credential.expired",
                session().isExpired("7") && !session().isExpired("0") ? "any but 0" : "?");

        assertThat(settings().stream()
                        .filter(setting -> setting.name().matches("[a-zA-Z]+\\.[a-zA-Z]+")
                                && !setting.name().startsWith("lgsp.")))
                .hasSize(defaults.size())
                .allSatisfy(setting -> assertThat(setting.fallback()).isEqualTo(defaults.get(setting.name())));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static OutboundCredential.OAuth2 token() {
        return (OutboundCredential.OAuth2) credential("oauth2");
    }

    private static OutboundCredential.HashedBasic hashed() {
        return (OutboundCredential.HashedBasic) credential("hashed-basic");
    }

    private static OutboundCredential.Session session() {
        return (OutboundCredential.Session) credential("session");
    }

    private static vn.lgsp.catalogue.LgspAccess partner() {
        return connection("oauth2").lgspAccess().orElseThrow();
    }

    private static OutboundCredential credential(String scheme) {
        return connection(scheme).credential().orElseThrow();
    }

    /** A registered system of which nothing is written that need not be. */
    private static Connection connection(String scheme) {
        Registry registry = new RegistryFile(name -> Optional.empty(), name -> Optional.of("a-secret"))
                .read("registry.yaml", """
                        sample: false
                        platform: H99
                        agencies: [{ code: H99, name: Thành phố Mẫu }]
                        systems:
                          - id: partner
                            agency: H99
                            name: Cổng
                            connection:
                              address: http://127.0.0.1:1/partner
                              credential: { scheme: %s, user: u, secret: "env:S" }
                              lgspAccessToken: { accessKey: a, secretKey: "env:S", appName: n }
                        """.formatted(scheme));
        return registry.systems().stream()
                .findFirst()
                .flatMap(InformationSystem::connection)
                .orElseThrow();
    }
}
