package vn.lgsp.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.ndxp.AccessToken;

final class TokensTest {
    private static final Tokens.Refusal UNAUTHORIZED = Tokens.Refusal.UNAUTHORIZED;
    private static final BusException AWAY = new BusException(ErrorCode.TOKEN_UNAVAILABLE, "away");

    private final List<Promise<AccessToken>> asked = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1_000; // the monotonic clock may wrap
    private final Tokens tokens = new Tokens(
            () -> {
                Promise<AccessToken> question = Promise.promise();
                asked.add(question);
                return question.future();
            },
            () -> now);

    private void gives(String value, int seconds) {
        asked.get(asked.size() - 1).complete(new AccessToken(value, Duration.ofSeconds(seconds)));
    }

    private void passes(Duration time) {
        now += time.toNanos();
    }

    private Tokens.Held good() {
        Future<Tokens.Held> token = tokens.token();
        assertThat(token.succeeded()).isTrue();
        return token.result();
    }

    @Test
    void five_hundred_who_come_at_once_wait_for_one_question() throws Exception {
        ExecutorService crowd = Executors.newFixedThreadPool(16);
        CountDownLatch in = new CountDownLatch(500);
        List<Future<Tokens.Held>> waiting = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (int i = 0; i < 500; i++) {
            crowd.execute(() -> {
                waiting.add(tokens.token());
                in.countDown();
            });
        }
        assertThat(in.await(30, TimeUnit.SECONDS)).isTrue();
        crowd.shutdown();
        assertThat(asked).hasSize(1);

        gives("one", 3_600);

        assertThat(waiting)
                .hasSize(500)
                .allSatisfy(token -> assertThat(token.result().value()).isEqualTo("one"));
    }

    @Test
    void it_is_renewed_before_its_end_while_the_old_one_is_still_used() {
        tokens.token();
        gives("one", 100);
        passes(Duration.ofSeconds(89));
        assertThat(good().value()).isEqualTo("one");
        assertThat(asked).hasSize(1);

        passes(Duration.ofSeconds(2));
        assertThat(good().value()).isEqualTo("one");
        assertThat(good().value()).isEqualTo("one");
        assertThat(asked).hasSize(2);
        gives("two", 100);
        assertThat(good().value()).isEqualTo("two");
    }

    @Test
    void a_renewal_that_fails_leaves_the_old_one_until_its_end() {
        tokens.token();
        gives("one", 100);
        passes(Duration.ofSeconds(91));
        good();
        asked.get(1).fail(AWAY);
        assertThat(good().value()).isEqualTo("one");
        assertThat(asked).as("it rests").hasSize(2);
        passes(Duration.ofMillis(1_001));
        assertThat(good().value()).isEqualTo("one");
        assertThat(asked).hasSize(3);
        asked.get(2).fail(AWAY);

        passes(Duration.ofSeconds(8));
        Future<Tokens.Held> next = tokens.token();
        assertThat(next.isComplete()).as("the old one has ended").isFalse();
        gives("four", 100);
        assertThat(next.result().value()).isEqualTo("four");
    }

    @Test
    void who_comes_while_the_endpoint_is_away_hears_so_at_once_and_it_is_asked_ever_more_seldom() {
        List<Integer> questions = new ArrayList<>();
        for (int second = 0; second < 120; second++) {
            Future<Tokens.Held> token = tokens.token();
            if (!token.isComplete()) {
                questions.add(second);
                asked.get(asked.size() - 1).fail(AWAY);
            }
            assertThat(token.cause()).isSameAs(AWAY);
            assertThat(tokens.token().cause()).isSameAs(AWAY);
            passes(Duration.ofSeconds(1));
        }
        assertThat(questions).containsExactly(0, 1, 3, 7, 15, 31, 61, 91);
    }

    @Test
    void a_refused_one_is_renewed_once_for_all_who_used_it() {
        tokens.token();
        gives("one", 100);
        Tokens.Held one = good();
        assertThat(tokens.refused(one, UNAUTHORIZED)).isTrue();
        assertThat(tokens.refused(one, UNAUTHORIZED)).isTrue();
        Future<Tokens.Held> next = tokens.token();
        gives("two", 100);
        assertThat(tokens.refused(one, UNAUTHORIZED))
                .as("who comes late with the old one")
                .isTrue();
        assertThat(next.result().value()).isEqualTo("two");
        assertThat(good().value()).isEqualTo("two");
        assertThat(asked).hasSize(2);
    }

