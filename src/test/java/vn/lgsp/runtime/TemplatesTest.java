package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;
import vn.lgsp.docs.Page;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * Every route template, in the examples of its page: they are deployed as they stand there, do what the page says, and are short (BUS-12).
 */
final class TemplatesTest {
    private static final Path TEMPLATES = Path.of("routes/_templates");
    private static final Page REFERENCE = Page.at("docs/reference/templates.md");
    private static final Page SCHEDULED = Page.at("docs/reference/templates-scheduled.md");
    private static final List<Page> PAGES = List.of(
            REFERENCE,
            SCHEDULED,
            Page.at("docs/how-to/expose-a-rest-system-as-soap.md"),
            Page.at("docs/how-to/combine-two-services.md"));

    @TempDir
    static Path folder;

    private static StubPeer archive;
    private static StubPeer east;
    private static StubPeer population;
    private static ArchiveConsumer queue;
    private static TestBus bus;

    /** Of the template that differs from another one of the page by one system. */
    private static final Map<String, String> FOUR = Map.of(
            "routes/land/land-parcel-view.card.yaml",
            files().getOrDefault("routes/land/land-parcel-look.card.yaml", "")
                    .replace("service: land-parcel-look", "service: land-parcel-view"),
            "routes/land/land-parcel-view.camel.yaml",
            files().getOrDefault("routes/land/land-parcel-look.camel.yaml", "")
                            .replace("land-parcel-look", "land-parcel-view")
                            .replace("collect-three", "collect-four")
                            .stripTrailing()
                    + "\n      - { name: fourth, value: again }"
                    + "\n      - { name: fourthConnector, value: land-registry-east-parcel }"
                    + "\n      - { name: fourthMapping, value: .areaM2 }\n");

