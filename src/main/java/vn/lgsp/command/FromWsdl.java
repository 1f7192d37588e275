package vn.lgsp.command;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.soap.SoapVersion;
import vn.lgsp.soap.Unimportable;
import vn.lgsp.soap.WsdlOperation;
import vn.lgsp.soap.WsdlReader;
import vn.lgsp.transform.SchemaStep;

/**
 * The files of a REST service that asks one operation of somebody's SOAP service: what its contract says, and nothing written by hand.
 *
 * @param operation as the contract tells it
 */
record FromWsdl(
        ServiceKey service, String domain, Blueprint.Names names, InformationSystem system, WsdlOperation operation) {
    private static final int LARGEST = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /**
     * Reads the contract.
     *
     * @param place a file, or an address
     * @param fetch whether anything may be fetched from another machine
     */
    static WsdlReader reader(String place, boolean fetch) throws IOException {
        boolean address = place.matches("(?i)https?://.*");
        return WsdlReader.read(
                address
                        ? URI.create(place)
                        : Path.of(place).toAbsolutePath().normalize().toUri(),
                part -> read(part, fetch, !address));
    }

    private static byte[] read(URI place, boolean fetch, boolean files) throws IOException {
        if ("file".equals(place.getScheme()) && files) {
            Path file = Path.of(place);
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(file + " is not a file");
            }
            return Files.readAllBytes(file);
        }
        if (!List.of("http", "https").contains(String.valueOf(place.getScheme()))) {
            throw new IllegalArgumentException(place + " is not fetched: an address begins with http or https");
        }
        if (!fetch && !isLoopback(place)) {
            throw new Unimportable(
                    "import from another machine",
                    place + " is on another machine: give --fetch to let this command fetch it and what it imports");
        }
        return fetched(place);
    }

    private static boolean isLoopback(URI place) {
        try {
            return place.getHost() != null
                    && InetAddress.getByName(place.getHost()).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static byte[] fetched(URI place) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(LONGEST)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        try {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(place).timeout(LONGEST).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                byte[] content = body.readNBytes(LARGEST + 1);
                if (answer.statusCode() != 200 || content.length > LARGEST) {
                    throw new IllegalArgumentException(place
                            + (answer.statusCode() == 200
                                    ? " is larger than " + (LARGEST >> 20) + " MB"
                                    : " was answered with the status " + answer.statusCode()));
                }
                return content;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("the fetching of " + place + " was stopped", stopped);
        }
    }

    /** The name of all files of the service. */
    String base() {
        return service.id().value();
    }

    /** The path of the operation, below the address of the service. */
    String path() {
        String clean = operation.name().replaceAll("[^A-Za-z0-9_-]", "-");
        return "/" + (clean.isEmpty() ? "call" : clean);
    }

    private String operationId() {
        String kebab = operation
                .name()
                .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        return kebab.isEmpty() || kebab.length() > 60 ? "call" : kebab;
    }

    /**
     * Texts by the names of their files below the home of the bus, in order.
     *
     * @throws vn.lgsp.failure.Refused when JSON cannot show what a schema of the contract says
     * @throws Unimportable when no example was found
     */
    Map<String, String> files() throws IOException {
        String folder = domain + "/" + base() + "/";
        Path trial = Files.createTempDirectory("lgsp-wsdl");
        try {
            Map<String, String> files = new TreeMap<>();
            for (Map.Entry<String, String> schema : operation.schemas().entrySet()) {
                files.put("transforms/" + folder + schema.getKey(), schema.getValue());
                Path file = trial.resolve("transforms").resolve(folder).resolve(schema.getKey());
                Files.createDirectories(file.resolveSibling(""));
                Files.writeString(file, schema.getValue());
            }
            boolean asks = operation.request().isPresent();
            String request = asks ? side(trial, operation.request().get(), "request", ": câu hỏi", files) : "";
            boolean answers = operation.answer().isPresent();
            String answer = answers ? side(trial, operation.answer().get(), "response", ": câu trả lời", files) : "";
            files.put("routes/" + domain + "/" + base() + ".card.yaml", filled(CARD, request, answer));
            files.put(
                    "routes/" + domain + "/" + base() + ".camel.yaml",
                    filled(
                            ROUTE
                                    + (asks ? ASKED : "")
                                    + CALL
                                    + (answers ? ANSWER : operation.oneWay() ? NO_ANSWER : EMPTY_ANSWER),
                            request,
                            answer));
            Map<String, String> scenarios = new LinkedHashMap<>();
            if (answers) {
                scenarios.put("answered", ANSWERED);
            } else if (operation.oneWay()) {
                scenarios.put("taken", TAKEN);
            } else {
                scenarios.put("done", DONE);
            }
            scenarios.put("soap-fault", FAULT);
            scenarios.put("grant-missing", STRANGER);
            scenarios.forEach((name, text) -> files.put(
                    "transforms/" + folder + "scenarios/" + name + ".scenario.yaml", filled(text, request, answer)));
            return files;
        } finally {
            try (Stream<Path> all = Files.walk(trial)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** The JSON Schema and the samples of one side; gives the folder of the samples that turn it. */
    private String side(
            Path trial, WsdlOperation.Message message, String side, String title, Map<String, String> files) {
        String folder = domain + "/" + base() + "/";
        SchemaStep step = SchemaStep.of(trial.resolve("transforms"), folder + message.file(), message.element());
        String json = example(step, message.element());
        String samples = "samples/" + message.file() + "@" + message.element();
        byte[] made = step.xml(json.getBytes(StandardCharsets.UTF_8));
        String xml = new String(made, StandardCharsets.UTF_8) + "\n";
        String below = "transforms/" + folder;
        files.put(below + side + ".schema.json", step.jsonSchema(names.vi() + title));
        files.put(below + "samples/" + side + ".schema.json/example.in.json", json);
        boolean asks = side.equals("request");
        files.put(
                below + samples + (asks ? "/asked.in" : "/answered.out") + ".json",
                asks ? json : new String(step.json(made), StandardCharsets.UTF_8) + "\n");
        files.put(below + samples + (asks ? "/asked.out" : "/answered.in") + ".xml", xml);
        return samples;
    }

    private static String example(SchemaStep step, String element) {
        BusException last = null;
        for (boolean everything : new boolean[] {true, false}) {
            try {
                return step.example(everything);
            } catch (BusException unfit) {
                last = unfit;
            }
        }
        throw new Unimportable(
                "no example",
                "no example of " + element + " was found that its schema lets through: "
                        + String.valueOf(last == null ? "" : last.detail()));
    }

    private String filled(String text, String request, String answer) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("@service@", service.id().value());
        words.put("@base@", base());
        words.put("@version@", Integer.toString(service.version()));
        words.put("@domain@", domain);
        words.put("@vi@", Blueprint.quoted(names.vi()));
        words.put("@title@", names.vi());
        words.put("@en@", Blueprint.quoted(names.en()));
        words.put("@description@", Blueprint.quoted(names.description()));
        words.put("@contact@", Blueprint.quoted(names.contact()));
        words.put("@system@", system.id().value());
        words.put("@operation@", operation.name());
        words.put("@id@", operationId());
        words.put("@path@", path());
        boolean asks = operation.request().isPresent();
        words.put(
                "@requestFile@",
                operation.request().map(WsdlOperation.Message::file).orElse(""));
        words.put(
                "@requestElement@",
                operation.request().map(WsdlOperation.Message::element).orElse(""));
        words.put("@accepts@", asks ? "    accepts: [application/json]\n" : "");
        words.put("@sent@", asks ? "  file: " + request + "/asked.in.json\n" : "");
        boolean answered = operation.answer().isPresent() || operation.oneWay();
        words.put(
                "@emptyBody@", parameter("emptyBody", asks ? answered ? "" : "answer" : answered ? "request" : "both"));
        words.put("@envelope@", operation.version().namespace());
        words.put("@soapType@", operation.version() == SoapVersion.SOAP_12 ? "application/soap+xml" : "text/xml");
        words.put(
                "@answerFile@",
                operation.answer().map(WsdlOperation.Message::file).orElse(""));
        words.put(
                "@answerElement@",
                operation.answer().map(WsdlOperation.Message::element).orElse(""));
        words.put("@answerSamples@", answer);
        boolean newer = operation.version() == SoapVersion.SOAP_12;
        words.put("@version12@", newer ? parameter("version", "1.2") : "");
        words.put("@soap@", newer ? "1.2" : "1.1");
        words.put("@fault@", newer ? "Receiver" : "Server");
        words.put(
                "@action@",
                parameter("action", operation.action())
                        + operation
                                .attachments()
                                .map(beside -> parameter("attachments", String.join(",", beside.elements()))
                                        + parameter("attachmentsAs", packaging(beside)))
                                .orElse(""));
        // in a message of several parts nothing can be compared as XML
        words.put(
                "@asked@",
                operation.attachments().isPresent() || !asks
                        ? ""
                        : (newer ? "" : "        headers: { Content-Type: text/xml; charset=utf-8 }\n")
                                + "        file: " + request + "/asked.out.xml\n");
        words.put(
                "@namespace@",
                parameter(
                        "expectsNamespace",
                        operation.answer().map(WsdlOperation.Message::namespace).orElse("")));
        String filled = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filled = filled.replace(word.getKey(), word.getValue());
        }
        return filled;
    }

    private static String packaging(WsdlOperation.Beside beside) {
        return switch (beside.packaging()) {
            case MTOM -> "mtom";
            case SWA_REF -> "swaRef";
            case MIME -> "mime";
        };
    }

    private static String parameter(String name, String value) {
        return value.isEmpty() ? "" : "              " + name + ": '" + value.replace("'", "''") + "'\n";
    }

    private static final String CARD = """
            service: @service@
            version: @version@
            name:
              vi: @vi@
              en: @en@
            description: @description@
            contact: @contact@
            providers: [@system@]
            mode: mapped
            criterion: real-time
            personalData: true
            limits:
              request: 1MB
              answer: 10MB
            operations:
              - id: @id@
                method: POST
                path: @path@
            @accepts@""";

    private static final String ROUTE = """
            # @title@: asks the operation @operation@ of @system@, as its contract describes it.
            # provider @system@ · made by ./lgsp new service --from-wsdl
            - route:
                id: @base@
                description: Answers a REST call from one SOAP operation of the provider.
                from:
                  uri: direct:@base@
                  steps:
            """;

    private static final String ASKED = """
                    - to: lgsp-validate:@domain@/@base@/request.schema.json
                    - to: lgsp-xml:@domain@/@base@/@requestFile@?element=@requestElement@
            """;

    private static final String CALL = """
                    - to:
                        uri: lgsp-soap:@system@
                        parameters:
            @version12@@action@@emptyBody@""";

    private static final String ANSWER = """
            @namespace@              expectsName: @answerElement@
                    - to: lgsp-json:@domain@/@base@/@answerFile@?element=@answerElement@
                    - setHeader: { name: Content-Type, constant: application/json }
            """;

    /** The contract promises none: who asks is told that it was taken. */
    private static final String NO_ANSWER = """
                          oneWay: "true"
                    - setHeader: { name: CamelHttpResponseCode, constant: "202" }
            """;

    /** The contract promises one with nothing in it. */
    private static final String EMPTY_ANSWER = """
                    - setHeader: { name: CamelHttpResponseCode, constant: "204" }
            """;

    private static final String DONE = """
            scenario: The operation @operation@ is asked, and answered with nothing
            given:
              @system@:
                headers: { Content-Type: "@soapType@; charset=utf-8" }
                text: '<e:Envelope xmlns:e="@envelope@"><e:Body/></e:Envelope>'
            when:
              post: @path@
            @sent@then:
              answer: { status: 204 }
              record: { outcome: answered, provider: @system@, operation: "POST @path@" }
              peers:
                @system@:
                  - request: POST /
            @asked@""";

    private static final String ANSWERED = """
            scenario: The operation @operation@ is asked and answered
            given:
              @system@:
                soap: "@soap@"
                file: @answerSamples@/answered.in.xml
            when:
              post: @path@
            @sent@then:
              answer:
                status: 200
                file: @answerSamples@/answered.out.json
              record: { outcome: answered, provider: @system@, operation: "POST @path@" }
              peers:
                @system@:
                  - request: POST /
            @asked@""";

    private static final String TAKEN = """
            scenario: The operation @operation@ is told, and promises no answer
            given:
              @system@:
                status: 202
            when:
              post: @path@
            @sent@then:
              answer: { status: 202 }
              record: { outcome: answered, provider: @system@, operation: "POST @path@" }
              peers:
                @system@:
                  - request: POST /
            @asked@""";

    private static final String FAULT = """
            scenario: A SOAP fault is the provider's failure
            given:
              @system@:
                soap: "@soap@"
                fault: { code: @fault@, text: out of order }
            when:
              post: @path@
            @sent@then:
              answer: { status: 502, code: provider-failed, at: { /partnerCode: @fault@ } }
            """;

    private static final String STRANGER = """
            scenario: A system without a grant is refused before the provider is asked
            when:
              as: stranger
              post: @path@
            @sent@then:
              answer: { status: 403, code: grant-missing }
              peers: { @system@: [] }
            """;
}
