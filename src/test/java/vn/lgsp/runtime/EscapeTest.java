package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.unit.Unit;

/**
 * Planted route files with the rules switched off: what they try is stopped by the layers of the runtime, is recorded, and
 * harms nobody else (BUS-02, BUS-03, BUS-20, LOG-01).
 */
final class EscapeTest {
    private static final String ANSWERED = "answered";

    private static StubPeer own = StubPeer.answering(EscapeTest::own);
    private static StubPeer other = StubPeer.answering(200, "application/json", "{\"from\":\"other\"}");
    private static StubPeer foreign = StubPeer.answering(200, "application/json", "{\"from\":\"foreign\"}");
    private static final Path WRITTEN = Path.of("target", "escaped-by-a-class.txt");
    /** Making an object of it makes the file. */
    private static final String WRITER = "java.io.FileOutputStream('" + WRITTEN + "')";

    private static TestBus bus;
    private static String otherUnit = "";

    @TempDir
    private static Path folder;

    /**
     * One planted file.
     *
     * @param steps of the route, or the whole file when it begins with {@code file:}
     * @param body of the call; {@code OTHER} stands for the id of the other service's revision, {@code FOREIGN} for a host that
     *     nobody registered
     * @param ends the error code of the exchange, or {@code answered}
     * @param atDoors how many exchanges the guard refuses
     */
    record Attempt(String name, String steps, String body, String ends, int atDoors) {
        String service() {
            return "try-" + name;
        }

        @Override
        public String toString() {
            return name.replace('-', ' ');
        }
    }

    private static Attempt unbuilt(String name, String steps) {
        return new Attempt(name, steps, "{}", "service-unavailable", 0);
    }

    private static Attempt atDoor(String name, String steps, String body) {
        return new Attempt(name, steps, body, "route-refused", 1);
    }

    private static Attempt refused(String name, String steps, String body) {
        return new Attempt(name, steps, body, "route-refused", 0);
    }

    private static Attempt failed(String name, String steps, String code) {
        return new Attempt(name, steps, "{}", code, 0);
    }

    private static Attempt harmless(String name, String steps) {
        return new Attempt(name, steps, "{}", ANSWERED, 0);
    }

    static Stream<Attempt> attempts() {
        return Stream.of(entries(), jumps(), marks(), code(), hosts(), failures(), ends())
                .flatMap(List::stream);
    }

    /** Entries of its own. */
    private static List<Attempt> entries() {
        return List.of(
                // The deployer takes one route of a file, and gives it the service's own door.
                harmless("entry-http", file("platform-http:/open", "- setBody: { constant: taken }")),
                harmless("entry-timer", file("timer:tick?period=10", "- to: lgsp-http:own/read")),
                harmless("entry-scheduler", file("scheduler:tick", "- to: lgsp-http:own/read")),
                harmless("entry-other", file("direct:other-service", "- to: lgsp-http:own/read")),
                harmless("second-route", file("direct:x", "- to: lgsp-http:own/read") + """
                                - route:
                                    id: other-service
                                    from:
                                      uri: direct:way-sync
                                      steps:
                                        - to: lgsp-http:other/second
                                """),
                harmless(
                        "rest-entry",
                        file("direct:x", "- to: lgsp-http:own/read")
                                + "- rest: { path: /open, get: [ { to: direct:x } ] }\n"),
                unbuilt(
                        "template",
                        file("direct:x", "- to: lgsp-http:own/read")
                                + "- routeTemplate: { id: t, from: { uri: \"timer:t\", steps: [ { to: \"lgsp-http:other/t\" } ] } }\n"
                                + "- templatedRoute: { routeTemplateRef: t }\n"));
    }

