package vn.lgsp.soap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** A message with attachments, in whatever pieces it comes (BUS-18, SEC-01). */
class SoapMessageTest {
    private static final String ENVELOPE =
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p>"
                    + "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/></p></s:Body></s:Envelope>";
    private static final String CONTENT =
            "before\r\n--b \t\r\nContent-Type: application/xop+xml;\r\n\ttype=\"text/xml\"\r\n\r\n" + ENVELOPE
                    + "\r\n--b\r\ncontent-id: <a>\r\nContent-Transfer-Encoding: BINARY\r\n\r\n\r\n-\r\n--\r\n--a\r\r\n"
                    + "\r\n--b--\r\nafter";
    private static final ContentType TYPE =
            ContentType.of("multipart/related; boundary=b; type=\"application/xop+xml\"; action=\"urn:a\"");
    private static final Refusal REFUSAL = (fault, what) -> new BusException(ErrorCode.MESSAGE_INVALID, what);
    private static final byte[] MESSAGE = CONTENT.getBytes(ISO_8859_1);

    @Test
    void it_is_the_same_whatever_pieces_it_comes_in() {
        for (int first = 0; first <= MESSAGE.length; first++) {
            for (int second = first; second <= Math.min(first + 9, MESSAGE.length); second++) {
                SoapMessage.Reading reading = SoapMessage.passing(TYPE, 1000, REFUSAL);
                reading.add(Arrays.copyOfRange(MESSAGE, 0, first));
                reading.add(Arrays.copyOfRange(MESSAGE, first, second));
                reading.add(Arrays.copyOfRange(MESSAGE, second, MESSAGE.length));

                check(reading.done());
            }
        }
        SoapMessage.Reading slowly = SoapMessage.passing(TYPE, 1000, REFUSAL);
        for (byte next : MESSAGE) {
            slowly.add(new byte[] {next});
        }
        check(slowly.done());
        check(SoapMessage.of(MESSAGE, TYPE, REFUSAL));
    }

    private static void check(SoapMessage message) {
        assertThat(new String(message.envelope(), ISO_8859_1)).isEqualTo(ENVELOPE);
        assertThat(message.type().mediaType()).isEqualTo("text/xml");
        assertThat(message.type().parameter("action")).contains("urn:a");
    }

    @Test
    void what_a_part_holds_comes_back_byte_by_byte() {
        SoapMessage message = SoapMessage.of(MESSAGE, TYPE, REFUSAL);

        byte[] payload = EnvelopeReader.read(message.envelope(), Optional.empty(), REFUSAL, envelope -> {
            envelope.toPayload();
            return envelope.payload(message.attachments());
        });

        String base64 = java.util.Base64.getEncoder().encodeToString("\r\n-\r\n--\r\n--a\r\r\n".getBytes(ISO_8859_1));
        assertThat(new String(payload, ISO_8859_1)).endsWith(">" + base64 + "</p>");
    }

    @Test
    void what_cuts_it_off_or_bends_it_is_a_refusal_and_nothing_else(TestReporter reporter) {
        long seed = Long.getLong("lgsp.fidelity.seed", new SecureRandom().nextLong());
        reporter.publishEntry("lgsp.fidelity.seed", Long.toString(seed));
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bent = Arrays.copyOf(MESSAGE, 1 + random.nextInt(MESSAGE.length));
            for (int change = random.nextInt(4); change > 0; change--) {
                bent[random.nextInt(bent.length)] = (byte) "\r\n-b: <\0z".charAt(random.nextInt(8));
            }
            try {
                SoapMessage.of(bent, TYPE, REFUSAL);
            } catch (BusException refusal) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }
}
