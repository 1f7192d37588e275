package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.cxf.testutil.common.TestUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.soap.Unimportable;
import vn.lgsp.soap.WsdlOperation;
import vn.lgsp.soap.WsdlReader;

/**
 * What becomes of contracts that others wrote: all that CXF tests itself with, and one after X-Road's example adapter. The page is made
 * of it; run this with {@code -Dlgsp.write-pages=true} to write the page anew.
 */
final class WsdlCampaignIT {
    private static final Path PAGE = Path.of("docs/reference/wsdl-import.md");
    private static final String BEGIN = "<!-- from here on this page is written by WsdlCampaignIT -->\n";

    /** What became of the operations of one contract. */
    private record Row(String contract, int imported, int all, Map<String, Integer> reasons) {}

    @Test
    void each_operation_is_imported_or_refused_by_its_construct_and_the_page_tells_which(@TempDir Path folder)
            throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Path> contracts = contracts(folder);
        for (Path contract : contracts) {
            rows.add(row(folder, contract));
        }

        String page = Files.exists(PAGE) ? Files.readString(PAGE) : BEGIN;
        String expected = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table(rows);
        if (Boolean.getBoolean("lgsp.write-pages")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(contracts).hasSizeGreaterThan(60);
        assertThat(Files.readString(PAGE)).isEqualTo(expected);
    }

    private static Row row(Path folder, Path contract) throws IOException {
        Map<String, Integer> reasons = new TreeMap<>();
        int imported = 0;
        int all = 0;
        String name = folder.relativize(contract).toString().replace('\\', '/');
        try {
            WsdlReader first = FromWsdl.reader(contract.toString(), false);
            for (String operation : new TreeSet<>(first.operations())) {
                all++;
                Optional<String> reason = reason(contract, operation);
                if (reason.isEmpty()) {
                    imported++;
                } else {
                    reasons.merge(reason.get(), 1, Integer::sum);
                }
            }
            if (all == 0) {
                reasons.put("no operation bound to SOAP", 0);
            }
        } catch (IllegalArgumentException refused) {
            reasons.put(construct(refused), 0);
        }
        return new Row(name, imported, all, reasons);
    }

    private static Optional<String> reason(Path contract, String operation) throws IOException {
        try {
            made(contract, operation, "cxf-thing-call").files();
            return Optional.empty();
        } catch (IllegalArgumentException refused) {
            return Optional.of(construct(refused));
        }
    }

    static FromWsdl made(Path contract, String operation, String service) throws IOException {
        WsdlReader reader = FromWsdl.reader(contract.toString(), false);
        WsdlOperation asked;
        try {
            asked = reader.operation(operation, Optional.empty());
        } catch (Unimportable several) {
            if (!several.construct().equals("several bindings")) {
                throw several;
            }
            // whoever imports it chooses
            String first = String.valueOf(several.getMessage()).replaceFirst(".*--binding ([^,]+).*", "$1");
            asked = reader.operation(operation, Optional.of(first));
        }
        InformationSystem system = new InformationSystem(
                new SystemId("population"),
                new AgencyCode("000.00.01.G01"),
                "Hệ thống",
                Optional.empty(),
                Optional.empty());
        return new FromWsdl(
                new ServiceKey(new ServiceId(service), 1),
                "cxf",
                new Blueprint.Names("Thử", "Test", "Test of an import", "Bộ phận hỗ trợ"),
                system,
                asked);
    }

    private static String construct(IllegalArgumentException refused) {
        if (refused instanceof Unimportable unimportable) {
            return unimportable.construct();
        }
        if (refused instanceof Refused files) {
            String construct =
                    String.join(", ", files.findings().get(0).arguments()).replaceAll(" \\(.*\\)", "");
            String rule = files.findings().get(0).rule().id();
            return rule.startsWith("schema-open") || rule.equals("schema-prefixes") || rule.equals("schema-name-twice")
                    ? construct
                    : rule;
        }
        return String.valueOf(refused.getMessage()).replaceFirst(".* (is not a file).*", "an import $1");
    }

    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder();
        int imported = rows.stream().mapToInt(Row::imported).sum();
        int all = rows.stream().mapToInt(Row::all).sum();
        long whole = rows.stream()
                .filter(row -> row.all() > 0 && row.imported() == row.all())
                .count();
        long bound = rows.stream().filter(row -> row.all() > 0).count();
        Map<String, Integer> reasons = new TreeMap<>();
        rows.forEach(row ->
                row.reasons().forEach((reason, count) -> reasons.merge(reason, Math.max(count, 0), Integer::sum)));
        table.append("\n**")
                .append(imported)
                .append(" of ")
                .append(all)
                .append(" operations** are imported (")
                .append(Math.round(1000.0 * imported / all) / 10.0)
                .append(" %), and of ")
                .append(bound)
                .append(" contracts with SOAP operations ")
                .append(whole)
                .append(" whole.\n\n");
        table.append("| refused for | operations |\n|---|---|\n");
        reasons.entrySet().stream()
                .filter(reason -> reason.getValue() > 0)
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(reason -> table.append("| `")
                        .append(reason.getKey())
                        .append("` | ")
                        .append(reason.getValue())
                        .append(" |\n"));
        table.append("\n| contract | imported | refused for |\n|---|---|---|\n");
        rows.forEach(row -> table.append("| `")
                .append(row.contract())
                .append("` | ")
                .append(row.imported())
                .append(" of ")
                .append(row.all())
                .append(" | ")
                .append(row.reasons().entrySet().stream()
                        .map(reason ->
                                "`" + reason.getKey() + "`" + (reason.getValue() > 1 ? " × " + reason.getValue() : ""))
                        .collect(Collectors.joining(", ")))
                .append(" |\n"));
        return table.toString();
    }

    /** All contracts of CXF's own tests, and X-Road's. */
    private static List<Path> contracts(Path folder) throws IOException, URISyntaxException {
        URI jar = TestUtil.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(Path.of(jar)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve("cxf").resolve(entry.getName()).normalize();
                if (!entry.isDirectory()
                        && file.startsWith(folder)
                        && entry.getName().matches(".*\\.(wsdl|xsd|xml)")) {
                    Files.createDirectories(file.resolveSibling(""));
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
        Path xRoad = Files.createDirectories(folder.resolve("x-road")).resolve("example-adapter.wsdl");
        Files.copy(Path.of("src/test/resources/wsdl/x-road-example-adapter.wsdl"), xRoad);
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".wsdl"))
                    .sorted()
                    .toList();
        }
    }
}
