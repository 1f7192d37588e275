package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/** What a route file may hold, and what the integrator reads when it holds more (BUS-12, BUS-16). */
final class RouteRulesTest {
    private static final String SERVICE = "planted-service";

    @TempDir
    private Path folder;

    private List<String> check(String route) {
        return check(EscapeTest.card(SERVICE), route);
    }

    private List<String> check(String card, String route) {
        return check(new RouteRules(RouteRulesTest::reachedOverHttp, List::of), card, route);
    }

    private List<String> check(RouteRules rules, String card, String route) {
        write("routes/test/" + SERVICE + ".card.yaml", card);
        write("routes/test/" + SERVICE + ".camel.yaml", route);
        write("connectors/own-read.kamelet.yaml", EscapeTest.kamelet("own-read", "lgsp-http:own/read"));
        write("connectors/other-read.kamelet.yaml", EscapeTest.kamelet("other-read", "lgsp-http:other/read"));
        write("connectors/evil.kamelet.yaml", EscapeTest.kamelet("evil", "http://evil/read"));
        return rules.check(Unit.all(folder).get(0)).stream()
                .map(Finding::toString)
                .toList();
    }

    static Optional<InformationSystem> reachedOverHttp(SystemId id) {
        Connection connection = new Connection(
                URI.create("http://127.0.0.1:1"),
                List.of("127.0.0.1"),
                Connection.DEFAULT_CONNECT_TIMEOUT,
                Connection.DEFAULT_ANSWER_TIMEOUT,
                Connection.DEFAULT_IDLE_TIMEOUT,
                Connection.DEFAULT_WAITING_CALLS,
                Optional.empty(),
                Connection.Breaker.DEFAULT,
                Connection.Retry.NONE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false);
        return Optional.of(new InformationSystem(
                id, new AgencyCode("T02"), id.value(), Optional.of(connection), Optional.empty()));
    }

    /** As the sample city has it. */
    static Optional<InformationSystem> reached(SystemId id) {
        return id.value().equals("civil-archive") ? reachedByQueue(id) : reachedOverHttp(id);
    }

    static Optional<InformationSystem> reachedByQueue(SystemId id) {
        Queue queue = new Queue("lgsp." + id + ".in", Queue.DEFAULT_ANSWER_TIMEOUT);
        return Optional.of(
                new InformationSystem(id, new AgencyCode("T02"), id.value(), Optional.empty(), Optional.of(queue)));
    }

    @Test
    void a_route_reaches_a_system_only_in_the_way_that_the_registry_names() {
        RouteRules queues = new RouteRules(RouteRulesTest::reachedByQueue, List::of);
        String card = EscapeTest.card(SERVICE);

        assertThat(check(queues, card, TestBus.Builder.route(SERVICE, "- to: lgsp-jms:own?text=true")))
                .isEmpty();
        assertThat(check(TestBus.Builder.route(SERVICE, "- to: lgsp-jms:own")))
                .singleElement()
                .asString()
                .contains("system 'own' has no 'queue' in the registry");
        assertThat(check(TestBus.Builder.route(SERVICE, "- to: lgsp-jms:stranger")))
                .singleElement()
                .asString()
                .contains("not among the providers");
        assertThat(check(queues, card, TestBus.Builder.route(SERVICE, "- to: lgsp-http:own/read")))
                .singleElement()
                .asString()
                .contains("system 'own' has no 'connection' in the registry");
    }

