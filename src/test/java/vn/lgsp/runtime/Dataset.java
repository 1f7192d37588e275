package vn.lgsp.runtime;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A source with a dataset of numbered items, of which {@code GET /items?after=N} gives the next ones, an archive that takes pages, and the
 * two services that bring the one to the other: {@code dataset-read}, on a schedule, and {@code dataset-keep}, guaranteed.
 */
final class Dataset implements AutoCloseable {
    static final String READ = "dataset-read/v1";

    private final StubPeer source = StubPeer.answering(this::page);
    private final StubPeer archive = StubPeer.answering(201, "application/json", "{}");
    private final int pageSize;
    private volatile int size;

    Dataset(int size, int pageSize) {
        this.size = size;
        this.pageSize = pageSize;
    }

    StubPeer source() {
        return source;
    }

    StubPeer archive() {
        return archive;
    }

    /** There are more items now. */
    void grow(int more) {
        size += more;
    }

    int size() {
        return size;
    }

    /** What a good source answers. */
    void page(HttpServerRequest request) {
        answer(request, after(request), size);
    }

    static int after(HttpServerRequest request) {
        return Integer.parseInt(Optional.ofNullable(request.getParam("after")).orElse("0"));
    }

    void answer(HttpServerRequest request, int after, int total) {
        JsonArray items = new JsonArray();
        IntStream.rangeClosed(after + 1, Math.min(size, after + pageSize))
                .forEach(number -> items.add(new JsonObject().put("so", number).put("ten", "Thửa Mẫu " + number)));
        request.response()
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("items", items)
                        .put("next", items.isEmpty() ? null : after + items.size())
                        .put("total", total)
                        .encode());
    }

    /** @param synchronise fields of the card beside {@code to} and {@code operation} */
    TestBus.Builder services(TestBus.Builder bus, String synchronise) {
        for (String template : List.of("synchronise", "fan-out", "to-rest")) {
            try {
                bus.write(
                        "routes/_templates/" + template + ".camel.yaml",
                        java.nio.file.Files.readString(
                                java.nio.file.Path.of("routes/_templates", template + ".camel.yaml")));
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
        return bus.service(
                        "dataset-read",
                        card("dataset-read", """
                                mode: mapped
                                providers: [source]
                                schedule:
                                  cron: "0 0 1 1 *"
                                  as: asker-key
                                  synchronise: { to: dataset-keep/v1, operation: keep%s }
                                operations:
                                  - { id: read, method: POST, path: /pages, accepts: [application/json] }
                                """.formatted(synchronise)),
                        template(
                                "synchronise",
                                Map.of("service", "dataset-read", "system", "source", "path", "/items"),
                                """
                                      - { name: query, value: "after:watermark" }
                                      - { name: total, value: ".total" }
                                """))
                .service(
                        "dataset-keep",
                        card("dataset-keep", """
                                mode: guaranteed
                                deliveries: [ { to: archive, retry: { first: 50ms, longest: 200ms, attempts: 1000 } } ]
                                operations:
                                  - { id: keep, method: POST, path: /pages, accepts: [application/json] }
                                """),
                        template(
                                "fan-out",
                                Map.of("service", "dataset-keep", "domain", "test", "schema", "page.schema.json"),
                                ""))
                .write("routes/test/dataset-keep--to-archive.camel.yaml", """
                        # Brings a page to the archive.
                        - templatedRoute:
                            routeTemplateRef: to-rest
                            routeId: dataset-keep--to-archive
                            parameters: [ { name: service, value: dataset-keep }, { name: system, value: archive } ]
                        """)
                .write(
                        "transforms/test/dataset-keep/page.schema.json",
                        "{ \"type\": \"object\", \"required\": [\"items\"], \"properties\": { \"items\": { \"items\": {"
                                + " \"required\": [\"so\"] } } } }")
                .system("source", source.port(), "answerTimeout: 1s")
                .system("archive", archive.port(), "answerTimeout: 5s")
                .grant("dataset-read")
                .grant("dataset-keep")
                .setting("lgsp.guarantee.sweep", "50ms");
    }

    private static String card(String service, String more) {
        return """
                service: %s
                version: 1
                name: { vi: Bộ dữ liệu mẫu, en: Sample dataset }
                description: A dataset.
                contact: the test
                criterion: near-real-time
                personalData: false
                %s""".formatted(service, more);
    }

    private static String template(String template, Map<String, String> parameters, String more) {
        StringBuilder text = new StringBuilder("# Of a test.\n- templatedRoute:\n    routeTemplateRef: " + template
                + "\n    routeId: " + parameters.get("service") + "\n    parameters:\n");
        parameters.forEach((name, value) -> text.append("      - { name: %s, value: %s }%n".formatted(name, value)));
        return text.append(more).toString();
    }

    /** The pages that the archive has, by the name of their delivery: what comes again under one is the same. */
    Map<String, List<Integer>> kept() {
        Map<String, List<Integer>> pages = new HashMap<>();
        for (StubPeer.Seen seen : archive.received()) {
            List<Integer> numbers = new ArrayList<>();
            new JsonObject(seen.text())
                    .getJsonArray("items")
                    .forEach(item -> numbers.add(((JsonObject) item).getInteger("so")));
            List<Integer> before = pages.put(seen.headers().get("Idempotency-Key"), numbers);
            if (before != null && !before.equals(numbers)) {
                throw new AssertionError("another page came under the same name");
            }
        }
        return pages;
    }

    /** Every item that was kept, each as often as it was. */
    Stream<Integer> items() {
        return kept().values().stream().flatMap(List::stream);
    }

    @Override
    public void close() {
        source.close();
        archive.close();
    }
}
