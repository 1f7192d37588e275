package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.Operator;

class SignInTest {
    private static final String READ = "{\"type\":\"version\"}";
    private ManagedBus bus;

    @BeforeEach
    void start() throws Exception {
        bus = new ManagedBus(3);
    }

    @AfterEach
    void stop() throws Exception {
        bus.close();
    }

    @Test
    void the_right_password_begins_a_session_whose_cookie_scripts_and_other_sites_cannot_use() {
        RawClient.Answer answer = bus.signIn(ManagedBus.USER, ManagedBus.PASSWORD);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("set-cookie").orElseThrow())
                .contains("; HTTPOnly")
                .contains("; SameSite=Strict")
                .contains("; Path=/")
                .doesNotContain("Secure");
        String session = "Cookie: " + answer.cookie();
        assertThat(bus.client.get("/hawtio/user", session).body()).isEqualTo("\"van-hanh\"");
        assertThat(bus.jolokia(session, READ).status()).isEqualTo(200);
        assertThat(count("accepted")).isEqualTo(1);
    }

    @Test
    void a_wrong_password_and_an_unknown_name_get_the_same_answer_and_no_session() {
        RawClient.Answer wrong = bus.signIn(ManagedBus.USER, "Mật khẩu dài 2!");
        RawClient.Answer unknown = bus.signIn("nobody", ManagedBus.PASSWORD);

        assertThat(List.of(wrong.status(), unknown.status())).containsOnly(401);
        assertThat(wrong.body()).isEqualTo(unknown.body());
        assertThat(wrong.header("set-cookie")).isEmpty();
        assertThat(count("refused")).isEqualTo(2);
    }

    @Test
    void what_is_no_sign_in_is_refused() {
        assertThat(bus.client.post("/hawtio/auth/login", "").status()).isEqualTo(400);
        assertThat(bus.client.post("/hawtio/auth/login", "[]").status()).isEqualTo(400);
        assertThat(bus.client.post("/hawtio/auth/login", "null").status()).isEqualTo(400);
        assertThat(bus.client
                        .post("/hawtio/auth/login", "{\"username\":{\"$ne\":1},\"password\":[]}")
                        .status())
                .isEqualTo(400);
        assertThat(bus.signIn(ManagedBus.USER, "x".repeat(5_000)).status()).isEqualTo(413);
        assertThat(bus.signIn(ManagedBus.USER, "x".repeat(300)).status()).isEqualTo(401);
        assertThat(bus.client
                        .get("/hawtio/auth/login?username=van-hanh&password=x")
                        .status())
                .isIn(401, 404);
    }

    @Test
    void a_session_that_somebody_else_chose_is_not_taken_over() {
        String planted = "Cookie: lgsp-session=planted-by-somebody";
        RawClient.Answer answer = bus.signIn(ManagedBus.USER, ManagedBus.PASSWORD, planted);

        assertThat(answer.cookie()).doesNotContain("planted");
        assertThat(bus.client.get("/hawtio/user", planted).status()).isEqualTo(401);
        assertThat(bus.client.get("/hawtio/user", "Cookie: " + answer.cookie()).status())
                .isEqualTo(200);
    }

    @Test
    void signing_in_again_ends_the_session_before() {
        String first = bus.signedIn();
        RawClient.Answer second = bus.signIn(ManagedBus.USER, ManagedBus.PASSWORD, first);

        assertThat("Cookie: " + second.cookie()).isNotEqualTo(first);
        assertThat(bus.client.get("/hawtio/user", first).status()).isEqualTo(401);
    }

    @Test
    void signing_out_ends_the_session_also_for_one_who_kept_the_cookie() {
        String session = bus.signedIn();
        RawClient.Answer out = bus.client.get("/hawtio/auth/logout", session);

        assertThat(out.status()).isEqualTo(302);
        assertThat(out.header("location")).contains("/hawtio/login");
        assertThat(out.header("set-cookie").orElseThrow()).contains("Max-Age=0");
        assertThat(bus.client.get("/hawtio/user", session).status()).isEqualTo(401);
        assertThat(bus.jolokia(session, READ).status()).isEqualTo(401);
    }

    @Test
    void a_session_ends_when_nothing_is_done_and_the_regular_reading_of_the_console_does_not_keep_it() {
        String session = bus.signedIn();
        bus.time.pass(Duration.ofMinutes(14));
        assertThat(bus.client.get("/hawtio/refresh", session).status()).isEqualTo(200);
        bus.time.pass(Duration.ofMinutes(14));
        assertThat(bus.jolokia(session, READ).status()).isEqualTo(200);
        bus.time.pass(Duration.ofMinutes(1));
        assertThat(bus.jolokia(session, READ).status()).isEqualTo(401);
    }

    @Test
    void no_session_lasts_longer_than_twelve_hours() {
        String session = bus.signedIn();
        for (int minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
            bus.time.pass(Duration.ofMinutes(10));
            assertThat(bus.client.get("/hawtio/refresh", session).status()).isEqualTo(200);
        }
        bus.time.pass(Duration.ofMinutes(10));
        assertThat(bus.client.get("/hawtio/refresh", session).status()).isEqualTo(401);
    }

    @Test
    void an_operator_who_is_removed_or_gets_another_password_is_signed_out_at_once() {
        String session = bus.signedIn();
        bus.catalogue.replace(ManagedBus.snapshot(new Operator(
                ManagedBus.USER, PasswordHash.make("another", 10_000).stored())));
        assertThat(bus.client.get("/hawtio/user", session).status()).isEqualTo(401);

        bus.catalogue.replace(ManagedBus.snapshot());
        assertThat(bus.signIn(ManagedBus.USER, "another").status()).isEqualTo(401);
    }

    @Test
    void a_password_that_was_right_a_moment_ago_is_not_hashed_again_until_it_is_another_or_time_has_passed() {
        Operator operator =
                new Operator(ManagedBus.USER, PasswordHash.make("right", 10_000).stored());
        RightLately lately = new RightLately(bus.time);
        assertThat(lately.knows(operator, "right")).isFalse();
        lately.remember(operator, "right");

        assertThat(lately.knows(operator, "right")).isTrue();
        assertThat(lately.knows(operator, "wrong")).isFalse();
        assertThat(lately.knows(
                        new Operator(
                                ManagedBus.USER,
                                PasswordHash.make("right", 10_000).stored()),
                        "right"))
                .as("the registry has another hash of it now")
                .isFalse();
        bus.time.pass(Duration.ofMinutes(5));
        assertThat(lately.knows(operator, "right")).isFalse();
    }

    @Test
    void after_some_wrong_passwords_even_the_right_one_has_to_wait_each_time_longer() {
        for (int i = 0; i < 3; i++) {
            assertThat(bus.signIn(ManagedBus.USER, "wrong").status()).isEqualTo(401);
        }
        RawClient.Answer early = bus.signIn(ManagedBus.USER, ManagedBus.PASSWORD);
        assertThat(early.status()).isEqualTo(429);
        assertThat(early.header("retry-after")).contains("1");
        assertThat(count("limited")).isEqualTo(1);

        bus.time.pass(Duration.ofSeconds(1));
        assertThat(bus.signIn(ManagedBus.USER, "wrong").status()).isEqualTo(401);
        assertThat(bus.signIn(ManagedBus.USER, "wrong").header("retry-after")).contains("2");

        bus.time.pass(Duration.ofSeconds(2));
        assertThat(bus.signIn(ManagedBus.USER, ManagedBus.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void an_address_that_tries_one_name_after_the_other_has_to_wait_as_well() {
        for (int i = 0; i < 3; i++) {
            assertThat(bus.signIn("guess-" + i, "wrong").status()).isEqualTo(401);
        }
        assertThat(bus.signIn("guess-3", "wrong").status()).isEqualTo(429);
    }

    @Test
    void a_wrong_password_by_http_basic_counts_too() {
        for (int i = 0; i < 3; i++) {
            assertThat(bus.client
                            .get("/records", basic(ManagedBus.USER, "wrong"))
                            .status())
                    .isEqualTo(401);
        }
        assertThat(bus.client
                        .get("/records", basic(ManagedBus.USER, ManagedBus.PASSWORD))
                        .status())
                .isEqualTo(429);
    }

    static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return "Authorization: Basic " + java.util.Base64.getEncoder().encodeToString(pair);
    }

    private double count(String outcome) {
        return bus.meters.counter("lgsp.operate.sign-in", "outcome", outcome).count();
    }
}
