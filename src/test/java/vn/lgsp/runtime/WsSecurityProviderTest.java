package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.xml.ws.Provider;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.ServiceMode;
import jakarta.xml.ws.WebServiceProvider;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import org.apache.cxf.Bus;
import org.apache.cxf.BusFactory;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.apache.cxf.buslifecycle.BusLifeCycleManager;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.transport.http.netty.server.NettyHttpServerEngineFactory;
import org.apache.cxf.ws.security.wss4j.WSS4JInInterceptor;
import org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor;
import org.apache.wss4j.common.ConfigurationConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.FreePorts;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.catalogue.WsSecurity.KeyReference;
import vn.lgsp.catalogue.WsSecurity.Part;
import vn.lgsp.catalogue.WsSecurity.Signature;
import vn.lgsp.catalogue.WsSecurity.SigningKey;
import vn.lgsp.catalogue.WsSecurity.Written;
import vn.lgsp.message.Outcome;
import vn.lgsp.wssecurity.MessageSecurity;
import vn.lgsp.wssecurity.TestKeys;
import vn.lgsp.wssecurity.WsSecuritySettings;

/** A real server with WS-Security, CXF with WSS4J's interceptors, and one that answers wrongly (BUS-06, SEC-03). */
final class WsSecurityProviderTest {
    private static final String WSU =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    @TempDir
    static Path folder;

    private static TestKeys keys;
    private static Bus cxf;
    private static EndpointImpl endpoint;
    private static int port;
    private static StubPeer wrong;
    private static TestBus bus;
    private static volatile Map<String, Object> demanded = Map.of();

    /** Says hello to whomever it lets in. */
    @WebServiceProvider
    @ServiceMode(Service.Mode.PAYLOAD)
    static final class Hello implements Provider<Source> {
        @Override
        public Source invoke(Source request) {
            return new StreamSource(
                    new StringReader("<h:Hello xmlns:h=\"urn:test:hello\">Xin chào Đỗ &amp; &lt;𠮷&gt;</h:Hello>"));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        keys = TestKeys.in(folder)
                .rsa("bus", "provider", "stranger")
                .ec("curve")
                .done();
        Files.writeString(folder.resolve("wrong.txt"), "wrong");
        port = FreePorts.some(1).get(0);
        wrong = StubPeer.answering(200, "text/xml", "");
        cxf = new ExtensionManagerBus();
        endpoint = serve(cxf, port);
        String password = "'file:" + keys.passwordFile() + "'";
        String token = "usernameToken: { user: cổng-lgsp, password: %s%s }";
        String signature = "signature: { keyStore: %s, password: " + password + "%s }";
        String answer = "answer: { certificates: ['sha256:" + keys.fingerprint("provider") + "'] }";
        TestBus.Builder builder = TestBus.in(folder)
                .system("digest", port, security(token.formatted(password, "")))
                .system("text", port, security(token.formatted(password, ", type: text")))
                .system(
                        "wrong-password",
                        port,
                        security(token.formatted("'file:" + folder.resolve("wrong.txt") + "'", "")))
                .system("nothing", port)
                .system("signed", port, security(signature.formatted(keys.file("bus"), ""), answer))
                .system(
                        "named",
                        port,
                        security(
                                signature.formatted(keys.file("bus"), ", reference: thumbprint, alias: bus"),
                                "answer: { certificates: ['file:" + keys.pem("provider") + "'], timestamp: true }"))
                .system("curve", port, security(signature.formatted(keys.file("curve"), "")))
                .system(
                        "all",
                        port,
                        security(
                                token.formatted(password, ""),
                                "timestamp: 1m",
                                signature.formatted(
                                        keys.file("bus"), ", signs: [body, timestamp, username-token, certificate]"),
                                answer))
                .system("odd", wrong.port(), security(answer))
                .system("timed", wrong.port(), security("answer: { timestamp: true }"));
        bus = hello(
                        builder,
                        "digest",
                        "text",
                        "wrong-password",
                        "nothing",
                        "signed",
                        "named",
                        "curve",
                        "all",
                        "odd",
                        "timed")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        wrong.close();
        endpoint.stop();
        NettyHttpServerEngineFactory.destroyForPort(port);
        cxf.shutdown(true);
    }

    @BeforeEach
    void nothingIsDemanded() {
        demanded = Map.of();
    }

    @Test
    void the_digest_of_a_password_lets_the_bus_in_and_a_wrong_password_does_not() {
        demanded = tokens("PasswordDigest");

        assertThat(ask("digest").body()).contains("Xin chào Đỗ &amp; &lt;𠮷&gt;");
        assertThat(TestBus.code(ask("wrong-password"))).isEqualTo("provider-failed");
        assertThat(TestBus.code(ask("nothing"))).isEqualTo("provider-failed");
    }

