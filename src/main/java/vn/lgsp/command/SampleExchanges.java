package vn.lgsp.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.message.Sha256;
import vn.lgsp.parse.JsonParsers;

/** The exchanges of the sample city, as its parties perform them: over the network, with their own keys. */
final class SampleExchanges {
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final String CITIZENS = "/api/population-citizen-lookup/v1/citizens";
    private static final String PARCELS = "/api/land-parcel-lookup/v1/parcels";
    private static final String DOCUMENTS = "/api/archive-document-relay/v1/documents";
    private static final String BIRTHS = "/soap/civil-birth-notify/v1";
    private static final Pattern ACKNOWLEDGED =
            Pattern.compile("<(?:\\w+:)?MaGiaoDich>([0-9a-f-]{36})</(?:\\w+:)?MaGiaoDich>");
    private static final Duration DELIVERY_PATIENCE = Duration.ofSeconds(30);
    private static final Optional<String> CIVIL_REGISTRY = Optional.of(SampleKeys.CIVIL_REGISTRY.key());
    private static final Optional<String> TAX_OFFICE = Optional.of(SampleKeys.TAX_OFFICE.key());

    private final Output output;
    private final int dataPort;
    private final int managementPort;
    private final int socialInsurancePort;
    private final int civilArchivePort;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
    private final List<Map<String, Object>> results = new ArrayList<>();
    private int wrong;

    /** @param output may be asked for JSON */
    SampleExchanges(Output output, int dataPort, int managementPort, int socialInsurancePort, int civilArchivePort) {
        this.output = output;
        this.dataPort = dataPort;
        this.managementPort = managementPort;
        this.socialInsurancePort = socialInsurancePort;
        this.civilArchivePort = civilArchivePort;
    }

    /** Whether all came out right. */
    boolean perform() throws IOException, InterruptedException {
        String document = "{\"title\":\"Biên bản bàn giao mẫu\",\"pages\":12}";
        HttpResponse<String> citizen = exchange(
                "A citizen, out of the SOAP system of the population database",
                get(CITIZENS + "/001099000001", TAX_OFFICE),
                200,
                json -> json.at("/citizens/0/id").asText().equals("001099000001")
                        && json.at("/citizens/0/fullName/given").asText().equals("DỤ"));
        exchange(
                "The same, with the number in the body instead of the path",
                post(CITIZENS, "{\"id\":\"001099000001\"}", TAX_OFFICE),
                200,
                json -> json.at("/total").asInt() == 1);
        exchange(
                "A number that nobody has: no error, no record",
                post(CITIZENS, "{\"id\":\"001099999999\"}", TAX_OFFICE),
                200,
                json -> json.at("/total").asInt(-1) == 0);
        exchange(
                "A SOAP fault of the population system becomes an honest problem",
                get(CITIZENS + "/001099009001", TAX_OFFICE),
                502,
                json -> json.at("/code").asText().equals("provider-failed"));
        exchange("An error inside a 200 does, too", get(CITIZENS + "/001099009003", TAX_OFFICE), 502, json -> json.at(
                        "/code")
                .asText()
                .equals("provider-failed"));
        exchange(
                "A parcel of the eastern district, from its own registry",
                get(PARCELS + "/01/0012-345", TAX_OFFICE),
                200,
                json -> json.at("/parcel/number").asText().equals("0012-345"));
        exchange(
                "A parcel of the western district: another registry, another format, the same answer",
                post(PARCELS, "{\"district\":\"02\",\"number\":\"0099\"}", TAX_OFFICE),
                200,
                json -> json.at("/parcel/number").asText().equals("0099"));
        exchange(
                "A document passes to the archive byte for byte",
                post(DOCUMENTS, document, TAX_OFFICE),
                201,
                json -> json.at("/sha256").asText().equals(Sha256.hex(document)));
        exchange(
                "Without a key nothing is served",
                get(CITIZENS + "/001099000001", Optional.empty()),
                401,
                json -> json.at("/code").asText().equals("consumer-unknown"));
        exchange(
                "Nor without a grant",
                get(CITIZENS + "/001099000001", Optional.of(SampleKeys.HEALTH.key())),
                403,
                json -> json.at("/code").asText().equals("grant-missing"));
        exchange(
                "Nor after the grant has ended",
                get(CITIZENS + "/001099000001", Optional.of(SampleKeys.CONSTRUCTION.key())),
                403,
                json -> json.at("/code").asText().equals("grant-missing"));
        String id = citizen.headers().firstValue("X-LGSP-Exchange").orElse("");
        exchange(
                "What the bus keeps of the first exchange: evidence, no content",
                record(id),
                200,
                json -> json.at("/result").asText().equals("00")
                        && json.at("/answerDigest").asText().length() == 64
                        && !json.toString().contains("001099000001"));
        birth();
        if (output.isJson()) {
            output.json(Map.of("right", results.size() - wrong, "wrong", wrong, "exchanges", results));
        } else {
            output.say(
                    wrong == 0 ? output.good("All came out right.") : output.bad(wrong + " did NOT come out right."));
        }
        return wrong == 0;
    }

