package vn.lgsp.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.SoapCall;
import vn.lgsp.parse.JsonParsers;
import vn.lgsp.scenario.Scenario;
import vn.lgsp.unit.Unit;

/**
 * A call that is made of a service's samples: those of the first mapping or schema in its route are what a caller sends.
 *
 * @param from the sample or scenario, by its name below the home
 * @param headers beside the key
 * @param body empty where there is none
 */
record SampleCall(String from, String operation, String method, String path, Map<String, String> headers, String body) {
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final Pattern MAPPING = Pattern.compile(
            "(?:transforms/|lgsp-(?:validate|json|xml):)([^/ ]+/[^/ ]+)/([^ ]+?\\.(?:jq|xsl|xsd|json))");
    private static final Pattern PART = Pattern.compile("\\{([a-zA-Z0-9]+)(\\+?)}");
    private static final Pattern DECLARATION = Pattern.compile("^\\s*<\\?xml[^>]*\\?>");

    /** The call, if the samples have one that an operation takes. */
    static Optional<SampleCall> of(Unit unit, List<Explanation.Step> route) {
        for (String folder : sampleFolders(unit, route)) {
            for (Map.Entry<String, Map<String, String>> sample :
                    samples(unit, folder).entrySet()) {
                for (Operation operation : unit.card().operations()) {
                    Optional<SampleCall> call = call(unit, operation, sample.getKey(), sample.getValue());
                    if (call.isPresent()) {
                        return call;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The call of a scenario, if it is one that gets a good answer. */
    static Optional<SampleCall> of(Scenario scenario) {
        return scenario.request()
                .map(request -> new SampleCall(
                        scenario.file(),
                        scenario.name(),
                        request.method(),
                        request.path(),
                        request.headers(),
                        request.content().orElse("")));
    }

    /** The folders of samples of what the route does, in its order. */
    private static Set<String> sampleFolders(Unit unit, List<Explanation.Step> route) {
        Set<String> folders = new LinkedHashSet<>();
        List<Explanation.Step> open = new ArrayList<>(route);
        while (!open.isEmpty()) {
            Explanation.Step step = open.remove(0);
            Matcher mapping = MAPPING.matcher(step.what());
            if (mapping.find()) {
                String folder = "transforms/" + mapping.group(1) + "/samples/" + mapping.group(2) + "/";
                if (unit.files().keySet().stream().anyMatch(file -> file.startsWith(folder))) {
                    folders.add(folder);
                }
            }
            open.addAll(0, step.steps());
            if (!step.system().isEmpty()) {
                break; // what comes after a call is an answer
            }
        }
        return folders;
    }

    /** Names of files by what they are, such as {@code in.json}, by case; those that are refused are no example. */
    private static Map<String, Map<String, String>> samples(Unit unit, String folder) {
        Map<String, Map<String, String>> samples = new TreeMap<>();
        for (String file : unit.files().keySet()) {
            if (file.startsWith(folder)) {
                String name = file.substring(folder.length());
                int dot = Math.max(0, name.indexOf('.'));
                samples.computeIfAbsent(name.substring(0, dot), one -> new TreeMap<>())
                        .put(name.substring(dot + 1), file);
            }
        }
        samples.values().removeIf(files -> files.keySet().stream()
                .anyMatch(kind -> kind.startsWith("invalid") || kind.startsWith("refused")));
        return samples;
    }

    private static Optional<SampleCall> call(Unit unit, Operation operation, String name, Map<String, String> files) {
        if (operation.jms().isPresent()) {
            return Optional.empty(); // it is not called over HTTP
        }
        Optional<String> json = Optional.ofNullable(files.get("in.json"));
        Optional<String> xml = Optional.ofNullable(files.get("in.xml"));
        Optional<String> variables = Optional.ofNullable(files.get("variables.json"));
        Map<String, String> parts = variables.map(file -> strings(unit, file)).orElse(Map.of());
        String from = json.or(() -> xml).or(() -> variables).orElse(name);
        Map<String, String> headers = new LinkedHashMap<>();
        if (operation.soap().isPresent()) {
            return xml.map(file -> {
                SoapCall soap = operation.soap().get();
                headers.put("Content-Type", "text/xml; charset=utf-8");
                headers.put("SOAPAction", "\"" + soap.action() + "\"");
                return new SampleCall(
                        file,
                        operation.id(),
                        "POST",
                        "/soap/" + unit.card().key(),
                        headers,
                        enveloped(text(unit, file)));
            });
        }
        Optional<String> path = path(operation, parts);
        boolean takesBody = !operation.accepts().isEmpty();
        if (path.isEmpty() || takesBody != (json.isPresent() || xml.isPresent())) {
            return Optional.empty();
        }
        if (takesBody) {
            Optional<String> type = operation.accepts().stream()
                    .filter(accepted -> accepted.matches(json.isPresent() ? ".*[/+]json" : ".*[/+]xml"))
                    .findFirst();
            if (type.isEmpty()) {
                return Optional.empty();
            }
            headers.put("Content-Type", type.get());
        }
        return Optional.of(new SampleCall(
                from,
                operation.id(),
                operation.method(),
                "/api/" + unit.card().key() + path.get(),
                headers,
                json.or(() -> xml).map(file -> text(unit, file)).orElse("")));
    }

    /** The path and query of an operation with these values; empty when one is missing. */
    private static Optional<String> path(Operation operation, Map<String, String> values) {
        Matcher part = PART.matcher(operation.path().toString());
        StringBuilder path = new StringBuilder();
        while (part.find()) {
            String value = values.get(part.group(1));
            if (value == null) {
                return Optional.empty();
            }
            String encoded = encoded(value);
            part.appendReplacement(
                    path, Matcher.quoteReplacement(part.group(2).isEmpty() ? encoded : encoded.replace("%2F", "/")));
        }
        part.appendTail(path);
        String next = "?";
        for (String name : operation.query().stream().sorted().toList()) {
            if (values.containsKey(name)) {
                path.append(next).append(name).append('=').append(encoded(values.get(name)));
                next = "&";
            }
        }
        return Optional.of(path.toString());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String enveloped(String payload) {
        return "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\n"
                + DECLARATION.matcher(payload).replaceFirst("").strip()
                + "\n</soapenv:Body></soapenv:Envelope>\n";
    }

    private static Map<String, String> strings(Unit unit, String file) {
        Map<String, String> values = new TreeMap<>();
        try {
            JsonNode read = JSON.readTree(text(unit, file));
            read.fields()
                    .forEachRemaining(
                            field -> values.put(field.getKey(), field.getValue().asText()));
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException(file + ": this is not JSON: ./lgsp validate tells more", broken);
        }
        return values;
    }

    private static String text(Unit unit, String file) {
        return unit.text(file).orElseThrow();
    }
}
