package vn.lgsp.bench;

import java.nio.file.Path;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** A plain Artemis of the bus's version with the bus's journal: what perf loads, and what the bare Camel route has inside. */
final class PerfBroker {
    /** How the same process connects. */
    static final String INSIDE = "vm://0";

    // As in vn.lgsp.broker.Broker, so that the same disk is asked for the same.
    private static final int GATHERING_NANOS = 200_000;
    private static final int JOURNAL_FILE = 16 << 20;
    private static final int JOURNAL_BUFFER = 5 << 20;

    private PerfBroker() {}

    /** The process: port and data folder. */
    public static void main(String[] arguments) throws Exception {
        start(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
    }

    static EmbeddedActiveMQ start(int port, Path folder) throws Exception {
        Configuration made = new ConfigurationImpl()
                .setName("bench")
                .setJMXManagementEnabled(false)
                .setSecurityEnabled(false)
                .setPersistenceEnabled(true)
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setJournalDirectory(folder.resolve("journal").toString())
                .setLargeMessagesDirectory(folder.resolve("large-messages").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setJournalType(JournalType.NIO)
                .setJournalDatasync(true)
                .setJournalSyncTransactional(true)
                .setJournalSyncNonTransactional(true)
                .setJournalBufferTimeout_NIO(GATHERING_NANOS)
                .setJournalBufferSize_NIO(JOURNAL_BUFFER)
                .setJournalFileSize(JOURNAL_FILE)
                .addAcceptorConfiguration("port", "tcp://127.0.0.1:" + port + "?protocols=CORE")
                .addAcceptorConfiguration("inside", INSIDE)
                .addAddressConfiguration(new CoreAddressConfiguration()
                        .setName(PerfSources.QUEUE)
                        .addRoutingType(RoutingType.ANYCAST)
                        .addQueueConfig(QueueConfiguration.of(PerfSources.QUEUE)
                                .setAddress(PerfSources.QUEUE)
                                .setRoutingType(RoutingType.ANYCAST)
                                .setDurable(true)));
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(made);
        broker.start();
        return broker;
    }
}