    private void write(String name, String text) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void a_route_that_keeps_to_the_way_may_be_deployed() {
        write("transforms/test/planted-service/request.jq", ".");
        assertThat(check(TestBus.Builder.route(SERVICE, """
                        - setVariable: { name: number, jq: { expression: ".number", resultType: java.lang.String } }
                        - setHeader: { name: X-Note, simple: "${header.X-Other} ${variable.number} ${date:now:yyyy}" }
                        - transform: { jq: { expression: "resource:file:transforms/test/planted-service/request.jq" } }
                        - choice:
                            when:
                              - jsonpath: { expression: "$[?(@.district == '01')]" }
                                steps:
                                  - to: kamelet:own-read
                            otherwise:
                              steps:
                                - to: { uri: "lgsp-http:own/x/{number}", parameters: { method: GET } }
                        - split: { jsonpath: { expression: "$.items" }, stopOnException: true, steps: [ { to: "kamelet:own-read" } ] }
                        - set-body: { simple: "${body}" }
                        - convertBodyTo: String
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))).isEmpty();
    }

    @Test
    void a_file_that_is_read_as_an_expression_says_no_more_than_the_route_may() {
        write("transforms/test/planted-service/good.txt", "${body}\n${header.a} and ${variable.b}");
        write("transforms/test/planted-service/evil.txt", "a note\nof ${env:PATH}");

        for (String step :
                List.of("setBody: { simple: %s }", "setBody: { expression: { simple: { expression: %s } } }")) {
            assertThat(check(simple(step, "good"))).isEmpty();
            assertThat(check(simple(step, "evil"))).singleElement().satisfies(reason -> assertThat(reason)
                    .startsWith("transforms/test/planted-service/evil.txt:2: ")
                    .contains("reaches beyond the message"));
        }
    }

    private static String simple(String step, String file) {
        return TestBus.Builder.route(
                SERVICE, "- " + step.formatted("\"resource:file:transforms/test/planted-service/" + file + ".txt\""));
    }

    @Test
    void the_products_own_services_keep_the_rules() {
        RouteRules rules = new RouteRules(RouteRulesTest::reached, List::of);
        assertThat(Unit.all(Path.of("")))
                .hasSizeGreaterThanOrEqualTo(3)
                .flatMap(unit -> rules.check(unit))
                .isEmpty();
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                // steps that leave the way: the name is in the text
                Arguments.of("- toD: { uri: \"direct:${body}\" }", "'toD' may not stand"),
                Arguments.of("- to-d: { uri: \"direct:x\" }", "'to-d' may not stand"),
                Arguments.of("- recipientList: { simple: \"${body}\" }", "'recipientList' may not stand"),
                Arguments.of("- routingSlip: { simple: \"${body}\" }", "'routingSlip' may not stand"),
                Arguments.of("- dynamicRouter: { simple: \"${body}\" }", "'dynamicRouter' may not stand"),
                Arguments.of("- enrich: { constant: \"direct:x\" }", "'enrich' may not stand"),
                Arguments.of("- pollEnrich: { constant: \"file:x\" }", "'pollEnrich' may not stand"),
                Arguments.of("- poll: { uri: \"file:x\" }", "'poll' may not stand"),
                Arguments.of("- wireTap: { uri: \"direct:x\" }", "'wireTap' may not stand"),
                Arguments.of("- wire-tap: { uri: \"direct:x\" }", "'wire-tap' may not stand"),
                Arguments.of(
                        "- loop: { constant: \"9\", steps: [ { to: \"kamelet:own-read\" } ] }", "'loop' may not stand"),
                Arguments.of("- aggregate: { constant: \"1\", steps: [] }", "'aggregate' may not stand"),
                Arguments.of("- doTry: { steps: [ { to: \"kamelet:own-read\" } ] }", "'doTry' may not stand"),
                Arguments.of("- do-try: { steps: [] }", "'do-try' may not stand"),
                Arguments.of("- onException: { }", "'onException' may not stand"),
                Arguments.of("- onCompletion: { }", "'onCompletion' may not stand"),
                Arguments.of("- circuitBreaker: { steps: [] }", "'circuitBreaker' may not stand"),
                Arguments.of("- rollback: { markRollbackOnly: true }", "'rollback' may not stand"),
                Arguments.of("- throwException: { exceptionType: java.lang.Error }", "'throwException' may not stand"),
                Arguments.of("- setProperty: { name: lgsp.mark, constant: x }", "'setProperty' may not stand"),
                Arguments.of("- removeProperty: { name: lgsp.mark }", "'removeProperty' may not stand"),
                Arguments.of("- removeProperties: { pattern: \"*\" }", "'removeProperties' may not stand"),
                Arguments.of("- bean: { beanType: java.lang.Runtime }", "'bean' may not stand"),
                Arguments.of("- process: { ref: close-record }", "'process' may not stand"),
                Arguments.of("- script: { groovy: \"1\" }", "'script' may not stand"),
                Arguments.of("- log: \"${body}\"", "'log' may not stand"),
                Arguments.of("- threads: { }", "'threads' may not stand"),
                Arguments.of("- delay: { constant: \"1\" }", "'delay' may not stand"),
                Arguments.of("- kamelet: { name: own-read }", "'kamelet' may not stand"),
                Arguments.of("- unmarshal: { json: {} }", "'unmarshal' may not stand"),
                Arguments.of("- too: kamelet:own-read", "there is no step 'too': did you mean 'to'?"),
                Arguments.of(
                        "- filter: { simple: \"${body}\", steps: [ { choice: { otherwise: { steps: [ { log: x } ] } } } ] }",
                        "'log' may not stand"),
                Arguments.of("- split: { jq: \".\", steps: [] }", "'split' must set stopOnException: true"),
                Arguments.of(
                        "- multicast: { stopOnException: true, parallelProcessing: true, steps: [] }",
                        "'parallelProcessing' stands here without"),
                Arguments.of(
                        "- split: { jq: \".\", stopOnException: true, aggregationStrategy: \"#class:x\", steps: [] }",
                        "'#class:x' may not stand"),
                // endpoints
                Arguments.of("- to: direct:other-service", "may not call 'direct:', the door of a service"),
                Arguments.of("- to: direct:way-sync", "may not call 'direct:'"),
                Arguments.of("- to: direct:other-service~0123456789ab", "may not call 'direct:'"),
                Arguments.of("- to: http://evil/x", "may not call 'http:'"),
                Arguments.of("- to: bean:close-record", "may not call 'bean:'"),
                Arguments.of("- to: class:java.lang.Runtime", "may not call 'class:'"),
                Arguments.of("- to: exec:touch", "may not call 'exec:'"),
                Arguments.of("- to: file:/tmp", "may not call 'file:'"),
                Arguments.of("- to: log:x", "may not call 'log:'"),
                Arguments.of("- to: language:groovy", "may not call 'language:'"),
                Arguments.of("- to: lgsp-http:http://evil", "'http:' is not the name of a registered system"),
                Arguments.of("- to: lgsp-http:127.0.0.1/x", "'127.0.0.1' is not the name of a registered system"),
                Arguments.of(
                        "- to: { uri: lgsp-http, parameters: { system: own } }", "'' is not the name of a registered"),
                Arguments.of("- to: lgsp-http:nobody/x", "system 'nobody' is not among the providers"),
                Arguments.of("- to: lgsp-soap:other/x", "system 'other' is not among the providers"),
                Arguments.of("- to: lgsp-http:own/x?passThrough=true", "'passThrough' belongs to a service of mode"),
                Arguments.of(
                        "- to: kamelet:nobody",
                        "connector 'nobody' does not exist: write connectors/nobody.kamelet.yaml"),
                Arguments.of("- to: kamelet:../evil", "connector '../evil' does not exist"),
                Arguments.of(
                        "- to: kamelet:own-read?location=http://evil/x.yaml",
                        "has no parameter 'location': take it out"),
                Arguments.of(
                        "- to: { uri: \"kamelet:own-read\", parameters: { location: \"http://evil\" } }",
                        "has no parameter 'location': take it out"),
                Arguments.of(
                        "- to: kamelet:other-read",
                        "connectors/other-read.kamelet.yaml:13: system 'other' is not among the providers on the card of planted-service/v1"),
                Arguments.of(
                        "- to: kamelet:evil",
                        "connectors/evil.kamelet.yaml:13: a service's route may not call 'http:'"),
                // languages and expressions
                Arguments.of("- setBody: { groovy: \"1\" }", "'groovy' may not stand"),
                Arguments.of("- setBody: { expression: { java: \"1\" } }", "'java' may not stand"),
                Arguments.of("- setBody: { method: { beanType: java.lang.System } }", "'method' may not stand"),
                Arguments.of("- setBody: { ref: guard }", "'ref' may not stand"),
                Arguments.of("- setBody: { xpath: \"doc('http://evil')\" }", "'xpath' may not stand"),
                Arguments.of("- setBody: { exchangeProperty: lgsp.passage }", "'exchangeProperty' may not stand"),
                Arguments.of("- setBody: { exchange-property: lgsp.passage }", "'exchange-property' may not stand"),
                Arguments.of("- setBody: { simple: \"${camelContext.stop}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"$simple{camelContext.stop}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${bean:close-record}\" }", "reaches beyond the message"),
                Arguments.of(
                        "- setBody: { simple: \"${exchangeProperty.lgsp.passage}\" }", "reaches beyond the message"),
                Arguments.of(
                        "- setBody: { simple: \"${exchangeProperty[lgsp.passage]}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${body.class.classLoader}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${header.a.class}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${header[a].class}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${variable.global:x}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${header.${body}}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${ ${body} }\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${sys.user.home}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { simple: \"${env:LGSP_KEY}\" }", "reaches beyond the message"),
                Arguments.of(
                        "- setBody: { simple: \"${type:java.lang.Integer.MAX_VALUE}\" }", "reaches beyond the message"),
                Arguments.of("- setBody: { constant: \"{{env:LGSP_KEY}}\" }", "names a value from outside the message"),
                Arguments.of(
                        "- setHeader: { name: \"${camelContext.name}\", constant: x }", "reaches beyond the message"),
                Arguments.of("- setBody: { jsonpath: \"$[?(@.a == ${camelContext})]\" }", "reaches beyond the message"),
                Arguments.of(
                        "- setBody: { constant: \"resource:file:/etc/passwd\" }",
                        "is not in the folder of the mappings"),
                Arguments.of(
                        "- setBody: { jq: \"resource:http://evil/x.jq\" }", "is not in the folder of the mappings"),
                Arguments.of(
                        "- setBody: { jq: \"resource:file:transforms/../../etc/passwd\" }",
                        "is not in the folder of the mappings"),
                Arguments.of(
                        "- setBody: { jq: { expression: \" resource:file:transforms/test/planted-service/request.jq\" } }",
                        "is not in the folder of the mappings"),
                Arguments.of(
                        "- setBody: { simple: \" resource:file:units/${header.f}\" }",
                        "is not in the folder of the mappings"),
                Arguments.of(
                        "- to: \"lgsp-soap:own/x?action=#class:java.io.FileOutputStream('/tmp/x')\"",
                        "names a bean or a class"),
                Arguments.of("- to: \"lgsp-soap:own/x?action=RAW(#bean:guard)\"", "names a bean or a class"),
                Arguments.of(
                        "- to: { uri: \"lgsp-soap:own/x\", parameters: { expectsNamespace: \"#bean:guard\" } }",
                        "names a bean or a class"),
                Arguments.of(
                        "- to: \"xslt:file:transforms/test/planted-service/a.xsl?source=%23class:java.lang.Object\"",
                        "names a bean or a class"),
                Arguments.of("- setVariable: { name: \"global:x\", constant: x }", "would outlive the exchange"),
                Arguments.of("- setBody: { variable: \"route:other:x\" }", "would outlive the exchange"),
                Arguments.of("- setBody: { constant: \"#bean:guard\" }", "names a bean or a class"),
                Arguments.of(
                        "- setBody: { simple: { expression: /etc/passwd, resultType: java.io.File } }",
                        "'java.io.File' is not a type for content"),
                Arguments.of("- convertBodyTo: { type: java.io.File }", "'java.io.File' is not a type for content"),
                Arguments.of("- convertBodyTo: java.net.URL", "'java.net.URL' is not a type for content"));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void a_step_that_leaves_the_way_is_refused(String step, String text) {
        assertThat(check(TestBus.Builder.route(SERVICE, step)))
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(reason).containsPattern("^(routes|connectors)/.*\\.yaml:[0-9]+: "))
                .anySatisfy(reason -> assertThat(reason).contains(text));
    }

    static Stream<Arguments> files() {
        String good = TestBus.Builder.route(SERVICE, "- to: kamelet:own-read");
        return Stream.of(
                Arguments.of(good.replace("direct:" + SERVICE, "platform-http:/open"), "must begin with from: direct:"),
                Arguments.of(good.replace("direct:" + SERVICE, "timer:tick"), "must begin with from: direct:"),
                Arguments.of(good.replace("direct:" + SERVICE, "scheduler:tick"), "must begin with from: direct:"),
                Arguments.of(good.replace("direct:" + SERVICE, "direct:other"), "must begin with from: direct:"),
                Arguments.of(good.replace("id: " + SERVICE, "id: way-sync"), "the route's id must be " + SERVICE),
                Arguments.of(good + good.replace(SERVICE, "second"), "the file must hold one list entry, a route"),
                Arguments.of(
                        "- beans: [ { name: guard, type: java.lang.String } ]\n" + good, "must hold one list entry"),
                Arguments.of("- onException: { }\n" + good, "must hold one list entry"),
                Arguments.of("- errorHandler: { noErrorHandler: { } }\n" + good, "must hold one list entry"),
                Arguments.of("- routeConfiguration: { }\n" + good, "must hold one list entry"),
                Arguments.of("- rest: { }\n" + good, "must hold one list entry"),
                Arguments.of("- from: { uri: \"timer:x\", steps: [] }", "must hold one list entry"),
                Arguments.of(
                        good.replace("  description:", "  errorHandler: {}\n    description:"),
                        "may not set 'errorHandler'"),
                Arguments.of(
                        good.replace("  description:", "  routeConfigurationId: mine\n    description:"),
                        "may not set 'routeConfigurationId'"),
                Arguments.of(
                        good.replace("  description:", "  routePolicy: x\n    description:"),
                        "may not set 'routePolicy'"),
                Arguments.of(
                        good.replace("  description:", "  streamCache: true\n    description:"),
                        "may not set 'streamCache'"),
                Arguments.of(
                        good.replace("  description:", "  autoStartup: false\n    description:"),
                        "may not set 'autoStartup'"),
                // what two readers of YAML would understand differently
                Arguments.of(good + "---\n" + good.replace(SERVICE, "second"), "one document"),
                Arguments.of(good + "      steps:\n        - log: x\n", "camel.yaml:9: field 'steps' is written twice"),
                Arguments.of(
                        good.replace("description: A route of a test.", "description: &d \"${camelContext.stop}\"")
                                + "        - setBody: { simple: *d }\n",
                        "an alias (*) is not read"),
                Arguments.of(good.replace("steps:", "steps: none\n      other:"), "steps must be a list"),
                // simply broken
                Arguments.of("- route: [", "camel.yaml:1: this is not YAML: a ["),
                Arguments.of("\t- route:", "not YAML"),
                Arguments.of("", "must hold one list entry"),
                Arguments.of("just text", "must hold one list entry"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_of_another_form_is_refused(String file, String text) {
        assertThat(check(file))
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(reason)
                        .containsPattern("^(routes|connectors)/.*\\.yaml:[0-9]+: ")
                        .doesNotContain("\n"))
                .anySatisfy(reason -> assertThat(reason).contains(text));
    }

    @Test
    void a_service_that_passes_content_through_maps_nothing_on_the_event_loop() {
        write("transforms/test/planted-service/x.xsl", "<x/>");
        String card = EscapeTest.card(SERVICE).replace("mode: mapped", "mode: pass-through");

        assertThat(check(card, TestBus.Builder.route(SERVICE, "- to: lgsp-http:own?passThrough=true")))
                .isEmpty();
        assertThat(check(card, TestBus.Builder.route(SERVICE, "- to: kamelet:own-read")))
                .singleElement()
                .asString()
                .contains("mode pass-through has one step, such as '- to: lgsp-http:own?passThrough=true'");
        assertThat(
                        check(
                                card,
                                TestBus.Builder.route(
                                        SERVICE,
                                        "- to: lgsp-http:own?passThrough=true\n- to: xslt:file:transforms/test/planted-service/x.xsl")))
                .singleElement()
                .asString()
                .contains("mode pass-through has one step");
    }

    @Test
    void refused_and_broken_services_leave_all_others_serving() {
        try (StubPeer own = StubPeer.answering(200, "application/json", "{}")) {
            TestBus.Builder builder = TestBus.in(folder)
                    .system("own", own.port())
                    .passThrough("good-service", "own")
                    .grant("good-service");
            List<List<String>> broken = List.of(
                    List.of("bad-rule", TestBus.Builder.route("bad-rule", "- toD: { uri: \"${body}\" }")),
                    List.of("bad-yaml", "- route: ["),
                    List.of("bad-step", TestBus.Builder.route("bad-step", "- to: lgsp-http:own/x?nonsense=1")),
                    List.of(
                            "bad-option",
                            TestBus.Builder.route("bad-option", "- setBody: { constant: x, nonsense: 1 }")),
                    List.of(
                            "bad-mapping",
                            TestBus.Builder.route(
                                    "bad-mapping", "- to: xslt:file:transforms/test/bad-mapping/none.xsl")),
                    List.of(
                            "bad-schema",
                            TestBus.Builder.route(
                                    "bad-schema", "- to: lgsp-validate:test/bad-schema/none.schema.json")),
                    List.of(
                            "bad-jq",
                            TestBus.Builder.route(
                                    "bad-jq",
                                    "- transform: { jq: { expression: \"resource:file:transforms/test/bad-jq/none.jq\" } }")),
                    List.of("bad-jq-text", TestBus.Builder.route("bad-jq-text", "- transform: { jq: \"(\" }")),
                    List.of("bad-jsonpath", TestBus.Builder.route("bad-jsonpath", "- setBody: { jsonpath: \"$[\" }")),
                    List.of(
                            "bad-simple",
                            TestBus.Builder.route("bad-simple", "- filter: { simple: \"${body} ==\", steps: [] }")));
            broken.forEach(bad -> builder.service(bad.get(0), EscapeTest.card(bad.get(0)), bad.get(1))
                    .grant(bad.get(0)));
            try (TestBus bus = builder.start()) {
                for (List<String> bad : broken) {
                    String service = bad.get(0);
                    assertThat(bus.bus().refusedServices().get(service + "/v1"))
                            .as(service)
                            .isNotEmpty()
                            .allSatisfy(reason -> assertThat(reason)
                                    .contains(service + ".camel.yaml:")
                                    .doesNotContain("\n"));
                    HttpResponse<String> answer = bus.post("/api/" + service + "/v1/run", "text/plain", "x");
                    assertThat(answer.statusCode()).isEqualTo(503);
                    assertThat(TestBus.code(answer)).isEqualTo("service-unavailable");
                    assertThat(bus.recordOf(answer).error()).contains("service-unavailable");
                }
                assertThat(bus.bus().refusedServices()).hasSize(broken.size());
                HttpResponse<String> good = bus.get("/api/good-service/v1/x");
                assertThat(good.statusCode()).isEqualTo(200);
                assertThat(own.received()).hasSize(1);
            }
        }
    }
}
