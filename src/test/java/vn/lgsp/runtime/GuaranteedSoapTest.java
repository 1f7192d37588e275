package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was accepted by REST, by SOAP or on a queue is delivered to a SOAP system, by the plan of the card (BUS-06, DLV-03). */
final class GuaranteedSoapTest {
    private static final String CARD = SoapService.CARD
                    .replace("providers: [registry]", "deliveries: [ { to: registry, retry: { first: 20ms } } ]")
                    .replace("mode: mapped", "mode: guaranteed")
            + """
              - { id: send, method: POST, path: /greetings, accepts: [application/xml] }
              - { id: take, accepts: [application/xml], jms: {} }
            """;

    @TempDir
    private Path folder;

    private final StubPeer registry = StubPeer.answering(
            200,
            "application/soap+xml",
            SoapService.envelope(SoapService.SOAP_12, "", "<GreetResponse xmlns=\"urn:test:greeter\"/>"));
    private TestBus bus;

    @BeforeEach
    void start() {
        bus = TestBus.in(folder)
                .setting("lgsp.broker.port", "0")
                .setting("lgsp.guarantee.sweep", "50ms")
                .system("registry", registry.port())
                .service("greeter", CARD, TestBus.Builder.route("greeter", """
                        - setBody: { constant: "<Accepted xmlns='urn:test:greeter'/>" }
                        - setHeader: { name: Content-Type, constant: application/xml }"""))
                .write("routes/test/greeter.wsdl", SoapService.WSDL)
                .write(
                        "routes/test/greeter--to-registry.camel.yaml",
                        TestBus.Builder.route(
                                "greeter--to-registry",
                                "- to:"
                                        + " lgsp-soap:registry/soap?version=1.2&expectsNamespace=urn:test:greeter&expectsName=GreetResponse"))
                .grant("greeter")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterEach
    void stop() {
        bus.close();
        registry.close();
    }

    @Test
    void whichever_way_it_came_in_it_is_delivered_by_soap() throws JMSException {
        assertThat(byRest("Ánh").statusCode()).isEqualTo(202);
        assertThat(bus.post(
                                "/soap/greeter/v1",
                                "text/xml; charset=utf-8",
                                SoapService.envelope(SoapService.SOAP_11, "", SoapService.greet("Bình")))
                        .statusCode())
                .isEqualTo(200);
        try (JmsClient asker = JmsClient.connect(bus.bus().brokerPort(), "asker-key", TestBus.KEY)) {
            Message answer = asker.ask("lgsp.in.greeter", asker.text(SoapService.greet("Châu")));
            assertThat(answer.getIntProperty("lgsp_status")).isEqualTo(202);
        }

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(registry.received()).hasSize(3));
        assertThat(registry.received()).allSatisfy(call -> {
            assertThat(call.headers().get("Content-Type")).startsWith("application/soap+xml");
            assertThat(call.text()).contains(SoapService.SOAP_12);
        });
        assertThat(registry.received().stream().map(StubPeer.Seen::text))
                .anySatisfy(text -> assertThat(text).contains("Ánh"))
                .anySatisfy(text -> assertThat(text).contains("Bình"))
                .anySatisfy(text -> assertThat(text).contains("Châu"));
    }

    @Test
    void a_fault_and_another_answer_inside_a_200_are_tried_again_under_the_same_delivery_id() {
        registry.behaves(request -> {
            String body = List.of(
                            "<s:Fault xmlns:s=\"" + SoapService.SOAP_12
                                    + "\"><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text"
                                    + " xml:lang=\"vi\">Lỗi</s:Text></s:Reason></s:Fault>",
                            "<Loi xmlns=\"urn:test:greeter\"/>",
                            "<GreetResponse xmlns=\"urn:test:greeter\"/>")
                    .get(Math.min(registry.received().size(), 3) - 1);
            request.response()
                    .setStatusCode(registry.received().size() == 1 ? 500 : 200)
                    .putHeader("Content-Type", "application/soap+xml; charset=utf-8")
                    .end(SoapService.envelope(SoapService.SOAP_12, "", body));
        });

        String exchange = byRest("Ánh").headers().firstValue("X-LGSP-Exchange").orElseThrow();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(TestBus.json(bus.get("/exchanges/" + exchange))
                                .path("state")
                                .asText())
                        .isEqualTo("delivered"));
        Map<String, List<StubPeer.Seen>> attempts = registry.received().stream()
                .collect(Collectors.groupingBy(call -> call.headers().get("X-LGSP-Delivery")));
        assertThat(attempts.values()).singleElement().satisfies(calls -> assertThat(calls)
                .hasSize(3));
    }

    private HttpResponse<String> byRest(String name) {
        return bus.post("/api/greeter/v1/greetings", "application/xml", SoapService.greet(name));
    }
}