    /** A guaranteed delivery: accepted once, delivered twice, and acknowledged again without being delivered again. */
    private void birth() throws IOException, InterruptedException {
        String message = "urn:uuid:" + UUID.randomUUID();
        String number = "KS-2026-" + new SecureRandom().nextInt(100_000_000, 1_000_000_000);
        HttpResponse<String> accepted = perform(
                "A birth notice by SOAP: acknowledged when the bus answers for its delivery",
                notice(message, number, "NGUYỄN THỊ ƯỚC MẪU"),
                200,
                text -> !acknowledged(text).isEmpty() && text.contains(">00<"));
        String id = acknowledged(accepted.body());
        exchange(
                "Its sender sees that both destinations have it",
                delivered(get("/exchanges/" + id, CIVIL_REGISTRY)),
                200,
                json -> json.at("/state").asText().equals("delivered")
                        && json.at("/deliveries").size() == 2);
        exchange(
                "The social insurance office has it once, in its own JSON",
                peer(socialInsurancePort, "/births/" + number),
                200,
                json -> json.at("/soLanNhan").asInt() == 1
                        && json.at("/hoSo/tre/hoTen").asText().equals("NGUYỄN THỊ ƯỚC MẪU"));
        exchange(
                "The civil archive took it once from its queue, in its own XML",
                peer(civilArchivePort, "/documents/" + number),
                200,
                json -> json.at("/soLanNhan").asInt() == 1
                        && json.at("/taiLieu").asText().contains(">NGUYỄN THỊ ƯỚC MẪU<"));
        perform(
                "The same message again: the same acknowledgement, and nothing is delivered again",
                notice(message, number, "NGUYỄN THỊ ƯỚC MẪU"),
                200,
                text -> acknowledged(text).equals(id));
        perform(
                "Another notice under that message id is refused, as a SOAP fault",
                notice(message, number, "NGUYỄN THỊ KHÁC"),
                500,
                text -> text.contains("Fault") && text.contains("message-conflict"));
    }

    private static String acknowledged(String answer) {
        Matcher id = ACKNOWLEDGED.matcher(answer);
        return id.find() ? id.group(1) : "";
    }

    private HttpRequest notice(String message, String number, String name) {
        return to(BIRTHS, CIVIL_REGISTRY)
                .header("Content-Type", "text/xml; charset=utf-8")
                .header("SOAPAction", "\"urn:thanhphomau:hotich:khaisinh:1.0/ThongBaoKhaiSinh\"")
                .POST(BodyPublishers.ofString("""
                        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
                          <soapenv:Header>
                            <wsa:MessageID xmlns:wsa="http://www.w3.org/2005/08/addressing">%s</wsa:MessageID>
                          </soapenv:Header>
                          <soapenv:Body>
                            <ThongBaoKhaiSinh xmlns="urn:thanhphomau:hotich:khaisinh:1.0">
                              <SoDangKy>%s</SoDangKy>
                              <NgayDangKy>15/01/2026</NgayDangKy>
                              <MaNoiDangKy>H99.09.05</MaNoiDangKy>
                              <NguoiDuocKhaiSinh>
                                <SoDinhDanh>001326000017</SoDinhDanh>
                                <HoVaTen>%s</HoVaTen>
                                <NgaySinh>09/01/2026</NgaySinh>
                                <GioiTinh>2</GioiTinh>
                                <NoiSinh>Bệnh viện Mẫu</NoiSinh>
                              </NguoiDuocKhaiSinh>
                              <Me><HoVaTen>TRẦN THỊ THỬ</HoVaTen></Me>
                            </ThongBaoKhaiSinh>
                          </soapenv:Body>
                        </soapenv:Envelope>
                        """.formatted(message, number, name)))
                .build();
    }

