package vn.lgsp.bench;

import java.util.List;
import net.sf.saxon.TransformerFactoryImpl;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * What the bench measures the bus against: the same three services as bare Camel routes, without key, grant, check, limit or
 * record, on Camel's own HTTP server and client as they come; only the client may have more than its five connections.
 */
final class BareCamel {
    private static final String ENVELOPE = """
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">\
            <soapenv:Body><dan:TraCuuThongTinCongDan><dan:MaYeuCau>${exchangeId}</dan:MaYeuCau><dan:MaTichHop>037</dan:MaTichHop>\
            <dan:SoDinhDanh>${header.id}</dan:SoDinhDanh></dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>""";

    private BareCamel() {}

    /** The process: its own port, and the port of the providers. */
    public static void main(String[] arguments) throws Exception {
        String provider = "vertx-http:http://127.0.0.1:" + arguments[1];
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "bare-camel");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", arguments[0]);
        main.addInitialProperty("camel.component.vertx-http.web-client-options.max-pool-size", "1000");
        main.bind("saxon", new TransformerFactoryImpl());
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                for (String document : List.of("kilobyte", "slow")) {
                    from("platform-http:/api/archive-document-relay/v1/documents/" + document)
                            .removeHeaders("CamelHttp*")
                            .to(provider + "/documents/" + document);
                }
                from("platform-http:/api/population-citizen-lookup/v1/citizens/{id}")
                        .setBody(simple(ENVELOPE))
                        .removeHeaders("*")
                        .setHeader("Content-Type", constant("text/xml; charset=utf-8"))
                        .to(provider + "/dancu/1.0?httpMethod=POST")
                        .to("xslt:classpath:vn/lgsp/bench/response.xsl?transformerFactory=#saxon")
                        .removeHeaders("*")
                        .setHeader("Content-Type", constant("application/json"));
            }
        });
        main.run();
    }
}