    /** Jumps to another service, to the way, to itself. */
    private static List<Attempt> jumps() {
        return List.of(
                failed("jump-by-name", "- to: direct:other-service", "bus-failed"),
                atDoor("jump-by-digest", "- toD: { uri: \"direct:${body}\" }", "OTHER"),
                atDoor("jump-to-way", "- to: direct:way-sync", "{}"),
                atDoor("jump-recipient-list", "- recipientList: { simple: \"direct:${body}\" }", "OTHER"),
                atDoor("jump-routing-slip", "- routingSlip: { simple: \"direct:${body}\" }", "OTHER"),
                atDoor("jump-enrich", "- enrich: { simple: \"direct:${body}\" }", "OTHER"),
                // The exchange goes on; its copy is stopped at the door.
                atDoor("jump-multicast", "- multicast: { steps: [ { toD: { uri: \"direct:${body}\" } } ] }", "OTHER"),
                atDoor(
                        "jump-split",
                        "- split: { tokenize: { token: \",\" }, steps: [ { toD: { uri: \"direct:${body}\" } } ] }",
                        "OTHER"),
                new Attempt("jump-wire-tap", "- wireTap: { uri: \"direct:${body}\" }", "OTHER", ANSWERED, 1),
                // What the guard refuses cannot be swallowed.
                atDoor("jump-swallowed", """
                        - doTry:
                            steps:
                              - toD: { uri: "direct:${body}" }
                            doCatch:
                              - exception: [ java.lang.Throwable ]
                                steps:
                                  - setBody: { constant: swallowed }
                        """, "OTHER"),
                unbuilt("jump-poll", "- pollEnrich: { simple: \"file:${body}\" }"));
    }

    /** The mark and the passage, forged, removed and copied. */
    private static List<Attempt> marks() {
        return List.of(
                atDoor("forge-text", "- setProperty: { name: lgsp.mark, constant: on-the-way }\n" + JUMP, "OTHER"),
                atDoor(
                        "forge-map",
                        "- setProperty: { name: lgsp.mark, jq: \"{unit: \\\"x\\\"}\" }\n- to: direct:way-sync",
                        "{}"),
                atDoor(
                        "forge-other-property",
                        "- setProperty: { name: lgsp.mark, exchangeProperty: lgsp.passage }\n" + JUMP,
                        "OTHER"),
                atDoor("remove-mark", "- removeProperty: { name: lgsp.mark }\n" + JUMP, "OTHER"),
                atDoor("remove-passage", "- removeProperty: { name: lgsp.passage }\n" + JUMP, "OTHER"),
                atDoor("remove-all", "- removeProperties: { pattern: \"*\" }\n" + JUMP, "OTHER"),
                refused(
                        "remove-all-and-call",
                        "- removeProperties: { pattern: \"*\" }\n- to: lgsp-http:own/removed",
                        "{}"),
                refused(
                        "forge-passage",
                        "- setProperty: { name: lgsp.passage, constant: x }\n- to: lgsp-http:own/x",
                        "{}"),
                refused(
                        "forge-inbound",
                        "- setProperty: { name: lgsp.inbound, constant: x }\n- to: lgsp-http:own/x?passThrough=true",
                        "{}"),
                new Attempt(
                        "forge-operation",
                        "- setProperty: { name: lgsp.operation, constant: x }\n- to: lgsp-http:own/missing?passThrough=true",
                        "{}",
                        "provider-refused",
                        0),
                refused("forge-card", "- setProperty: { name: lgsp.card, constant: x }\n- to: lgsp-http:other/x", "{}"),
                harmless("forge-reply", "- setProperty: { name: lgsp.reply, constant: x }\n- setBody: { constant: y }"),
                refused(
                        "keep-for-later",
                        "- setVariable: { name: \"global:mark\", exchangeProperty: lgsp.mark }",
                        "{}"),
                unbuilt("read-mark", "- setVariable: { name: m, simple: \"${exchangeProperty.lgsp.mark}\" }"),
                refused(
                        "mark-of-another",
                        "- setProperty: { name: lgsp.mark, variable: \"global:mark\" }\n" + JUMP,
                        "OTHER"));
    }

