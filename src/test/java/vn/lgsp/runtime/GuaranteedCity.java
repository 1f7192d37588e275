package vn.lgsp.runtime;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import vn.lgsp.FreePorts;

/**
 * The shipped service {@code civil-birth-notify} with its two destinations, around a bus that a test starts, stops and kills: the
 * social insurance office over HTTP, and the civil archive over JMS. Both live on while the bus does not, on the same ports.
 *
 * <p>Births are told apart by their number: what a test sends as number 7 arrives with {@code KS-2026-7} in it.
 */
final class GuaranteedCity implements AutoCloseable {
    static final String SERVICE = "civil-birth-notify";
    static final String CARD = "routes/civil/civil-birth-notify.card.yaml";
    static final String INSURANCE_ROUTE = "routes/civil/civil-birth-notify--to-social-insurance.camel.yaml";
    static final String INSURANCE = "social-insurance";
    static final String ARCHIVE = ArchiveConsumer.SYSTEM;

    private static final Pattern ACKNOWLEDGED = Pattern.compile("MaGiaoDich>([0-9a-f-]{36})<");
    private static final Pattern FAULT = Pattern.compile(">([a-z]+(?:-[a-z]+)+)</[^>]*code>");
    private static final Pattern NUMBER = Pattern.compile("KS-2026-[0-9]+");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final int brokerPort = FreePorts.one();
    private final StubPeer insurance = StubPeer.answering(takes());
    private final ArchiveConsumer archive = ArchiveConsumer.at(brokerPort);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private GuaranteedCity(Path folder) {
        this.folder = folder;
    }

    static GuaranteedCity in(Path folder) {
        return new GuaranteedCity(folder);
    }

    /** How the office answers when all is well. */
    static Handler<HttpServerRequest> takes() {
        return StubPeer.fixed(201, "application/json", "{\"maTiepNhan\":\"BH-1\"}");
    }

    /** A bus of this city, with shipped files and short times: retries after 50 ms to 200 ms, a sweep each 50 ms. */
    TestBus.Builder bus() {
        return bus("{ first: 50ms, longest: 200ms, attempts: 200 }");
    }

    /** @param retry the plan of both destinations, as the card has it */
    TestBus.Builder bus(String retry) {
        return TestBus.in(folder)
                .service("civil", SERVICE)
                .edit(CARD, "{ first: 1s, longest: 5m, attempts: 20 }", retry)
                .edit(CARD, "- to: civil-archive", "- to: civil-archive\n    retry: " + retry)
                .system(INSURANCE, insurance.port(), "answerTimeout: 2s")
                .queue(ARCHIVE, ArchiveConsumer.ACCOUNT, ArchiveConsumer.KEY, "5s")
                .grant(SERVICE)
                .setting("lgsp.broker.port", Integer.toString(brokerPort))
                .setting("lgsp.guarantee.sweep", "50ms");
    }

    /** An operator of the buses that {@link #withOperator} makes. */
    static final String OPERATOR = "van-hanh:mat-khau-van-hanh";

    static TestBus.Builder withOperator(TestBus.Builder bus) {
        return withOperator(bus, UnaryOperator.identity());
    }

    /** @param change of the text of the registry, beside the operator */
    static TestBus.Builder withOperator(TestBus.Builder bus, UnaryOperator<String> change) {
        String hash =
                vn.lgsp.operate.PasswordHash.make("mat-khau-van-hanh", 210_000).stored();
        return bus.registry(text -> change.apply(text)
                .replace("operators: []", "operators:\n  - user: van-hanh\n    passwordHash: " + hash + "\n"));
    }

