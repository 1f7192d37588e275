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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.parse.JsonParsers;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.scenario.Scenario;
import vn.lgsp.scenario.ScenarioFile;
import vn.lgsp.unit.Unit;

/** Performs exchanges against the running bus, as the parties would: over the network, with their own keys. */
@Command(
        name = "try",
        description = {
            "Sends the sample of a service through the running bus, and shows request, answer and record.",
            "",
            "Without a service it performs all the exchanges of the sample city. Ends with 0 only if all came out right."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp try",
            "  ./lgsp try land-parcel-lookup",
            "  ./lgsp try archive-document-relay --scenario store",
            "  ./lgsp try land-parcel-lookup/v2 --key \"$KEY\" --config city.properties"
        })
public final class TryCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final Duration DELIVERY_PATIENCE = Duration.ofSeconds(10);
    private static final String HIDDEN = "(the key)";

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "such as land-parcel-lookup, or land-parcel-lookup/v2")
    private @Nullable String service;

    @Option(
            names = "--key",
            description =
                    "of the account that calls; in the sample city that of a system which has a grant, otherwise LGSP_KEY")
    private @Nullable String key;

    @Option(names = "--scenario", paramLabel = "NAME", description = "send what this scenario of the service sends")
    private @Nullable String scenario;

    @Option(names = "--data-port", description = "of the bus to try (8080, or as --config says)")
    private @Nullable Integer dataPort;

    @Option(
            names = "--social-insurance-port",
            defaultValue = "18095",
            description = "of the sample city's social insurance office (${DEFAULT-VALUE})")
    private int socialInsurancePort;

    @Option(
            names = "--civil-archive-port",
            defaultValue = "18096",
            description = "of the sample city's civil archive (${DEFAULT-VALUE})")
    private int civilArchivePort;

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec command;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration configuration = home.configuration();
        int port = Optional.ofNullable(dataPort).orElseGet(() -> configuration.number("lgsp.data-port", 8080));
        if (service == null) {
            SampleExchanges all = new SampleExchanges(
                    output, port, operator.port(configuration), socialInsurancePort, civilArchivePort);
            return all.perform() ? ExitCode.DONE : ExitCode.NOT_DONE;
        }
        BusSettings settings = BusSettings.from(configuration);
        Registry registry = RegistryDocument.readWithoutSecrets(settings, configuration);
        List<Unit> units = ServiceChoice.among(Unit.find(settings.home()).units(), service);
        Unit unit = units.get(units.size() - 1);
        Instant now = Clock.systemUTC().instant();
        Explanation explanation = Explanation.of(unit, settings.home(), registry, now);
        SampleCall call = call(unit, explanation);
        return perform(configuration, port, unit, call, keyFor(explanation, registry));
    }

    /** Of the scenario that is named; else of the samples; else of the first scenario with a good answer. */
    private SampleCall call(Unit unit, Explanation explanation) {
        List<Scenario> scenarios = ScenarioFile.all(unit).scenarios();
        if (scenario != null) {
            List<String> names = scenarios.stream().map(Scenario::name).toList();
            return scenarios.stream()
                    .filter(one -> one.name().equals(scenario))
                    .flatMap(one -> SampleCall.of(one).stream())
                    .findFirst()
                    .orElseThrow(() -> new ParameterException(
                            command.commandLine(),
                            "no scenario " + scenario + " with a good answer: there are " + String.join(", ", names)));
        }
        return SampleCall.of(unit, explanation.route())
                .or(() -> scenarios.stream()
                        .flatMap(one -> SampleCall.of(one).stream())
                        .findFirst())
                .orElseThrow(() -> new IllegalArgumentException(unit.card().key()
                        + " has neither a sample of a request that one of its operations takes, nor a scenario with a good"
                        + " answer: write one (transforms/README.md), or call it with curl"));
    }

    private String keyFor(Explanation explanation, Registry registry) {
        return Optional.ofNullable(key)
                .or(() -> Optional.ofNullable(System.getenv("LGSP_KEY")))
                .or(() -> explanation.grants().stream()
                        .flatMap(grant -> SampleKeys.all().stream()
                                .filter(known ->
                                        registry.sample() && known.system().equals(grant.consumer())))
                        .map(SampleKeys.SampleKey::key)
                        .findFirst())
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        explanation.grants().isEmpty()
                                ? "nobody has a grant for " + explanation.service()
                                        + ": grant it in the registry, or give the --key of a caller to see the refusal"
                                : "give the key of one who has a grant, "
                                        + explanation.grants().get(0).consumer() + ": --key, or LGSP_KEY"));
    }

    private int perform(Configuration configuration, int port, Unit unit, SampleCall call, String shownKey)
            throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + port + call.path());
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(Duration.ofMinutes(2))
                .header("X-Api-Key", shownKey)
                .method(
                        call.method(),
                        call.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(call.body()));
        call.headers().forEach(request::header);
        HttpResponse<String> answer = send(request.build());
        Optional<String> exchange = answer.headers().firstValue("X-LGSP-Exchange");
        boolean good = answer.statusCode() / 100 == 2;
        Optional<JsonNode> deliveries =
                good && exchange.isPresent() && !unit.destinations().isEmpty()
                        ? Optional.of(deliveries(port, exchange.get(), shownKey))
                        : Optional.empty();
        Optional<JsonNode> record = exchange.isPresent() ? record(configuration, exchange.get()) : Optional.empty();
        if (output.isJson()) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("service", unit.card().key().toString());
            told.put("sample", call.from());
            told.put(
                    "request",
                    Map.of(
                            "method",
                            call.method(),
                            "path",
                            call.path(),
                            "headers",
                            call.headers(),
                            "body",
                            call.body()));
            told.put(
                    "answer",
                    Map.of(
                            "status",
                            answer.statusCode(),
                            "headers",
                            answer.headers().map(),
                            "body",
                            answer.body()));
            told.put("exchange", exchange);
            told.put("deliveries", deliveries);
            told.put("record", record);
            told.put("contracts", contracts(unit, port));
            output.json(told);
        } else {
            say(call, answer, exchange, deliveries, record);
            output.say("");
            contracts(unit, port).forEach(place -> output.say(output.faint("# what it offers: " + place)));
        }
        boolean arrived = deliveries
                .map(list ->
                        stream(list).allMatch(one -> one.path("state").asText().equals("delivered")))
                .orElse(true);
        return good && arrived ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static List<String> contracts(Unit unit, int port) {
        return Explanation.contracts(unit.card()).stream()
                .map(path -> "http://localhost:" + port + path)
                .toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new Unreachable(
                    "nothing answers at " + request.uri().getAuthority() + ": start the bus with ./lgsp run",
                    unreachable);
        }
    }

    /** How the deliveries stand, once nothing is under way any more or waiting has lasted long enough. */
    private JsonNode deliveries(int port, String exchange, String key) throws IOException, InterruptedException {
        HttpRequest state = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/exchanges/" + exchange))
                .timeout(Duration.ofSeconds(20))
                .header("X-Api-Key", key)
                .build();
        long begun = System.nanoTime();
        try (Progress progress = output.progress("waiting for the deliveries")) {
            while (true) {
                JsonNode known = JSON.readTree(send(state).body());
                String stands = known.path("state").asText();
                if (!stands.matches("accepted|waiting|delivering")
                        || System.nanoTime() - begun > DELIVERY_PATIENCE.toNanos()) {
                    return known.path("deliveries");
                }
                progress.at("waiting for the deliveries, " + stands);
                Thread.sleep(100);
            }
        }
    }

    /** Empty where no operator may see it. */
    private Optional<JsonNode> record(Configuration configuration, String exchange) throws InterruptedException {
        try {
            return Optional.of(operator.open(command, configuration).get("/records/" + exchange));
        } catch (IOException notShown) {
            return Optional.empty();
        }
    }

    private void say(
            SampleCall call,
            HttpResponse<String> answer,
            Optional<String> exchange,
            Optional<JsonNode> deliveries,
            Optional<JsonNode> record) {
        output.say(output.faint("# " + call.operation() + ", from " + call.from()));
        output.say(output.strong(call.method() + " " + call.path()));
        output.say("X-Api-Key: " + HIDDEN);
        call.headers().forEach((name, value) -> output.say(name + ": " + value));
        if (!call.body().isBlank()) {
            output.say("");
            output.say(call.body().strip());
        }
        output.say("");
        output.say(
                answer.statusCode() / 100 == 2
                        ? output.good(Integer.toString(answer.statusCode()))
                        : output.bad(Integer.toString(answer.statusCode())));
        for (String name : List.of("Content-Type", "X-LGSP-Result", "X-LGSP-Exchange")) {
            answer.headers().firstValue(name).ifPresent(value -> output.say(name + ": " + value));
        }
        output.say("");
        output.say(pretty(answer.body()).strip());
        deliveries.ifPresent(list -> {
            output.say("");
            output.say(output.strong("Deliveries"));
            list.forEach(delivery -> output.say("  %-22s %s%s"
                    .formatted(
                            delivery.path("destination").asText(),
                            delivery.path("state").asText(),
                            delivery.path("reason").path("code").isMissingNode()
                                    ? ""
                                    : ", "
                                            + delivery.path("reason")
                                                    .path("code")
                                                    .asText())));
        });
        if (exchange.isPresent()) {
            output.say("");
            output.say(output.strong("What the bus keeps of it")
                    + (record.isPresent() ? "" : ": an operator sees it at /records/" + exchange.get()));
        }
        record.ifPresent(kept -> kept.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                output.say("  %-18s %s"
                        .formatted(
                                field.getKey(),
                                field.getValue().isValueNode()
                                        ? field.getValue().asText()
                                        : field.getValue().toString()));
            }
        }));
    }

    private static String pretty(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json.isContainerNode() ? json.toPrettyString() : body;
        } catch (JsonProcessingException notJson) {
            return body;
        }
    }
}