    /** Code, beans, files. */
    private static List<Attempt> code() {
        return List.of(
                unbuilt("bean-endpoint", "- to: bean:close-record"),
                unbuilt("class-endpoint", "- to: class:java.lang.Runtime?method=getRuntime"),
                unbuilt("bean-runtime", "- bean: { beanType: java.lang.Runtime, method: getRuntime }"),
                unbuilt("bean-system", "- bean: { beanType: java.lang.System, method: \"exit(7)\" }"),
                unbuilt("bean-ref", "- bean: { ref: guard, method: refusals }"),
                unbuilt("script", "- script: { groovy: \"System.exit(7)\" }"),
                unbuilt("file-by-expression", "- setBody: { constant: \"resource:file:/etc/hostname\" }"),
                unbuilt("file-above-home", "- setBody: { constant: \"resource:file:transforms/../../data/lock\" }"),
                unbuilt("address-by-expression", "- setBody: { constant: \"resource:http://127.0.0.1/x\" }"),
                unbuilt("language-groovy", "- setBody: { groovy: \"1\" }"),
                unbuilt("language-java", "- setBody: { java: \"1\" }"),
                unbuilt("language-method", "- setBody: { method: { beanType: java.lang.System, method: nanoTime } }"),
                unbuilt("language-ref", "- setBody: { ref: guard }"),
                unbuilt("exec", "- to: exec:touch?args=/tmp/escaped"),
                unbuilt("file-endpoint", "- to: file:/tmp/escaped"),
                unbuilt("log-endpoint", "- to: log:x?showBody=true"),
                unbuilt("log-step", "- log: { message: \"${body}\", logName: vn.lgsp.any, loggingLevel: ERROR }"),
                unbuilt(
                        "log-step-deep-inside",
                        "- filter: { simple: \"${body}\", steps: [ { choice: { otherwise: { steps: [ { log: \"${body}\" } ] } } } ] }"),
                unbuilt("seda", "- to: seda:later"),
                unbuilt("simple-context", "- setBody: { simple: \"${camelContext.stop}\" }"),
                unbuilt("simple-bean", "- setBody: { simple: \"${bean:close-record}\" }"),
                unbuilt("simple-passage", "- setBody: { simple: \"${exchangeProperty.lgsp.passage.closed}\" }"),
                unbuilt("simple-class", "- setBody: { simple: \"${body.class.classLoader}\" }"),
                unbuilt("simple-environment", "- setBody: { simple: \"${env:PATH}\" }"),
                unbuilt("simple-setting", "- setBody: { simple: \"${properties:lgsp.data}\" }"),
                unbuilt("simple-when", "- filter: { simple: \"${sys.user.home} == 'x'\", steps: [ { stop: {} } ] }"),
                refused("simple-in-jsonpath", "- setBody: { jsonpath: \"$[?(@.a == '${sys.user.home}')]\" }", "[]"),
                unbuilt(
                        "simple-in-a-file",
                        "- setBody: { simple: \"resource:file:transforms/test/try-simple-in-a-file/evil.txt\" }"),
                unbuilt("simple-of-a-chosen-file", "- setBody: { simple: \"resource:file:units/${header.f}\" }"),
                unbuilt("class-in-an-option", "- to: \"lgsp-soap:own/x?action=#class:" + WRITER + "\""),
                unbuilt(
                        "class-in-a-parameter",
                        "- to: { uri: \"lgsp-soap:own/x\", parameters: { action: \"#class:" + WRITER + "\" } }"),
                refused("class-in-a-chosen-option", "- toD: \"lgsp-soap:own/x?action=${body}\"", "#class:" + WRITER),
                unbuilt(
                        "class-in-an-option-of-a-mapping",
                        "- to: \"xslt:file:transforms/test/try-class-in-an-option-of-a-mapping/a.xsl?source=%23class:"
                                + WRITER + "\""),
                // A stage of the way that is used again: it may spoil its own exchange, and is recorded all the same.
                new Attempt("process-identify", "- process: { ref: identify }", "{}", "consumer-unknown", 0),
                new Attempt(
                        "process-close",
                        "- process: { ref: close-record }\n- to: lgsp-http:own/late",
                        "{}",
                        "route-refused",
                        0),
                new Attempt("process-call-service", "- process: { ref: call-service }", "{}", "route-refused", 0),
                harmless("process-open", "- process: { ref: open-record }"),
                harmless("process-hold", "- process: { ref: hold-answer }"));
    }

