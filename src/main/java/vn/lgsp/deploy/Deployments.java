package vn.lgsp.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Sha256;
import vn.lgsp.parse.JsonParsers;

/**
 * The ledger of deployments: who did what to which service, when and why; also what the next start reads its pointers from. One file
 * of JSON lines, each on the disk before what it tells happens, each with the SHA-256 of the line before it, so that nobody can
 * change an earlier one unseen.
 *
 * <p>A last line that a crash cut off never happened, and is taken away at the start. Safe for several threads.
 */
public final class Deployments implements Switches.Ledger, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);
    private static final ObjectMapper JSON = JsonParsers.own();
    private static final String FIRST = "0".repeat(64);
    /** Earlier revisions of a service that a person may want back. */
    private static final int REMEMBERED = 10;

    static final String OPERATOR = "operator:";

    /** In place of a digest: there are no files. */
    public static final String GONE = "gone";

    /** What was done. */
    public enum Action {
        /** Another revision is in force, from the files of the home. */
        DEPLOYED,
        /** Files were wrong; what was in force stays. */
        REFUSED,
        /** The files are gone, and the service with them. */
        RETIRED,
        /** An earlier revision is in force, whatever the files say, until they change again. */
        ROLLED_BACK,
        /** An operator switched the service off for a while. */
        STOPPED,
        /** An operator switched the service on again. */
        STARTED,
        /** An operator switched the service off for good. */
        DISABLED,
        /** The registry was read anew, and holds from the next exchange on. */
        REGISTRY_CHANGED,
        /** The registry was wrong; what was known stays. */
        REGISTRY_REFUSED;

        /** As people see it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Action of(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        /** Whether another revision, or none, is in force afterwards. */
        boolean switches() {
            return this == DEPLOYED || this == RETIRED || this == ROLLED_BACK;
        }

        /** Whether an operator turned the switch of a service. */
        boolean turns() {
            return this == STOPPED || this == STARTED || this == DISABLED;
        }
    }

    /**
     * One act.
     *
     * @param who {@code operator:<name>}; {@code files:<owner of the newest one>}; or {@code bus}
     * @param service empty for a card that cannot be read, and for the registry
     * @param card the file of the card below the home, such as {@code routes/land/land-parcel-lookup.card.yaml}; empty for a switch and for the registry
     * @param before digest of the revision that was in force
     * @param after digest of the revision that is in force now, or of the files that were refused
     * @param held digest of the files that stay out of force although they lie there, or {@link #GONE}
     * @param guaranteed whether the service of the revision is guaranteed
     * @param files those that differ from the revision before
     * @param checks what was looked at, or what was found
     * @param reason that a person gave
     */
    public record Entry(
            Instant at,
            String who,
            Action action,
            Optional<ServiceKey> service,
            Optional<String> card,
            Optional<String> before,
            Optional<String> after,
            Optional<String> held,
            boolean guaranteed,
            List<String> files,
            List<String> checks,
            Optional<String> reason) {

        public Entry {
            files = List.copyOf(files);
            checks = List.copyOf(checks);
        }
    }

    /**
     * How a service stood when the last line about it was written.
     *
     * @param inForce digest of the revision; empty for a retired service
     * @param since when it came into force
     * @param held digest of files that stay out of force, or {@link #GONE}
     * @param card the file of its card
     */
    public record Pointer(Optional<String> inForce, Instant since, Optional<String> held, Optional<String> card) {}

    private final Path file;
    private final FileChannel channel;
    private final Map<ServiceKey, Pointer> pointers = new LinkedHashMap<>();
    private final Map<ServiceKey, Switches.Turn> turns = new HashMap<>();
    private final Map<ServiceKey, Deque<String>> revisions = new HashMap<>();
    private final Map<String, String> refused = new HashMap<>();
    private boolean guaranteed;
    private String last = FIRST;

    private volatile Consumer<Entry> listener = entry -> {};

    private Deployments(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the ledger, or begins it.
     *
     * @throws IllegalStateException when a line was changed, or the file cannot be read; the text says what to do
     */
    public static Deployments open(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            boolean news = !Files.exists(file);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Deployments ledger = new Deployments(file, channel);
            try {
                if (news) {
                    sync(file.toAbsolutePath().resolveSibling(""));
                }
                ledger.readAll();
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
            return ledger;
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    "the ledger of deployments " + file
                            + " cannot be used: mend its rights, or what stands in its place",
                    unusable);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void readAll() throws IOException {
        byte[] all = Files.readAllBytes(file);
        int whole = 0;
        int number = 0;
        for (int end = 0; end < all.length; end++) {
            if (all[end] == '\n') {
                number++;
                String line = new String(all, whole, end - whole, StandardCharsets.UTF_8);
                take(parse(line, number), line);
                whole = end + 1;
            }
        }
        if (whole < all.length) {
            LOG.atWarn()
                    .addKeyValue("event", "deployments.cut")
                    .addKeyValue("line", number + 1)
                    .log("the last line was cut off by a crash; what it tells did not happen");
            channel.truncate(whole);
            channel.force(true);
        }
        channel.position(whole);
    }

    private Entry parse(String line, int number) {
        try {
            JsonNode json = JSON.readTree(line);
            if (!json.path("previous").asText().equals(last)) {
                throw altered(number, null);
            }
            return entry(json);
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException unreadable) {
            throw altered(number, unreadable);
        }
    }

    private IllegalStateException altered(int number, @org.jspecify.annotations.Nullable Exception cause) {
        return new IllegalStateException(
                "line " + number + " of the ledger of deployments " + file
                        + " is not what the bus wrote there: put the file back, or move it away and the services are"
                        + " deployed from their files, checked anew",
                cause);
    }

    private void take(Entry entry, String line) {
        last = Sha256.hex(line);
        entry.card().ifPresent(card -> {
            if (entry.action() == Action.REFUSED) {
                refused.put(card, entry.after().orElseGet(() -> identity(entry.checks())));
            } else {
                refused.remove(card);
            }
        });
        guaranteed |= entry.guaranteed();
        entry.service().ifPresent(service -> {
            if (entry.action().switches()) {
                pointers.put(service, new Pointer(entry.after(), entry.at(), entry.held(), entry.card()));
                entry.after().ifPresent(unit -> {
                    Deque<String> known = revisions.computeIfAbsent(service, key -> new ArrayDeque<>());
                    known.remove(unit);
                    known.addFirst(unit);
                    while (known.size() > REMEMBERED + 1) {
                        known.removeLast();
                    }
                });
            } else if (entry.action().turns()) {
                turns.put(
                        service,
                        new Switches.Turn(
                                entry.at(),
                                entry.who().substring(OPERATOR.length()),
                                service,
                                Switches.State.valueOf(entry.action().name()),
                                entry.reason().orElse("")));
            }
        });
    }

    /** Writes one act; it is on the disk when this returns. */
    public void append(Entry entry) {
        append(List.of(entry));
    }

    /**
     * Writes several acts with one sync of the disk: all of them are there when this returns.
     *
     * @throws UncheckedIOException when they cannot be written; then none is there
     */
    public synchronized void append(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> lines = new ArrayList<>();
        String previous = last;
        for (Entry entry : entries) {
            String line = json(entry, previous).toString();
            lines.add(line);
            bytes.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
            previous = Sha256.hex(line);
        }
        try {
            write(bytes.toByteArray());
        } catch (IOException failed) {
            throw new UncheckedIOException("the ledger of deployments " + file + " cannot be written", failed);
        }
        for (int i = 0; i < lines.size(); i++) {
            take(entries.get(i), lines.get(i));
        }
        entries.forEach(listener);
    }

    /** Tells every line from now on to {@code listener} too, once it is on the disk; the listener must be quick. */
    public void tell(Consumer<Entry> listener) {
        this.listener = listener;
    }

    private void write(byte[] lines) throws IOException {
        long end = channel.position();
        try {
            ByteBuffer buffer = ByteBuffer.wrap(lines);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException full) {
            channel.truncate(end);
            channel.position(end);
            throw full;
        }
    }

    /** How this service stood last. */
    public synchronized Optional<Pointer> pointer(ServiceKey service) {
        return Optional.ofNullable(pointers.get(service));
    }

    /** How each service stood last, those that were deployed first first; retired ones too. */
    public synchronized Map<ServiceKey, Pointer> pointers() {
        return new LinkedHashMap<>(pointers);
    }

    @Override
    public synchronized Map<ServiceKey, Switches.Turn> lastTurns() {
        return Map.copyOf(turns);
    }

    @Override
    public void append(Switches.Turn turn) {
        append(new Entry(
                turn.at(),
                OPERATOR + turn.operator(),
                Action.valueOf(turn.state().name()),
                Optional.of(turn.service()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                turn.reason().isEmpty() ? Optional.empty() : Optional.of(turn.reason())));
    }

    /** Whether a guaranteed service was ever deployed: deliveries may wait although none is any more. */
    public synchronized boolean everGuaranteed() {
        return guaranteed;
    }

    /** The digests of the revisions of this service that were in force, the newest first; at most eleven. */
    public synchronized List<String> revisions(ServiceKey service) {
        return List.copyOf(revisions.getOrDefault(service, new ArrayDeque<>()));
    }

    /** All services that were ever deployed, with the digests of {@link #revisions}. */
    synchronized Map<ServiceKey, List<String>> allRevisions() {
        Map<ServiceKey, List<String>> all = new HashMap<>();
        revisions.forEach((service, units) -> all.put(service, List.copyOf(units)));
        return all;
    }

    /**
     * Whether these files of this card were refused when something was last written about it.
     *
     * @param unit digest of the files; empty when they make no unit
     * @param findings what is wrong with them
     */
    synchronized boolean isRefused(String card, Optional<String> unit, List<String> findings) {
        return unit.orElseGet(() -> identity(findings)).equals(refused.get(card));
    }

    private static String identity(List<String> findings) {
        return Sha256.hex(String.join("\n", findings));
    }

    /**
     * The acts of the past, the newest first; reads the file.
     *
     * @param service only those of this one
     * @param limit at most so many
     */
    public synchronized List<Entry> history(Optional<ServiceKey> service, int limit) {
        Deque<Entry> newest = new ArrayDeque<>();
        try (var lines = Files.lines(file)) {
            lines.map(Deployments::read)
                    .filter(entry -> service.isEmpty() || service.equals(entry.service()))
                    .forEach(entry -> {
                        newest.addFirst(entry);
                        if (newest.size() > limit) {
                            newest.removeLast();
                        }
                    });
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the ledger of deployments " + file + " cannot be read", unreadable);
        }
        return List.copyOf(newest);
    }

    private static Entry read(String line) {
        try {
            return entry(JSON.readTree(line));
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static ObjectNode json(Entry entry, String previous) {
        ObjectNode json = JSON.createObjectNode();
        json.put("at", entry.at().toString());
        json.put("who", entry.who());
        json.put("action", entry.action().label());
        entry.service().ifPresent(service -> json.put("service", service.toString()));
        entry.card().ifPresent(card -> json.put("card", card));
        entry.before().ifPresent(unit -> json.put("before", unit));
        entry.after().ifPresent(unit -> json.put("after", unit));
        entry.held().ifPresent(unit -> json.put("held", unit));
        if (entry.guaranteed()) {
            json.put("guaranteed", true);
        }
        entry.files().forEach(json.withArray("files")::add);
        entry.checks().forEach(json.withArray("checks")::add);
        entry.reason().ifPresent(reason -> json.put("reason", reason));
        json.put("previous", previous);
        return json;
    }

    private static Entry entry(JsonNode json) {
        return new Entry(
                Instant.parse(json.path("at").asText()),
                json.path("who").asText(),
                Action.of(json.path("action").asText()),
                text(json, "service").map(Deployments::service),
                text(json, "card"),
                text(json, "before"),
                text(json, "after"),
                text(json, "held"),
                json.path("guaranteed").asBoolean(),
                texts(json, "files"),
                texts(json, "checks"),
                text(json, "reason"));
    }

    private static Optional<String> text(JsonNode json, String name) {
        return json.hasNonNull(name) ? Optional.of(json.get(name).asText()) : Optional.empty();
    }

    private static List<String> texts(JsonNode json, String name) {
        List<String> found = new ArrayList<>();
        json.path(name).forEach(value -> found.add(value.asText()));
        return found;
    }

    /** @param text such as {@code land-parcel-lookup/v1} */
    private static ServiceKey service(String text) {
        String[] parts = text.split("/v", 2);
        if (parts.length < 2) {
            throw new IllegalArgumentException("not a service: " + Arrays.toString(parts));
        }
        return new ServiceKey(new ServiceId(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
