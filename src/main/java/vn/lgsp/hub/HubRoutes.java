package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is below {@code /hub}: the page, and the same for programs. */
final class HubRoutes {
    private static final String HTML = "text/html;charset=utf-8";
    private static final int MOST_SHOWN = 1_000;
    private static final int USUALLY_SHOWN = 100;
    private static final Pattern SIMULATOR = Pattern.compile("/(faults|settings)/([a-z0-9-]{1,40})");
    private static final Pattern BODY = Pattern.compile("/received/([0-9]{1,15})/(request|response)");
    private static final Map<String, String> FILES = Map.of(
            "/hub.css",
            "text/css;charset=utf-8",
            "/hub.js",
            "text/javascript;charset=utf-8",
            "/hub.svg",
            "image/svg+xml");
    /** What the portal calls itself. */
    static final Set<String> INBOUND = Set.of("nhanhsdvcqg", "nhantbthuedvcqg", "addtthcKhuyenMai");

    private static final Set<String> FORMS = Set.of("/switch", "/setting", "/portal/button");
    private static final List<String> SWITCH = List.of("fault", "value", "times", "operation");
    private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
            + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'";

    private final Hub hub;
    private final Vertx vertx;
    private final WorkerExecutor workers;

    HubRoutes(Hub hub, Vertx vertx, WorkerExecutor workers) {
        this.hub = hub;
        this.vertx = vertx;
        this.workers = workers;
    }

    void answer(HttpServerRequest request, String path, Buffer body) {
        try {
            String method = request.method().name();
            if (method.equals("GET")) {
                get(request, path);
            } else if (isElsewhere(request)) {
                problem(request, 403, "a page of another address may not switch anything here");
            } else {
                change(request, method + " " + path, path, body.getBytes());
            }
        } catch (IllegalArgumentException wrong) {
            String reason = String.valueOf(wrong.getMessage());
            if (FORMS.contains(path)) {
                // a person sent it
                send(request, 400, HTML, HubPage.page(hub, Optional.of(reason)).getBytes(StandardCharsets.UTF_8));
            } else {
                problem(request, 400, reason);
            }
        }
    }

    private void get(HttpServerRequest request, String path) {
        if (path.isEmpty() || path.equals("/")) {
            send(request, 200, HTML, HubPage.page(hub).getBytes(StandardCharsets.UTF_8));
        } else if (FILES.containsKey(path)) {
            send(request, 200, FILES.get(path), file(path.substring(1)));
        } else if (path.equals("/received")) {
            json(request, 200, received(request));
        } else if (path.equals("/faults")) {
            ObjectNode all = Json.object();
            hub.simulators().forEach(name -> all.set(name, faults(name)));
            json(request, 200, all);
        } else if (path.equals("/settings")) {
            ObjectNode all = Json.object();
            hub.simulators().forEach(name -> all.set(name, settings(name)));
            json(request, 200, all);
        } else {
            Matcher body = BODY.matcher(path);
            Matcher one = SIMULATOR.matcher(path);
            if (body.matches()) {
                body(request, Long.parseLong(body.group(1)), body.group(2).equals("request"));
            } else if (one.matches()) {
                json(request, 200, one.group(1).equals("faults") ? faults(one.group(2)) : settings(one.group(2)));
            } else {
                problem(request, 404, "nothing is here");
            }
        }
    }

    private void change(HttpServerRequest request, String wanted, String path, byte[] body) {
        Matcher one = SIMULATOR.matcher(path);
        if (wanted.equals("POST /reset")) {
            Optional.ofNullable(request.getParam("simulator")).ifPresentOrElse(hub::reset, hub::reset);
            done(request);
        } else if (wanted.equals("POST /switch")) {
            form(body);
            request.response().putHeader("location", "/hub");
            send(request, 303, HTML, new byte[0]);
        } else if (wanted.equals("POST /setting")) {
            QueryStringDecoder form = new QueryStringDecoder(new String(body, StandardCharsets.UTF_8), false);
            Settings settings = hub.settings(field(form, "simulator"));
            String name = field(form, "name");
            String value = field(form, "value");
            settings.put(name, value.isEmpty() ? settings.usual(name) : value);
            request.response().putHeader("location", "/hub#settings");
            send(request, 303, HTML, new byte[0]);
        } else if (wanted.equals("POST /axis/deliver")) {
            // a packet may be large
            workers.executeBlocking(() -> hub.deliver(body), false)
                    .onSuccess(documents -> {
                        ArrayNode ids = Json.array();
                        documents.forEach(ids::add);
                        json(request, 200, Json.object().set("docIds", ids));
                    })
                    .onFailure(wrong -> problem(request, 400, String.valueOf(wrong.getMessage())));
        } else if (wanted.equals("POST /portal/send")) {
            call(request, object(body));
        } else if (wanted.equals("POST /portal/button")) {
            QueryStringDecoder form = new QueryStringDecoder(new String(body, StandardCharsets.UTF_8), false);
            ObjectNode asked = Json.object().put("url", field(form, "url")).put("call", field(form, "call"));
            asked.putObject("headers").put("X-Api-Key", field(form, "key"));
            call(request, asked);
        } else if (wanted.startsWith("PUT ") && one.matches()) {
            String name = one.group(2);
            if (one.group(1).equals("faults")) {
                put(hub.faults(name), body);
                json(request, 200, faults(name));
            } else {
                Settings settings = hub.settings(name);
                object(body)
                        .properties()
                        .forEach(entry ->
                                settings.put(entry.getKey(), entry.getValue().asText()));
                json(request, 200, settings(name));
            }
        } else if (wanted.startsWith("DELETE /faults/") && one.matches()) {
            hub.faults(one.group(2)).clear();
            json(request, 200, faults(one.group(2)));
        } else {
            problem(request, 404, "nothing can be done here");
        }
    }