    /** Hosts that nobody registered, systems of others. */
    private static List<Attempt> hosts() {
        String address = "127.0.0.1:" + foreign.port();
        return List.of(
                unbuilt("host-http", "- to: http://" + address + "/x"),
                unbuilt("host-vertx", "- to: vertx-http:http://" + address + "/x"),
                refused("host-dynamic", "- toD: { uri: \"${body}\" }", "http://FOREIGN/x"),
                unbuilt("host-in-lgsp-http", "- to: lgsp-http:http://" + address + "/x"),
                unbuilt("host-address", "- to: lgsp-http:" + address + "/x"),
                refused("host-dynamic-lgsp-http", "- toD: { uri: \"lgsp-http:${body}\" }", "FOREIGN/x"),
                refused("system-unknown", "- to: lgsp-http:nobody/x", "{}"),
                refused("system-of-another", "- to: lgsp-http:other/x", "{}"),
                refused("system-of-another-dynamic", "- toD: { uri: \"lgsp-http:${body}\" }", "other/x"),
                refused("system-of-another-soap", "- setBody: { constant: \"<a/>\" }\n- to: lgsp-soap:other/x", "{}"),
                refused("system-by-kamelet", "- to: kamelet:other-read", "{}"),
                harmless("host-by-header", """
                        - setHeader: { name: CamelHttpUri, constant: "http://%1$s/uri" }
                        - setHeader: { name: CamelHttpPath, constant: "/path" }
                        - setHeader: { name: CamelHttpHost, constant: "%1$s" }
                        - setHeader: { name: CamelHttpQuery, constant: "q=1" }
                        - setHeader: { name: Host, constant: "%1$s" }
                        - to: lgsp-http:own/by-header
                        """.formatted(address)),
                failed("redirect", "- to: lgsp-http:own/redirect", "provider-refused"),
                failed("redirect-pass-through", "- to: lgsp-http:own/redirect?passThrough=true", "provider-refused"),
                unbuilt("kamelet-elsewhere", "- to: kamelet:evil?location=http://" + address + "/evil.kamelet.yaml"),
                unbuilt("kamelet-unknown", "- to: kamelet:nobody"),
                unbuilt("mapping-elsewhere", "- to: xslt:http://" + address + "/evil.xsl"),
                unbuilt("schema-elsewhere", "- to: lgsp-validate:http://" + address + "/evil.json"));
    }

