package vn.lgsp.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.ChildJava;
import vn.lgsp.FreePorts;

/** A broker in a process of its own dies by SIGKILL, again and again. */
final class BrokerKillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 2, 20);
    private static final Random RANDOM = new Random(7);

    @TempDir
    Path folder;

    @Test
    void every_committed_reference_survives_and_a_link_comes_back_by_itself() throws Exception {
        int port = FreePorts.one();
        AtomicInteger downs = new AtomicInteger();
        Set<String> committed = new HashSet<>();
        try (BrokerLink link = link(port)) {
            link.addListener(new BrokerLink.Listener() {
                @Override
                public void down() {
                    downs.incrementAndGet();
                }
            });
            for (int kill = 0; kill < KILLS; kill++) {
                Process child = start(port, kill * 1_000_000);
                try (BufferedReader said =
                        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                    assertThat(said.readLine()).isEqualTo("port " + port);
                    await().atMost(Duration.ofSeconds(20)).until(link::isUp);
                    int batches = 20 + RANDOM.nextInt(150);
                    for (int batch = 0; batch < batches; batch++) {
                        note(said.readLine(), committed);
                    }
                    child.toHandle().destroyForcibly(); // the process alone: its last words are still to be read
                    said.lines()
                            .filter(line -> line.matches("committed \\d+ \\d+"))
                            .forEach(line -> note(line, committed));
                } finally {
                    child.destroyForcibly().waitFor();
                }
                int deaths = kill + 1;
                await().atMost(Duration.ofSeconds(20)).until(() -> !link.isUp() && downs.get() == deaths);
            }
        }

        try (Broker broker = Broker.start(
                        BrokerSettings.embedded(folder, 0),
                        TestCity.catalogue(Duration.ofSeconds(5)),
                        Clock.systemUTC());
                BrokerLink link = broker.link();
                ClientSession session = link.session()) {
            ClientConsumer consumer = session.createConsumer(TestCity.WORK);
            session.start();
            List<String> found = new ArrayList<>();
            for (ClientMessage next = consumer.receive(5_000); next != null; next = consumer.receive(1_000)) {
                next.acknowledge();
                found.add(next.getStringProperty("lgsp_reference"));
            }
            assertThat(found).doesNotHaveDuplicates().containsAll(committed);
            // A batch whose commit was under way may be there; never a part of one.
            assertThat(found.size() % 7).isZero();
            assertThat(found.size() - committed.size()).isLessThanOrEqualTo(7 * KILLS);
        }
        assertThat(committed).hasSizeGreaterThan(KILLS * 20 * 7 - 1);
    }

    private static void note(String line, Set<String> committed) {
        String[] words = line.split(" ");
        for (int i = Integer.parseInt(words[1]); i <= Integer.parseInt(words[2]); i++) {
            committed.add("r-" + i);
        }
    }

    private Process start(int port, int first) throws IOException {
        List<String> line = ChildJava.line(BrokerProcess.class, "-Xmx256m");
        line.addAll(List.of(folder.toString(), String.valueOf(port), String.valueOf(first)));
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static BrokerLink link(int port) {
        return BrokerLink.outside(new BrokerSettings(
                Optional.of("tcp://127.0.0.1:" + port),
                "127.0.0.1",
                0,
                Optional.of(TestCity.ARCHIVE_USER),
                TestCity.ARCHIVE_KEY,
                Optional.empty(),
                Optional.empty(),
                Path.of("unused")));
    }
}
