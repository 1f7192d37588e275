package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms to a REST system and to a REST caller, lists in a query, and tables, read by somebody else's readers (BUS-08, BUS-18). */
final class FormOutTest {
    private static final byte[] LARGE = noise(300_000);
    private static final byte[] ODD = "\r\n--lgsp-\r\n----\r\n\r\n\0é\"".getBytes(ISO_8859_1);

    @TempDir
    static Path folder;

    private static StubPeer registry;
    private static TestBus bus;

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(7).nextBytes(noise);
        return noise;
    }

    @BeforeAll
    static void start() throws IOException {
        registry = StubPeer.answering(200, "application/json", "{}");
        bus = TestBus.in(folder)
                .system("registry", registry.port())
                .service(
                        "paper-send",
                        card(
                                "paper-send",
                                "{ id: send, method: POST, path: /papers, accepts: [application/json, multipart/form-data] }"),
                        TestBus.Builder.route("paper-send", """
                                - setVariable: { name: ghiChu, jq: { expression: '["một", "hai"]' } }
                                - to:
                                    uri: kamelet:rest-call
                                    parameters: { system: registry, path: /papers, multipart: "so,tep,anh,dienTich,moTa,vang,ghi-chu:ghiChu" }
                                """))
                .system("packing", registry.port(), "gzip: true")
                .service(
                        "paper-fields",
                        card(
                                        "paper-fields",
                                        "{ id: send, method: POST, path: /papers, accepts: [application/json, application/x-www-form-urlencoded] }")
                                .replace("[registry]", "[packing]"),
                        TestBus.Builder.route("paper-fields", """
                                - setVariable: { name: ghiChu, jq: { expression: '["một", "hai"]' } }
                                - setVariable: { name: tatCa, jq: { expression: ".tatCa // false", resultType: java.lang.String } }
                                - choice:
                                    when:
                                      - simple: "${variable.tatCa} == 'true'"
                                        steps:
                                          - to: { uri: "kamelet:rest-call", parameters: { system: packing, path: /papers, form: "*" } }
                                    otherwise:
                                      steps:
                                        - to: { uri: "kamelet:rest-call", parameters: { system: packing, path: /papers, form: "so,dienTich,vang,co,ghi-chu:ghiChu" } }
                                """))
                .service(
                        "paper-packed",
                        card("paper-packed", "{ id: send, method: POST, path: /papers, accepts: [application/json] }")
                                .replace("[registry]", "[packing]"),
                        TestBus.Builder.route("paper-packed", """
                                - setHeader: { name: Content-Type, constant: application/json }
                                - to: lgsp-http:packing/papers
                                """))
                .system(
                        "in-session",
                        registry.port(),
                        "gzip: true",
                        "credential: { scheme: session, user: u, secret: \"file:" + secret() + "\", expired: [\"5\"] }")
                .service(
                        "paper-session",
                        card("paper-session", "{ id: send, method: POST, path: /papers, accepts: [application/json] }")
                                .replace("[registry]", "[in-session]"),
                        TestBus.Builder.route("paper-session", """
                                - setHeader: { name: Content-Type, constant: application/json }
                                - to: lgsp-http:in-session/papers
                                """))
                .grant("paper-session")
                .service(
                        "paper-wrapped",
                        card("paper-wrapped", "{ id: send, method: POST, path: /papers, accepts: [application/xml] }")
                                .replace("[registry]", "[packing]"),
                        TestBus.Builder.route("paper-wrapped", "- to: lgsp-soap:packing/papers?oneWay=true"))
                .service(
                        "paper-relay",
                        card("paper-relay", "{ id: send, method: POST, path: /papers, accepts: [application/json] }")
                                .replace("[registry]", "[packing]")
                                .replace("mode: mapped", "mode: pass-through"),
                        TestBus.Builder.route("paper-relay", "- to: lgsp-http:packing?passThrough=true"))
                .service(
                        "paper-give",
                        card(
                                "paper-give",
                                "{ id: give, method: POST, path: /papers, accepts: [application/json], produces: [application/json, multipart/form-data] }"),
                        TestBus.Builder.route("paper-give", "- transform: { jq: { expression: . } }"))
                .service(
                        "paper-fetch",
                        card(
                                "paper-fetch",
                                "{ id: fetch, method: GET, path: /papers, produces: [multipart/form-data] }"),
                        TestBus.Builder.route(
                                "paper-fetch",
                                "- to: lgsp-http:registry/papers\n- transform: { jq: { expression: . } }"))
                .service(
                        "paper-hidden",
                        card("paper-hidden", "{ id: give, method: POST, path: /papers, accepts: [application/json] }"),
                        TestBus.Builder.route("paper-hidden", """
                                - transform: { jq: { expression: . } }
                                - setHeader: { name: Content-Type, constant: multipart/form-data }
                                """))
                .service(
                        "paper-search",
                        card(
                                "paper-search",
                                "{ id: search, method: POST, path: /papers, accepts: [application/json] }"),
                        TestBus.Builder.route("paper-search", """
                                - setVariable: { name: ma, jq: { expression: .ma } }
                                - setVariable: { name: loai, jsonpath: { expression: "$.loai", suppressExceptions: true } }
                                - to: { uri: "kamelet:rest-call", parameters: { system: registry, path: /papers, method: GET, query: "ma,loai[]:loai" } }
                                """))
                .service(
                        "table-take",
                        card(
                                "table-take",
                                "{ id: take, method: POST, path: /tables, accepts: [text/csv], produces: [application/json, text/csv] }"),
                        TestBus.Builder.route("table-take", """
                                - to: lgsp-csv:read?separator=semicolon
                                - transform: { jq: { expression: "map({ so: .so, ten: .ten, dai: (.ten | length) })" } }
                                - choice:
                                    when:
                                      - simple: "${variable.answerType} == 'text/csv'"
                                        steps: [ { to: "lgsp-csv:write" } ]
                                    otherwise:
                                      steps: [ { setHeader: { name: Content-Type, constant: application/json } } ]
                                """))
                .write(
                        "connectors/rest-call.kamelet.yaml",
                        Files.readString(Path.of("connectors/rest-call.kamelet.yaml")))
                .service(
                        "paper-raw",
                        card("paper-raw", "{ id: fetch, method: GET, path: /papers, produces: [multipart/form-data] }"),
                        TestBus.Builder.route("paper-raw", "- to: lgsp-http:registry/papers"))
                .service(
                        "paper-rawer",
                        card("paper-rawer", "{ id: fetch, method: GET, path: /papers }"),
                        TestBus.Builder.route("paper-rawer", "- to: lgsp-http:registry/papers"))
                .grant("paper-raw")
                .grant("paper-rawer")
                .grant("paper-send")
                .grant("paper-fields")
                .grant("paper-packed")
                .grant("paper-wrapped")
                .grant("paper-relay")
                .grant("paper-give")
                .grant("paper-fetch")
                .grant("paper-hidden")
                .grant("paper-search")
                .grant("table-take")
                .setting("lgsp.record.refusal-rate", "1000")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String card(String service, String operation) {
        return TestBus.Builder.card(service, "registry", "limits: { request: 1MB }", operation);
    }

    @AfterAll
    static void stop() {
        bus.close();
        registry.close();
    }

    /**
     * A part, as Netty reads it.
     *
     * @param file empty of a field
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    private record Part(String name, String file, String type, byte[] content) {
        String text() {
            return new String(content, UTF_8);
        }
    }

    private static List<Part> parts(String contentType, byte[] body) {
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
        request.headers().set("Content-Type", contentType);
        HttpPostRequestDecoder decoder = new HttpPostRequestDecoder(new DefaultHttpDataFactory(false), request);
        List<Part> parts = new ArrayList<>();
        try {
            for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
                parts.add(
                        data instanceof FileUpload file
                                ? new Part(file.getName(), file.getFilename(), file.getContentType(), file.get())
                                : new Part(data.getName(), "", "", ((Attribute) data).get()));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            decoder.destroy();
        }
        return parts;
    }

    private static StubPeer.Seen last() {
        return registry.received().get(registry.received().size() - 1);
    }

    private static String file(String name, String type, byte[] content) {
        return "{\"name\":\"" + name + "\",\"type\":\"" + type + "\",\"content\":\""
                + Base64.getEncoder().encodeToString(content) + "\"}";
    }

    // Out to a REST system

    @Test
    void members_and_variables_become_the_parts_of_a_form_and_files_keep_every_byte() {
        registry.behaves(StubPeer.fixed(200, "application/json", "{\"da\":\"nhan\"}"));

        HttpResponse<String> answer = bus.post(
                "/api/paper-send/v1/papers",
                "application/json",
                "{\"so\":\"0012\",\"tep\":" + file("đơn \\\"mới\\\".pdf", "application/pdf", LARGE) + ",\"anh\":["
                        + file("a.jpg", "image/jpeg", ODD) + "," + file("b.jpg", "image/jpeg", new byte[0])
                        + "],\"dienTich\":1500.250,\"moTa\":{\"lô\":1.10},\"vang\":null,\"ngoai\":\"bí mật\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"da\":\"nhan\"}");
        assertThat(last().method()).isEqualTo("POST");
        List<Part> parts = parts(last().headers().get("Content-Type"), last().body());
        assertThat(parts)
                .extracting(Part::name)
                .containsExactly("so", "tep", "anh", "anh", "dienTich", "moTa", "ghi-chu", "ghi-chu");
        assertThat(parts.get(0).text()).isEqualTo("0012");
        assertThat(parts.get(1).file()).isEqualTo("đơn %22mới%22.pdf");
        assertThat(parts.get(1).type()).isEqualTo("application/pdf");
        assertThat(parts.get(1).content()).isEqualTo(LARGE);
        assertThat(parts.get(2).content()).isEqualTo(ODD);
        assertThat(parts.get(3).content()).isEmpty();
        assertThat(parts.get(4).text()).isEqualTo("1500.250");
        assertThat(parts.get(5).text()).isEqualTo("{\"lô\":1.10}");
        assertThat(parts.get(6).text()).isEqualTo("một");
        assertThat(parts.get(7).text()).isEqualTo("hai");
        assertThat(last().text()).doesNotContain("bí mật");
    }

    @Test
    void a_form_that_came_in_goes_out_as_it_was() {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(
                "--b\r\nContent-Disposition: form-data; name=\"so\"\r\n\r\n0012\r\n--b\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"đơn.txt\"\r\nContent-Type: text/plain; charset=windows-1258\r\n\r\n"
                        .getBytes(UTF_8));
        form.writeBytes(ODD);
        form.writeBytes("\r\n--b--\r\n".getBytes(UTF_8));

        HttpResponse<String> answer = bus.send(bus.request("/api/paper-send/v1/papers")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofByteArray(form.toByteArray()))
                .build());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        List<Part> parts = parts(last().headers().get("Content-Type"), last().body());
        assertThat(parts.get(0).text()).isEqualTo("0012");
        assertThat(parts.get(1).file()).isEqualTo("đơn.txt");
        assertThat(parts.get(1).content()).isEqualTo(ODD);
        assertThat(last().text()).contains("Content-Type: text/plain; charset=windows-1258\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "\"bi-mat\"",
                "{\"so\":[[\"bi-mat\"]]}",
                "{\"tep\":{\"name\":\"bi-mat\",\"content\":\"%%%\"}}",
                "{\"tep\":{\"name\":\"bi-mat\\r\\nX: 1\",\"content\":\"\"}}",
                "{\"tep\":{\"name\":\"bi\\\\mat\",\"content\":\"\"}}",
                "{\"tep\":{\"name\":\"a\",\"content\":\"\",\"type\":\"bi-mat\\r\\nX: 1\"}}",
                "{\"so\":\"bi-mat\\ud800\"}"
            })
    void what_no_form_can_carry_is_refused_before_anybody_is_called(String body) {
        int before = registry.begun();

        HttpResponse<String> answer = bus.post("/api/paper-send/v1/papers", "application/json", body);

        assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo("message-invalid");
        assertThat(answer.body()).doesNotContain("bi-mat");
        assertThat(registry.begun()).isEqualTo(before);
    }

    @Test
    void members_and_variables_become_the_fields_of_an_urlencoded_form() {
        registry.behaves(StubPeer.fixed(200, "application/json", "{\"da\":\"nhan\"}"));

        HttpResponse<String> answer = bus.post(
                "/api/paper-fields/v1/papers",
                "application/json",
                "{\"so\":\"0012 & 0013=+%\",\"dienTich\":1500.250,\"vang\":null,\"co\":true,\"ngoai\":\"bi-mat\"}");

        assertThat(answer.body()).as(answer.body()).isEqualTo("{\"da\":\"nhan\"}");
        assertThat(last().method()).isEqualTo("POST");
        assertThat(last().headers().get("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(last().text())
                .isEqualTo("so=0012+%26+0013%3D%2B%25&dienTich=1500.250&co=true&ghi-chu=m%E1%BB%99t&ghi-chu=hai");
        assertThat(parts(last().headers().get("Content-Type"), last().body()))
                .extracting(part -> part.name() + ": " + part.text())
                .containsExactly(
                        "so: 0012 & 0013=+%", "dienTich: 1500.250", "co: true", "ghi-chu: một", "ghi-chu: hai");

        bus.post(
                "/api/paper-fields/v1/papers",
                "application/x-www-form-urlencoded",
                "tatCa=true&%C4%91=%F0%9F%8F%A0&a=1&a=2&b=");
        assertThat(last().text()).isEqualTo("tatCa=true&%C4%91=%F0%9F%8F%A0&a=1&a=2&b=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"so\":{\"bi-mat\":1}}",
                "{\"so\":[[\"bi-mat\"]]}",
                "{\"so\":\"bi-mat\\ud800\"}",
            })
    void what_no_urlencoded_form_can_carry_is_refused_before_anybody_is_called(String body) {
        int before = registry.begun();

        HttpResponse<String> answer = bus.post("/api/paper-fields/v1/papers", "application/json", body);

        assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo("message-invalid");
        assertThat(answer.body()).doesNotContain("bi-mat");
        assertThat(registry.begun()).isEqualTo(before);
        assertThat(TestBus.code(bus.post(
                        "/api/paper-fields/v1/papers",
                        "application/json",
                        "{\"so\":" + Arrays.toString(new int[1_001]) + "}")))
                .isEqualTo("message-invalid");
    }

    private static Path secret() throws IOException {
        return Files.writeString(folder.resolve("secret"), "a-secret");
    }

    @Test
    void what_gets_a_session_is_sent_as_it_is_though_its_system_takes_gzip() {
        registry.behaves(StubPeer.fixed(200, "application/json", "{\"session\":\"S-1\",\"error_code\":0}"));
        String large = "{\"so\":\"" + "0012 đất ".repeat(1_000) + "\"}";

        assertThat(bus.post("/api/paper-session/v1/papers", "application/json", large)
                        .statusCode())
                .isEqualTo(200);

        assertThat(last().text()).isEqualTo("{\"session\":\"S-1\"," + large.substring(1));
        assertThat(last().headers().contains("Content-Encoding")).isFalse();
    }

    @Test
    void a_system_that_takes_gzip_is_sent_what_gains_by_it_packed_and_what_passes_through_as_it_came()
            throws Exception {
        registry.behaves(StubPeer.fixed(200, "application/json", "{}"));
        String small = "{\"so\":\"0012\"}";
        String large = "{\"so\":\"" + "0012 đất ".repeat(1_000) + "\"}";
        String noise = "{\"so\":\"" + Base64.getEncoder().encodeToString(LARGE) + "\"}";

        bus.post("/api/paper-packed/v1/papers", "application/json", small);
        assertThat(last().text()).isEqualTo(small);
        assertThat(last().headers().contains("Content-Encoding")).isFalse();

        for (String gaining : List.of(large, noise)) {
            assertThat(bus.post("/api/paper-packed/v1/papers", "application/json", gaining)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(last().headers().get("Content-Encoding")).isEqualTo("gzip");
            assertThat(last().headers().get("Content-Length")).isEqualTo(String.valueOf(last().body().length));
            assertThat(last().body().length).isLessThan(gaining.length());
            assertThat(unpacked(last().body())).isEqualTo(gaining);
        }

        registry.behaves(StubPeer.fixed(202, "text/xml", ""));
        bus.post("/api/paper-wrapped/v1/papers", "application/xml", "<a>" + "đất ".repeat(1_000) + "</a>");
        assertThat(last().headers().get("Content-Encoding")).isEqualTo("gzip");
        assertThat(unpacked(last().body())).contains("Envelope", "<a>" + "đất ".repeat(1_000) + "</a>");

        registry.behaves(StubPeer.fixed(200, "application/json", "{}"));
        bus.post("/api/paper-relay/v1/papers", "application/json", large);
        assertThat(last().text()).isEqualTo(large);
        assertThat(last().headers().contains("Content-Encoding")).isFalse();
        bus.post("/api/paper-send/v1/papers", "application/json", "{\"so\":\"" + "0012".repeat(1_000) + "\"}");
        assertThat(last().headers().contains("Content-Encoding")).isFalse();
    }

    private static String unpacked(byte[] packed) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), UTF_8);
    }

    @Test
    void a_file_that_nobody_has_chosen_goes_through_without_a_name() {
        HttpResponse<String> answer = bus.send(bus.request("/api/paper-send/v1/papers")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString("--b\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"))
                .build());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(last().text())
                .contains("form-data; name=\"tep\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n");
    }

    @Test
    void a_form_that_a_system_has_made_is_handed_on_as_it_is() {
        String form = "--b\r\nContent-Disposition: form-data; name=\"so\"\r\n\r\n0012\r\n--b--\r\n";
        registry.behaves(StubPeer.fixed(200, "multipart/form-data; boundary=b", form));

        HttpResponse<String> answer = bus.get("/api/paper-raw/v1/papers");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("multipart/form-data; boundary=b");
        assertThat(answer.body()).isEqualTo(form);
        assertThat(TestBus.code(bus.get("/api/paper-rawer/v1/papers"))).isEqualTo("bus-failed");
    }

    @Test
    void a_form_of_too_many_parts_is_refused() {
        HttpResponse<String> answer = bus.post(
                "/api/paper-send/v1/papers", "application/json", "{\"anh\":" + Arrays.toString(new int[101]) + "}");

        assertThat(TestBus.code(answer)).isEqualTo("message-invalid");
    }

    // In an answer

    @Test
    void a_caller_who_asks_for_a_form_gets_the_answer_as_one() throws Exception {
        String json = "{\"so\":12.50,\"tep\":" + file("đơn.pdf", "application/pdf", LARGE) + ",\"anh\":["
                + file("a", "image/png", ODD) + "],\"vang\":null}";

        HttpResponse<byte[]> answer = bus.http()
                .send(
                        bus.request("/api/paper-give/v1/papers")
                                .header("Content-Type", "application/json")
                                .header("Accept", "multipart/form-data")
                                .POST(BodyPublishers.ofString(json))
                                .build(),
                        BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        List<Part> parts = parts(answer.headers().firstValue("Content-Type").orElseThrow(), answer.body());
        assertThat(parts).extracting(Part::name).containsExactly("so", "tep", "anh");
        assertThat(parts.get(0).text()).isEqualTo("12.50");
        assertThat(parts.get(1).file()).isEqualTo("đơn.pdf");
        assertThat(parts.get(1).content()).isEqualTo(LARGE);
        assertThat(parts.get(2).content()).isEqualTo(ODD);
        assertThat(bus.recordOf(answer).answer().orElseThrow().bytes()).isEqualTo(answer.body().length);

        HttpResponse<String> other = bus.post("/api/paper-give/v1/papers", "application/json", "{\"so\":12.50}");
        assertThat(other.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(other.body()).isEqualTo("{\"so\":12.50}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tep\":{\"name\":\"a\",\"content\":\"bí mật\"}} | provider-invalid",
                "[1] | provider-invalid",
                "{} | provider-invalid"
            })
    void an_answer_that_no_form_can_carry_is_refused_and_recorded(String json, String code) {
        registry.behaves(StubPeer.fixed(200, "application/json", json));

        HttpResponse<String> answer = bus.get("/api/paper-fetch/v1/papers");

        assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo(code);
        assertThat(answer.body()).doesNotContain("bí mật");
        assertThat(bus.recordOf(answer).error()).contains(code);
    }

    @Test
    void a_form_that_the_card_does_not_document_does_not_leave() {
        HttpResponse<String> answer = bus.post("/api/paper-hidden/v1/papers", "application/json", "{\"so\":1}");

        assertThat(TestBus.code(answer)).isEqualTo("bus-failed");
    }

    // Lists in a query

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ma\":[\"a&b\",\"ư\",12.50,null,true],\"loai\":[\"x\",1]} | /papers?ma=a%26b&ma=%C6%B0&ma=12.50&ma=true&loai%5B%5D=x&loai%5B%5D=1",
                "{\"ma\":\"a\",\"loai\":\"x y\"} | /papers?ma=a&loai%5B%5D=x%20y",
                "{\"ma\":[],\"loai\":[]} | /papers",
                "{\"ma\":null} | /papers"
            })
    void a_list_is_a_parameter_that_comes_several_times(String body, String asked) {
        registry.behaves(StubPeer.fixed(200, "application/json", "{}"));

        HttpResponse<String> answer = bus.post("/api/paper-search/v1/papers", "application/json", body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(last().uri()).isEqualTo(asked);
    }

    @Test
    void a_list_of_more_than_plain_values_is_no_query() {
        int before = registry.begun();

        HttpResponse<String> answer =
                bus.post("/api/paper-search/v1/papers", "application/json", "{\"ma\":[{\"bi\":\"mat\"}]}");

        assertThat(TestBus.code(answer)).isEqualTo("bus-failed");
        assertThat(answer.body()).doesNotContain("mat\"");
        assertThat(registry.begun()).isEqualTo(before);
    }

    // Tables

    @Test
    void a_table_comes_in_as_json_and_leaves_as_json_or_as_a_table() {
        String table = "\uFEFFso;ten\r\n0012;\"Lê; Thử\"\r\n0013;\"Đỗ \"\"𠮷\"\"\"\r\n";

        HttpResponse<String> json =
                bus.post("/api/table-take/v1/tables", "text/csv; charset=utf-8; header=present", table);
        HttpResponse<String> csv = bus.send(bus.request("/api/table-take/v1/tables")
                .header("Content-Type", "text/csv")
                .header("Accept", "text/csv")
                .POST(BodyPublishers.ofString(table))
                .build());

        assertThat(json.body())
                .isEqualTo(
                        "[{\"so\":\"0012\",\"ten\":\"Lê; Thử\",\"dai\":7},{\"so\":\"0013\",\"ten\":\"Đỗ \\\"𠮷\\\"\",\"dai\":6}]");
        assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv; charset=utf-8; header=present");
        assertThat(csv.body()).isEqualTo("so,ten,dai\r\n0012,Lê; Thử,7\r\n0013,\"Đỗ \"\"𠮷\"\"\",6\r\n");
        assertThat(bus.recordOf(csv).request().orElseThrow().bytes()).isEqualTo(table.getBytes(UTF_8).length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/csv | so;ten#bi;mat;thua | message-invalid",
                "text/csv | so;so#1;2 | message-invalid",
                "text/csv | so;ten#1;\"bi-mat | message-invalid",
                "text/csv; charset=windows-1258 | so;ten#1;2 | media-type-unsupported",
                "application/csv | so;ten#1;2 | media-type-unsupported"
            })
    void a_table_that_is_none_is_refused_and_recorded(String type, String table, String code) {
        HttpResponse<String> answer = bus.post("/api/table-take/v1/tables", type, table.replace("#", "\r\n"));

        assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo(code);
        assertThat(answer.body()).doesNotContain("mat");
        assertThat(bus.recordOf(answer).error()).contains(code);
    }
}