    /** Files that would keep failures to themselves. */
    private static List<Attempt> failures() {
        String fail = "- to: lgsp-http:own/fail";
        String handled = "- onException: { exception: [ java.lang.Throwable ], handled: { constant: \"true\" }, "
                + "steps: [ { setBody: { constant: hidden } } ] }\n";
        return List.of(
                failed("failure", fail, "provider-failed"),
                failed("on-exception", handled + file("direct:x", fail), "provider-failed"),
                failed(
                        "error-handler",
                        "- errorHandler: { deadLetterChannel: { deadLetterUri: \"lgsp-http:own/dead\" } }\n"
                                + file("direct:x", fail),
                        "provider-failed"),
                failed(
                        "error-handler-of-the-route",
                        file("direct:x", fail)
                                .replace(
                                        "    description:",
                                        "    errorHandler: { deadLetterChannel: { deadLetterUri: \"lgsp-http:own/dead\" } }\n    description:"),
                        "provider-failed"),
                failed(
                        "route-configuration",
                        "- routeConfiguration: { id: mine, onException: [ { onException: { exception: [ java.lang.Throwable ], "
                                + "handled: { constant: \"true\" }, steps: [ { setBody: { constant: hidden } } ] } } ] }\n"
                                + file("direct:x", fail)
                                        .replace(
                                                "    description:", "    routeConfigurationId: mine\n    description:"),
                        "provider-failed"),
                failed(
                        "route-policy",
                        file("direct:x", fail).replace("    description:", "    routePolicy: guard\n    description:"),
                        "service-unavailable"),
                harmless("intercept", "- intercept: { steps: [ { stop: {} } ] }\n" + file("direct:x", fail)),
                failed(
                        "on-completion",
                        "- onCompletion: { steps: [ { to: \"lgsp-http:own/completed\" } ] }\n" + file("direct:x", fail),
                        "provider-failed"),
                // A route that swallows a failure answers for itself: only the rules can keep that out.
                harmless("swallow", """
                        - doTry:
                            steps:
                              - to: lgsp-http:own/fail
                            doCatch:
                              - exception: [ java.lang.Throwable ]
                                steps:
                                  - setBody: { constant: swallowed }
                        """));
    }

    /** Ends before the end. */
    private static List<Attempt> ends() {
        return List.of(
                harmless("stop", "- stop: {}\n- to: lgsp-http:own/after-stop"),
                failed("rollback", "- rollback: { message: no }", "bus-failed"),
                harmless("mark-rollback-only", "- rollback: { markRollbackOnly: true }"),
                failed(
                        "throw",
                        "- throwException: { exceptionType: java.lang.IllegalStateException, message: \"${body}\" }",
                        "bus-failed"),
                failed("status-of-its-own", "- setHeader: { name: CamelHttpResponseCode, constant: 99 }", "bus-failed"),
                failed("status-no-number", "- setHeader: { name: CamelHttpResponseCode, constant: ok }", "bus-failed"),
                new Attempt(
                        "header-of-two-lines",
                        "- setHeader: { name: Location, simple: { expression: \"${body}\", resultType: java.lang.String } }",
                        "/a\r\nSet-Cookie: b",
                        "bus-failed",
                        0));
    }

    private static final String STYLESHEET = """
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
              <xsl:template match="/"><a/></xsl:template>
            </xsl:stylesheet>
            """;

    /** To a door that asks for the mark. */
    private static final String JUMP = "- toD: { uri: \"direct:${body}\" }";

    private static String file(String from, String steps) {
        return "file:" + TestBus.Builder.route("NAME", steps).replace("direct:NAME", from);
    }

    /** Steps become a whole file; a text that holds a file keeps what stands before it. */
    private static String text(Attempt attempt) {
        String steps = attempt.steps();
        return steps.contains("file:#")
                ? steps.replace("file:#", "#").replace("NAME", attempt.service())
                : TestBus.Builder.route(attempt.service(), steps);
    }

    private static void own(HttpServerRequest request) {
        switch (request.path().replaceFirst("/run$", "")) {
            case "/fail" -> request.response().setStatusCode(500).end("{\"error\":\"own\"}");
            case "/missing" -> request.response().setStatusCode(404).end("{}");
            case "/redirect" ->
                request.response()
                        .setStatusCode(302)
                        .putHeader("Location", "http://127.0.0.1:" + foreign.port() + "/redirected")
                        .end();
            default ->
                request.response().putHeader("Content-Type", "application/json").end("{\"from\":\"own\"}");
        }
    }

