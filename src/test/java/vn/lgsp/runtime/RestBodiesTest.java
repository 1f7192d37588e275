package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Stage;
import vn.lgsp.record.ExchangeRecord;

/** Forms, XML and gzip, as they come in and go out of a service that maps, and untouched through one that does not (BUS-08, BUS-15). */
final class RestBodiesTest {
    private static final String FORM = "so=0012&so=0013&ten=%C4%90%E1%BA%A5t";

    @TempDir
    static Path folder;

    private static RawPeer archive;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        archive = RawPeer.that(RawPeer.Talk::hang);
        String card = """
                service: %s
                version: 1
                name: { vi: Giấy tờ, en: Papers }
                description: Papers of the archive.
                contact: the test
                providers: [archive]
                mode: %s
                criterion: real-time
                personalData: false
                limits: { request: 64KB, answer: 1MB }
                operations:
                  - { id: write, method: POST, path: /papers, accepts: [application/json, application/x-www-form-urlencoded, multipart/form-data, application/xml] }
                  - { id: read, method: GET, path: /papers }
                """;
        bus = TestBus.in(folder)
                .system("archive", archive.port(), "answerTimeout: 3s")
                .service("papers", card.formatted("papers", "mapped"), TestBus.Builder.route("papers", """
                        - transform: { jq: { expression: "{got: ., much: [range(0; ($many // 0))]}" } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        - setHeader: { name: ETag, constant: '"v1"' }
                        """))
                .service("marks", card.formatted("marks", "mapped"), TestBus.Builder.route("marks", """
                        - to: xslt:file:transforms/test/marks/read.xsl
                        - setHeader: { name: Content-Type, constant: application/xml }
                        """))
                .write("transforms/test/marks/read.xsl", """
                        <xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="3.0">
                          <xsl:template match="/"><ten><xsl:value-of select="/giay/ten"/></ten></xsl:template>
                        </xsl:stylesheet>
                        """)
                .service("asked", card.formatted("asked", "mapped"), TestBus.Builder.route("asked", """
                        - to: lgsp-http:archive/papers?method=GET
                        - transform: { jq: { expression: "." } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .service(
                        "relay",
                        card.formatted("relay", "pass-through"),
                        TestBus.Builder.route("relay", "- to: lgsp-http:archive?passThrough=true"))
                .service(
                        "held",
                        card.formatted("held", "mapped")
                                .replace("path: /papers }", "path: /papers, query: [trang], headers: [X-Ho-So] }"),
                        TestBus.Builder.route("held", """
                        - choice:
                            when:
                              - simple: "${variable.operation} == 'read'"
                                steps:
                                  - to: lgsp-validate:test/held/api.openapi.yaml?operation=doc
                            otherwise:
                              steps:
                                - to: lgsp-validate:test/held/api.openapi.yaml?operation=ghi
                        - to: lgsp-http:archive/papers?method=GET&answers=409
                        - to: { uri: "lgsp-validate:test/held/api.openapi.yaml", parameters: { operation: doc } }
                        """))
                .write("transforms/test/held/api.openapi.yaml", """
                        openapi: 3.0.3
                        info: { title: Giấy tờ, version: "1" }
                        paths:
                          /papers:
                            get:
                              operationId: doc
                              parameters:
                                - { name: trang, in: query, required: true, schema: { type: integer, maximum: 9 } }
                                - { name: X-Ho-So, in: header, schema: { type: string, pattern: "^[0-9]+$" } }
                              responses:
                                "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/giay" } } } }
                            post:
                              operationId: ghi
                              requestBody:
                                content:
                                  application/json: { schema: { $ref: "#/components/schemas/giay" } }
                                  application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/giay" } }
                              responses: { "200": { description: ok } }
                        components:
                          schemas:
                            giay:
                              type: object
                              required: [so]
                              properties: { so: { type: string }, dem: { type: integer, nullable: true } }
                        """)
                .grant("held")
                .grant("papers")
                .grant("marks")
                .grant("asked")
                .grant("relay")
                .setting("lgsp.deliver.memory-limit", "64KB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        archive.close();
    }

    @Test
    void a_form_reaches_the_mapping_as_json_and_its_record_has_the_bytes_of_the_wire() {
        Wire.Answer answer = post(
                "papers", "application/x-www-form-urlencoded; charset=UTF-8", FORM.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.json().at("/got/so/1").asText()).isEqualTo("0013");
        assertThat(answer.json().at("/got/ten").asText()).isEqualTo("Đất");
        assertThat(record(answer).request().orElseThrow().bytes()).isEqualTo(FORM.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 48 * 1024})
    void a_form_with_a_file_reaches_the_mapping_as_json(int size) {
        String form =
                "--b\r\nContent-Disposition: form-data; name=\"so\"\r\n\r\n0012\r\n--b\r\nContent-Disposition: form-data;"
                        + " name=\"tep\"; filename=\"đơn.txt\"\r\nContent-Type: text/plain\r\n\r\n" + "x".repeat(size)
                        + "\r\n--b--\r\n";

        Wire.Answer answer = post("papers", "multipart/form-data; boundary=b", form.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/got/so").asText()).isEqualTo("0012");
        assertThat(answer.json().at("/got/tep/name").asText()).isEqualTo("đơn.txt");
        assertThat(answer.json().at("/got/tep/content").asText()).hasSize((size + 2) / 3 * 4);
    }

    @Test
    void a_form_that_is_none_is_refused_and_recorded() {
        Wire.Answer answer =
                post("papers", "multipart/form-data; boundary=b", "--b\r\nbi-mat".getBytes(StandardCharsets.UTF_8));

        refused(answer, 400, "message-invalid");
        assertThat(answer.body()).doesNotContain("bi-mat");
        refused(post("papers", "multipart/form-data; boundary=b", new byte[70_000]), 413, "message-too-large");
        refused(post("papers", "multipart/related; boundary=b", new byte[7]), 415, "media-type-unsupported");
    }

    @Test
    void what_passes_through_keeps_its_form_byte_for_byte() {
        archive.does(talk -> talk.say(200, "text/plain", new String(talk.body(), StandardCharsets.ISO_8859_1)));

        Wire.Answer answer = post("relay", "multipart/form-data; boundary=none", FORM.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.body()).isEqualTo(FORM);
        assertThat(archive.heads().get(archive.heads().size() - 1)).contains("multipart/form-data; boundary=none");
    }

    @Test
    void xml_is_read_by_what_it_says_itself_and_a_charset_beside_it_is_refused() {
        byte[] declared = "<?xml version='1.0' encoding='windows-1252'?><giay><ten>caf\u00e9</ten></giay>"
                .getBytes(Charset.forName("windows-1252"));
        Wire.Answer answer = post("marks", "application/xml", declared);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).endsWith("<ten>caf\u00e9</ten>");

        refused(post("marks", "application/xml; charset=windows-1252", declared), 415, "media-type-unsupported");
        assertThat(post(
                                "marks",
                                "application/xml; charset=\"UTF-8\"",
                                "<giay><ten>Ố</ten></giay>".getBytes(StandardCharsets.UTF_8))
                        .body())
                .endsWith("<ten>Ố</ten>");
    }

    @Test
    void a_request_under_gzip_is_unfolded_and_its_record_has_the_bytes_of_the_wire() {
        byte[] packed = gzip("{\"so\":\"0012\"}".getBytes(StandardCharsets.UTF_8));

        Wire.Answer answer = post("papers", "application/json", packed, "Content-Encoding: gzip");

        assertThat(answer.json().at("/got/so").asText()).isEqualTo("0012");
        assertThat(record(answer).request().orElseThrow().bytes()).isEqualTo(packed.length);
        assertThat(post(
                                "papers",
                                "application/x-www-form-urlencoded",
                                gzip(FORM.getBytes(StandardCharsets.UTF_8)),
                                "Content-Encoding: X-GZIP")
                        .json()
                        .at("/got/so/0")
                        .asText())
                .isEqualTo("0012");
        assertThat(post(
                                "papers",
                                "application/json",
                                "{}".getBytes(StandardCharsets.UTF_8),
                                "Content-Encoding: identity")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_bomb_is_refused_at_the_limit_and_at_once() {
        byte[] bomb = gzip(new byte[60 << 20]);
        assertThat(bomb.length).isLessThan(64 << 10);
        long start = System.nanoTime();

        refused(post("papers", "application/json", bomb, "Content-Encoding: gzip"), 413, "message-too-large");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void what_is_cut_off_or_damaged_or_no_gzip_is_refused() {
        byte[] whole = gzip("{\"so\":\"bi-mat\"}".getBytes(StandardCharsets.UTF_8));
        byte[] damaged = whole.clone();
        damaged[damaged.length - 6] ^= 1;
        for (byte[] broken :
                new byte[][] {Arrays.copyOf(whole, whole.length - 3), damaged, "{}".getBytes(StandardCharsets.UTF_8)}) {
            Wire.Answer answer = post("papers", "application/json", broken, "Content-Encoding: gzip");
            refused(answer, 400, "message-invalid");
            assertThat(answer.body()).contains("not gzip, or is cut off").doesNotContain("bi-mat");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "br", "gzip, gzip", "compress"})
    void another_coding_is_refused(String coding) {
        refused(
                post(
                        "papers",
                        "application/json",
                        gzip("{}".getBytes(StandardCharsets.UTF_8)),
                        "Content-Encoding: " + coding),
                415,
                "media-type-unsupported");
    }

    @Test
    void an_answer_is_packed_where_the_caller_takes_it_and_it_is_worth_it() throws IOException {
        byte[] much = ("{\"so\":\"" + "0012".repeat(1_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        Wire.Answer plain = post("papers", "application/json", much);
        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(plain.header("Vary")).isEqualTo("Accept-Encoding");
        assertThat(plain.header("ETag")).isEqualTo("\"v1\"");

        Wire.Answer packed = post("papers", "application/json", much, "Accept-Encoding: br, gzip;q=0.5");
        assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(packed.header("Vary")).isEqualTo("Accept-Encoding");
        assertThat(packed.header("ETag")).isEqualTo("W/\"v1\"");
        assertThat(packed.content().length).isLessThan(500);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.content())).readAllBytes())
                .isEqualTo(plain.content());
        assertThat(record(packed).answer().orElseThrow().bytes()).isEqualTo(packed.content().length);

        for (String refused : new String[] {"gzip;q=0", "gzip; q=0.0, *", "br", "*;q=0", "identity"}) {
            assertThat(post("papers", "application/json", much, "Accept-Encoding: " + refused)
                            .header("Content-Encoding"))
                    .as(refused)
                    .isEmpty();
        }
        assertThat(post("papers", "application/json", "{}".getBytes(StandardCharsets.UTF_8), "Accept-Encoding: *")
                        .header("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void a_provider_s_answer_under_gzip_is_unfolded_and_a_broken_or_endless_one_is_its_fault() {
        archive.does(gzipped("{\"so\":\"0012\"}".getBytes(StandardCharsets.UTF_8), 0, "gzip"));
        assertThat(get("asked").json().at("/so").asText()).isEqualTo("0012");

        archive.does(gzipped("{\"so\":\"bi-mat\"}".getBytes(StandardCharsets.UTF_8), 5, "gzip"));
        refused(get("asked"), 502, "provider-invalid");

        archive.does(gzipped(new byte[20 << 20], 0, "gzip"));
        long start = System.nanoTime();
        refused(get("asked"), 502, "provider-invalid");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));

        archive.does(gzipped("{}".getBytes(StandardCharsets.UTF_8), 0, "br"));
        refused(get("asked"), 502, "provider-invalid");
        assertThat(bus.waiting("archive")).isZero();
    }

    @Test
    void who_breaks_the_openapi_document_is_told_by_400_or_502_and_its_values_are_not() {
        archive.does(talk -> talk.say(200, "application/json", "{\"so\":\"0012\",\"dem\":null}"));
        assertThat(get("held", "?trang=9", "X-Ho-So: 7").json().at("/so").asText())
                .isEqualTo("0012");
        assertThat(post("held", "application/x-www-form-urlencoded", "so=0012&dem=5".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(200);

        int calls = archive.heads().size();
        told(get("held", "", "X-Ho-So: 7"), 400, "the query parameter trang is missing");
        told(get("held", "?trang=bimat", "X-Ho-So: 7"), 400, "the query parameter trang breaks the rule type");
        told(get("held", "?trang=1", "X-Ho-So: bimat"), 400, "the header parameter X-Ho-So breaks the rule pattern");
        told(
                post("held", "application/json", "{\"so\":7,\"dem\":\"bimat\"}".getBytes(StandardCharsets.UTF_8)),
                400,
                "/so breaks the rule type; /dem breaks the rule type");
        told(
                post("held", "application/x-www-form-urlencoded", "dem=bimat".getBytes(StandardCharsets.UTF_8)),
                400,
                "/dem breaks the rule type; the whole lacks so");
        assertThat(archive.heads()).hasSize(calls);

        archive.does(talk -> talk.say(200, "application/json", "{\"so\":{\"bimat\":1}}"));
        told(get("held", "?trang=1", "X-Ho-So: 7"), 502, "/so breaks the rule type");
        archive.does(talk -> talk.say(200, "text/html", "<p>bimat</p>"));
        told(get("held", "?trang=1", "X-Ho-So: 7"), 502, "its media type is not of the operation");
        archive.does(talk -> talk.say(200, "application/json", "{\"so\":\"bimat"));
        told(
                get("held", "?trang=1", "X-Ho-So: 7"),
                502,
                "the provider's answer is not valid JSON at line 1, column 13");
        archive.does(talk -> talk.say(409, "application/json", "{\"so\":\"bimat\"}"));
        told(get("held", "?trang=1", "X-Ho-So: 7"), 502, "its status 409 is not of the operation");
    }

    private static void told(Wire.Answer answer, int status, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("detail").asText()).endsWith(detail);
        assertThat(answer.body()).doesNotContain("bimat");
        assertThat(record(answer).error()).contains(status == 400 ? "message-invalid" : "provider-invalid");
    }

    @Test
    void gzip_passes_through_untouched_both_ways() {
        byte[] packed = gzip("{\"so\":\"0012\"}".getBytes(StandardCharsets.UTF_8));
        byte[][] seen = new byte[1][];
        archive.does(talk -> {
            seen[0] = talk.body();
            talk.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + packed.length + "\r\n\r\n")
                    .say(packed);
        });

        Wire.Answer answer =
                post("relay", "application/json", packed, "Content-Encoding: gzip", "Accept-Encoding: gzip");

        assertThat(seen[0]).isEqualTo(packed);
        assertThat(archive.heads().get(archive.heads().size() - 1).toLowerCase(java.util.Locale.ROOT))
                .contains("content-encoding: gzip", "accept-encoding: gzip");
        assertThat(answer.content()).isEqualTo(packed);
        assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    }

    private static RawPeer.Script gzipped(byte[] plain, int cut, String coding) {
        byte[] packed = gzip(plain);
        byte[] sent = Arrays.copyOf(packed, packed.length - cut);
        return talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: " + coding
                        + "\r\nContent-Length: " + sent.length + "\r\n\r\n")
                .say(sent);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(plain);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return packed.toByteArray();
    }

    private static void refused(Wire.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("code").asText()).isEqualTo(code);
        ExchangeRecord record = record(answer);
        assertThat(record.error()).contains(code);
        assertThat(answer.json().path("stage").asText())
                .isEqualTo(status >= 500 ? Stage.DELIVER.label() : Stage.RECEIVE.label());
    }

    private static Wire.Answer get(String service) {
        return get(service, "", "X-Any: thing");
    }

    private static Wire.Answer get(String service, String query, String header) {
        try (Wire wire = Wire.to(bus.port())) {
            return wire.send("GET /api/" + service + "/v1/papers" + query + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: "
                            + TestBus.KEY + "\r\n" + header + "\r\n\r\n")
                    .answer();
        }
    }

    private static Wire.Answer post(String service, String type, byte[] body, String... headers) {
        try (Wire wire = Wire.to(bus.port())) {
            StringBuilder head = new StringBuilder(
                    "POST /api/" + service + "/v1/papers HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                            + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            return wire.send(head + "\r\n").send(body).answer();
        }
    }

    private static ExchangeRecord record(Wire.Answer answer) {
        return bus.bus()
                .records()
                .find(ExchangeId.of(answer.header("X-LGSP-Exchange")))
                .orElseThrow();
    }
}
