package vn.lgsp.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.TransformerFactoryImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker believes nobody: a bus that breaks its word in any way is caught, and an honest one is not accused. */
class VerdictTest {
    private static final Map<FakeBus.Lie, Set<String>> CAUGHT = Map.ofEntries(
            Map.entry(FakeBus.Lie.LOSES_ONE_DELIVERY, Set.of("lost", "half", "wrongState")),
            Map.entry(FakeBus.Lie.LOSES_BOTH, Set.of("lost", "wrongState")),
            Map.entry(FakeBus.Lie.LOSES_WHAT_WAS_NOT_CONFIRMED, Set.of("lost")),
            Map.entry(FakeBus.Lie.DELIVERS_HALF_OF_WHAT_IT_DID_NOT_ACKNOWLEDGE, Set.of("half")),
            Map.entry(FakeBus.Lie.DELIVERS_UNDER_A_SECOND_ID, Set.of("doubled", "wrongState")),
            Map.entry(FakeBus.Lie.DELIVERS_WITHOUT_AN_ID, Set.of("wrongContent", "lost", "wrongState")),
            Map.entry(FakeBus.Lie.DELIVERS_OTHER_CONTENT, Set.of("wrongContent", "lost", "wrongState")),
            Map.entry(FakeBus.Lie.ACKNOWLEDGES_AGAIN_UNDER_ANOTHER_ID, Set.of("wrongState")),
            Map.entry(FakeBus.Lie.SAYS_ACCEPTED_OF_WHAT_IS_DELIVERED, Set.of("wrongState")),
            Map.entry(FakeBus.Lie.SAYS_DELIVERED_OF_WHAT_IS_LOST, Set.of("lost", "half", "wrongState")),
            Map.entry(FakeBus.Lie.SAYS_ANOTHER_DELIVERY_ID, Set.of("wrongState")),
            Map.entry(FakeBus.Lie.KNOWS_NOTHING_OF_WHAT_IT_ACKNOWLEDGED, Set.of("wrongState")),
            Map.entry(FakeBus.Lie.REFUSES_WHAT_IS_RIGHT, Set.of("refused")),
            Map.entry(FakeBus.Lie.KEEPS_SOMETHING_WAITING, Set.of("waiting")),
            Map.entry(FakeBus.Lie.PARKS, Set.of("parked")),
            Map.entry(FakeBus.Lie.CANNOT_TELL, Set.of("waiting", "parked")));

    private static final Map<String, ToIntFunction<Verdict>> COUNTS = Map.of(
            "lost", Verdict::lost,
            "half", Verdict::half,
            "wrongState", Verdict::wrongState,
            "doubled", Verdict::doubled,
            "wrongContent", Verdict::wrongContent,
            "refused", Verdict::refused,
            "waiting", Verdict::waiting,
            "parked", Verdict::parked);

    @Test
    void an_honest_bus_is_not_accused_though_answers_are_lost_and_deliveries_repeated() {
        for (long seed = 1; seed <= 3; seed++) {
            Ledger ledger = new Ledger();
            FakeBus bus = new FakeBus(FakeBus.Lie.NONE, ledger, seed);

            Verdict verdict = run(bus, ledger, seed);

            assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
            assertThat(bus.kills()).isBetween(3, 5);
            assertThat(verdict.repeats()).isPositive();
            assertThat(verdict.acknowledged()).isGreaterThan(50);
            assertThat(verdict.acknowledged() + verdict.unknown()).isEqualTo(64);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void every_lie_is_caught_and_named(FakeBus.Lie lie) {
        Ledger ledger = new Ledger();

        Verdict verdict = run(new FakeBus(lie, ledger, 7), ledger, 7);

        assertThat(verdict.isClean()).isFalse();
        assertThat(verdict.findings()).isNotEmpty();
        Set<String> found = new TreeSet<>();
        COUNTS.forEach((name, count) -> {
            if (count.applyAsInt(verdict) > 0) {
                found.add(name);
            }
        });
        assertThat(CAUGHT.get(lie)).as(verdict.toString()).containsAll(found);
        assertThat(found).isNotEmpty();
    }

    @Test
    void what_the_destinations_must_get_is_what_the_mappings_of_the_service_make_of_the_notice() throws Exception {
        for (int index = 0; index < 8; index++) {
            Notice notice = Notice.of(5, index);
            String payload = notice.envelope().replaceAll("(?s).*<s:Body>(.*)</s:Body>.*", "$1");
            String json = mapped("social-insurance.xsl", payload);
            String xml = mapped("archive.xsl", payload);

            assertThat(notice.isRightAt(Destination.SOCIAL_INSURANCE, json))
                    .as(json)
                    .isTrue();
            assertThat(notice.isRightAt(Destination.CIVIL_ARCHIVE, xml)).as(xml).isTrue();
            assertThat(Notice.numberIn(json)).isEqualTo(Notice.numberIn(xml)).contains(notice.number());
            assertThat(notice.isRightAt(Destination.SOCIAL_INSURANCE, json.replace("H99.09.05", "H99.09.06")))
                    .isFalse();
            assertThat(notice.isRightAt(Destination.CIVIL_ARCHIVE, xml.replace("-01-", "-02-")))
                    .isFalse();
        }
        assertThat(Notice.of(5, 0).isRightAt(Destination.SOCIAL_INSURANCE, "{")).isFalse();
        assertThat(Notice.of(5, 0).isRightAt(Destination.CIVIL_ARCHIVE, "")).isFalse();
    }

    private static String mapped(String stylesheet, String payload) throws Exception {
        StringWriter out = new StringWriter();
        new TransformerFactoryImpl()
                .newTransformer(new StreamSource(Path.of("transforms/civil/civil-birth-notify", stylesheet)
                        .toUri()
                        .toString()))
                .transform(new StreamSource(new StringReader(payload)), new StreamResult(out));
        return out.toString();
    }

    @Test
    void the_same_seed_gives_the_same_notices_and_kills() {
        assertThat(Notice.of(11, 3)).isEqualTo(Notice.of(11, 3)).isNotEqualTo(Notice.of(12, 3));
        assertThat(Kill.plan(11, 500)).isEqualTo(Kill.plan(11, 500)).isNotEqualTo(Kill.plan(12, 500));
    }

    private static Verdict run(FakeBus bus, Ledger ledger, long seed) {
        return new TortureRun(
                        seed,
                        64,
                        ledger,
                        bus,
                        new TortureRun.Patience(
                                Duration.ofMillis(50),
                                Duration.ofSeconds(10),
                                Duration.ofMillis(300),
                                Duration.ofMillis(10)))
                .run();
    }
}