    @BeforeAll
    static void plant() {
        TestBus.Builder builder = TestBus.in(folder)
                .system("own", own.port())
                .system("other", other.port())
                .passThrough("good-service", "own")
                .passThrough("other-service", "other")
                .grant("good-service")
                .grant("honest-parts")
                .grant("shape-of-path")
                .grant("own-mapping")
                .write("transforms/test/own-mapping/request.jq", "{b: .a}")
                .write("transforms/test/try-simple-in-a-file/evil.txt", "a note: ${env:PATH}")
                .write("transforms/test/try-class-in-an-option-of-a-mapping/a.xsl", STYLESHEET)
                .service("own-mapping", card("own-mapping"), TestBus.Builder.route("own-mapping", """
                        - transform: { jq: { expression: "resource:file:transforms/test/own-mapping/request.jq" } }
                        """))
                .write("connectors/own-read.kamelet.yaml", kamelet("own-read", "lgsp-http:own/read"))
                .write("connectors/other-read.kamelet.yaml", kamelet("other-read", "lgsp-http:other/read"))
                .service("honest-parts", card("honest-parts"), TestBus.Builder.route("honest-parts", """
                        - split: { tokenize: { token: "," }, steps: [ { to: "kamelet:own-read" } ] }
                        - multicast: { steps: [ { to: "kamelet:own-read" }, { to: "kamelet:own-read" } ] }
                        - enrich: { constant: "lgsp-http:own/read" }
                        """))
                .service("shape-of-path", card("shape-of-path"), TestBus.Builder.route("shape-of-path", """
                        - setVariable: { name: part, jq: { expression: ".part", resultType: java.lang.String } }
                        - to: lgsp-http:own/items/{part}?method=GET
                        """));
        attempts().forEach(attempt -> builder.service(attempt.service(), card(attempt.service()), text(attempt))
                .grant(attempt.service()));
        bus = builder.withoutRouteRules().start();
        otherUnit = unit("other-service");
    }

    @AfterAll
    static void stop() {
        bus.close();
        own.close();
        other.close();
        foreign.close();
    }

    private static String unit(String service) {
        Path home = folder.resolve("home");
        return Unit.all(home).stream()
                .map(Unit::id)
                .filter(id -> id.startsWith(service + "~"))
                .findFirst()
                .orElseThrow();
    }

    static String card(String service) {
        return """
                service: %s
                version: 1
                name: { vi: Thử thoát, en: Escape }
                description: Tries to leave the way.
                contact: the test
                providers: [own]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                  - { id: run, method: POST, path: /run, accepts: [application/json, text/plain] }
                """.formatted(service);
    }

    static String kamelet(String name, String uri) {
        return """
                apiVersion: camel.apache.org/v1
                kind: Kamelet
                metadata:
                  name: %s
                spec:
                  definition:
                    title: A connector of the test
                    type: object
                  template:
                    from:
                      uri: kamelet:source
                      steps:
                        - to: %s
                """.formatted(name, uri);
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void stopped_by_the_runtime(Attempt attempt) {
        long doors = bus.bus().refusedAtRoutes();
        String body = attempt.body().replace("OTHER", otherUnit).replace("FOREIGN", "127.0.0.1:" + foreign.port());

        HttpResponse<String> answer = bus.post("/api/" + attempt.service() + "/v1/run", "text/plain", body);

        ExchangeRecord record = bus.recordOf(answer);
        if (attempt.ends().equals(ANSWERED)) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(record.outcome()).contains(Outcome.ANSWERED);
        } else {
            assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo(attempt.ends());
            assertThat(record.error()).contains(attempt.ends());
            assertThat(record.outcome())
                    .isIn(java.util.Optional.of(Outcome.FAILED), java.util.Optional.of(Outcome.REFUSED));
            assertThat(record.status()).isEqualTo(answer.statusCode());
        }
        assertThat(record.service().orElseThrow().id().value()).isEqualTo(attempt.service());
        await().untilAsserted(() -> assertThat(bus.bus().refusedAtRoutes()).isEqualTo(doors + attempt.atDoors()));
        everyone_else_is_unharmed();
    }

