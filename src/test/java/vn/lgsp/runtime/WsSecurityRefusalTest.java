package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;
import static vn.lgsp.runtime.SoapService.greet;

import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.wss4j.dom.WSConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.WsSecurity.Part;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Stage;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.wssecurity.SignedMessages;
import vn.lgsp.wssecurity.TestKeys;

/**
 * What is refused of those who would be known by their message: each by a fault, with a code and a record; nothing reaches the provider
 * (BUS-04, BUS-06, SEC-01, SEC-03, LOG-01).
 */
final class WsSecurityRefusalTest {
    private static final String SECRET = "LÊ THỬ 001000000000";
    private static final String USER = "người-dùng";
    private static final String WSSE =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    private static final Pattern BODY = Pattern.compile("<(\\w+):Body.*</\\1:Body>", Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("<\\w+:Security .*</\\w+:Security>", Pattern.DOTALL);
    private static final Pattern TIMESTAMP = Pattern.compile("<wsu:Timestamp .*</wsu:Timestamp>", Pattern.DOTALL);
    private static final Pattern SIGNATURE_VALUE =
            Pattern.compile("(<ds:SignatureValue>)([^<]*)(</ds:SignatureValue>)");

    @TempDir
    static Path folder;

    private static TestKeys keys;
    private static StubPeer provider;
    private static TestBus bus;
    private int before;

    @BeforeAll
    static void start() {
        keys = SignedCity.keys(folder);
        provider = StubPeer.answering(200, "text/plain", "");
        bus = SignedCity.addTo(TestBus.in(folder), provider, keys)
                .service(
                        "closed",
                        SoapService.CARD.replace("service: greeter", "service: closed"),
                        TestBus.Builder.route("closed", "- to: lgsp-http:registry/closed"))
                .write("routes/test/closed.wsdl", SoapService.WSDL)
                .grant("closed")
                .setting("lgsp.record.refusal-rate", "1000")
                .setting("lgsp.receive.unidentified-limit", "64KB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    @BeforeEach
    void remember() {
        before = provider.begun();
    }

    private static SignedMessages by(String who) {
        return SignedMessages.with(keys).signed(who);
    }

    private static SignedMessages token() {
        return SignedMessages.with(keys).token(USER, SignedCity.TOKEN_PASSWORD);
    }

    private static String hello() {
        return envelope(SOAP_11, "", greet(SECRET));
    }

    // What is taken, so that the refusals below are about what they say

    @Test
    void good_messages_are_taken_in_both_versions() {
        for (String message : List.of(
                token().write(hello()),
                token().timestamp().write(hello()),
                by("signer").write(hello()),
                by("curve").write(hello()),
                by("both")
                        .token("cả-hai", SignedCity.OTHER_PASSWORD)
                        .over(Part.BODY, Part.TIMESTAMP, Part.USERNAME_TOKEN)
                        .write(hello()))) {
            HttpResponse<String> answer = post(message);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("Xin chào " + SECRET);
        }
        assertThat(send(
                                "/soap/greeter/v1",
                                "application/soap+xml",
                                by("signer").write(envelope(SOAP_12, "", greet("An"))))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384, http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512, http://www.w3.org/2001/04/xmlenc#sha512",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1, http://www.w3.org/2001/04/xmlenc#sha256"
    })
    void stronger_algorithms_are_taken_too(String signature, String digest) {
        HttpResponse<String> answer = post(by("signer")
                .write(hello(), signature, digest, SignedMessages.EXCLUSIVE, WSConstants.BST_DIRECT_REFERENCE));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void a_comment_in_what_was_signed_changes_nothing_and_is_dropped() {
        HttpResponse<String> answer = post(by("signer").write(hello()).replace("LÊ THỬ", "LÊ <!-- x -->THỬ"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains(SECRET);
    }

    // Nothing, or too little, is shown

    @Test
    void a_message_that_shows_nothing_is_refused() {
        refused(hello(), "proves nobody");
        refused(SignedMessages.with(keys).timestamp().write(hello()), "proves nobody");
        refused(envelope(SOAP_11, "<w:Security xmlns:w=\"" + WSSE + "\"/>", greet(SECRET)), "proves nobody");
    }

    @Test
    void one_of_two_is_too_little_and_so_are_two_of_one() {
        refused(by("both").write(hello()), "does not show what its account is known by");
        refused(
                SignedMessages.with(keys)
                        .token("cả-hai", SignedCity.OTHER_PASSWORD)
                        .write(hello()),
                "does not show what its account is known by");
        refused(
                by("signer")
                        .token("cả-hai", SignedCity.OTHER_PASSWORD)
                        .over(Part.BODY, Part.TIMESTAMP, Part.USERNAME_TOKEN)
                        .write(hello()),
                "does not show what its account is known by");
        refused(
                by("both")
                        .token(USER, SignedCity.TOKEN_PASSWORD)
                        .over(Part.BODY, Part.TIMESTAMP, Part.USERNAME_TOKEN)
                        .write(hello()),
                "does not show what its account is known by");
    }

    // The token

    @Test
    void a_wrong_password_and_an_unknown_user_are_told_alike() {
        String wrong = refused(SignedMessages.with(keys).token(USER, "wrong").write(hello()), "not that of an account");
        String unknown = refused(
                SignedMessages.with(keys)
                        .token("nobody", SignedCity.TOKEN_PASSWORD)
                        .write(hello()),
                "not that of an account");
        String empty = refused(SignedMessages.with(keys).token("nobody", "").write(hello()), "not that of an account");

        assertThat(wrong).isEqualTo(unknown).isEqualTo(empty);
    }

    @Test
    void the_digest_of_another_user_is_refused() {
        refused(token().write(hello()).replace(">" + USER + "<", ">cả-hai<"), "not that of an account");
    }

    @Test
    void a_password_in_the_clear_and_a_token_without_nonce_or_time_are_refused() {
        refused(
                SignedMessages.with(keys).text(USER, SignedCity.TOKEN_PASSWORD).write(hello()),
                "not of PasswordDigest");
        refused(token().write(hello()).replaceAll("<wsse:Nonce.*</wsse:Nonce>", ""), "");
        refused(token().write(hello()).replaceAll("<wsu:Created>.*</wsu:Created>", ""), "");
        refused(token().write(hello()).replaceAll("<wsse:Password.*</wsse:Password>", ""), "");
        refused(
                token().write(hello()).replaceAll("(<wsse:Nonce[^>]*>)", "$1" + "A".repeat(10_000)),
                "not of PasswordDigest");
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 62})
    void a_token_that_is_too_old_or_from_the_future_is_refused(long seconds) {
        refused(
                token().at(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds)))
                        .write(hello()),
                "too old, or from the future");
    }

    @Test
    void a_token_is_taken_once_however_many_come_at_the_same_time() {
        String message = token().write(hello());

        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(() -> message)
                .limit(20)
                .map(text -> bus.http()
                        .sendAsync(request("/soap/greeter/v1", "text/xml", text), HttpResponse.BodyHandlers.ofString()))
                .toList();
        List<Integer> statuses = answers.stream()
                .map(CompletableFuture::join)
                .map(HttpResponse::statusCode)
                .sorted()
                .toList();

        assertThat(statuses.get(0)).isEqualTo(200);
        assertThat(statuses.subList(1, 20)).containsOnly(500);
        // with another body, and a new time of its envelope, it is the same token still
        remember();
        refused(message.replace(SECRET, "another"), "taken before");
        // nor is it another one with its nonce written otherwise
        for (String otherwise : List.of("$1 ", "$1\n", "$1!")) {
            remember();
            refused(message.replaceFirst("(<wsse:Nonce[^>]*>....)", otherwise), "taken before");
        }
    }

    // The signature

    @Test
    void an_altered_body_or_time_is_refused() {
        refused(by("signer").write(hello()).replace(SECRET, "LÊ THỬ 001000000001"), "signature that is wrong");
        refused(
                by("signer").write(hello()).replaceFirst("<wsu:Expires>2", "<wsu:Expires>3"),
                "signature that is wrong");
        refused(
                by("signer").write(hello()).replaceFirst("<wsu:Expires>.*</wsu:Expires>", ""),
                "signature that is wrong");
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 62})
    void a_signed_message_that_is_too_old_or_from_the_future_is_refused(long seconds) {
        refused(
                by("signer")
                        .at(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds)))
                        .write(hello()),
                "too old, or from the future");
    }

