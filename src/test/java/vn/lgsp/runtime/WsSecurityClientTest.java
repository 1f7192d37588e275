package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.xml.ws.Service;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.namespace.QName;
import org.apache.cxf.Bus;
import org.apache.cxf.BusFactory;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.apache.cxf.endpoint.Client;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.ws.security.wss4j.WSS4JInInterceptor;
import org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor;
import org.apache.wss4j.common.ConfigurationConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.wssecurity.TestKeys;

/** A real client with WS-Security, CXF with WSS4J's interceptors, in both versions of SOAP (BUS-06, SEC-03). */
final class WsSecurityClientTest {
    private static final String WSSE =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    private static final String WSU =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    private static final QName SERVICE = new QName(SoapService.NAMESPACE, "GreeterService");

    @TempDir
    static Path folder;

    private static TestKeys keys;
    private static StubPeer provider;
    private static TestBus bus;
    private static Bus cxf;

    @BeforeAll
    static void start() {
        keys = SignedCity.keys(folder);
        provider = StubPeer.answering(200, "text/plain", "");
        bus = SignedCity.addTo(TestBus.in(folder), provider, keys).start();
        assertThat(bus.bus().refusedServices()).isEmpty();
        cxf = new ExtensionManagerBus();
        BusFactory.setThreadDefaultBus(cxf);
    }

    @AfterAll
    static void stop() {
        BusFactory.setThreadDefaultBus(null);
        cxf.shutdown(true);
        bus.close();
        provider.close();
    }

    @ParameterizedTest
    @CsvSource({"Port11, SOAP 1.1", "Port12, SOAP 1.2"})
    void a_client_is_known_by_the_digest_of_its_password(String port, String form) {
        SoapClientTest.Greeter greeter = proxy(port, token("người-dùng", SignedCity.TOKEN_PASSWORD));

        assertThat(greeter.greet(name("An")).text).isEqualTo("Xin chào An");
        assertThat(greeter.greet(name("Bình")).text).isEqualTo("Xin chào Bình");
        ExchangeRecord record = bus.records().get(0);
        assertThat(record.form()).isEqualTo(form);
        assertThat(record.account()).contains("token");
        assertThat(record.grant()).contains("token-greeter");
    }

    @ParameterizedTest
    @CsvSource({"Port11, signer", "Port12, signer", "Port11, curve", "Port12, curve"})
    void a_client_is_known_by_its_signature_of_body_and_time(String port, String who) {
        SoapClientTest.Greeter greeter = proxy(port, signature(port, who, "DirectReference"));

        assertThat(greeter.greet(name("Lê Thử & <𠮷>\r\n\t")).text).startsWith("Xin chào Lê Thử & <𠮷>");
        assertThat(bus.records().get(0).account()).contains(who);
    }

    @ParameterizedTest
    @CsvSource({
        "Port11, DirectReference",
        "Port12, IssuerSerial",
        "Port11, Thumbprint",
        "Port12, SKIKeyIdentifier",
        "Port11, X509KeyIdentifier"
    })
    void a_client_that_shows_both_may_name_its_certificate_in_any_way_where_the_bus_has_it(
            String port, String reference) {
        SoapClientTest.Greeter greeter = proxy(port, both(port, reference));

        assertThat(greeter.greet(name("An")).text).isEqualTo("Xin chào An");
        assertThat(bus.records().get(0).account()).contains("both");
    }

    @ParameterizedTest
    @CsvSource({"Port11", "Port12"})
    void the_answer_to_an_account_that_expects_it_is_signed_by_the_bus(String port) {
        SoapClientTest.Greeter greeter = proxy(port, signature(port, "signer", "DirectReference"));
        Map<String, Object> demanded = new HashMap<>();
        demanded.put(ConfigurationConstants.ACTION, "Timestamp Signature");
        demanded.put(ConfigurationConstants.SIG_VER_PROP_REF_ID, "trusted");
        demanded.put("trusted", keys.merlin("bus"));
        ClientProxy.getClient(greeter).getInInterceptors().add(new WSS4JInInterceptor(demanded));

        assertThat(greeter.greet(name("Đỗ")).text).isEqualTo("Xin chào Đỗ");
    }

