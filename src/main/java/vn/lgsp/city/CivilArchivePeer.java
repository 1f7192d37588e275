package vn.lgsp.city;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xml.sax.SAXException;
import vn.lgsp.parse.XmlParsers;

/**
 * The civil archive: a consumer of its own queue, over TCP and with its own account, as an agency would run it. It takes a document,
 * keeps it under the id of its delivery, and commits; a message that asks for a reply gets one; when the broker goes away it comes back by itself. {@code GET
 * /documents/{number}} shows what it has.
 */
final class CivilArchivePeer implements SampleCity.Peer {
    static final String USER = "civil-archive-broker";
    static final String QUEUE = "lgsp.civil-archive.in";
    /** The message property with the id of the delivery. */
    static final String DELIVERY = "lgsp_delivery";

    private static final Logger LOG = LoggerFactory.getLogger(CivilArchivePeer.class);
    private static final String DOCUMENTS = "/documents/";
    private static final long PAUSE_MILLIS = 500;

    private final Taken taken = new Taken();
    private final IntSupplier brokerPort;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread consumer = new Thread(this::consume, "city-civil-archive");
    private final HttpPeer window;

    private CivilArchivePeer(Vertx vertx, int port, IntSupplier brokerPort) {
        this.brokerPort = brokerPort;
        window = HttpPeer.start(vertx, port, this::show);
    }

    /**
     * Returns when it can be asked what it has; the broker may come later.
     *
     * @param brokerPort on 127.0.0.1; 0 while there is none
     */
    static CivilArchivePeer start(Vertx vertx, int port, IntSupplier brokerPort) {
        CivilArchivePeer peer = new CivilArchivePeer(vertx, port, brokerPort);
        peer.consumer.setDaemon(true);
        peer.consumer.start();
        return peer;
    }

    @Override
    public int port() {
        return window.port();
    }

    private void consume() {
        try {
            do {
                int port = brokerPort.getAsInt();
                if (port > 0 && answers(port)) {
                    take(port);
                }
            } while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The client library would print a page for every attempt at a broker that is not there. */
    private static boolean answers(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(SampleCity.HOST, port), 1_000);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private void take(int port) {
        AtomicBoolean broken = new AtomicBoolean();
        String url = "tcp://" + SampleCity.HOST + ":" + port + "?reconnectAttempts=0&callTimeout=5000";
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory(url);
                Connection connection = broker.createConnection(USER, SampleKeys.CIVIL_ARCHIVE.key())) {
            connection.setExceptionListener(failure -> broken.set(true));
            try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
                    MessageConsumer messages = session.createConsumer(session.createQueue(QUEUE))) {
                connection.start();
                while (closing.getCount() > 0 && !broken.get()) {
                    Message message = messages.receive(PAUSE_MILLIS);
                    if (message != null) {
                        if (message.getJMSReplyTo() == null) {
                            taken.take(message.getStringProperty(DELIVERY), text(message), CivilArchivePeer::number);
                        } else {
                            reply(session, message);
                        }
                        session.commit();
                    }
                }
            }
        } catch (JMSException | RuntimeException away) {
            LOG.atDebug()
                    .addKeyValue("event", "city.broker-away")
                    .log("the civil archive has lost the broker, or was not let in, and tries again");
        }
    }

    /** Says under which code it keeps the document that the message asks for, if it does. */
    private void reply(Session session, Message message) throws JMSException {
        String number = number(text(message));
        String code = taken.find(number)
                .map(entry -> "<MaLuuTru>LT-" + entry.receipt() + "</MaLuuTru>")
                .orElse("");
        // Only what a number may be made of is repeated.
        TextMessage reply = session.createTextMessage("<KetQuaTim xmlns=\"urn:thanhphomau:luutru:1.0\"><SoHieu>"
                + number.replaceAll("[^A-Za-z0-9-]", "") + "</SoHieu>" + code + "</KetQuaTim>");
        reply.setJMSCorrelationID(message.getJMSCorrelationID());
        try (MessageProducer producer = session.createProducer(message.getJMSReplyTo())) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(reply);
        }
    }

    private static String text(Message message) throws JMSException {
        return message instanceof TextMessage text
                ? text.getText()
                : new String(message.getBody(byte[].class), StandardCharsets.UTF_8);
    }

    private static String number(String xml) {
        try {
            return Citizen.text(
                    XmlParsers.trees()
                            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                            .getDocumentElement(),
                    "SoHieu");
        } catch (SAXException | IOException notXml) {
            return "";
        }
    }

    private void show(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) || !request.path().startsWith(DOCUMENTS)) {
            HttpPeer.answer(request.response(), 404, new JsonObject().put("loi", "Không có địa chỉ này"));
            return;
        }
        taken.find(request.path().substring(DOCUMENTS.length()))
                .ifPresentOrElse(
                        entry -> HttpPeer.answer(
                                request.response(),
                                200,
                                new JsonObject()
                                        .put("maLuuTru", "LT-" + entry.receipt())
                                        .put("maGiaoNhan", entry.delivery())
                                        .put("soLanNhan", entry.times())
                                        .put("taiLieu", entry.content())),
                        () -> HttpPeer.answer(
                                request.response(), 404, new JsonObject().put("loi", "Chưa nhận tài liệu này")));
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            consumer.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        window.close();
    }
}