    /** The same request, when what it asks for is delivered, or when waiting has lasted long enough. */
    private HttpRequest delivered(HttpRequest state) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < DELIVERY_PATIENCE.toNanos()) {
            HttpResponse<String> answer = http.send(state, BodyHandlers.ofString());
            if (answer.statusCode() != 200
                    || matches(
                            answer.body(),
                            json -> json.at("/state").asText().equals("delivered")
                                    || json.at("/state").asText().equals("parked"))) {
                break;
            }
            Thread.sleep(100);
        }
        return state;
    }

    private static HttpRequest peer(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private HttpRequest.Builder to(String path, Optional<String> key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + dataPort + path))
                .timeout(Duration.ofSeconds(20));
        key.ifPresent(known -> request.header("X-Api-Key", known));
        return request;
    }

    private HttpRequest get(String path, Optional<String> key) {
        return to(path, key).GET().build();
    }

    private HttpRequest post(String path, String json, Optional<String> key) {
        return to(path, key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    private HttpRequest record(String exchange) {
        String operator = SampleKeys.OPERATOR + ":" + SampleKeys.OPERATOR_PASSWORD;
        return HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + "/records/" + exchange))
                .timeout(Duration.ofSeconds(20))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(operator.getBytes(StandardCharsets.UTF_8)))
                .GET()
                .build();
    }

    private HttpResponse<String> exchange(String what, HttpRequest request, int status, Predicate<JsonNode> right)
            throws IOException, InterruptedException {
        return perform(what, request, status, body -> matches(body, right));
    }

    private HttpResponse<String> perform(String what, HttpRequest request, int status, Predicate<String> right)
            throws IOException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new Unreachable(
                    "nothing answers at " + request.uri().getAuthority() + ": start the bus with ./lgsp run",
                    unreachable);
        }
        boolean good = answer.statusCode() == status && right.test(answer.body());
        wrong += good ? 0 : 1;
        tell(what, request, answer, good);
        return answer;
    }

    private void tell(String what, HttpRequest request, HttpResponse<String> answer, boolean good) {
        Optional<String> result = answer.headers().firstValue("X-LGSP-Result");
        Optional<String> exchange = answer.headers().firstValue("X-LGSP-Exchange");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("what", what);
        told.put("right", good);
        told.put("method", request.method());
        told.put("path", shown(request.uri()));
        told.put("status", answer.statusCode());
        result.ifPresent(code -> told.put("result", code));
        exchange.ifPresent(id -> told.put("exchange", id));
        results.add(told);
        if (output.isJson()) {
            return;
        }
        output.say((good ? output.good("[right]") : output.bad("[WRONG]")) + " " + what);
        output.say("    > " + request.method() + " " + shown(request.uri()));
        output.say("    < " + answer.statusCode() + " " + shortened(answer.body()));
        result.ifPresent(code -> output.say("      result " + code + ", exchange " + exchange.orElse("?")));
    }

    /** The path; with its port, where it is not one of the bus. */
    private String shown(URI uri) {
        boolean ours = uri.getPort() == dataPort || uri.getPort() == managementPort;
        return (ours ? "" : "localhost:" + uri.getPort()) + uri.getRawPath();
    }

    private static boolean matches(String body, Predicate<JsonNode> right) {
        try {
            return right.test(JSON.readTree(body));
        } catch (JsonProcessingException notJson) {
            return false;
        }
    }

    private static String shortened(String body) {
        String line = body.replaceAll("\\s+", " ");
        return line.length() <= 300 ? line : line.substring(0, 300) + " … (" + body.length() + " characters)";
    }
}