    @Test
    void who_refuses_every_token_is_not_asked_for_one_after_the_other() {
        tokens.token();
        gives("one", 100);
        tokens.refused(good(), UNAUTHORIZED);
        tokens.token();
        gives("two", 100);
        tokens.refusedAgain(UNAUTHORIZED);
        for (int i = 0; i < 100; i++) {
            assertThat(tokens.refused(good(), UNAUTHORIZED)).isFalse();
        }
        assertThat(asked).hasSize(2);

        passes(Tokens.DISTRUST.plusMillis(1));
        assertThat(tokens.refused(good(), UNAUTHORIZED)).isTrue();
        tokens.token();
        gives("three", 100);
        tokens.refusedAgain(UNAUTHORIZED);
        assertThat(tokens.refused(good(), UNAUTHORIZED))
                .as("whatever it takes of other calls meanwhile: then it is not the token")
                .isFalse();
    }

    @Test
    void who_called_with_an_older_one_gets_the_newer_one_though_another_call_was_refused_that_too() {
        tokens.token();
        gives("one", 100);
        Tokens.Held one = good();
        tokens.refused(one, UNAUTHORIZED);
        tokens.token();
        gives("two", 100);
        tokens.refusedAgain(UNAUTHORIZED);

        assertThat(tokens.refused(one, UNAUTHORIZED))
                .as("who gave the second may have ended the first")
                .isTrue();
        assertThat(good().value()).isEqualTo("two");
        assertThat(asked).hasSize(2);
        assertThat(tokens.refused(good(), UNAUTHORIZED)).isFalse();
    }

    private static Tokens.Refusal perhaps(String code) {
        return new Tokens.Refusal(code, false);
    }

    @Test
    void a_code_that_a_fresh_one_meets_too_asks_for_no_further_one_while_that_is_taken_otherwise() {
        tokens.token();
        gives("one", 3_600);
        Tokens.Held one = good();
        assertThat(tokens.refused(one, perhaps("7"))).isTrue();
        tokens.token();
        gives("two", 3_600);
        assertThat(tokens.refused(one, perhaps("7")))
                .as("who comes late with the old one")
                .isTrue();

        for (int second = 0; second < 1_000; second++) {
            assertThat(tokens.refused(good(), perhaps("7"))).isFalse();
            if (second % 50 == 0) {
                tokens.took(good());
            }
            passes(Duration.ofSeconds(1));
        }
        assertThat(asked).hasSize(2);

        passes(Tokens.ALIVE);
        assertThat(tokens.refused(good(), perhaps("7")))
                .as("nothing was taken for a minute: it may have ended")
                .isTrue();
    }

    @Test
    void a_code_that_every_one_meets_asks_for_another_now_and_then() {
        int renewals = 0;
        for (int second = 0; second < 100; second++) {
            Future<Tokens.Held> token = tokens.token();
            if (!token.isComplete()) {
                gives("t" + second, 3_600);
            }
            renewals += tokens.refused(token.result(), perhaps("5")) ? 1 : 0;
            passes(Duration.ofSeconds(1));
        }
        assertThat(renewals).isBetween(5, 10);
    }

    @Test
    void a_token_that_really_ends_is_renewed_whatever_another_code_was_found_to_mean() {
        tokens.token();
        gives("one", 3_600);
        tokens.refused(good(), perhaps("7"));
        tokens.token();
        gives("two", 3_600);
        tokens.refusedAgain(perhaps("7"));

        assertThat(tokens.refused(good(), perhaps("5"))).isTrue();
        tokens.token();
        gives("three", 3_600);
        assertThat(good().value()).isEqualTo("three");
        assertThat(tokens.refused(good(), UNAUTHORIZED)).isTrue();
    }

    @Test
    void a_code_that_helped_is_not_believed_again_at_once() {
        tokens.token();
        gives("one", 3_600);
        tokens.refused(good(), perhaps("7"));
        tokens.token();
        gives("two", 3_600);
        passes(Tokens.DISTRUST.plusMillis(1));

        assertThat(tokens.refused(good(), perhaps("7"))).isTrue();
    }

    @Test
    void who_has_a_new_code_each_time_is_soon_not_believed() {
        int renewals = 0;
        for (int code = 1; code <= 1_000; code++) {
            Future<Tokens.Held> token = tokens.token();
            if (!token.isComplete()) {
                gives("t" + code, 3_600);
            }
            renewals += tokens.refused(token.result(), perhaps("E" + code)) ? 1 : 0;
            passes(Duration.ofMillis(1));
        }
        assertThat(renewals).isEqualTo(Tokens.WORDS);

        assertThat(tokens.refused(good(), UNAUTHORIZED))
                .as("a word that is sure")
                .isTrue();
        passes(Tokens.DISTRUST);
        tokens.token();
        gives("later", 3_600);
        assertThat(tokens.refused(good(), perhaps("E1001"))).isTrue();
    }

    @Test
    void one_without_a_life_serves_those_who_waited_for_it() {
        Future<Tokens.Held> first = tokens.token();
        gives("once", 0);
        assertThat(first.result().value()).isEqualTo("once");
        assertThat(tokens.token().isComplete()).isFalse();
        assertThat(asked).hasSize(2);
    }
}
