package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import vn.lgsp.operate.PasswordHash;

/** Operators of a bus: one who may turn the switches of services, and one who may look on; signed in at its management port. */
final class Switchboard {
    static final String SWITCHER = "truong-ca";
    static final String LOOKER = "van-hanh";
    static final String PASSWORD = "mat-khau-van-hanh";

    private static final String HASH = PasswordHash.make(PASSWORD, 210_000).stored();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String address;
    private final String session;

    private Switchboard(String address, String session) {
        this.address = address;
        this.session = session;
    }

    /** Gives a bus its operators. */
    static TestBus.Builder with(TestBus.Builder bus) {
        return bus.registry(text -> text.replace("operators: []", """
                operators:
                  - { user: %s, passwordHash: "%s", rights: [switch] }
                  - { user: %s, passwordHash: "%s" }
                """.formatted(SWITCHER, HASH, LOOKER, HASH)));
    }

    static Switchboard of(TestBus bus) {
        return seenBy(SWITCHER, bus);
    }

    static Switchboard seenBy(String operator, TestBus bus) {
        Switchboard nobody = new Switchboard("http://127.0.0.1:" + bus.bus().managementPort(), "");
        HttpResponse<String> signedIn =
                send(nobody.post("/hawtio/auth/login", Map.of("username", operator, "password", PASSWORD)));
        return new Switchboard(
                nobody.address,
                signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0]);
    }

    /** @param act start, stop or disable */
    HttpResponse<String> turn(String service, String act, String reason) {
        return send(post("/services/" + service + "/v1/" + act, Map.of("reason", reason)));
    }

    /** The same in the console. */
    HttpResponse<String> turnByConsole(String service, String act, String reason) {
        return send(post(
                "/hawtio/jolokia",
                Map.of(
                        "type",
                        "exec",
                        "mbean",
                        "vn.lgsp:type=Services",
                        "operation",
                        act + "(java.lang.String,java.lang.String)",
                        "arguments",
                        new String[] {service + "/v1", reason})));
    }

    JsonNode service(String service) {
        return json(send(request("/services/" + service + "/v1").build()));
    }

    JsonNode read(String path) {
        return json(send(request(path).build()));
    }

    JsonNode services() {
        return json(send(request("/services").build()));
    }

    private HttpRequest post(String path, Object body) {
        try {
            return request(path)
                    .header("Origin", address)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(30))
                .header("Cookie", session);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }
}
