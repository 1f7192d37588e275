package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import javax.xml.namespace.QName;
import org.apache.wss4j.dom.WSConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.wssecurity.SignedMessages;
import vn.lgsp.wssecurity.TestKeys;

/**
 * A guaranteed message that its source signs anew each time that it sends it is one message (DLV-05); and what its signature does not
 * cover decides nothing (SEC-03).
 */
final class SignedAgainTest {
    private static final String ADDRESSING = "http://www.w3.org/2005/08/addressing";
    private static final QName MESSAGE_ID = new QName(ADDRESSING, "MessageID");
    private static final QName OFFICE = new QName("urn:test:office", "Office");

    @TempDir
    private static Path folder;

    private static TestKeys keys;
    private static StubPeer provider;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        keys = SignedCity.keys(folder);
        provider = StubPeer.answering(200, "text/plain", "");
        bus = SignedCity.addTo(TestBus.in(folder), provider, keys)
                .setting("lgsp.broker.port", "0")
                .service(
                        "note",
                        SoapService.CARD
                                .replace("service: greeter", "service: note")
                                .replace(
                                        "action: \"urn:test:greeter:greet\"",
                                        "action: \"urn:test:greeter:greet\", headers: [\"{urn:test:office}Office\"]")
                                .replace("providers: [registry]", "deliveries: [ { to: registry } ]")
                                .replace("mode: mapped", "mode: guaranteed"),
                        TestBus.Builder.route("note", """
                                - setBody: { constant: "<Accepted xmlns='urn:test:greeter'/>" }
                                - setHeader: { name: Content-Type, constant: application/xml }"""))
                .write("routes/test/note.wsdl", SoapService.WSDL)
                .write(
                        "routes/test/note--to-registry.camel.yaml",
                        TestBus.Builder.route("note--to-registry", "- to: lgsp-http:registry/notes"))
                .grant("signer", "note", "")
                .grant("note")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    private static String headers(String id, String office) {
        return "<a:MessageID xmlns:a=\"" + ADDRESSING + "\">" + id + "</a:MessageID>"
                + (office.isEmpty() ? "" : "<o:Office xmlns:o=\"urn:test:office\">" + office + "</o:Office>");
    }

    private static String envelope(String id, String office, String name) {
        return SoapService.envelope(SoapService.SOAP_11, headers(id, office), SoapService.greet(name));
    }

    private static String signed(String envelope, QName... also) {
        return SignedMessages.with(keys)
                .signed("signer")
                .alsoOver(also)
                .write(
                        envelope,
                        SignedMessages.RSA_SHA256,
                        SignedMessages.SHA256,
                        SignedMessages.EXCLUSIVE,
                        WSConstants.BST_DIRECT_REFERENCE);
    }

    private static HttpResponse<String> send(String message) {
        return bus.send(HttpRequest.newBuilder(bus.uri("/soap/note/v1"))
                .header("Content-Type", "text/xml")
                .POST(BodyPublishers.ofString(message))
                .build());
    }

    @Test
    void signed_anew_it_is_the_same_message_and_is_delivered_once() {
        String first = signed(envelope("urn:a:1", "Q1", "Ánh"), MESSAGE_ID, OFFICE);
        String second = signed(envelope("urn:a:1", "Q1", "Ánh"), MESSAGE_ID, OFFICE);
        assertThat(second).isNotEqualTo(first);

        HttpResponse<String> accepted = send(first);
        HttpResponse<String> again = send(second);

        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(provider.received().stream()
                        .filter(call -> call.text().contains("Ánh"))
                        .count())
                .isEqualTo(1));
        // delivered and erased, it is known all the same; and the evidence is of the bytes that came each time
        HttpResponse<String> late = send(signed(envelope("urn:a:1", "Q1", "Ánh"), MESSAGE_ID, OFFICE));
        assertThat(late.statusCode()).isEqualTo(200);
        ExchangeRecord one = bus.recordOf(accepted);
        ExchangeRecord two = bus.recordOf(late);
        assertThat(one.request().orElseThrow().hex())
                .isNotEqualTo(two.request().orElseThrow().hex());
    }

    @Test
    void another_payload_or_another_let_in_block_under_the_same_id_is_a_conflict() {
        assertThat(send(signed(envelope("urn:a:2", "Q1", "Bình"), MESSAGE_ID, OFFICE))
                        .statusCode())
                .isEqualTo(200);

        assertThat(send(signed(envelope("urn:a:2", "Q1", "Châu"), MESSAGE_ID, OFFICE))
                        .body())
                .contains("<code>message-conflict</code>");
        assertThat(send(signed(envelope("urn:a:2", "Q2", "Bình"), MESSAGE_ID, OFFICE))
                        .body())
                .contains("<code>message-conflict</code>");
        assertThat(send(signed(envelope("urn:a:2", "", "Bình"), MESSAGE_ID)).body())
                .contains("<code>message-conflict</code>");
    }

    @Test
    void a_message_id_or_a_let_in_block_that_is_not_signed_is_refused_of_who_has_to_sign() {
        String open = signed(envelope("urn:a:3", "Q1", "Dũng"), OFFICE);
        String alsoOpen = signed(envelope("urn:a:3", "Q1", "Dũng"), MESSAGE_ID);
        String beside = signed(envelope("urn:a:3", "Q1", "Dũng"), MESSAGE_ID, OFFICE)
                .replace("<s:Header>", "<s:Header><o:Office xmlns:o=\"urn:test:office\">Q9</o:Office>");

        assertThat(send(open).body())
                .contains("<code>message-invalid</code>")
                .contains("does not cover its header block MessageID");
        assertThat(send(alsoOpen).body()).contains("does not cover its header block Office");
        assertThat(send(beside).body()).contains("does not cover its header block Office");
        // an account that shows a key signs nothing, and needs to sign nothing
        assertThat(bus.post("/soap/note/v1", "text/xml", envelope("urn:a:3", "Q1", "Dũng"))
                        .statusCode())
                .isEqualTo(200);
    }
}