    @Test
    void the_password_itself_is_sent_where_the_registry_says_so() {
        demanded = tokens("PasswordText");

        assertThat(ask("text").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"signed", "named"})
    void body_and_time_are_signed_and_so_must_be_the_answer(String system) {
        demanded = signatures("Timestamp Signature", "bus");

        assertThat(ask(system).body()).contains("Xin chào Đỗ &amp; &lt;𠮷&gt;");
        assertThat(ask(system).statusCode()).isEqualTo(200);
    }

    @Test
    void a_key_on_a_curve_signs_too() {
        demanded = signatures("Timestamp Signature", "curve");

        assertThat(ask("curve").statusCode()).isEqualTo(200);
    }

    @Test
    void token_time_and_certificate_are_signed_with_the_body_where_the_registry_says_so() {
        Map<String, Object> all = signatures("Timestamp UsernameToken Signature", "bus");
        all.put(ConfigurationConstants.PASSWORD_TYPE, "PasswordDigest");
        all.put(ConfigurationConstants.PW_CALLBACK_REF, (javax.security.auth.callback.CallbackHandler)
                WsSecurityProviderTest::password);
        demanded = all;

        assertThat(ask("all").statusCode()).isEqualTo(200);
    }

    // Answers that do not show what their connection demands

    @Test
    void an_answer_that_is_not_signed_is_invalid() {
        wrong.behaves(StubPeer.fixed(200, "text/xml; charset=utf-8", hello()));

        assertInvalid(ask("odd"), "is not signed");
        assertInvalid(ask("timed"), "has no Timestamp");
    }

    @Test
    void an_answer_signed_by_somebody_else_is_invalid() {
        wrong.behaves(StubPeer.fixed(200, "text/xml; charset=utf-8", signed("stranger", Clock.systemUTC())));

        assertInvalid(ask("odd"), "certificate that is not registered");
    }

