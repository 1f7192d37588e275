package vn.lgsp.runtime;

import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bus between an agency's document system and the document axis: {@code edoc-axis-forward} sends what the agency gives it, {@code
 * edoc-axis-collect} fetches what waits and hands it on to {@code edoc-agency-deliver}, which gives it to the agency.
 */
final class AxisCity implements AutoCloseable {
    private static final Pattern NUMBER = Pattern.compile("van-ban-([0-9]+)");

    final AxisStub axis = new AxisStub();
    final StubPeer agency;
    private final Path folder;

    AxisCity(Path folder) {
        this.folder = folder;
        this.agency = StubPeer.answering(StubPeer.fixed(200, "application/json", "{}"));
    }

    /** A packet that is told apart by its number; not more of edXML than the transport needs, which is nothing. */
    static String packet(int number) {
        return "<van-ban>van-ban-%d Đã tiếp nhận</van-ban>".formatted(number);
    }

    /** The numbers of the packets in these, each as often as it is there. */
    static List<Integer> numbers(List<String> packets) {
        List<Integer> found = new ArrayList<>();
        for (String packet : packets) {
            Matcher number = NUMBER.matcher(packet);
            if (number.find()) {
                found.add(Integer.parseInt(number.group(1)));
            }
        }
        return found;
    }

    /** What the agency has got, each delivery once: it knows a repeat by its Idempotency-Key, as it has to (DLV-05). */
    List<Integer> agencyHas() {
        java.util.Map<String, String> once = new java.util.LinkedHashMap<>();
        agency.received().forEach(call -> once.putIfAbsent(call.headers().get("Idempotency-Key"), call.text()));
        return numbers(List.copyOf(once.values()));
    }

    List<Integer> axisHas() {
        return numbers(axis.sent().stream().map(AxisStub.Doc::text).toList());
    }

    private static String card(String service, String more) {
        return """
                service: %s
                version: 1
                name: { vi: Văn bản thử, en: Documents of a test }
                description: Documents of a test.
                contact: the test
                criterion: near-real-time
                personalData: false
                %s""".formatted(service, more);
    }

    /** @param scheme document-axis or document-axis-rest */
    TestBus.Builder bus(String scheme, String schedule) {
        Path secret = folder.resolve("axis.secret");
        try {
            Files.writeString(secret, AxisStub.SECRET);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        TestBus.Builder bus = TestBus.in(folder);
        for (String connector : List.of("send", "list", "fetch", "update-status")) {
            try {
                String file = "connectors/document-axis-" + connector + ".kamelet.yaml";
                bus.write(file, Files.readString(Path.of(file)));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        String takes =
                "  - { id: take, method: POST, path: \"/documents\", accepts: [application/octet-stream, application/xml] }\n";
        return bus.service(
                        "edoc-axis-forward",
                        card("edoc-axis-forward", """
                                mode: guaranteed
                                deliveries:
                                  - { to: document-axis, retry: { first: 50ms, longest: 200ms, attempts: 1000 } }
                                operations:
                                """ + takes),
                        TestBus.Builder.route(
                                "edoc-axis-forward",
                                "- setBody: { simple: \"{\\\"id\\\":\\\"${variable.exchangeId}\\\"}\" }"))
                .write(
                        "routes/test/edoc-axis-forward--to-document-axis.camel.yaml",
                        TestBus.Builder.route(
                                "edoc-axis-forward--to-document-axis",
                                "- to: { uri: \"kamelet:document-axis-send\", parameters: { system: document-axis } }"))
                .service(
                        "edoc-agency-deliver",
                        card("edoc-agency-deliver", """
                                mode: guaranteed
                                deliveries:
                                  - { to: agency-documents, retry: { first: 50ms, longest: 200ms, attempts: 1000 } }
                                operations:
                                """ + takes),
                        TestBus.Builder.route("edoc-agency-deliver", "- setBody: { constant: \"{}\" }"))
                .write(
                        "routes/test/edoc-agency-deliver--to-agency-documents.camel.yaml",
                        TestBus.Builder.route(
                                "edoc-agency-deliver--to-agency-documents",
                                "- to: { uri: \"lgsp-http:agency-documents/documents\", parameters: { method: POST } }"))
                .service(
                        "edoc-axis-collect",
                        card("edoc-axis-collect", """
                                providers: [document-axis]
                                mode: mapped
                                %s
                                operations:
                                  - { id: collect, method: POST, path: "/collect", accepts: [application/json] }
                                """.formatted(schedule)),
                        TestBus.Builder.route("edoc-axis-collect", """
                                - setVariable: { name: messageType, constant: edoc }
                                - to: { uri: "kamelet:document-axis-list", parameters: { system: document-axis } }
                                - split:
                                    jq: { expression: "." }
                                    aggregationStrategy: "#parts"
                                    steps:
                                      - setVariable: { name: docId, jq: { expression: .docId, resultType: java.lang.String } }
                                      - setVariable: { name: from, jq: { expression: .from, resultType: java.lang.String } }
                                      - setVariable: { name: to, jq: { expression: .to, resultType: java.lang.String } }
                                      - to: { uri: "kamelet:document-axis-fetch", parameters: { system: document-axis } }
                                      - to:
                                          uri: lgsp-hand-on:edoc-agency-deliver/v1
                                          parameters: { messageId: "axis:{docId}", carries: "from,to,messageType,docId", refusals: go-on }
                                      - setVariable:
                                          name: state
                                          jq: { expression: "if .code then \\"fail\\" else \\"done\\" end", resultType: java.lang.String }
                                      - to: { uri: "kamelet:document-axis-update-status", parameters: { system: document-axis } }
                                """))
                .system(
                        "document-axis",
                        axis.port(),
                        "answerTimeout: 2s",
                        "credential: { scheme: " + scheme + ", user: " + AxisStub.SYSTEM + ", secret: \"file:" + secret
                                + "\" }")
                .system("agency-documents", agency.port(), "answerTimeout: 2s")
                .grant("edoc-axis-forward")
                .grant("edoc-axis-collect")
                .grant("edoc-agency-deliver")
                .setting("lgsp.guarantee.sweep", "50ms");
    }

    /** The agency gives a packet to the bus. */
    static HttpResponse<String> send(TestBus bus, int number) {
        return bus.send(bus.request("/api/edoc-axis-forward/v1/documents")
                .header(
                        "Content-Type",
                        "application/octet-stream; from=\"000.00.00.H99\"; to=\"000.00.00.H98\"; messageType=\"edoc\"")
                .header("Idempotency-Key", "van-ban-" + number)
                .POST(BodyPublishers.ofString(packet(number)))
                .build());
    }

    static HttpResponse<String> collect(TestBus bus) {
        return bus.post("/api/edoc-axis-collect/v1/collect", "application/json", "{}");
    }

    /** Makes the axis well, waits until nothing is on its way, and forgets all of it: the next case begins as the first. */
    void beginAnew() {
        axis.misbehaves(request -> false);
        GuaranteedCity.soon().until(() -> sql("select 1 from delivery where state in ('accepted', 'delivering')") == 0);
        sql("delete from guaranteed_exchange");
        axis.forget();
        agency.forget();
    }

    private int sql(String statement) {
        return GuaranteedCity.sql(folder, statement);
    }

    /** Answers with this in place of the axis. */
    static boolean says(HttpServerRequest request, String answer) {
        request.response().putHeader("Content-Type", "application/json").end(answer);
        return true;
    }

    @Override
    public void close() {
        axis.close();
        agency.close();
    }
}
