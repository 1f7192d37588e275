package vn.lgsp.runtime;

import static vn.lgsp.message.Range.within;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.broker.BrokerSettings;
import vn.lgsp.city.CitySettings;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.deliver.DeliverSettings;
import vn.lgsp.deploy.DeploySettings;
import vn.lgsp.edoc.EdxmlSettings;
import vn.lgsp.guarantee.GuaranteeSettings;
import vn.lgsp.hold.Holding;
import vn.lgsp.operate.OperateSettings;
import vn.lgsp.receive.ReceiveSettings;
import vn.lgsp.record.RecordSettings;
import vn.lgsp.transform.TransformSettings;
import vn.lgsp.unit.UnitArchive;
import vn.lgsp.wssecurity.WsSecuritySettings;

/**
 * Everything that can be set, read from one {@link Configuration}.
 *
 * @param home the folder that holds {@code routes}, {@code transforms} and {@code connectors}
 * @param data the folder of everything that leaves memory
 * @param node the name of this node, the same after a restart; each node of several has its own
 * @param registry {@code classpath:...} or {@code file:...}: the registry document
 * @param city whether the sample city's own systems run in this process
 * @param workers threads for mappings; 1 to 512, default four per processor
 * @param workersRoom exchanges that may be inside mappings at once; 1 to 100,000, default 10,000
 * @param mailboxLife how long a packet waits for a receiver that does not fetch it; 1 h to 8760 h, default 720 h
 * @param stopTimeout how long a stop waits for exchanges under way; 0 s to 5 min, default 30 s
 */
