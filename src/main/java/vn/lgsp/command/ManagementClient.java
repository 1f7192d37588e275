package vn.lgsp.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import vn.lgsp.parse.JsonParsers;

/** Speaks to the management port of a running bus as an operator. What is not as it should be becomes a message for a person. */
public final class ManagementClient {
    private static final Duration LONGEST = Duration.ofSeconds(40);
    private static final ObjectMapper JSON = JsonParsers.own();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    private final URI bus;
    private final String user;
    private final String password;
    private final Duration longest;

    /** @param bus scheme, host and port */
    ManagementClient(URI bus, String user, String password) {
        this(bus, user, password, LONGEST);
    }

    /** @param longest how long an answer is waited for */
    ManagementClient(URI bus, String user, String password, Duration longest) {
        this.longest = longest;
        this.bus = bus;
        this.user = user;
        this.password = password;
    }

    /** Reads what is at this path; fails with what the bus says is wrong. */
    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path).GET().build());
        if (answer.statusCode() != 200) {
            throw new Declined(reason(answer), answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    /** Asks the bus to do something; fails with what the bus says is wrong. */
    JsonNode post(String path, Object body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path)
                .header("Origin", origin())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build());
        if (answer.statusCode() / 100 != 2) {
            throw new Declined(reason(answer), answer.statusCode());
        }
        return answer.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    }

    /** Sends a delivery again; says why the bus did not, if it did not. */
    Optional<String> retry(String delivery) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/deliveries/" + delivery + "/retry")
                .header("Origin", origin())
                .POST(BodyPublishers.noBody())
                .build());
        return answer.statusCode() == 202 ? Optional.empty() : Optional.of(reason(answer));
    }

    private HttpRequest.Builder request(String path) {
        String basic = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(bus.resolve(path))
                .timeout(longest)
                .header("Accept", "application/json")
                .header("Authorization", "Basic " + basic);
    }

    private String origin() {
        return bus.getScheme() + "://" + bus.getRawAuthority();
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (HttpConnectTimeoutException unreachable) {
            throw unreachable(unreachable);
        } catch (HttpTimeoutException busy) {
            throw new IOException(
                    "the bus at " + origin() + " has not answered in " + longest.toSeconds()
                            + " s, and may still be about it: look again later with ./lgsp list and ./lgsp deploy history",
                    busy);
        } catch (IOException unreachable) {
            throw unreachable(unreachable);
        }
        if (answer.statusCode() == 401) {
            throw new Declined(
                    "the bus does not know operator " + user
                            + " with this password: name another one with --user and --password-file",
                    401);
        }
        return answer;
    }

    private Unreachable unreachable(IOException cause) {
        return new Unreachable(
                "no bus answers at " + origin() + ": start it with ./lgsp run, or name its management port", cause);
    }

    private static String reason(HttpResponse<String> answer) {
        try {
            String detail = JSON.readTree(answer.body()).path("detail").asText();
            if (!detail.isEmpty()) {
                return detail;
            }
        } catch (JsonProcessingException notOurs) {
            // said below
        }
        return "the answer has status " + answer.statusCode() + ": is this the management port of a bus?";
    }
}