    @Test
    void a_signed_message_is_taken_once() {
        String message = by("signer").write(hello());
        assertThat(post(message).statusCode()).isEqualTo(200);
        remember();

        refused(message, "taken before");
        refused(message.replace("<s:Envelope", "<!-- other bytes --><s:Envelope"), "taken before");
    }

    @Test
    void the_other_way_to_write_a_signature_on_a_curve_is_the_same_message() {
        String message = by("curve").write(hello());
        assertThat(post(message).statusCode()).isEqualTo(200);
        remember();

        Matcher value = SIGNATURE_VALUE.matcher(message);
        assertThat(value.find()).isTrue();
        byte[] signature = Base64.getMimeDecoder().decode(value.group(2));
        BigInteger order = new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
        BigInteger second = order.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
        byte[] written = second.toByteArray();
        byte[] other = Arrays.copyOf(signature, 64);
        Arrays.fill(other, 32, 64, (byte) 0);
        int skipped = Math.max(0, written.length - 32);
        System.arraycopy(written, skipped, other, 64 - (written.length - skipped), written.length - skipped);

        refused(value.replaceFirst("$1" + Base64.getEncoder().encodeToString(other) + "$3"), "taken before");
    }

    @Test
    void what_must_be_signed_and_is_not_is_named() {
        refused(by("signer").over(Part.BODY).write(hello()), "does not cover its Timestamp");
        refused(by("signer").over(Part.TIMESTAMP).write(hello()), "does not cover its body");
        refused(
                by("both").token("cả-hai", SignedCity.OTHER_PASSWORD).write(hello()),
                "does not cover its UsernameToken");
        refused(TIMESTAMP.matcher(by("signer").over(Part.BODY).write(hello())).replaceFirst(""), "says no time");
    }