public record BusSettings(
        Path home,
        Path data,
        String node,
        String registry,
        CitySettings city,
        int workers,
        int workersRoom,
        Duration stopTimeout,
        ReceiveSettings receive,
        WsSecuritySettings wsSecurity,
        DeliverSettings deliver,
        DatabaseSettings database,
        RecordSettings record,
        BrokerSettings broker,
        GuaranteeSettings guarantee,
        OperateSettings operate,
        TransformSettings transform,
        EdxmlSettings edoc,
        DeploySettings deploy,
        Duration mailboxLife) {
    static final String SAMPLE_REGISTRY = "classpath:vn/lgsp/city/h99.yaml";

    public BusSettings {
        within("lgsp.workers", workers, 1, 512);
        within("lgsp.workers-room", workersRoom, 1, 100_000);
        within("lgsp.mailbox.life", mailboxLife, Duration.ofHours(1), Duration.ofHours(8_760));
        within("lgsp.stop-timeout", stopTimeout, Duration.ZERO, Duration.ofMinutes(5));
    }

    /** @throws IllegalArgumentException naming the first setting that is wrong, and the remedy */
    public static BusSettings from(Configuration given) {
        given.text("lgsp.log"); // log4j2.xml reads it, before anything else runs
        int processors = Runtime.getRuntime().availableProcessors();
        // "." would stand before the names of all files
        Path home = given.path("lgsp.home", Path.of("")).normalize();
        Path data = given.path("lgsp.data-folder", home.resolve("data"));
        if (!Files.isDirectory(home.resolve("transforms"))) {
            throw new IllegalArgumentException("the folder of the mappings, " + home.resolve("transforms")
                    + ", is not there: start in the folder of the bus, or set lgsp.home");
        }
        String host = given.text("lgsp.host", "127.0.0.1");
        DatabaseSettings database = DatabaseSettings.under(data);
        RecordSettings record = RecordSettings.under(data);
        return new BusSettings(
                home,
                data,
                given.text("lgsp.node", "node"),
                given.text("lgsp.catalogue.registry", SAMPLE_REGISTRY),
                new CitySettings(
                        // invented systems and a hub whose secrets everybody knows have no place beside real ones
                        given.flag("lgsp.city.enabled", true) && isLoopback(host),
                        given.number("lgsp.city.population-port", 18091),
                        given.number("lgsp.city.land-east-port", 18092),
                        given.number("lgsp.city.land-west-port", 18093),
                        given.number("lgsp.city.archive-port", 18094),
                        given.number("lgsp.city.social-insurance-port", 18095),
                        given.number("lgsp.city.civil-archive-port", 18096),
                        given.number("lgsp.city.hub-port", 18097)),
                given.number("lgsp.workers", 4 * processors),
                given.number("lgsp.workers-room", 10_000),
                given.duration("lgsp.stop-timeout", Duration.ofSeconds(30)),
                new ReceiveSettings(
                        host,
                        given.number("lgsp.data-port", 8080),
                        given.duration("lgsp.receive.head-timeout", Duration.ofSeconds(30)),
                        given.duration("lgsp.receive.idle-timeout", Duration.ofMinutes(5)),
                        (int) given.size("lgsp.receive.memory-limit", 1 << 20),
                        (int) given.size("lgsp.receive.unidentified-limit", 1 << 20),
                        data.resolve("spool"),
                        given.duration("lgsp.receive.busy-delay", Duration.ofMillis(250)),
                        given.number("lgsp.receive.event-loops", processors),
                        given.text("lgsp.receive.certificate").map(Path::of),
                        given.text("lgsp.receive.key").map(Path::of),
                        given.address("lgsp.receive.public-address"),
                        given.text("lgsp.receive.trusted-proxies")
                                .filter(text -> !text.isBlank())
                                .map(proxies -> List.of(proxies.strip().split("\\s*,\\s*")))
                                .orElse(List.of()),
                        given.duration("lgsp.receive.runs-kept", Duration.ofHours(2_160))),
                new WsSecuritySettings(
                        given.duration("lgsp.wssecurity.life", Duration.ofMinutes(5)),
                        given.duration("lgsp.wssecurity.ahead", Duration.ofMinutes(1)),
                        given.number("lgsp.wssecurity.remembered", 200_000)),
                new DeliverSettings(
                        (int) given.size("lgsp.deliver.memory-limit", 10 << 20),
                        (int) given.size("lgsp.deliver.held-limit", 128 << 20),
                        new Holding(data.resolve("spool"), (int) given.size("lgsp.receive.memory-limit", 1 << 20)),
                        given.duration("lgsp.deliver.keep-alive", Duration.ofSeconds(15))),
                new DatabaseSettings(
                        given.text("lgsp.database.url", database.url()),
                        given.text("lgsp.database.user", database.user()),
                        given.secret("lgsp.database.password", database.password())),
                new RecordSettings(
                        record.folder(),
                        given.size("lgsp.record.segment-size", record.segmentSize()),
                        given.size("lgsp.record.journal-size", record.journalSize()),
                        given.duration("lgsp.record.linger", record.linger()),
                        given.number("lgsp.record.batch-size", record.batchSize()),
                        given.number("lgsp.record.refusal-rate", record.refusalRate())),
                new BrokerSettings(
                        given.text("lgsp.broker.url"),
                        given.text("lgsp.broker.host", "127.0.0.1"),
                        given.number("lgsp.broker.port", 61616),
                        given.text("lgsp.broker.user"),
                        given.secret("lgsp.broker.password", ""),
                        given.text("lgsp.broker.certificate").map(Path::of),
                        given.text("lgsp.broker.key").map(Path::of),
                        data.resolve("broker")),
                new GuaranteeSettings(
                        given.path("lgsp.guarantee.key-ring", home.resolve("keyring")),
                        given.duration("lgsp.guarantee.epoch", Duration.ofMinutes(15)),
                        given.number("lgsp.guarantee.credits", 32),
                        given.duration("lgsp.guarantee.sweep", Duration.ofSeconds(1)),
                        given.duration("lgsp.guarantee.accept-timeout", Duration.ofSeconds(30))),
                new OperateSettings(
                        given.text("lgsp.operate.host", "127.0.0.1"),
                        given.number("lgsp.management-port", 8081),
                        given.text("lgsp.operate.names")
                                .map(names -> List.of(names.split("\\s*,\\s*")))
                                .orElse(List.of()),
                        given.duration("lgsp.operate.session-timeout", Duration.ofMinutes(30)),
                        given.number("lgsp.operate.sign-in-attempts", 5),
                        given.duration("lgsp.operate.sign-in-longest-wait", Duration.ofMinutes(5)),
                        given.text("lgsp.operate.certificate").map(Path::of),
                        given.text("lgsp.operate.key").map(Path::of)),
                new TransformSettings(data.resolve(UnitArchive.FOLDER)),
                new EdxmlSettings(
                        Set.copyOf(List.of(given.text("lgsp.edoc.namespaces", EdxmlSettings.NAMESPACE)
                                .strip()
                                .split("\\s*,\\s*"))),
                        EdxmlSettings.Profile.of(
                                given.text("lgsp.edoc.profile", EdxmlSettings.Profile.QCVN102_2016_LENIENT.word())),
                        EdxmlSettings.ErrorLists.of(
                                given.text("lgsp.edoc.error-list", EdxmlSettings.ErrorLists.IGNORED.word())),
                        EdxmlSettings.Signatures.of(
                                given.text("lgsp.edoc.signature", EdxmlSettings.Signatures.PRESERVE.word())),
                        given.size("lgsp.edoc.packet-limit", 256L << 20),
                        given.size("lgsp.edoc.attachment-limit", 50L << 20),
                        given.number("lgsp.edoc.attachments", 50),
                        given.number("lgsp.edoc.zip-entries", 1_000),
                        given.number("lgsp.edoc.zip-ratio", 200),
                        EdxmlSettings.notations(given.text("lgsp.edoc.notations", ""))),
                new DeploySettings(
                        given.flag("lgsp.deploy.watch", true),
                        given.duration("lgsp.deploy.interval", Duration.ofMillis(500))),
                given.duration("lgsp.mailbox.life", Duration.ofHours(720)));
    }

    /** Whether only this machine can reach the data port. */
    boolean isLoopback() {
        return isLoopback(receive.host());
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "lgsp.host is not an address of this machine: write one, or 127.0.0.1", unknown);
        }
    }

    /** The file of the registry; empty when it is inside the program. */
    Optional<Path> registryFile() {
        return registryResource().isPresent()
                ? Optional.empty()
                : Optional.of(Path.of(registry.startsWith("file:") ? registry.substring("file:".length()) : registry));
    }

    Optional<String> registryResource() {
        return registry.startsWith("classpath:")
                ? Optional.of(registry.substring("classpath:".length()))
                : Optional.empty();
    }
}