    private JsonNode received(HttpServerRequest request) {
        Optional<String> simulator =
                Optional.ofNullable(request.getParam("simulator")).filter(name -> !name.isEmpty());
        long after = number(request, "after", 0);
        long limit = Math.min(number(request, "limit", USUALLY_SHOWN), MOST_SHOWN);
        List<Received> found = simulator.map(hub::received).orElseGet(hub::received).stream()
                .filter(call -> call.number() > after)
                .toList();
        ArrayNode list = Json.array();
        found.stream().skip(Math.max(0, found.size() - limit)).forEach(call -> {
            ObjectNode entry = list.addObject()
                    .put("number", call.number())
                    .put("at", call.at().toString())
                    .put("simulator", call.simulator())
                    .put("operation", call.operation())
                    .put("method", call.method())
                    .put("path", call.path())
                    .put("requestBytes", call.requestBytes())
                    .put("requestDigest", call.requestDigest())
                    .put("status", call.status())
                    .put("responseBytes", call.responseBytes())
                    .put("responseDigest", call.responseDigest())
                    .put("fault", call.fault())
                    .put("right", call.isRight());
            ArrayNode checks = entry.putArray("checks");
            call.checks().forEach(check -> checks.addObject()
                    .put("name", check.name())
                    .put("passed", check.passed())
                    .put("detail", check.detail()));
        });
        return Json.object().set("received", list);
    }

    private void body(HttpServerRequest request, long number, boolean asked) {
        hub.received().stream()
                .filter(call -> call.number() == number)
                .findFirst()
                .map(call -> asked ? call.requestBody() : call.responseBody())
                .ifPresentOrElse(
                        // as text whatever it is, so that no browser runs it
                        body -> send(request, 200, "text/plain;charset=utf-8", body.bytes()),
                        () -> problem(request, 404, "this call is not there, or not any more"));
    }

    private ArrayNode faults(String simulator) {
        ArrayNode list = Json.array();
        for (Faults.Switch on : hub.faults(simulator).on()) {
            ObjectNode entry = list.addObject().put("fault", on.fault().label()).put("value", on.value());
            if (on.left() != Faults.LASTING) {
                entry.put("times", on.left());
            }
            if (!on.operation().isEmpty()) {
                entry.put("operation", on.operation());
            }
        }
        return list;
    }

    private ObjectNode settings(String simulator) {
        ObjectNode all = Json.object();
        hub.settings(simulator).all().forEach(all::put);
        return all;
    }

    /** Replaces what is set by one switch, or by a list of them; a wrong one changes nothing. */
    private static void put(Faults faults, byte[] body) {
        JsonNode asked = Json.read(body).orElseThrow(() -> new IllegalArgumentException("the body is no JSON"));
        List<Faults.Switch> before = faults.on();
        faults.clear();
        try {
            for (JsonNode one : asked.isArray() ? asked : Json.array().add(asked)) {
                one.fieldNames().forEachRemaining(name -> {
                    if (!SWITCH.contains(name)) {
                        throw new IllegalArgumentException(
                                "a switch has no field of this name: write " + String.join(", ", SWITCH));
                    }
                });
                Faults.Switch made = turn(faults, Json.text(one, "fault"), Json.text(one, "value"));
                if (one.has("times")) {
                    if (!one.path("times").isInt()) {
                        throw new IllegalArgumentException("times: write a whole number from 1 on, or leave it out");
                    }
                    made.times(one.path("times").asInt());
                }
                made.on(Json.text(one, "operation"));
            }
        } catch (IllegalArgumentException wrong) {
            faults.restore(before);
            throw wrong;
        }
    }