    @Test
    void a_signature_of_a_stranger_or_with_the_certificate_of_another_is_refused() {
        refused(by("stranger").write(hello()), "not registered");
        refused(by("late").write(hello()), "not valid now");
        String certificate = Base64.getEncoder().encodeToString(encoded("signer"));
        refused(
                by("stranger")
                        .write(hello())
                        .replaceFirst("(<wsse:BinarySecurityToken[^>]*>)[^<]*", "$1" + certificate),
                "signature that is wrong");
        refused(
                by("signer")
                        .write(
                                hello(),
                                SignedMessages.RSA_SHA256,
                                SignedMessages.SHA256,
                                SignedMessages.EXCLUSIVE,
                                WSConstants.ISSUER_SERIAL),
                "SecurityTokenUnavailable");
        refused(
                by("signer")
                        .write(
                                hello(),
                                SignedMessages.RSA_SHA256,
                                SignedMessages.SHA256,
                                SignedMessages.EXCLUSIVE,
                                WSConstants.KEY_VALUE),
                "InvalidSecurity");
    }

    @ParameterizedTest
    @CsvSource({
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1, http://www.w3.org/2001/04/xmlenc#sha256, http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256, http://www.w3.org/2000/09/xmldsig#sha1, http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256, http://www.w3.org/2001/04/xmlenc#sha256, http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    })
    void a_weak_algorithm_is_refused(String signature, String digest, String canonical) {
        refused(
                by("signer").write(hello(), signature, digest, canonical, WSConstants.BST_DIRECT_REFERENCE),
                "algorithm that is not taken");
    }

    // The signed part is moved aside

    @Test
    void a_body_that_was_moved_aside_and_replaced_is_refused() {
        String message = by("signer").write(hello());
        Matcher body = BODY.matcher(message);
        assertThat(body.find()).isTrue();
        String signed = body.group();
        String id = signed.replaceFirst("(?s).*wsu:Id=\"([^\"]*)\".*", "$1");
        for (String instead : List.of(
                "<s:Body>" + greet("moved") + "</s:Body>",
                "<s:Body xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" wsu:Id=\""
                        + id + "\">" + greet("moved") + "</s:Body>",
                "<s:Body Id=\"" + id + "\">" + greet("moved") + "</s:Body>",
                "<s:Body xml:id=\"" + id + "\">" + greet("moved") + "</s:Body>")) {
            String replaced = body.replaceFirst(Matcher.quoteReplacement(instead));
            refused(into(replaced, "</s:Header>", "<x:Aside xmlns:x=\"urn:x\">" + signed + "</x:Aside>"), "");
            refused(into(replaced, "<wsse:Security ", "<x:Aside xmlns:x=\"urn:x\">" + signed + "</x:Aside>"), "");
            refused(into(replaced, "</wsse:Security>", signed), "");
            refused(into(replaced, "</ds:Signature>", "<ds:Object>" + signed + "</ds:Object>"), "");
            refusedAs(ErrorCode.MESSAGE_INVALID, into(replaced, "<s:Body", signed), "");
        }
        // the signature itself is good: only where it points to is wrong
        refused(
                into(
                        body.replaceFirst(Matcher.quoteReplacement("<s:Body>" + greet("moved") + "</s:Body>")),
                        "</s:Header>",
                        "<x:Aside xmlns:x=\"urn:x\">" + signed + "</x:Aside>"),
                "does not cover its body");
        refused(body.replaceFirst(Matcher.quoteReplacement("<s:Body>" + greet("moved") + signed + "</s:Body>")), "");
    }

    @Test
    void a_time_that_was_moved_aside_and_replaced_is_refused() {
        String old = by("signer")
                .at(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-6)))
                .write(hello());
        String fresh = SignedMessages.with(keys).timestamp().write(hello());
        Matcher signed = TIMESTAMP.matcher(old);
        Matcher instead = TIMESTAMP.matcher(fresh);
        assertThat(signed.find() && instead.find()).isTrue();
        String replaced = signed.replaceFirst(Matcher.quoteReplacement(instead.group()));

        refused(
                into(
                        replaced,
                        "</s:Header>",
                        "<x:Aside xmlns:x=\"urn:x\" xmlns:wsse=\"" + WSSE
                                + "\" xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\">"
                                + signed.group() + "</x:Aside>"),
                "does not cover its Timestamp");
        refused(into(replaced, "</wsse:Security>", signed.group()), "not taken");
    }