    /** The files of all pages, by name. */
    private static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        for (Page page : PAGES) {
            page.blocks().stream()
                    .filter(block -> block.comment().startsWith("file "))
                    .forEach(block -> files.put(block.comment().substring(5), block.text()));
        }
        return files;
    }

    @BeforeAll
    static void start() {
        int broker = FreePorts.one();
        archive = StubPeer.answering(200, "application/json", "{}");
        east = StubPeer.answering(200, "application/json", "{}");
        population = StubPeer.answering(200, "application/json", "{}");
        queue = ArchiveConsumer.at(broker);
        TestBus.Builder builder = TestBus.in(folder)
                .system("city-archive", archive.port())
                .system("land-registry-east", east.port())
                .system("land-registry-west", archive.port())
                .system("population", population.port())
                .queue(ArchiveConsumer.SYSTEM, ArchiveConsumer.ACCOUNT, ArchiveConsumer.KEY, "5s")
                .service("land", "land-parcel-search")
                .setting("lgsp.broker.port", Integer.toString(broker));
        try (Stream<Path> templates = Files.list(TEMPLATES)) {
            for (Path template : templates.toList()) {
                builder.write(TEMPLATES.resolve(template.getFileName()).toString(), Files.readString(template));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        files().forEach(builder::write);
        FOUR.forEach(builder::write);
        services().forEach(builder::grant);
        builder.grant("land-parcel-view");
        builder.grant("land-parcel-search");
        bus = builder.start();
    }

    @AfterAll
    static void stop() {
        bus.close();
        queue.close();
        archive.close();
        east.close();
        population.close();
    }

    @BeforeEach
    void all_are_well() {
        archive.behaves(StubPeer.fixed(200, "application/json", "{}"));
        east.behaves(StubPeer.fixed(
                200,
                "application/json",
                "{\"parcelNo\":\"0100\",\"areaM2\":1500.250,\"owner\":{\"name\":\"Lê Thử\"}}"));
    }

    private static List<String> services() {
        return files().keySet().stream()
                .filter(file -> file.endsWith(".card.yaml"))
                .map(file -> file.replaceFirst(".*/", "").replace(".card.yaml", ""))
                .toList();
    }

    private static String last(List<StubPeer.Seen> seen) {
        StubPeer.Seen request = seen.get(seen.size() - 1);
        return request.method() + " " + request.uri();
    }

    @Test
    void card_and_route_of_each_example_have_25_lines_together_at_most() throws IOException {
        Map<String, Integer> lines = new TreeMap<>();
        Map<String, String> all = files();
        Path search = Path.of("routes/land/land-parcel-search.card.yaml");
        all.put(search.toString(), Files.readString(search));
        all.forEach((file, text) -> {
            if (file.startsWith("routes/") && !file.endsWith(".wsdl")) {
                String service = file.replaceFirst(".*/", "").replaceFirst("\\.(card|camel)\\.yaml$", "");
                lines.merge(service, (int) text.strip().lines().count(), Integer::sum);
            }
        });

        assertThat(lines).hasSizeGreaterThan(6);
        assertThat(lines)
                .allSatisfy((service, count) ->
                        assertThat(count).as(service).isLessThanOrEqualTo(service.contains("--to-") ? 5 : 25));
    }

    @Test
    void every_template_describes_its_parameters_and_is_told_on_the_page() throws IOException {
        List<Path> templates;
        try (Stream<Path> found = Files.list(TEMPLATES)) {
            templates = found.sorted().toList();
        }
        assertThat(templates).hasSizeGreaterThan(11);
        String page = String.join("\n", REFERENCE.lines()) + String.join("\n", SCHEDULED.lines());
        for (Path template : templates) {
            String text = Files.readString(template);
            Value body = SourceFile.value(template.toString(), text)
                    .items()
                    .get(0)
                    .at("routeTemplate")
                    .orElseThrow();
            assertThat(page).contains("`" + body.textAt("id") + "`");
            for (Value parameter : body.at("parameters").orElseThrow().items()) {
                String name = parameter.textAt("name");
                assertThat(parameter.textAt("description"))
                        .as(template + " " + name)
                        .isNotBlank();
                assertThat(page).as(template + " " + name).contains("`" + name + "`");
                assertThat(text).containsPattern("\\{\\{\\??" + name + "}}");
            }
        }
    }

    @Test
    void every_template_has_an_example() {
        TreeSet<String> used = new TreeSet<>();
        files().forEach((file, text) -> text.lines()
                .filter(line -> line.contains("routeTemplateRef:"))
                .forEach(line -> used.add(line.replaceFirst(".*:", "").strip())));
        List<String> templates = new ArrayList<>();
        try (Stream<Path> found = Files.list(TEMPLATES)) {
            found.forEach(file -> templates.add(file.getFileName().toString().replace(".camel.yaml", "")));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        used.add("collect-four"); // that is told as collect-three with one more
        assertThat(used).containsAll(templates);
    }

    @Test
    void pass_through_hands_bytes_on() {
        archive.behaves(StubPeer.fixed(200, "application/pdf", "%PDF-1.7"));

        assertThat(bus.get("/api/archive-paper-relay/v1/papers/a.pdf").body()).isEqualTo("%PDF-1.7");
        assertThat(last(archive.received())).isEqualTo("GET /v2/papers/a.pdf");
    }

    private static final String ENVELOPE =
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>%s</s:Body></s:Envelope>";

    @Test
    void rest_to_soap_makes_xml_of_the_question_and_json_of_the_answer() {
        population.behaves(StubPeer.fixed(
                200,
                "text/xml; charset=utf-8",
                ENVELOPE.formatted("<KetQua xmlns=\"urn:mau:dan-cu\"><DangDung>1</DangDung></KetQua>")));

        HttpResponse<String> answer = bus.post(
                "/api/population-number-check/v1/checks", "application/json", "{\"SoDinhDanh\":\"001000000000\"}");

        assertThat(answer.body()).isEqualTo("{\"DangDung\":true}");
        assertThat(last(population.received())).isEqualTo("POST /kiemtra");
        StubPeer.Seen seen = population.last();
        assertThat(seen.headers().get("SOAPAction")).isEqualTo("\"urn:mau:dan-cu:kiem-tra\"");
        assertThat(seen.text()).contains("SoDinhDanh>001000000000</");
        assertThat(TestBus.code(bus.post("/api/population-number-check/v1/checks", "application/json", "{\"So\":1}")))
                .isEqualTo("message-invalid");
        population.behaves(StubPeer.fixed(
                200, "text/xml; charset=utf-8", ENVELOPE.formatted("<LoiXuLy xmlns=\"urn:mau:dan-cu\"/>")));
        assertThat(TestBus.code(bus.post(
                        "/api/population-number-check/v1/checks", "application/json", "{\"SoDinhDanh\":\"1\"}")))
                .isEqualTo("provider-failed");
    }

    @Test
    void soap_to_rest_takes_the_key_out_of_the_question_and_keeps_every_digit() {
        String question = ENVELOPE.formatted(
                "<TimThuaDat xmlns=\"urn:mau:dat-dai:thua-dat\"><SoThua>01/00</SoThua></TimThuaDat>");

        HttpResponse<String> answer = bus.post("/soap/land-parcel-query/v1", "text/xml; charset=utf-8", question);

        assertThat(answer.body()).contains("DienTich>1500.250</").contains("Lê Thử");
        assertThat(last(east.received())).isEqualTo("GET /parcels/01%2F00");
        assertThat(east.last().body()).isEmpty();
        east.behaves(StubPeer.fixed(404, "application/json", "{}"));
        assertThat(bus.post("/soap/land-parcel-query/v1", "text/xml; charset=utf-8", question)
                        .body())
                .contains("record-not-found");
    }

    @Test
    void fan_out_delivers_what_came_in_over_http_and_on_a_queue() {
        HttpResponse<String> answer =
                bus.post("/api/land-change-notify/v1/changes", "application/json", "{\"parcel\":\"0100\"}");

        assertThat(answer.statusCode()).isEqualTo(202);
        String exchange = TestBus.json(answer).path("exchange").asText();
        await().atMost(Duration.ofSeconds(20)).until(() -> TestBus.json(bus.get("/exchanges/" + exchange))
                .path("state")
                .asText()
                .equals("delivered"));
        assertThat(archive.received())
                .anyMatch(seen -> seen.uri().equals("/changes") && seen.text().equals("{\"parcel\":\"0100\"}"));
        assertThat(queue.taken()).hasSize(1);
        assertThat(queue.taken().get(0).text()).isEqualTo("{\"parcel\":\"0100\"}");
        assertThat(TestBus.code(bus.post("/api/land-change-notify/v1/changes", "application/json", "{}")))
                .isEqualTo("message-invalid");
    }

    @Test
    void collect_names_the_system_that_is_missing() {
        archive.behaves(StubPeer.fixed(503, "text/plain", "closed"));

        assertThat(bus.get("/api/land-parcel-search/v1/parcels/0100").body())
                .isEqualTo("{\"parcels\":[{\"number\":\"0100\",\"holder\":\"Lê Thử\",\"area\":\"1500.250\"}],"
                        + "\"missing\":[{\"registry\":\"land-registry-west\",\"code\":\"provider-failed\"}]}");
    }

    @Test
    void enrich_adds_what_is_there_and_goes_without_what_is_not() {
        archive.behaves(StubPeer.fixed(200, "application/json", "{\"link\":\"s-1\"}"));
        assertThat(bus.get("/api/land-parcel-scan/v1/parcels/0100").body())
                .contains("\"scan\":\"s-1\"")
                .contains("\"areaM2\":1500.250");
        assertThat(last(archive.received())).isEqualTo("GET /scans/0100");

        archive.behaves(request -> {});
        assertThat(bus.get("/api/land-parcel-scan/v1/parcels/0100").body()).contains("\"scan\":null");

        east.behaves(StubPeer.fixed(404, "application/json", "{}"));
        assertThat(TestBus.code(bus.get("/api/land-parcel-scan/v1/parcels/0100")))
                .isEqualTo("record-not-found");
    }

    @Test
    void mask_lets_nothing_out_that_its_paths_name() {
        east.behaves(StubPeer.fixed(
                200,
                "application/json",
                "{\"parcelNo\":\"0100\",\"owner\":{\"name\":\"Lê Thử\",\"phone\":\"0900000000\",\"idNumber\":\"001000000000\"},"
                        + "\"heirs\":[{\"idNumber\":\"001000000001\"},{\"idNumber\":null},{}],\"areaM2\":1.0}"));
        assertThat(bus.get("/api/land-parcel-open/v1/parcels/0100").body())
                .isEqualTo("{\"parcelNo\":\"0100\",\"owner\":{\"name\":\"Lê Thử\",\"idNumber\":\"***\"},"
                        + "\"heirs\":[{\"idNumber\":\"***\"},{\"idNumber\":null},{}],\"areaM2\":1.0}");

        east.behaves(StubPeer.fixed(200, "application/json", "{\"parcelNo\":\"0100\"}"));
        assertThat(bus.get("/api/land-parcel-open/v1/parcels/0100").body()).isEqualTo("{\"parcelNo\":\"0100\"}");

        east.behaves(StubPeer.fixed(200, "application/json", "{\"owner\":\"Lê Thử, 001000000000\"}"));
        HttpResponse<String> answer = bus.get("/api/land-parcel-open/v1/parcels/0100");
        assertThat(TestBus.code(answer)).isEqualTo("provider-invalid");
        assertThat(answer.body()).doesNotContain("001000000000");
    }

    @Test
    void schedule_hands_what_one_system_has_to_another() {
        assertThat(bus.send(bus.request("/api/land-report-send/v1/sendings")
                                .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                                .build())
                        .body())
                .isEqualTo("{\"handed\":true}");
        assertThat(last(east.received())).isEqualTo("GET /reports/today");
        assertThat(last(archive.received())).isEqualTo("PUT /reports/east");
        assertThat(archive.last().text()).startsWith("{\"report\":{\"parcelNo\":\"0100\",\"areaM2\":1500.250,");
        archive.behaves(StubPeer.fixed(500, "text/plain", "broken"));
        assertThat(TestBus.code(bus.send(bus.request("/api/land-report-send/v1/sendings")
                        .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                        .build())))
                .isEqualTo("provider-failed");
    }

    @Test
    void poll_calls_the_target_only_when_there_is_something() {
        java.net.http.HttpRequest look = bus.request("/api/land-notice-poll/v1/looks")
                .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                .build();
        east.behaves(StubPeer.fixed(200, "application/json", "{\"notices\":[]}"));
        int before = archive.received().size();
        assertThat(bus.send(look).body()).isEqualTo("{\"handed\":false}");
        assertThat(archive.received()).hasSize(before);

        east.behaves(StubPeer.fixed(200, "application/json", "{\"notices\":[{\"so\":\"07\"}]}"));
        assertThat(bus.send(look).body()).isEqualTo("{\"handed\":true}");
        assertThat(last(archive.received())).isEqualTo("POST /notices");
        assertThat(archive.last().text()).isEqualTo("[{\"so\":\"07\"}]");
    }

    @Test
    void synchronise_reads_the_page_that_it_is_asked_for() {
        east.behaves(
                StubPeer.fixed(200, "application/json", "{\"rows\":[{\"area\":1.50},{\"area\":2.0}],\"total\":4}"));
        assertThat(bus.post(
                                "/api/land-change-read/v1/pages",
                                "application/json",
                                "{\"page\":2,\"count\":2,\"watermark\":\"1\"}")
                        .body())
                .isEqualTo(
                        "{\"items\":[{\"area\":1.50},{\"area\":2.0}],\"watermark\":\"2\",\"more\":true,\"total\":4}");
        assertThat(last(east.received())).isEqualTo("GET /changes?page=2");
    }

    @Test
    void collect_three_names_each_system_that_is_missing() {
        archive.behaves(request -> {
            boolean notes = request.uri().startsWith("/notes/");
            request.response()
                    .setStatusCode(notes ? 200 : 503)
                    .putHeader("Content-Type", "application/json")
                    .end(notes ? "{\"notes\":[]}" : "{}");
        });

        assertThat(TestBus.json(bus.get("/api/land-parcel-look/v1/parcels/0100"))
                        .toString())
                .isEqualTo("{\"parts\":{\"east\":\"0100\",\"notes\":{\"notes\":[]}},"
                        + "\"missing\":[{\"part\":\"west\",\"code\":\"provider-failed\"}]}");
    }

    @Test
    void collect_four_is_collect_three_with_one_more() {
        archive.behaves(StubPeer.fixed(503, "text/plain", "closed"));

        assertThat(bus.get("/api/land-parcel-view/v1/parcels/0100").body())
                .startsWith("{\"parts\":{\"east\":\"0100\",\"again\":1500.250},\"missing\":[")
                .contains("\"part\":\"west\"", "\"part\":\"notes\"");
    }

    @Test
    void mask_xml_lets_nothing_out_that_its_places_name() {
        population.behaves(StubPeer.fixed(
                200,
                "text/xml; charset=utf-8",
                ENVELOPE.formatted("<CongdanCollection xmlns=\"http://www.mic.gov.vn/dancu/1.0\"><CongDan noiBo=\"7\">"
                        + "<SoDinhDanh>001099000001</SoDinhDanh><HoTen>Lê Thử</HoTen><DienTich>1.50</DienTich>"
                        + "<ThuongTru><SoNha>1</SoNha></ThuongTru></CongDan></CongdanCollection>")));

        HttpResponse<String> answer =
                bus.post("/api/population-citizen-open/v1/questions", "application/xml", "<TraCuu xmlns=\"urn:a\"/>");

        assertThat(answer.body())
                .endsWith(
                        "<CongDan><SoDinhDanh>***</SoDinhDanh><HoTen>Lê Thử</HoTen><DienTich>1.50</DienTich></CongDan>"
                                + "</CongdanCollection>");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/xml");
    }
}
