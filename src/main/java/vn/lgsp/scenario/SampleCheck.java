package vn.lgsp.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;
import vn.lgsp.transform.SampleStep;
import vn.lgsp.unit.Unit;

/**
 * Runs the samples of a unit through its mappings and schemas: request in, expected out. {@code transforms/README.md} has the form
 * of samples.
 *
 * <p>A sample that takes longer than the limit, or makes more than the limit, is stopped (see {@link BoundedRun} for what may stay
 * behind).
 *
 * @see "BUS-12"
 */
public final class SampleCheck {
    /** How long one sample may keep a processor busy. */
    public static final Duration LONGEST = Duration.ofSeconds(5);

    /** What the mapping of one sample may allocate. */
    public static final long MOST_BYTES = 512L << 20;

    private static final int MOST_DIFFERENCES = 5;
    private static final Pattern SAMPLE = Pattern.compile("(transforms/[^/]+/[^/]+)/samples/([^/]+)/([^/]+)");
    private static final List<String> SUFFIXES = List.of(
            "in.json", "in.xml", "invalid.json", "invalid.xml", "variables.json", "out.json", "out.xml", "refused.txt");

    private final BoundedRun bounded;
    private final String limitSeconds;
    private final String limitMegabytes;

    public SampleCheck() {
        this(LONGEST, MOST_BYTES);
    }

    /**
     * @param longest how long one sample may keep a processor busy
     * @param mostBytes what the mapping of one sample may allocate
     */
    public SampleCheck(Duration longest, long mostBytes) {
        bounded = new BoundedRun(longest, mostBytes);
        limitSeconds = String.valueOf(longest.toMillis() / 1_000.0).replaceFirst("\\.0$", "");
        limitMegabytes = String.valueOf(mostBytes >> 20);
    }

    /** What is wrong with the samples of this unit, in the order of their files. */
    public List<Finding> check(Unit unit) {
        return run(unit).stream().flatMap(result -> result.findings().stream()).toList();
    }

    /** Runs every sample of this unit, in the order of their files. */
    public List<SampleResult> run(Unit unit) {
        List<SampleResult> results = new ArrayList<>();
        Map<String, SampleStep> steps = new HashMap<>();
        cases(unit).forEach((name, sample) -> {
            long began = System.nanoTime();
            List<Finding> findings = check(unit, sample, steps);
            results.add(new SampleResult(
                    sample.mapping(), sample.name(), Duration.ofNanos(System.nanoTime() - began), findings));
        });
        return results;
    }

    /** The files of the samples, by case. */
    private static Map<String, Sample> cases(Unit unit) {
        Map<String, Sample> found = new TreeMap<>();
        unit.files().forEach((file, path) -> {
            Matcher matcher = SAMPLE.matcher(file);
            if (matcher.matches()) {
                int dot = matcher.group(3).indexOf('.');
                String name = dot < 0 ? matcher.group(3) : matcher.group(3).substring(0, dot);
                String suffix = dot < 0 ? "" : matcher.group(3).substring(dot + 1);
                String mapping = matcher.group(1) + "/" + matcher.group(2);
                found.computeIfAbsent(mapping + "/" + name, key -> new Sample(mapping, name, new LinkedHashMap<>()))
                        .files()
                        .put(suffix, new Part(file, path));
            }
        });
        return found;
    }

    private List<Finding> check(Unit unit, Sample sample, Map<String, SampleStep> steps) {
        Optional<Finding> unusable = unusable(unit, sample);
        if (unusable.isPresent()) {
            return List.of(unusable.get());
        }
        try {
            Optional<Part> in = sample.part("in").or(() -> sample.part("invalid"));
            byte[] body = in.isPresent() ? read(in.get()) : new byte[0];
            boolean json = in.isPresent() && in.get().file().endsWith(".json");
            Map<String, String> variables = variables(sample);
            BoundedRun.End<byte[]> end =
                    bounded.run(() -> steps.computeIfAbsent(sample.mapping(), mapping -> step(unit, mapping))
                            .run(body, json, variables));
            return judge(unit, sample, end);
        } catch (Unreadable unreadable) {
            return List.of(unreadable.finding);
        }
    }

