package vn.lgsp.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.codes.CatalogueRows;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.parse.JsonParsers;

/**
 * Reads shared catalogues by a service of the running bus, as any consumer would: identified, granted and recorded.
 *
 * @see "EXT-29"
 */
final class CatalogueClient {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    private final int port;
    private final Function<ServiceKey, String> keys;
    private final Map<ServiceKey, String> known = new HashMap<>();

    /** @param keys of the account that asks this service */
    CatalogueClient(int port, Function<ServiceKey, String> keys) {
        this.port = port;
        this.keys = keys;
    }

    /** What the catalogues of a table have now; fails with what the bus says is wrong. */
    CatalogueRows rows(CodeTable table) throws IOException, InterruptedException {
        Optional<CatalogueRows> all = Optional.empty();
        for (CodeTable.Source source : table.sources()) {
            String path = "/" + URLEncoder.encode(source.catalogue(), StandardCharsets.UTF_8);
            CatalogueRows read =
                    CatalogueRows.of(source, get(source.service(), path + "/columns"), get(source.service(), path));
            all = Optional.of(
                    all.map(before -> before.and(source.catalogue(), read)).orElse(read));
        }
        return all.orElseThrow();
    }

    /** The catalogues that there are, as their system writes them. */
    JsonNode offered(ServiceKey service) throws IOException, InterruptedException {
        return JsonParsers.content().readTree(get(service, ""));
    }

    private byte[] get(ServiceKey service, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/api/" + service + "/catalogues" + path))
                .timeout(LONGEST)
                .header("X-Api-Key", known.computeIfAbsent(service, keys))
                .header("Accept", "application/json")
                .build();
        HttpResponse<byte[]> answer;
        try {
            answer = http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException unreachable) {
            throw new Unreachable(
                    "nothing answers at " + request.uri().getAuthority() + ": start the bus with ./lgsp run",
                    unreachable);
        }
        if (answer.statusCode() != 200) {
            throw new IOException(service + " did not give it: " + reason(answer) + ". Nothing was changed");
        }
        return answer.body();
    }

    private static String reason(HttpResponse<byte[]> answer) {
        try {
            JsonNode problem = JsonParsers.own().readTree(answer.body());
            String partner = problem.path("partnerCode").asText();
            if (problem.hasNonNull("code")) {
                return problem.path("code").asText()
                        + (partner.isEmpty() ? "" : " (" + partner + ")")
                        + ": " + problem.path("detail").asText();
            }
        } catch (JsonProcessingException notOurs) {
            // said below
        } catch (IOException unreadable) {
            return "its answer cannot be read";
        }
        return "HTTP " + answer.statusCode();
    }
}
