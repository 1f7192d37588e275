package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import vn.lgsp.message.Sha256;

/**
 * The home of a bus with one service, which turns XML into other XML on the way to the provider, and back on the way from it: every
 * element gets another name, and nothing else happens to it.
 */
final class OrdersHome {
    /** Where orders are posted. */
    static final String PATH = "/api/" + OrdersHome.SERVICE + "/v1/orders";

    private static final String SERVICE = "bench-orders-turn";
    private static final String ORDER = """
            <order><symbol>VIC</symbol><buyerID>H99.01.%04d</buyerID><price>140.34</price><volume>2000</volume></order>""";

    private final Path home;

    private OrdersHome(Path home) {
        this.home = home;
    }

    /**
     * Makes the home in a new folder.
     *
     * @param city the home whose way is copied
     * @param key of the account that may post
     * @param port of the provider on this machine
     */
    static OrdersHome make(Path city, Path home, String key, int port) {
        try {
            Path way = home.resolve("routes").resolve("_way");
            Files.createDirectories(way);
            try (Stream<Path> files = Files.list(city.resolve("routes").resolve("_way"))) {
                for (Path file : files.toList()) {
                    Files.copy(file, way.resolve(file.getFileName()));
                }
            }
            Path routes = Files.createDirectories(home.resolve("routes").resolve("bench"));
            Path mappings = Files.createDirectories(
                    home.resolve("transforms").resolve("bench").resolve(SERVICE));
            Files.createDirectories(home.resolve("connectors"));
            Files.writeString(routes.resolve(SERVICE + ".card.yaml"), """
                    service: %s
                    version: 1
                    name:
                      vi: Đổi đơn hàng
                      en: Orders turned around
                    description: Turns orders on their way to the provider, and back.
                    contact: Bộ phận đo hiệu năng
                    providers: [orders]
                    mode: mapped
                    criterion: near-real-time
                    personalData: false
                    limits: { request: 1MB, answer: 1MB }
                    operations:
                      - { id: post, method: POST, path: /orders, accepts: [application/xml] }
                    """.formatted(SERVICE));
            Files.writeString(routes.resolve(SERVICE + ".camel.yaml"), """
                    - route:
                        id: %1$s
                        description: One stylesheet each way.
                        from:
                          uri: direct:%1$s
                          steps:
                            - to: xslt:file:transforms/bench/%1$s/request.xsl
                            - setHeader: { name: Content-Type, constant: "application/xml" }
                            - to: { uri: "lgsp-http:orders/orders", parameters: { method: POST } }
                            - to: xslt:file:transforms/bench/%1$s/response.xsl
                            - setHeader: { name: Content-Type, constant: "application/xml" }
                    """.formatted(SERVICE));
            Files.writeString(
                    mappings.resolve("request.xsl"),
                    stylesheet("buyStocks", "order", "symbol", "buyerID", "price", "volume"));
            Files.writeString(
                    mappings.resolve("response.xsl"),
                    stylesheet("skcotSyub", "redro", "lobmys", "DIreyub", "ecirp", "emulov"));
            Files.writeString(home.resolve("registry.yaml"), """
                    agencies:
                      - code: H99.01
                        name: Đơn vị của phép đo
                    systems:
                      - id: bench-source
                        agency: H99.01
                        name: Nguồn của phép đo
                      - id: orders
                        agency: H99.01
                        name: Hệ thống đơn hàng
                        connection:
                          address: http://127.0.0.1:%1$d
                          answerTimeout: 30s
                    accounts:
                      - id: bench-source-key
                        system: bench-source
                        keyHash: sha256:%2$s
                    grants:
                      - id: bench-source-orders
                        consumer: bench-source
                        service: %3$s/v1
                        purpose: Đo hiệu năng
                    """.formatted(port, Sha256.hex(key), SERVICE));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new OrdersHome(home);
    }

    Path folder() {
        return home;
    }

    Path registry() {
        return home.resolve("registry.yaml");
    }

    /** A stylesheet that writes each of these names backwards. */
    private static String stylesheet(String... names) {
        StringBuilder text = new StringBuilder("""
                <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:m="http://services.samples/xsd"
                    exclude-result-prefixes="m">
                  <xsl:output method="xml" encoding="UTF-8"/>
                """);
        for (String name : names) {
            boolean root = name.equals(names[0]);
            text.append("""
                      <xsl:template match="%1$s%2$s">
                        <xsl:element name="%1$s%3$s"%4$s><xsl:apply-templates/></xsl:element>
                      </xsl:template>
                    """.formatted(
                            root ? "m:" : "",
                            name,
                            new StringBuilder(name).reverse(),
                            root ? " namespace=\"http://services.samples/xsd\"" : ""));
        }
        return text.append("</xsl:stylesheet>\n").toString();
    }

    /** Orders in XML, as many as fit. */
    static String orders(int bytes) {
        StringBuilder text = new StringBuilder("<m:buyStocks xmlns:m=\"http://services.samples/xsd\">");
        String end = "</m:buyStocks>";
        int order = String.format(Locale.ROOT, ORDER, 0).length();
        for (int i = 0; text.length() + order + end.length() <= bytes; i++) {
            text.append(String.format(Locale.ROOT, ORDER, i % 10_000));
        }
        return text + end;
    }
}