    /** Why the files of this sample say nothing. */
    private static Optional<Finding> unusable(Unit unit, Sample sample) {
        String file = sample.any().file();
        String mapping = fileName(sample.mapping());
        if (!unit.files().containsKey(SampleStep.fileOf(sample.mapping()))) {
            List<String> known = unit.files().keySet().stream()
                    .filter(name -> name.startsWith(folder(sample.mapping())) && !name.contains("/samples/"))
                    .map(SampleCheck::fileName)
                    .filter(SampleStep::isMapping)
                    .toList();
            return Optional.of(Finding.of(
                    Rule.SAMPLE_OF_NOTHING,
                    file,
                    0,
                    mapping,
                    Nearest.of(mapping, known).orElse(known.isEmpty() ? "…" : String.join(", ", known))));
        }
        if (!SampleStep.isMapping(mapping)) {
            return Optional.of(Finding.of(
                    Rule.SAMPLE_OF_NOTHING, file, 0, mapping, "*.jq, *.xsl, *.schema.json, *.xsd, *.xsd@Element"));
        }
        for (Map.Entry<String, Part> part : sample.files().entrySet()) {
            if (!SUFFIXES.contains(part.getKey())) {
                return Optional.of(Finding.of(
                        Rule.SAMPLE_FILE_UNKNOWN,
                        part.getValue().file(),
                        0,
                        fileName(part.getValue().file()),
                        Nearest.of(part.getKey(), SUFFIXES)
                                .map(near -> sample.name() + "." + near)
                                .orElse(String.join(", ", SUFFIXES))));
            }
        }
        boolean schema = SampleStep.isSchema(mapping);
        boolean refusal =
                sample.part("refused").isPresent() || sample.part("invalid").isPresent();
        boolean output = sample.part("out").isPresent();
        boolean input = sample.part("in").isPresent();
        boolean enough = schema ? input || refusal : output || refusal;
        boolean clear = !(refusal && output)
                && !(input && sample.part("invalid").isPresent())
                && sample.files().keySet().stream()
                                .filter(suffix -> suffix.startsWith("in."))
                                .count()
                        < 2
                && sample.files().keySet().stream()
                                .filter(suffix -> suffix.startsWith("out."))
                                .count()
                        < 2;
        if (!enough || !clear) {
            return Optional.of(Finding.of(
                    enough ? Rule.SAMPLE_UNCLEAR : Rule.SAMPLE_INCOMPLETE,
                    file,
                    0,
                    sample.name(),
                    sample.files().values().stream()
                            .map(part -> fileName(part.file()))
                            .collect(Collectors.joining(", ")),
                    schema ? sample.name() + ".in.json" : sample.name() + ".out.json"));
        }
        return Optional.empty();
    }

    private List<Finding> judge(Unit unit, Sample sample, BoundedRun.End<byte[]> end) throws Unreadable {
        String mapping = fileName(sample.mapping());
        String file = sample.told().file();
        if (end instanceof BoundedRun.Done<byte[]> done) {
            if (sample.isRefusal()) {
                return List.of(Finding.of(Rule.SAMPLE_ACCEPTED, file, 0, sample.name(), mapping));
            }
            Optional<Part> out = sample.part("out");
            return out.isPresent() ? compare(sample, out.get(), done.value()) : List.of();
        }
        if (end instanceof BoundedRun.Stopped<byte[]> stopped) {
            return List.of(
                    switch (stopped.reason()) {
                        case TOO_LONG ->
                            Finding.of(Rule.SAMPLE_TOO_LONG, file, 0, sample.name(), mapping, limitSeconds);
                        case TOO_MUCH ->
                            Finding.of(Rule.SAMPLE_TOO_MUCH, file, 0, sample.name(), mapping, limitMegabytes);
                        case NOT_BEGUN -> Finding.of(Rule.SAMPLE_NOT_RUN, file, 0, sample.name(), mapping);
                    });
        }
        Throwable problem = ((BoundedRun.Failed<byte[]>) end).problem();
        Optional<BusException> refusal = BusException.in(problem);
        if (refusal.isEmpty()) {
            String text = problem instanceof StackOverflowError
                    ? "it calls itself without end"
                    : String.valueOf(problem.getMessage());
            return List.of(unusable(unit, sample, text));
        }
        String told = refusal.get().code() + ": " + refusal.get().detail();
        if (!sample.isRefusal()) {
            return List.of(Finding.of(Rule.SAMPLE_REFUSED, file, 0, sample.name(), mapping, told));
        }
        Optional<Part> expected = sample.part("refused");
        if (expected.isPresent()) {
            String text = new String(read(expected.get()), StandardCharsets.UTF_8).strip();
            if (!text.replaceAll("\\R", "").equals(told)) {
                return List.of(Finding.of(
                        Rule.SAMPLE_REFUSED_OTHERWISE, expected.get().file(), 1, sample.name(), mapping, text, told));
            }
        }
        return List.of();
    }

