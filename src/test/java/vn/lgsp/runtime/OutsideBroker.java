package vn.lgsp.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import vn.lgsp.ChildJava;
import vn.lgsp.broker.Confirmations;
import vn.lgsp.broker.NoLostSends;

/**
 * An Artemis in a process of its own, with the plugins and the settings that {@code docs/how-to/use-an-outside-broker.md} asks for,
 * which can be killed and started again on the same disk. Everybody is let in.
 */
final class OutsideBroker implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final List<String> queues;
    private Process process;

    private OutsideBroker(Path folder, int port, List<String> queues) {
        this.folder = folder;
        this.port = port;
        this.queues = queues;
        this.process = run();
    }

    /** Starts it, and returns when it lets clients in. */
    static OutsideBroker start(Path folder, int port, String... queues) {
        return new OutsideBroker(folder, port, List.of(queues));
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker does not die");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** On the same disk. */
    void startAgain() {
        process = run();
    }

    /** SIGSTOP or SIGCONT: its connections stay, and say nothing. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Process run() {
        try {
            List<String> command = ChildJava.line(OutsideBroker.class, "-Xmx256m");
            command.addAll(List.of(folder.toString(), Integer.toString(port)));
            command.addAll(queues);
            ProcessBuilder builder = new ProcessBuilder(command);
            Process started =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            for (String line = said.readLine(); !"ready".equals(line); line = said.readLine()) {
                if (line == null) {
                    throw new IllegalStateException("the broker did not start");
                }
            }
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Arguments: folder, port, queues. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        ConfigurationImpl made = new ConfigurationImpl();
        made.setName("outside")
                .setJMXManagementEnabled(false)
                .setPersistenceEnabled(true)
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setJournalDirectory(folder.resolve("journal").toString())
                .setLargeMessagesDirectory(folder.resolve("large-messages").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setJournalType(JournalType.NIO)
                .setJournalDatasync(true)
                .setJournalFileSize(16 << 20)
                .setJournalBufferSize_NIO(5 << 20)
                .setPersistIDCache(true)
                .setIDCacheSize(20_000)
                .setMessageExpiryScanPeriod(1_000)
                .setMaxDiskUsage(100)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration(new TransportConfiguration(
                        NettyAcceptorFactory.class.getName(),
                        Map.of("host", "127.0.0.1", "port", Integer.parseInt(arguments[1]), "protocols", "CORE")));
        made.registerBrokerPlugin(new Confirmations());
        made.registerBrokerPlugin(new NoLostSends());
        AddressSettings all = new AddressSettings()
                .setAutoCreateAddresses(false)
                .setAutoCreateQueues(false)
                .setAutoDeleteAddresses(false)
                .setAutoDeleteQueues(false)
                .setMaxDeliveryAttempts(-1)
                .setRedeliveryDelay(500)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL);
        made.addAddressSetting("#", all);
        made.addAddressConfiguration(
                new CoreAddressConfiguration().setName(Confirmations.ADDRESS).addRoutingType(RoutingType.MULTICAST));
        List.of(arguments).stream()
                .skip(2)
                .forEach(name -> made.addAddressConfiguration(new CoreAddressConfiguration()
                        .setName(name)
                        .addRoutingType(RoutingType.ANYCAST)
                        .addQueueConfig(QueueConfiguration.of(name)
                                .setAddress(name)
                                .setRoutingType(RoutingType.ANYCAST)
                                .setDurable(true))));
        new EmbeddedActiveMQ().setConfiguration(made).start();
        System.out.println("ready");
        System.out.flush();
    }

    @Override
    public void close() {
        kill();
    }
}