    private static void everyone_else_is_unharmed() {
        assertThat(foreign.received()).isEmpty();
        assertThat(WRITTEN).doesNotExist();
        assertThat(other.received()).isEmpty();
        HttpResponse<String> good = bus.get("/api/good-service/v1/read");
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(bus.recordOf(good).outcome()).contains(Outcome.ANSWERED);
        assertThat(bus.bus().refusedServices()).doesNotContainKeys("good-service/v1", "other-service/v1");
    }

    @Test
    void a_call_of_a_header_that_names_a_host_goes_to_the_registered_one() {
        bus.post("/api/try-host-by-header/v1/run", "text/plain", "{}");

        assertThat(own.received())
                .filteredOn(seen -> seen.uri().contains("by-header"))
                .isNotEmpty()
                .allSatisfy(seen -> {
                    assertThat(seen.uri()).isEqualTo("/by-header");
                    assertThat(seen.headers().get("host")).isEqualTo("127.0.0.1:" + own.port());
                    assertThat(seen.headers().names()).noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT)
                            .startsWith("camel"));
                });
        assertThat(foreign.received()).isEmpty();
    }

    @Test
    void a_mapping_is_found_in_the_home_of_the_bus_wherever_it_was_started() {
        assertThat(bus.post("/api/own-mapping/v1/run", "application/json", "{\"a\":\"01\"}")
                        .body())
                .isEqualTo("{\"b\":\"01\"}");
    }

    @Test
    void a_call_that_was_closed_early_reaches_nobody() {
        bus.post("/api/try-process-close/v1/run", "text/plain", "{}");

        assertThat(own.received()).noneMatch(seen -> seen.uri().contains("late"));
    }

    @Test
    void an_exchange_that_threw_its_passage_away_is_recorded_at_the_door_too() {
        bus.post("/api/try-remove-all/v1/run", "text/plain", "{}");

        await().untilAsserted(() -> assertThat(bus.records())
                .filteredOn(record -> record.form().equals("ROUTE"))
                .isNotEmpty()
                .allSatisfy(record -> {
                    assertThat(record.outcome()).contains(Outcome.FAILED);
                    assertThat(record.error()).contains("route-refused");
                    assertThat(record.status()).isEqualTo(500);
                }));
    }

    static Stream<Arguments> brokenWays() {
        return Stream.of(
                Arguments.of("- process: { ref: close-record }", "", 200, ANSWERED),
                Arguments.of(
                        "- process: { ref: close-record }",
                        "- throwException: { exceptionType: java.lang.IllegalStateException, message: broken }",
                        500,
                        "bus-failed"),
                Arguments.of("- doTry:", "- stop: {}\n        - doTry:", 500, "bus-failed"),
                Arguments.of("- process: { ref: hold-answer }", "- setBody: { constant: x }", 500, "bus-failed"),
                Arguments.of(
                        "- process: { ref: answer-failure }",
                        "- throwException: { exceptionType: java.lang.Error, message: broken }",
                        500,
                        "bus-failed"));
    }

    @ParameterizedTest
    @MethodSource("brokenWays")
    void a_way_that_breaks_still_answers_and_records(
            String step, String instead, int status, String ends, @TempDir Path home) throws IOException {
        String way = Files.readString(Path.of("routes/_way/way-sync.camel.yaml"));
        assertThat(way).contains(step);
        String path = step.contains("answer-failure") ? "fail" : "read";
        try (TestBus broken = TestBus.in(home)
                .write("routes/_way/way-sync.camel.yaml", way.replace(step, instead))
                .system("own", own.port())
                .passThrough("good-service", "own")
                .grant("good-service")
                .start()) {
            HttpResponse<String> answer = broken.get("/api/good-service/v1/" + path);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            ExchangeRecord record = broken.recordOf(answer);
            if (ends.equals(ANSWERED)) {
                assertThat(record.outcome()).contains(Outcome.ANSWERED);
            } else {
                assertThat(TestBus.code(answer)).isEqualTo(ends);
                assertThat(record.error()).contains(ends);
                assertThat(record.outcome()).contains(Outcome.FAILED);
            }
        }
    }

    @Test
    void the_parts_of_an_honest_exchange_carry_its_mark() {
        long doors = bus.bus().refusedAtRoutes();

        HttpResponse<String> answer = bus.post("/api/honest-parts/v1/run", "text/plain", "1,2,3");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
        assertThat(own.received())
                .filteredOn(seen -> exchange.equals(seen.headers().get("x-lgsp-exchange")))
                .hasSize(3 + 2 + 1);
        assertThat(bus.bus().refusedAtRoutes()).isEqualTo(doors);
    }

    @Test
    void a_value_stays_one_segment_of_the_path_whatever_it_holds() {
        Set<String> values = Set.of(
                "..",
                ".",
                "../admin",
                "a/../../b",
                "%2e%2e",
                "a%2Fb",
                "http://evil/",
                "a?b=c#d",
                "a b",
                "đường",
                "a\\r\\nX-Evil: 1");
        for (String value : values) {
            int before = own.received().size();

            HttpResponse<String> answer =
                    bus.post("/api/shape-of-path/v1/run", "application/json", "{\"part\":\"" + value + "\"}");

            assertThat(answer.statusCode()).as(value + " " + answer.body()).isEqualTo(200);
            StubPeer.Seen seen = own.received().get(before);
            assertThat(seen.uri()).startsWith("/items/");
            String segment = seen.uri().substring("/items/".length());
            assertThat(segment).matches("([A-Za-z0-9*_.-]|%[0-9A-F]{2})+").isNotIn(".", "..");
            assertThat(java.net.URLDecoder.decode(segment, StandardCharsets.UTF_8))
                    .isEqualTo(value.replace("\\r\\n", "\r\n"));
            assertThat(seen.headers().get("x-evil")).isNull();
        }
    }

    @Test
    void a_path_that_climbs_is_nobodys_address() throws IOException {
        for (String path :
                List.of("../x", "a/../../x", "%2e%2e/x", ".%2E/x", "..%2Fx", "a/..;b/x", "a%5C..%5Cx", "./x")) {
            int before = own.received().size();

            String answer = raw("GET /api/good-service/v1/" + path + " HTTP/1.1");

            assertThat(answer).as(path).startsWith("HTTP/1.1 404 ").contains("service-unknown");
            assertThat(own.received()).hasSize(before);
        }
    }

    @Test
    void every_request_is_recorded_also_when_nobody_has_its_address() throws IOException {
        for (String line : List.of(
                "GET / HTTP/1.1",
                "GET /open HTTP/1.1",
                "POST /api HTTP/1.1",
                "GET /api/other-service/v1/read HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "GET http://127.0.0.1:1/x HTTP/1.1",
                "CONNECT 127.0.0.1:" + foreign.port() + " HTTP/1.1",
                "BREW /api/good-service/v1/read HTTP/1.1",
                "GET /api/good-service/v1/" + "x".repeat(9_000) + " HTTP/1.1",
                "nonsense")) {
            String answer = raw(line);

            assertThat(answer).as(line).matches("(?s)HTTP/1\\.[01] 4.*");
            String id = answer.lines()
                    .filter(header -> header.toLowerCase(java.util.Locale.ROOT).startsWith("x-lgsp-exchange: "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(line + " gave " + answer))
                    .substring("x-lgsp-exchange: ".length());
            assertThat(bus.bus()
                            .records()
                            .find(vn.lgsp.message.ExchangeId.of(id))
                            .orElseThrow()
                            .outcome())
                    .contains(Outcome.REFUSED);
        }
        everyone_else_is_unharmed();
    }

    private static String raw(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((line + "\r\nHost: localhost\r\nX-Api-Key: " + TestBus.KEY + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
