package vn.lgsp.torture;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.parse.JsonParsers;

/** A real bus: the same program in a process of its own, that can be killed. */
final class BusProcess implements Victim {
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(15);
    private static final Pattern EXCHANGE = Pattern.compile("<(?:[\\w.-]+:)?MaGiaoDich>([0-9a-f-]{36})</");
    private static final Pattern CODE = Pattern.compile("<(?:[\\w.-]+:)?code>([a-z-]+)</");
    private static final Pattern AGAIN = Pattern.compile("<(?:[\\w.-]+:)?retry>true</");

    private final TortureHome home;
    private final List<String> command;
    private final Path log;
    private final Thread hook = new Thread(this::end);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private Optional<Process> process = Optional.empty();
    private volatile boolean up;

    /** @param database further settings, beside those of the home */
    BusProcess(TortureHome home, TortureSettings.Command command, Map<String, String> database) {
        this.home = home;
        this.log = home.folder().resolve("bus.log");
        this.command = new ArrayList<>(command.java());
        Map<String, String> settings = home.settings();
        settings.putAll(database);
        settings.forEach((name, value) -> this.command.add("-D" + name + "=" + value));
        this.command.addAll(command.bus());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public synchronized void start() {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            started.getOutputStream().close();
            process = Optional.of(started);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void awaitUp() {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!Ports.answers(home.dataPort())) {
            boolean alive = running().isAlive();
            if (!alive || System.nanoTime() > deadline) {
                throw new IllegalStateException("the bus " + (alive ? "was not ready in time" : "ended by itself")
                        + ", see " + log + System.lineSeparator() + end(log));
            }
            Pause.millis(50);
        }
        up = true;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void kill() {
        up = false;
        end();
    }

    private synchronized Process running() {
        return process.orElseThrow();
    }

    private synchronized void end() {
        process.map(Process::destroyForcibly).ifPresent(killed -> {
            try {
                killed.waitFor();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public Answer send(Notice notice) {
        HttpRequest.Builder request = request(home.dataPort(), TortureHome.ADDRESS)
                .header("X-Api-Key", TortureHome.SOURCE_KEY)
                .header("Content-Type", notice.contentType())
                .POST(BodyPublishers.ofString(notice.envelope()));
        if (!notice.isSoap12()) {
            request.header("SOAPAction", "\"urn:thanhphomau:hotich:khaisinh:1.0/ThongBaoKhaiSinh\"");
        }
        return answer(request.build()).<Answer>map(BusProcess::read).orElseGet(Answer.Unknown::new);
    }

    private static Answer read(HttpResponse<String> answer) {
        Matcher exchange = EXCHANGE.matcher(answer.body());
        if (answer.statusCode() == 200 && exchange.find()) {
            return new Answer.Acknowledged(exchange.group(1));
        }
        Matcher code = CODE.matcher(answer.body());
        return code.find()
                ? new Answer.Refused(code.group(1), AGAIN.matcher(answer.body()).find())
                : new Answer.Refused("HTTP " + answer.statusCode(), false);
    }

    @Override
    public Optional<Map<String, Standing>> standing(String exchange) {
        HttpRequest request = request(home.dataPort(), "/exchanges/" + exchange)
                .header("X-Api-Key", TortureHome.SOURCE_KEY)
                .build();
        return answer(request).filter(answer -> answer.statusCode() == 200).flatMap(answer -> {
            try {
                Map<String, Standing> told = new HashMap<>();
                for (JsonNode delivery : JSON.readTree(answer.body()).path("deliveries")) {
                    told.put(
                            delivery.path("destination").asText(),
                            new Standing(
                                    delivery.path("delivery").asText(),
                                    delivery.path("state").asText()));
                }
                return Optional.of(told);
            } catch (JsonProcessingException notJson) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<Integer> count(String... states) {
        return answer(request(home.managementPort(), "/observe/metrics").build())
                .filter(answer -> answer.statusCode() == 200)
                .flatMap(answer -> {
                    double sum = 0;
                    for (String state : states) {
                        String name = "lgsp_guarantee_" + state + "{";
                        List<String> lines = answer.body()
                                .lines()
                                .filter(line -> line.startsWith(name))
                                .toList();
                        for (String line : lines) {
                            sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                        }
                        sum += lines.isEmpty() ? Double.NaN : 0;
                    }
                    return Double.isNaN(sum) ? Optional.empty() : Optional.of((int) sum);
                });
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create(String.format(Locale.ROOT, "http://%s:%d%s", Ports.HOST, port, path)))
                .timeout(ANSWER_PATIENCE);
    }

    private Optional<HttpResponse<String>> answer(HttpRequest request) {
        try {
            return Optional.of(http.send(request, BodyHandlers.ofString()));
        } catch (IOException broken) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the torture was interrupted", stopped);
        }
    }

    private static String end(Path log) {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        up = false;
        end();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
