package vn.lgsp.wssecurity;

import static vn.lgsp.message.Range.within;

import java.time.Duration;

/**
 * How messages are judged that carry a security header.
 *
 * @param life how old a message may be, by its time stamp or the time of its token; 10 s to 1 h, default 5 min
 * @param ahead how far the clock of the other side may be ahead; 0 to 10 min, default 1 min
 * @param remembered messages that are remembered at once, so that none is taken twice; 1,000 to 10,000,000, default 200,000
 */
public record WsSecuritySettings(Duration life, Duration ahead, int remembered) {
    public WsSecuritySettings {
        within("lgsp.wssecurity.life", life, Duration.ofSeconds(10), Duration.ofHours(1));
        within("lgsp.wssecurity.ahead", ahead, Duration.ZERO, Duration.ofMinutes(10));
        within("lgsp.wssecurity.remembered", remembered, 1_000, 10_000_000);
    }
}
