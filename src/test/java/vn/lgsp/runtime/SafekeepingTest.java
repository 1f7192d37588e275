package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept for deliveries over a restart: sealed, with its keys apart, and with the revision that accepted it. */
final class SafekeepingTest {
    private static final String MARKER = "QZXMARKERWVU7731";
    private static final List<Charset> CHARSETS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);

    @TempDir
    Path folder;

    private GuaranteedCity city;

    @BeforeEach
    void build() {
        city = GuaranteedCity.in(folder);
    }

    @AfterEach
    void leave() {
        city.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    private String accepted(TestBus bus, String envelope) {
        return GuaranteedCity.acknowledged(
                        city.send(city.request(bus.port(), envelope).build()))
                .orElseThrow();
    }

    private void allDelivered() {
        soon().until(() -> city.sql("select 1 from delivery where state <> 'delivered'") == 0);
    }

    /** Everything that the bus writes: data, key ring, and the log of this run. */
    private void holdsNoMarker() {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = Stream.concat(files, Stream.of(Path.of("target/test.log")))
                    .filter(Files::isRegularFile)
                    .toList();
            assertThat(all).anyMatch(file -> file.toString().contains("database"));
            assertThat(all).anyMatch(file -> file.toString().contains("keyring"));
            assertThat(all).anyMatch(file -> file.toString().contains("broker"));
            assertThat(all).noneMatch(SafekeepingTest::holdsMarker);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean holdsMarker(Path file) {
        try {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            return CHARSETS.stream()
                    .anyMatch(charset ->
                            content.contains(new String(MARKER.getBytes(charset), StandardCharsets.ISO_8859_1)));
        } catch (java.nio.file.NoSuchFileException gone) {
            return false;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void content_never_is_on_the_disk_in_clear_not_while_it_waits_nor_after_a_restart_nor_afterwards() {
        city.insurance().behaves(StubPeer.fixed(503, "text/plain", "later"));
        city.archive().rollsBack(3);
        try (LogCapture log = LogCapture.everything()) {
            try (TestBus bus = city.bus().start()) {
                for (int number = 0; number < 5; number++) {
                    accepted(bus, GuaranteedCity.envelope(number, "urn:a:" + number, MARKER));
                }
                soon().until(() -> city.archive().rolledBack() == 3
                        && city.insurance().begun() > 10
                        && city.archive().taken().size() == 5);
                holdsNoMarker();
            }
            assertThat(city.sql("select 1 from sealed_content")).isEqualTo(5);
            holdsNoMarker();
            try (TestBus bus = city.bus().start()) {
                int begun = city.insurance().begun();
                soon().until(() -> city.insurance().begun() > begun);
                holdsNoMarker();
                city.insurance().behaves(GuaranteedCity.takes());
                allDelivered();
                holdsNoMarker();
            }
            holdsNoMarker();
            assertThat(city.archive().taken()).allMatch(taken -> taken.text().contains(MARKER));
            assertThat(city.insurance().received()).allMatch(seen -> seen.text().contains(MARKER));
            assertThat(log.text()).doesNotContain(MARKER);
        }
        assertThat(holdsMarker(sample())).as("the search finds what is there").isTrue();
    }

    private Path sample() {
        try {
            return Files.write(folder.resolve("sample"), ("<>" + MARKER).getBytes(StandardCharsets.UTF_16BE));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void loseKeys() throws IOException {
        try (Stream<Path> keys = Files.list(folder.resolve("home/keyring"))) {
            for (Path key : keys.toList()) {
                Files.delete(key);
            }
        }
    }

    @Test
    void without_the_keys_of_what_waits_the_bus_does_not_start_and_says_what_is_lost() throws IOException {
        city.insurance().behaves(StubPeer.fixed(503, "text/plain", "later"));
        try (TestBus bus = city.bus().start()) {
            accepted(bus, GuaranteedCity.envelope(1, ""));
        }
        loseKeys();

        assertThatThrownBy(() -> city.bus().start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the key ring")
                .hasMessageMatching("(?s).*has lost the keys of epochs \\[[0-9]+].*")
                .hasMessageContaining("put the key ring back");
        assertThat(city.sql("select 1 from sealed_content"))
                .as("nothing was given up")
                .isEqualTo(1);
    }

    @Test
    void a_lost_key_ring_does_no_harm_when_nothing_waits() throws IOException {
        try (TestBus bus = city.bus().start()) {
            accepted(bus, GuaranteedCity.envelope(1, ""));
            allDelivered();
        }
        loseKeys();

        try (TestBus bus = city.bus().start()) {
            accepted(bus, GuaranteedCity.envelope(2, ""));
            allDelivered();
            assertThat(city.atInsurance()).containsExactly("KS-2026-1", "KS-2026-2");
        }
    }

    @Test
    void what_was_accepted_before_an_edit_goes_the_way_of_the_revision_that_accepted_it() {
        city.insurance().behaves(StubPeer.fixed(503, "text/plain", "later"));
        try (TestBus bus = city.bus().start()) {
            accepted(bus, GuaranteedCity.envelope(1, ""));
            soon().until(() -> city.insurance().begun() > 0);
        }
        int before = city.insurance().received().size();
        city.insurance().behaves(GuaranteedCity.takes());
        try (TestBus bus = city.bus()
                .edit(
                        GuaranteedCity.INSURANCE_ROUTE,
                        "- to: kamelet:social-insurance-birth",
                        "- to: lgsp-http:social-insurance/births-by-another-address?method=POST")
                .start()) {
            accepted(bus, GuaranteedCity.envelope(2, ""));
            allDelivered();

            assertThat(city.insurance().received().stream()
                            .skip(before)
                            .map(seen -> seen.uri()
                                    + (seen.text().contains("\"KS-2026-1\"") ? " the first" : " the second")))
                    .containsExactlyInAnyOrder("/births the first", "/births-by-another-address the second");
        }
    }

    @Test
    void what_waits_for_a_destination_that_the_card_names_no_more_comes_to_an_end_that_somebody_sees() {
        city.archive().pause();
        try (TestBus bus = city.bus().start()) {
            soon().until(() -> !city.archive().isConnected());
            accepted(bus, GuaranteedCity.envelope(1, ""));
            soon().until(() -> city.sql("select 1 from delivery where state = 'delivered'") == 1);
        }
        TestBus.Builder less = city.bus()
                .edit(
                        GuaranteedCity.CARD,
                        "  - to: civil-archive\n    retry: { first: 50ms, longest: 200ms, attempts: 200 }\n",
                        "")
                .without("routes/civil/civil-birth-notify--to-civil-archive.camel.yaml");
        city.archive().resume();
        try (TestBus bus = less.start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            soon().until(() -> city.sql("select 1 from delivery where state in ('delivered', 'parked')") == 2);
        }
    }

    @Test
    void the_management_console_lists_the_routes_of_deliveries() {
        try (TestBus bus = GuaranteedCity.withOperator(city.bus()).start()) {
            String address = "http://127.0.0.1:" + bus.bus().managementPort();
            String session = bus.send(posted(
                                    address,
                                    "/hawtio/auth/login",
                                    "{\"username\":\"van-hanh\",\"password\":\"mat-khau-van-hanh\"}")
                            .build())
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow()
                    .split(";")[0];

            HttpResponse<String> found = bus.send(posted(
                            address,
                            "/hawtio/jolokia",
                            "{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=routes,*\"}")
                    .header("Cookie", session)
                    .build());

            assertThat(found.statusCode()).isEqualTo(200);
            assertThat(found.body())
                    .contains("way-deliver")
                    .contains("civil-birth-notify--to-social-insurance~")
                    .contains("civil-birth-notify--to-civil-archive~");
        }
    }

    private static HttpRequest.Builder posted(String address, String path, String body) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .header("Origin", address)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }
}
