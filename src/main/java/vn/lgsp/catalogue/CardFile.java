package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Reads service cards: {@code routes/<domain>/<service>.card.yaml}.
 *
 * <p>Every mistake is an {@link IllegalArgumentException} that names file, line, what is wrong and what to do.
 *
 * @see "CAT-01, CAT-03, CAT-06"
 */
public final class CardFile {
    public static final String SUFFIX = ".card.yaml";

    /** Limits of a card that does not write them. */
    public static final long DEFAULT_REQUEST_LIMIT = Quantity.MB;

    public static final long DEFAULT_ANSWER_LIMIT = 10 * Quantity.MB;
    public static final Duration DEFAULT_BODY_TIMEOUT = Duration.ofSeconds(30);

    private static final Pattern QUERY = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z]+/[a-z0-9][a-z0-9.+-]{0,126}");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> BODILESS = Set.of("GET", "DELETE");
    /** Whoever answers these speaks to the bus, not to the caller behind it. */
    private static final Set<Integer> NEVER_PASSED_ON = Set.of(401, 403, 407);

    private CardFile() {}

    /**
     * The card in this file.
     *
     * @param path of which the last two parts name domain and service
     */
    public static ServiceCard read(Path path) {
        return read(path.toString(), YamlFile.text(path));
    }

    /**
     * The card in this text.
     *
     * @param file of which the last two parts name domain and service; it appears in refusals
     */
    public static ServiceCard read(String file, String text) {
        YamlSection card = YamlFile.read(
                file,
                text,
                List.of(
                        "service",
                        "version",
                        "name",
                        "description",
                        "contact",
                        "providers",
                        "mode",
                        "answer",
                        "criterion",
                        "personalData",
                        "source",
                        "limits",
                        "operations"));
        ServiceId service = card.value("service", ServiceId::new);
        Path path = Path.of(file);
        if (!path.getFileName().toString().equals(service + SUFFIX)) {
            throw card.refusal(
                    card.line("service"),
                    "field 'service' is '" + service + "', but the file is " + path.getFileName()
                            + ": one name everywhere, so rename one of them");
        }
        YamlSection name = card.requiredSection("name", "vi", "en");
        Optional<YamlSection> limits = card.section("limits", "request", "answer", "bodyTimeout");
        List<SystemId> providers = card.list("providers", SystemId::new);
        if (providers.isEmpty()) {
            throw card.missing("providers");
        }
        return new ServiceCard(
                new ServiceKey(service, card.number("version", 1, 999)),
                domain(path),
                name.text("vi"),
                providers,
                card.choice("mode", ServiceCard.Mode.class),
                card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD),
                limits.map(given ->
                                given.quantity("request", Quantity.size(0, 10 * Quantity.GB), DEFAULT_REQUEST_LIMIT))
                        .orElse(DEFAULT_REQUEST_LIMIT),
                limits.map(given -> given.quantity(
                                "answer", Quantity.size(Quantity.KB, 10 * Quantity.GB), DEFAULT_ANSWER_LIMIT))
                        .orElse(DEFAULT_ANSWER_LIMIT),
                limits.map(given -> given.quantity(
                                "bodyTimeout",
                                Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                                DEFAULT_BODY_TIMEOUT))
                        .orElse(DEFAULT_BODY_TIMEOUT),
                card.flag("personalData"),
                operations(card),
                new ServiceCard.Entry(
                        name.text("en"),
                        card.text("description"),
                        card.choice("criterion", ServiceCard.Criterion.class),
                        card.text("contact"),
                        card.optionalText("source")));
    }

    private static String domain(Path file) {
        Path folder = file.getParent();
        String domain = folder == null ? "" : String.valueOf(folder.getFileName());
        try {
            return YamlSection.kebab(domain);
        } catch (IllegalArgumentException wrong) {
            throw YamlFile.refusal(
                    file.toString(),
                    1,
                    "the card stands in no domain folder",
                    "move it to routes/<domain>/, in kebab-case");
        }
    }

    private static List<Operation> operations(YamlSection card) {
        List<YamlSection> written = card.sections("operations", "id", "method", "path", "query", "accepts", "answers");
        if (written.isEmpty()) {
            throw card.missing("operations");
        }
        Set<String> ids = new HashSet<>();
        Map<String, String> labels = new HashMap<>();
        return written.stream()
                .map(section -> {
                    Operation operation = operation(section);
                    if (!ids.add(operation.id())) {
                        throw section.refusal(
                                section.line("id"),
                                "operation '" + operation.id() + "' is written twice: give each its own id");
                    }
                    // Two templates that differ only in the names of their parts match the same paths.
                    String shape = operation.label().replaceAll("\\{[^}+]*", "{");
                    String other = labels.put(shape, operation.id());
                    if (other != null) {
                        throw section.refusal(
                                section.line("path"),
                                "operations '" + other + "' and '" + operation.id()
                                        + "' have the same method and path: take one out, or change its path");
                    }
                    return operation;
                })
                .toList();
    }

    private static Operation operation(YamlSection written) {
        String method = written.value("method", CardFile::method);
        List<String> accepts = written.list("accepts", CardFile::mediaType);
        if (!accepts.isEmpty() && BODILESS.contains(method)) {
            throw written.refusal(
                    written.line("accepts"),
                    "field 'accepts': a " + method + " has no body: take it out, or change the method");
        }
        return new Operation(
                written.value("id", YamlSection::kebab),
                method,
                written.value("path", PathTemplate::new),
                Set.copyOf(written.list("query", CardFile::queryName)),
                accepts,
                Set.copyOf(written.list("answers", CardFile::documentedStatus)));
    }

    private static String method(String text) {
        return require(text, METHODS.contains(text), "GET, POST, PUT, PATCH or DELETE");
    }

    private static String queryName(String text) {
        return require(text, QUERY.matcher(text).matches(), "letters, digits and . _ -, at most 64");
    }

    private static String mediaType(String text) {
        return require(
                text, MEDIA_TYPE.matcher(text).matches(), "a media type without parameters, such as application/json");
    }

    private static Integer documentedStatus(String text) {
        boolean valid = text.matches("4[0-9][0-9]") && !NEVER_PASSED_ON.contains(Integer.parseInt(text));
        return Integer.valueOf(
                require(text, valid, "400 to 499 without 401, 403 and 407, which the bus never passes on"));
    }

    private static String require(String text, boolean valid, String remedy) {
        if (!valid) {
            throw new IllegalArgumentException("'" + YamlSection.brief(text) + "' is not valid: write " + remedy);
        }
        return text;
    }
}