    @Test
    void a_signature_over_a_filtered_body_is_refused() {
        // what the signer never signs: a transform that would leave out what was put in
        String message = by("signer").write(hello());
        String filter =
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>true()</ds:XPath></ds:Transform>";

        refused(message.replaceFirst("<ds:Transforms>", "<ds:Transforms>" + Matcher.quoteReplacement(filter)), "");
    }

    // The header as a whole

    @Test
    void two_headers_and_one_for_another_role_are_refused() {
        String message = by("signer").write(hello());
        String other = HEADER.matcher(token().write(hello()))
                .results()
                .findFirst()
                .orElseThrow()
                .group();

        refused(into(message, "</s:Header>", other), "one Security header");
        refused(
                message.replaceFirst("<wsse:Security ", "<wsse:Security s:actor=\"urn:another\" "),
                "one Security header");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>",
                "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>",
                "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
                "<wsse:Unknown/>",
                "<wsu:Timestamp><wsu:Created>2026-01-01T00:00:00Z</wsu:Created></wsu:Timestamp>"
            })
    void what_is_not_understood_in_the_header_is_refused(String more) {
        refused(into(by("signer").write(hello()), "</wsse:Security>", more), "");
    }

    @Test
    void nonsense_in_the_header_is_refused_within_a_second() {
        String message = by("signer").write(hello());
        for (String wrong : List.of(
                message.replaceFirst("(<wsse:BinarySecurityToken[^>]*>)[^<]*", "$1AAAA"),
                message.replaceFirst("(<wsse:BinarySecurityToken[^>]*>)[^<]*", "$1%%%"),
                message.replaceFirst("(<wsse:BinarySecurityToken[^>]*ValueType=\")[^\"]*", "$1urn:x"),
                message.replaceFirst("(<ds:SignatureValue>)[^<]*", "$1"),
                message.replaceFirst("(?s)<ds:KeyInfo.*</ds:KeyInfo>", ""),
                message.replaceFirst("(?s)<ds:SignedInfo.*</ds:SignedInfo>", ""),
                message.replaceFirst("(?s)(<ds:Reference .*)(</ds:SignedInfo>)", "$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$2"),
                message.replaceAll("URI=\"#[^\"]*\"", "URI=\"\""),
                message.replaceAll("URI=\"#[^\"]*\"", "URI=\"http://127.0.0.1:" + provider.port() + "/x\""),
                message.replaceAll("URI=\"#[^\"]*\"", "URI=\"file:///etc/hostname\""),
                message.replaceAll("URI=\"#[^\"]*\"", "URI=\"cid:x\""),
                message.replaceAll("<wsu:Created>[^<]*", "<wsu:Created>yesterday"),
                into(message, "<wsse:BinarySecurityToken ", "<x/>".repeat(10_000)))) {
            long start = System.nanoTime();
            refused(wrong, "");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void more_than_an_unknown_caller_may_send_is_refused_before_it_is_read() {
        HttpResponse<String> answer = post(by("signer").write(envelope(SOAP_11, "", greet("x".repeat(70_000)))));

        assertThat(answer.body())
                .contains("<code>message-too-large</code>")
                .contains("65536 bytes that are allowed here");
        assertThat(bus.recordOf(answer).error()).contains("message-too-large");
        assertThat(provider.begun()).isEqualTo(before);
        // who shows a key may send what the card says
        assertThat(bus.post("/soap/greeter/v1", "text/xml", envelope(SOAP_11, "", greet("x".repeat(70_000))))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_doctype_and_entities_are_refused_and_nothing_is_fetched() {
        String address = "http://127.0.0.1:" + provider.port() + "/dtd";
        String message = by("signer").write(hello());
        for (String doctype : List.of(
                "<!DOCTYPE s:Envelope SYSTEM \"" + address + "\">",
                "<!DOCTYPE s:Envelope [<!ENTITY x SYSTEM \"" + address + "\">]>",
                "<!DOCTYPE s:Envelope [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>")) {
            refusedAs(ErrorCode.MESSAGE_INVALID, doctype + message, "DOCTYPE");
        }
        refusedAs(ErrorCode.MESSAGE_INVALID, message.substring(0, message.length() - 9), "was cut off");
        refusedAs(ErrorCode.MESSAGE_INVALID, "", "");
        refusedAs(
                ErrorCode.MESSAGE_INVALID,
                envelope(SOAP_11, "", "<a>".repeat(70) + "</a>".repeat(70)),
                "exceeds what the bus reads of XML (64 levels");
    }

    // Who it is, and what it may

    @Test
    void a_known_caller_needs_a_grant_for_the_operation() {
        HttpResponse<String> answer = post(
                by("signer").write(envelope(SOAP_11, "", "<g:Dismiss xmlns:g=\"urn:test:greeter\">x</g:Dismiss>")));

        assertThat(answer.body()).contains("<code>grant-missing</code>");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.account()).contains("signer");
        assertThat(record.operation()).contains("SOAP dismiss");
        assertThat(provider.begun()).isEqualTo(before);
    }

    @Test
    void a_service_that_is_granted_to_nobody_who_signs_reads_no_body_without_a_key() {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send("POST /soap/closed/v1 HTTP/1.1\r\nHost: bus\r\nContent-Type: text/xml"
                            + "\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("<code>consumer-unknown</code>");
        }
    }

    @Test
    void a_wrong_key_is_refused_whatever_the_message_shows_and_a_right_one_leaves_the_header_not_understood() {
        HttpResponse<String> wrong = bus.send(HttpRequest.newBuilder(bus.uri("/soap/greeter/v1"))
                .header("X-Api-Key", "wrong")
                .header("Content-Type", "text/xml")
                .POST(BodyPublishers.ofString(by("signer").write(hello())))
                .build());
        assertThat(wrong.body()).contains("<code>consumer-unknown</code>");

        HttpResponse<String> right =
                bus.post("/soap/greeter/v1", "text/xml", by("signer").write(hello()));
        assertThat(right.body()).contains("MustUnderstand");
        assertThat(provider.begun()).isEqualTo(before);
    }

    @Test
    void only_the_soap_address_takes_a_message_for_a_credential() {
        HttpResponse<String> answer =
                send("/api/greeter/v1", "text/xml", by("signer").write(hello()));

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void without_the_step_that_identifies_nobody_passes(@TempDir Path other) throws Exception {
        String way = Files.readString(Path.of("routes/_way/way-sync.camel.yaml"));
        String step = "              - process: { ref: identify-message }\n";
        assertThat(way).contains(step);
        try (TestBus without = SignedCity.addTo(TestBus.in(other), provider, keys)
                .write("routes/_way/way-sync.camel.yaml", way.replace(step, ""))
                .start()) {
            for (String message :
                    List.of(hello(), token().write(hello()).replace("mustUnderstand=\"1\"", "mustUnderstand=\"0\""))) {
                HttpResponse<String> answer = without.send(HttpRequest.newBuilder(without.uri("/soap/greeter/v1"))
                        .header("Content-Type", "text/xml")
                        .POST(BodyPublishers.ofString(message))
                        .build());

                assertThat(answer.body()).contains("<code>consumer-unknown</code>");
                assertThat(without.recordOf(answer).error()).contains("consumer-unknown");
                assertThat(without.recordOf(answer).account()).isEmpty();
            }
        }
        assertThat(provider.begun()).isEqualTo(before);
    }

    private static String into(String text, String before, String more) {
        int at = text.indexOf(before);
        assertThat(at).as(before).isPositive();
        return text.substring(0, at) + more + text.substring(at);
    }

    private static byte[] encoded(String name) {
        try {
            return keys.certificate(name).getEncoded();
        } catch (java.security.cert.CertificateEncodingException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static HttpRequest request(String path, String type, String message) {
        return HttpRequest.newBuilder(bus.uri(path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(message))
                .build();
    }

    private static HttpResponse<String> send(String path, String type, String message) {
        return bus.send(request(path, type, message));
    }

    private static HttpResponse<String> post(String message) {
        return send("/soap/greeter/v1", "text/xml", message);
    }

    private String refused(String message, String why) {
        return refusedAs(ErrorCode.CONSUMER_UNKNOWN, message, why);
    }

    /** Gives back what people are told. */
    private String refusedAs(ErrorCode code, String message, String why) {
        HttpResponse<String> answer = post(message);

        assertThat(answer.statusCode()).as(message).isEqualTo(500);
        assertThat(answer.body())
                .contains("<code>" + code.code() + "</code>")
                .contains(why)
                .doesNotContain("001000000000", SignedCity.TOKEN_PASSWORD, "vn.lgsp", "apache");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.error()).contains(code.code());
        assertThat(record.outcome()).contains(Outcome.REFUSED);
        if (code == ErrorCode.CONSUMER_UNKNOWN) {
            assertThat(answer.body()).contains("<stage>" + Stage.IDENTIFY.label() + "</stage>");
        }
        assertThat(record.account()).isEmpty();
        assertThat(provider.begun()).as("calls of the provider").isEqualTo(before);
        return answer.body().replaceFirst("(?s).*<faultstring[^>]*>(.*)</faultstring>.*", "$1");
    }
}