    private static Faults.Switch turn(Faults faults, String label, String value) {
        Fault fault = Fault.labelled(label)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no such fault: write one of " + String.join(", ", Fault.labels())));
        return value.isEmpty() ? faults.set(fault) : faults.set(fault, value);
    }

    /** What the page sends. */
    private void form(byte[] body) {
        QueryStringDecoder form = new QueryStringDecoder(new String(body, StandardCharsets.UTF_8), false);
        if (!field(form, "reset").isEmpty()) {
            hub.reset();
            return;
        }
        Faults faults = hub.faults(field(form, "simulator"));
        if (!field(form, "clear").isEmpty()) {
            faults.clear();
            return;
        }
        String times = field(form, "times");
        if (!times.matches("|[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException("times: write a number from 1 on, or nothing");
        }
        Faults.Switch made = turn(faults, field(form, "fault"), field(form, "value"));
        if (!times.isEmpty()) {
            made.times(Integer.parseInt(times));
        }
        made.on(field(form, "operation"));
    }

    private static String field(QueryStringDecoder form, String name) {
        return form.parameters().getOrDefault(name, List.of("")).get(0).strip();
    }

    /** Lets the portal call the platform. */
    private void call(HttpServerRequest request, ObjectNode asked) {
        String name = Json.text(asked, "call");
        if (!INBOUND.contains(name)) {
            throw new IllegalArgumentException("call: write one of " + String.join(", ", INBOUND));
        }
        URI to = URI.create(Json.text(asked, "url"));
        if (!"http".equals(to.getScheme()) || !Set.of(Hub.HOST, "localhost").contains(String.valueOf(to.getHost()))) {
            throw new IllegalArgumentException("url: the hub calls http addresses of this machine only");
        }
        ObjectNode body = asked.path("body").isObject()
                ? (ObjectNode) asked.path("body")
                : Json.object()
                        .put("madonvi", "000.00.00.H99")
                        .put("MaHoSo", "000.00.01.H99-260115-0001")
                        .put("NgayTiepNhan", "20260115083000");
        HttpClient client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(5_000));
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(to + (to.toString().endsWith("/") ? "" : "/") + name)
                .setTimeout(30_000);
        client.request(options)
                .compose(call -> {
                    call.putHeader("content-type", "application/json").putHeader("charset", "utf-8");
                    asked.path("headers")
                            .properties()
                            .forEach(header -> call.putHeader(
                                    header.getKey(), header.getValue().asText()));
                    return call.send(Buffer.buffer(Json.bytes(body)));
                })
                .compose(reply -> reply.body().map(text -> Json.object()
                        .put("status", reply.statusCode())
                        .put(
                                "type",
                                Optional.ofNullable(reply.getHeader("content-type"))
                                        .orElse(""))
                        .put("body", text.toString(StandardCharsets.UTF_8))))
                .onComplete(done -> {
                    client.close();
                    if (done.succeeded()) {
                        json(request, 200, done.result());
                    } else {
                        problem(request, 502, "the platform does not answer at this address");
                    }
                });
    }

    /** Whether a page of another address sent it. */
    private static boolean isElsewhere(HttpServerRequest request) {
        String site = Optional.ofNullable(request.getHeader("sec-fetch-site")).orElse("none");
        String origin = Optional.ofNullable(request.getHeader("origin")).orElse("");
        return !Set.of("same-origin", "none").contains(site)
                || !origin.isEmpty() && !origin.equals("http://" + request.getHeader("host"));
    }

    private static ObjectNode object(byte[] body) {
        return Json.object(body).orElseThrow(() -> new IllegalArgumentException("the body is no JSON object"));
    }

    private static long number(HttpServerRequest request, String name, long usual) {
        String text = Optional.ofNullable(request.getParam(name)).orElse("");
        if (!text.matches("|[0-9]{1,15}")) {
            throw new IllegalArgumentException(name + ": write a number");
        }
        return text.isEmpty() ? usual : Long.parseLong(text);
    }

    private static byte[] file(String name) {
        try (InputStream in = HubRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the hub's " + name + " is not in the class path: build again");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void done(HttpServerRequest request) {
        json(request, 200, Json.object().put("done", true));
    }

    private static void problem(HttpServerRequest request, int status, String detail) {
        send(
                request,
                status,
                "application/problem+json",
                Json.bytes(Json.object().put("status", status).put("detail", detail)));
    }

    private static void json(HttpServerRequest request, int status, JsonNode body) {
        send(request, status, Answer.JSON, Json.bytes(body));
    }

    private static void send(HttpServerRequest request, int status, String type, byte[] body) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("content-type", type)
                    .putHeader("content-security-policy", POLICY)
                    .putHeader("x-content-type-options", "nosniff")
                    .putHeader("cache-control", "no-store")
                    .end(Buffer.buffer(body));
        }
    }
}
