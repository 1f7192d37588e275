package vn.lgsp.city;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.lgsp.FreePorts;

/** The two systems that are told of a birth, as the bus meets them. */
class BirthPeersTest {
    private static final Path SAMPLES = Path.of("transforms/civil/civil-birth-notify/samples");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void the_social_insurance_office_answers_the_same_delivery_with_its_first_receipt() throws Exception {
        HttpPeer office = SocialInsurancePeer.start(vertx, 0);
        String birth = Files.readString(SAMPLES.resolve("social-insurance.xsl/everything.out.json"));

        HttpResponse<String> first = post(office, "delivery-1", birth);
        HttpResponse<String> again = post(office, "delivery-1", birth);
        JsonObject shown = new JsonObject(get(office, "/births/KS-2026-000017").body());

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(new JsonObject(first.body()).getString("bienNhan")).isEqualTo("BH-1");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(shown.getString("maGiaoNhan")).isEqualTo("delivery-1");
        assertThat(shown.getInteger("soLanNhan")).isEqualTo(2);
        assertThat(shown.getJsonObject("hoSo")).isEqualTo(new JsonObject(birth));
        assertThat(post(office, "delivery-2", birth).body()).contains("BH-2");
        String death = Files.readString(
                Path.of("transforms/civil/civil-death-notify/samples/social-insurance.jq/insured.out.json"));
        assertThat(post(office, "/deaths", "delivery-3", death).body()).contains("BH-3", "KT-2026-000009");
    }

    @Test
    void the_social_insurance_office_refuses_what_it_could_not_tell_apart() throws Exception {
        HttpPeer office = SocialInsurancePeer.start(vertx, 0);
        post(office, "delivery-1", "{\"soDangKy\":\"KS-2026-1\"}");

        assertThat(post(office, "delivery-1", "{\"soDangKy\":\"KS-2026-2\"}").statusCode())
                .isEqualTo(409);
        assertThat(post(office, "", "{\"soDangKy\":\"KS-2026-2\"}").statusCode())
                .isEqualTo(400);
        assertThat(post(office, "delivery-2", "{}").statusCode()).isEqualTo(422);
        assertThat(post(office, "delivery-2", "[").statusCode()).isEqualTo(422);
        assertThat(get(office, "/births/KS-2026-2").statusCode()).isEqualTo(404);
    }

    @Test
    void the_civil_archive_takes_from_its_queue_whenever_the_broker_is_there() throws Exception {
        int port = FreePorts.one();
        String document = Files.readString(SAMPLES.resolve("archive.xsl/everything.out.xml"));
        CivilArchivePeer archive = CivilArchivePeer.start(vertx, 0, () -> port);
        try {
            for (int times = 1; times <= 2; times++) {
                EmbeddedActiveMQ broker = broker(port);
                try {
                    send(port, "delivery-1", document);
                    int expected = times;
                    await().atMost(Duration.ofSeconds(20))
                            .untilAsserted(() -> assertThat(shown(archive)).isEqualTo(expected));
                } finally {
                    broker.stop();
                }
            }
            JsonObject shown = new JsonObject(
                    get(archive.port(), "/documents/KS-2026-000017").body());
            assertThat(shown.getString("maGiaoNhan")).isEqualTo("delivery-1");
            assertThat(shown.getString("taiLieu")).isEqualTo(document);
        } finally {
            archive.close();
        }
    }

    private int shown(CivilArchivePeer archive) throws Exception {
        HttpResponse<String> answer = get(archive.port(), "/documents/KS-2026-000017");
        return answer.statusCode() == 200 ? new JsonObject(answer.body()).getInteger("soLanNhan") : 0;
    }

    private static EmbeddedActiveMQ broker(int port) throws Exception {
        ConfigurationImpl settings = new ConfigurationImpl();
        settings.setPersistenceEnabled(false).setSecurityEnabled(false).setJMXManagementEnabled(false);
        settings.addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port);
        settings.addQueueConfiguration(
                QueueConfiguration.of(CivilArchivePeer.QUEUE).setRoutingType(RoutingType.ANYCAST));
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
        broker.setConfiguration(settings).start();
        // a client that connects before waits half a minute for a topology that nobody sends it
        assertThat(broker.getActiveMQServer().waitForActivation(20, TimeUnit.SECONDS))
                .isTrue();
        return broker;
    }

    private static void send(int port, String delivery, String document) throws Exception {
        try (ActiveMQConnectionFactory broker = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
                Connection connection = broker.createConnection();
                Session session = connection.createSession()) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(document.getBytes(UTF_8));
            message.setStringProperty(CivilArchivePeer.DELIVERY, delivery);
            session.createProducer(session.createQueue(CivilArchivePeer.QUEUE)).send((Message) message);
        }
    }

    private HttpResponse<String> post(HttpPeer peer, String delivery, String body) throws Exception {
        return post(peer, "/births", delivery, body);
    }

    private HttpResponse<String> post(HttpPeer peer, String path, String delivery, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + peer.port() + path));
        if (!delivery.isEmpty()) {
            request.header("Idempotency-Key", delivery);
        }
        return http.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(HttpPeer peer, String path) throws Exception {
        return get(peer.port(), path);
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofString());
    }
}
