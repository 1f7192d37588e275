package vn.lgsp.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.city.SampleKeys;

/** Performs the sample exchanges against the running bus, as the parties would: over the network, with their own keys. */
@Command(
        name = "try",
        description = "Performs the sample exchanges against the running bus; ends with 0 only if all came out right.",
        mixinStandardHelpOptions = true)
final class TryCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CITIZENS = "/api/population-citizen-lookup/v1/citizens";
    private static final String PARCELS = "/api/land-parcel-lookup/v1/parcels";
    private static final String DOCUMENTS = "/api/archive-document-relay/v1/documents";
    private static final Optional<String> TAX_OFFICE = Optional.of(SampleKeys.TAX_OFFICE.key());

    @Option(names = "--data-port", defaultValue = "8080", description = "of the bus to try (${DEFAULT-VALUE})")
    private int dataPort;

    @Option(names = "--management-port", defaultValue = "8081", description = "of the bus to try (${DEFAULT-VALUE})")
    private int managementPort;

    @Spec
    private CommandSpec command;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
    private int wrong;

    @Override
    public Integer call() throws IOException, InterruptedException {
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
                json -> json.at("/sha256").asText().equals(sha256(document)));
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
        PrintWriter out = out();
        out.println(wrong == 0 ? "All came out right." : wrong + " did NOT come out right.");
        out.flush();
        return wrong == 0 ? 0 : 1;
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
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new IOException(
                    "nothing answers at " + request.uri().getAuthority() + ": start the bus with ./lgsp run",
                    unreachable);
        }
        boolean good = answer.statusCode() == status && matches(answer.body(), right);
        wrong += good ? 0 : 1;
        PrintWriter out = out();
        out.printf("%s %s%n", good ? "[right]" : "[WRONG]", what);
        out.printf("    > %s %s%n", request.method(), request.uri().getRawPath());
        out.printf("    < %d %s%n", answer.statusCode(), shortened(answer.body()));
        answer.headers()
                .firstValue("X-LGSP-Result")
                .ifPresent(result -> out.printf(
                        "      result %s, exchange %s%n",
                        result, answer.headers().firstValue("X-LGSP-Exchange").orElse("?")));
        out.flush();
        return answer;
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

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        }
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