    private static List<Finding> compare(Sample sample, Part expected, byte[] result) throws Unreadable {
        byte[] written = read(expected);
        List<Difference> differences;
        if (expected.file().endsWith(".json")) {
            JsonText.Node left = json(sample, expected, written);
            try {
                differences = JsonText.differences(left, JsonText.read(new String(result, StandardCharsets.UTF_8)));
            } catch (Broken other) {
                differences = List.of(otherKind("JSON", result));
            }
        } else {
            XmlText.Element left;
            try {
                left = XmlText.read(written);
            } catch (Broken broken) {
                throw unreadable(sample, expected, broken.line(), "XML", broken.getMessage());
            }
            try {
                differences = XmlText.differences(left, XmlText.read(result));
            } catch (Broken other) {
                differences = List.of(otherKind("XML", result));
            }
        }
        return differences.stream()
                .limit(MOST_DIFFERENCES)
                .map(difference -> Finding.of(
                        Rule.SAMPLE_DIFFERS,
                        expected.file(),
                        difference.line(),
                        sample.name(),
                        fileName(sample.mapping()),
                        difference.where(),
                        difference.expected(),
                        difference.found()))
                .toList();
    }

    private static Difference otherKind(String kind, byte[] result) {
        return new Difference("", 1, kind, Difference.brief(new String(result, StandardCharsets.UTF_8)));
    }

    private static Map<String, String> variables(Sample sample) throws Unreadable {
        Optional<Part> part = sample.part("variables");
        Map<String, String> variables = new LinkedHashMap<>();
        if (part.isPresent()) {
            JsonText.Node node = json(sample, part.get(), read(part.get()));
            if (!(node instanceof JsonText.Members members)) {
                throw unreadable(sample, part.get(), node.line(), "JSON", "it is not an object of strings");
            }
            for (Map.Entry<String, JsonText.Node> member : members.byName().entrySet()) {
                if (!(member.getValue() instanceof JsonText.Single single)) {
                    throw unreadable(
                            sample, part.get(), member.getValue().line(), "JSON", "it is not an object of strings");
                }
                variables.put(member.getKey(), single.plain());
            }
        }
        return variables;
    }

    private static JsonText.Node json(Sample sample, Part part, byte[] text) throws Unreadable {
        try {
            return JsonText.read(new String(text, StandardCharsets.UTF_8));
        } catch (Broken broken) {
            throw unreadable(sample, part, broken.line(), "JSON", broken.getMessage());
        }
    }

    private static SampleStep step(Unit unit, String mapping) {
        Path transforms = home(unit, mapping).resolve("transforms");
        return SampleStep.of(transforms, mapping.substring("transforms/".length()));
    }

    /** The home, or the copy, that the files of the unit stand in. */
    private static Path home(Unit unit, String file) {
        Path home = Optional.ofNullable(unit.files().get(SampleStep.fileOf(file)))
                .orElseThrow(() -> new IllegalArgumentException(file + " is no file of the service"))
                .toAbsolutePath();
        for (int i = 0; i < file.split("/").length; i++) {
            home = Optional.ofNullable(home.getParent()).orElse(home);
        }
        return home;
    }

    private static Finding unusable(Unit unit, Sample sample, String why) {
        return Finding.of(
                Rule.SAMPLE_MAPPING_UNUSABLE,
                SampleStep.fileOf(sample.mapping()),
                0,
                fileName(sample.mapping()),
                withoutHome(unit, sample, why));
    }

    private static String withoutHome(Unit unit, Sample sample, String text) {
        Path home = home(unit, sample.mapping());
        return text.replace(home.toUri().toString(), "")
                .replace("file:" + home + "/", "")
                .replace(home + "/", "");
    }

    private static byte[] read(Part part) throws Unreadable {
        try {
            return Files.readAllBytes(part.path());
        } catch (IOException unreadable) {
            throw new Unreadable(
                    Finding.of(Rule.SAMPLE_BROKEN, part.file(), 0, fileName(part.file()), "", "it cannot be read"));
        }
    }

    private static Unreadable unreadable(
            Sample sample, Part part, int line, String kind, @org.jspecify.annotations.Nullable String why) {
        return new Unreadable(
                Finding.of(Rule.SAMPLE_BROKEN, part.file(), line, sample.name(), kind, String.valueOf(why)));
    }

    private static String fileName(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    private static String folder(String file) {
        return file.substring(0, file.lastIndexOf('/') + 1);
    }

    /** A file of a sample: its name below the home, and where it is. */
    private record Part(String file, Path path) {}

    /** @param files by what follows the name of the case, such as {@code in.json} */
    private record Sample(String mapping, String name, Map<String, Part> files) {
        Optional<Part> part(String kind) {
            return files.entrySet().stream()
                    .filter(part -> part.getKey().startsWith(kind + "."))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        boolean isRefusal() {
            return part("refused").isPresent() || part("invalid").isPresent();
        }

        /** The file that says what shall come out. */
        Part told() {
            return part("out")
                    .or(() -> part("refused"))
                    .or(() -> part("invalid"))
                    .orElseGet(this::any);
        }

        Part any() {
            return files.values().iterator().next();
        }
    }

    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Finding finding;

        Unreadable(Finding finding) {
            this.finding = finding;
        }
    }
}
