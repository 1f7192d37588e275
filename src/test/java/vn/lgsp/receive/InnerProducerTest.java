package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;

/** What breaks where an exchange begins another one ends the one that waits for it (BUS-03). */
final class InnerProducerTest {
    private final DefaultCamelContext camel = new DefaultCamelContext();

    private Exchange exchange() {
        Exchange exchange = new DefaultExchange(camel);
        Passage passage =
                new Passage(ExchangeId.at(1), Instant.EPOCH, System.nanoTime(), "REST GET", "a", Runnable::run);
        passage.identified(new Caller("front-key", new SystemId("front"), new AgencyCode("H99")));
        exchange.setProperty(Passage.PROPERTY, passage);
        return exchange;
    }

    private static void ends(AsyncProducer producer, Exchange exchange) throws Exception {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        producer.process(exchange, over::complete);
        over.get(10, TimeUnit.SECONDS);
    }

    static Stream<Arguments> unconnected() {
        return Stream.of(
                Arguments.of("lgsp-call:people/v1/by-number", CallComponent.unconnected()),
                Arguments.of("lgsp-hand-on:papers/v1", HandOnComponent.unconnected()));
    }

    @ParameterizedTest
    @MethodSource("unconnected")
    void before_it_begins(String uri, DefaultComponent component) throws Exception {
        component.setCamelContext(camel);
        Endpoint endpoint = component.createEndpoint(uri);
        Exchange exchange = exchange();

        ends(endpoint.createAsyncProducer(), exchange);

        assertThat(exchange.getException()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void when_it_begins_and_when_its_answer_is_taken() throws Exception {
        Exchange beginning = exchange();
        ends(new Broken(camel, false), beginning);
        assertThat(beginning.getException()).hasMessage("begins");

        Exchange taking = exchange();
        ends(new Broken(camel, true), taking);
        assertThat(taking.getException()).hasMessage("takes");
    }

    private static final class Broken extends InnerProducer {
        private final boolean answers;

        Broken(DefaultCamelContext camel, boolean answers) {
            super(camel.getEndpoint("direct:broken"));
            this.answers = answers;
        }

        @Override
        Arrival arrival(Exchange exchange, Passage passage) {
            return new Arrival(
                    passage,
                    new Inbound(Door.CALL, "GET", "people", 1, "/", "", List.of()),
                    MessageBody.of(new byte[0], passage),
                    Optional.empty());
        }

        @Override
        void begin(Exchange exchange, Passage passage, Arrival arrival, Answered answered) {
            if (!answers) {
                throw new IllegalStateException("begins");
            }
            answered.by(() -> {
                throw new IllegalStateException("takes");
            });
        }
    }
}