    @Test
    void an_answer_that_was_altered_or_is_too_old_is_invalid() {
        wrong.behaves(StubPeer.fixed(
                200,
                "text/xml; charset=utf-8",
                signed("provider", Clock.systemUTC()).replace("Xin", "Tạm")));
        assertInvalid(ask("odd"), "signature that is wrong");

        wrong.behaves(StubPeer.fixed(
                200,
                "text/xml; charset=utf-8",
                signed("provider", Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-6)))));
        assertInvalid(ask("odd"), "too old");
    }

    @Test
    void a_good_answer_is_taken_once() {
        String answer = signed("provider", Clock.systemUTC());
        wrong.behaves(StubPeer.fixed(200, "text/xml; charset=utf-8", answer));

        assertThat(ask("odd").statusCode()).isEqualTo(200);
        assertInvalid(ask("odd"), "taken before");
    }

    @Test
    void a_fault_is_the_failure_of_the_provider_though_nobody_signed_it() {
        wrong.behaves(StubPeer.fixed(
                500,
                "text/xml",
                SoapService.envelope(
                        SoapService.SOAP_11,
                        "",
                        "<s:Fault><faultcode>s:Server</faultcode><faultstring>bận</faultstring></s:Fault>")));

        HttpResponse<String> answer = ask("odd");

        assertThat(TestBus.code(answer)).isEqualTo("provider-failed");
        assertThat(TestBus.json(answer).path("partnerCode").asText()).isEqualTo("Server");
    }

    private static void assertInvalid(HttpResponse<String> answer, String why) {
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(TestBus.code(answer)).isEqualTo("provider-invalid");
        assertThat(TestBus.json(answer).path("detail").asText()).contains(why).doesNotContain("chào");
        assertThat(bus.recordOf(answer).outcome()).contains(Outcome.FAILED);
    }

    private static HttpResponse<String> ask(String system) {
        return bus.post("/api/hello-" + system + "/v1/", "application/xml", "<ask/>");
    }

    private static String hello() {
        return SoapService.envelope(SoapService.SOAP_11, "", "<h:Hello xmlns:h=\"urn:test:hello\">Xin chào</h:Hello>");
    }

    private static String signed(String who, Clock clock) {
        byte[] envelope = new MessageSecurity(
                        new WsSecuritySettings(Duration.ofMinutes(5), Duration.ofMinutes(1), 1_000), clock)
                .secure(
                        hello().getBytes(StandardCharsets.UTF_8),
                        new Written(
                                Optional.empty(),
                                Optional.of(WsSecurity.DEFAULT_LIFE),
                                Optional.of(new Signature(
                                        Optional.of(new SigningKey(keys.key(who), List.of(keys.certificate(who)))),
                                        java.util.EnumSet.of(Part.BODY, Part.TIMESTAMP),
                                        KeyReference.DIRECT))));
        return new String(envelope, StandardCharsets.UTF_8);
    }

    private static String[] security(String... lines) {
        String[] all = new String[lines.length + 1];
        all[0] = "security:";
        for (int i = 0; i < lines.length; i++) {
            all[i + 1] = "  " + lines[i];
        }
        return all;
    }

    private static void password(javax.security.auth.callback.Callback[] asked) {
        for (var one : asked) {
            WSPasswordCallback password = (WSPasswordCallback) one;
            if ("cổng-lgsp".equals(password.getIdentifier()) || "provider".equals(password.getIdentifier())) {
                password.setPassword(TestKeys.PASSWORD);
            }
        }
    }

    private static Map<String, Object> tokens(String type) {
        Map<String, Object> how = new HashMap<>();
        how.put(ConfigurationConstants.ACTION, "UsernameToken");
        how.put(ConfigurationConstants.PASSWORD_TYPE, type);
        how.put(ConfigurationConstants.PW_CALLBACK_REF, (javax.security.auth.callback.CallbackHandler)
                WsSecurityProviderTest::password);
        return how;
    }

    private static Map<String, Object> signatures(String action, String trusted) {
        Map<String, Object> how = new HashMap<>();
        how.put(ConfigurationConstants.ACTION, action);
        how.put(ConfigurationConstants.SIG_VER_PROP_REF_ID, "trusted");
        how.put("trusted", keys.merlin(trusted));
        return how;
    }

    /** Demands what the test says, and signs its answers. */
    private static EndpointImpl serve(Bus cxf, int port) throws Exception {
        Bus before = BusFactory.getAndSetThreadDefaultBus(cxf);
        try {
            NettyHttpServerEngineFactory engines = cxf.getExtension(NettyHttpServerEngineFactory.class);
            cxf.getExtension(BusLifeCycleManager.class).unregisterLifeCycleListener(engines);
            engines.createNettyHttpServerEngine("127.0.0.1", port, "http");
            EndpointImpl endpoint = new EndpointImpl(cxf, new Hello());
            endpoint.getInInterceptors().add(new WSS4JInInterceptor(false) {
                @Override
                public void handleMessage(org.apache.cxf.binding.soap.SoapMessage message) {
                    if (!demanded.isEmpty()) {
                        new WSS4JInInterceptor(new HashMap<>(demanded)).handleMessage(message);
                    }
                }
            });
            Map<String, Object> answers = new HashMap<>();
            answers.put(ConfigurationConstants.ACTION, "Timestamp Signature");
            answers.put(ConfigurationConstants.SIGNATURE_USER, "provider");
            answers.put(ConfigurationConstants.SIG_PROP_REF_ID, "own");
            answers.put("own", keys.merlin("provider"));
            answers.put(ConfigurationConstants.SIG_KEY_ID, "DirectReference");
            answers.put(ConfigurationConstants.SIG_ALGO, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
            answers.put(ConfigurationConstants.SIG_DIGEST_ALGO, "http://www.w3.org/2001/04/xmlenc#sha256");
            answers.put(
                    ConfigurationConstants.SIGNATURE_PARTS,
                    "{Element}{" + SoapService.SOAP_11 + "}Body;{Element}{" + WSU + "}Timestamp");
            answers.put(ConfigurationConstants.PW_CALLBACK_REF, (javax.security.auth.callback.CallbackHandler)
                    WsSecurityProviderTest::password);
            endpoint.getOutInterceptors().add(new WSS4JOutInterceptor(answers));
            endpoint.publish("http://127.0.0.1:" + port + "/hello");
            return endpoint;
        } finally {
            BusFactory.setThreadDefaultBus(before);
        }
    }

    private static TestBus.Builder hello(TestBus.Builder builder, String... systems) {
        for (String system : systems) {
            String service = "hello-" + system;
            builder.service(
                            service,
                            CARD.formatted(service, system),
                            TestBus.Builder.route(service, ROUTE.formatted(system)))
                    .grant(service);
        }
        return builder;
    }

    private static final String CARD = """
            service: %s
            version: 1
            name: { vi: Lời chào, en: Hello }
            description: Says hello.
            contact: the test
            providers: [%s]
            mode: mapped
            criterion: real-time
            personalData: false
            operations:
              - { id: ask, method: POST, path: "/", accepts: [application/xml] }
            """;

    private static final String ROUTE = """
            - setBody: { constant: "<ask xmlns='urn:test:hello'/>" }
            - to: lgsp-soap:%s/hello?expectsNamespace=urn:test:hello&expectsName=Hello""";
}