    /** Sends a delivery again, as an operator does it. */
    HttpResponse<String> retry(TestBus bus, String delivery) {
        return send(HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + bus.bus().managementPort() + "/deliveries/" + delivery + "/retry"))
                .timeout(Duration.ofSeconds(30))
                .header("Accept", "application/json")
                .header("Origin", "http://127.0.0.1:" + bus.bus().managementPort())
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(OPERATOR.getBytes(StandardCharsets.UTF_8)))
                .POST(BodyPublishers.noBody())
                .build());
    }

    /** Does this to the embedded database of the bus, behind its back; gives back how many rows it found or changed. */
    int sql(String statement, Object... values) {
        return sql(folder, statement, values);
    }

    static int sql(Path folder, String statement, Object... values) {
        String url = "jdbc:h2:file:" + folder.resolve("data/database/lgsp").toAbsolutePath()
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
        try (Connection connection = DriverManager.getConnection(url, "lgsp", "");
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setObject(i + 1, values[i]);
            }
            if (!prepared.execute()) {
                return prepared.getUpdateCount();
            }
            int rows = 0;
            try (ResultSet found = prepared.getResultSet()) {
                while (found.next()) {
                    rows++;
                }
            }
            return rows;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    Path folder() {
        return folder;
    }

    StubPeer insurance() {
        return insurance;
    }

    ArchiveConsumer archive() {
        return archive;
    }

    int brokerPort() {
        return brokerPort;
    }

    /** The text of a SOAP 1.1 request: birth {@code number}, under this message id unless it is empty. */
    static String envelope(int number, String messageId) {
        return envelope(number, messageId, "NGUYỄN THỊ MẪU");
    }

    static String envelope(int number, String messageId, String name) {
        return SoapService.envelope(
                SoapService.SOAP_11,
                messageId.isEmpty()
                        ? ""
                        : "<wsa:MessageID xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">" + messageId
                                + "</wsa:MessageID>",
                """
                <ThongBaoKhaiSinh xmlns="urn:thanhphomau:hotich:khaisinh:1.0">
                  <SoDangKy>KS-2026-%d</SoDangKy>
                  <NgayDangKy>02/02/2026</NgayDangKy>
                  <MaNoiDangKy>H99.09.05</MaNoiDangKy>
                  <NguoiDuocKhaiSinh>
                    <SoDinhDanh>001300000001</SoDinhDanh>
                    <HoVaTen>%s</HoVaTen>
                    <NgaySinh>01/01/2026</NgaySinh>
                    <GioiTinh>1</GioiTinh>
                    <NoiSinh>Bệnh viện Mẫu</NoiSinh>
                  </NguoiDuocKhaiSinh>
                  <Me><HoVaTen>TRẦN THỊ VÍ DỤ</HoVaTen></Me>
                </ThongBaoKhaiSinh>""".formatted(number, name));
    }

    /** Sends birth {@code number} to the bus at this port, without a message id of its own. */
    HttpResponse<String> send(int port, int number) {
        return send(request(port, envelope(number, "")).build());
    }

    HttpResponse<String> send(int port, int number, String messageId) {
        return send(request(port, envelope(number, messageId)).build());
    }

    HttpRequest.Builder request(int port, String envelope) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/soap/" + SERVICE + "/v1"))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", TestBus.KEY)
                .header("Content-Type", "text/xml; charset=utf-8")
                .POST(BodyPublishers.ofString(envelope));
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest request) {
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    /** The exchange that this answer acknowledges; empty when it is none. */
    static Optional<String> acknowledged(HttpResponse<String> answer) {
        Matcher id = ACKNOWLEDGED.matcher(answer.body());
        return answer.statusCode() == 200 && id.find() ? Optional.of(id.group(1)) : Optional.empty();
    }

    /** The error code of a fault; empty when there is none. */
    static String fault(HttpResponse<String> answer) {
        Matcher code = FAULT.matcher(answer.body());
        return code.find() ? code.group(1) : "";
    }

    /** The state of this exchange as its source is told it. */
    JsonNode state(int port, String exchange) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/exchanges/" + exchange))
                        .timeout(Duration.ofSeconds(30))
                        .header("X-Api-Key", TestBus.KEY)
                        .build());
        try {
            return JSON.readTree(answer.body());
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    /** How the delivery of this exchange to one destination stands, as its source is told it. */
    JsonNode delivery(int port, String exchange, String destination) {
        for (JsonNode delivery : state(port, exchange).path("deliveries")) {
            if (delivery.path("destination").asText().equals(destination)) {
                return delivery;
            }
        }
        return JSON.missingNode();
    }

    /** The numbers of the births that the office has seen, with everything that came twice. */
    List<String> atInsurance() {
        return insurance.received().stream().map(seen -> numberIn(seen.text())).toList();
    }

    /** The numbers of the births that the archive has committed. */
    List<String> atArchive() {
        return archive.taken().stream().map(taken -> numberIn(taken.text())).toList();
    }

    /** The names of deliveries to the office, which tell one repeated from two. */
    Set<String> insuranceDeliveries() {
        return insurance.received().stream()
                .map(seen -> seen.headers().get("Idempotency-Key"))
                .collect(Collectors.toSet());
    }

    /** Sends birth {@code number}; gives back its exchange. */
    String accepted(TestBus bus, int number) {
        return acknowledged(send(bus.port(), number)).orElseThrow();
    }

    /** Waits until this delivery is in that state. */
    void arrives(TestBus bus, String exchange, String destination, String state) {
        soon().until(() -> delivery(bus.port(), exchange, destination)
                .path("state")
                .asText()
                .equals(state));
    }

    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    /** Makes both destinations well, waits until nothing is on its way to them, and forgets all of it: the next case begins as the first. */
    void beginAnew() {
        insurance.behaves(takes());
        archive.rollsBack(0);
        archive.resume();
        soon().until(() ->
                sql("select 1 from delivery where state in ('accepted', 'delivering')") == 0 && archive.isConnected());
        sql("delete from guaranteed_exchange");
        insurance.forget();
        archive.forget();
    }

    static String number(int number) {
        return "KS-2026-" + number;
    }

    static String numberIn(String content) {
        Matcher number = NUMBER.matcher(content);
        return number.find() ? number.group() : "";
    }

    @Override
    public void close() {
        archive.close();
        insurance.close();
    }
}
