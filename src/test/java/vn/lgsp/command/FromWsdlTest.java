package vn.lgsp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.cxf.testutil.common.TestUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lgsp new service --from-wsdl}: a REST service of somebody's SOAP operation, without a line written by hand. */
class FromWsdlTest {
    private static final String X_ROAD = "src/test/resources/wsdl/x-road-example-adapter.wsdl";

    private Home home = new Home(Path.of(""));

    @BeforeEach
    void copy(@TempDir Path folder) throws IOException {
        home = Home.in(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "hello_world.wsdl, greetMe",
        "doc_lit_bare.wsdl, nillableParameter",
        "hello_world_rpc_lit.wsdl, sendReceiveData",
        "schema_validation.wsdl, setComplexStruct",
        "hello_world_soap12.wsdl, sayHi",
        "hello_world.wsdl, greetMeOneWay",
        "rt-javascript/hello_world_any.wsdl, acceptAnyN",
        "locator.wsdl, registerPeerManager",
        "doc_lit_bare.wsdl, bareNoParam",
        "doc_lit_bare.wsdl, PutLastTradedPrice",
        "no_body_parts.wsdl, operation1",
        "swa-mime.wsdl, echoDataRef"
    })
    void what_it_makes_passes_validation_and_its_own_tests_right_away(String contract, String operation)
            throws IOException {
        Called made = make(contract(contract), "--operation=" + operation);
        Called checked = home.lgsp("validate", "routes/greet");
        Called tested = home.lgsp("test", "greet-person-ask");

        assertThat(made.status()).as(made.err()).isZero();
        assertThat(made.out())
                .contains(
                        "transforms/greet/greet-person-ask/scenarios/grant-missing.scenario.yaml",
                        "/api/greet-person-ask/v1/" + operation);
        assertThat(checked.status()).as(checked.out()).isZero();
        assertThat(tested.status()).as(tested.out() + tested.err()).isZero();
    }

    @Test
    void header_blocks_are_left_out_and_named() {
        Called made = make(X_ROAD, "--operation=findPerson");

        assertThat(made.status()).as(made.err()).isZero();
        assertThat(made.out())
                .contains(
                        "Note: the header block 'client' of the input is left out",
                        "http://example.org/xroad-endpoint");
        assertThat(home.read("routes/greet/greet-person-ask.camel.yaml"))
                .contains("lgsp-xml:greet/greet-person-ask/types-2.xsd?element=findPerson");
        assertThat(home.read("transforms/greet/greet-person-ask/request.schema.json"))
                .contains("^(?:0[0-9]{11})$");
        assertThat(home.lgsp("test", "greet-person-ask").status()).isZero();
    }

    @Test
    void a_header_block_of_a_message_that_is_not_declared_is_told(@TempDir Path elsewhere) throws IOException {
        Path defect = Files.writeString(
                elsewhere.resolve("adapter.wsdl"),
                Files.readString(Path.of(X_ROAD))
                        .replace("<wsdl:message name=\"xRoadHeader\">", "<wsdl:message name=\"xroadheader\">"));

        Called made = make(defect.toString(), "--operation=findPerson");

        assertThat(made.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(made.err()).contains("refers to the message", "xRoadHeader", "which is not there");
    }

    @Test
    void which_operation_is_asked_for_where_there_are_several() {
        Called none = make(X_ROAD);
        Called other = make(X_ROAD, "--operation=findPersons");

        assertThat(none.status()).isEqualTo(ExitCode.CALLED_WRONGLY);
        assertThat(none.err()).contains("--operation, one of findPerson, helloService");
        assertThat(other.err()).contains("no operation 'findPersons'", "findPerson, helloService");
    }

    @Test
    void an_address_is_fetched_from_this_machine_and_from_another_only_when_told_to() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/a.wsdl", exchange -> {
            byte[] content = Files.readAllBytes(Path.of(X_ROAD));
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://localhost:" + server.getAddress().getPort();

            assertThat(make(address + "/b.wsdl", "--operation=x").err()).contains("the status 404");
            assertThat(make("http://192.0.2.1/a.wsdl", "--operation=x").err()).contains("--fetch");
            assertThat(make(address + "/a.wsdl", "--operation=helloService").status())
                    .isZero();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"jms_spec_test.wsdl, greetMe, not over HTTP", "swa-mime.wsdl, echoData, no place for them"})
    void what_cannot_be_imported_is_refused_with_the_construct_and_nothing_is_made(
            String contract, String operation, String why) throws IOException {
        Called refused = make(contract(contract), "--operation=" + operation);

        assertThat(refused.status()).isEqualTo(ExitCode.NOT_DONE);
        assertThat(refused.err()).contains(why);
        assertThat(home.folder().resolve("routes/greet")).doesNotExist();
        assertThat(home.folder().resolve("transforms/greet")).doesNotExist();
    }

    private String contract(String name) throws IOException {
        Path file = home.folder().resolve(name.replace('/', '-'));
        try (InputStream in = Objects.requireNonNull(TestUtil.class.getResourceAsStream("/wsdl/" + name))) {
            Files.write(file, in.readAllBytes());
        }
        return file.toString();
    }

    private Called make(String contract, String... options) {
        String[] all = new String[6 + options.length];
        all[0] = "new";
        all[1] = "service";
        all[2] = "greet-person-ask";
        all[3] = "--from-wsdl=" + contract;
        all[4] = "--system=population";
        all[5] = "--vi=Hỏi thăm";
        System.arraycopy(options, 0, all, 6, options.length);
        return home.lgsp(all);
    }
}
