package vn.lgsp.broker;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;

/** A process of its own with the embedded broker, which commits references until it is killed and says which are committed. */
final class BrokerProcess {
    private BrokerProcess() {}

    /** Arguments: folder, port, first number. Prints a line for each committed batch, as {@code first last}. */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        Broker broker = Broker.start(
                BrokerSettings.embedded(Path.of(arguments[0]), port),
                TestCity.catalogue(Duration.ofSeconds(5)),
                Clock.systemUTC());
        PrintStream out = System.out;
        out.println("port " + broker.port());
        BrokerLink link = broker.link();
        try (ClientSession session = link.transactedSession();
                ClientProducer producer = session.createProducer(TestCity.WORK)) {
            for (int next = Integer.parseInt(arguments[2]); ; next += 7) {
                for (int i = next; i < next + 7; i++) {
                    ClientMessage message = session.createMessage(true);
                    message.putStringProperty("lgsp_reference", "r-" + i);
                    message.putBytesProperty(
                            Message.HDR_DUPLICATE_DETECTION_ID, ("r-" + i).getBytes(StandardCharsets.UTF_8));
                    producer.send(message);
                }
                session.commit();
                out.println("committed " + next + " " + (next + 6));
                out.flush();
            }
        }
    }
}
