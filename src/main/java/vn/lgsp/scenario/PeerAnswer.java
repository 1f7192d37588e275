package vn.lgsp.scenario;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a peer does with one call, or with one message of its queue.
 *
 * @param status of the answer
 * @param headers of the answer, by the names that the scenario writes
 * @param content the whole body, in an envelope where it is SOAP
 * @param charset that the body is written in, whatever the headers say
 * @param delay before anything is answered
 * @param fails what goes wrong, if anything does
 */
record PeerAnswer(
        int status,
        Map<String, String> headers,
        Optional<String> content,
        Charset charset,
        Duration delay,
        Optional<Failure> fails) {

    /** What can go wrong with a peer. */
    enum Failure {
        /** It cannot be reached, and sees nothing. */
        DOWN,
        /** It takes the call and never answers. */
        HANG,
        /** It ends the connection in the middle of its answer. */
        CUT,
        /** It takes a message of its queue and gives it back. */
        ROLL_BACK
    }

    byte[] bytes() {
        return content.map(text -> text.getBytes(charset)).orElseGet(() -> new byte[0]);
    }
}
