package vn.lgsp.bench;

import java.nio.file.Path;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * What the bench measures guaranteed delivery against: plain Camel routes to a queue and from it, with pooled connections to a broker
 * inside, as camel-jms comes. No key, no check, no encryption, no state per message, no evidence.
 */
final class BareCamelJms {
    static final String PATH = BenchHome.PATH;

    private BareCamelJms() {}

    /** The process: its own port, the destination's port, the broker's port and its data folder. */
    public static void main(String[] arguments) throws Exception {
        PerfBroker.start(Integer.parseInt(arguments[2]), Path.of(arguments[3]));
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "bare-camel-jms");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", arguments[0]);
        main.addInitialProperty("camel.component.vertx-http.web-client-options.max-pool-size", "1000");
        // By name: these libraries are there for the bench only, and nothing is compiled against them.
        main.addInitialProperty("camel.beans.pool", "#class:org.messaginghub.pooled.jms.JmsPoolConnectionFactory");
        main.addInitialProperty("camel.beans.pool.connectionFactory", "#bean:artemis");
        main.addInitialProperty("camel.beans.pool.maxConnections", "8");
        main.addInitialProperty("camel.component.jms.connection-factory", "#bean:pool");
        main.bind("artemis", new ActiveMQConnectionFactory(PerfBroker.INSIDE));
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:" + PATH)
                        .removeHeaders("CamelHttp*")
                        .to(ExchangePattern.InOnly, "jms:queue:" + PerfSources.QUEUE)
                        .removeHeaders("*")
                        .setBody(constant(""));
                // Without the transaction manager of Spring, which makes a consumer for each message: the kindest to
                // it.
                from("jms:queue:" + PerfSources.QUEUE
                                + "?transacted=true&lazyCreateTransactionManager=false&concurrentConsumers=8")
                        .to("vertx-http:http://127.0.0.1:" + arguments[1] + DurableLoad.RECORDS + "?httpMethod=POST");
            }
        });
        main.run();
    }
}