    @Test
    void an_api_key_is_enough_as_ever() {
        assertThat(bus.post(
                                "/soap/greeter/v1",
                                "text/xml",
                                SoapService.envelope(SoapService.SOAP_11, "", SoapService.greet("An")))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Port11, FailedAuthentication",
        "Port12, FailedAuthentication",
    })
    void a_client_sees_the_code_of_the_standard(String port, String code) {
        SoapFault fault = fault(() -> proxy(port, token("người-dùng", "wrong")).greet(name("An")));

        QName shown = port.equals("Port11")
                ? fault.getFaultCode()
                : Objects.requireNonNull(fault.getSubCodes()).get(0);
        assertThat(shown).isEqualTo(new QName(WSSE, code));
        assertThat(bus.records().get(0).error()).contains("consumer-unknown");
        assertThat(bus.records().get(0).account()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"stranger, not registered", "late, not valid now"})
    void a_signature_by_an_unknown_or_an_expired_certificate_is_refused(String who, String why) {
        SoapFault fault = fault(() ->
                proxy("Port11", signature("Port11", who, "DirectReference")).greet(name("An")));

        assertThat(fault.getFaultCode()).isEqualTo(new QName(WSSE, "FailedAuthentication"));
        assertThat(fault.getMessage()).contains(why);
    }

    static SoapFault fault(ThrowableAssert.ThrowingCallable call) {
        Throwable cause = catchThrowable(call).getCause();
        assertThat(cause).isInstanceOf(SoapFault.class);
        return (SoapFault) Objects.requireNonNull(cause);
    }

    private static Map<String, Object> token(String user, String password) {
        Map<String, Object> how = new HashMap<>();
        how.put(ConfigurationConstants.ACTION, "UsernameToken");
        how.put(ConfigurationConstants.USER, user);
        how.put(ConfigurationConstants.PASSWORD_TYPE, "PasswordDigest");
        how.put(ConfigurationConstants.PW_CALLBACK_REF, passwords(password, TestKeys.PASSWORD));
        return how;
    }

    private static Map<String, Object> signature(String port, String who, String reference) {
        Map<String, Object> how = new HashMap<>();
        how.put(ConfigurationConstants.ACTION, "Timestamp Signature");
        how.put(ConfigurationConstants.SIGNATURE_USER, who);
        how.put(ConfigurationConstants.PW_CALLBACK_REF, passwords(SignedCity.TOKEN_PASSWORD, TestKeys.PASSWORD));
        how.put(ConfigurationConstants.SIG_PROP_REF_ID, "own");
        how.put("own", keys.merlin(who));
        how.put(ConfigurationConstants.SIG_KEY_ID, reference);
        how.put(
                ConfigurationConstants.SIG_ALGO,
                "http://www.w3.org/2001/04/xmldsig-more#" + (who.equals("curve") ? "ecdsa" : "rsa") + "-sha256");
        how.put(ConfigurationConstants.SIG_DIGEST_ALGO, "http://www.w3.org/2001/04/xmlenc#sha256");
        how.put(
                ConfigurationConstants.SIGNATURE_PARTS,
                "{Element}{" + (port.equals("Port11") ? SoapService.SOAP_11 : SoapService.SOAP_12) + "}Body;{Element}{"
                        + WSU + "}Timestamp");
        return how;
    }

    private static Map<String, Object> both(String port, String reference) {
        Map<String, Object> how = signature(port, "both", reference);
        how.put(ConfigurationConstants.ACTION, "Timestamp UsernameToken Signature");
        how.put(ConfigurationConstants.USER, "cả-hai");
        how.put(ConfigurationConstants.PW_CALLBACK_REF, passwords(SignedCity.OTHER_PASSWORD, TestKeys.PASSWORD));
        how.put(ConfigurationConstants.PASSWORD_TYPE, "PasswordDigest");
        how.merge(
                ConfigurationConstants.SIGNATURE_PARTS, ";{Element}{" + WSSE + "}UsernameToken", (a, b) -> a + "" + b);
        return how;
    }

    private static CallbackHandler passwords(String token, String key) {
        return asked -> {
            for (var one : asked) {
                WSPasswordCallback password = (WSPasswordCallback) one;
                password.setPassword(password.getUsage() == WSPasswordCallback.USERNAME_TOKEN ? token : key);
            }
        };
    }

    private static SoapClientTest.Greeter proxy(String port, Map<String, Object> security) {
        try {
            SoapClientTest.Greeter greeter = Service.create(
                            bus.uri("/soap/greeter/v1?wsdl").toURL(), SERVICE)
                    .getPort(new QName(SoapService.NAMESPACE, port), SoapClientTest.Greeter.class);
            Client client = ClientProxy.getClient(greeter);
            client.getOutInterceptors().add(new WSS4JOutInterceptor(security));
            return greeter;
        } catch (MalformedURLException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    private static SoapClientTest.Greet name(String name) {
        SoapClientTest.Greet greet = new SoapClientTest.Greet();
        greet.name = name;
        return greet;
    }
}
